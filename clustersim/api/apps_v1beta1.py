"""The group apps/v1beta1: StatefulSet.

Deployments can be created through this version, too; it differs from extensions/v1beta1 in its defaults
only (apiserver/workloads.py). Source: v1.7.5, v1.8.0 pkg/apis/apps/v1beta1 types.go.
"""

from clustersim.api.core_v1 import PodTemplateSpec
from clustersim.api.meta import ApiObject, ApiStruct, LabelSelector

ORDERED_READY = "OrderedReady"
PARALLEL = "Parallel"


class StatefulSetUpdateStrategy(ApiStruct, frozen=True, kw_only=True):
    """OnDelete or RollingUpdate."""

    type: str = ""


class StatefulSetSpec(ApiStruct, frozen=True, kw_only=True):
    """Pods with an ordinal and a name that stays."""

    replicas: int
    template: PodTemplateSpec
    selector: LabelSelector = LabelSelector()
    service_name: str = ""
    pod_management_policy: str = ""
    update_strategy: StatefulSetUpdateStrategy = StatefulSetUpdateStrategy()


class StatefulSetStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted."""

    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0
    current_replicas: int = 0
    updated_replicas: int = 0
    current_revision: str = ""
    update_revision: str = ""


class StatefulSet(ApiObject, frozen=True, kw_only=True):
    """At most one pod of each name, in order."""

    spec: StatefulSetSpec
    status: StatefulSetStatus = StatefulSetStatus()
