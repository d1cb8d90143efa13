"""ResourceQuota: whether one object more still fits into its namespace (plugin/pkg/admission/resourcequota).

The numbers are counted afresh from what is stored. What is let in is written into the status of the quotas
that count it, before the object is; what goes is left to their controller.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from clustersim.api.core.limits import ResourceQuota, ResourceQuotaStatus
from clustersim.api.core.pod import Pod
from clustersim.api.errors import forbidden
from clustersim.api.meta import replace
from clustersim.api.quantity import Quantity, parse_quantity
from clustersim.api.quota import COUNTED, Usage, in_scopes, total, usage_of, written
from clustersim.api.registry import resource_of
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags


def resource_quota(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """The object. Raises ApiError (403) if a quota of its namespace has no room for it."""
    for quota in _quotas(etcd, obj):
        if why := _reason(quota, obj, etcd):
            raise forbidden(resource, obj.metadata.name, why)
    return obj


def check_growth(etcd: Etcd, old: Any, new: Any) -> None:
    """An object that is there takes more. Raises ApiError (403) if a quota has no room for the rest of it."""
    more = _difference(old, new)
    for quota in _quotas(etcd, new):
        if in_scopes(quota, new) and (why := _over(quota, more, etcd)):
            raise forbidden(resource_of(new).plural, new.metadata.name, why)


def grown_quotas(etcd: Etcd, old: Any, new: Any) -> Iterator[ResourceQuota]:
    """The quotas that count the object, with what is used once it takes more, or less."""
    more = _difference(old, new)
    for quota in _quotas(etcd, new):
        hard = quota.spec.hard
        if in_scopes(quota, new) and any(more[key].nanos for key in hard if key in more):
            used = written(total((used_by(quota, etcd), more), hard))
            yield replace(quota, status=ResourceQuotaStatus(hard=hard, used=used))


def _difference(old: Any, new: Any) -> Usage:
    before, after = _usage(old), _usage(new)
    return {name: Quantity(one.nanos - _nanos(before, name), one.style) for name, one in after.items()}


def _nanos(usage: Usage, name: str) -> int:
    return usage[name].nanos if name in usage else 0


def charged_quotas(etcd: Etcd, obj: Any) -> Iterator[ResourceQuota]:
    """The quotas that count the object, with what is used once it is there."""
    asked = _usage(obj)
    for quota in _quotas(etcd, obj):
        hard = quota.spec.hard
        if in_scopes(quota, obj) and any(key in asked for key in hard):
            used = written(total((used_by(quota, etcd), asked), hard))
            yield replace(quota, status=ResourceQuotaStatus(hard=hard, used=used))


def _quotas(etcd: Etcd, obj: Any) -> list[ResourceQuota]:
    """The quotas of the object's namespace."""
    namespace = obj.metadata.namespace
    quotas = [one for one in etcd.range("resourcequotas").values() if one.metadata.namespace == namespace]
    return sorted(quotas, key=lambda one: str(one.metadata.name))


def _usage(obj: Any) -> Usage:
    """What it counts for, by all the groups that its kind was ever served in."""
    found: Usage = {}
    for versions in resource_of(obj).versions.values():
        found |= usage_of(obj, versions[0])
    return found


def _reason(quota: ResourceQuota, obj: Any, etcd: Etcd) -> str:
    if not in_scopes(quota, obj):
        return ""
    if isinstance(obj, Pod) and (missing := _missing(quota.spec.hard, obj)):
        return f"failed quota: {quota.metadata.name}: must specify {','.join(missing)}"
    return _over(quota, _usage(obj), etcd)


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


def _missing(hard: Mapping[str, str], pod: Pod) -> list[str]:
    """What every container must say because a quota bounds it."""
    found = []
    for key in sorted(hard):
        kind, _, name = key.rpartition(".")
        if name not in ("cpu", "memory") or kind not in ("", "requests", "limits"):
            continue
        for container in (*pod.spec.containers, *pod.spec.init_containers):
            resources = container.resources
            if name not in (resources.limits if kind == "limits" else resources.requests):
                found.append(key)
                break
    return found


def used_by(quota: ResourceQuota, etcd: Etcd) -> Usage:
    """What the objects of the quota's namespace use of everything that it bounds."""
    namespace, hard = quota.metadata.namespace, quota.spec.hard
    resources = dict.fromkeys(("pods", "persistentvolumeclaims", "services"))
    resources |= dict.fromkeys(key for key in hard if key in COUNTED)
    counted = (key.removeprefix("count/").partition(".")[0] for key in hard if key.startswith("count/"))
    resources |= dict.fromkeys(counted)
    return total(
        (
            _usage(obj)
            for resource in resources
            for obj in etcd.range(resource).values()
            if obj.metadata.namespace == namespace and in_scopes(quota, obj)
        ),
        hard,
    )
