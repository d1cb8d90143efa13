"""The texts of today's kubelet: its events, and its structured log lines.

Source: v1.36.2 pkg/kubelet, file by file as the parts.
"""

from collections.abc import Iterable
from sys import intern
from typing import Final

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import Pod, Probe
from clustersim.api.quantity import binary_text, byte_count, canonical
from clustersim.engine.time import Micros
from clustersim.flags.duration import format_duration
from clustersim.flags.kubelet import KubeletFlags
from clustersim.kubelet.journal_words import JournalWordsOfToday
from clustersim.kubelet.pod_manager import pod_key, pod_text
from clustersim.kubelet.pod_phrase import PodPhrase, pod_phrase
from clustersim.kubelet.words import Words
from clustersim.machine import DISK_BYTES
from clustersim.programs import asked_file
from clustersim.runtime.records import IMAGE_BYTES, Container

_PLEG_EVENT: Final = (
    '"SyncLoop (PLEG): event for pod" pod="{namespace}/{name}" '
    'event={{"ID":"{uid}","Type":"{kind}","Data":"{data}"}}'
)
_STATUS_WRITTEN: Final = '"Status for pod updated successfully" pod="{namespace}/{name}" statusVersion={data}'


class WordsOfToday(JournalWordsOfToday, Words):
    """The words of v1.36."""

    active_too_long = "Pod was active on the node longer than the specified deadline"

    created = "Container created"
    started = "Container started"
    unseen = "Unknown"
    not_started = "StartError"
    need_to_kill = ""

    def pulling(self, image: str) -> str:
        return f'Pulling image "{image}"'

    def pulled(self, image: str, took: Micros, waited: Micros) -> str:
        exact, total = (
            f"{t // 1000}ms" if t < 1_000_000 else format_duration(t // 1000 * 1000) for t in (took, waited)
        )
        return (
            f'Successfully pulled image "{image}" in {exact} ({total} including waiting). '
            f"Image size: {IMAGE_BYTES} bytes."
        )

    def present(self, image: str) -> str:
        return intern(f'Container image "{image}" already present on machine and can be accessed by the pod')

    def pull_error(self, error: str) -> str:
        return error if error.startswith("rpc error") else f"rpc error: code = NotFound desc = {error}"

    def pull_backing_off(self, image: str, last_error: str) -> str:
        return f'Back-off pulling image "{image}": ErrImagePull: {last_error}'

    def backing_off(self, container: str, pod: Pod) -> str:
        return f"Back-off restarting failed container {container} in pod {pod_text(pod)}"

    def user_refused(self, why: str, pod: Pod, container: str) -> str:
        return f'{why} (pod: "{pod_text(pod)}", container: {container})'

    def hook_failed(self, which: str, told: str) -> str:
        return f"{which}Hook failed"

    def hook_refused(self, address: str, path: str) -> str:
        return f'Get "http://{address}{path}": dial tcp {address}: connect: connection refused'

    def exec_hook_failed(self, command: tuple[str, ...], whose: str) -> str:
        return f'Exec lifecycle hook ([{" ".join(command)}]) {whose}, message: ""'

    def http_hook_failed(self, path: str, whose: str) -> str:
        return f"HTTP lifecycle hook ({path}) {whose}"

    def volume_mounted(self, volume: str) -> str:
        return ""

    def no_such(self, resource: str, name: str) -> str:
        return f'{resource.removesuffix("s")} "{name}" not found'

    def not_mounted(self, pod: Pod, volumes: str, unattached: str = "", unprocessed: str = "") -> str:
        return (
            f"Unable to attach or mount volumes: unmounted volumes=[{volumes}], "
            f"unattached volumes=[{unattached}], failed to process volumes=[{unprocessed}]: "
            "context deadline exceeded"
        )

    def bad_image(self, image: str) -> str:
        name = image.partition("@")[0]
        name = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
        path = name if "/" in name else f"library/{name}"
        told = f": repository name ({path}) must be lowercase" if name != name.lower() else ""
        return (
            f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": invalid '
            f"reference format{told}"
        )

    def crash_loop(self, delay: Micros, container: str, pod: Pod) -> str:
        return (
            f"back-off {format_duration(delay)} restarting failed container={container} pod={pod_text(pod)}"
        )

    def spec_changed(self, pod: Pod, spec: ContainerSpec, running: ContainerSpec) -> str:
        return f"Container {spec.name} definition changed, will be restarted"

    def not_alive(self, pod: Pod, container: str, probe: str, *, again: bool) -> str:
        return f"Container {container} failed {probe} probe" + (", will be restarted" if again else "")

    swap_is_odd = ""

    def fails_with_swap(self, flags: KubeletFlags) -> bool:
        return flags.fail_swap_on

    def swap_is_on(self, swaps: Iterable[str]) -> str:
        return (
            "running with swap on is not supported, please disable swap or set --fail-swap-on flag to false"
        )

    def starved(self, signal: str) -> str:
        names = {"memory.available": "memory", "pid.available": "pids"}
        return names.get(signal, "ephemeral-storage")

    def disk_too_full(self, percent: int, limit: int, wanted: int) -> str:
        return (
            '"Disk usage on image filesystem is over the high threshold, trying to free bytes down to the '
            f'low threshold" usage={percent} highThreshold={limit} amountToFree={wanted}'
        )

    def removing_image(self, image: str, size: int) -> str:
        return f'"Removing image to free bytes" imageID="{image}" size={size} runtimeHandler=""'

    def too_few_images(self, percent: int, wanted: int, freed: int) -> str:
        return (
            f"Insufficient free disk space on the node's image filesystem ({percent}% of "
            f"{DISK_BYTES / (1 << 30):.1f} GiB used). Failed to free sufficient space by deleting unused "
            f"images (freed {freed} bytes). Investigate disk usage, as it could be used by active images, "
            "logs, volumes, or other data."
        )

    def under_pressure(self, conditions: list[str]) -> str:
        return f"The node had condition: [{' '.join(conditions)}]. "

    def evicted(self, signal: str, wanted: str, available: int, pod: Pod, taken: dict[str, int]) -> str:
        resource = self.starved(signal)
        free = canonical(str(available)) if signal == "pid.available" else binary_text(available)
        text = f"The node was low on resource: {resource}. Threshold quantity: {wanted}, available: {free}. "
        if signal == "pid.available":
            return text
        for spec in pod.spec.containers:
            asked = spec.resources.requests.get(resource, "0")
            if (used := taken.get(spec.name, 0)) > byte_count(asked):
                text += (
                    f"Container {spec.name} was using {binary_text(used)}, request is {asked}, has larger "
                    f"consumption of {resource}. "
                )
        return text

    def image_name(self, image: str) -> str:
        return super().image_name(self.image_id(image))

    def probe_errored(self, error: str) -> str:
        return f"probe errored and resulted in unknown state: {error}"

    def probe_output(self, probe: Probe, port: int | None, pod_ip: str) -> str:
        if probe.exec is not None:
            path = asked_file(probe.exec.command)
            reads = path is not None and probe.exec.command[0] == "cat"
            return f"cat: can't open '{path}': No such file or directory\n" if reads else ""
        if probe.tcp_socket is not None:
            return f"dial tcp {probe.tcp_socket.host or pod_ip}:{port}: connect: connection refused"
        if probe.grpc is not None:
            within = f"within {probe.timeout_seconds}s: context deadline exceeded"
            return f'timeout: failed to connect service "{pod_ip}:{port}" {within}'
        if (asked := probe.http_get) is None:
            return "no probe handler"
        address = f"{asked.host or pod_ip}:{port}"
        url = f"{asked.scheme.lower()}://{address}{asked.path}"
        return f'Get "{url}": dial tcp {address}: connect: connection refused'

    def killing(self, container: Container, reason: str) -> str:
        return reason or f"Stopping container {container.name}"

    def killing_log(self, container: Container, seconds: int) -> str:
        pod = f"{container.namespace}/{container.pod}"
        return (
            f'"Killing container with a grace period" pod="{pod}" podUID="{container.pod_uid}" '
            f'containerName="{container.name}" containerID="{self.runtime}://{container.id}" '
            f"gracePeriod={seconds}"
        )

    def image_id(self, image: str) -> str:
        return image if "/" in image else intern(f"docker.io/library/{image}")

    def sync_loop(self, operation: str, pods: Iterable[Pod], source: str) -> str:
        names = ",".join(f'"{pod_key(pod)}"' for pod in pods)
        return f'"SyncLoop {operation}" source="{source}" pods=[{names}]'

    def creating_mirror(self, pod: Pod) -> str:
        return f'"Creating a mirror pod for static pod" pod="{pod_key(pod)}"'

    def outdated_mirror(self, pod: Pod) -> tuple[str, str]:
        return f'"Trying to delete pod" pod="{pod_key(pod)}" podUID="{pod.metadata.uid}"', "I"

    def no_mirror(self, pod: Pod, error: str) -> str:
        return f'"Failed creating a mirror pod" pod="{pod_key(pod)}" err="{error}"'

    def pleg_event(self, pod: Pod, kind: str, container_id: str) -> PodPhrase:
        return pod_phrase(_PLEG_EVENT, pod, kind, container_id)

    def status_written(self, pod: Pod, version: int) -> PodPhrase:
        return pod_phrase(_STATUS_WRITTEN, pod, data=str(version))

    def unhealthy(self, pod: Pod) -> str:
        return f'"SyncLoop (probe)" probe="liveness" status="unhealthy" pod="{pod_key(pod)}"'

    def skipping(self, errors: tuple[str, ...]) -> str:
        return f'"Skipping pod synchronization" err="{_aggregated(errors)}"'

    def sync_failed(self, pod: Pod, error: str) -> str:
        return f'"Error syncing pod, skipping" err="{error}" pod="{pod_key(pod)}" podUID="{pod.metadata.uid}"'

    def runtime_down(self, *, never: bool) -> str:
        return (
            "container runtime status check may not have completed yet"
            if never
            else "container runtime is down"
        )

    def pleg_unhealthy(self, since: Micros | None, limit: Micros) -> str:
        if since is None:
            return "PLEG is not healthy: pleg has yet to be successful"
        return super().pleg_unhealthy(since, limit)

    def not_ready(self, errors: tuple[str, ...]) -> str:
        return _aggregated(errors)

    network_missing = (
        "NetworkReady=false reason:NetworkPluginNotReady "
        "message:Network plugin returns error: cni plugin not initialized"
    )

    def network_error(self) -> str:
        return f"container runtime network not ready: {self.network_missing}"

    def network_log(self) -> tuple[str, str]:
        return f'"Container runtime network not ready" networkReady="{self.network_missing}"', "I"

    def listed(self, errors: tuple[str, ...]) -> str:
        return _aggregated(errors)


def _aggregated(errors: tuple[str, ...]) -> str:
    """Several errors as one (apimachinery NewAggregate)."""
    return errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
