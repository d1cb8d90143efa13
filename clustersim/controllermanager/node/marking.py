"""The pods of a node that was just marked Unknown: they are marked not ready, one after another.

No pod of it serves any more as far as its Service is concerned; none is replaced yet. Source: v1.7.5
pkg/controller/node/controller_utils.go markAllPodsNotReady, v1.8.0 util/controller_utils.go.
"""

from collections.abc import Callable

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.meta import replace
from clustersim.api.status import Reply
from clustersim.controllermanager.node import rules
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.part import Part


class Marking(Part):
    """A step of the monitor's pass; `proceed` goes on with the pass when it is over."""

    def __init__(self, controller: NodeControllerBase, proceed: Callable[[], None]) -> None:
        super().__init__(controller.process, "node-marking")
        self.controller = controller
        self.proceed = proceed

    def start(self, node: Node) -> None:
        """Tell people about the node, and mark its pods."""
        name = node.metadata.name
        self.controller.write(f"Recording status change NodeNotReady event message for node {name}")
        message = f"Node {name} status is now: NodeNotReady"
        self.controller.node_event(name, node.metadata.uid, "NodeNotReady", message)
        self.controller.write(f"Update ready status of pods on node [{name}]")
        selector = {"spec.nodeName": name}
        self.controller.api.list("pods", self.then(self.pods_found, name), field_selector=selector)

    def pods_found(self, reply: Reply, node: str) -> None:
        """Mark the pods of the node not ready, one after another; a failure is only logged."""
        if not reply.ok:
            self.controller.write(f"Unable to mark all pods NotReady on node {node}: {reply.message}", "E")
            self.proceed()
            return
        pods = tuple(pod for pod in reply.body if any(c.type == "Ready" for c in pod.status.conditions))
        decision = 0
        if pods:
            verdict = rules.POD_MARKED.holds(node=node, pods=len(pods))
            decision = self.decide("mark-pods", f"nodes/{node}", verdict)
        self._mark_pod(pods, decision)

    def _mark_pod(self, pods: tuple[Pod, ...], decision: int) -> None:
        """Each pod is marked because of the decision, not because of the pod before."""
        self.engine.cause = decision
        if not pods:
            self.proceed()
            return
        pod = pods[0]
        # The time of the transition stays as it was: markAllPodsNotReady changes the status only.
        conditions = tuple(
            replace(c, status="False") if c.type == "Ready" else c for c in pod.status.conditions
        )
        self.controller.write(f"Updating ready status of pod {pod.metadata.name} to false")
        marked = replace(pod, status=replace(pod.status, conditions=conditions))
        self.controller.api.update_status(marked, self.then(self.pod_marked, pods, decision))

    def pod_marked(self, reply: Reply, pods: tuple[Pod, ...], decision: int) -> None:
        """The first of these pods was written; go on with the next."""
        if not reply.ok:
            metadata = pods[0].metadata
            text = f'Failed to update status for pod "{metadata.name}_{metadata.namespace}({metadata.uid})"'
            self.controller.write(f"{text}: {reply.message}", "W")
        self._mark_pod(pods[1:], decision)
