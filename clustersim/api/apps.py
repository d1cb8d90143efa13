"""Deployment, ReplicaSet, StatefulSet, DaemonSet and ControllerRevision, whatever group serves them.

extensions/v1beta1, apps/v1beta1, apps/v1beta2 and apps/v1 differ in defaults and in a few fields only."""

from typing import Annotated, Any, Final

from clustersim.api.core.persistent_volume import PersistentVolumeClaim
from clustersim.api.core.pod import PodTemplateSpec
from clustersim.api.meta import (
    DEFAULTED,
    ApiObject,
    ApiStruct,
    Int32,
    Int64,
    IntOrString,
    LabelSelector,
    Time,
    merge,
    retain_keys,
    written,
)

ORDERED_READY: Final = "OrderedReady"
PARALLEL: Final = "Parallel"
NO_SELECTOR: Final = LabelSelector()
"""The selector of a workload that says nothing of it; an empty one, {}, is equal, but not the same."""


class RollingUpdateDeployment(ApiStruct, frozen=True, kw_only=True):
    """How far a rolling update may stray from the wanted number, below and above."""

    max_surge: IntOrString | None = None
    max_unavailable: IntOrString | None = None


class DeploymentStrategy(ApiStruct, frozen=True, kw_only=True):
    """How old pods are replaced: RollingUpdate or Recreate."""

    rolling_update: RollingUpdateDeployment | None = None
    type: str = ""


class RollbackConfig(ApiStruct, frozen=True, kw_only=True):
    """The revision to go back to; 0 is the one before the present."""

    revision: Int64 = 0


class DeploymentSpec(ApiStruct, frozen=True, kw_only=True):
    """What should run, and how a change of it is rolled out."""

    selector: LabelSelector = NO_SELECTOR
    template: PodTemplateSpec = PodTemplateSpec()
    min_ready_seconds: Int32 = 0
    paused: bool = False
    progress_deadline_seconds: Int32 | None = None
    replicas: Int32 = DEFAULTED
    revision_history_limit: Int32 | None = None
    rollback_to: RollbackConfig | None = None
    strategy: Annotated[DeploymentStrategy, retain_keys()] = written(DeploymentStrategy())


class DeploymentCondition(ApiStruct, frozen=True, kw_only=True):
    """Available, Progressing, ReplicaFailure."""

    status: str = written("")
    type: str = written("")
    last_transition_time: Time = ""
    last_update_time: Time = ""
    message: str = ""
    reason: str = ""


class DeploymentStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted."""

    available_replicas: Int32 = 0
    collision_count: Int32 | None = None
    conditions: Annotated[tuple[DeploymentCondition, ...], merge("type")] = ()
    observed_generation: Int64 = 0
    ready_replicas: Int32 = 0
    replicas: Int32 = 0
    terminating_replicas: Int32 | None = None
    unavailable_replicas: Int32 = 0
    updated_replicas: Int32 = 0


class Deployment(ApiObject, frozen=True, kw_only=True):
    """Keeps so many pods alive and rolls changes of their template out."""

    spec: DeploymentSpec = DeploymentSpec()
    status: DeploymentStatus = DeploymentStatus()


class ReplicaSetSpec(ApiStruct, frozen=True, kw_only=True):
    """How many of which pods."""

    selector: LabelSelector = NO_SELECTOR
    min_ready_seconds: Int32 = 0
    replicas: Int32 = DEFAULTED
    template: PodTemplateSpec = PodTemplateSpec()


class ReplicaSetCondition(ApiStruct, frozen=True, kw_only=True):
    """ReplicaFailure."""

    status: str = written("")
    type: str = written("")
    last_transition_time: Time = ""
    message: str = ""
    reason: str = ""


class ReplicaSetStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted."""

    replicas: Int32 = written(0)
    available_replicas: Int32 = 0
    conditions: Annotated[tuple[ReplicaSetCondition, ...], merge("type")] = ()
    fully_labeled_replicas: Int32 = 0
    observed_generation: Int64 = 0
    ready_replicas: Int32 = 0
    terminating_replicas: Int32 | None = None


class ReplicaSet(ApiObject, frozen=True, kw_only=True):
    """Keeps so many pods of a template alive; usually a Deployment owns it."""

    spec: ReplicaSetSpec = ReplicaSetSpec()
    status: ReplicaSetStatus = ReplicaSetStatus()


class StatefulSetOrdinals(ApiStruct, frozen=True, kw_only=True):
    """The number of the first pod."""

    start: Int32 | None = None


