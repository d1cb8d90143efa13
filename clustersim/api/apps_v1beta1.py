"""The older name of clustersim.api.apps."""

from clustersim.api.apps import (
    ORDERED_READY,
    PARALLEL,
    StatefulSet,
    StatefulSetSpec,
    StatefulSetStatus,
    StatefulSetUpdateStrategy,
)

__all__ = [
    "ORDERED_READY",
    "PARALLEL",
    "StatefulSet",
    "StatefulSetSpec",
    "StatefulSetStatus",
    "StatefulSetUpdateStrategy",
]
