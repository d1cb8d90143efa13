"""The DaemonSet controller of v1.7 and v1.8: it looks for room itself, and binds its pods from the start.

Source: v1.7.5 pkg/controller/daemon/daemoncontroller.go, v1.8.0 daemon_controller.go.
"""

from clustersim.api.apps import DaemonSet
from clustersim.api.core_v1 import Node, Pod, Toleration
from clustersim.api.meta import replace
from clustersim.api.resources import allocatable, requests_on_node
from clustersim.api.tolerations import NOT_READY_TAINT, UNREACHABLE_TAINT
from clustersim.controllermanager.daemonset import rules, update
from clustersim.controllermanager.daemonset.controller import DaemonSetsController, DaemonSync, age
from clustersim.controllermanager.daemonset.nodes import NOWHERE, Place, place_of, with_tolerations
from clustersim.controllermanager.daemonset.update import Look, Work
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


class BindingDaemonSetsController(DaemonSetsController):
    """Creates pods that are bound already."""

    source = "daemon-set"
    source_file = "daemoncontroller.go"
    tolerations = tuple(
        Toleration(key=key, operator="Exists", effect="NoExecute")
        for key in (NOT_READY_TAINT, UNREACHABLE_TAINT)
    )

    def pod_for(self, owner: DaemonSet, node: str, hashed: str) -> Pod:
        pod = self.pod_of_template(owner)
        labels = {**pod.metadata.labels, **self.labels_for(owner, hashed)}
        spec = replace(with_tolerations(pod.spec, self.tolerations), node_name=node)
        return replace(pod, metadata=replace(pod.metadata, labels=labels), spec=spec)

    def place(self, owner: DaemonSet, pod: Pod, node: Node) -> Place:
        if self.traits.daemons_avoid_full_disks and condition(node, "OutOfDisk") == "True":
            return NOWHERE
        return place_of(pod, owner.spec.template.spec.node_name, node)

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
            what = f"{pod.metadata.namespace}/{pod.metadata.name} on node {node}"
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
        infos = {name: NodeInfo(name) for name in nodes}
        for pod in self.pods.list():
            if (info := infos.get(pod.spec.node_name)) is not None and not is_terminated(pod):
                info.add(pod, requests_on_node(pod))
        return [name for name, info in infos.items() if self._fits(owner, asked, name, info)]

    def _fits(self, owner: DaemonSet, asked: Candidate, name: str, info: NodeInfo) -> bool:
        node: Node = self.nodes.get("", name)
        if not node.status.allocatable:
            return True
        info.offered, info.offered_pods = allocatable(node)
        if fits_host_ports(asked, node, info):
            return False
        fits = fits_resources if self.traits.extended_resources else fits_known_resources
        reasons = fits(asked, node, info)
        for reason in reasons:
            text = f'failed to place pod on "{name}": Node didn\'t have enough resource: '
            what = reason.removeprefix("Insufficient ")
            self.tell(owner, "Warning", "FailedPlacement", text + what)
        return not reasons


def _matters(node: Node) -> tuple[object, ...]:
    conditions = tuple((found.type, found.status) for found in node.status.conditions)
    return node.metadata.labels, node.spec.taints, conditions, node.status.allocatable
