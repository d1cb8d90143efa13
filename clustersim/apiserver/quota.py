"""ResourceQuota: whether one object more still fits into its namespace (plugin/pkg/admission/resourcequota).

Bounds and what is used of them are those that the status of a quota tells: before its controller has counted
for the first time a quota bounds nothing. What is let in is written into that status before the object is;
what goes, and other bounds, are left to the controller.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from clustersim.api.core.limits import ResourceQuota
from clustersim.api.core.pod import Pod
from clustersim.api.errors import forbidden
from clustersim.api.meta import replace
from clustersim.api.quantity import Quantity, parse_quantity
from clustersim.api.quota import Usage, in_scopes, is_terminating, may_count, usage_of, written
from clustersim.api.registry import resource_of
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags

GROWING: Final = ("persistentvolumeclaims", "services")
"""Resources whose objects may count for more when they are changed."""


def resource_quota(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """The object. Raises ApiError (403) if a quota of its namespace has no room for it."""
    return _let_in(etcd, resource, obj, _missing)


def resource_quota_of_today(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """The same; today it is said of which containers something is missing, and nothing is where the pod says
    as a whole what it needs."""
    return _let_in(etcd, resource, obj, _missing_today)


def _let_in(etcd: Etcd, resource: str, obj: Any, missing: Callable[[Mapping[str, str], Pod], str]) -> Any:
    """What the object must say is asked for all quotas before any is asked for room (CheckRequest)."""
    quotas = [one for one in _quotas(etcd, obj) if in_scopes(one, obj)]
    _ask_what_is_missing(quotas, resource, obj, missing)
    asked = _usage(obj, etcd) if quotas else {}
    for quota in quotas:
        if why := _over(quota, asked):
            raise forbidden(resource, obj.metadata.name, why)
    return obj


def _ask_what_is_missing(
    quotas: Iterable[ResourceQuota], resource: str, obj: Any, missing: Callable[[Mapping[str, str], Pod], str]
) -> None:
    """What the object does not say, and what the quota does not."""
    today = missing is _missing_today
    for quota in quotas:
        name, status = quota.metadata.name, quota.status
        if isinstance(obj, Pod) and (told := missing(status.hard, obj)):
            raise forbidden(resource, obj.metadata.name, f"failed quota: {name}: must specify {told}")
        plural = resource.partition(".")[0]
        asked = [key for key in sorted(status.hard) if not today or may_count(plural, key)]
        if any(key not in status.used for key in asked):
            which = f", resources: {','.join(asked)}" if today else ""
            raise forbidden(resource, obj.metadata.name, f"status unknown for quota: {name}{which}")


def check_growth(etcd: Etcd, old: Any, new: Any, *, today: bool) -> None:
    """An object that is there takes more. Raises ApiError (403) if a quota has no room for the rest of it."""
    for quota in _quotas(etcd, new):
        if in_scopes(quota, new) and (why := _over(quota, _difference(quota, old, new, etcd, today=today))):
            raise forbidden(resource_of(new).plural, new.metadata.name, why)


def check_scope(etcd: Etcd, old: Pod, new: Pod) -> None:
    """A pod that is there has a deadline now, and so counts for other quotas: it is let in as a new one
    (v1.36 pkg/quota/v1/evaluator/core/pods.go Handles). Raises ApiError (403)."""
    if is_terminating(old) != is_terminating(new):
        quotas = [one for one in _quotas(etcd, new) if in_scopes(one, new)]
        _ask_what_is_missing(quotas, "pods", new, _missing_today)
        check_growth(etcd, old, new, today=True)


def grown_quotas(etcd: Etcd, old: Any, new: Any, *, today: bool) -> Iterator[ResourceQuota]:
    """The quotas that count the object, with what is used once it takes more, or (until v1.8) less."""
    for quota in _quotas(etcd, new):
        if in_scopes(quota, new):
            yield from _with_more(quota, _difference(quota, old, new, etcd, today=today))


def _difference(quota: ResourceQuota, old: Any, new: Any, etcd: Etcd, *, today: bool) -> Usage:
    """What the object takes more than before; all of it where the quota did not count it before. Today what
    it takes less is left to the controller (SubtractWithNonNegativeResult)."""
    after = _usage(new, etcd)
    before = _usage(old, etcd) if in_scopes(quota, old) else {}
    more = {name: one.nanos - _nanos(before, name) for name, one in after.items()}
    return {name: Quantity(max(0, more[name]) if today else more[name], after[name].style) for name in more}


def _nanos(usage: Usage, name: str) -> int:
    return usage[name].nanos if name in usage else 0


def charged_quotas(etcd: Etcd, obj: Any) -> Iterator[ResourceQuota]:
    """The quotas that count the object, with what is used once it is there."""
    quotas = _quotas(etcd, obj)
    asked = _usage(obj, etcd) if quotas else {}
    for quota in quotas:
        if in_scopes(quota, obj):
            yield from _with_more(quota, asked)


def _with_more(quota: ResourceQuota, more: Usage) -> Iterator[ResourceQuota]:
    """The quota with so much more used, if that is anything of what it bounds."""
    status = quota.status
    grown = {key: more[key] for key in status.hard if key in more and more[key].nanos}
    if grown:
        used = {key: parse_quantity(text) for key, text in status.used.items()}
        used |= {key: used[key].plus(one) if key in used else one for key, one in grown.items()}
        yield replace(quota, status=replace(status, used=written(used)))


def _quotas(etcd: Etcd, obj: Any) -> list[ResourceQuota]:
    """The quotas of the object's namespace."""
    if not (everywhere := etcd.range("resourcequotas")):
        return []
    quotas = [one for one in everywhere.values() if one.metadata.namespace == obj.metadata.namespace]
    return sorted(quotas, key=lambda one: str(one.metadata.name))


