"""Where wanted pods come from, today: they are asked for only once the own Node is known, which is looked at
once a second (v1.36.2 pkg/kubelet/config/apiserver.go, kubelet.go nodeHasSynced)."""

from typing import TYPE_CHECKING, Final

from clustersim.engine.time import MILLISECOND, Micros
from clustersim.kubelet.config import PodConfig

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


LEAD: Final[Micros] = 35 * MILLISECOND
"""Recorded: lost pods are told to stop 0.97 s (median of 14) after "Starting kubelet.", a second after the
first look (pkg/kubelet/kubelet.go NewMainKubelet, makePodSourceConfig)."""


class PodConfigOfToday(PodConfig):
    """The "api" source of v1.36."""

    kubelet: "KubeletV136"

    def start(self) -> None:
        """The first look always comes too early; it is taken while the kubelet is still being made, before
        it says that it starts."""
        self.post(max(0, self.kubelet.flags.pod_source_wait - LEAD), self.look)

    def look(self) -> None:
        """List the pods if the Node is known."""
        if self.kubelet.node_status.informer.synced:
            self.informer.start()
        else:
            self.post(self.kubelet.flags.pod_source_wait, self.look)
