"""Validation of quantities: of capacities, of LimitRanges and ResourceQuotas, and of names of resources."""

from collections.abc import Mapping
from typing import Final

from clustersim.api.core.limits import LimitRange, LimitRangeItem, ResourceQuota
from clustersim.api.quantity import parse_quantity
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors, go_list, go_quantity

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
_STANDARD_IN_V1_7: Final = (*(name for name in (*_STANDARD, *_COUNTED) if "ephemeral" not in name),)
"""Storage that ends with its pod is counted since v1.8."""


def is_extended(name: str) -> bool:
    """Whether a resource is of somebody else's making: with a domain of its own."""
    return "/" in name and not name.startswith(("kubernetes.io/", "requests."))


def check_name(errors: FieldErrors, field: str, name: str, known: tuple[str, ...], why: str) -> bool:
    """Whether a resource is one that there is, and one that can be used here (validateResourceName)."""
    reasons = names.qualified_name(name, errors.release)
    errors.each(field, name, reasons)
    if "/" in name or _is_huge(errors, name, known):
        return not reasons
    standard = _STANDARD_IN_V1_7 if errors.release == "v1.7" else (*_STANDARD, *_COUNTED)
    if not reasons and name not in standard:
        errors.invalid(field, name, "must be a standard resource type or fully qualified")
    if name not in known or name not in standard:
        errors.invalid(field, name, why)
        return False
    return not reasons


def _is_huge(errors: FieldErrors, name: str, known: tuple[str, ...]) -> bool:
    """Pages of memory that are larger than usual, which are known since v1.8."""
    quota = name.startswith("requests.hugepages-") and known is not CONTAINER_RESOURCES
    return errors.release != "v1.7" and (name.startswith("hugepages-") or quota)


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


LIMIT_TYPES: Final = ("Container", "PersistentVolumeClaim", "Pod")


def check_limit_range(errors: FieldErrors, limits: LimitRange) -> None:
    """Each of a known type, with known names, and its bounds in order (ValidateLimitRange)."""
    seen: list[str] = []
    for index, item in enumerate(limits.spec.limits):
        field = f"spec.limits[{index}]"
        reasons = names.qualified_name(item.type, errors.release)
        errors.each(f"{field}.type", item.type, reasons)
        if not reasons and "/" not in item.type and item.type not in LIMIT_TYPES:
            why = "must be a standard limit type or fully qualified"
            errors.invalid(f"{field}.type", item.type, why)
        if item.type in seen:
            errors.duplicate(f"{field}.type", item.type)
        seen.append(item.type)
        _check_bounds(errors, field, item)


def _check_bounds(errors: FieldErrors, field: str, item: LimitRangeItem) -> None:
    bounds = {"max": item.max, "min": item.min}
    given = {"default": item.default, "defaultRequest": item.default_request}
    if item.type == "Pod":
        for kind, quantities in given.items():
            if quantities:
                errors.forbidden(f"{field}.{kind}", "may not be specified when `type` is 'Pod'")
    else:
        bounds |= given
    if item.type == "PersistentVolumeClaim" and not {"storage"} & {*item.min, *item.max}:
        why = "either minimum or maximum storage value is required, but neither was provided"
        errors.required(f"{field}.limits", why)
    bounds["maxLimitRequestRatio"] = item.max_limit_request_ratio
    of_containers = item.type in ("Pod", "Container")
    known = CONTAINER_RESOURCES if of_containers else (*_STANDARD, *_COUNTED)
    for kind, quantities in bounds.items():
        for name in sorted(quantities):
            why = "must be a standard resource for containers"
            if errors.release == "v1.8" and name == "ephemeral-storage":
                shut = "ResourceEphemeralStorage field disabled by feature-gate for Resource LimitRange"
                errors.forbidden(f"{field}.{kind}[{name}]", shut)
                continue
            check_name(errors, f"{field}.{kind}[{name}]", name, known, why)
    for name in sorted({name for quantities in bounds.values() for name in quantities}):
        texts = {kind: found[name] for kind, found in bounds.items() if name in found}
        _check_order(errors, field, name, texts)


_ORDER: Final = (
    ("min", "max", "min", "min"),
    ("min", "defaultRequest", "defaultRequest", "defaultRequest"),
    ("defaultRequest", "max", "defaultRequest", "defaultRequest"),
    ("defaultRequest", "default", "defaultRequest", "defaultRequest"),
    ("min", "default", "default", "min"),
    ("default", "max", "default", "max"),
)
"""What must not be greater than what, the field that is blamed, and the value it is shown with."""


def _check_order(errors: FieldErrors, field: str, name: str, texts: Mapping[str, str]) -> None:
    for lower, upper, blamed, shown in _ORDER:
        if lower not in texts or upper not in texts:
            continue
        low, high = texts[lower], texts[upper]
        if parse_quantity(low) > parse_quantity(high):
            above = "default limit value" if (lower, upper) == ("defaultRequest", "default") else _TOLD[upper]
            why = f"{_TOLD[lower]} {low} is greater than {above} {high}"
            errors.invalid(f"{field}.{blamed}[{name}]", go_quantity(errors, texts[shown]), why)
    _check_equal(errors, field, name, texts)
    ratio = texts.get("maxLimitRequestRatio")
    if ratio is None:
        return
    here, most = f"{field}.maxLimitRequestRatio[{name}]", parse_quantity(ratio)
    if most < parse_quantity("1"):
        errors.invalid(here, go_quantity(errors, ratio), f"ratio {ratio} is less than 1")
    if "min" in texts and "max" in texts and (least := parse_quantity(texts["min"]).nanos):
        bound = parse_quantity(texts["max"]).nanos / least
        if most.nanos / 10**9 > bound:
            errors.invalid(
                here, go_quantity(errors, ratio), f"ratio {ratio} is greater than max/min = {bound:f}"
            )