def _usage(obj: Any, etcd: Etcd) -> Usage:
    """What it counts for, by all the groups that its kind was ever served in."""
    found: Usage = {}
    for versions in resource_of(obj).versions.values():
        found |= usage_of(obj, versions[0], etcd.now)
    return found


def _over(quota: ResourceQuota, asked: Usage) -> str:
    """Of what there would be too much; empty where there is room."""
    hard, used, name = quota.status.hard, quota.status.used, quota.metadata.name
    over = [
        key for key in sorted(hard) if key in asked and _exceeds(used.get(key, "0"), asked[key], hard[key])
    ]
    if not over:
        return ""
    requested = ",".join(f"{key}={asked[key].text()}" for key in over)
    before = ",".join(f"{key}={used.get(key, '0')}" for key in over)
    limited = ",".join(f"{key}={hard[key]}" for key in over)
    return f"exceeded quota: {name}, requested: {requested}, used: {before}, limited: {limited}"


def _exceeds(used: str, asked: Quantity, hard: str) -> bool:
    return asked.nanos > 0 and parse_quantity(used).nanos + asked.nanos > parse_quantity(hard).nanos


def _missing(hard: Mapping[str, str], pod: Pod) -> str:
    """What every container must say because a quota bounds it."""
    return ",".join(_lacking(hard, pod))


def _missing_today(hard: Mapping[str, str], pod: Pod) -> str:
    whole = pod.spec.resources
    if whole is not None and (whole.requests or whole.limits):
        return ""
    return "; ".join(f"{key} for: {','.join(names)}" for key, names in _lacking(hard, pod).items())


def _lacking(hard: Mapping[str, str], pod: Pod) -> dict[str, list[str]]:
    """By what a quota bounds the containers that do not say it (enforcePodContainerConstraints)."""
    found: dict[str, list[str]] = {}
    for key in sorted(hard):
        kind, _, name = key.rpartition(".")
        if name not in ("cpu", "memory") or kind not in ("", "requests", "limits"):
            continue
        for container in (*pod.spec.containers, *pod.spec.init_containers):
            resources = container.resources
            if name not in (resources.limits if kind == "limits" else resources.requests):
                found.setdefault(key, []).append(container.name)
    return {key: sorted(names) for key, names in found.items()}
