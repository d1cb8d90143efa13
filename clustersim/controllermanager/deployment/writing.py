"""What a step of a rollout has decided is written, one object after another.

```
  sizes of ReplicaSets --> ReplicaSets that are too old go --> status
```
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/deployment/{sync,deployment_controller}.go.
"""

from typing import Final

import msgspec

from clustersim.api.apps import Deployment, DeploymentStatus, ReplicaSet
from clustersim.api.meta import replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.deployment import rules, sets
from clustersim.controllermanager.deployment.rolling import Scaling
from clustersim.controllermanager.deployment.status import plain_status, progress_due, rollout_status
from clustersim.controllermanager.part import Controller
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

    def written(self, stored: Deployment) -> None:
        """The Deployment was written amid the step, which goes on with the version that it has: what
        it writes next is refused as out of date, and the step begins anew (sync.go getNewReplicaSet, whose
        caller never gets what UpdateStatus answers)."""
        version = self.deployment.metadata.resource_version
        metadata = replace(stored.metadata, resource_version=version)
        self.deployment = replace(stored, metadata=metadata)

    def new_set(self) -> ReplicaSet | None:
        """The ReplicaSet with the present template."""
        return self.sets.get(self.new)

    def old_sets(self) -> list[ReplicaSet]:
        """All others, the oldest first."""
        return sets.by_age(found for name, found in self.sets.items() if name != self.new)

    def revision(self) -> int:
        """That of a new ReplicaSet."""
        return max((sets.revision_of(found) for found in self.old_sets()), default=0) + 1


class DeploymentState(State):
    """The synchronisations under way by key."""

    steps: dict[str, Step] = msgspec.field(default_factory=dict)


class StepWriting(Controller):
    """Writes what a step has decided."""

    queue: WorkQueue

    @property
    def state(self) -> DeploymentState:
        """Its memory."""
        return self.memory(DeploymentState)

    def scale(self, key: str) -> None:
        """Write the next change of size; then delete what is too old; then the status."""
        step = self.state.steps[key]
        if step.scaling:
            change = step.scaling[0]
            found = step.sets[change.name]
            sized = sets.sized(found, step.deployment, change.replicas)
            if sized == found:
                step.scaling.pop(0)
                self.scale(key)
                return
            if found.spec.replicas != change.replicas:
                self.decide("scale-replica-set", f"replicasets/{key_of(found)}", change.verdict)
            self.api.update(sized, self.then(self.scaled, key))
        elif step.doomed:
            name = step.doomed[0]
            namespace = step.deployment.metadata.namespace
            limit = step.deployment.spec.revision_history_limit or 0
            verdict = rules.HISTORY.holds(set=name, count=limit)
            self.decide("delete-replica-set", f"replicasets/{namespace}/{name}", verdict)
            self.api.delete("replicasets", namespace, name, self.then(self.cleaned, key))
        else:
            self.write_status(key)

    def scaled(self, reply: Reply, key: str) -> None:
        """A ReplicaSet has its new size, or somebody was faster."""
        if not reply.ok:
            self.finish(key, reply.message)
            return
        step = self.state.steps[key]
        change = step.scaling.pop(0)
        if (before := step.sets[change.name].spec.replicas) != change.replicas:
            self.tell_scaled(step, change.name, before, change.replicas)
        step.sets[change.name] = reply.body
        self.scale(key)

    def tell_scaled(self, step: Step, name: str, before: int, after: int) -> None:
        """An Event about the size of a ReplicaSet."""
        word = "up" if after > before else "down"
        sizes = f"from {before} to {after}" if self.traits.tell_both_sizes else f"to {after}"
        text = f"Scaled {word} replica set {name} {sizes}"
        self.tell(step.deployment, "Normal", "ScalingReplicaSet", text)

    def cleaned(self, reply: Reply, key: str) -> None:
        """An old ReplicaSet is gone."""
        if not reply.ok and reply.status != 404:
            self.finish(key, reply.message)
            return
        step = self.state.steps[key]
        step.sets.pop(step.doomed.pop(0))
        self.scale(key)

    def write_status(self, key: str) -> None:
        """What the Deployment says of its ReplicaSets, unless it says so already: with that the step ends."""
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
            self.finish(key)
            return
        self.api.update_status(replace(deployment, status=status), self.then(self.status_written, key))

    def status_written(self, reply: Reply, key: str) -> None:
        """The status is written."""
        if reply.ok:
            due = progress_due(reply.body)
            if due is not None:
                self.post(max(0, due - self.now) + SECOND, self.look_again, key)
        self.finish(key, "" if reply.ok else reply.message)

    def finish(self, key: str, error: str = "") -> None:
        """The step is over, or tried again."""
        del self.state.steps[key]
        if error:
            self.log(self._failed(key, error), SOURCE)
            self.queue.retry(key, limit=MAX_RETRIES)
        else:
            self.queue.done(key)

    def _failed(self, key: str, error: str) -> str:
        """What is logged of a step that is tried again, at the verbosity of 2."""
        if self.traits.release in ("v1.7", "v1.8"):
            return f"Error syncing deployment {key}: {error}"
        return (
            f'"Error syncing deployment" deployment="{key}" err="{error.replace(chr(34), chr(92) + chr(34))}"'
        )

    def look_again(self, key: str) -> None:
        """The rollout may count as stuck by now."""
        self.queue.add(key)
