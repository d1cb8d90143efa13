"""As many active pods as an object wants: what ReplicationControllers and ReplicaSets have in common.

```
  sync: count active pods --too few--> create: v1.7 all at once, since 1, 2, 4, ... --> status --> done
                          --too many-> delete, the least useful first --------------->
```
A pod that is being deleted is not active, so its replacement appears at once and not when it is gone.
Source: v1.7.5, v1.8.0 pkg/controller/replication/replication_controller.go, of which
pkg/controller/replicaset/replica_set.go is a copy; v1.36 replica_set.go, which serves both.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.owners import controller_of
from clustersim.api.registry import key_of
from clustersim.api.selectors import matches_labels, selection_of, selects
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.controllermanager.informers import CountedAs, counted_as
from clustersim.controllermanager.podcontrol import is_forgiven, tell_created, tell_deleted
from clustersim.controllermanager.podowner import OwnerState
from clustersim.controllermanager.pods import is_active, is_available, until_available
from clustersim.controllermanager.slowstart import SlowStart
from clustersim.engine.at_hand import AtHand
from clustersim.engine.rules import Rule
from clustersim.engine.state import State
from clustersim.engine.time import SECOND

STATUS_TRIES: Final = 2
REPLICA_FAILURE: Final = "ReplicaFailure"


class Tally(msgspec.Struct, frozen=True, gc=False):
    """Of an object's pods: how many are active, and of those how many have all labels of the template and
    are ready; and how many are being deleted."""

    active: int
    labelled: int
    ready: int
    terminating: int


def tally_of(kinds: Mapping[CountedAs, int], labels: dict[str, str]) -> Tally:
    """The sums over the kinds of pods; labels: the template's."""
    active = labelled = ready = terminating = 0
    for kind, count in kinds.items():
        if kind.active:
            active += count
            labelled += count * matches_labels(labels, dict(kind.labels))
            ready += count * kind.ready
        terminating += count * kind.terminating
    return Tally(active, labelled, ready, terminating)


class Sync(State):
    """One synchronisation under way. `tally`: what it counted; `pods`: the active pods themselves, where
    their ages matter or some are to be deleted. `left`: still to be created after this batch.

    batch, pending, error, decision: slowstart.py.
    """

    owner: Any
    tally: Tally
    pods: tuple[Pod, ...] = ()
    left: int = 0
    batch: int = 0
    pending: int = 0
    error: str = ""
    decision: int = 0


class ReplicasState(OwnerState):
    """The synchronisations under way by key."""

    syncs: dict[str, Sync] = msgspec.field(default_factory=dict)


