"""What the kubelet does with the pods that the API server wants here: takes them in or refuses them, has them
synced when they change, and lets go of them (v1.7.5, v1.8.0 pkg/kubelet/kubelet.go SyncHandler).
"""

import msgspec

from clustersim.api.core_v1 import Node, Pod, PodStatus
from clustersim.api.meta import ObjectMeta
from clustersim.api.quantity import byte_count, millicores
from clustersim.api.topology import HOSTNAME
from clustersim.engine.state import State
from clustersim.kubelet.admission import Offer, Refusal
from clustersim.kubelet.allocatable import allocatable
from clustersim.kubelet.config import PodUpdate
from clustersim.kubelet.part import Part


class SyncHandlerMemory(State):
    """undecided: pods of which it is not known yet whether they are taken in, by uid."""

    undecided: dict[str, bool] = msgspec.field(default_factory=dict)


class SyncHandler(Part):
    """Told of pods by the main loop."""

    name = "sync-handler"

    def memory(self) -> SyncHandlerMemory:
        return SyncHandlerMemory()

    # --- pods come, change and go ---------------------------------------------------------------------

    def added(self, pod: Pod) -> None:
        """The API server wants a pod here (HandlePodAdditions). One that the node's labels or taints keep
        out is decided on when the API server has told how they are now: a kubelet watches its own node, so
        it is never seconds behind (kubelet.go nodeLister).
        """
        self.kubelet.pod_manager.put(pod)
        refused = self.refusal(pod)
        if refused is not None and refused.of_node:
            self.state.undecided[pod.metadata.uid] = True
            self.kubelet.node_status.read_anew(pod)
        else:
            self._decided(pod, refused)

    def decide(self, pod: Pod) -> None:
        """The node was read anew for this pod."""
        self.state.undecided.pop(pod.metadata.uid, None)
        if self.kubelet.pod_manager.get(pod.metadata.uid) is not None:
            self._decided(pod, self.refusal(pod))

    def _decided(self, pod: Pod, refused: Refusal | None) -> None:
        if refused is None:
            self.take_in(pod)
            return
        self.kubelet.recorder.of_pod(pod, "Warning", refused.reason, refused.message)
        self.kubelet.status_manager.set_status(pod, self.refused_status(pod, refused))

    def refused_status(self, pod: Pod, refused: Refusal) -> PodStatus:
        """What a pod that does not fit says."""
        return PodStatus(phase="Failed", reason=refused.reason, message=f"Pod {refused.message}")

    def take_in(self, pod: Pod) -> None:
        """A pod that fits begins."""
        self.dispatch(pod)
        self.kubelet.prober.add_pod(pod)

    def changed(self, old: Pod | None, pod: Pod) -> None:
        """The API server wants something else of a pod (HandlePodUpdates). old: as it was before."""
        self.dispatch(pod)

    def reported(self, old: Pod | None, pod: Pod) -> None:
        """Only a pod's status is another (HandlePodReconcile)."""
        self.kubelet.status_manager.reconcile(pod)

    def removed(self, pod: Pod) -> None:
        """The API server does not know the pod any more (HandlePodRemoves)."""
        kubelet, uid = self.kubelet, pod.metadata.uid
        self.state.undecided.pop(uid, None)
        kubelet.pod_manager.remove(pod)
        kubelet.pod_workers.forget(uid)
        kubelet.runtime_manager.forget(uid)
        kubelet.prober.remove_pod(pod)
        kubelet.housekeeping.pod_removed(pod)

    def handled(self, update: PodUpdate) -> None:
        """All pods of an update were handled."""

    def dispatch(self, pod: Pod) -> None:
        """Have a pod synced, unless it is over (dispatchWork)."""
        if pod.metadata.uid in self.state.undecided:
            return
        if not self.kubelet.pod_sync.is_terminated(pod):
            self.kubelet.pod_workers.update(pod)
        elif pod.metadata.deletion_timestamp:
            self.kubelet.status_manager.terminate(pod)

    # --- which are taken in ---------------------------------------------------------------------------

    def refusal(self, pod: Pod) -> Refusal | None:
        """Why a pod is not taken in; None if it is, or is over anyway."""
        if not self.is_active(pod):
            return None
        others = [one for uid, one in self.active_pods().items() if uid != pod.metadata.uid]
        return self.admit(pod, others)

    def admit(self, pod: Pod, others: list[Pod]) -> Refusal | None:
        """Why the pod is not taken in beside the others; None if it is."""
        kubelet = self.kubelet
        return kubelet.eviction.refusal(pod) or kubelet.predicates.refusal(pod, others, self.offer())

    def is_active(self, pod: Pod) -> bool:
        """Something of the pod runs, or is to run."""
        return not self.kubelet.pod_sync.is_terminated(pod)

    def active_pods(self) -> dict[str, Pod]:
        """Pods of which something runs, or is to run, by uid."""
        return self.kubelet.pod_manager.unfinished()

    def offer(self) -> Offer:
        """What the node has for pods."""
        kubelet = self.kubelet
        node = kubelet.node_status.state.node or self._unregistered()
        offered = allocatable(kubelet.node_status.capacity(), kubelet.flags, kubelet.no_thresholds)
        cpu, memory = millicores(offered["cpu"]), byte_count(offered["memory"])
        return Offer(cpu, memory, kubelet.flags.max_pods, node)

    def _unregistered(self) -> Node:
        """The node as long as the API server has told nothing of it."""
        name = self.kubelet.node_name
        return Node(metadata=ObjectMeta(name=name, labels={HOSTNAME: name}))
