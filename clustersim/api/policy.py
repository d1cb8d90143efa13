"""PodDisruptionBudget and Eviction."""

from typing import Annotated

from clustersim.api.meta import (
    ApiObject,
    ApiStruct,
    Condition,
    DeleteOptions,
    Int32,
    Int64,
    IntOrString,
    LabelSelector,
    Time,
    merge,
    written,
)


class PodDisruptionBudgetSpec(ApiStruct, frozen=True, kw_only=True):
    """Which pods, and how many must stay or may go."""

    max_unavailable: IntOrString | None = None
    min_available: IntOrString | None = None
    selector: LabelSelector | None = None
    unhealthy_pod_eviction_policy: str = ""


class PodDisruptionBudgetStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted."""

    conditions: Annotated[tuple[Condition, ...], merge("type")] = ()
    current_healthy: Int32 = written(0)
    desired_healthy: Int32 = written(0)
    disrupted_pods: dict[str, Time] = {}
    disruptions_allowed: Int32 = written(0)
    expected_pods: Int32 = written(0)
    observed_generation: Int64 = 0


class PodDisruptionBudget(ApiObject, frozen=True, kw_only=True):
    """How many pods of a set may be evicted at once."""

    spec: PodDisruptionBudgetSpec = PodDisruptionBudgetSpec()
    status: PodDisruptionBudgetStatus = PodDisruptionBudgetStatus()


class Eviction(ApiObject, frozen=True, kw_only=True):
    """The subresource by which a pod is deleted only if its budgets allow it."""

    delete_options: DeleteOptions | None = None
