"""The DaemonSet controller of v1.7 and v1.8: it looks for room itself, and binds its pods from the start.

A node whose ports somebody else has is none that is wanted; one without room is, and people are told.
Source: v1.7.5 pkg/controller/daemon/daemoncontroller.go, v1.8.0 daemon_controller.go.
"""

from typing import Final

from clustersim.api.apps import DaemonSet
from clustersim.api.core_v1 import Node, Pod, Toleration
from clustersim.api.host_ports import host_ports
from clustersim.api.meta import replace
from clustersim.api.owners import controller_of
from clustersim.api.resources import allocatable, requests_on_node
from clustersim.api.tolerations import NOT_READY_TAINT, UNREACHABLE_TAINT
from clustersim.controllermanager.daemonset import rules, update
from clustersim.controllermanager.daemonset.controller import DaemonSetsController, DaemonSync, age
from clustersim.controllermanager.daemonset.nodes import NOWHERE, Place, place_of, with_tolerations
from clustersim.controllermanager.daemonset.update import Look, Work
from clustersim.controllermanager.nodelifecycle.taint_keys import DISK_PRESSURE, MEMORY_PRESSURE
from clustersim.controllermanager.pods import is_terminated
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.predicates import (
    Candidate,
    candidate,
    condition,
    fits_host_ports,
    fits_known_resources,
    fits_resources,
)

_PRESSURE: Final = tuple(
    Toleration(key=key, operator="Exists", effect="NoSchedule") for key in (DISK_PRESSURE, MEMORY_PRESSURE)
)


class BindingDaemonSetsController(DaemonSetsController):
    """Creates pods that are bound already."""

    source = "daemon-set"
    source_file = "daemoncontroller.go"
    counts_while_leaving = True
    counts_after_errors = False
    tolerations = tuple(
        Toleration(key=key, operator="Exists", effect="NoExecute")
        for key in (NOT_READY_TAINT, UNREACHABLE_TAINT)
    )

    def pod_for(self, owner: DaemonSet, node: str, hashed: str) -> Pod:
        pod = self.pod_of_template(owner)
        labels = {**pod.metadata.labels, **self.labels_for(owner, hashed)}
        added = self.tolerations + (_PRESSURE if self.traits.daemons_bear_pressure else ())
        spec = replace(with_tolerations(pod.spec, added), node_name=node)
        return replace(pod, metadata=replace(pod.metadata, labels=labels), spec=spec)

    def place(self, owner: DaemonSet, pod: Pod, node: Node) -> Place:
        if self.traits.daemons_avoid_full_disks and condition(node, "OutOfDisk") == "True":
            return NOWHERE
        found = place_of(pod, owner.spec.template.spec.node_name, node)
        if found is not NOWHERE and host_ports(pod) and self._ports_taken(owner, pod, node):
            return NOWHERE
        return found

    def _ports_taken(self, owner: DaemonSet, pod: Pod, node: Node) -> bool:
        info = NodeInfo(node.metadata.name)
        for other in self.pods.on_node(node.metadata.name):
            controller = controller_of(other)
            own = controller is not None and controller.uid == owner.metadata.uid
            if not own and not is_terminated(other):
                info.add(other, requests_on_node(other))
        return bool(fits_host_ports(candidate(pod), node, info))

    def concerns(self, owner: DaemonSet, old: Node | None, new: Node) -> bool:
        return old is None or _matters(old) != _matters(new)

    def first_batch(self, count: int) -> int:
        return count

    def rolled(self, look: Look) -> Work:
        return update.outdated(look)

    def on_one_node(self, key: str, job: DaemonSync, look: Look, node: str) -> Work:
        here = look.on_node[node]
        living = [pod for pod in here if not pod.metadata.deletion_timestamp]
        failed = [pod for pod in living if pod.status.phase == "Failed"]
        job.failed = job.failed or bool(failed)
        for pod in failed:
            names = (pod.metadata.name, node) if self.traits.names_failed_pods else (node, pod.metadata.name)
            what = f"{pod.metadata.namespace}/{names[0]} on node {names[1]}"
            text = f"Found failed daemon pod {what}, will try to kill it"
            self.tell(job.owner, "Warning", "FailedDaemonPod", text)
        running = sorted((pod for pod in here if pod.status.phase != "Failed"), key=age)
        doomed = [(pod, rules.DAEMON_FAILED.holds(pod=pod.metadata.name, node=node)) for pod in failed]
        doomed += [
            (pod, rules.DAEMON_TOO_MANY.holds(node=node, pod=pod.metadata.name))
            for pod in running[1:]
            if not pod.metadata.deletion_timestamp
        ]
        return Work(delete=tuple(doomed))

    def room_for(self, owner: DaemonSet, nodes: list[str]) -> list[str]:
        if not nodes:
            return []
        asked = candidate(self.pod_for(owner, "", ""))
        return [name for name in nodes if self._fits(owner, asked, name)]

    def _fits(self, owner: DaemonSet, asked: Candidate, name: str) -> bool:
        node: Node = self.nodes.get("", name)
        if not node.status.allocatable:
            return True
        info = NodeInfo(name)
        for pod in self.pods.on_node(name):
            if not is_terminated(pod):
                info.add(pod, requests_on_node(pod))
        info.offered, info.offered_pods = allocatable(node)
        fits = fits_resources if self.traits.extended_resources else fits_known_resources
        reasons = fits(asked, node, info)
        if reasons:
            lacking = lack_of(reasons[-1].removeprefix("Insufficient "), asked, info)
            text = f'failed to place pod on "{name}": Node didn\'t have enough resource: {lacking}'
            self.tell(owner, "Warning", "FailedPlacement", text)
        return not reasons


def lack_of(what: str, asked: Candidate, info: NodeInfo) -> str:
    """What a node has too little of, in numbers (InsufficientResourceError)."""
    wanted, used, offered = asked.request, info.requested, info.offered
    numbers = {
        "pods": (1, len(info.pods), info.offered_pods),
        "cpu": (wanted.cpu, used.cpu, offered.cpu),
        "memory": (wanted.memory, used.memory, offered.memory),
    }.get(what) or (wanted.amount(what), used.amount(what), offered.amount(what))
    return "{}, requested: {}, used: {}, capacity: {}".format(what, *numbers)


def _matters(node: Node) -> tuple[object, ...]:
    conditions = tuple((found.type, found.status) for found in node.status.conditions)
    return node.metadata.labels, node.spec.taints, conditions, node.status.allocatable
