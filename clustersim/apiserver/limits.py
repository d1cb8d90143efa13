"""LimitRanger: what a LimitRange of the namespace fills in and forbids (plugin/pkg/admission/limitranger)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from clustersim.api.core.container import Container
from clustersim.api.core.limits import LimitRange, LimitRangeItem
from clustersim.api.core.persistent_volume import PersistentVolumeClaim
from clustersim.api.core.pod import Pod
from clustersim.api.errors import forbidden
from clustersim.api.meta import replace
from clustersim.api.quantity import Quantity, parse_quantity
from clustersim.api.quota import amounts_without_overhead
from clustersim.api.registry import resource_of
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags

ANNOTATION: Final = "kubernetes.io/limit-ranger"


class Asked(msgspec.Struct, frozen=True):
    """What a container, a pod or a claim asks for."""

    requests: Mapping[str, Quantity]
    limits: Mapping[str, Quantity]


def limit_ranger(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """The object with defaults filled in. Raises ApiError (403) for one outside the bounds."""
    for limits in _ranges(etcd, obj):
        obj = _with_defaults(obj, limits)
        _keep_within(limits, resource, obj, today=False)
    return obj


def limit_defaults(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """The object with defaults filled in: the plugin's first part of today, before validation."""
    for limits in _ranges(etcd, obj):
        obj = _with_defaults(obj, limits)
    return obj


