r"""Is there a network for pods? What the runtime says of its network plugin with every check of it.

```
 no network --> the node is not Ready (NetworkPluginNotReady)
            \-> pods with a network of their own are not synced: none is started, what ends is not restarted
```
Containers run on, and pods of the host's network start as ever.
Source: v1.7.5, v1.8.0, v1.36 pkg/kubelet/{kubelet,runtime}.go updateRuntimeUp, syncPod, networkErrors.
"""

from clustersim.api.core_v1 import Pod
from clustersim.engine.process import STOPPED
from clustersim.engine.state import State
from clustersim.kubelet.part import Part


class NetworkMemory(State):
    """missing: the last check of the runtime found that it has no network for pods."""

    missing: bool = False


class NetworkState(Part):
    """networkErrors of runtimeState, and what they keep from happening."""

    name = "network-state"

    def memory(self) -> NetworkMemory:
        return NetworkMemory()

    def stirred(self) -> None:
        """The network plugin was taken away or is back: the next check of the runtime tells."""
        kubelet = self.kubelet
        if kubelet.status.phase != STOPPED and kubelet.state.started:
            if kubelet.host.state.network_lost != self.state.missing:
                kubelet.loops["runtime-check"].wake()
            kubelet.node_status.may_change()

    def checked(self) -> None:
        """The runtime answered: it also says how its network is."""
        missing = self.kubelet.host.state.network_lost
        if missing:
            text, level = self.kubelet.words.network_log()
            self.log("kubelet.go", text, level)
        if missing == self.state.missing:
            return
        self.state.missing = missing
        self.kubelet.node_status.may_change()
        if missing:
            self.kubelet.pod_workers.resync()

    def errors(self) -> tuple[str, ...]:
        """Why the node is not ready for want of a network."""
        return (self.kubelet.words.network_error(),) if self.state.missing else ()

    def refusal(self, pod: Pod) -> str:
        """Why this pod is not synced; "" if it is."""
        if not self.state.missing or pod.spec.host_network:
            return ""
        return f"network is not ready: {self.kubelet.words.listed(self.errors())}"
