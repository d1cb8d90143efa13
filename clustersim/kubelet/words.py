"""The texts of a kubelet's events and log lines, which people know by heart and search for. What a text says
is the same in every release (`words_today`); when it is said is for the parts to know.

Source: v1.7.5 pkg/kubelet (glog), file by file as the parts.
"""

from collections.abc import Iterable
from sys import intern
from typing import Final

import msgspec

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import Pod, Probe
from clustersim.engine.time import Micros
from clustersim.flags.duration import format_duration
from clustersim.flags.kubelet import KubeletFlags
from clustersim.kubelet.journal_words import JournalWords
from clustersim.kubelet.pod_manager import pod_text
from clustersim.kubelet.pod_phrase import PodPhrase, pod_phrase
from clustersim.programs import asked_file
from clustersim.runtime.records import Container

_PLEG_EVENT: Final = (
    'SyncLoop (PLEG): "{name}_{namespace}({uid})", event: '
    '&pleg.PodLifecycleEvent{{ID:"{uid}", Type:"{kind}", Data:"{data}"}}'
)
_STATUS_WRITTEN: Final = 'Status for pod "{name}_{namespace}({uid})" updated successfully'

NEVER: Final = "2562047h47m16.854775807s"
"""What Go prints for the time since the zero time."""


def hash_of(spec: ContainerSpec) -> int:
    """The hash of a container's specification. In earnest it is of the way Go prints it, so that only its
    form and that it changes are the same (v1.7.5 pkg/kubelet/container/helpers.go HashContainer)."""
    found = 0x811C9DC5
    for byte in msgspec.json.encode(spec):
        found = (found ^ byte) * 0x01000193 % 2**32
    return found


