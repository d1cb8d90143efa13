"""The replication controller: as many active pods as its object wants.

Source: v1.7.5, v1.8.0 pkg/controller/replication/replication_controller.go.
"""

from typing import ClassVar

from clustersim.api.core_v1 import ReplicationControllerCondition, ReplicationControllerStatus
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.replicas import ReplicasController


class ReplicationManager(ReplicasController):
    """Keeps the pods of every ReplicationController at their number."""

    kind, resource = "ReplicationController", "replicationcontrollers"
    waits_for: ClassVar[tuple[str, ...]] = ("pods", "replicationcontrollers")
    title: ClassVar[str] = "RC"
    source_file = "replication_controller.go"
    status_type = ReplicationControllerStatus
    condition_type = ReplicationControllerCondition
    observed_text = "replication controller"
    deleted_text = "Replication Controller has been deleted {key}"
    too_few, too_many = rules.TOO_FEW, rules.TOO_MANY

    def __init__(self, context: ControllerContext) -> None:
        name = "replication-controller"
        super().__init__(context, name, name, context.flags.concurrent_rc_syncs)
