"""Where wanted pods come from, today: they are asked for only once the own Node is known, which is looked at
once a second (v1.36.2 pkg/kubelet/config/apiserver.go, kubelet.go nodeHasSynced)."""

from typing import TYPE_CHECKING

from clustersim.kubelet.config import PodConfig

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


class PodConfigOfToday(PodConfig):
    """The "api" source of v1.36."""

    kubelet: "KubeletV136"

    def start(self) -> None:
        """The first look, at the start, always comes too early."""
        self.post(self.kubelet.flags.pod_source_wait, self.look)

    def look(self) -> None:
        """List the pods if the Node is known."""
        if self.kubelet.node_status.informer.synced:
            self.informer.start()
        else:
            self.start()
