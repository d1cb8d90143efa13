"""The labels of a node from before they were stable follow the stable ones.

Source: v1.36.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go reconcileNodeLabels.
"""

from typing import Final

from clustersim.api.core_v1 import Node
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.nodelifecycle import rules
from clustersim.controllermanager.nodelifecycle.condition_taints import WORKERS
from clustersim.controllermanager.part import Part

FOLLOWS: Final = {
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
}
"""Whose value each label has."""


class NodeLabels(Part):
    """Works through nodes whose labels are not as they should be."""

    def __init__(self, controller: NodeControllerBase) -> None:
        super().__init__(controller.process, "node-labels")
        self.controller = controller
        controller.shared.get("nodes", self.node_changed, renewals=False)
        self.queue = WorkQueue(controller.process, self.name, self.sync, workers=WORKERS)

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A node whose labels say two things is looked at."""
        if new is not None and differing(new.metadata.labels):
            self.queue.add(new.metadata.name)

    def sync(self, name: str) -> None:
        """Write what is missing or wrong."""
        node: Node | None = self.controller.nodes.get("", name)
        labels = differing(node.metadata.labels) if node is not None else {}
        if not labels:
            self.queue.done(name)
            return
        told = ", ".join(f"{key}={value}" for key, value in labels.items())
        self.decide("label-node", f"nodes/{name}", rules.LABELS.holds(node=name, labels=told))
        patch = {"metadata": {"labels": labels}}
        self.controller.api.patch("nodes", "", name, patch, self.then(self.written, name))

    def written(self, reply: Reply, name: str) -> None:
        """It is labelled, gone, or tried again."""
        self.queue.answered(name, reply)


def differing(labels: dict[str, str]) -> dict[str, str]:
    """The labels to write, with what they should say."""
    return {
        key: labels[stable]
        for key, stable in FOLLOWS.items()
        if stable in labels and labels.get(key) != labels[stable]
    }