def _check_equal(errors: FieldErrors, field: str, name: str, texts: Mapping[str, str]) -> None:
    """Of what cannot be given out twice requests and limits are the same (IsOvercommitAllowed)."""
    limit, request = texts.get("default"), texts.get("defaultRequest")
    if limit is None or request is None or not (is_extended(name) or name.startswith("hugepages-")):
        return
    if parse_quantity(limit).nanos != parse_quantity(request).nanos:
        why = f"default value {limit} must equal to defaultRequest value {request} in {name}"
        errors.invalid(f"{field}.defaultRequest[{name}]", go_quantity(errors, request), why)


_TOLD: Final = {
    "min": "min value",
    "defaultRequest": "default request value",
    "default": "default value",
    "max": "max value",
}


def check_resource_quota(errors: FieldErrors, quota: ResourceQuota) -> None:
    """Known names, no negative numbers."""
    for name, text in quota.spec.hard.items():
        field = f"spec.hard[{name}]"
        if errors.release == "v1.8" and name.endswith("ephemeral-storage"):
            why = "ResourceEphemeralStorage field disabled by feature-gate for ResourceQuota"
            errors.forbidden(field, why)
        else:
            check_quota_resource(errors, field, name)
        check_quantity(errors, field, name, text)
    _check_scopes(errors, quota)
    _check_scope_selector(errors, quota)


def check_quota_resource(errors: FieldErrors, field: str, name: str) -> None:
    """What can be counted."""
    if not name.startswith("count/"):
        check_name(errors, field, name, (*_STANDARD, *_COUNTED), "must be a standard resource for quota")


_PODS: Final = frozenset({"pods"})
_COMPUTED: Final = frozenset(
    {"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"}
)
_SCOPED: Final[dict[str, frozenset[str]]] = {
    "Terminating": _PODS | _COMPUTED,
    "NotTerminating": _PODS | _COMPUTED,
    "BestEffort": _PODS,
    "NotBestEffort": _PODS | _COMPUTED,
}
_SCOPED_TODAY: Final = {
    **_SCOPED,
    "PriorityClass": _PODS | _COMPUTED,
    "CrossNamespacePodAffinity": _PODS | _COMPUTED,
    "VolumeAttributesClass": frozenset({"persistentvolumeclaims", "requests.storage"}),
}
"""What each scope may bound (pkg/apis/core/helper IsResourceQuotaScopeValidForResource)."""


_ONLY_EXISTS: Final = (*_SCOPED, "CrossNamespacePodAffinity")
_PAIRS: Final = ({"BestEffort", "NotBestEffort"}, {"Terminating", "NotTerminating"})


_MUST_EXIST: Final = (
    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
    "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or "
    "ResourceQuotaScopeCrossNamespacePodAffinity"
)


def check_resource_quota_update(errors: FieldErrors, old: ResourceQuota, new: ResourceQuota) -> None:
    """What a quota counts stays (ValidateResourceQuotaUpdate)."""
    if set(old.spec.scopes) != set(new.spec.scopes):
        shown = go_list(errors, "api.ResourceQuotaScope", new.spec.scopes)
        errors.invalid("spec.scopes", shown, IMMUTABLE)


def _bounded(quota: ResourceQuota) -> set[str]:
    return {name for name in quota.spec.hard if name in _STANDARD or name in _COUNTED}


def _check_scope_selector(errors: FieldErrors, quota: ResourceQuota) -> None:
    """What of a scope is meant (v1.36 validateScopedResourceSelectorRequirement)."""
    selector, field = quota.spec.scope_selector, "spec.scopeSelector.matchExpressions"
    if selector is None:
        return
    for one in selector.match_expressions:
        if one.scope_name not in _SCOPED_TODAY:
            errors.invalid(f"{field}.scopeName", one.scope_name, "unsupported scope")
        elif not _bounded(quota) <= _SCOPED_TODAY[one.scope_name]:
            errors.invalid(field, selector, "unsupported scope applied to resource")
        if one.scope_name in _ONLY_EXISTS and one.operator != "Exists":
            errors.invalid(f"{field}.operator", one.operator, _MUST_EXIST)
        if one.operator in ("In", "NotIn"):
            if not one.values:
                why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
                errors.required(f"{field}.values", why)
        elif one.operator not in ("Exists", "DoesNotExist"):
            errors.invalid(f"{field}.operator", one.operator, "not a valid selector operator")
        elif one.values:
            why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
            errors.invalid(f"{field}.values", one.values, why)
    named = {one.scope_name for one in selector.match_expressions}
    if any(pair <= named for pair in _PAIRS):
        errors.invalid("spec.scopeSelector.matchExpressions", quota.spec.scopes or None, "conflicting scopes")


def _check_scopes(errors: FieldErrors, quota: ResourceQuota) -> None:
    """Known ones, that bound what they can and do not contradict each other (validateResourceQuotaScopes)."""
    scopes, field = quota.spec.scopes, "spec.scopes"
    shown = go_list(errors, "api.ResourceQuotaScope", scopes)
    scoped = _SCOPED_TODAY if errors.modern else _SCOPED
    for scope in scopes:
        if scope not in scoped:
            errors.invalid(field, shown, "unsupported scope")
            continue
        if not _bounded(quota) <= scoped[scope]:
            errors.invalid(field, shown, "unsupported scope applied to resource")
    for pair in _PAIRS:
        if pair <= set(scopes):
            errors.invalid(field, shown, "conflicting scopes")
