"""The replication controller: as many active pods as its object wants.

```
  sync: count active pods --too few--> create: v1.7 all at once, v1.8 1, 2, 4, ... --> status --> done
                          --too many-> delete, the least useful first --------------->
```
A pod that is being deleted is not active, so its replacement appears at once and not when it is gone.
Source: v1.7.5, v1.8.0 pkg/controller/replication/replication_controller.go.
"""

from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Pod, ReplicationController, ReplicationControllerStatus
from clustersim.api.meta import replace
from clustersim.api.registry import key_of
from clustersim.api.selectors import matches_labels
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.expectations import Expectations
from clustersim.controllermanager.informers import controller_of
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.podcontrol import owned_by, pod_from, tell_created, tell_deleted
from clustersim.controllermanager.pods import deletion_rank, is_active, is_available, is_ready
from clustersim.engine.state import State
from clustersim.engine.time import SECOND

if TYPE_CHECKING:
    from clustersim.controllermanager.process import ControllerManager

KIND: Final = "ReplicationController"
RESOURCE: Final = "replicationcontrollers"
SOURCE: Final = "replication_controller.go"
STATUS_TRIES: Final = 2


class Sync(State):
    """One synchronisation under way. `active`: the pods it counted. `left`: still to be created after this
    batch.

    batch: size of the running batch; pending: calls without an answer; error: of the last call that failed.
    decision: the event of it, the cause of every creation.
    """

    controller: ReplicationController
    active: tuple[Pod, ...]
    left: int = 0
    batch: int = 0
    pending: int = 0
    error: str = ""
    decision: int = 0


class ReplicationState(State):
    """What was asked for, and the synchronisations under way by key."""

    expectations: Expectations = msgspec.field(default_factory=Expectations)
    syncs: dict[str, Sync] = msgspec.field(default_factory=dict)


