"""The DaemonSet controller: one pod on every node that may have one.

It binds its pods itself and asks neither whether the node is ready nor whether it is cordoned. A pod that is
being deleted still has its node's place: the next one comes when its object is gone.
Source: v1.7.5 pkg/controller/daemon/daemoncontroller.go, v1.8.0 daemon_controller.go; update.go of both.
"""

from typing import ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Node, Pod, PodSpec, Toleration
from clustersim.api.extensions_v1beta1 import DaemonSet, DaemonSetStatus
from clustersim.api.meta import replace
from clustersim.api.registry import key_of
from clustersim.api.selectors import matches_labels
from clustersim.api.status import Reply
from clustersim.api.tolerations import NOT_READY_TAINT, UNREACHABLE_TAINT, tolerates
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.deployment.sets import amount
from clustersim.controllermanager.podcontrol import reference_to, tell_created, tell_deleted
from clustersim.controllermanager.podowner import OwnerState, PodOwner
from clustersim.controllermanager.pods import is_available, is_ready, is_terminated
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.predicates import Candidate, candidate, condition, fits_resources
from clustersim.scheduler.resources import allocatable, requests

WORKERS: Final = 2
BURST: Final = 250
"""Pods that one synchronisation creates or deletes at most."""

GENERATION_LABEL: Final = "pod-template-generation"


class Place(msgspec.Struct, frozen=True):
    """What a node is to a DaemonSet. wanted: it should have a pod; keeps: a pod that is there may stay."""

    wanted: bool
    keeps: bool


class DaemonSync(State):
    """A synchronisation under way: calls without an answer, the last error, and whether failed pods were
    met (then it is repeated later)."""

    owner: DaemonSet
    pending: int = 0
    error: str = ""
    failed: bool = False


class DaemonState(OwnerState):
    """The synchronisations under way by key."""

    syncs: dict[str, DaemonSync] = msgspec.field(default_factory=dict)


