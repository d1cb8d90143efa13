"""The deployment controller: one synchronisation of a Deployment is one step of its rollout.

```
  sync --rollbackTo--> rollback
       --resized-----> size all ReplicaSets ----------------------+
       --else--------> new ReplicaSet --> grow new | shrink old --+--> status
```
Only one of growing and shrinking is done in a step; the change of the ReplicaSet brings the next.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/deployment/{deployment_controller,sync,rolling,recreate}.go,
rollback.go of the older two.
"""

from typing import ClassVar, Final

import msgspec

from clustersim.api.apps import Deployment, DeploymentStatus, ReplicaSet
from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.owners import controller_of
from clustersim.api.registry import key_of
from clustersim.api.selectors import selects
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.deployment import rolling, rules, sets
from clustersim.controllermanager.deployment.rolling import Scaling
from clustersim.controllermanager.deployment.status import (
    created_set,
    is_complete,
    paused_told,
    plain_status,
    progress_due,
    rollout_status,
)
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.engine.state import State
from clustersim.engine.time import SECOND

SOURCE: Final = "deployment_controller.go"
MAX_RETRIES: Final = 15


class Step(State):
    """One synchronisation under way. `sets`: its ReplicaSets by name, as last known; `new`: the name of the
    one with the present template; `scaling`: changes of size still to be written; `doomed`: old ReplicaSets
    still to be deleted. rolls: the status says how the rollout is getting on, too."""

    deployment: Deployment
    sets: dict[str, ReplicaSet]
    new: str = ""
    scaling: list[Scaling] = msgspec.field(default_factory=list)
    doomed: list[str] = msgspec.field(default_factory=list)
    rolls: bool = True

    def new_set(self) -> ReplicaSet | None:
        """The ReplicaSet with the present template."""
        return self.sets.get(self.new)

    def old_sets(self) -> list[ReplicaSet]:
        """All others, the oldest first."""
        return sets.by_age(found for name, found in self.sets.items() if name != self.new)


class DeploymentState(State):
    """The synchronisations under way by key."""

    steps: dict[str, Step] = msgspec.field(default_factory=dict)


