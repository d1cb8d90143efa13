"""What happens to the machine and the runtime beside a kubelet of today, which has a loop that looks at
images (v1.36 pkg/kubelet/images/image_gc_manager.go).
"""

from typing import TYPE_CHECKING

from clustersim.kubelet.machine_changes import MachineChanges

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


class MachineChangesOfToday(MachineChanges):
    """Of v1.36."""

    kubelet: "KubeletV136"

    def contents_changed(self) -> None:
        super().contents_changed()
        if self.kubelet.state.started and self.kubelet.running:
            self.kubelet.loops["images"].wake(self.kubelet.local_latency)
