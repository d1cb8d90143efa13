"""The StatefulSet controller: at most one pod of each name, in order.

```
  sync: walk up the ordinals --missing--> create it, stop
                             --failed---> delete it, and create it again in the same walk
                             --being deleted, or not running and ready--> wait
        then the surplus from the top down, one at a time; then, if it updates by itself, old pods likewise
```
A pod on a lost node keeps its name in use for as long as its object exists: there is no second one.
The template of an earlier revision is not kept: whatever is created has the present one.
Source: v1.7.5, v1.8.0 pkg/controller/statefulset/{stateful_set,stateful_set_control,stateful_pod_control}.go.
"""

from typing import Any, ClassVar, Final

import msgspec

from clustersim.api.apps_v1beta1 import PARALLEL, StatefulSet, StatefulSetStatus
from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.status import Reply
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.deployment import templatehash
from clustersim.controllermanager.podcontrol import reference_to
from clustersim.controllermanager.podowner import OwnerState, PodOwner
from clustersim.controllermanager.pods import is_ready
from clustersim.engine.rules import Rule, Verdict
from clustersim.engine.state import State

REVISION_LABEL: Final = "controller-revision-hash"
WORKERS: Final = 1


class PodStep(msgspec.Struct, frozen=True):
    """One pod to create or delete, and why."""

    verb: str
    pod: str
    verdict: Verdict


class SetSync(State):
    """A synchronisation under way: what is still to be done, one after another, and the status to write."""

    owner: StatefulSet
    steps: list[PodStep]
    status: StatefulSetStatus


class StatefulSetState(OwnerState):
    """Synchronisations under way, and which pod each set was last seen to wait for."""

    syncs: dict[str, SetSync] = msgspec.field(default_factory=dict)
    waiting: dict[str, str] = msgspec.field(default_factory=dict)


