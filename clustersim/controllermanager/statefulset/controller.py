"""The StatefulSet controller: at most one pod of each name, in order.

```
  sync: revision of the template --> walk up the ordinals --missing--> create it, stop
                                                          --failed---> delete it (v1.7, v1.8: and create it)
                                                          --being deleted, or not available--> wait
        then the surplus from the top down, one at a time; then, if it updates by itself, old pods likewise
```
A pod on a lost node keeps its name in use for as long as its object exists: there is no second one.
Its claims are created before the pod; what becomes of them says retention.py, in v1.7 and v1.8 nobody.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/statefulset/{stateful_set,stateful_set_control,
stateful_pod_control}.go.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from clustersim.api.apps import StatefulSet, StatefulSetStatus
from clustersim.api.core_v1 import PersistentVolumeClaim, Pod
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.status import Reply
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.history import RevisedOwner, Revisions, kept_revisions, template_of
from clustersim.controllermanager.podowner import OwnerState
from clustersim.controllermanager.pods import until_available
from clustersim.controllermanager.statefulset.made import claims_of, named_again, pod_of, revision_metadata
from clustersim.controllermanager.statefulset.plan import (
    CLAIMS,
    OWNERS,
    UPDATE,
    Look,
    PodStep,
    counted,
    ordinal_of,
    plan_steps,
    revision_of,
    wants_current,
)
from clustersim.controllermanager.statefulset.retention import has_other_controller, owners_of
from clustersim.controllermanager.statefulset.status import after_creation, after_deletion, completed
from clustersim.controllermanager.statefulset.ways import WAYS
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import SECOND

_DECISIONS = {
    "create": "create-pod",
    "delete": "delete-pod",
    CLAIMS: "create-claims",
    OWNERS: "own-claims",
    UPDATE: "own-claims",
}


class SetSync(State):
    """A synchronisation under way: what is still to be done, one after another, the claims that the next pod
    still needs, those that get other owners, what went wrong with claims, and the status to write."""

    owner: StatefulSet
    revisions: Revisions
    look: Look
    steps: list[PodStep]
    status: StatefulSetStatus
    claims: list[PersistentVolumeClaim] = msgspec.field(default_factory=list)
    owned: list[PersistentVolumeClaim] = msgspec.field(default_factory=list)
    errors: list[str] = msgspec.field(default_factory=list)


class StatefulSetState(OwnerState):
    """Synchronisations under way, and which pod each set was last seen to wait for."""

    syncs: dict[str, SetSync] = msgspec.field(default_factory=dict)
    waiting: dict[str, str] = msgspec.field(default_factory=dict)


class StatefulSetController(RevisedOwner):
    """Keeps the pods of every StatefulSet."""

    kind, resource = "StatefulSet", "statefulsets"
    waits_for: ClassVar[tuple[str, ...]] = ("pods", "statefulsets", "controllerrevisions")
    title: ClassVar[str] = "stateful set"
    source_file = "stateful_set.go"

    def __init__(self, context: ControllerContext) -> None:
        self.ways = WAYS[context.traits.release]
        super().__init__(context, "statefulset-controller", self.ways.source, self.ways.workers)
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

    def collisions_of(self, owner: StatefulSet) -> int | None:
        return (owner.status.collision_count or 0) if self.ways.counts_collisions else None

    def revision_metadata(
        self, owner: StatefulSet, data: dict[str, Any], collisions: int | None
    ) -> ObjectMeta:
        hashed = self.traits.template_hash
        return revision_metadata(owner, data, collisions, hashed, annotated=self.ways.counts_collisions)

    def without_revision(self, key: str, error: str) -> None:
        self._fail(key, error)

    def with_revisions(self, key: str, owner: StatefulSet, revisions: Revisions) -> None:
        pods = {number: pod for pod in self.claim(owner) if (number := ordinal_of(owner, pod)) is not None}
        current = revisions.named(owner.status.current_revision) or revisions.update
        look = self._look(owner, pods, current.metadata.name, revisions.update.metadata.name)
        plan = plan_steps(look)
        collisions = revisions.collisions if self.ways.counts_collisions else None
        status = replace(counted(look), collision_count=collisions)
        self._note_wait(key, plan.waits)
        self.state.syncs[key] = SetSync(owner, revisions, look, list(plan.steps), status)
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
        look = self._look(owner, pods, status.current_revision, status.update_revision)
        waits = plan_steps(look).waits
        if waits is not None:
            yield replace(waits, holds=False)

    def _look(self, owner: StatefulSet, pods: dict[int, Pod], current: str, update: str) -> Look:
        return Look(
            owner,
            pods,
            current,
            update,
            self.now,
            self.ways,
            claims=self._claims_of(owner, pods) if self.ways.minds_claims else None,
        )

    def _claims_wanted(self, owner: StatefulSet, ordinal: int) -> list[PersistentVolumeClaim]:
        return claims_of(owner, ordinal, own_labels=self.ways.minds_claims)

    def _claims_of(self, owner: StatefulSet, pods: dict[int, Pod]) -> dict[str, PersistentVolumeClaim]:
        """The claims that there are of its pods, by name."""
        spec = owner.spec
        if not spec.volume_claim_templates:
            return {}
        first = (spec.ordinals.start or 0) if spec.ordinals is not None else 0
        wanted = sorted({*pods, *range(first, first + spec.replicas)})
        names = [claim.metadata.name for ordinal in wanted for claim in self._claims_wanted(owner, ordinal)]
        found = {name: self.claims.get(owner.metadata.namespace, name) for name in names}
        return {name: claim for name, claim in found.items() if claim is not None}

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
        self.decide(_DECISIONS[step.verb], f"{self.resource}/{key}", step.verdict)
        if step.verb == "delete":
            self.api.delete("pods", namespace, step.pod, self.then(self.stepped, key))
            return
        job.claims, job.owned, job.errors = [], [], []
        if step.verb in ("create", CLAIMS):
            self._want_claims(job, step)
        if step.verb != "create":
            pod, surplus = job.look.pods[step.ordinal], not job.look.wants(step.ordinal)
            job.owned = job.look.misowned(pod, surplus=surplus)
            self._tell_conflicts(job, pod)
        self._next_claim(key, job, step)

    def _want_claims(self, job: SetSync, step: PodStep) -> None:
        for claim in self._claims_wanted(job.owner, step.ordinal):
            found = self.claims.get(job.owner.metadata.namespace, claim.metadata.name)
            if found is None:
                job.claims.append(claim)
            elif self.ways.minds_claims and found.metadata.deletion_timestamp:
                job.errors.append(f"pvc {claim.metadata.name} is being deleted")

    def _tell_conflicts(self, job: SetSync, pod: Pod) -> None:
        for claim in job.look.claims_of(pod.metadata.name).values():
            if claim is not None and has_other_controller(job.owner, claim, pod):
                text = (
                    f"PersistentVolumeClaim {claim.metadata.name} has a conflicting OwnerReference that acts "
                    "as a manging controller, the retention policy is ignored for this claim"
                )
                self.tell(job.owner, "Warning", "ConflictingController", text)

    def _next_claim(self, key: str, job: SetSync, step: PodStep) -> None:
        """The next claim that is to be made, or to get another owner; then the pod."""
        if job.claims:
            self.api.create(job.claims[0], self.then(self.claim_created, key))
        elif job.errors:
            error = job.errors[0] if len(job.errors) == 1 else f"[{', '.join(job.errors)}]"
            if step.verb == "create":
                self._tell(job.owner, "create", f"Pod {step.pod}", "", error)
            self._finish(key, error)
        elif job.owned:
            pod, surplus = job.look.pods[step.ordinal], not job.look.wants(step.ordinal)
            claim = job.owned[0]
            owners = owners_of(job.owner, claim, pod, surplus=surplus)
            changed = replace(claim, metadata=replace(claim.metadata, owner_references=owners))
            self.api.update(changed, self.then(self.claim_owned, key))
        elif step.verb == "create":
            self.api.create(self._pod_for(job, step), self.then(self.stepped, key))
        elif step.verb == UPDATE:
            pod = named_again(job.look.pods[step.ordinal], step.ordinal)
            self.api.update(pod, self.then(self.stepped, key))
        else:
            job.steps.pop(0)
            self._go_on(key)

    def claim_created(self, reply: Reply, key: str) -> None:
        """A claim is there, or is not; then the next one."""
        job = self.state.syncs[key]
        step, claim = job.steps[0], job.claims.pop(0)
        name = claim.metadata.name
        if reply.ok:
            self._tell(job.owner, "create", f"Claim {name} Pod {step.pod}", "success")
        else:
            failed = "failed" if self.ways.capitalised else "Failed"
            job.errors.append(f"{failed} to create PVC {name}: {reply.message}")
            if reply.reason != "AlreadyExists":
                what = f"Claim {name} for Pod {step.pod}"
                self._tell(job.owner, "create", what, "", reply.message)
        self._next_claim(key, job, step)

    def claim_owned(self, reply: Reply, key: str) -> None:
        """A claim has another owner, or somebody was faster."""
        job = self.state.syncs[key]
        step, claim = job.steps[0], job.owned.pop(0)
        if reply.ok:
            self._next_claim(key, job, step)
            return
        name = claim.metadata.name
        error = f"could not update claim {name} for delete policy ownerRefs: {reply.message}"
        self._tell(job.owner, "update", f"Pod {step.pod}", "", error)
        self._finish(key, error)

    def _pod_for(self, job: SetSync, step: PodStep) -> Pod:
        owner = job.owner
        name = job.look.current if wants_current(job.look, step.ordinal) else job.look.update
        revision = job.revisions.named(name) or job.revisions.update
        made = self.pod_of_template(replace(owner, spec=replace(owner.spec, template=template_of(revision))))
        return pod_of(owner, made, step.ordinal, name, told=self.ways.labels_pods)

    def stepped(self, reply: Reply, key: str) -> None:
        """A pod was created or is being deleted, or not."""
        job = self.state.syncs[key]
        step = job.steps.pop(0)
        if not (step.verb == "create" and reply.reason == "AlreadyExists"):  # nothing new, whoever made it
            error = "" if reply.ok else reply.message
            self._tell(job.owner, step.verb, f"Pod {step.pod}", "successful", error)
        if not reply.ok:
            self._finish(key, reply.message)
            return
        if step.verb == "create" and self.ways.counts_as_it_goes:
            job.status = after_creation(job.status, revision_of(reply.body))
        if step.outdated:
            job.status = replace(job.status, current_replicas=job.status.current_replicas - 1)
        elif step.verb == "delete" and self.ways.counts_as_it_goes:
            revision, again = revision_of(job.look.pods[step.ordinal]), job.look.wants(step.ordinal)
            job.status = after_deletion(job.status, revision, again=again)
        self._go_on(key)

    def _tell(self, owner: StatefulSet, verb: str, what: str, success: str, error: str = "") -> None:
        word = verb.capitalize()
        text = f"{word if self.ways.capitalised else verb} {what} in StatefulSet {owner.metadata.name}"
        if error:
            self.tell(owner, "Warning", f"Failed{word}", f"{text} failed error: {error}")
        else:
            self.tell(owner, "Normal", f"Successful{word}", f"{text} {success}")

    # --- status -----------------------------------------------------------------------------------

    def _write_status(self, key: str) -> None:
        job = self.state.syncs[key]
        status = job.status = completed(job.owner, job.status)
        self._discard_old_revisions(job)
        if job.owner.spec.min_ready_seconds and status.ready_replicas != status.available_replicas:
            wait = job.owner.spec.min_ready_seconds
            later = until_available(job.look.pods.values(), wait, self.now)
            self.queue.add_after(key, wait * SECOND if later is None else later)
        if status == job.owner.status:
            self._finish(key)
        else:
            written = replace(job.owner, status=status)
            self.api.update_status(written, self.then(self.status_written, key))

    def _discard_old_revisions(self, job: SetSync) -> None:
        """Those that no pod is of, beyond those that may be kept."""
        look = job.look
        living = {look.current, look.update, *map(revision_of, look.pods.values())}
        old = [found for found in job.revisions.known if found.metadata.name not in living]
        self.discard(old[: max(0, len(old) - kept_revisions(job.owner))])

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
