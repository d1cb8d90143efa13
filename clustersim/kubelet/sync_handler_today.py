"""What a kubelet of today does with the pods that the API server wants here: workers bring them to an end,
and they are judged by what was allocated to them (v1.36 pkg/kubelet/kubelet.go SyncHandler).
"""

from typing import TYPE_CHECKING

from clustersim.api.core_v1 import Pod, PodStatus
from clustersim.api.quality import qos_class
from clustersim.kubelet.admission import Refusal
from clustersim.kubelet.config import ADD, REMOVE, PodUpdate
from clustersim.kubelet.eviction_today import is_critical
from clustersim.kubelet.pod_phase import FINISHED
from clustersim.kubelet.sync_handler import SyncHandler

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


class SyncHandlerOfToday(SyncHandler):
    """Of v1.36."""

    kubelet: "KubeletV136"

    def refused_status(self, pod: Pod, refused: Refusal) -> PodStatus:
        return PodStatus(
            qos_class=qos_class(pod.spec, today=True),
            phase="Failed",
            reason=refused.reason,
            message=f"Pod was rejected: {refused.message}",
            observed_generation=pod.metadata.generation,
        )

    def admit(self, pod: Pod, others: list[Pod]) -> Refusal | None:
        """Beside others as they are allocated. A critical pod need not fit."""
        kubelet = self.kubelet
        refused = kubelet.node_shutdown.refusal()
        beside = [kubelet.allocation.of(one) for one in others]
        if refused is None and is_critical(pod):
            return kubelet.eviction.refusal(pod) or kubelet.critical_pods.refusal(pod, beside)
        return refused or super().admit(pod, beside)

    def refusal(self, pod: Pod) -> Refusal | None:
        """A pod that was here before is looked at with what it had."""
        return super().refusal(self.kubelet.allocation.of(pod))

    def take_in(self, pod: Pod) -> None:
        """A critical pod for which others must go waits for their ends."""
        if is_critical(pod) and self.is_active(pod):
            self.state.undecided[pod.metadata.uid] = True
            if self.kubelet.critical_pods.make_room(self.kubelet.allocation.of(pod)):
                return
            del self.state.undecided[pod.metadata.uid]
        self._begin(pod)

    def room_made(self, uid: str) -> None:
        """The pods that had to go for a critical one have ended: it begins, or grows."""
        pod = self.kubelet.pod_manager.get(uid)
        begins = self.state.undecided.pop(uid, False)
        if pod is not None and begins:
            self._begin(pod)
        elif pod is not None:
            self.kubelet.allocation.grow(uid)

    def _begin(self, pod: Pod) -> None:
        if self.is_active(pod):
            self.kubelet.allocation.admitted(pod)
        self.kubelet.pod_workers.begin(pod)

    def handled(self, update: PodUpdate) -> None:
        if update.operation in (ADD, REMOVE) and self.kubelet.allocation.state.waiting:
            self.kubelet.allocation.retry()

    def changed(self, old: Pod | None, pod: Pod) -> None:
        self.kubelet.allocation.changed(old, pod)
        self.dispatch(pod)

    def reported(self, old: Pod | None, pod: Pod) -> None:
        super().reported(old, pod)
        self.kubelet.allocation.reported(old, pod)

    def active_pods(self) -> dict[str, Pod]:
        return {uid: pod for uid, pod in super().active_pods().items() if self.is_active(pod)}

    def is_active(self, pod: Pod) -> bool:
        """Neither over nor about to be (filterOutInactivePods)."""
        metadata = pod.metadata
        if metadata.deletion_timestamp or self.kubelet.pod_workers.is_terminating(metadata.uid):
            return False
        status = self.kubelet.status_manager.status_of(metadata.uid) or pod.status
        return status.phase not in FINISHED

    def removed(self, pod: Pod) -> None:
        """The API server does not know the pod any more: its worker brings it to an end."""
        self.state.undecided.pop(pod.metadata.uid, None)
        self.kubelet.pod_manager.remove(pod)
        self.kubelet.runtime_manager.forget(pod.metadata.uid)
        self.kubelet.pod_workers.kill(pod)
        self.kubelet.allocation.forget(pod.metadata.uid)

    def dispatch(self, pod: Pod) -> None:
        """Tell the pod's worker, which knows what is to be done."""
        if pod.metadata.uid not in self.state.undecided:
            self.kubelet.pod_workers.update(pod)
