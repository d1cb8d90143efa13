"""Pod status towards the API server, today: all statuses that changed are sent in one go, one after another,
as a patch of what the API server has.

A pod is over in the API server only when nothing of it can run any more, and it leaves it only after that
(v1.36.2 pkg/kubelet/status/status_manager.go).
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from clustersim.api.conditions import condition_of
from clustersim.api.core_v1 import (
    ContainerState,
    ContainerStateTerminated,
    ContainerStatus,
    Pod,
    PodCondition,
    PodStatus,
)
from clustersim.api.meta import replace
from clustersim.api.timestamp import rfc3339
from clustersim.engine.rules import Verdict
from clustersim.kubelet import rules
from clustersim.kubelet.allocation import IN_PROGRESS, PENDING
from clustersim.kubelet.pod_phase import FINISHED
from clustersim.kubelet.pod_status_today import READY_TO_START
from clustersim.kubelet.status_manager import StatusManager, StatusManagerMemory, Versioned
from clustersim.kubelet.whole_restart import CONDITION
from clustersim.runtime.records import SIGKILLED

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136

OWN: Final = (
    READY_TO_START, "Initialized", "Ready", "ContainersReady", "PodScheduled", PENDING, IN_PROGRESS,
    CONDITION,
)  # fmt: skip
"""Conditions that only the kubelet sets; all others are left as they are."""

DISRUPTED: Final = "DisruptionTarget"


class StatusManagerMemoryOfToday(StatusManagerMemory):
    """finished: pods of which the worker is done; changed: a status changed while others are being sent;
    unsent: pods whose status the API server does not have yet."""

    finished: dict[str, bool] = msgspec.field(default_factory=dict)
    unsent: dict[str, None] = msgspec.field(default_factory=dict)
    changed: bool = False


class StatusManagerOfToday(StatusManager):
    """The cache of statuses and the goroutine that patches them."""

    kubelet: "KubeletV136"

    def memory(self) -> StatusManagerMemory:
        return StatusManagerMemoryOfToday()

    # --- learning -----------------------------------------------------------------------------------

    def sandbox_ready(self, pod: Pod) -> None:
        """Containers can be started now; said before their images are pulled (OnPodSandboxReady)."""
        status = self.status_of(pod.metadata.uid)
        if status is None:
            return
        conditions = tuple(
            replace(one, status="True") if one.type == READY_TO_START else one for one in status.conditions
        )
        self._update(pod, replace(status, conditions=conditions), False)

    def terminate(self, pod: Pod) -> None:
        """The pod is over: what is not known to have ended counts as failed (TerminatePod)."""
        uid = pod.metadata.uid
        status = self.status_of(uid) or pod.status
        begun = _begun(status.init_container_statuses)
        init = tuple(
            self._ended(one) if index < begun else one
            for index, one in enumerate(status.init_container_statuses)
        )
        statuses = status.container_statuses
        if _has_initialized(pod, status):
            statuses = tuple(self._ended(one) for one in statuses)
        phase = status.phase
        if phase not in FINISHED:
            good = all(one.state.terminated and not one.state.terminated.exit_code for one in statuses)
            phase = "Succeeded" if good else "Failed"
        self.state.finished[uid] = True
        changed = replace(status, phase=phase, init_container_statuses=init, container_statuses=statuses)
        self._update(pod, changed, True)

    def _ended(self, status: ContainerStatus) -> ContainerStatus:
        if status.state.terminated is not None:
            return status
        lost = ContainerStateTerminated(
            exit_code=SIGKILLED,
            reason="ContainerStatusUnknown",
            message="The container could not be located when the pod was terminated",
        )
        ended: ContainerStatus = replace(status, state=ContainerState(terminated=lost), ready=False)
        return ended

    def reconcile(self, pod: Pod) -> None:
        known = self.status_of(pod.metadata.uid)
        if known is None:
            return
        if not _own_is_equal(known, pod.status):
            self.kubelet.loops["status-batch"].wake()
        if pod.spec.readiness_gates and self._is_judged_otherwise(pod, known):
            self.kubelet.sync_handler.dispatch(pod)

    def _is_judged_otherwise(self, pod: Pod, known: PodStatus) -> bool:
        """Somebody's word makes the pod ready, or no longer so (NeedToReconcilePodReadiness)."""
        judge = self.kubelet.generator.ready_condition
        ready = judge(pod, known.phase, known.init_container_statuses, known.container_statuses)
        before = condition_of(known, ready.type) or ready
        return (before.status, before.message) != (ready.status, ready.message)

    def keep_only(self, uids: dict[str, Pod]) -> None:
        super().keep_only(uids)
        for uid in [uid for uid in self.state.finished if uid not in uids]:
            del self.state.finished[uid]

    # --- sending ------------------------------------------------------------------------------------

    def _push(self, known: Versioned) -> None:
        self.state.unsent[known.uid] = None
        self.kubelet.loops["status-batch"].wake()
        if self.state.busy:
            self.state.changed = True
        else:
            self._send_changed()

    def _send_changed(self) -> None:
        memory: StatusManagerMemoryOfToday = self.state
        memory.changed = False
        unsent, statuses = memory.unsent, memory.statuses
        # In the order of their pods. Of a node with thousands of dead pods mostly one is unsent.
        looked_at = unsent if len(unsent) < 2 else [uid for uid in statuses if uid in unsent]
        found = [
            known
            for uid in looked_at
            if (known := statuses.get(uid)) is not None and memory.sent.get(uid, 0) < known.version
        ]
        memory.unsent = {known.uid: None for known in found}
        memory.queue += [(known, known.cause) for known in found]
        self._next()

    def batch(self) -> None:
        """Every 10 s: what was not sent, what the API server has otherwise, what may go."""
        memory = self.state
        for uid in [uid for uid in memory.sent if uid not in memory.statuses]:
            del memory.sent[uid]
        for uid, known in self._unsettled():
            pod = self.kubelet.static_pods.told(uid)
            if self._needs_update(known):
                memory.queue.append((known, known.cause))
            elif pod is not None and not _own_is_equal(known.status, pod.status):
                memory.sent.pop(uid, None)
                memory.unsent[uid] = None
                memory.queue.append((known, known.cause))
                self.kubelet.loops["status-batch"].wake()
        self._next()

    def _done(self) -> None:
        self.state.busy = False
        self._next()
        self._catch_up()
        if not self.state.busy and self.state.changed:
            self._send_changed()

    def write(self, pod: Pod, known: Versioned) -> None:
        merged = self._merged(pod, known.status, known.uid)
        if merged == pod.status:
            self.sent(pod, known)
        else:
            kept = {one.type for one in merged.conditions}
            dropped = tuple(one.type for one in pod.status.conditions if one.type not in kept)
            answer = self.then(self.written, known)
            self.kubelet.api.patch_status(
                "pods", known.namespace, known.name, merged, answer, dropped=dropped, before=pod.status
            )

    def can_be_deleted(self, pod: Pod, status: PodStatus) -> Verdict:
        uid = pod.metadata.uid
        over = pod.status.phase in FINISHED
        finished = uid in self.state.finished
        holds = bool(pod.metadata.deletion_timestamp) and over and finished
        return rules.POD_FINISHED.holds(holds, phase=pod.status.phase)

    def _merged(self, pod: Pod, status: PodStatus, uid: str) -> PodStatus:
        """What the API server is to have: conditions of others stay, and a pod is not over while something of
        it may run (mergePodStatus)."""
        ending = pod.status.phase not in FINISHED and self.kubelet.pod_workers.could_run(uid)
        if ending:
            # That its kubelet ends it is told with the end.
            status = replace(status, conditions=tuple(_told_early(status.conditions)))
        own = {condition.type: condition for condition in status.conditions}
        gone = (PENDING, IN_PROGRESS)
        others = tuple(one for one in pod.status.conditions if one.type not in own and one.type not in gone)
        merged = replace(status, conditions=(*status.conditions, *others))
        old = pod.status
        if merged.phase not in FINISHED:
            return merged
        # That its kubelet ends it is dated anew when it is told, if nobody has told it before.
        new = old.phase not in FINISHED and condition_of(old, DISRUPTED) is None
        now = rfc3339(self.kubelet.clock)
        conditions = tuple(
            replace(one, last_transition_time=now)
            if new and one.type == DISRUPTED
            else _over(one, merged.phase)
            for one in merged.conditions
        )
        merged = replace(merged, conditions=conditions)
        if ending:
            merged = replace(merged, phase=old.phase, reason=old.reason, message=old.message)
        return merged