def limit_bounds(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """The object: the second part, after validation. Raises ApiError (403) for one outside the bounds."""
    for limits in _ranges(etcd, obj):
        _keep_within(limits, resource, obj, today=True)
    return obj


def limit_change(etcd: Etcd, obj: Any, *, today: bool) -> None:
    """A claim that is changed stays within the bounds. Raises ApiError (403)."""
    for limits in _ranges(etcd, obj):
        _keep_within(limits, resource_of(obj).plural, obj, today=today)


def _ranges(etcd: Etcd, obj: Any) -> list[LimitRange]:
    """What bounds the object, by name."""
    if not isinstance(obj, Pod | PersistentVolumeClaim):
        return []
    namespace = obj.metadata.namespace
    ranges = [one for one in etcd.range("limitranges").values() if one.metadata.namespace == namespace]
    return sorted(ranges, key=lambda one: str(one.metadata.name))


def _keep_within(limits: LimitRange, resource: str, obj: Any, *, today: bool) -> None:
    """Until v1.8 each reason ends with a full stop, and is told as often as it is found."""
    reasons = [reason for item in limits.spec.limits for reason in _reasons(item, obj)]
    reasons = list(dict.fromkeys(reasons)) if today else [f"{reason}." for reason in reasons]
    if reasons:
        why = reasons[0] if len(reasons) == 1 else f"[{', '.join(reasons)}]"
        raise forbidden(resource, obj.metadata.name, why)


# --- filling in --------------------------------------------------------------------------------------


def _with_defaults(pod: Any, limits: LimitRange) -> Any:
    if not isinstance(pod, Pod):
        return pod
    requests: dict[str, str] = {}
    maximums: dict[str, str] = {}
    for item in limits.spec.limits:
        if item.type == "Container":
            requests |= item.default_request
            maximums |= item.default
    if not requests and not maximums:
        return pod
    told: list[str] = []

    def fill(containers: tuple[Container, ...], kind: str) -> tuple[Container, ...]:
        return tuple(_filled(one, kind, requests, maximums, told) for one in containers)

    spec = replace(
        pod.spec,
        containers=fill(pod.spec.containers, "container"),
        init_containers=fill(pod.spec.init_containers, "init container"),
    )
    if not told:
        return pod
    note = f"LimitRanger plugin set: {'; '.join(told)}"
    metadata = replace(pod.metadata, annotations={**pod.metadata.annotations, ANNOTATION: note})
    return replace(pod, metadata=metadata, spec=spec)


def _filled(
    container: Container, kind: str, requests: dict[str, str], limits: dict[str, str], told: list[str]
) -> Container:
    resources = container.resources
    for what, defaults, given in (
        ("request", requests, resources.requests),
        ("limit", limits, resources.limits),
    ):
        if added := sorted(name for name in defaults if name not in given):
            told.append(f"{', '.join(added)} {what} for {kind} {container.name}")
    filled = replace(
        resources, requests={**requests, **resources.requests}, limits={**limits, **resources.limits}
    )
    return replace(container, resources=filled)


# --- checking ----------------------------------------------------------------------------------------


def _asked_by(container: Container) -> Asked:
    resources = container.resources
    return Asked(
        {name: parse_quantity(text) for name, text in resources.requests.items()},
        {name: parse_quantity(text) for name, text in resources.limits.items()},
    )


def _reasons(item: LimitRangeItem, obj: Any) -> list[str]:
    if isinstance(obj, PersistentVolumeClaim):
        return _outside_of_claim(item, obj) if item.type == "PersistentVolumeClaim" else []
    if item.type == "Container":
        containers = (*obj.spec.containers, *obj.spec.init_containers)
        return [reason for one in containers for reason in _outside(item, _asked_by(one))]
    whole = Asked(amounts_without_overhead(obj, "requests"), amounts_without_overhead(obj, "limits"))
    return _outside(item, whole) if item.type == "Pod" else []


def _outside_of_claim(item: LimitRangeItem, claim: PersistentVolumeClaim) -> list[str]:
    """Of claims only what they ask for counts (PersistentVolumeClaimValidateLimitFunc)."""
    wanted = {name: parse_quantity(text) for name, text in claim.spec.resources.requests.items()}
    asked = Asked(wanted, {})
    found = [_too_small(name, item.min[name], item.type, asked) for name in sorted(item.min)]
    for name in sorted(item.max):
        told = f"maximum {name} usage per {item.type} is {item.max[name]}"
        if name not in wanted:
            found.append(f"{told}.  No request is specified")
        elif wanted[name] > parse_quantity(item.max[name]):
            found.append(f"{told}, but request is {wanted[name].text()}")
    return [reason for reason in found if reason]


def _outside(item: LimitRangeItem, asked: Asked) -> list[str]:
    reasons: list[str] = []
    checks: tuple[tuple[dict[str, str], Callable[[str, str, str, Asked], str]], ...] = (
        (item.min, _too_small),
        (item.max, _too_large),
        (item.max_limit_request_ratio, _too_loose),
    )
    for bounds, check in checks:
        reasons += [why for name in sorted(bounds) if (why := check(name, bounds[name], item.type, asked))]
    return reasons


def _too_small(name: str, text: str, kind: str, asked: Asked) -> str:
    bound, request, limit = parse_quantity(text), asked.requests.get(name), asked.limits.get(name)
    told = f"minimum {name} usage per {kind} is {text}"
    if request is None:
        return f"{told}.  No request is specified"
    if request < bound:
        return f"{told}, but request is {request.text()}"
    if limit is not None and limit < bound:
        return f"{told}, but limit is {limit.text()}"
    return ""


def _too_large(name: str, text: str, kind: str, asked: Asked) -> str:
    bound, request, limit = parse_quantity(text), asked.requests.get(name), asked.limits.get(name)
    told = f"maximum {name} usage per {kind} is {text}"
    if limit is None:
        return f"{told}.  No limit is specified"
    if limit > bound:
        return f"{told}, but limit is {limit.text()}"
    if request is not None and request > bound:
        return f"{told}, but request is {request.text()}"
    return ""


def _too_loose(name: str, text: str, kind: str, asked: Asked) -> str:
    request, limit = asked.requests.get(name), asked.limits.get(name)
    told = f"{name} max limit to request ratio per {kind} is {text}"
    if request is None or request.nanos == 0:
        return f"{told}, but no request is specified or request is 0"
    if limit is None or limit.nanos == 0:
        return f"{told}, but no limit is specified or limit is 0"
    if limit.nanos * 10**9 > parse_quantity(text).nanos * request.nanos:
        return f"{told}, but provided ratio is {limit.nanos / request.nanos:f}"
    return ""
