"""The deployment controller: one synchronisation of a Deployment is one step of its rollout.

```
  sync --rollbackTo--> rollback
       --resized-----> revision --> size all ReplicaSets ----------------------+
       --else--------> revision --> new ReplicaSet --> grow new | shrink old --+--> status
```
Only one of growing and shrinking is done in a step; the change of the ReplicaSet brings the next.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/deployment/{deployment_controller,sync,rolling,recreate}.go,
rollback.go of the older two.
"""

from typing import ClassVar

from clustersim.api.apps import Deployment, ReplicaSet
from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.owners import controller_of
from clustersim.api.registry import key_of
from clustersim.api.selectors import selects
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.claiming import Claiming
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.deployment import rolling, rules, sets
from clustersim.controllermanager.deployment.rollback import rollback_asked, rollback_of
from clustersim.controllermanager.deployment.status import (
    NOT_CREATED,
    created_set,
    found_set,
    is_complete,
    paused_told,
    refused_set,
)
from clustersim.controllermanager.deployment.writing import SOURCE, Step, StepWriting
from clustersim.controllermanager.part import ControlLoop
from clustersim.controllermanager.podcontrol import is_forgiven
from clustersim.controllermanager.pods import is_terminated
from clustersim.controllermanager.references import adoption, parting


class DeploymentController(Claiming, StepWriting):
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
        if new is not None and controller_of(new) is None:
            for deployment in self.deployments.list():
                if _wants(deployment, new):
                    self.queue.add(key_of(deployment))

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
            self._revise(key, step)
        elif paused is not None:
            told = replace(deployment, status=paused)
            self.api.update_status(told, self.then(self.status_written, key))
        elif (revision := rollback_asked(deployment)) is not None and not deployment.spec.paused:
            self._roll_back(key, step, revision)
        else:
            resized = rolling.is_resized(deployment, list(mine.values()))
            step.rolls = not (deployment.spec.paused or resized)
            self._revise(key, step)

    def _adopt(self, deployment: Deployment, orphan: ReplicaSet) -> None:
        taken, answer = adoption(deployment, self.traits.release), self.then(self.adopted, key_of(deployment))
        self.api.merge("replicasets", orphan.metadata, taken, answer)

    def _sets_of(self, deployment: Deployment) -> list[ReplicaSet]:
        """Its own, and those of nobody that it selects, which are adopted; one that it no longer selects is
        released and goes on by itself (pkg/controller/controller_ref_manager.go)."""
        uid = deployment.metadata.uid
        owned = [
            found
            for found in self.replica_sets.list()
            if (owner := controller_of(found)) is not None and owner.uid == uid
        ]
        mine = [found for found in owned if selects(deployment.spec.selector, found.metadata.labels)]
        if not deployment.metadata.deletion_timestamp:
            orphans = [found for found in self.replica_sets.list() if controller_of(found) is None]
            for found in orphans:
                if _wants(deployment, found) and not found.metadata.deletion_timestamp:
                    self._adopt(deployment, found)
                    mine.append(found)
        for found in owned:
            if found not in mine and not deployment.metadata.deletion_timestamp:
                answer = self.then(self.let_go, key_of(deployment))
                self.api.merge("replicasets", found.metadata, parting(deployment), answer)
        return mine

    # --- the new ReplicaSet -----------------------------------------------------------------------

    def _revise(self, key: str, step: Step) -> None:
        """The ReplicaSet of the present template, if it is there, carries the newest revision, also of a
        Deployment that is paused or going (getAllReplicaSetsAndSyncRevision)."""
        deployment, new = step.deployment, step.new_set()
        if new is None:
            self._go_on(key, step)
            return
        revised = sets.revised(new, deployment, step.revision(), self.traits)
        if revised != new:
            self.api.update(revised, self.then(self.set_written, key))
            return
        annotations = {**deployment.metadata.annotations, sets.REVISION: str(sets.revision_of(new))}
        status = found_set(deployment, new, self.now)
        if annotations != deployment.metadata.annotations or status is not deployment.status:
            metadata = replace(deployment.metadata, annotations=annotations)
            annotated = replace(deployment, metadata=metadata, status=status)
            self.api.update_status(annotated, self.then(self.revision_written, key))
        else:
            self._go_on(key, step)

    def _go_on(self, key: str, step: Step) -> None:
        """Revisions are as they should be: so may be sizes."""
        deployment = step.deployment
        if deployment.metadata.deletion_timestamp:
            self.write_status(key)
        elif not step.rolls:
            step.scaling = rolling.resize(deployment, step.new_set(), step.old_sets())
            if deployment.spec.paused and rollback_asked(deployment) is None:
                step.doomed = self._surplus(step)
            self.scale(key)
        elif deployment.spec.strategy.type == "Recreate":
            self._recreate(key, step)
        else:
            self._roll(key, step)

    def _create_set(self, key: str, step: Step) -> None:
        deployment = step.deployment
        made = sets.made_for(deployment, step.revision(), self.traits)
        count = rolling.room_for(deployment, 0, list(step.sets.values()))
        made = sets.sized(made, deployment, count)
        verdict = rules.NEW_SET.holds(set=made.metadata.name, count=count)
        self.decide("create-replica-set", f"deployments/{key}", verdict)
        self.api.create(made, self.then(self.set_created, key, made.metadata.name))

    def _name_is_taken(self, key: str, deployment: Deployment, name: str, why: str) -> None:
        """By its own that was not seen yet: it is tried again. By another one: the next name is made with one
        more collision counted, once the Deployment is seen with it (sync.go getNewReplicaSet)."""
        found: ReplicaSet | None = self.replica_sets.get(deployment.metadata.namespace, name)
        owner = controller_of(found) if found is not None else None
        own = owner is not None and owner.uid == deployment.metadata.uid
        if found is None or (own and sets.new_set(deployment, [found]) is not None):
            self.finish(key, why)
            return
        counted = replace(deployment.status, collision_count=(deployment.status.collision_count or 0) + 1)
        self.api.update_status(replace(deployment, status=counted), self.then(self.collision_counted, key))

    def collision_counted(self, reply: Reply, key: str) -> None:
        """The change comes back on the watch."""
        self.finish(key, "" if reply.ok else reply.message)

    def set_created(self, reply: Reply, key: str, name: str) -> None:
        """The new ReplicaSet is there, or is not."""
        step = self.state.steps[key]
        if not reply.ok:
            if reply.reason == "AlreadyExists":
                self._name_is_taken(key, step.deployment, name, reply.message)
            else:
                self._set_refused(key, step.deployment, name, reply)
            return
        new: ReplicaSet = reply.body
        step.sets[new.metadata.name], step.new = new, new.metadata.name
        if new.spec.replicas:
            self.tell_scaled(step, new.metadata.name, 0, new.spec.replicas)
        deployment = step.deployment
        annotations = {**deployment.metadata.annotations, sets.REVISION: str(sets.revision_of(new))}
        written = replace(
            deployment,
            metadata=replace(deployment.metadata, annotations=annotations),
            status=created_set(deployment, new, self.now),
        )
        self.api.update_status(written, self.then(self.new_set_known, key))

    def _set_refused(self, key: str, deployment: Deployment, name: str, reply: Reply) -> None:
        """No ReplicaSet, and so no rollout: the Deployment says why, in its status and in an Event; today not
        where its whole namespace goes (sync.go getNewReplicaSet)."""
        if is_forgiven(self, reply):
            self.finish(key)
            return
        told = f'Failed to create new replica set "{name}": {reply.message}'
        self.tell(deployment, "Warning", NOT_CREATED, told)
        status = refused_set(deployment, told, self.now)
        if status is None:
            self.finish(key, reply.message)
        else:
            answer = self.then(self.refusal_told, key, reply.message)
            self.api.update_status(replace(deployment, status=status), answer)

    def refusal_told(self, _reply: Reply, key: str, error: str) -> None:
        """Whether that could be written is the least of its worries."""
        self.finish(key, error)

    def new_set_known(self, reply: Reply, key: str) -> None:
        """The Deployment carries the revision of its new ReplicaSet; its status follows."""
        if not reply.ok:
            self.finish(key, reply.message)
            return
        step = self.state.steps[key]
        step.written(reply.body)
        if step.deployment.spec.strategy.type == "Recreate":
            self.scale(key)
        else:
            self.write_status(key)

    def set_written(self, reply: Reply, key: str) -> None:
        """The new ReplicaSet carries its revision."""
        if not reply.ok:
            self.finish(key, reply.message)
            return
        step = self.state.steps[key]
        step.sets[step.new] = reply.body
        self._go_on(key, step)

    def revision_written(self, reply: Reply, key: str) -> None:
        """The Deployment carries its revision."""
        if not reply.ok:
            self.finish(key, reply.message)
            return
        step = self.state.steps[key]
        step.written(reply.body)
        self._go_on(key, step)

    # --- one step ---------------------------------------------------------------------------------

    def _roll(self, key: str, step: Step) -> None:
        deployment, new, old = step.deployment, step.new_set(), step.old_sets()
        if new is None:
            self._create_set(key, step)
            return
        if deployment.spec.strategy.type == "Recreate":
            step.scaling = rolling.start_new(deployment, new)
        else:
            step.scaling = rolling.grow_new(deployment, new, [*old, new])
            if not step.scaling:
                step.scaling = rolling.shrink_old(deployment, new, old)
        if not step.scaling and is_complete(deployment, deployment.status):
            step.doomed = self._surplus(step)
        self.scale(key)

    def _recreate(self, key: str, step: Step) -> None:
        """Old pods go, all of them, before anything new comes."""
        old = step.old_sets()
        step.scaling = rolling.stop_old(old)
        pods = [pod for found in old for pod in self.shared.owned_by(found.metadata.uid)]
        if not self.traits.ended_pods_count_as_old:
            pods = [pod for pod in pods if not is_terminated(pod)]
        left = max(len(pods), sum(found.status.replicas for found in old))
        if step.scaling:
            self.scale(key)
        elif left:
            self.decide("wait-for-old-pods", f"deployments/{key}", rules.OLD_PODS.holds(count=left))
            self.write_status(key)
        else:
            self._roll(key, step)

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

    # --- back to an earlier revision --------------------------------------------------------------

    def _roll_back(self, key: str, step: Step, revision: int) -> None:
        deployment = step.deployment
        rollback = rollback_of(deployment, step.sets.values(), step.new, revision)
        if rollback.verdict is not None:
            self.decide("roll-back", f"deployments/{key}", rollback.verdict)
        self.tell(deployment, rollback.kind, rollback.reason, rollback.message)
        self.api.update(rollback.deployment, self.then(self.rolled_back, key))

    def rolled_back(self, reply: Reply, key: str) -> None:
        """The Deployment has its old template; that change brings the next step."""
        self.finish(key, "" if reply.ok else reply.message)


def _wants(deployment: Deployment, found: ReplicaSet) -> bool:
    """Whether it selects a ReplicaSet of its namespace."""
    return deployment.metadata.namespace == found.metadata.namespace and selects(
        deployment.spec.selector, found.metadata.labels
    )