class ReplicationManager(Controller):
    """Keeps the pods of every ReplicationController at their number."""

    waits_for: ClassVar[tuple[str, ...]] = ("pods", RESOURCE)
    title: ClassVar[str] = "RC"

    def __init__(self, process: "ControllerManager") -> None:
        super().__init__(process, "replication-controller", "replication-controller")
        self.objects = process.shared.get(RESOURCE, self.object_changed)
        process.shared.get("pods", self.pod_changed)
        self.queue = WorkQueue(process, self.name, self.sync, workers=self.flags.concurrent_rc_syncs)

    @property
    def state(self) -> ReplicationState:
        """Its memory."""
        return self.memory(ReplicationState)

    def start(self) -> None:
        """What was queued while the caches filled is worked on."""
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    # --- what the watches show --------------------------------------------------------------------

    def object_changed(self, old: ReplicationController | None, new: ReplicationController | None) -> None:
        """A ReplicationController was added, changed or removed."""
        if old is not None and new is not None and old.spec.replicas != new.spec.replicas:
            self.log(
                f"Observed updated replication controller {new.metadata.name}. "
                f"Desired pod count change: {old.spec.replicas}->{new.spec.replicas}",
                SOURCE,
            )
        changed = new if new is not None else old
        if changed is not None:
            self.queue.add(key_of(changed))

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod was added, changed or removed: its controller may have to count anew."""
        if new is None or new.metadata.deletion_timestamp:
            if (pod := new or old) is not None:
                self._pod_deleted(pod)
            return
        before = self._controller(old) if old is not None else None
        owner = self._controller(new)
        if before is not None and (owner is None or key_of(before) != key_of(owner)):
            self.queue.add(key_of(before))
        if owner is not None:
            if old is None:
                self.state.expectations.creation_observed(key_of(owner))
            self.queue.add(key_of(owner))
            if (wait := owner.spec.min_ready_seconds) and old and not is_ready(old) and is_ready(new):
                self.post((wait + 1) * SECOND, self.look_again, key_of(owner))
        elif controller_of(new) is None and (old is None or old.metadata.labels != new.metadata.labels):
            self._offer(new)

    def look_again(self, key: str) -> None:
        """A pod may have been ready for long enough by now."""
        self.queue.add(key)

    def _pod_deleted(self, pod: Pod) -> None:
        if (owner := self._controller(pod)) is not None:
            self.state.expectations.deletion_observed(key_of(owner), key_of(pod))
            self.queue.add(key_of(owner))

    def _controller(self, pod: Pod) -> ReplicationController | None:
        reference = controller_of(pod)
        if reference is None or reference.kind != KIND:
            return None
        found: ReplicationController | None = self.objects.get(pod.metadata.namespace, reference.name)
        return found if found is not None and found.metadata.uid == reference.uid else None

    def _offer(self, pod: Pod) -> None:
        """A pod without a controller: those that select it may adopt it."""
        for candidate in self.objects.list():
            if candidate.metadata.namespace == pod.metadata.namespace and matches_labels(
                candidate.spec.selector, pod.metadata.labels
            ):
                self.queue.add(key_of(candidate))

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Bring one ReplicationController's pods to their number."""
        namespace, _, name = key.partition("/")
        controller: ReplicationController | None = self.objects.get(namespace, name)
        if controller is None:
            self.log(f"Replication Controller has been deleted {key}", SOURCE)
            self.state.expectations.forget(key)
            self.queue.done(key)
            return
        counts = self.state.expectations.satisfied(key, self.now, self.flags.expectations_timeout)
        active = tuple(pod for pod in self._claim(controller) if is_active(pod))
        job = self.state.syncs[key] = Sync(controller, active)
        difference = len(active) - controller.spec.replicas
        if difference and counts and not controller.metadata.deletion_timestamp:
            if difference < 0:
                self._create(key, job, min(-difference, self.flags.replica_burst))
            else:
                self._delete(key, job, min(difference, self.flags.replica_burst))
        else:
            self._write_status(key, controller, 1)

    def _claim(self, controller: ReplicationController) -> list[Pod]:
        """The controller's pods: its own that it still selects, and orphans that it selects and now
        adopts."""
        selector, uid = controller.spec.selector, controller.metadata.uid
        claimed: list[Pod] = []
        for pod in self.process.shared.owned_by(uid):
            if matches_labels(selector, pod.metadata.labels):
                claimed.append(pod)
            elif not controller.metadata.deletion_timestamp:
                self._own(pod, ())
        if not controller.metadata.deletion_timestamp:
            for pod in self.process.shared.orphans(controller.metadata.namespace):
                if is_active(pod) and matches_labels(selector, pod.metadata.labels):
                    self._own(pod, (msgspec.to_builtins(owned_by(controller)),))
                    claimed.append(pod)
        return claimed

    def _own(self, pod: Pod, owners: tuple[object, ...]) -> None:
        patch = {"metadata": {"ownerReferences": list(owners)}}
        metadata = pod.metadata
        self.api.patch("pods", metadata.namespace, metadata.name, patch, self.then(self.owned))

    def owned(self, reply: Reply) -> None:
        """A pod was adopted or released; if not, its next change brings it up again."""

    # --- too few ----------------------------------------------------------------------------------

    def _create(self, key: str, job: Sync, count: int) -> None:
        controller = job.controller
        wanted, active = controller.spec.replicas, len(job.active)
        verdict = rules.TOO_FEW.holds(name=key, wanted=wanted, active=active, difference=count)
        job.decision = self.decide("create-pods", f"{RESOURCE}/{key}", verdict)
        namespace, name = controller.metadata.namespace, controller.metadata.name
        text = f'Too few "{namespace}"/"{name}" replicas, need {wanted}, creating {count}'
        self.log(text, SOURCE)
        self.state.expectations.expect_creations(key, count, self.now)
        job.left = count
        job.batch = 1 if self.traits.slow_start else count
        self._create_batch(key, job)

    def _create_batch(self, key: str, job: Sync) -> None:
        self.engine.cause = job.decision
        job.left -= job.batch
        job.pending = job.batch
        pod = pod_from(job.controller.spec.template, job.controller)
        for _ in range(job.batch):
            self.api.create(pod, self.then(self.created, key))

    def created(self, reply: Reply, key: str) -> None:
        """A pod was created, or was not: then it is not to be expected."""
        job = self.state.syncs[key]
        job.pending -= 1
        tell_created(self, job.controller, reply)
        if not reply.ok:
            job.error = reply.message
            self.state.expectations.creation_observed(key)
            self.log(f'Failed creation, decrementing expectations for controller "{key}"', SOURCE)
        if job.pending:
            return
        if job.left and not job.error:
            job.batch = min(2 * job.batch, job.left)
            self._create_batch(key, job)
            return
        self.state.expectations.creation_observed(key, job.left)
        self._write_status(key, job.controller, 1)

    # --- too many -----------------------------------------------------------------------------------

    def _delete(self, key: str, job: Sync, count: int) -> None:
        controller = job.controller
        wanted, active = controller.spec.replicas, len(job.active)
        verdict = rules.TOO_MANY.holds(name=key, wanted=wanted, active=active, difference=count)
        self.decide("delete-pods", f"{RESOURCE}/{key}", verdict)
        namespace, name = controller.metadata.namespace, controller.metadata.name
        text = f'Too many "{namespace}"/"{name}" replicas, need {wanted}, deleting {count}'
        self.log(text, SOURCE)
        ranked = sorted(job.active, key=deletion_rank) if wanted else job.active
        doomed = ranked[:count]
        self.state.expectations.expect_deletions(key, [key_of(pod) for pod in doomed], self.now)
        job.pending = len(doomed)
        for pod in doomed:
            answer = self.then(self.deleted, key, pod.metadata.name)
            self.api.delete("pods", pod.metadata.namespace, pod.metadata.name, answer)

    def deleted(self, reply: Reply, key: str, pod: str) -> None:
        """A pod is being deleted, or is not: then that is not to be expected."""
        job = self.state.syncs[key]
        job.pending -= 1
        tell_deleted(self, job.controller, pod, reply)
        if not reply.ok:
            job.error = reply.message
            namespace = job.controller.metadata.namespace
            self.state.expectations.deletion_observed(key, f"{namespace}/{pod}")
        if not job.pending:
            self._write_status(key, job.controller, 1)

    # --- status -----------------------------------------------------------------------------------

    def _write_status(self, key: str, controller: ReplicationController, attempt: int) -> None:
        job = self.state.syncs[key]
        status = self._status(job)
        if controller.status == status:
            self._finish(key)
            return
        written = replace(controller, status=status)
        self.api.update_status(written, self.then(self.status_written, key, attempt))

    def _status(self, job: Sync) -> ReplicationControllerStatus:
        controller, active = job.controller, job.active
        labels, wait = controller.spec.template.metadata.labels, controller.spec.min_ready_seconds
        return ReplicationControllerStatus(
            replicas=len(active),
            fully_labeled_replicas=sum(matches_labels(labels, pod.metadata.labels) for pod in active),
            ready_replicas=sum(map(is_ready, active)),
            available_replicas=sum(is_available(pod, wait, self.now) for pod in active),
            observed_generation=controller.metadata.generation,
        )

    def status_written(self, reply: Reply, key: str, attempt: int) -> None:
        """The status was written, or somebody was faster: once more on what is there now."""
        if reply.ok:
            self._finish(key)
        elif attempt < STATUS_TRIES:
            namespace, _, name = key.partition("/")
            self.api.get(RESOURCE, namespace, name, self.then(self.read_again, key, attempt))
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
            self.log(f'Sync "{key}" failed: {error or job.error}', SOURCE, "E")
            self.queue.retry(key)
        else:
            self.queue.done(key)