class StatefulSetController(PodOwner):
    """Keeps the pods of every StatefulSet."""

    kind, resource = "StatefulSet", "statefulsets"
    waits_for: ClassVar[tuple[str, ...]] = ("pods", "statefulsets")
    title: ClassVar[str] = "stateful set"
    source_file = "stateful_set.go"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "statefulset-controller", "statefulset", WORKERS)

    @property
    def state(self) -> StatefulSetState:
        """Its memory."""
        return self.memory(StatefulSetState)

    def may_adopt(self, owner: Any, pod: Pod) -> bool:
        return ordinal_of(owner, pod) is not None

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Bring one StatefulSet a step further."""
        owner: StatefulSet | None = self.object_of(key)
        if owner is None:
            self.log(f"StatefulSet has been deleted {key}", self.source_file)
            self.state.waiting.pop(key, None)
            self.queue.done(key)
            return
        pods = {number: pod for pod in self.claim(owner) if (number := ordinal_of(owner, pod)) is not None}
        plan = plan_steps(owner, pods)
        status = counted(owner, pods)
        if owner.metadata.deletion_timestamp:
            plan = Plan()
        self._note_wait(key, plan.waits)
        self.state.syncs[key] = SetSync(owner, list(plan.steps), status)
        self._go_on(key)

    def _note_wait(self, key: str, waits: Verdict | None) -> None:
        """Waiting for a pod is told once, not at every look."""
        waiting = self.state.waiting
        if waits is None:
            waiting.pop(key, None)
            return
        what = f"{waits.values['pod']} {waits.rule.id}"
        if waiting.get(key) != what:
            waiting[key] = what
            self.decide("wait-for-pod", f"{self.resource}/{key}", waits)

    def _go_on(self, key: str) -> None:
        job = self.state.syncs[key]
        if not job.steps:
            self._write_status(key)
            return
        step = job.steps[0]
        namespace = job.owner.metadata.namespace
        self.decide(f"{step.verb}-pod", f"{self.resource}/{key}", step.verdict)
        answer = self.then(self.stepped, key)
        if step.verb == "create":
            self.api.create(self.pod_of(job.owner, step.pod), answer)
        else:
            self.api.delete("pods", namespace, step.pod, answer)

    def pod_of(self, owner: StatefulSet, name: str) -> Pod:
        """The pod of that name, of the present template."""
        pod = self.pod_of_template(owner)
        labels = {**pod.metadata.labels, REVISION_LABEL: revision(owner)}
        return replace(pod, metadata=replace(pod.metadata, generate_name="", name=name, labels=labels))

    def stepped(self, reply: Reply, key: str) -> None:
        """A pod was created or is being deleted, or not."""
        job = self.state.syncs[key]
        step = job.steps.pop(0)
        self._tell(job.owner, step, reply)
        if not reply.ok:
            self._finish(key, reply.message)
            return
        if step.verb == "create":
            job.status = after_creation(job.status)
        self._go_on(key)

    def _tell(self, owner: StatefulSet, step: PodStep, reply: Reply) -> None:
        text = f"{step.verb} Pod {step.pod} in StatefulSet {owner.metadata.name}"
        word = step.verb.capitalize()
        if reply.ok:
            reason, message = f"Successful{word}", f"{text} successful"
            self.recorder.event(reference_to(owner), "Normal", reason, message)
        else:
            message = f"{text} failed error: {reply.message}"
            self.recorder.event(reference_to(owner), "Warning", f"Failed{word}", message)

    # --- status -----------------------------------------------------------------------------------

    def _write_status(self, key: str) -> None:
        job = self.state.syncs[key]
        if job.status == job.owner.status:
            self._finish(key)
        else:
            written = replace(job.owner, status=job.status)
            self.api.update_status(written, self.then(self.status_written, key))

    def status_written(self, reply: Reply, key: str) -> None:
        """The status was written, or somebody was faster."""
        self._finish(key, "" if reply.ok else reply.message)

    def _finish(self, key: str, error: str = "") -> None:
        del self.state.syncs[key]
        if error:
            self.log(f"Error syncing StatefulSet {key}, requeuing: {error}", self.source_file, "E")
            self.queue.retry(key)
        else:
            self.queue.done(key)


# --- what is to be done: pure functions -----------------------------------------------------------------


class Plan(msgspec.Struct, frozen=True):
    """What one synchronisation does, or the pod that it waits for."""

    steps: tuple[PodStep, ...] = ()
    waits: Verdict | None = None


def ordinal_of(owner: StatefulSet, pod: Pod) -> int | None:
    """The number at the end of its name, None if the pod does not belong there by its name."""
    parent, _dash, number = pod.metadata.name.rpartition("-")
    return int(number) if parent == owner.metadata.name and number.isdigit() else None


def revision(owner: StatefulSet) -> str:
    """A name for the present template."""
    return f"{owner.metadata.name}-{templatehash.V1_7.number(owner.spec.template)}"


def plan_steps(owner: StatefulSet, pods: dict[int, Pod]) -> Plan:
    """Walk up, then down, then through the pods of an old template (updateStatefulSet)."""
    steps: list[PodStep] = []
    ordered = owner.spec.pod_management_policy != PARALLEL
    for number in range(owner.spec.replicas):
        name, pod = f"{owner.metadata.name}-{number}", pods.get(number)
        if pod is not None and pod.status.phase == "Failed":
            steps.append(PodStep("delete", name, rules.ORDINAL_FAILED.holds(pod=name)))
            pod = None
        if pod is None:
            steps.append(PodStep("create", name, rules.ORDINAL_MISSING.holds(pod=name)))
            if ordered:
                return Plan(tuple(steps))
        elif ordered and (why := _not_yet(pod)):
            return Plan(tuple(steps), why.holds(pod=name))
    return _plan_surplus(owner, pods, steps, ordered)


def _plan_surplus(owner: StatefulSet, pods: dict[int, Pod], steps: list[PodStep], ordered: bool) -> Plan:
    surplus = sorted((number for number in pods if number >= owner.spec.replicas), reverse=True)
    unhealthy = next((n for n in sorted(pods) if _not_yet(pods[n])), None)
    for number in surplus:
        name, why = pods[number].metadata.name, _not_yet(pods[number])
        deleting = bool(pods[number].metadata.deletion_timestamp)
        if ordered and why is not None and (deleting or number != unhealthy):
            return Plan(tuple(steps), why.holds(pod=name))
        if not deleting:
            verdict = rules.ORDINAL_SURPLUS.holds(pod=name, wanted=owner.spec.replicas)
            steps.append(PodStep("delete", name, verdict))
            if ordered:
                return Plan(tuple(steps))
    if owner.spec.update_strategy.type != "RollingUpdate":
        return Plan(tuple(steps))
    for number in range(owner.spec.replicas - 1, -1, -1):
        pod = pods.get(number)
        if pod is None:
            continue
        name = pod.metadata.name
        if pod.metadata.labels.get(REVISION_LABEL) != revision(owner) and not pod.metadata.deletion_timestamp:
            return Plan((*steps, PodStep("delete", name, rules.ORDINAL_OUTDATED.holds(pod=name))))
        if why := _not_yet(pod):
            return Plan(tuple(steps), why.holds(pod=name))
    return Plan(tuple(steps))


def _not_yet(pod: Pod) -> Rule | None:
    """Why nothing is done for those after it, None if something may be."""
    if pod.metadata.deletion_timestamp:
        return rules.ORDINAL_LEAVING
    if pod.status.phase != "Running" or not is_ready(pod):
        return rules.ORDINAL_NOT_READY
    return None


def counted(owner: StatefulSet, pods: dict[int, Pod]) -> StatefulSetStatus:
    """The status as counted before anything is done."""
    ours = revision(owner)
    living = [pod for pod in pods.values() if not pod.metadata.deletion_timestamp]
    new = sum(pod.metadata.labels.get(REVISION_LABEL) == ours for pod in living)
    before = owner.status.current_revision or ours
    current = sum(pod.metadata.labels.get(REVISION_LABEL) == before for pod in living)
    if before != ours and new == len(pods) == owner.spec.replicas:
        before, current = ours, new
    return StatefulSetStatus(
        observed_generation=owner.metadata.generation,
        replicas=len(pods),
        ready_replicas=sum(pod.status.phase == "Running" and is_ready(pod) for pod in pods.values()),
        current_replicas=current,
        updated_replicas=0 if before == ours else new,
        current_revision=before,
        update_revision=ours,
    )


def after_creation(status: StatefulSetStatus) -> StatefulSetStatus:
    """One pod more, of the present template."""
    same = status.current_revision == status.update_revision
    return replace(
        status,
        replicas=status.replicas + 1,
        current_replicas=status.current_replicas + same,
        updated_replicas=status.updated_replicas + (not same),
    )
