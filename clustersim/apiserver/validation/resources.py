"""Validation of quantities: of requests and limits, of capacities, of LimitRanges and ResourceQuotas."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from clustersim.api.core.container import ResourceRequirements
from clustersim.api.core.limits import LimitRange, ResourceQuota
from clustersim.api.quantity import parse_quantity
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors

CONTAINER_RESOURCES: Final = ("cpu", "memory", "ephemeral-storage")
_STANDARD: Final = (
    *CONTAINER_RESOURCES,
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "requests.storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "storage",
)
_COUNTED: Final = (
    "pods",
    "services",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
)


def is_extended(name: str) -> bool:
    """Whether a resource is of somebody else's making: with a domain of its own."""
    return "/" in name and not name.startswith(("kubernetes.io/", "requests."))


def check_requirements(errors: FieldErrors, field: str, resources: ResourceRequirements) -> None:
    """Requests and limits of a container: known names, no negative numbers, no more wanted than allowed."""
    for kind, quantities in (("limits", resources.limits), ("requests", resources.requests)):
        for name, text in quantities.items():
            here = f"{field}.{kind}[{name}]"
            if _named(errors, here, name, CONTAINER_RESOURCES, "must be a standard resource for containers"):
                check_quantity(errors, here, name, text)
    for name, text in resources.requests.items():
        limit = resources.limits.get(name)
        if limit is None:
            continue
        of = f" of {limit}" if errors.modern else ""
        if is_extended(name) and parse_quantity(text) != parse_quantity(limit):
            errors.invalid(f"{field}.requests", text, f"must be equal to {name} limit{of}")
        elif parse_quantity(text) > parse_quantity(limit):
            errors.invalid(f"{field}.requests", text, f"must be less than or equal to {name} limit{of}")


def _named(errors: FieldErrors, field: str, name: str, known: tuple[str, ...], why: str) -> bool:
    reasons = names.qualified_name(name, errors.release)
    errors.each(field, name, reasons)
    if "/" not in name:
        if name.startswith("hugepages-") or (
            name.startswith("requests.hugepages-") and known is not CONTAINER_RESOURCES
        ):
            return not reasons
        if name not in _STANDARD and name not in _COUNTED:
            errors.invalid(field, name, "must be a standard resource type or fully qualified")
            return False
        if name not in known:
            errors.invalid(field, name, why)
            return False
    return not reasons


def check_quantity(errors: FieldErrors, field: str, name: str, text: str) -> None:
    """Not negative, and whole where only whole ones can be had."""
    quantity = parse_quantity(text)
    if quantity.nanos < 0:
        errors.invalid(field, text, "must be greater than or equal to 0")
    if (is_extended(name) or name in _COUNTED) and not quantity.whole:
        errors.invalid(field, text, "must be an integer")


def check_capacity(errors: FieldErrors, field: str, capacity: Mapping[str, str]) -> None:
    """What a node says it has."""
    for name, text in capacity.items():
        here = f"{field}.{name}" if not errors.modern else f"{field}[{name}]"
        errors.each(here, name, names.qualified_name(name, errors.release))
        check_quantity(errors, here, name, text)


def check_limit_range(errors: FieldErrors, limits: LimitRange) -> None:
    """Each bound in its order: min, default request, default, max."""
    seen: list[str] = []
    for index, item in enumerate(limits.spec.limits):
        field = f"spec.limits[{index}]"
        if not item.type:
            errors.required(f"{field}.type")
        if item.type in seen:
            errors.duplicate(f"{field}.type", item.type)
        seen.append(item.type)
        if item.type == "Pod":
            for kind, given in (("default", item.default), ("defaultRequest", item.default_request)):
                if given:
                    errors.forbidden(f"{field}.{kind}", "may not be specified when `type` is 'Pod'")
        for name in sorted({*item.min, *item.max, *item.default, *item.default_request}):
            chain = [
                (what, parse_quantity(bounds[name]), bounds[name])
                for what, bounds in (
                    ("min", item.min),
                    ("defaultRequest", item.default_request),
                    ("default", item.default),
                    ("max", item.max),
                )
                if name in bounds
            ]
            for (lower, low, low_text), (upper, high, high_text) in pairwise(chain):
                if low > high:
                    told = {
                        "min": "min value",
                        "defaultRequest": "default request value",
                        "default": "default value",
                        "max": "max value",
                    }
                    errors.invalid(
                        f"{field}.{lower}[{name}]",
                        low_text,
                        f"{told[lower]} {low_text} is greater than {told[upper]} {high_text}",
                    )


def check_resource_quota(errors: FieldErrors, quota: ResourceQuota) -> None:
    """Known names, no negative numbers."""
    for name, text in quota.spec.hard.items():
        field = f"spec.hard[{name}]"
        if not name.startswith("count/"):
            _named(errors, field, name, (*_STANDARD, *_COUNTED), "must be a standard resource for quota")
        check_quantity(errors, field, name, text)
    best_effort, others = "BestEffort" in quota.spec.scopes, "NotBestEffort" in quota.spec.scopes
    if best_effort and others:
        errors.invalid("spec.scopes", quota.spec.scopes, "conflicting scopes")
    for scope in quota.spec.scopes:
        known = ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort"]
        if scope not in known and not (
            errors.modern and scope in ("PriorityClass", "CrossNamespacePodAffinity")
        ):
            errors.invalid("spec.scopes", quota.spec.scopes, "unsupported scope")