def _told_early(conditions: Iterable[PodCondition]) -> Iterator[PodCondition]:
    return (one for one in conditions if one.type != DISRUPTED)


def _over(condition: PodCondition, phase: str) -> PodCondition:
    if condition.type not in ("Ready", "ContainersReady"):
        return condition
    reason = "PodCompleted" if phase == "Succeeded" else "PodFailed"
    ended: PodCondition = replace(condition, status="False", reason=reason, message="")
    return ended


def _begun(init: tuple[ContainerStatus, ...]) -> int:
    """How many init containers, from the first on, are taken for begun: the first always is
    (initializedContainers)."""
    begun = [
        index
        for index, one in enumerate(init)
        if one.state.waiting is None or one.last_state.terminated is not None
    ]
    return max(begun, default=0) + 1


def _has_initialized(pod: Pod, status: PodStatus) -> bool:
    """Something shows that the pod came past its init containers (hasPodInitialized)."""
    if not pod.spec.init_containers:
        return True
    if any(one.state.waiting is None or one.last_state.terminated for one in status.container_statuses):
        return True
    if not status.init_container_statuses:
        return False
    last = status.init_container_statuses[-1]
    if pod.spec.init_containers[-1].restart_policy == "Always":
        return last.state.running is not None and bool(last.started)
    ends = (last.last_state.terminated, last.state.terminated)
    return any(end is not None and end.exit_code == 0 for end in ends)


def _own_is_equal(one: PodStatus, other: PodStatus) -> bool:
    """isPodStatusByKubeletEqual: conditions of others do not count."""
    if one == other:
        return True

    def own(status: PodStatus) -> PodStatus:
        kept = tuple(sorted((one for one in status.conditions if one.type in OWN), key=lambda one: one.type))
        only: PodStatus = replace(status, conditions=kept)
        return only

    return own(one) == own(other)
