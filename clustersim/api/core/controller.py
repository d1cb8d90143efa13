"""ReplicationController."""

from typing import Annotated

from clustersim.api.core.pod import PodTemplateSpec
from clustersim.api.meta import DEFAULTED, ApiObject, ApiStruct, Int32, Int64, Time, merge, written


class ReplicationControllerSpec(ApiStruct, frozen=True, kw_only=True):
    """How many of which pods."""

    min_ready_seconds: Int32 = 0
    replicas: Int32 = DEFAULTED
    selector: dict[str, str] = {}
    template: PodTemplateSpec = PodTemplateSpec()


class ReplicationControllerCondition(ApiStruct, frozen=True, kw_only=True):
    """ReplicaFailure."""

    status: str = written("")
    type: str = written("")
    last_transition_time: Time = ""
    message: str = ""
    reason: str = ""


class ReplicationControllerStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted."""

    replicas: Int32 = written(0)
    available_replicas: Int32 = 0
    conditions: Annotated[tuple[ReplicationControllerCondition, ...], merge("type")] = ()
    fully_labeled_replicas: Int32 = 0
    observed_generation: Int64 = 0
    ready_replicas: Int32 = 0


class ReplicationController(ApiObject, frozen=True, kw_only=True):
    """Keeps so many pods of a template alive."""

    spec: ReplicationControllerSpec = ReplicationControllerSpec()
    status: ReplicationControllerStatus = ReplicationControllerStatus()