class DaemonSetsController(PodOwner):
    """Keeps the pods of every DaemonSet on their nodes."""

    kind, resource = "DaemonSet", "daemonsets"
    waits_for: ClassVar[tuple[str, ...]] = ("pods", "nodes", "daemonsets")
    title: ClassVar[str] = "daemon sets"
    source_file = "daemoncontroller.go"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "daemonset-controller", "daemon-set", WORKERS)
        self.nodes = self.shared.get("nodes", self.node_changed)
        self.pods = self.shared.get("pods")

    @property
    def state(self) -> DaemonState:
        """Its memory."""
        return self.memory(DaemonState)

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A node came, or what matters of it changed; a heartbeat does not."""
        owners = self.objects.list()
        if owners and new is not None and (old is None or _matters(old) != _matters(new)):
            for owner in owners:
                self.queue.add(key_of(owner))

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Bring one DaemonSet's pods to the nodes."""
        owner: DaemonSet | None = self.object_of(key)
        if owner is None:
            self.log(f"daemon set has been deleted {key}", self.source_file)
            self.state.expectations.forget(key)
            self.queue.done(key)
            return
        job = self.state.syncs[key] = DaemonSync(owner)
        counts = self.state.expectations.satisfied(key, self.now, self.flags.expectations_timeout)
        if counts and not owner.metadata.deletion_timestamp:
            self._manage(key, job)
        if not job.pending:
            self._write_status(key)

    def _manage(self, key: str, job: DaemonSync) -> None:
        places, on_node = self._places(job.owner), self._on_nodes(job.owner)
        without = [node for node, place in places.items() if place.wanted and not on_node.get(node)]
        create = self._with_room(job.owner, without) if without else []
        doomed: list[tuple[Pod, Verdict]] = []
        for node, place in places.items():
            here = on_node.get(node, [])
            if here and not place.keeps:
                doomed += [(pod, rules.DAEMON_UNWANTED.holds(node=node)) for pod in here]
            elif here:
                doomed += self._too_many(job, node, here)
        if not create and not doomed:
            doomed = self._outdated(job.owner, places, on_node)
        self._delete(key, job, doomed[:BURST])
        self._create(key, job, create[:BURST])

    def _too_many(self, job: DaemonSync, node: str, here: list[Pod]) -> list[tuple[Pod, Verdict]]:
        living = [pod for pod in here if not pod.metadata.deletion_timestamp]
        failed = [pod for pod in living if pod.status.phase == "Failed"]
        job.failed = job.failed or bool(failed)
        for pod in failed:
            what = f"{pod.metadata.namespace}/{pod.metadata.name} on node {node}"
            text = f"Found failed daemon pod {what}, will try to kill it"
            self.recorder.event(reference_to(job.owner), "Warning", "FailedDaemonPod", text)
        running = sorted((pod for pod in here if pod.status.phase != "Failed"), key=_age)
        doomed = [(pod, rules.DAEMON_FAILED.holds(pod=pod.metadata.name, node=node)) for pod in failed]
        return doomed + [
            (pod, rules.DAEMON_TOO_MANY.holds(node=node, pod=pod.metadata.name))
            for pod in running[1:]
            if not pod.metadata.deletion_timestamp
        ]

    def _outdated(
        self, owner: DaemonSet, places: dict[str, Place], on_node: dict[str, list[Pod]]
    ) -> list[tuple[Pod, Verdict]]:
        """Old pods that a rolling update may take now: those not available at once, others as far as
        maxUnavailable allows."""
        rolling = owner.spec.update_strategy.rolling_update
        if owner.spec.update_strategy.type != "RollingUpdate" or rolling is None:
            return []
        wanted = [node for node, place in places.items() if place.wanted]
        most = amount(rolling.max_unavailable or 0, len(wanted), up=True)
        missing = sum(not any(self._serves(owner, p) for p in on_node.get(n, ())) for n in wanted)
        doomed: list[tuple[Pod, Verdict]] = []
        for pod in (pod for node in wanted for pod in on_node.get(node, ())):
            if _is_new(owner, pod) or pod.metadata.deletion_timestamp:
                continue
            if self._serves(owner, pod):
                if missing >= most:
                    continue
                missing += 1
            doomed.append((pod, rules.DAEMON_OUTDATED.holds(pod=pod.metadata.name, most=most)))
        return doomed

    def _create(self, key: str, job: DaemonSync, nodes: list[str]) -> None:
        if not nodes:
            return
        self.state.expectations.expect_creations(key, len(nodes), self.now)
        for node in nodes:
            self.decide("create-pod", f"{self.resource}/{key}", rules.DAEMON_MISSING.holds(node=node))
            job.pending += 1
            self.api.create(self.pod_for(job.owner, node), self.then(self.created, key))

    def created(self, reply: Reply, key: str) -> None:
        """A pod was created, or was not."""
        job = self.state.syncs[key]
        tell_created(self, job.owner, reply)
        if not reply.ok:
            job.error = reply.message
            self.state.expectations.creation_observed(key)
        self._answered(key, job)

    def _delete(self, key: str, job: DaemonSync, doomed: list[tuple[Pod, Verdict]]) -> None:
        for pod, verdict in doomed:
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
            job.error = reply.message
        self._answered(key, job)

    def _answered(self, key: str, job: DaemonSync) -> None:
        job.pending -= 1
        if not job.pending:
            self._write_status(key)

    # --- nodes and pods ---------------------------------------------------------------------------

    def _places(self, owner: DaemonSet) -> dict[str, Place]:
        asked = self.pod_for(owner, "")
        nodes: list[Node] = sorted(self.nodes.list(), key=lambda node: node.metadata.name)
        return {node.metadata.name: self._place(owner, asked, node) for node in nodes}

    def _place(self, owner: DaemonSet, pod: Pod, node: Node) -> Place:
        spec, name = pod.spec, node.metadata.name
        if owner.spec.template.spec.node_name not in ("", name):
            return Place(False, False)
        if not matches_labels(spec.node_selector, node.metadata.labels):
            return Place(False, False)
        if self.traits.daemons_avoid_full_disks and condition(node, "OutOfDisk") == "True":
            return Place(False, False)
        bad = [
            taint.effect
            for taint in node.spec.taints
            if taint.effect != "PreferNoSchedule" and not any(tolerates(t, taint) for t in spec.tolerations)
        ]
        return Place(not bad, "NoExecute" not in bad)

    def pod_for(self, owner: DaemonSet, node: str) -> Pod:
        """The pod for that node, bound from the start; it tolerates that its node is lost."""
        pod = self.pod_of_template(owner)
        labels = {**pod.metadata.labels, GENERATION_LABEL: str(owner.spec.template_generation)}
        lost = tuple(
            Toleration(key=key, operator="Exists", effect="NoExecute")
            for key in (NOT_READY_TAINT, UNREACHABLE_TAINT)
        )
        spec: PodSpec = replace(pod.spec, node_name=node, tolerations=(*pod.spec.tolerations, *lost))
        return replace(pod, metadata=replace(pod.metadata, labels=labels), spec=spec)

    def _with_room(self, owner: DaemonSet, names: list[str]) -> list[str]:
        """Those of the nodes that have room for the pod beside all others."""
        asked = candidate(self.pod_for(owner, ""))
        infos = {name: NodeInfo(name) for name in names}
        for pod in self.pods.list():
            if (info := infos.get(pod.spec.node_name)) is not None and not is_terminated(pod):
                info.add(pod, requests(pod))
        return [name for name, info in infos.items() if self._fits(owner, asked, name, info)]

    def _fits(self, owner: DaemonSet, asked: Candidate, name: str, info: NodeInfo) -> bool:
        node: Node = self.nodes.get("", name)
        if not node.status.allocatable:
            return True
        info.offered, info.offered_pods = allocatable(node)
        reasons = fits_resources(asked, node, info)
        for reason in reasons:
            text = f'failed to place pod on "{name}": Node didn\'t have enough resource: '
            what = reason.removeprefix("Insufficient ")
            self.recorder.event(reference_to(owner), "Warning", "FailedPlacement", text + what)
        return not reasons

    def _on_nodes(self, owner: DaemonSet) -> dict[str, list[Pod]]:
        found: dict[str, list[Pod]] = {}
        for pod in self.claim(owner):
            found.setdefault(pod.spec.node_name, []).append(pod)
        return found

    def _available(self, owner: DaemonSet, pod: Pod) -> bool:
        return is_available(pod, owner.spec.min_ready_seconds, self.now)

    def _serves(self, owner: DaemonSet, pod: Pod) -> bool:
        """For an update a pod that is being deleted is not available any more."""
        return self._available(owner, pod) and not pod.metadata.deletion_timestamp

    # --- status -----------------------------------------------------------------------------------

    def _write_status(self, key: str) -> None:
        job = self.state.syncs[key]
        status = self._status(job.owner)
        if status == job.owner.status:
            self._finish(key)
        else:
            written = replace(job.owner, status=status)
            self.api.update_status(written, self.then(self.status_written, key))

    def _status(self, owner: DaemonSet) -> DaemonSetStatus:
        places, on_node = self._places(owner), self._on_nodes(owner)
        wanted = [node for node, place in places.items() if place.wanted]
        oldest = [min(on_node[node], key=_age) for node in wanted if on_node.get(node)]
        ready = [pod for pod in oldest if is_ready(pod)]
        available = sum(self._available(owner, pod) for pod in ready)
        return DaemonSetStatus(
            desired_number_scheduled=len(wanted),
            current_number_scheduled=len(oldest),
            number_misscheduled=sum(node in on_node for node, place in places.items() if not place.wanted),
            number_ready=len(ready),
            observed_generation=owner.metadata.generation,
            updated_number_scheduled=sum(_is_new(owner, pod) for pod in oldest),
            number_available=available,
            number_unavailable=len(wanted) - available,
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


def _is_new(owner: DaemonSet, pod: Pod) -> bool:
    return pod.metadata.labels.get(GENERATION_LABEL) == str(owner.spec.template_generation)


def _age(pod: Pod) -> tuple[str, str]:
    return pod.metadata.creation_timestamp, pod.metadata.name


def _matters(node: Node) -> tuple[object, ...]:
    conditions = tuple((found.type, found.status) for found in node.status.conditions)
    return node.metadata.labels, node.spec.taints, conditions, node.status.allocatable
