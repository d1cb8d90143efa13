"""`kubectl describe` of namespaces, and of how much there may be in one.

Sources: v1.7.5 and v1.8.0 describe.go; v1.36 k8s.io/kubectl pkg/describe.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from clustersim.api.quantity import Quantity, parse_quantity
from clustersim.kubectl.ages import moment
from clustersim.kubectl.describe.parts import TODAY, head

Store = Mapping[str, Mapping[str, Any]]


def namespace_lines(namespace: Any, store: Store, release: str) -> Iterable[str]:
    """A Namespace, with its quotas and limits."""
    yield from head(namespace, release, namespaced=False)
    yield f"Status:\t{namespace.status.phase}"
    if release in TODAY and namespace.status.conditions:
        yield "Conditions:"
        yield "  Type\tStatus\tLastTransitionTime\tReason\tMessage"
        yield "  ----\t------\t------------------\t------\t-------"
        for one in namespace.status.conditions:
            since = moment(one.last_transition_time)
            yield f"  {one.type}\t{one.status}\t{since}\t{one.reason}\t{one.message}"
    own = [_of(store, kind, namespace.metadata.name) for kind in ("resourcequotas", "limitranges")]
    yield ""
    if own[0]:
        yield "Resource Quotas"
        for quota in own[0]:
            indent = "  " if release in TODAY else " "
            yield f"{indent}Name:\t{quota.metadata.name}"
            scopes = sorted(quota.spec.scopes)
            if scopes:
                yield f"{indent}Scopes:\t{', '.join(scopes)}"
                yield from (f"  * {_SCOPES[scope]}" for scope in scopes if scope in _SCOPES)
            yield f"{indent}Resource\tUsed\tHard"
            yield f"{indent}--------\t---\t---"
            yield from (f"{indent}{line}" for line in _quota_rows(quota))
    else:
        yield "No resource quota."
    yield ""
    if own[1]:
        yield "Resource Limits"
        yield from (f" {line}" for line in _LIMIT_HEADS)
        yield from (f" {line}" for found in own[1] for line in _limit_rows(found))
    else:
        yield "No resource limits." if release not in TODAY else "No LimitRange resource."


def _of(store: Store, resource: str, namespace: str) -> list[Any]:
    found = store.get(resource, {})
    return [found[key] for key in sorted(found) if key.startswith(f"{namespace}/")]


def quota_lines(quota: Any, release: str) -> Iterable[str]:
    """A ResourceQuota."""
    yield f"Name:\t{quota.metadata.name}"
    yield f"Namespace:\t{quota.metadata.namespace}"
    if scopes := sorted(quota.spec.scopes):
        yield f"Scopes:\t{', '.join(scopes)}"
        yield from (f" * {_SCOPES[scope]}" for scope in scopes if scope in _SCOPES)
    yield "Resource\tUsed\tHard"
    yield "--------\t----\t----"
    yield from _quota_rows(quota, alike=release in TODAY)


_SCOPES: Final = {
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a best "
    "effort quality of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods have a "
    "burstable or guaranteed quality of service.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually include long "
    "running pods whose container command is not expected to terminate.",
    "Terminating": "Matches all pods that have an active deadline. These pods have a limited lifespan on a "
    "node before being actively terminated by the system.",
}
"""helpTextForResourceQuotaScope."""


def _quota_rows(quota: Any, *, alike: bool = False) -> Iterable[str]:
    """alike: what is used is told in the units of the limit."""
    hard, used = quota.status.hard or quota.spec.hard, quota.status.used
    for name in sorted(hard):
        amount = used.get(name, "0")
        yield f"{name}\t{_as(hard[name], amount) if alike else amount}\t{hard[name]}"


def _as(hard: str, used: str) -> str:
    """What is used, in units of the kind that the limit is written in."""
    style, amount = parse_quantity(hard).style, parse_quantity(used)
    return used if amount.style == style else Quantity(amount.scaled(0) * 10**9, style).text()


def limit_range_lines(found: Any, release: str) -> Iterable[str]:
    """A LimitRange."""
    yield f"Name:\t{found.metadata.name}"
    yield f"Namespace:\t{found.metadata.namespace}"
    yield from _LIMIT_HEADS
    yield from _limit_rows(found)


_LIMIT_HEADS: Final = (
    "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio",
    "----\t--------\t---\t---\t---------------\t-------------\t-----------------------",
)


def _limit_rows(found: Any) -> Iterable[str]:
    for item in found.spec.limits:
        columns = (item.min, item.max, item.default_request, item.default, item.max_limit_request_ratio)
        names = sorted(dict.fromkeys(name for column in columns for name in column))
        for name in names:
            yield f"{item.type}\t{name}\t" + "\t".join(str(column.get(name, "-")) for column in columns)
