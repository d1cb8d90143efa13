"""The group extensions/v1beta1: ReplicaSet, Deployment and DaemonSet, as v1.7 and v1.8 store them.

What a client leaves out is None until the API server fills in the defaults of the version it was created
through. Source: v1.7.5, v1.8.0 pkg/apis/extensions/v1beta1/types.go.
"""

from clustersim.api.core_v1 import PodTemplateSpec
from clustersim.api.meta import ApiObject, ApiStruct, LabelSelector

IntOrPercent = int | str
"""A number, or a percentage such as "25%"."""


class ReplicaSetSpec(ApiStruct, frozen=True, kw_only=True):
    """How many of which pods."""

    replicas: int
    template: PodTemplateSpec
    selector: LabelSelector = LabelSelector()
    min_ready_seconds: int = 0


class ReplicaSetStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted."""

    replicas: int = 0
    fully_labeled_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    observed_generation: int = 0


class ReplicaSet(ApiObject, frozen=True, kw_only=True):
    """Keeps so many pods of a template alive; usually a Deployment owns it."""

    spec: ReplicaSetSpec
    status: ReplicaSetStatus = ReplicaSetStatus()


class RollingUpdateDeployment(ApiStruct, frozen=True, kw_only=True):
    """How far a rolling update may stray from the wanted number, below and above."""

    max_unavailable: IntOrPercent | None = None
    max_surge: IntOrPercent | None = None


class DeploymentStrategy(ApiStruct, frozen=True, kw_only=True):
    """How old pods are replaced: RollingUpdate or Recreate."""

    type: str = ""
    rolling_update: RollingUpdateDeployment | None = None


class RollbackConfig(ApiStruct, frozen=True, kw_only=True):
    """The revision to go back to; 0 is the one before the present."""

    revision: int = 0


class DeploymentSpec(ApiStruct, frozen=True, kw_only=True):
    """What should run, and how a change of it is rolled out."""

    replicas: int
    template: PodTemplateSpec
    selector: LabelSelector = LabelSelector()
    strategy: DeploymentStrategy = DeploymentStrategy()
    min_ready_seconds: int = 0
    revision_history_limit: int | None = None
    paused: bool = False
    rollback_to: RollbackConfig | None = None
    progress_deadline_seconds: int | None = None


class DeploymentCondition(ApiStruct, frozen=True, kw_only=True):
    """Available, Progressing."""

    type: str
    status: str
    last_update_time: str = ""
    last_transition_time: str = ""
    reason: str = ""
    message: str = ""


class DeploymentStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last summed up over the ReplicaSets."""

    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    unavailable_replicas: int = 0
    conditions: tuple[DeploymentCondition, ...] = ()


class Deployment(ApiObject, frozen=True, kw_only=True):
    """Rolls one ReplicaSet out over another."""

    spec: DeploymentSpec
    status: DeploymentStatus = DeploymentStatus()


class RollingUpdateDaemonSet(ApiStruct, frozen=True, kw_only=True):
    """How many nodes may be without their pod during an update."""

    max_unavailable: IntOrPercent | None = None


class DaemonSetUpdateStrategy(ApiStruct, frozen=True, kw_only=True):
    """OnDelete or RollingUpdate."""

    type: str = ""
    rolling_update: RollingUpdateDaemonSet | None = None


class DaemonSetSpec(ApiStruct, frozen=True, kw_only=True):
    """Which pod every node gets. template_generation: counts changes of the template."""

    template: PodTemplateSpec
    selector: LabelSelector = LabelSelector()
    update_strategy: DaemonSetUpdateStrategy = DaemonSetUpdateStrategy()
    min_ready_seconds: int = 0
    template_generation: int = 0


class DaemonSetStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted, in nodes."""

    current_number_scheduled: int = 0
    number_misscheduled: int = 0
    desired_number_scheduled: int = 0
    number_ready: int = 0
    observed_generation: int = 0
    updated_number_scheduled: int = 0
    number_available: int = 0
    number_unavailable: int = 0


class DaemonSet(ApiObject, frozen=True, kw_only=True):
    """One pod on every node."""

    spec: DaemonSetSpec
    status: DaemonSetStatus = DaemonSetStatus()
