"""The ReplicaSet controller: as many active pods as its object wants.

Source: v1.7.5, v1.8.0 pkg/controller/replicaset/replica_set.go.
"""

from typing import ClassVar

from clustersim.api.extensions_v1beta1 import ReplicaSetStatus
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.replicas import ReplicasController


class ReplicaSetController(ReplicasController):
    """Keeps the pods of every ReplicaSet at their number."""

    kind, resource = "ReplicaSet", "replicasets"
    waits_for: ClassVar[tuple[str, ...]] = ("replicasets", "pods")
    title: ClassVar[str] = "replica set"
    source_file = "replica_set.go"
    status_type = ReplicaSetStatus
    observed_text = "replica set"
    deleted_text = "ReplicaSet {key} has been deleted"
    too_few, too_many = rules.SET_TOO_FEW, rules.SET_TOO_MANY

    def __init__(self, context: ControllerContext) -> None:
        name = "replicaset-controller"
        super().__init__(context, name, name, context.flags.concurrent_replicaset_syncs)
