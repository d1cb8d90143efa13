"""The DaemonSet controller: one pod on every node that may have one.

v1.7 and v1.8 bind these pods themselves and ask neither whether the node is ready nor whether it is cordoned;
since then the scheduler does it, by an affinity for the node's name. A pod that is being deleted still has
its node's place: the next one comes when its object is gone.
Source: v1.7.5 pkg/controller/daemon/daemoncontroller.go, v1.8.0 and v1.36 daemon_controller.go; update.go.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Final

import msgspec

from clustersim.api.apps import DaemonSet, DaemonSetStatus
from clustersim.api.core_v1 import Node, Pod, Toleration
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.daemonset import rules
from clustersim.controllermanager.daemonset.nodes import Place, target_node
from clustersim.controllermanager.daemonset.update import (
    GENERATION_LABEL,
    Look,
    Work,
    generation_of,
    is_rolling,
)
from clustersim.controllermanager.history import (
    REVISION_LABEL,
    RevisedOwner,
    Revisions,
    hash_of,
    kept_revisions,
)
from clustersim.controllermanager.podcontrol import is_forgiven, tell_created, tell_deleted
from clustersim.controllermanager.podowner import OwnerState
from clustersim.controllermanager.pods import is_available, is_ready
from clustersim.controllermanager.slowstart import SlowStart
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

WORKERS: Final = 2
BURST: Final = 250
"""Pods that one synchronisation creates or deletes at most."""


class DaemonSync(State):
    """A synchronisation under way.

    nodes: those that still get a pod after this batch; doomed: pods that are deleted when all are created,
    and why; failed: failed pods were met (then it is repeated later). left, batch, pending, error, decision:
    slowstart.py.
    """

    owner: DaemonSet
    revisions: Revisions
    nodes: list[str] = msgspec.field(default_factory=list)
    doomed: list[tuple[Pod, Verdict]] = msgspec.field(default_factory=list)
    batch: int = 1
    pending: int = 0
    error: str = ""
    failed: bool = False
    decision: int = 0

    @property
    def left(self) -> int:
        """How many pods that makes."""
        return len(self.nodes)

    @property
    def hashed(self) -> str:
        """The hash of the present template."""
        return hash_of(self.revisions.update)


class DaemonState(OwnerState):
    """The synchronisations under way by key."""

    syncs: dict[str, DaemonSync] = msgspec.field(default_factory=dict)


class DaemonSetsController(SlowStart, RevisedOwner):
    """Keeps the pods of every DaemonSet on their nodes; releases are subclasses.

    tolerations: what every pod of a DaemonSet tolerates, besides what its template does.
    counts_while_leaving: the status of a set that is being deleted is kept, too. counts_after_errors: it is
    written also where something could not be created or deleted, or pods had failed.
    """

    kind, resource = "DaemonSet", "daemonsets"
    waits_for: ClassVar[tuple[str, ...]] = ("pods", "nodes", "daemonsets", "controllerrevisions")
    title: ClassVar[str] = "daemon sets"
    source: ClassVar[str]
    tolerations: ClassVar[tuple[Toleration, ...]]
    counts_while_leaving: ClassVar[bool] = False
    counts_after_errors: ClassVar[bool] = True

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "daemonset-controller", self.source, WORKERS)
        self.nodes = self.shared.get("nodes", self.node_changed, renewals=False)
        self.pods = self.shared.get("pods")

    @property
    def state(self) -> DaemonState:
        """Its memory."""
        return self.memory(DaemonState)

    @property
    def late_look(self) -> Micros:
        return SECOND

    # --- what releases do each in their own way -----------------------------------------------------

    @abstractmethod
    def pod_for(self, owner: DaemonSet, node: str, hashed: str) -> Pod:
        """The pod for that node."""

    @abstractmethod
    def place(self, owner: DaemonSet, pod: Pod, node: Node) -> Place:
        """What a node is to the set whose pod this would be."""

    @abstractmethod
    def concerns(self, owner: DaemonSet, old: Node | None, new: Node) -> bool:
        """The change of a node may matter to that set."""

    @abstractmethod
    def on_one_node(self, key: str, job: DaemonSync, look: Look, node: str) -> Work:
        """What is to be done about a node that keeps its pods."""

    @abstractmethod
    def rolled(self, look: Look) -> Work:
        """What a rolling update does now."""

    @abstractmethod
    def room_for(self, owner: DaemonSet, nodes: list[str]) -> list[str]:
        """Those of the nodes that have room for the pod beside all others, where this is asked here."""

    def counts(self, pod: Pod) -> bool:
        """A pod takes its node's place."""
        return True

    def order(self, pod: Pod) -> tuple[bool, str, str]:
        """What the pods of a node are sorted by, the one that stays first."""
        return False, *age(pod)

    @abstractmethod
    def first_batch(self, count: int) -> int:
        """How many of so many pods are created first."""

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A node came, or what matters of it changed; a heartbeat does not."""
        if new is None:
            return
        for owner in self.objects.list():
            if self.concerns(owner, old, new):
                self.queue.add(key_of(owner))

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Bring one DaemonSet's pods to the nodes."""
        owner: DaemonSet | None = self.object_of(key)
        if owner is None:
            self.log(f"daemon set has been deleted {key}", self.source_file)
            self.state.expectations.forget(key)
            self.queue.done(key)
        elif owner.metadata.deletion_timestamp and not self.counts_while_leaving:
            self.queue.done(key)
        else:
            self.ensure_revision(key, owner)

    def revision_metadata(self, owner: DaemonSet, data: dict[str, Any], collisions: int | None) -> ObjectMeta:
        template, hashed = owner.spec.template, self.traits.template_hash
        label = {REVISION_LABEL: hashed.in_label(template, collisions)}
        return ObjectMeta(
            name=f"{owner.metadata.name}-{hashed.in_name(template, collisions)}",
            labels={**template.metadata.labels, **label},
            annotations=owner.metadata.annotations,
        )

    def without_revision(self, key: str, error: str) -> None:
        self.log(f"{key} failed with : {error}", self.source_file, "E")
        self.queue.retry(key)

    def with_revisions(self, key: str, owner: DaemonSet, revisions: Revisions) -> None:
        job = self.state.syncs[key] = DaemonSync(owner, revisions)
        counts = self.state.expectations.satisfied(key, self.now, self.flags.expectations_timeout)
        if counts and not owner.metadata.deletion_timestamp:
            self._manage(key, job)
        if not job.pending:
            self._write_status(key)

    def _manage(self, key: str, job: DaemonSync) -> None:
        look = self._look(job)
        work = self._wanted_on_nodes(key, job, look)
        if not work and is_rolling(job.owner):
            work = self.rolled(look)
        create, delete = work.create[:BURST], work.delete[:BURST]
        if not create and not delete:
            return
        doomed = [key_of(pod) for pod, _verdict in delete]
        self.state.expectations.expect(key, len(create), doomed, self.now)
        for _node, verdict in create:
            job.decision = self.decide("create-pod", f"{self.resource}/{key}", verdict)
        job.nodes = [node for node, _verdict in create]
        job.doomed = list(delete)
        job.batch = self.first_batch(len(create))
        if create:
            self.create_batch(key, job)
        else:
            self._delete_doomed(key, job)

    def _wanted_on_nodes(self, key: str, job: DaemonSync, look: Look) -> Work:
        without = [node for node in look.wanted if not look.on_node.get(node)]
        create = [(node, rules.DAEMON_MISSING.holds(node=node)) for node in self.room_for(job.owner, without)]
        doomed: list[tuple[Pod, Verdict]] = []
        for node, here in look.on_node.items():
            place = look.places.get(node)
            if place is not None and place.keeps:
                work = self.on_one_node(key, job, look, node)
                create += work.create
                doomed += work.delete
            elif place is not None or node not in look.places:
                doomed += [
                    (pod, rules.DAEMON_UNWANTED.holds(node=node))
                    for pod in here
                    if not pod.metadata.deletion_timestamp and (place is not None or not pod.spec.node_name)
                ]
        return Work(tuple(create), tuple(doomed))

    def next_pods(self, job: DaemonSync, count: int) -> Sequence[Pod]:
        now, job.nodes = job.nodes[:count], job.nodes[count:]
        return [self.pod_for(job.owner, node, job.hashed) for node in now]

    def created(self, reply: Reply, key: str) -> None:
        """A pod was created, or was not: then the rest is left for later."""
        job = self.state.syncs[key]
        tell_created(self, job.owner, reply)
        if not reply.ok and not is_forgiven(self, reply):
            job.error = reply.message
            self.state.expectations.creation_observed(key)
        job.pending -= 1
        if job.pending or self.goes_on(key, job):
            return
        self._delete_doomed(key, job)
        if not job.pending:
            self._write_status(key)

    def _delete_doomed(self, key: str, job: DaemonSync) -> None:
        doomed, job.doomed = job.doomed, []
        for pod, verdict in doomed:
            self._delete(key, job, pod, verdict)

    def _delete(self, key: str, job: DaemonSync, pod: Pod, verdict: Verdict) -> None:
        self.decide("delete-pod", f"{self.resource}/{key}", verdict)
        job.pending += 1
        metadata = pod.metadata
        answer = self.then(self.deleted, key, metadata.name)
        self.api.delete("pods", metadata.namespace, metadata.name, answer)

    def deleted(self, reply: Reply, key: str, pod: str) -> None:
        """A pod is being deleted, or is not."""
        job = self.state.syncs[key]
        tell_deleted(self, job.owner, pod, reply)
        if not reply.ok:
            self.state.expectations.deletion_observed(key, f"{job.owner.metadata.namespace}/{pod}")
            if reply.status != 404 or not self.traits.forgives_pods_that_are_gone:
                job.error = reply.message
        job.pending -= 1
        if not job.pending:
            self._write_status(key)

    # --- nodes and pods ---------------------------------------------------------------------------

    def _look(self, job: DaemonSync) -> Look:
        owner = job.owner
        asked = self.pod_for(owner, "", job.hashed)
        nodes: list[Node] = sorted(self.nodes.list(), key=lambda node: node.metadata.name)
        places = {node.metadata.name: self.place(owner, asked, node) for node in nodes}
        on_node: dict[str, list[Pod]] = {}
        for pod in self.claim(owner):
            if self.counts(pod):
                on_node.setdefault(target_node(pod), []).append(pod)
        return Look(owner, places, on_node, job.hashed, self.now)

    def labels_for(self, owner: DaemonSet, hashed: str) -> dict[str, str]:
        """Labels by which a pod says of which template it is."""
        generation = generation_of(owner)
        labels = {REVISION_LABEL: hashed}
        return {GENERATION_LABEL: generation, **labels} if generation else labels

    # --- status -----------------------------------------------------------------------------------

    def _write_status(self, key: str) -> None:
        job = self.state.syncs[key]
        if (job.error or job.failed) and not self.counts_after_errors:
            self._finish(key)
            return
        look = self._look(job)
        status = replace(self._status(job, look), collision_count=job.revisions.collisions)
        living = {pod.metadata.labels.get(REVISION_LABEL) for pods in look.on_node.values() for pod in pods}
        current = job.revisions.update.metadata.uid
        old = [found for found in job.revisions.known if found.metadata.uid != current]
        surplus = max(0, len(old) - kept_revisions(job.owner))
        self.discard([found for found in old if hash_of(found) not in living][:surplus])
        wait = job.owner.spec.min_ready_seconds
        if wait and status.number_ready != status.number_available:
            self.queue.add_after(key, (wait + 1) * SECOND)
        if status == job.owner.status:
            self._finish(key)
        else:
            written = replace(job.owner, status=status)
            self.api.update_status(written, self.then(self.status_written, key))

    def _status(self, job: DaemonSync, look: Look) -> DaemonSetStatus:
        owner = job.owner
        oldest = [min(look.on_node[node], key=self.order) for node in look.wanted if look.on_node.get(node)]
        ready = [pod for pod in oldest if is_ready(pod)]
        available = sum(is_available(pod, owner.spec.min_ready_seconds, self.now) for pod in ready)
        unwanted = [node for node, place in look.places.items() if not place.wanted]
        return DaemonSetStatus(
            desired_number_scheduled=len(look.wanted),
            current_number_scheduled=len(oldest),
            number_misscheduled=sum(node in look.on_node for node in unwanted),
            number_ready=len(ready),
            observed_generation=owner.metadata.generation,
            updated_number_scheduled=sum(look.is_new(pod) for pod in oldest),
            number_available=available,
            number_unavailable=len(look.wanted) - available,
        )

    def status_written(self, reply: Reply, key: str) -> None:
        """The status was written, or somebody was faster."""
        if not reply.ok:
            self.state.syncs[key].error = reply.message
        self._finish(key)

    def _finish(self, key: str) -> None:
        job = self.state.syncs.pop(key)
        if job.error:
            self.log(f"{key} failed with : {job.error}", self.source_file, "E")
        if job.error or job.failed:
            self.queue.retry(key)
        else:
            self.queue.done(key)


def age(pod: Pod) -> tuple[str, str]:
    """What pods are sorted by, the oldest first."""
    return pod.metadata.creation_timestamp, pod.metadata.name