class ReplicasController(SlowStart):
    """Keeps the pods of every object of its kind at their number.

    observed_text, deleted_text: what its log says of a changed number, of an object that is gone.
    """

    status_type: ClassVar[type[Any]]
    condition_type: ClassVar[type[Any]]
    minds_ended = False
    observed_text: ClassVar[str]
    deleted_text: ClassVar[str]
    too_few: ClassVar[Rule]
    too_many: ClassVar[Rule]

    @AtHand
    def state(self) -> ReplicasState:
        """Its memory."""
        return self.memory(ReplicasState)

    def object_changed(self, old: Any, new: Any) -> None:
        if old is not None and new is not None and old.spec.replicas != new.spec.replicas:
            self.log(
                f"Observed updated {self.observed_text} {new.metadata.name}. "
                f"Desired pod count change: {old.spec.replicas}->{new.spec.replicas}",
                self.source_file,
            )
        super().object_changed(old, new)

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Bring one object's pods to their number."""
        owner = self.object_of(key)
        if owner is None:
            self.log(self.deleted_text.format(key=key), self.source_file)
            self.state.expectations.forget(key)
            self.queue.done(key)
            return
        counts = self.state.expectations.satisfied(
            key, self.engine.state.now, self.flags.expectations_timeout
        )
        job = self.state.syncs[key] = self._look(owner)
        difference = job.tally.active - owner.spec.replicas
        if difference and counts and not owner.metadata.deletion_timestamp:
            if difference < 0:
                self._create(key, job, min(-difference, self.flags.replica_burst))
            else:
                self._delete(key, job, min(difference, self.flags.replica_burst))
        else:
            self._write_status(key, owner, 1)

    def _look(self, owner: Any) -> Sync:
        """Count an object's active pods. Each is only looked at where some are to be adopted, released or
        deleted, or where their ages matter."""
        shared, spec = self.shared, owner.spec
        kinds, selector = shared.kinds_of(owner.metadata.uid), selection_of(owner)
        labels = spec.template.metadata.labels
        clear = not shared.has_orphans(owner.metadata.namespace)
        for kind in kinds:
            clear = clear and selects(selector, dict(kind.labels))
        if clear and not spec.min_ready_seconds:
            tally = tally_of(kinds, labels)
            if tally.active <= spec.replicas:
                return Sync(owner, tally)
        pods = self.claim(owner)
        tally = tally_of(Counter(map(counted_as, pods)), labels)
        return Sync(owner, tally, tuple(filter(is_active, pods)))

    # --- too few ----------------------------------------------------------------------------------

    def _create(self, key: str, job: Sync, count: int) -> None:
        owner = job.owner
        wanted, active = owner.spec.replicas, job.tally.active
        verdict = self.too_few.holds(name=key, wanted=wanted, active=active, difference=count)
        job.decision = self.decide("create-pods", f"{self.resource}/{key}", verdict)
        namespace, name = owner.metadata.namespace, owner.metadata.name
        text = f'Too few "{namespace}"/"{name}" replicas, need {wanted}, creating {count}'
        self.log(text, self.source_file)
        self.state.expectations.expect_creations(key, count, self.now)
        job.left = count
        job.batch = 1 if self.traits.slow_start else count
        self.create_batch(key, job)

    def next_pods(self, job: Sync, count: int) -> Sequence[Pod]:
        job.left -= count
        return [self.pod_of_template(job.owner)] * count

    def created(self, reply: Reply, key: str) -> None:
        """A pod was created, or was not: then it is not to be expected."""
        job = self.state.syncs[key]
        job.pending -= 1
        tell_created(self, job.owner, reply)
        if not reply.ok and not is_forgiven(self, reply):
            job.error = reply.message
            self.state.expectations.creation_observed(key)
            self.log(f'Failed creation, decrementing expectations for controller "{key}"', self.source_file)
        if not job.pending and not self.goes_on(key, job):
            self._write_status(key, job.owner, 1)

    # --- too many -----------------------------------------------------------------------------------

    def _delete(self, key: str, job: Sync, count: int) -> None:
        owner = job.owner
        wanted, active = owner.spec.replicas, job.tally.active
        verdict = self.too_many.holds(name=key, wanted=wanted, active=active, difference=count)
        self.decide("delete-pods", f"{self.resource}/{key}", verdict)
        namespace, name = owner.metadata.namespace, owner.metadata.name
        text = f'Too many "{namespace}"/"{name}" replicas, need {wanted}, deleting {count}'
        self.log(text, self.source_file)
        pods: Sequence[Pod] = job.pods
        if count < len(pods):
            pods = self.traits.rank_for_deletion(pods, self.related_pods(owner), self.now)
        doomed = pods[:count]
        self.state.expectations.expect_deletions(key, [key_of(pod) for pod in doomed], self.now)
        job.pending = len(doomed)
        for pod in doomed:
            answer = self.then(self.deleted, key, pod.metadata.name)
            self.api.delete("pods", pod.metadata.namespace, pod.metadata.name, answer)

    def related_pods(self, owner: Any) -> list[Pod]:
        """Pods of all objects that have the same controller as this one."""
        controller = controller_of(owner)
        if controller is None:
            return self.shared.owned_by(owner.metadata.uid)
        return [
            pod
            for other in self.objects.list()
            if (found := controller_of(other)) is not None and found.uid == controller.uid
            for pod in self.shared.owned_by(other.metadata.uid)
        ]

    def deleted(self, reply: Reply, key: str, pod: str) -> None:
        """A pod is being deleted, or is not: then that is not to be expected."""
        job = self.state.syncs[key]
        job.pending -= 1
        tell_deleted(self, job.owner, pod, reply)
        if not reply.ok:
            if reply.status != 404 or not self.traits.forgives_pods_that_are_gone:
                job.error = reply.message
            namespace = job.owner.metadata.namespace
            self.state.expectations.deletion_observed(key, f"{namespace}/{pod}")
        if not job.pending:
            self._write_status(key, job.owner, 1)

    # --- status -----------------------------------------------------------------------------------

    def _write_status(self, key: str, owner: Any, attempt: int) -> None:
        job = self.state.syncs[key]
        status = self._status(job)
        if owner.status == status:
            self._finish(key)
            return
        written = replace(owner, status=status)
        self.api.update_status(written, self.then(self.status_written, key, attempt))

    def _status(self, job: Sync) -> Any:
        owner, tally, wait = job.owner, job.tally, job.owner.spec.min_ready_seconds
        return self.status_type(
            replicas=tally.active,
            fully_labeled_replicas=tally.labelled,
            ready_replicas=tally.ready,
            available_replicas=sum(is_available(pod, wait, self.now) for pod in job.pods)
            if wait
            else tally.ready,
            observed_generation=owner.metadata.generation,
            conditions=self._conditions(job),
            **self.more_status(tally),
        )

    def more_status(self, tally: Tally) -> dict[str, Any]:
        """What the status of this kind has besides."""
        return {}

    def _conditions(self, job: Sync) -> tuple[Any, ...]:
        """The object's conditions: while pods cannot be created or deleted, that; since when stays."""
        known: tuple[Any, ...] = job.owner.status.conditions
        others = tuple(found for found in known if found.type != REPLICA_FAILURE)
        if not job.error:
            return others
        if len(others) < len(known):
            return known
        failure = self.condition_type(
            type=REPLICA_FAILURE,
            status="True",
            reason="FailedCreate" if job.tally.active < job.owner.spec.replicas else "FailedDelete",
            message=job.error,
            last_transition_time=rfc3339(self.now),
        )
        return (*others, failure)

    def status_written(self, reply: Reply, key: str, attempt: int) -> None:
        """The status was written, or somebody was faster: once more on what is there now."""
        if reply.ok:
            self._finish(key)
        elif attempt < STATUS_TRIES:
            namespace, _, name = key.partition("/")
            self.api.get(self.resource, namespace, name, self.then(self.read_again, key, attempt))
        else:
            self._finish(key, reply.message)

    def read_again(self, reply: Reply, key: str, attempt: int) -> None:
        """The object as it is now."""
        if reply.ok:
            self._write_status(key, reply.body, attempt + 1)
        else:
            self._finish(key, reply.message)

    def _finish(self, key: str, error: str = "") -> None:
        job = self.state.syncs.pop(key)
        if error or job.error:
            self.log(f'Sync "{key}" failed: {error or job.error}', self.source_file, "E")
            self.queue.retry(key)
        else:
            self.queue.done(key)
            self._look_later(key, job)

    def _look_later(self, key: str, job: Sync) -> None:
        """Pods are ready, and not for long enough yet: a look is due when they are."""
        owner, wait, tally = job.owner, job.owner.spec.min_ready_seconds, job.tally
        if not wait or tally.ready == sum(is_available(pod, wait, self.now) for pod in job.pods):
            return
        if self.traits.looks_in_time:
            later = until_available(job.pods, wait, self.now)
            self.queue.add_after(key, wait * SECOND if later is None else later)
        elif tally.ready == owner.spec.replicas:
            self.queue.add_after(key, wait * SECOND)