class DeploymentController(Controller):
    """Rolls Deployments out."""

    waits_for: ClassVar[tuple[str, ...]] = ("deployments", "replicasets", "pods")
    title: ClassVar[str] = "deployment"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "deployment-controller", "deployment-controller")
        self.deployments = self.shared.get("deployments", self.deployment_changed)
        self.replica_sets = self.shared.get("replicasets", self.replica_set_changed)
        self.shared.get("pods", self.pod_changed, of_owner="ReplicaSet")
        workers = self.flags.concurrent_deployment_syncs
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=workers)

    @property
    def state(self) -> DeploymentState:
        """Its memory."""
        return self.memory(DeploymentState)

    def start(self) -> None:
        """What was queued while the caches filled is worked on."""
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    # --- what the watches show --------------------------------------------------------------------

    def deployment_changed(self, old: Deployment | None, new: Deployment | None) -> None:
        """A Deployment was added, changed or removed."""
        if (changed := new if new is not None else old) is not None:
            self.queue.add(key_of(changed))

    def replica_set_changed(self, old: ReplicaSet | None, new: ReplicaSet | None) -> None:
        """A ReplicaSet was added, changed or removed: its Deployment goes a step further."""
        for found in (old, new):
            if found is not None and (owner := self._owner(found)) is not None:
                self.queue.add(key_of(owner))

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """The last pod of a Deployment that recreates is gone: the new ones may come."""
        if new is not None or old is None:
            return
        reference = controller_of(old)
        if reference is None or reference.kind != "ReplicaSet":
            return
        found = self.replica_sets.get(old.metadata.namespace, reference.name)
        owner = self._owner(found) if found is not None else None
        if owner is not None and owner.spec.strategy.type == "Recreate":
            self.queue.add(key_of(owner))

    def _owner(self, replica_set: ReplicaSet) -> Deployment | None:
        reference = controller_of(replica_set)
        if reference is None or reference.kind != "Deployment":
            return None
        found: Deployment | None = self.deployments.get(replica_set.metadata.namespace, reference.name)
        return found if found is not None and found.metadata.uid == reference.uid else None

    def look_again(self, key: str) -> None:
        """The rollout may count as stuck by now."""
        self.queue.add(key)

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """One step of a Deployment's rollout."""
        namespace, _, name = key.partition("/")
        deployment: Deployment | None = self.deployments.get(namespace, name)
        if deployment is None:
            self.log(f"Deployment {key} has been deleted", SOURCE)
            self.queue.done(key)
            return
        mine = {found.metadata.name: found for found in self._sets_of(deployment)}
        new = sets.new_set(deployment, mine.values())
        step = self.state.steps[key] = Step(deployment, mine, new.metadata.name if new else "")
        paused = paused_told(deployment, self.now)
        if deployment.metadata.deletion_timestamp:
            step.rolls = False
            self._write_status(key)
        elif paused is not None:
            told = replace(deployment, status=paused)
            self.api.update_status(told, self.then(self.status_written, key))
        elif deployment.spec.rollback_to is not None:
            self._roll_back(key, step, deployment.spec.rollback_to.revision)
        elif deployment.spec.paused or rolling.is_resized(deployment, list(mine.values())):
            step.rolls = False
            step.scaling = rolling.resize(deployment, new, step.old_sets())
            if deployment.spec.paused:
                step.doomed = self._surplus(step)
            self._scale(key)
        elif deployment.spec.strategy.type == "Recreate":
            self._recreate(key, step)
        else:
            self._sync_new_set(key, step)

    def _sets_of(self, deployment: Deployment) -> list[ReplicaSet]:
        """Its own; one that it no longer selects is released and goes on by itself
        (pkg/controller/controller_ref_manager.go)."""
        uid = deployment.metadata.uid
        owned = [
            found
            for found in self.replica_sets.list()
            if (owner := controller_of(found)) is not None and owner.uid == uid
        ]
        mine = [found for found in owned if selects(deployment.spec.selector, found.metadata.labels)]
        for found in owned:
            if found not in mine and not deployment.metadata.deletion_timestamp:
                metadata, patch = found.metadata, {"metadata": {"ownerReferences": None}}
                self.api.patch(
                    "replicasets", metadata.namespace, metadata.name, patch, self.then(self.ignored)
                )
        return mine

    def ignored(self, reply: Reply) -> None:
        """A ReplicaSet was released, or somebody was faster."""

    # --- the new ReplicaSet -----------------------------------------------------------------------

    def _sync_new_set(self, key: str, step: Step) -> None:
        """The ReplicaSet of the present template exists and carries the newest revision."""
        deployment, new = step.deployment, step.new_set()
        revision = max((sets.revision_of(found) for found in step.old_sets()), default=0) + 1
        if new is None:
            self._create_set(key, step, revision)
            return
        revised = sets.revised(new, deployment, revision)
        if revised != new:
            self.api.update(revised, self.then(self.set_written, key))
            return
        annotations = {**deployment.metadata.annotations, sets.REVISION: str(sets.revision_of(new))}
        if annotations != deployment.metadata.annotations:
            annotated = replace(deployment, metadata=replace(deployment.metadata, annotations=annotations))
            self.api.update_status(annotated, self.then(self.revision_written, key))
        else:
            self._roll(key, step)

    def _create_set(self, key: str, step: Step, revision: int) -> None:
        deployment = step.deployment
        made = sets.made_for(deployment, revision, self.traits.template_hash, self.traits.release)
        count = rolling.room_for(deployment, 0, list(step.sets.values()))
        made = sets.sized(made, deployment, count)
        verdict = rules.NEW_SET.holds(set=made.metadata.name, count=count)
        self.decide("create-replica-set", f"deployments/{key}", verdict)
        self.api.create(made, self.then(self.set_created, key))

    def _name_is_taken(self, key: str, deployment: Deployment) -> None:
        """By a ReplicaSet of another template: the next name is made with one more collision counted, once
        the Deployment is seen with it (sync.go getNewReplicaSet)."""
        counted = replace(deployment.status, collision_count=(deployment.status.collision_count or 0) + 1)
        self.api.update_status(replace(deployment, status=counted), self.then(self.collision_counted, key))

    def collision_counted(self, reply: Reply, key: str) -> None:
        """The change comes back on the watch."""
        self._finish(key, "" if reply.ok else reply.message)

    def set_created(self, reply: Reply, key: str) -> None:
        """The new ReplicaSet is there, or is not."""
        step = self.state.steps[key]
        if not reply.ok:
            if reply.reason == "AlreadyExists":
                self._name_is_taken(key, step.deployment)
            else:
                self._finish(key, reply.message)
            return
        new: ReplicaSet = reply.body
        step.sets[new.metadata.name], step.new = new, new.metadata.name
        if new.spec.replicas:
            self._tell_scaled(step, new.metadata.name, 0, new.spec.replicas)
        deployment = step.deployment
        annotations = {**deployment.metadata.annotations, sets.REVISION: str(sets.revision_of(new))}
        written = replace(
            deployment,
            metadata=replace(deployment.metadata, annotations=annotations),
            status=created_set(deployment, new, self.now),
        )
        self.api.update_status(written, self.then(self.new_set_known, key))

    def new_set_known(self, reply: Reply, key: str) -> None:
        """The Deployment carries the revision of its new ReplicaSet; its status follows."""
        if not reply.ok:
            self._finish(key, reply.message)
            return
        step = self.state.steps[key]
        step.deployment = reply.body
        if step.deployment.spec.strategy.type == "Recreate":
            self._scale(key)
        else:
            self._write_status(key)

    def set_written(self, reply: Reply, key: str) -> None:
        """The new ReplicaSet carries its revision."""
        if not reply.ok:
            self._finish(key, reply.message)
            return
        step = self.state.steps[key]
        step.sets[step.new] = reply.body
        self._roll(key, step)

    def revision_written(self, reply: Reply, key: str) -> None:
        """The Deployment carries its revision."""
        if not reply.ok:
            self._finish(key, reply.message)
            return
        step = self.state.steps[key]
        step.deployment = reply.body
        self._roll(key, step)

    # --- one step ---------------------------------------------------------------------------------

    def _roll(self, key: str, step: Step) -> None:
        deployment, new, old = step.deployment, step.new_set(), step.old_sets()
        if new is None:
            self._write_status(key)
            return
        if deployment.spec.strategy.type == "Recreate":
            step.scaling = rolling.start_new(deployment, new)
        else:
            step.scaling = rolling.grow_new(deployment, new, [*old, new])
            if not step.scaling:
                step.scaling = rolling.shrink_old(deployment, new, old)
        if not step.scaling and is_complete(deployment, deployment.status):
            step.doomed = self._surplus(step)
        self._scale(key)

    def _recreate(self, key: str, step: Step) -> None:
        """Old pods go, all of them, before anything new comes."""
        old = step.old_sets()
        step.scaling = rolling.stop_old(old)
        uids = [found.metadata.uid for found in old]
        left = sum(len(self.shared.owned_by(uid)) for uid in uids)
        left = max(left, sum(found.status.replicas for found in old))
        if step.scaling:
            self._scale(key)
        elif left:
            self.decide("wait-for-old-pods", f"deployments/{key}", rules.OLD_PODS.holds(count=left))
            self._write_status(key)
        else:
            self._sync_new_set(key, step)

    def _scale(self, key: str) -> None:
        """Write the next change of size; then delete what is too old; then the status."""
        step = self.state.steps[key]
        if step.scaling:
            change = step.scaling[0]
            found = step.sets[change.name]
            if found.spec.replicas != change.replicas:
                self.decide("scale-replica-set", f"replicasets/{key_of(found)}", change.verdict)
            sized = sets.sized(found, step.deployment, change.replicas)
            self.api.update(sized, self.then(self.scaled, key))
        elif step.doomed:
            name = step.doomed[0]
            namespace = step.deployment.metadata.namespace
            limit = step.deployment.spec.revision_history_limit or 0
            verdict = rules.HISTORY.holds(set=name, count=limit)
            self.decide("delete-replica-set", f"replicasets/{namespace}/{name}", verdict)
            self.api.delete("replicasets", namespace, name, self.then(self.cleaned, key))
        else:
            self._write_status(key)

    def scaled(self, reply: Reply, key: str) -> None:
        """A ReplicaSet has its new size, or somebody was faster."""
        if not reply.ok:
            self._finish(key, reply.message)
            return
        step = self.state.steps[key]
        change = step.scaling.pop(0)
        if (before := step.sets[change.name].spec.replicas) != change.replicas:
            self._tell_scaled(step, change.name, before, change.replicas)
        step.sets[change.name] = reply.body
        self._scale(key)

    def _tell_scaled(self, step: Step, name: str, before: int, after: int) -> None:
        word = "up" if after > before else "down"
        sizes = f"from {before} to {after}" if self.traits.tell_both_sizes else f"to {after}"
        text = f"Scaled {word} replica set {name} {sizes}"
        self.tell(step.deployment, "Normal", "ScalingReplicaSet", text)

    def _surplus(self, step: Step) -> list[str]:
        limit = step.deployment.spec.revision_history_limit
        if limit is None:
            return []
        old = [found for found in step.old_sets() if not found.metadata.deletion_timestamp]
        if self.traits.history_by_revision:
            old.sort(key=sets.revision_of)
        count = max(0, len(old) - limit)
        return [
            found.metadata.name
            for found in old[:count]
            if not (found.status.replicas or found.spec.replicas)
            and found.metadata.generation <= found.status.observed_generation
        ]

    def cleaned(self, reply: Reply, key: str) -> None:
        """An old ReplicaSet is gone."""
        if not reply.ok and reply.status != 404:
            self._finish(key, reply.message)
            return
        step = self.state.steps[key]
        step.sets.pop(step.doomed.pop(0))
        self._scale(key)

    # --- back to an earlier revision --------------------------------------------------------------

    def _roll_back(self, key: str, step: Step, revision: int) -> None:
        deployment = step.deployment
        known = sorted(sets.revision_of(found) for found in step.sets.values())
        wanted = revision or (known[-2] if len(known) > 1 else 0)
        found = next((f for f in step.sets.values() if wanted and sets.revision_of(f) == wanted), None)
        changed = replace(deployment, spec=replace(deployment.spec, rollback_to=None))
        if found is None:
            what = (
                "Unable to find last revision."
                if not revision
                else "Unable to find the revision to rollback to."
            )
            self.tell(deployment, "Warning", "DeploymentRollbackRevisionNotFound", what)
        elif found.metadata.name == step.new:
            same = "The rollback revision contains the same template as current deployment"
            text = f'{same} "{deployment.metadata.name}"'
            self.tell(deployment, "Warning", "DeploymentRollbackTemplateUnchanged", text)
        else:
            verdict = rules.ROLLED_BACK.holds(revision=wanted, set=found.metadata.name)
            self.decide("roll-back", f"deployments/{key}", verdict)
            template = sets.without_hash(found.spec.template)
            annotations = sets.annotations_for(deployment, found.metadata.annotations)
            changed = replace(
                changed,
                metadata=replace(changed.metadata, annotations=annotations),
                spec=replace(changed.spec, template=template),
            )
            text = f'Rolled back deployment "{deployment.metadata.name}" to revision {wanted}'
            self.tell(deployment, "Normal", "DeploymentRollback", text)
        self.api.update(changed, self.then(self.rolled_back, key))

    def rolled_back(self, reply: Reply, key: str) -> None:
        """The Deployment has its old template; that change brings the next step."""
        self._finish(key, "" if reply.ok else reply.message)

    # --- status -----------------------------------------------------------------------------------

    def _write_status(self, key: str) -> None:
        step = self.state.steps[key]
        deployment = step.deployment
        everything = sets.by_age(step.sets.values())
        told = rollout_status if step.rolls else plain_status
        status: DeploymentStatus = told(
            deployment,
            step.new_set(),
            everything,
            self.now,
            terminating=self.traits.counts_terminating,
        )
        if status == deployment.status:
            self._finish(key)
            return
        self.api.update_status(replace(deployment, status=status), self.then(self.status_written, key))

    def status_written(self, reply: Reply, key: str) -> None:
        """The status is written."""
        if reply.ok:
            due = progress_due(reply.body)
            if due is not None:
                self.post(max(0, due - self.now) + SECOND, self.look_again, key)
        self._finish(key, "" if reply.ok else reply.message)

    def _finish(self, key: str, error: str = "") -> None:
        del self.state.steps[key]
        if error:
            self.log(f"Error syncing deployment {key}: {error}", SOURCE, "E")
            self.queue.retry(key, limit=MAX_RETRIES)
        else:
            self.queue.done(key)
