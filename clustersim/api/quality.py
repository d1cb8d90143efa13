"""The quality of service of a pod (pkg/apis/core/v1/helper/qos)."""

from typing import Final

from clustersim.api import core_v1 as v1
from clustersim.api.quantity import QuantityError, parse_quantity
from clustersim.engine.identity import by_identity

_COUNTED: Final = ("cpu", "memory")


def qos_class(spec: v1.PodSpec, *, today: bool) -> str:
    """Guaranteed, Burstable or BestEffort: of processors and memory alone.
    What a pod says of itself as a whole counts for all today, and init containers count as well."""
    return _qos_class(spec, today)


@by_identity(maxsize=1024)
def _qos_class(spec: v1.PodSpec, today: bool) -> str:
    if today and spec.resources is not None:
        return _quality(spec.resources)
    asking = (*spec.init_containers, *spec.containers) if today else spec.containers
    found = {_quality(container.resources) for container in asking}
    return found.pop() if len(found) == 1 else "Burstable"


def _quality(resources: v1.ResourceRequirements) -> str:
    limits = [_nanos(resources.limits.get(name, "0")) for name in _COUNTED]
    asked = [
        _nanos(resources.requests[name]) if name in resources.requests else limit
        for name, limit in zip(_COUNTED, limits, strict=True)
    ]
    if not any((*limits, *asked)):
        return "BestEffort"
    return "Guaranteed" if all(limits) and asked == limits else "Burstable"


def _nanos(text: str) -> int:
    try:
        return parse_quantity(text).nanos
    except QuantityError:
        return 0  # It is refused in a moment.
