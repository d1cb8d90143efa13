"""Deletes pods from nodes with a NoExecute taint that they do not tolerate, or no longer.

```
  taint or pod seen --not tolerated--> delete now
                    --tolerated for so many seconds--> timer --> delete     (the last taint gone: timer off)
                    --tolerated for ever--> timer off
```
Deleting: an Event, condition DisruptionTarget, DELETE with the pod's own grace period. There is no rate limit
here: that lies before the taint. A running timer is kept, also where a shorter toleration comes along.
Source: v1.36.2 pkg/controller/tainteviction/{taint_eviction,timed_workers}.go; part of the node controller
until 1.28.
"""

from typing import ClassVar, Final

from clustersim.api.conditions import condition_of
from clustersim.api.core_v1 import Node, Pod, PodCondition, Taint
from clustersim.api.meta import ObjectReference, replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.api.tolerations import matching, no_execute_taints, shortest
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.taintedpods import PAUSE, TRIES, TaintedPods, Timer, toleration_over
from clustersim.controllermanager.tainteviction import rules
from clustersim.controllermanager.tainteviction.state import NAME, TaintEvictionState
from clustersim.engine.rules import Verdict
from clustersim.engine.time import MILLISECOND, SECOND, Micros

SOURCE: Final = "taint_eviction.go"
WORKERS: Final = 8

STEP_COST: Final[Micros] = 20 * MILLISECOND
"""Between two of the requests that delete a pod (measured: with three requests the median from the Event to
the deletion is 60 ms)."""


