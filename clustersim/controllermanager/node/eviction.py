"""The eviction of lost nodes: the loop over their queues deletes all pods of a node, in one go.

One node: list its pods; then for each: status NodeLost, an Event, DELETE with the pod's own grace period.
Nobody confirms: the objects stay until the kubelet is back.
Source: v1.7.5 pkg/controller/node/nodecontroller.go doEvictionPass, controller_utils.go deletePods; v1.8.0
pkg/controller/node/node_controller.go, util/controller_utils.go.
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.selectors import matches_labels, selector_of
from clustersim.api.status import Reply
from clustersim.controllermanager.node import rules
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.evictor import Queued
from clustersim.controllermanager.node.zoneloop import ZoneLoop

NODE_LOST: Final = "NodeLost"


class Job(msgspec.Struct, frozen=True):
    """The eviction of one node. `pods`: those still to be dealt with. `remaining`: some pod is being deleted.

    conflicts: pods whose status somebody else wrote first; they make the node come round again.
    cause: the decision, which is what every write is caused by.
    """

    zone: str
    node: str
    uid: str
    cause: int
    pods: tuple[Pod, ...] = ()
    remaining: bool = False
    conflicts: int = 0


class Eviction(ZoneLoop):
    """The loop over the queues."""

    rule = rules.LIMITER
    verb = "evict-node"

    def __init__(self, controller: NodeControllerBase) -> None:
        super().__init__(controller, "node-eviction")
        self.daemon_sets = controller.shared.get("daemonsets")

    def deal_with(self, zone: str, head: Queued, cause: int) -> None:
        """List the node's pods."""
        if self.controller.nodes.get("", head.node) is None:
            self.controller.write(f"Node {head.node} no longer present in nodeLister!", "W")
        job = Job(zone, head.node, head.uid, cause)
        selector = {"spec.nodeName": head.node}
        self.controller.api.list("pods", self.then(self.found, job), field_selector=selector)

    def spare_all(self) -> None:
        """The queues are emptied, and who was evicted before may be queued again."""
        for evictor in self.state.evictors.values():
            evictor.queue.clear()
            evictor.seen.clear()

    def found(self, reply: Reply, job: Job) -> None:
        """The node's pods, ordered by namespace and name."""
        if not reply.ok:
            self._fail(job, reply.message)
            return
        self.engine.cause = job.cause
        if reply.body:
            text = f"Deleting all Pods from Node {job.node}."
            self.controller.write(f"Recording {text} event message for node {job.node}")
            message = f"Node {job.node} event: {text}"
            self.controller.node_event(job.node, job.uid, "DeletingAllPods", message)
        self._step(replace(job, pods=reply.body))

    def _step(self, job: Job) -> None:
        if not job.pods:
            self._finish(job)
            return
        self.engine.cause = job.cause
        pod = job.pods[0]
        if pod.status.reason == NODE_LOST:
            self._delete(job)
            return
        message = f"Node {job.node} which was running pod {pod.metadata.name} is unresponsive"
        lost = replace(pod, status=replace(pod.status, reason=NODE_LOST, message=message))
        self.controller.api.update_status(lost, self.then(self.marked, job))

    def marked(self, reply: Reply, job: Job) -> None:
        """The first pod's status was written. Only a conflict leaves the pod for another time."""
        if reply.status == 409:
            self._step(replace(job, pods=job.pods[1:], conflicts=job.conflicts + 1))
        else:
            self._delete(job)

    def _delete(self, job: Job) -> None:
        self.engine.cause = job.cause
        pod = job.pods[0]
        metadata = pod.metadata
        if metadata.deletion_grace_period_seconds is not None:
            self._step(replace(job, pods=job.pods[1:], remaining=True))
            return
        if self.is_daemon(pod):
            self._step(replace(job, pods=job.pods[1:]))
            return
        self.controller.write(f"Starting deletion of pod {metadata.namespace}/{metadata.name}")
        message = f"Marking for deletion Pod {metadata.name} from Node {job.node}"
        self.controller.pod_event(pod, "NodeControllerEviction", message)
        answer = self.then(self.deleted, job)
        self.controller.api.delete("pods", metadata.namespace, metadata.name, answer)

    def is_daemon(self, pod: Pod) -> bool:
        """Some DaemonSet selects the pod: such pods are left alone (deletePods, GetPodDaemonSets)."""
        return any(
            found.metadata.namespace == pod.metadata.namespace
            and (selector := selector_of(found))
            and matches_labels(selector, pod.metadata.labels)
            for found in self.daemon_sets.list()
        )

    def deleted(self, reply: Reply, job: Job) -> None:
        """The first pod is being deleted; any failure ends the node's turn."""
        if reply.ok:
            self._step(replace(job, pods=job.pods[1:], remaining=True))
        else:
            self._fail(job, reply.message)

    def _finish(self, job: Job) -> None:
        if job.conflicts:
            self._fail(job, f"update status failed for {job.conflicts} pods")
            return
        if job.remaining:
            own = self.controller.traits.node_controller
            self.controller.write(f"Pods awaiting deletion due to {own} eviction")
        self.processed(job.zone, job.node)

    def _fail(self, job: Job, why: str) -> None:
        self.controller.write(f'unable to evict node "{job.node}": {why}', "E")
        self.failed(job.zone, job.node)
