"""The ReplicaSet controller: as many active pods as its object wants.

Source: v1.7.5, v1.8.0 pkg/controller/replicaset/replica_set.go.
"""

from typing import Any, ClassVar

from clustersim.api.apps import ReplicaSetCondition, ReplicaSetStatus
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.replicas import ReplicasController, Tally


class ReplicaSetController(ReplicasController):
    """Keeps the pods of every ReplicaSet at their number."""

    kind, resource = "ReplicaSet", "replicasets"
    waits_for: ClassVar[tuple[str, ...]] = ("replicasets", "pods")
    title: ClassVar[str] = "replica set"
    source_file = "replica_set.go"
    status_type = ReplicaSetStatus
    condition_type = ReplicaSetCondition
    observed_text = "replica set"
    deleted_text = "ReplicaSet {key} has been deleted"
    too_few, too_many = rules.SET_TOO_FEW, rules.SET_TOO_MANY

    def __init__(self, context: ControllerContext) -> None:
        name = "replicaset-controller"
        super().__init__(context, name, name, context.flags.concurrent_replicaset_syncs)

    def more_status(self, tally: Tally) -> dict[str, Any]:
        return {"terminating_replicas": tally.terminating} if self.traits.counts_terminating else {}