class StatefulSetPersistentVolumeClaimRetentionPolicy(ApiStruct, frozen=True, kw_only=True):
    """What becomes of claims when pods go."""

    when_deleted: str = ""
    when_scaled: str = ""


class RollingUpdateStatefulSetStrategy(ApiStruct, frozen=True, kw_only=True):
    """Which ordinals are updated: those from the partition on."""

    max_unavailable: IntOrString | None = None
    partition: Int32 | None = None


class StatefulSetUpdateStrategy(ApiStruct, frozen=True, kw_only=True):
    """OnDelete or RollingUpdate."""

    rolling_update: RollingUpdateStatefulSetStrategy | None = None
    type: str = ""


class StatefulSetSpec(ApiStruct, frozen=True, kw_only=True):
    """Pods with an ordinal and a name that stays."""

    selector: LabelSelector = NO_SELECTOR
    template: PodTemplateSpec = PodTemplateSpec()
    min_ready_seconds: Int32 = 0
    ordinals: StatefulSetOrdinals | None = None
    persistent_volume_claim_retention_policy: StatefulSetPersistentVolumeClaimRetentionPolicy | None = None
    pod_management_policy: str = ""
    replicas: Int32 = DEFAULTED
    revision_history_limit: Int32 | None = None
    service_name: str = ""
    update_strategy: StatefulSetUpdateStrategy = written(StatefulSetUpdateStrategy())
    volume_claim_templates: tuple[PersistentVolumeClaim, ...] = ()


class StatefulSetCondition(ApiStruct, frozen=True, kw_only=True):
    """No controller sets any yet."""

    status: str = written("")
    type: str = written("")
    last_transition_time: Time = ""
    message: str = ""
    reason: str = ""


class StatefulSetStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted."""

    replicas: Int32 = written(0)
    available_replicas: Int32 = 0
    collision_count: Int32 | None = None
    conditions: Annotated[tuple[StatefulSetCondition, ...], merge("type")] = ()
    current_replicas: Int32 = 0
    current_revision: str = ""
    observed_generation: Int64 = 0
    ready_replicas: Int32 = 0
    update_revision: str = ""
    updated_replicas: Int32 = 0


class StatefulSet(ApiObject, frozen=True, kw_only=True):
    """At most one pod of each name, in order."""

    spec: StatefulSetSpec = StatefulSetSpec()
    status: StatefulSetStatus = StatefulSetStatus()


class RollingUpdateDaemonSet(ApiStruct, frozen=True, kw_only=True):
    """How many nodes may be without their pod at once."""

    max_surge: IntOrString | None = None
    max_unavailable: IntOrString | None = None


class DaemonSetUpdateStrategy(ApiStruct, frozen=True, kw_only=True):
    """OnDelete or RollingUpdate."""

    rolling_update: RollingUpdateDaemonSet | None = None
    type: str = ""


class DaemonSetSpec(ApiStruct, frozen=True, kw_only=True):
    """Which pods, and how they are replaced."""

    selector: LabelSelector = NO_SELECTOR
    template: PodTemplateSpec = PodTemplateSpec()
    min_ready_seconds: Int32 = 0
    revision_history_limit: Int32 | None = None
    template_generation: Int64 = 0
    update_strategy: DaemonSetUpdateStrategy = written(DaemonSetUpdateStrategy())


class DaemonSetCondition(ApiStruct, frozen=True, kw_only=True):
    """No controller sets any yet."""

    status: str = written("")
    type: str = written("")
    last_transition_time: Time = ""
    message: str = ""
    reason: str = ""


class DaemonSetStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted, in nodes."""

    current_number_scheduled: Int32 = written(0)
    desired_number_scheduled: Int32 = written(0)
    number_misscheduled: Int32 = written(0)
    number_ready: Int32 = written(0)
    collision_count: Int32 | None = None
    conditions: Annotated[tuple[DaemonSetCondition, ...], merge("type")] = ()
    number_available: Int32 = 0
    number_unavailable: Int32 = 0
    observed_generation: Int64 = 0
    updated_number_scheduled: Int32 = 0


class DaemonSet(ApiObject, frozen=True, kw_only=True):
    """One pod on every node."""

    spec: DaemonSetSpec = DaemonSetSpec()
    status: DaemonSetStatus = DaemonSetStatus()


class ControllerRevision(ApiObject, frozen=True, kw_only=True):
    """A template as it once was, for going back to it."""

    revision: Int64 = written(0)
    data: Any = None
