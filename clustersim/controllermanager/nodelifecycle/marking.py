"""The pods of a node that was just marked Unknown, or that come to one that is: they are marked not ready.

No pod of it serves any more as far as its Service is concerned; none is replaced yet. Source: v1.36.2
pkg/controller/util/node/controller_utils.go MarkPodsNotReady.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from clustersim.api.core_v1 import Node, Pod, PodCondition
from clustersim.api.meta import replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.nodelifecycle import rules
from clustersim.controllermanager.nodelifecycle.state import LifecycleState
from clustersim.controllermanager.part import Part
from clustersim.controllermanager.pods import ready_condition
from clustersim.engine.time import MILLISECOND, Micros

POD_WORKERS: Final = 4

MARK_COST: Final[Micros] = 25 * MILLISECOND
"""Between the answer to one write and the next (measured: the median distance of two marks is 34 ms)."""


class Marked(msgspec.Struct, frozen=True):
    """The pods of a node that are still to be marked. `failed`: one of them could not be."""

    node: str
    pods: tuple[Pod, ...]
    decision: int
    failed: bool = False


class Marking(Part):
    """A step of the monitor's pass; `proceed` goes on with the pass when it is over."""

    def __init__(self, controller: NodeControllerBase, proceed: Callable[[], None]) -> None:
        super().__init__(controller.process, "node-marking")
        self.controller = controller
        self.proceed = proceed

    @property
    def state(self) -> LifecycleState:
        """The controller's memory."""
        return self.controller.memory(LifecycleState)

    def start(self, node: Node) -> None:
        """Mark the pods that the cache has on this node, one after another."""
        name = node.metadata.name
        pods = tuple(pod for pod in self.controller.pods.on_node(name) if needs_marking(pod))
        decision = 0
        if pods:
            decision = self.decide(
                "mark-pods", f"nodes/{name}", rules.POD_MARKED.holds(node=name, pods=len(pods))
            )
        job = Marked(name, pods, decision)
        if pods and self.process.chance:
            self.post(self._cost() - MARK_COST // 2, self.mark, job)
        else:
            self.mark(job)

    def mark(self, job: Marked) -> None:
        """Write the first of these pods; with the last one this node's turn is over."""
        self.engine.cause = job.decision
        if job.pods:
            marked = marked_not_ready(job.pods[0], rfc3339(self.now))
            self.controller.api.update_status(marked, self.then(self.pod_marked, job))
            return
        if job.failed:
            self.state.retry[job.node] = True
        else:
            self.state.retry.pop(job.node, None)
        self.proceed()

    def pod_marked(self, reply: Reply, job: Marked) -> None:
        """The first of these pods was written; go on with the next."""
        failed = job.failed
        if reply.ok:
            self.engine.cause = job.decision
            self.controller.pod_event(job.pods[0], "NodeNotReady", "Node is not ready", "Warning")
        elif reply.status != 404:
            failed = True
            text = f'"Failed to update status for pod" pod="{key_of(job.pods[0])}" err="{reply.message}"'
            self.controller.write(text, "E")
        rest = replace(job, pods=job.pods[1:], failed=failed)
        if rest.pods:
            self.post(self._cost(), self.mark, rest)
        else:
            self.mark(rest)

    def _cost(self) -> Micros:
        """Nodes are worked on in parallel, and which one gets on faster is chance."""
        if not self.process.chance:
            return MARK_COST
        return MARK_COST // 2 + self.process.chancy_random(self.name).below(MARK_COST)


class NewPods(Part):
    """Pods that come to a node which is not ready: those that tolerate it, or were bound just before."""

    def __init__(self, controller: NodeControllerBase) -> None:
        super().__init__(controller.process, "node-new-pods")
        self.controller = controller
        controller.shared.get("pods", self.pod_changed)
        self.queue = WorkQueue(controller.process, self.name, self.sync, workers=POD_WORKERS)

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod that is new on a node that the controller knows to be lost is looked at."""
        if new is None or not new.spec.node_name:
            return
        if old is not None and old.spec.node_name == new.spec.node_name:
            return
        health = self.controller.state.health.get(new.spec.node_name)
        if health is not None and health.ready not in ("", "True"):
            self.queue.add(key_of(new))

    def sync(self, key: str) -> None:
        """Mark it, if it is not marked already."""
        namespace, _, name = key.partition("/")
        pod: Pod | None = self.controller.pods.get(namespace, name)
        if pod is None or not needs_marking(pod):
            self.queue.done(key)
            return
        verdict = rules.POD_ON_LOST_NODE.holds(pod=name, node=pod.spec.node_name)
        self.decide("mark-pod", f"pods/{key}", verdict)
        marked = marked_not_ready(pod, rfc3339(self.now))
        self.controller.api.update_status(marked, self.then(self.pod_marked, key))

    def pod_marked(self, reply: Reply, key: str) -> None:
        """It was written, is gone, or is tried again."""
        self.queue.answered(key, reply)


def needs_marking(pod: Pod) -> bool:
    """It has a Ready condition that is not False."""
    ready = ready_condition(pod)
    return ready is not None and ready.status != "False"


def marked_not_ready(pod: Pod, now: str) -> Pod:
    """The pod with Ready False from now on."""

    def changed(condition: PodCondition) -> PodCondition:
        if condition.type != "Ready":
            return condition
        return replace(condition, status="False", last_transition_time=now)

    conditions = tuple(changed(condition) for condition in pod.status.conditions)
    marked: Pod = replace(pod, status=replace(pod.status, conditions=conditions))
    return marked
