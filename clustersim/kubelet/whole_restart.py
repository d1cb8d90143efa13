"""A container that ends by a rule with the action RestartAllContainers takes all others of its pod with it,
and the pod begins anew in the sandbox that it has: init containers, sidecars, containers.

```
 ends by such a rule --> condition AllContainersRestarting --> others killed, all records removed
                                                           --> nothing is left: the pod is started
```
Those who are killed have no time for a preStop hook and two seconds after SIGTERM; the records of the
container that began it go last, so that a kubelet that starts meanwhile knows what to do (v1.36
pkg/kubelet/kuberuntime/kuberuntime_manager.go getContainersToReset, pkg/kubelet/container/helpers.go
ShouldAllContainersRestart, pkg/kubelet/status/generate.go).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from clustersim.api import core_v1 as v1
from clustersim.api.container_restarts import rule_for
from clustersim.api.meta import replace
from clustersim.api.status import Reply
from clustersim.engine.identity import by_identity
from clustersim.engine.state import State
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.part import Part
from clustersim.kubelet.pleg import PodView
from clustersim.kubelet.pod_phase import FINISHED, SUCCEEDED, WITH_ALL
from clustersim.runtime.records import EXITED, Container

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136

ACTION: Final = "RestartAllContainers"
CONDITION: Final = "AllContainersRestarting"
_MESSAGE: Final = "The container is removed because RestartAllContainers in place"
_WAITING: Final = v1.ContainerState(waiting=v1.ContainerStateWaiting(reason=WITH_ALL, message=_MESSAGE))
_ENDED: Final = v1.ContainerState(
    terminated=v1.ContainerStateTerminated(exit_code=137, reason=WITH_ALL, message=_MESSAGE)
)
_NOT_NOW: Final = v1.PodCondition(type=CONDITION, status="False")
_NOW: Final = v1.PodCondition(
    type=CONDITION,
    status="True",
    reason="RestartAllContainersStarted",
    message="container exited with restart policy rule",
)


# --- what a status says ---------------------------------------------------------------------------------


def is_restarting(status: v1.PodStatus) -> bool:
    """The pod's containers are on their way out, to begin anew."""
    return any(one.type == CONDITION and one.status == "True" for one in status.conditions)


def told(pod: v1.Pod, view: PodView, status: v1.PodStatus) -> v1.PodStatus:
    """The status with the condition, if the pod has such a rule."""
    if not _has_rule(pod.spec.init_containers, pod.spec.containers):
        return status
    return replace(status, conditions=(*status.conditions, _condition(pod, view, status.phase)))


def removed(status: v1.ContainerStatus, old: v1.ContainerStatus) -> v1.ContainerStatus:
    """Of a container whose record has just been removed; one that never ran waits as before."""
    if old.state.running is None and old.state.terminated is None:
        return status
    return replace(status, state=_WAITING, last_state=_ENDED, restart_count=old.restart_count + 1)


def _condition(pod: v1.Pod, view: PodView, phase: str) -> v1.PodCondition:
    if phase in FINISHED:
        return replace(_NOT_NOW, reason="PodCompleted" if phase == SUCCEEDED else "PodFailed")
    began = is_restarting(pod.status) or any(_began_it(pod, one) for one in _latest(pod, view))
    return _NOW if began and next(_latest(pod, view), None) is not None else _NOT_NOW


@by_identity(maxsize=1024)
def _has_rule(*every: tuple[v1.Container, ...]) -> bool:
    return any(rule.action == ACTION for specs in every for one in specs for rule in one.restart_policy_rules)


def _latest(pod: v1.Pod, view: PodView) -> Iterator[Container]:
    """The newest records of its containers; ephemeral ones are left alone."""
    for spec in (*pod.spec.init_containers, *pod.spec.containers):
        if (found := view.latest(spec.name)) is not None:
            yield found


def _began_it(pod: v1.Pod, record: Container) -> bool:
    """It ended by such a rule."""
    specs = (*pod.spec.init_containers, *pod.spec.containers)
    spec = next(one for one in specs if one.name == record.name)
    rule = rule_for(spec, record.exit_code) if record.state == EXITED else None
    return rule is not None and rule.action == ACTION


# --- what is done ---------------------------------------------------------------------------------------


class ResetJob(State):
    """A pod under way: for which worker, and what is left to remove."""

    serial: int
    left: list[Container]


class WholeRestartMemory(State):
    """Pods under way, by uid."""

    jobs: dict[str, ResetJob] = msgspec.field(default_factory=dict)


class WholeRestart(Part):
    """Kills and removes one container after another."""

    name = "whole-restart"
    kubelet: "KubeletV136"

    def memory(self) -> WholeRestartMemory:
        return WholeRestartMemory()

    def begin(self, pod: v1.Pod, view: PodView, serial: int) -> None:
        """Remove all; the pod's worker hears when nothing is left."""
        uid = pod.metadata.uid
        specs = (*pod.spec.containers, *pod.spec.init_containers)
        every = [one for spec in specs for one in view.containers if one.name == spec.name]
        left = sorted(every, key=lambda one: _began_it(pod, one))
        self.state.jobs[uid] = ResetJob(serial, left)
        self._next(uid)

    def _next(self, uid: str, error: str = "") -> None:
        job = self.state.jobs[uid]
        if error or not job.left:
            del self.state.jobs[uid]
            pod = self.kubelet.pod_manager.get(uid)
            if pod is not None and not error:
                self.kubelet.pod_workers.update(pod)
            self.kubelet.pod_workers.synced(uid, job.serial, error, changed=True)
        elif job.left[0].state == EXITED:
            self.ask_runtime("remove", job.left.pop(0).id, then=self.gone, extra=(uid,))
        else:
            done = Done(self.name, "killed", (uid,))
            self.kubelet.container_killer.kill((job.left[0],), (), 0, "killing", done)

    def killed(self, error: str, uid: str) -> None:
        """One has ended: it is removed."""
        if error:
            self._next(uid, error)
        else:
            self.ask_runtime("remove", self.state.jobs[uid].left.pop(0).id, then=self.gone, extra=(uid,))

    def gone(self, reply: Reply, uid: str) -> None:
        """One record is gone, or could not be removed."""
        self._next(uid, "" if reply.ok else self.kubelet.runtime_error(reply))
