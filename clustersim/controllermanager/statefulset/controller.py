"""The StatefulSet controller: at most one pod of each name, in order.

```
  sync: revision of the template --> walk up the ordinals --missing--> create it, stop
                                                          --failed---> delete it (v1.7, v1.8: and create it)
                                                          --being deleted, or not available--> wait
        then the surplus from the top down, one at a time; then, if it updates by itself, old pods likewise
```
A pod on a lost node keeps its name in use for as long as its object exists: there is no second one.
Its claims are created before the pod; what becomes of them afterwards is nobody's here.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/statefulset/{stateful_set,stateful_set_control,
stateful_pod_control}.go.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from clustersim.api.apps import StatefulSet, StatefulSetStatus
from clustersim.api.core_v1 import PersistentVolumeClaim, PersistentVolumeClaimVolumeSource, Pod, Volume
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.status import Reply
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.history import REVISION_LABEL, RevisedOwner, Revisions, template_of
from clustersim.controllermanager.podowner import OwnerState
from clustersim.controllermanager.statefulset.plan import (
    Look,
    PodStep,
    counted,
    ordinal_of,
    plan_steps,
    revision_of,
    wants_current,
)
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import SECOND

POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name"
POD_INDEX_LABEL = "apps.kubernetes.io/pod-index"


class SetSync(State):
    """A synchronisation under way: what is still to be done, one after another, the claims that the next pod
    still needs, and the status to write."""

    owner: StatefulSet
    revisions: Revisions
    look: Look
    steps: list[PodStep]
    status: StatefulSetStatus
    claims: list[PersistentVolumeClaim] = msgspec.field(default_factory=list)


class StatefulSetState(OwnerState):
    """Synchronisations under way, and which pod each set was last seen to wait for."""

    syncs: dict[str, SetSync] = msgspec.field(default_factory=dict)
    waiting: dict[str, str] = msgspec.field(default_factory=dict)


class StatefulSetController(RevisedOwner):
    """Keeps the pods of every StatefulSet; as in v1.7 and v1.8.

    recreates: what has failed is created again in the same walk. capitalised: its Events begin with a
    capital letter. counts_own: a pod that it has just created is in the status that it writes then, and one
    of the current revision is not counted as updated, too.
    """

    kind, resource = "StatefulSet", "statefulsets"
    waits_for: ClassVar[tuple[str, ...]] = ("pods", "statefulsets", "controllerrevisions")
    title: ClassVar[str] = "stateful set"
    source_file = "stateful_set.go"
    source: ClassVar[str] = "statefulset"
    workers: ClassVar[int] = 1
    recreates: ClassVar[bool] = True
    capitalised: ClassVar[bool] = False
    counts_own: ClassVar[bool] = True

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "statefulset-controller", self.source, self.workers)
        self.claims = self.shared.get("persistentvolumeclaims")

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
        else:
            self.ensure_revision(key, owner)

    def without_revision(self, key: str, error: str) -> None:
        self._fail(key, error)

    def with_revisions(self, key: str, owner: StatefulSet, revisions: Revisions) -> None:
        pods = {number: pod for pod in self.claim(owner) if (number := ordinal_of(owner, pod)) is not None}
        current = revisions.named(owner.status.current_revision) or revisions.update
        look = Look(
            owner,
            pods,
            current.metadata.name,
            revisions.update.metadata.name,
            self.now,
            recreates=self.recreates,
            counts_apart=self.counts_own,
        )
        plan = plan_steps(look)
        self._note_wait(key, plan.waits)
        self.state.syncs[key] = SetSync(owner, revisions, look, list(plan.steps), counted(look))
        self._go_on(key)

    def armed(self, resource: str, key: str) -> Iterator[Verdict]:
        """The pod that a set waits for."""
        owner: StatefulSet | None = self.object_of(key) if resource == self.resource else None
        if owner is None:
            return
        pods = {
            number: pod
            for pod in self.shared.owned_by(owner.metadata.uid)
            if (number := ordinal_of(owner, pod)) is not None
        }
        status = owner.status
        look = Look(
            owner,
            pods,
            status.current_revision,
            status.update_revision,
            self.now,
            recreates=self.recreates,
            counts_apart=self.counts_own,
        )
        waits = plan_steps(look).waits
        if waits is not None:
            yield replace(waits, holds=False)

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
        if step.verb == "create":
            job.claims = [
                claim
                for claim in claims_of(job.owner, step.ordinal)
                if self.claims.get(namespace, claim.metadata.name) is None
            ]
            self._create_with_claims(key, job, step)
        else:
            self.api.delete("pods", namespace, step.pod, self.then(self.stepped, key))

    def _create_with_claims(self, key: str, job: SetSync, step: PodStep) -> None:
        if job.claims:
            self.api.create(job.claims[0], self.then(self.claim_created, key))
        else:
            self.api.create(self._pod_for(job, step), self.then(self.stepped, key))

    def claim_created(self, reply: Reply, key: str) -> None:
        """A claim of the next pod is there; then the pod, too."""
        job = self.state.syncs[key]
        step, claim = job.steps[0], job.claims.pop(0)
        if not reply.ok and reply.reason != "AlreadyExists":
            self._tell(job.owner, "create", f"Claim {claim.metadata.name} for Pod {step.pod}", "", reply)
            error = f"Failed to create PVC {claim.metadata.name}: {reply.message}"
            self._tell(job.owner, "create", f"Pod {step.pod}", "", replace(reply, message=error))
            self._finish(key, error)
            return
        if reply.ok:
            self._tell(job.owner, "create", f"Claim {claim.metadata.name} Pod {step.pod}", "success", reply)
        self._create_with_claims(key, job, step)

    def _pod_for(self, job: SetSync, step: PodStep) -> Pod:
        owner = job.owner
        name = job.look.current if wants_current(job.look, step.ordinal) else job.look.update
        revision = job.revisions.named(name) or job.revisions.update
        pod = self.pod_of_template(replace(owner, spec=replace(owner.spec, template=template_of(revision))))
        labels = {**pod.metadata.labels, REVISION_LABEL: name, **self.identity(step)}
        metadata = replace(pod.metadata, generate_name="", name=step.pod, labels=labels)
        claims = {
            template.metadata.name: f"{template.metadata.name}-{step.pod}"
            for template in owner.spec.volume_claim_templates
        }
        volumes = tuple(
            Volume(name=volume, persistent_volume_claim=PersistentVolumeClaimVolumeSource(claim_name=claim))
            for volume, claim in claims.items()
        )
        volumes += tuple(volume for volume in pod.spec.volumes if volume.name not in claims)
        spec = replace(pod.spec, volumes=volumes, hostname=step.pod, subdomain=owner.spec.service_name)
        return replace(pod, metadata=metadata, spec=spec)

    def identity(self, step: PodStep) -> dict[str, str]:
        """Labels by which a pod says who it is."""
        return {}

    def stepped(self, reply: Reply, key: str) -> None:
        """A pod was created or is being deleted, or not."""
        job = self.state.syncs[key]
        step = job.steps.pop(0)
        if not (step.verb == "create" and reply.reason == "AlreadyExists"):  # nothing new, whoever made it
            self._tell(job.owner, step.verb, f"Pod {step.pod}", "successful", reply)
        if not reply.ok:
            self._finish(key, reply.message)
            return
        if step.verb == "create" and self.counts_own:
            job.status = after_creation(job.status, revision_of(reply.body))
        self._go_on(key)

    def _tell(self, owner: StatefulSet, verb: str, what: str, success: str, reply: Reply) -> None:
        word = verb.capitalize()
        text = f"{word if self.capitalised else verb} {what} in StatefulSet {owner.metadata.name}"
        if reply.ok:
            self.tell(owner, "Normal", f"Successful{word}", f"{text} {success}")
        else:
            message = f"{text} failed error: {reply.message}"
            self.tell(owner, "Warning", f"Failed{word}", message)

    # --- status -----------------------------------------------------------------------------------

    def _write_status(self, key: str) -> None:
        job = self.state.syncs[key]
        status = job.status = completed(job.owner, job.status)
        self.truncate_history(
            job.owner, job.revisions, [job.look.current, *map(revision_of, job.look.pods.values())]
        )
        if job.owner.spec.min_ready_seconds and status.ready_replicas != status.available_replicas:
            self.queue.add_after(key, (job.owner.spec.min_ready_seconds + 1) * SECOND)
        if status == job.owner.status:
            self._finish(key)
        else:
            written = replace(job.owner, status=status)
            self.api.update_status(written, self.then(self.status_written, key))

    def status_written(self, reply: Reply, key: str) -> None:
        """The status was written, or somebody was faster."""
        self._finish(key, "" if reply.ok else reply.message)

    def _finish(self, key: str, error: str = "") -> None:
        del self.state.syncs[key]
        if error:
            self._fail(key, error)
        else:
            self.queue.done(key)

    def _fail(self, key: str, error: str) -> None:
        self.log(f"Error syncing StatefulSet {key}, requeuing: {error}", self.source_file, "E")
        self.queue.retry(key)


class StatefulSetControllerV136(StatefulSetController):
    """v1.36."""

    source = "statefulset-controller"
    workers = 5
    recreates = False
    capitalised = True
    counts_own = False

    def identity(self, step: PodStep) -> dict[str, str]:
        return {POD_NAME_LABEL: step.pod, POD_INDEX_LABEL: str(step.ordinal)}


def claims_of(owner: StatefulSet, ordinal: int) -> list[PersistentVolumeClaim]:
    """The claims of the pod with that number."""
    name, selector = f"{owner.metadata.name}-{ordinal}", owner.spec.selector
    return [
        replace(
            template,
            metadata=ObjectMeta(
                name=f"{template.metadata.name}-{name}",
                namespace=owner.metadata.namespace,
                labels={**template.metadata.labels, **selector.match_labels},
                annotations=template.metadata.annotations,
            ),
        )
        for template in owner.spec.volume_claim_templates
    ]


def after_creation(status: StatefulSetStatus, revision: str) -> StatefulSetStatus:
    """One pod more, of that revision."""
    updated = revision == status.update_revision != status.current_revision
    return replace(
        status,
        replicas=status.replicas + 1,
        current_replicas=status.current_replicas + (revision == status.current_revision),
        updated_replicas=status.updated_replicas + updated,
    )


def completed(owner: StatefulSet, status: StatefulSetStatus) -> StatefulSetStatus:
    """An update is over when every pod is new and ready: its revision is the current one then."""
    wanted = owner.spec.replicas
    rolling = owner.spec.update_strategy.type == "RollingUpdate"
    if rolling and status.updated_replicas == status.ready_replicas == status.replicas == wanted:
        return replace(
            status, current_replicas=status.updated_replicas, current_revision=status.update_revision
        )
    return status
