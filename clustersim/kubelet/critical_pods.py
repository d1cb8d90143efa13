r"""Room for critical pods: one that does not fit on its node is taken in all the same, and others go for it.

```
 cpu, memory, pods, storage lack --> pods are chosen --> one after the other ends (Preempting) --> it begins
                                 \--> not enough can go: UnexpectedAdmissionError
```
Critical are static pods and those of the system's priorities; they may grow in the same way. While the real
kubelet waits for an end it takes in no other pod either; here the others go on.
Source: v1.36 pkg/kubelet/preemption/preemption.go.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.resources import requests_v136
from clustersim.engine.state import State
from clustersim.engine.time import SECOND
from clustersim.kubelet import rules
from clustersim.kubelet.admission import Refusal, Shortage
from clustersim.kubelet.eviction import KILL_TIMEOUT, QUALITIES
from clustersim.kubelet.eviction_today import is_critical
from clustersim.kubelet.part import Part
from clustersim.kubelet.pod_sync import grace_period
from clustersim.kubelet.pod_workers_today import Eviction

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136

ENDS: Final = Eviction(
    "Preempting",
    "Preempted in order to admit critical pod",
    "Pod was preempted by Kubelet to accommodate a critical pod.",
)
UNEXPECTED: Final = (
    "Unexpected error while attempting to recover from admission failure: "
    "preemption: error finding a set of pods to preempt: "
)


class NotEnoughError(Exception):
    """All pods that may go do not ask for as much as lacks."""

    def __init__(self, lacking: Sequence[Shortage]) -> None:
        listed = "".join(f"(res: {name}, q: {amount}), " for name, amount in lacking)
        super().__init__(f"no set of running pods found to reclaim resources: [{listed}]")


def preemptable(critical: Pod, other: Pod) -> bool:
    """The other pod may go for the critical one (pkg/kubelet/types/pod_update.go Preemptable)."""
    if not is_critical(other):
        return True
    mine, its = critical.spec.priority, other.spec.priority
    return mine is not None and its is not None and mine > its


def chosen(critical: Pod, pods: Iterable[Pod], lacking: Sequence[Shortage]) -> list[Pod]:
    """The pods that go, in their order: as few as possible of the better classes (getPodsToPreempt)."""
    classes: dict[str, list[Pod]] = {quality: [] for quality in QUALITIES}
    for pod in pods:
        if preemptable(critical, pod):
            classes[pod.status.qos_class or QUALITIES[0]].append(pod)
    best_effort, burstable, guaranteed = classes.values()
    if left := _beyond(lacking, [*best_effort, *burstable, *guaranteed]):
        raise NotEnoughError(left)
    last = _nearest(guaranteed, _beyond(lacking, [*best_effort, *burstable]))
    second = _nearest(burstable, _beyond(lacking, [*best_effort, *last]))
    first = _nearest(best_effort, _beyond(lacking, [*second, *last]))
    return [*first, *second, *last]


def _nearest(pods: list[Pod], lacking: Sequence[Shortage]) -> list[Pod]:
    """Again and again the pod that gives most of what still lacks; of equals the smaller one, or the later
    (getPodsToPreemptByDistance)."""
    left, going = list(pods), []
    while lacking:
        if not left:
            raise NotEnoughError(lacking)
        best = 0
        for number, pod in enumerate(left):
            one, other = _distance(pod, lacking), _distance(left[best], lacking)
            if one < other or (one == other and _size(pod) <= _size(left[best])):
                best = number
        lacking = _beyond(lacking, [left[best]])
        going.append(left[best])
        left[best] = left[-1]
        left.pop()
    return going


def _amount(pod: Pod, name: str) -> int:
    asked = requests_v136(pod).counted
    known = {"pods": 1, "cpu": asked.cpu, "memory": asked.memory}
    return known[name] if name in known else asked.amount(name)


def _size(pod: Pod) -> tuple[int, int]:
    return _amount(pod, "memory"), _amount(pod, "cpu")


def _beyond(lacking: Sequence[Shortage], pods: Sequence[Pod]) -> list[Shortage]:
    """What lacks still when these are gone."""
    left = [(name, amount - sum(_amount(pod, name) for pod in pods)) for name, amount in lacking]
    return [(name, amount) for name, amount in left if amount > 0]


def _distance(pod: Pod, lacking: Sequence[Shortage]) -> float:
    """The sum of the squared parts that the pod leaves lacking."""
    return sum((max(0, amount - _amount(pod, name)) / amount) ** 2 for name, amount in lacking)


class CriticalPodsMemory(State):
    """going: pods that still have to end, by the uid of the critical pod, the first of them ends now."""

    going: dict[str, list[str]] = msgspec.field(default_factory=dict)


class CriticalPods(Part):
    """CriticalPodAdmissionHandler."""

    name = "critical-pods"
    kubelet: "KubeletV136"

    def memory(self) -> CriticalPodsMemory:
        return CriticalPodsMemory()

    def refusal(self, pod: Pod, others: Sequence[Pod]) -> Refusal | None:
        """Why a critical pod is not taken in: never for what lacks, unless too little can go."""
        kubelet = self.kubelet
        offer = kubelet.sync_handler.offer()
        if refused := kubelet.predicates.refusal_beside_resources(pod, others, offer):
            return refused
        try:
            chosen(pod, others, kubelet.predicates.shortages(pod, others, offer))
        except NotEnoughError as error:
            return Refusal("UnexpectedAdmissionError", f"{UNEXPECTED}{error}")
        return None

    def make_room(self, pod: Pod) -> bool:
        """Others end for a critical pod that was let in; False if it fits."""
        kubelet, uid = self.kubelet, pod.metadata.uid
        if uid in self.state.going:
            return True
        active = kubelet.sync_handler.active_pods().items()
        others = [kubelet.allocation.of(one) for other, one in active if other != uid]
        lacking = kubelet.predicates.shortages(pod, others, kubelet.sync_handler.offer())
        going = chosen(pod, others, lacking)
        if going:
            self.state.going[uid] = [one.metadata.uid for one in going]
            self._next(uid)
        return bool(going)

    def _next(self, critical: str) -> None:
        kubelet, going = self.kubelet, self.state.going
        pod = kubelet.pod_manager.get(critical)
        while going[critical]:
            victim = kubelet.pod_manager.get(going[critical][0])
            if victim is not None:
                self._end(victim, "" if pod is None else pod.metadata.name)
                return
            going[critical].pop(0)
        del going[critical]
        kubelet.sync_handler.room_made(critical)

    def _end(self, pod: Pod, critical: str) -> None:
        kubelet, grace = self.kubelet, grace_period(pod)
        kubelet.recorder.of_pod(pod, "Warning", ENDS.reason, ENDS.message)
        reference = f"pods/{pod.metadata.namespace}/{pod.metadata.name}"
        verdict = rules.PREEMPTED.holds(pod=pod.metadata.name, critical=critical)
        kubelet.emit("decision", "preempt", reference, rule=verdict)
        self.post(max(KILL_TIMEOUT, (grace // SECOND * 3 // 2) * SECOND), self.too_long, pod.metadata.uid)
        kubelet.pod_workers.kill(pod, None, ENDS)

    def killed(self, uid: str) -> None:
        """Nothing of the pod runs any more: the next may go, or the critical one begins."""
        for critical in [one for one, going in self.state.going.items() if going[0] == uid]:
            self.state.going[critical].pop(0)
            self._next(critical)

    def too_long(self, uid: str) -> None:
        """The pod should have ended by now; it is not waited for any more (killPodNow)."""
        if any(going[0] == uid for going in self.state.going.values()):
            pod = self.kubelet.pod_manager.get(uid)
            if pod is not None:
                text = "Container runtime did not kill the pod within specified grace period."
                self.kubelet.recorder.of_pod(pod, "Warning", "ExceededGracePeriod", text)
            self.killed(uid)
