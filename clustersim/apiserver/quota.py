"""ResourceQuota: whether one object more still fits into its namespace (plugin/pkg/admission/resourcequota).

The numbers are counted afresh from what is stored. What is let in is written into the status of the quotas
that count it, before the object is; what goes is left to their controller.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from clustersim.api.core.limits import ResourceQuota, ResourceQuotaStatus
from clustersim.api.core.pod import Pod
from clustersim.api.errors import forbidden
from clustersim.api.meta import replace
from clustersim.api.quantity import Quantity, parse_quantity
from clustersim.api.quota import COUNTED, Usage, in_scopes, is_terminating, total, usage_of, written
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
    if isinstance(obj, Pod):
        _ask_what_is_missing(quotas, resource, obj, missing)
    for quota in quotas:
        if why := _over(quota, _usage(obj, etcd), etcd):
            raise forbidden(resource, obj.metadata.name, why)
    return obj


def _ask_what_is_missing(
    quotas: Iterable[ResourceQuota], resource: str, pod: Pod, missing: Callable[[Mapping[str, str], Pod], str]
) -> None:
    for quota in quotas:
        if told := missing(quota.spec.hard, pod):
            why = f"failed quota: {quota.metadata.name}: must specify {told}"
            raise forbidden(resource, pod.metadata.name, why)


def check_growth(etcd: Etcd, old: Any, new: Any) -> None:
    """An object that is there takes more. Raises ApiError (403) if a quota has no room for the rest of it."""
    for quota in _quotas(etcd, new):
        if in_scopes(quota, new) and (why := _over(quota, _difference(quota, old, new, etcd), etcd)):
            raise forbidden(resource_of(new).plural, new.metadata.name, why)


def check_scope(etcd: Etcd, old: Pod, new: Pod) -> None:
    """A pod that is there has a deadline now, and so counts for other quotas: it is let in as a new one
    (v1.36 pkg/quota/v1/evaluator/core/pods.go Handles). Raises ApiError (403)."""
    if is_terminating(old) != is_terminating(new):
        quotas = [one for one in _quotas(etcd, new) if in_scopes(one, new)]
        _ask_what_is_missing(quotas, "pods", new, _missing_today)
        check_growth(etcd, old, new)


def grown_quotas(etcd: Etcd, old: Any, new: Any) -> Iterator[ResourceQuota]:
    """The quotas that count the object, with what is used once it takes more, or less."""
    for quota in _quotas(etcd, new):
        hard, more = quota.spec.hard, _difference(quota, old, new, etcd)
        if in_scopes(quota, new) and any(more[key].nanos for key in hard if key in more):
            used = written(total((used_by(quota, etcd), more), hard))
            yield replace(quota, status=ResourceQuotaStatus(hard=hard, used=used))


def _difference(quota: ResourceQuota, old: Any, new: Any, etcd: Etcd) -> Usage:
    """What the object takes more than before; all of it where the quota did not count it before."""
    after = _usage(new, etcd)
    before = _usage(old, etcd) if in_scopes(quota, old) else {}
    return {name: Quantity(one.nanos - _nanos(before, name), one.style) for name, one in after.items()}


def _nanos(usage: Usage, name: str) -> int:
    return usage[name].nanos if name in usage else 0


def charged_quotas(etcd: Etcd, obj: Any) -> Iterator[ResourceQuota]:
    """The quotas that count the object, with what is used once it is there."""
    quotas = _quotas(etcd, obj)
    asked = _usage(obj, etcd) if quotas else {}
    for quota in quotas:
        hard = quota.spec.hard
        if in_scopes(quota, obj) and any(key in asked for key in hard):
            used = written(total((used_by(quota, etcd), asked), hard))
            yield replace(quota, status=ResourceQuotaStatus(hard=hard, used=used))


def _quotas(etcd: Etcd, obj: Any) -> list[ResourceQuota]:
    """The quotas of the object's namespace."""
    namespace = obj.metadata.namespace
    quotas = [one for one in etcd.range("resourcequotas").values() if one.metadata.namespace == namespace]
    return sorted(quotas, key=lambda one: str(one.metadata.name))


def _usage(obj: Any, etcd: Etcd) -> Usage:
    """What it counts for, by all the groups that its kind was ever served in."""
    found: Usage = {}
    for versions in resource_of(obj).versions.values():
        found |= usage_of(obj, versions[0], etcd.now)
    return found


def _over(quota: ResourceQuota, asked: Usage, etcd: Etcd) -> str:
    """Of what there would be too much; empty where there is room."""
    hard, name = quota.spec.hard, quota.metadata.name
    used = used_by(quota, etcd)
    over = [key for key in sorted(hard) if key in asked and _exceeds(used[key], asked[key], hard[key])]
    if not over:
        return ""
    requested = ",".join(f"{key}={asked[key].text()}" for key in over)
    before = ",".join(f"{key}={used[key].text()}" for key in over)
    limited = ",".join(f"{key}={hard[key]}" for key in over)
    return f"exceeded quota: {name}, requested: {requested}, used: {before}, limited: {limited}"


def _exceeds(used: Quantity, asked: Quantity, hard: str) -> bool:
    return asked.nanos > 0 and used.nanos + asked.nanos > parse_quantity(hard).nanos


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


def used_by(quota: ResourceQuota, etcd: Etcd) -> Usage:
    """What the objects of the quota's namespace use of everything that it bounds."""
    namespace, hard = quota.metadata.namespace, quota.spec.hard
    resources = dict.fromkeys(("pods", "persistentvolumeclaims", "services"))
    resources |= dict.fromkeys(key for key in hard if key in COUNTED)
    counted = (key.removeprefix("count/").partition(".")[0] for key in hard if key.startswith("count/"))
    resources |= dict.fromkeys(counted)
    return total(
        (
            _usage(obj, etcd)
            for resource in resources
            for obj in etcd.range(resource).values()
            if obj.metadata.namespace == namespace and in_scopes(quota, obj)
        ),
        hard,
    )
