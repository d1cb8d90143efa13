"""A pod that may run for so long and no longer (spec.activeDeadlineSeconds, counted from its start time): it
fails and is killed.

Source: v1.7.5 pkg/kubelet/active_deadline.go, equal in v1.8.0; v1.36.2 the same, except for a word.
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod, PodStatus
from clustersim.api.timestamp import micros
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.part import Part
from clustersim.kubelet.pod_phase import FINISHED

REASON: Final = "DeadlineExceeded"


class ActiveDeadlineMemory(State):
    """When the deadlines are that are waited for, by the pods' uids."""

    waited_for: dict[str, Micros] = msgspec.field(default_factory=dict)


class ActiveDeadline(Part):
    """Finds who is overdue, and has a pod synced when its deadline has come."""

    name = "active-deadline"

    def memory(self) -> ActiveDeadlineMemory:
        return ActiveDeadlineMemory()

    def overdue(self, pod: Pod, status: PodStatus) -> PodStatus | None:
        """If the pod has been active for too long (ShouldEvict): the phase, reason and message it gets.
        v1.7 and v1.8 tell nothing else of it from then on (v1.7.5 pkg/kubelet/kubelet_pods.go
        generateAPIPodStatus): no containers, conditions or address."""
        seconds = pod.spec.active_deadline_seconds
        if seconds is None or status.phase in FINISHED:
            return None
        kubelet, uid = self.kubelet, pod.metadata.uid
        known = kubelet.status_manager.status_of(uid) or pod.status
        if not known.start_time:
            self._wait(uid, kubelet.clock + seconds * SECOND)
            return None
        due = micros(known.start_time) + seconds * SECOND
        if due > kubelet.clock:
            self._wait(uid, due)
            return None
        self.state.waited_for.pop(uid, None)
        message = kubelet.words.active_too_long
        kubelet.recorder.of_pod(pod, "Normal", REASON, message)
        return PodStatus(phase="Failed", reason=REASON, message=message)

    def _wait(self, uid: str, due: Micros) -> None:
        if self.state.waited_for.get(uid) != due:
            self.state.waited_for[uid] = due
            self.post(due - self.kubelet.clock, self.passed, uid, due)

    def passed(self, uid: str, due: Micros) -> None:
        """The sync ticker's next pass finds the pod (ShouldSync)."""
        if self.state.waited_for.get(uid) == due:
            del self.state.waited_for[uid]
            self.kubelet.sync_loop.sync_at(uid, 0)
