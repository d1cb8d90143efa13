"""What a kubelet writes into its journal about its node and its runtime: glog in v1.7 and v1.8, structured
logging today (v1.7.5, v1.36.2 pkg/kubelet; lines of v1.36.2 are recorded in power-off-within-grace.json)."""

from clustersim.api.core_v1 import Pod
from clustersim.kubelet.pod_manager import pod_key


class JournalWords:
    """Of v1.7 and v1.8. runtime_away: of a runtime that cannot be reached; runtime_slow: of a call to it that
    takes too long."""

    runtime_away = (
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
    )
    runtime_slow = "operation timeout: context deadline exceeded"

    def failure(self, text: str, error: str) -> str:
        """Something failed with that error."""
        return f"{text}: {error}"

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

    runtime_away = (
        'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: '
        'dial unix /run/containerd/containerd.sock: connect: connection refused"'
    )
    runtime_slow = "rpc error: code = DeadlineExceeded desc = context deadline exceeded"

    def failure(self, text: str, error: str) -> str:
        quoted = error.replace('"', '\\"')
        return f'"{text}" err="{quoted}"'

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
