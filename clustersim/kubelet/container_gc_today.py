"""The collector of dead containers of today (v1.36.2 pkg/kubelet/kuberuntime/kuberuntime_gc.go)."""

from typing import TYPE_CHECKING

from clustersim.kubelet.container_gc import ContainerGC

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


class ContainerGCOfToday(ContainerGC):
    """containerGC of v1.36."""

    kubelet: "KubeletV136"

    def may_go_for_room(self, uid: str) -> bool:
        """Of pods of which nothing can run any more (ShouldPodRuntimeBeRemoved)."""
        return not self.kubelet.pod_workers.could_run(uid)
