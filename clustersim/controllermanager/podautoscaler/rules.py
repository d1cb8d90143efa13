"""Rules of the horizontal pod autoscaler, as they fire and explain."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

_HPA: Final = "horizontal-pod-autoscaler"
_SOURCE: Final = "v1.7.5, v1.8.0, v1.36 pkg/controller/podautoscaler/horizontal.go reconcileAutoscaler"

SCALE: Final = Rule(
    "podautoscaler.scale",
    _HPA,
    _SOURCE,
    _("Autoscaler {name} wants {wanted:pod|pods} where {current:is|are} wanted now: {reason}."),
)

NEXT_LOOK: Final = Rule(
    "podautoscaler.next-look",
    _HPA,
    _SOURCE,
    _("Autoscaler {name} compares its metrics with their targets every {period}."),
)
