"""The older name of clustersim.api.apps."""

from clustersim.api.apps import (
    DaemonSet,
    DaemonSetSpec,
    DaemonSetStatus,
    DaemonSetUpdateStrategy,
    Deployment,
    DeploymentCondition,
    DeploymentSpec,
    DeploymentStatus,
    DeploymentStrategy,
    ReplicaSet,
    ReplicaSetSpec,
    ReplicaSetStatus,
    RollbackConfig,
    RollingUpdateDaemonSet,
    RollingUpdateDeployment,
)
from clustersim.api.meta import IntOrString

IntOrPercent = IntOrString

__all__ = [
    "DaemonSet",
    "DaemonSetSpec",
    "DaemonSetStatus",
    "DaemonSetUpdateStrategy",
    "Deployment",
    "DeploymentCondition",
    "DeploymentSpec",
    "DeploymentStatus",
    "DeploymentStrategy",
    "IntOrPercent",
    "ReplicaSet",
    "ReplicaSetSpec",
    "ReplicaSetStatus",
    "RollbackConfig",
    "RollingUpdateDaemonSet",
    "RollingUpdateDeployment",
]