class Words(JournalWords):
    """The words of v1.7. runtime: "docker" or "containerd", the scheme of container ids."""

    created = "Created container"
    started = "Started container"
    active_too_long = "Pod was active on the node longer than specified deadline"
    sandbox_changed = "Pod sandbox changed, it will be killed and re-created."
    unseen = "Error"
    not_started = "ContainerCannotRun"
    need_to_kill = "Need to kill Pod"
    """Why a container is killed of a pod that ends, or gets another sandbox; today no reason is told."""

    def __init__(self, runtime: str) -> None:
        self.runtime = runtime

    # --- what is missing --------------------------------------------------------------------------

    def no_such(self, resource: str, name: str) -> str:
        """A ConfigMap or Secret that is not there."""
        return f'{resource} "{name}" not found'

    def not_mounted(self, pod: Pod, volumes: str, unattached: str = "", unprocessed: str = "") -> str:
        """A volume was waited for too long: to be mounted at all, to be attached, to be bound."""
        metadata = pod.metadata
        key = f"{metadata.name}_{metadata.namespace}({metadata.uid})"
        return (
            f'Unable to mount volumes for pod "{key}": timeout expired waiting for volumes to attach/mount '
            f'for pod "{metadata.namespace}"/"{metadata.name}". list of unattached/unmounted '
            f"volumes=[{volumes}]"
        )

    def bad_image(self, image: str) -> str:
        """The name of an image is invalid."""
        upper = image != image.lower()
        why = "repository name must be lowercase" if upper else ""
        told = f"invalid reference format: {why}" if why else "invalid reference format"
        return (
            f'Failed to apply default image tag "{image}": couldn\'t parse image reference "{image}": {told}'
        )

    def user_refused(self, why: str, pod: Pod, container: str) -> str:
        """Why a container that must not run as root is not made."""
        return why

    def hook_failed(self, which: str, told: str) -> str:
        """A hook failed ("PostStart", "PreStop"), as the event says it; `told` may hold what nobody should
        read."""
        return told

    def hook_refused(self, address: str, path: str) -> str:
        """Nobody listens where a hook sends its request; the address gets a slash more."""
        return f"Get http://{address}/{path}: dial tcp {address}: getsockopt: connection refused"

    def exec_hook_failed(self, command: tuple[str, ...], whose: str) -> str:
        """A hook's command failed. v1.7 and v1.8 write the message into a variable that hides the one they
        give back, which stays empty."""
        return ""

    def http_hook_failed(self, path: str, whose: str) -> str:
        """A hook's request failed; empty for the same reason."""
        return ""

    def volume_mounted(self, volume: str) -> str:
        """A volume is there; nothing of it is told where this is empty."""
        return f'MountVolume.SetUp succeeded for volume "{volume}"'

    # --- images -----------------------------------------------------------------------------------

    def pulling(self, image: str) -> str:
        """A pull begins."""
        return intern(f'pulling image "{image}"')

    def pulled(self, image: str, took: Micros, waited: Micros) -> str:
        """A pull succeeded after `took`, with waiting for its turn after `waited`."""
        return intern(f'Successfully pulled image "{image}"')

    def present(self, image: str) -> str:
        """The image need not be pulled."""
        return intern(f'Container image "{image}" already present on machine')

    def pull_error(self, error: str) -> str:
        """What the runtime answered to a pull."""
        return error if error.startswith("rpc error") else self.unknown + error

    def described(self, error: str) -> str:
        """An error of the runtime without what gRPC says of it (kuberuntime_container.go, startContainer)."""
        return error.partition(" desc = ")[2] if error.startswith("rpc error") else error

    def pull_backing_off(self, image: str, last_error: str) -> str:
        """Why the image is not pulled now, as the container's status says it."""
        return f'Back-off pulling image "{image}"'

    # --- containers -------------------------------------------------------------------------------

    def backing_off(self, container: str, pod: Pod) -> str:
        """A container that ended is not started yet."""
        return "Back-off restarting failed container"

    def crash_loop(self, delay: Micros, container: str, pod: Pod) -> str:
        """The same as the container's status says it."""
        return (
            f"Back-off {format_duration(delay)} restarting failed container={container} pod={pod_text(pod)}"
        )

    def spec_changed(self, pod: Pod, spec: ContainerSpec, running: ContainerSpec) -> str:
        """Why a container of another specification is killed."""
        hashes = f"{hash_of(running)} vs {hash_of(spec)}"
        return (
            f'Pod "{pod.metadata.name}" container "{spec.name}" hash changed ({hashes}), '
            "it will be killed and re-created."
        )

    def resize_restarts(self, container: str) -> str:
        """Why a container that is to have another size is killed; only today there are such."""
        return f"Container {container} resize requires restart"

    def not_alive(self, pod: Pod, container: str, probe: str, *, again: bool) -> str:
        """Why a container whose probe failed is killed, and started again. probe: "liveness" or "startup"."""
        told = (
            f'pod "{pod_text(pod)}" container "{container}" is unhealthy, it will be killed and re-created.'
        )
        return told if again else ""

    def sidecar_not_alive(self, container: str, probe: str) -> str:
        """The same of one among the init containers; only today there are such."""
        return f"Init container {container} failed {probe} probe"

    def sidecar_changed(self, container: str) -> str:
        """Why one among them that has another specification now is killed."""
        return f"Init container {container} definition changed"

    def killing(self, container: Container, reason: str) -> str:
        """A container is told to stop, or has been."""
        told = f"Killing container with id {self.runtime}://{container.name}"
        return f"{told}:{reason}" if reason else told

    def killing_log(self, container: Container, seconds: int) -> str:
        """The same in the log."""
        return f'Killing container "{self.runtime}://{container.id}" with {seconds} second grace period'

    def image_id(self, image: str) -> str:
        """How a container's status names its image."""
        return intern(f"{self.runtime}-pullable://{image}")

    def image_name(self, image: str) -> str:
        """An image as the runtime lists it: of those that were named without a tag, the latest."""
        return image if ":" in image.rpartition("/")[2] or "@" in image else f"{image}:latest"

    def probe_errored(self, error: str) -> str:
        """A probe of which nothing is concluded."""
        return f"probe errored: {error}"

    def probe_output(self, probe: Probe, port: int | None, pod_ip: str) -> str:
        """What a probe of a program that does not answer says. port: the number of the one that it goes
        to."""
        if probe.exec is not None:
            path = asked_file(probe.exec.command)
            reads = path is not None and probe.exec.command[0] == "cat"
            return f"cat: can't open '{path}': No such file or directory\n" if reads else ""
        if probe.tcp_socket is not None:
            return f"dial tcp {probe.tcp_socket.host or pod_ip}:{port}: getsockopt: connection refused"
        if (asked := probe.http_get) is None:
            return "no probe handler"
        address = f"{asked.host or pod_ip}:{port}"
        url = f"{asked.scheme.lower()}://{address}{asked.path}"
        return f"Get {url}: dial tcp {address}: getsockopt: connection refused"

    # --- eviction ---------------------------------------------------------------------------------

    def starved(self, signal: str) -> str:
        """The resource of a signal, as events name it."""
        return signal.partition(".")[0]

    swap_is_odd = (
        "Running with swap on is not supported, please disable swap! This will be a fatal error by default "
        "starting in K8s v1.6! In the meantime, you can opt-in to making this a fatal error by enabling "
        "--experimental-fail-swap-on."
    )
    """Said where the kubelet starts all the same."""

    def fails_with_swap(self, flags: KubeletFlags) -> bool:
        """Whether the kubelet starts only where swap is off."""
        return flags.experimental_fail_swap_on

    def swap_is_on(self, swaps: Iterable[str]) -> str:
        """Why it does not start. swaps: the lines of /proc/swaps."""
        told = " ".join(swaps)
        return f"Running with swap on is not supported, please disable swap! /proc/swaps contained: [{told}]"

    def under_pressure(self, conditions: list[str]) -> str:
        """Why no pod is taken in."""
        return f"The node was low on resource: [{' '.join(conditions)}]."

    def evicted(self, signal: str, wanted: str, available: int, pod: Pod, taken: dict[str, int]) -> str:
        """Why a pod must go. taken: bytes of memory, or of the disk, that each of its containers takes."""
        return f"The node was low on resource: {self.starved(signal)}."

    def disk_too_full(self, percent: int, limit: int, wanted: int) -> str:
        """Images must go."""
        return (
            f'[imageGCManager]: Disk usage on "/dev/sda1" (/) is at {percent}% which is over the high '
            f"threshold ({limit}%). Trying to free {wanted} bytes"
        )

    def removing_image(self, image: str, size: int) -> str:
        """An image goes."""
        return f'[imageGCManager]: Removing image "{image}" to free {size} bytes'

    def too_few_images(self, percent: int, wanted: int, freed: int) -> str:
        """Removing images was not enough. percent: of the disk was used; wanted and freed in bytes."""
        return (
            "failed to garbage collect required amount of images. "
            f"Wanted to free {wanted} bytes, but freed {freed} bytes"
        )

    # --- main loop --------------------------------------------------------------------------------

    def sync_loop(self, operation: str, pods: Iterable[Pod], source: str) -> str:
        """Something came in on the channel of wanted pods."""
        return f'SyncLoop ({operation}, "{source}"): "{", ".join(pod_text(pod) for pod in pods)}"'

    def creating_mirror(self, pod: Pod) -> str:
        """The API server is to show a static pod."""
        return f'Creating a mirror pod for static pod "{pod_text(pod)}"'

    def outdated_mirror(self, pod: Pod) -> tuple[str, str]:
        """A mirror is of another file, or is being deleted."""
        return f'Deleting mirror pod "{pod_text(pod)}" because it is outdated', "W"

    def no_mirror(self, pod: Pod, error: str) -> str:
        """A mirror could not be made, or deleted."""
        return f'Failed creating a mirror pod for "{pod_text(pod)}": {error}'

    def pleg_event(self, pod: Pod, kind: str, container_id: str) -> PodPhrase:
        """Something happened to a container."""
        return pod_phrase(_PLEG_EVENT, pod, kind, container_id)

    def status_written(self, pod: Pod, version: int) -> PodPhrase:
        """The API server has a pod's status."""
        return pod_phrase(_STATUS_WRITTEN, pod)

    def unhealthy(self, pod: Pod) -> str:
        """A liveness probe failed."""
        return f'SyncLoop (container unhealthy): "{pod_text(pod)}"'

    def skipping(self, errors: tuple[str, ...]) -> str:
        """The runtime is not well, so no pod is handled."""
        return f"skipping pod synchronization - [{' '.join(errors)}]"

    def sync_failed(self, pod: Pod, error: str) -> str:
        """A sync ended with an error."""
        return f'Error syncing pod {pod.metadata.uid} ("{pod_text(pod)}"), skipping: {error}'

    # --- status -----------------------------------------------------------------------------------

    def runtime_down(self, *, never: bool) -> str:
        """The runtime gave no good answer for long, or never did."""
        return "container runtime is down"

    def pleg_unhealthy(self, since: Micros | None, limit: Micros) -> str:
        """The containers were not listed for long, or never were."""
        ago = NEVER if since is None else format_duration(since)
        return (
            f"PLEG is not healthy: pleg was last seen active {ago} ago; threshold is {format_duration(limit)}"
        )

    def not_ready(self, errors: tuple[str, ...]) -> str:
        """The message of a Ready condition that is False."""
        return ",".join(errors)

    network_missing = (
        "NetworkReady=false reason:NetworkPluginNotReady "
        "message:docker: network plugin is not ready: cni config uninitialized"
    )
    """What the runtime says of its network when the plugin has no configuration."""

    def network_error(self) -> str:
        """There is no network for pods."""
        return f"runtime network not ready: {self.network_missing}"

    def network_log(self) -> tuple[str, str]:
        """The same as a line of the log, and its level."""
        return f"Container runtime network not ready: {self.network_missing}", "E"

    def listed(self, errors: tuple[str, ...]) -> str:
        """Several errors within another one."""
        return f"[{' '.join(errors)}]"


class WordsOfV18(Words):
    """What v1.8 says otherwise: its gRPC has names for codes, and its client of docker says where it asks."""

    swap_is_odd = ""

    def fails_with_swap(self, flags: KubeletFlags) -> bool:
        return flags.fail_swap_on

    def swap_is_on(self, swaps: Iterable[str]) -> str:
        told = " ".join(swaps)
        return (
            "Running with swap on is not supported, please disable swap! or set --fail-swap-on flag to "
            f"false. /proc/swaps contained: [{told}]"
        )

    away = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
    unknown = "rpc error: code = Unknown desc = "
    late = "rpc error: code = DeadlineExceeded desc = "

    def spec_changed(self, pod: Pod, spec: ContainerSpec, running: ContainerSpec) -> str:
        return f"Container spec hash changed ({hash_of(running)} vs {hash_of(spec)}).{_AGAIN}"

    def not_alive(self, pod: Pod, container: str, probe: str, *, again: bool) -> str:
        return "Container failed liveness probe." + (_AGAIN if again else "")


_AGAIN: Final = ". Container will be killed and recreated."
