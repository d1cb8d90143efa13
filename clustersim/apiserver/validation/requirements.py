"""Validation of what containers and pods ask for, and of what they may take at most.

Sources: v1.7.5, v1.8.0 pkg/api/validation/validation.go ValidateResourceRequirements; v1.36
pkg/apis/core/validation/validation.go validateResourceRequirements, validatePodResourceConsistency.
"""

from collections.abc import Callable
from typing import Final

from clustersim.api.core.container import Container, ResourceRequirements
from clustersim.api.core.pod import PodSpec
from clustersim.api.quantity import Quantity, QuantityError, parse_quantity
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.resources import (
    CONTAINER_RESOURCES,
    check_name,
    check_quantity,
    is_extended,
)

_HUGE: Final = "hugepages-"
_GPU: Final = "alpha.kubernetes.io/nvidia-gpu"
_OF_PODS: Final = ("cpu", "memory", _HUGE)
"""What a pod of today can ask for as a whole."""


def check_requirements(errors: FieldErrors, field: str, resources: ResourceRequirements) -> None:
    """Requests and limits of a container: known names, no negative numbers, no more wanted than allowed."""
    for kind, quantities in (("limits", resources.limits), ("requests", resources.requests)):
        for name, text in quantities.items():
            here = f"{field}.{kind}[{name}]"
            if check_name(
                errors, here, name, CONTAINER_RESOURCES, "must be a standard resource for containers"
            ):
                _check_amount(errors, here, name, text)
    _BY_RELEASE[errors.release](errors, field, resources)


def _check_amount(errors: FieldErrors, field: str, name: str, text: str) -> None:
    check_quantity(errors, field, name, text)
    if errors.modern and name.startswith(_HUGE) and not _in_whole_pages(name, text):
        errors.invalid(field, text, f"{text} is not positive integer multiple of {name}")


def _in_whole_pages(name: str, text: str) -> bool:
    """Large pages are given out whole; their size is in the name."""
    try:
        page = parse_quantity(name.removeprefix(_HUGE))
    except QuantityError:
        return False
    return page.nanos > 0 and page.whole and parse_quantity(text).scaled(0) % page.scaled(0) == 0


def _compared_in_v1_7(errors: FieldErrors, field: str, resources: ResourceRequirements) -> None:
    """v1.7 says of a limit that it is too small."""
    for name, limit in resources.limits.items():
        request = resources.requests.get(name)
        if request is None:
            continue
        if name == _GPU and parse_quantity(limit) != parse_quantity(request):
            errors.invalid(f"{field}.requests", request, f"must be equal to {_GPU} limit")
        elif parse_quantity(limit) < parse_quantity(request):
            errors.invalid(f"{field}.limits", limit, f"must be greater than or equal to {name} request")


def _compared_in_v1_8(errors: FieldErrors, field: str, resources: ResourceRequirements) -> None:
    """v1.8 says of a request that it is too large, and speaks of every extended resource as of a GPU."""
    for name in resources.limits:
        if name == "ephemeral-storage":
            errors.forbidden(
                f"{field}.limits",
                "ResourceEphemeralStorage field disabled by feature-gate for ResourceRequirements",
            )
        elif name.startswith(_HUGE):
            errors.forbidden(
                f"{field}.limits", f"{name} field disabled by feature-gate for ResourceRequirements"
            )
    for name, request in resources.requests.items():
        limit = resources.limits.get(name)
        if limit is None:
            if name == _GPU:
                errors.invalid(f"{field}.requests", request, f"must be equal to {_GPU} request")
        elif not _may_be_overcommitted(name) and parse_quantity(request) != parse_quantity(limit):
            errors.invalid(f"{field}.requests", request, f"must be equal to {_GPU} limit")
        elif parse_quantity(request) > parse_quantity(limit):
            errors.invalid(f"{field}.requests", request, f"must be less than or equal to {name} limit")


def _compared_today(errors: FieldErrors, field: str, resources: ResourceRequirements) -> None:
    for name, request in resources.requests.items():
        limit = resources.limits.get(name)
        if limit is None:
            if not _may_be_overcommitted(name):
                errors.required(f"{field}.limits", "Limit must be set for non overcommitable resources")
        elif not _may_be_overcommitted(name) and parse_quantity(request) != parse_quantity(limit):
            errors.invalid(f"{field}.requests", request, f"must be equal to {name} limit of {limit}")
        elif parse_quantity(request) > parse_quantity(limit):
            why = f"must be less than or equal to {name} limit of {limit}"
            errors.invalid(f"{field}.requests", request, why)
    named = {*resources.limits, *resources.requests}
    if any(name.startswith(_HUGE) for name in named) and not named & {"cpu", "memory"}:
        errors.forbidden(field, "HugePages require cpu or memory")


def _may_be_overcommitted(name: str) -> bool:
    return not (is_extended(name) or name.startswith(_HUGE) or name == _GPU)


_BY_RELEASE: Final[dict[str, Callable[[FieldErrors, str, ResourceRequirements], None]]] = {
    "v1.7": _compared_in_v1_7,
    "v1.8": _compared_in_v1_8,
    "v1.36": _compared_today,
}


def check_whole_pod(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """What a pod of today asks for as a whole: no less than its containers ask for together, and no
    container may take more."""
    whole = spec.resources
    if whole is None:
        return
    if spec.os is not None and spec.os.name == "windows":
        errors.forbidden(field, "may not be set for a windows pod")
        return
    if whole.claims:
        errors.forbidden(f"{field}.claims", "claims may not be set for Resources at pod-level")
    for kind, quantities in (("limits", whole.limits), ("requests", whole.requests)):
        for name, text in quantities.items():
            here = f"{field}.{kind}[{name}]"
            if name not in _OF_PODS and not name.startswith(_HUGE):
                errors.unsupported(here, name, tuple(sorted(_OF_PODS)))
            else:
                _check_amount(errors, here, name, text)
    _compared_today(errors, field, whole)
    for name, text in whole.requests.items():
        together = _asked_together(spec, name)
        if together > parse_quantity(text):
            why = f"must be greater than or equal to aggregate container requests of {together.text()}"
            errors.invalid(f"{field}.requests[{name}]", text, why)
    for index, container in enumerate(spec.containers):
        for name, limit in container.resources.limits.items():
            most = whole.limits.get(name)
            if most is not None and parse_quantity(limit) > parse_quantity(most):
                why = f"must be less than or equal to pod limits of {most}"
                errors.invalid(f"{field}.containers[{index}][{name}].limits", limit, why)


def _asked_together(spec: PodSpec, name: str) -> Quantity:
    """By containers and sidecars, or by those that start before them if that is more
    (component-helpers AggregateContainerRequests)."""
    sidecars, most = Quantity(0), Quantity(0)
    for container in spec.init_containers:
        asked = _asked(container, name)
        if container.restart_policy == "Always":
            sidecars = sidecars.plus(asked)
            asked = Quantity(0)
        most = max(most, sidecars.plus(asked))
    total = sidecars
    for container in spec.containers:
        total = total.plus(_asked(container, name))
    return max(total, most)


def _asked(container: Container, name: str) -> Quantity:
    return parse_quantity(container.resources.requests.get(name, "0"))