class TaintEvictionController(TaintedPods, Controller):
    """Works through changes of nodes' taints and of pods."""

    waits_for: ClassVar[tuple[str, ...]] = ("pods", "nodes")
    title: ClassVar[str] = NAME

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, NAME, NAME)
        self.nodes = self.shared.get("nodes", self.node_changed, renewals=False)
        self.pods = self.shared.get("pods", self.pod_changed)
        self.queue = WorkQueue(self.process, "taint-eviction", self.sync, workers=WORKERS)

    @property
    def state(self) -> TaintEvictionState:
        """Its memory."""
        return self.memory(TaintEvictionState)

    def start(self) -> None:
        """The workers begin with what the caches hold."""
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    # --- one change -------------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Look at a node or a pod."""
        kind, _, name = key.partition("/")
        if kind == "pods":
            self.look_at_pod(name)
        else:
            self._look_at_node(name)
        self.queue.done(key)

    def _look_at_node(self, name: str) -> None:
        state = self.state
        node: Node | None = self.nodes.get("", name)
        taints = no_execute_taints(node) if node is not None else ()
        if node is None or not taints:
            state.tainted.pop(name, None)
            state.causes.pop(name, None)
        else:
            state.tainted[name] = taints
            state.causes[name] = self.engine.cause
        if node is None:
            return
        cause = self.engine.cause
        for pod in self.pods.on_node(name):
            self.engine.cause = cause
            self.judge(pod, taints)

    def judge(self, pod: Pod, taints: tuple[Taint, ...]) -> None:
        """What these taints mean for a pod on their node."""
        key = key_of(pod)
        used = matching(taints, pod.spec.tolerations) if taints else ()
        if used is None:
            self.call_off(key)
            self._delete(key, rules.NOT_TOLERATED.holds(pod=pod.metadata.name, node=pod.spec.node_name))
            return
        seconds = shortest(used)
        if seconds is None:
            self.call_off(key)
        elif key not in self.state.timers:
            self.set_timer(key, seconds)

    def fire(self, key: str, timer: Timer) -> None:
        """A pod has been tolerated for long enough, unless its timer was stopped meanwhile."""
        if self.state.timers.get(key) != timer:
            return
        if (pod := self.pod(key)) is not None:
            self.engine.cause = self.state.causes.get(pod.spec.node_name, 0)
            seconds = (timer.due - timer.created) // SECOND
            self._delete(key, toleration_over(rules.TOLERATION_OVER, pod, seconds, timer.created, self.now))

    def call_off(self, key: str) -> None:
        """A timer that still runs is stopped, and people are told; one that has fired is forgotten."""
        timer = self.state.timers.pop(key, None)
        if timer is not None and not timer.fired:
            self.decide("spare-pod", f"pods/{key}", rules.CALLED_OFF.holds(pod=key.partition("/")[2]))
            self._tell(key, f"Cancelling deletion of Pod {key}")

    # --- deletion ---------------------------------------------------------------------------------

    def _delete(self, key: str, verdict: Verdict) -> None:
        self.state.timers[key] = Timer(self.now, self.now, fired=True)
        self.decide("evict-by-taint", f"pods/{key}", verdict)
        self.log(f'"Deleting pod" controller="{NAME}" pod="{key}"', SOURCE)
        self._tell(key, f"Marking for deletion Pod {key}")
        self.try_to_delete(key, 1)

    def try_to_delete(self, key: str, attempt: int) -> None:
        """Read the pod as it is now."""
        namespace, _, name = key.partition("/")
        self.api.get("pods", namespace, name, self.then(self.found, key, attempt, self.engine.cause))

    def found(self, reply: Reply, key: str, attempt: int, cause: int) -> None:
        """Say in its status why it is disrupted."""
        self.engine.cause = cause
        if not reply.ok:
            self._failed(key, attempt)
            return
        pod: Pod = reply.body
        self.post(STEP_COST, self.tell_of_disruption, pod, key, attempt, cause)

    def tell_of_disruption(self, pod: Pod, key: str, attempt: int, cause: int) -> None:
        """Write that condition."""
        self.engine.cause = cause
        status = with_condition(pod, DISRUPTION, rfc3339(self.now)).status
        answer = self.then(self.told, key, attempt, cause)
        self.api.patch_status(
            "pods", pod.metadata.namespace, pod.metadata.name, status, answer, before=pod.status
        )

    def told(self, reply: Reply, key: str, attempt: int, cause: int) -> None:
        """It can go."""
        if reply.ok:
            self.post(STEP_COST, self.delete, key, attempt, cause)
        else:
            self.engine.cause = cause
            self._failed(key, attempt)

    def delete(self, key: str, attempt: int, cause: int) -> None:
        """Delete it, with its own grace period."""
        self.engine.cause = cause
        namespace, _, name = key.partition("/")
        self.api.delete("pods", namespace, name, self.then(self.deleted, key, attempt, cause))

    def deleted(self, reply: Reply, key: str, attempt: int, cause: int) -> None:
        """It is being deleted, or it is tried again."""
        self.engine.cause = cause
        if not reply.ok:
            self._failed(key, attempt)

    def _failed(self, key: str, attempt: int) -> None:
        """Five tries, 10 ms apart; after that the pod may be judged anew."""
        if attempt < TRIES:
            self.post(PAUSE, self.try_to_delete, key, attempt + 1)
        else:
            self.state.timers.pop(key, None)

    def _tell(self, key: str, message: str) -> None:
        namespace, _, name = key.partition("/")
        involved = ObjectReference(kind="Pod", namespace=namespace, name=name, api_version="v1")
        self.recorder.event(involved, "Normal", "TaintManagerEviction", message)


DISRUPTION: Final = PodCondition(
    type="DisruptionTarget",
    status="True",
    reason="DeletionByTaintManager",
    message="Taint manager: deleting due to NoExecute taint",
)


def with_condition(pod: Pod, condition: PodCondition, now: str) -> Pod:
    """The pod with that condition; its time is kept where the status is the same (UpdatePodCondition)."""
    before = condition_of(pod.status, condition.type)
    same = before is not None and before.status == condition.status
    since = before.last_transition_time if before is not None and same else now
    others = tuple(one for one in pod.status.conditions if one.type != condition.type)
    dated = replace(condition, last_transition_time=since, observed_generation=pod.metadata.generation)
    conditions = (*others, dated)
    changed: Pod = replace(pod, status=replace(pod.status, conditions=conditions))
    return changed
