"""What a kubelet writes into its journal about its node and its runtime: glog in v1.7 and v1.8, structured
logging today (v1.7.5, v1.36.2 pkg/kubelet; lines of v1.36.2 are recorded in power-off-within-grace.json)."""

from clustersim.api.core_v1 import Pod
from clustersim.kubelet.pod_manager import pod_key


class JournalWords:
    """Of v1.7. away: of a runtime that cannot be reached, as its client says it. unknown, late: how gRPC, by
    which a kubelet speaks to dockershim within itself, calls errors of any kind, and of time (kk#54381)."""

    away = "Cannot connect to the Docker daemon. Is the docker daemon running on this host?"
    unknown = "rpc error: code = 2 desc = "
    late = "rpc error: code = 4 desc = "

    @property
    def runtime_away(self) -> str:
        """Of a call to a runtime that cannot be reached."""
        return self.unknown + self.away

    @property
    def runtime_slow(self) -> str:
        """Of a call to a runtime that takes too long."""
        return f"{self.late}context deadline exceeded"

    def not_connected(self) -> str:
        """Why a kubelet cannot begin without its runtime (dockershim/docker_service.go)."""
        return f"failed to create kubelet: failed to get docker version: {self.away}"

    def runtime_unwell(self, error: str, *, away: bool) -> str:
        """What the check says every five seconds: dockershim answers that docker does not (kubelet.go,
        updateRuntimeUp)."""
        if not away:
            return f"Container runtime sanity check failed: {error}"
        return (
            "Container runtime not ready: RuntimeReady=false reason:DockerDaemonNotReady message:docker: "
            f"failed to get docker version: {self.away}"
        )

    def failure(self, text: str, error: str) -> str:
        """Something failed with that error."""
        return f"{text}: {error}"

    def serving(self, version: str) -> str:
        """It serves (cmd/kubelet/app/server.go startKubelet)."""
        return f"Started kubelet {version}"

    def main_loop(self) -> str:
        """Its main loop begins."""
        return "Starting kubelet main sync loop."

    def status_kept(self, name: str, namespace: str, uid: str, error: str) -> tuple[str, str]:
        """A pod's status was not taken (status_manager.go), and how grave that is."""
        return f'Failed to update status for pod "{name}_{namespace}({uid})": {error}', "W"

    def pod_kept(self, name: str, namespace: str, uid: str, error: str) -> tuple[str, str]:
        """A pod that is over could not be deleted, and how grave that is."""
        return f'Failed to delete status for pod "{name}_{namespace}({uid})": {error}', "W"

    def pod_gone(self, name: str, namespace: str, uid: str) -> str:
        """A pod that is over was deleted."""
        return f'Pod "{name}_{namespace}({uid})" fully terminated and removed from etcd'

    def held_back(self, text: str) -> str:
        """A container is not started again yet, in the words of its status (kuberuntime_manager.go)."""
        return text

    def not_of_pod(self, container_id: str) -> tuple[str, str]:
        """A container that died is none of its pod's any more (pod_container_deletor.go), and how grave that
        is."""
        return f'Container "{container_id}" not found in pod\'s containers', "W"

    def registering(self, node: str) -> str:
        """The Node is about to be made."""
        return f"Attempting to register node {node}"

    def not_registered(self, node: str, error: str) -> str:
        """It could not be made."""
        return f'Unable to register node "{node}" with API server: {error}'

    def known_before(self, node: str) -> str:
        """It was there."""
        return f"Node {node} was previously registered"

    def registered(self, node: str) -> str:
        """It is there now."""
        return f"Successfully registered node {node}"

    def recording(self, node: str, event: str) -> str:
        """An Event about it is written."""
        return f"Recording {event} event message for node {node}"

    def mirror_stays(self, mirror: Pod, error: str) -> str:
        """The mirror of a static pod could not be deleted."""
        name = f"{mirror.metadata.name}_{mirror.metadata.namespace}"
        return f'Failed deleting a mirror pod "{name}": {error}'

    def gave_up(self) -> str:
        """Its status was not written, however often it was tried."""
        return "Unable to update node status: update node status exceeds retry count"


class JournalWordsOfToday(JournalWords):
    """Of v1.36; the runtime is spoken to by gRPC."""

    away = (
        'connection error: desc = "transport: Error while dialing: '
        'dial unix /run/containerd/containerd.sock: connect: connection refused"'
    )
    unknown = "rpc error: code = Unknown desc = "
    late = "rpc error: code = DeadlineExceeded desc = "

    @property
    def runtime_away(self) -> str:
        return f"rpc error: code = Unavailable desc = {self.away}"

    def not_connected(self) -> str:
        return (
            "validate service connection: validate CRI v1 runtime API for endpoint "
            f'"unix:///run/containerd/containerd.sock": {self.runtime_away}'
        )

    def runtime_unwell(self, error: str, *, away: bool) -> str:
        return self.failure("Container runtime sanity check failed", error)

    def failure(self, text: str, error: str) -> str:
        quoted = error.replace('"', '\\"')
        return f'"{text}" err="{quoted}"'

    def serving(self, version: str) -> str:
        return '"Started kubelet"'

    def main_loop(self) -> str:
        return '"Starting kubelet main sync loop"'

    def status_kept(self, name: str, namespace: str, uid: str, error: str) -> tuple[str, str]:
        told = self.failure("Failed to update status for pod", error)
        return f'{told} pod="{namespace}/{name}"', "E"

    def pod_kept(self, name: str, namespace: str, uid: str, error: str) -> tuple[str, str]:
        quoted = error.replace('"', '\\"')
        return f'"Failed to delete status for pod" pod="{namespace}/{name}" err="{quoted}"', "I"

    def pod_gone(self, name: str, namespace: str, uid: str) -> str:
        return f'"Pod fully terminated and removed from etcd" pod="{namespace}/{name}"'

    def held_back(self, text: str) -> str:
        return self.failure("Back-off restarting failed container", text)

    def not_of_pod(self, container_id: str) -> tuple[str, str]:
        return f'"Container not found in pod\'s containers" containerID="{container_id}"', "I"

    def registering(self, node: str) -> str:
        return f'"Attempting to register node" node="{node}"'

    def not_registered(self, node: str, error: str) -> str:
        return f'"Unable to register node with API server" err="{error}" node="{node}"'

    def known_before(self, node: str) -> str:
        return f'"Node was previously registered" node="{node}"'

    def registered(self, node: str) -> str:
        return f'"Successfully registered node" node="{node}"'

    def recording(self, node: str, event: str) -> str:
        return f'"Recording event message for node" node="{node}" event="{event}"'

    def gave_up(self) -> str:
        return self.failure("Unable to update node status", "update node status exceeds retry count")

    def mirror_stays(self, mirror: Pod, error: str) -> str:
        return f'"Failed deleting a mirror pod" err="{error}" pod="{pod_key(mirror)}"'
