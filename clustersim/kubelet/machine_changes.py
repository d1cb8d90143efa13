"""What happens to the machine and the runtime beside the kubelet, and which of its loops that wakes.

The loops of the real kubelet look again and again. Those of the model rest while they would find what they
found before, so whatever they look at says when it is another.
"""

from typing import Final

from clustersim.engine.process import STOPPED
from clustersim.kubelet.part import Part
from clustersim.runtime.records import contents_of

_ASK_THE_RUNTIME: Final = ("pleg", "container-gc", "image-gc", "housekeeping")
"""Loops that ask the runtime what it has."""


class MachineChanges(Part):
    """Told of them."""

    name = "machine-changes"

    def observe(self) -> None:
        """Be told from now on."""
        kubelet, engine = self.kubelet, self.engine
        kubelet.host.when_out_of_memory.append(self.out_of_memory)
        engine.observe(kubelet.runtime, self.runtime_stirred)
        engine.observe(contents_of(kubelet.runtime), self.contents_changed)
        engine.observe(kubelet.host.address, self.resources_changed)

    def _heeded(self) -> bool:
        """The kubelet runs, or hangs and will see it later."""
        return self.kubelet.status.phase != STOPPED and bool(self.kubelet.state.started)

    def runtime_stirred(self) -> None:
        """The runtime was started, stopped, frozen or resumed: whatever asks it will see."""
        if self._heeded():
            self.kubelet.loops["runtime-check"].wake(self.kubelet.local_latency)
            self._look_at_contents(stirred=True)
            self.kubelet.node_status.runtime_stirred()

    def contents_changed(self) -> None:
        """The runtime has other containers or images, or they are in another state."""
        if self._heeded():
            self._look_at_contents(stirred=not self.kubelet.runtime_state.answers())
            if self.kubelet.running:
                self.kubelet.loops["images"].wake(self.kubelet.local_latency)

    def _look_at_contents(self, *, stirred: bool) -> None:
        """Loops whose next pass finds something. stirred: the runtime may not answer as before."""
        loops, in_flight = self.kubelet.loops, self.kubelet.local_latency
        for name in _ASK_THE_RUNTIME:
            loops[name].wake(in_flight)
        if stirred:
            loops["sync-ticker"].wake(in_flight)
        loops["eviction"].wake()
        self.kubelet.housekeeping.runtime_stirred()
        self.kubelet.prober.something_changed()

    def resources_changed(self) -> None:
        """More or less memory or disk of the machine is in use, a manifest is another, or its network plugin
        is gone or back."""
        if self._heeded():
            self.kubelet.loops["eviction"].wake()
            self.kubelet.loops["image-gc"].wake()
            self.kubelet.network_state.stirred()
            self.post(self.kubelet.local_latency, self.read_manifests)

    def read_manifests(self) -> None:
        """Something in the directory of manifests may have changed."""
        self.kubelet.static_pods.read()

    def out_of_memory(self) -> None:
        """The kernel killed somebody for want of memory of the whole machine: said of the node where the
        limit was that of the machine; today only where the victim was in no cgroup of its own, which none is
        here (v1.7.5, v1.8.0 pkg/kubelet/oom_watcher.go, v1.36 pkg/kubelet/oom/oom_watcher_linux.go)."""
        kubelet = self.kubelet
        if kubelet.running and kubelet.state.started and kubelet.tells_out_of_memory:
            kubelet.recorder.of_node("Warning", "SystemOOM", "System OOM encountered")
