"""The flow schemas and priority levels that an API server of today has from the beginning.

Nothing in this model waits in their queues, so they are stored only once somebody changes one: until then
they are there for whoever looks. Source: v1.36 apiserver pkg/apis/flowcontrol/bootstrap/default.go.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from clustersim.api.kept import FlowSchema, PriorityLevelConfiguration
from clustersim.api.meta import ObjectMeta

FLOWS: Final = "flowschemas"
LEVELS: Final = "prioritylevelconfigurations"
DEFAULT_FLOW: Final = "global-default"
"""What a client's requests belong to that is neither a component nor an administrator."""
_UPDATES: Final = "apf.kubernetes.io/autoupdate-spec"
_LIMITED: Final[Mapping[str, tuple[int, int, tuple[int, int] | None]]] = {
    "catch-all": (5, 0, None),
    "global-default": (20, 50, (128, 6)),
    "leader-election": (10, 0, (16, 4)),
    "node-high": (40, 25, (64, 6)),
    "system": (30, 33, (64, 6)),
    "workload-high": (40, 50, (128, 6)),
    "workload-low": (100, 90, (128, 6)),
}
"""By name: shares, what of them others may borrow in percent, queues and in how many of them one waits."""
_LENGTH: Final = 50
_ANYBODY: Final = ("system:unauthenticated", "system:authenticated")


def _groups(*names: str) -> list[dict[str, Any]]:
    return [{"kind": "Group", "group": {"name": name}} for name in names]


def _users(*names: str) -> list[dict[str, Any]]:
    return [{"kind": "User", "user": {"name": name}} for name in names]


def _accounts(*names: str) -> list[dict[str, Any]]:
    return [
        {"kind": "ServiceAccount", "serviceAccount": {"name": name, "namespace": "kube-system"}}
        for name in names
    ]


def _rule(verbs: list[str], group: str, resources: list[str], *, cluster: bool = False) -> dict[str, Any]:
    rule = {"apiGroups": [group], "namespaces": ["*"], "resources": resources, "verbs": verbs}
    return {"clusterScope": True, **rule} if cluster else rule


_ALL: Final = {
    "nonResourceRules": [{"nonResourceURLs": ["*"], "verbs": ["*"]}],
    "resourceRules": [_rule(["*"], "*", ["*"], cluster=True)],
}
_WRITES: Final = ["get", "create", "update"]
_LEASES: Final = {"resourceRules": [_rule(_WRITES, "coordination.k8s.io", ["leases"])]}
_PROBES: Final = {
    "nonResourceRules": [{"nonResourceURLs": ["/healthz", "/readyz", "/livez"], "verbs": ["get"]}]
}
_HEARTBEATS: Final = {
    "resourceRules": [
        _rule(["*"], "", ["nodes", "nodes/status"], cluster=True),
        _rule(["*"], "coordination.k8s.io", ["leases"]),
    ]
}
_CONTROLLERS: Final = "system:kube-controller-manager"
_SCHEDULER: Final = "system:kube-scheduler"
_FLOWS: Final[Mapping[str, tuple[int, str, str, list[dict[str, Any]], dict[str, Any]]]] = {
    "exempt": (1, "exempt", "", _groups("system:masters"), _ALL),
    "probes": (2, "exempt", "", _groups(*_ANYBODY), _PROBES),
    "system-leader-election": (
        100, "leader-election", "ByUser", [*_users(_CONTROLLERS, _SCHEDULER), *_accounts("*")], _LEASES,
    ),
    "endpoint-controller": (
        150,
        "workload-high",
        "ByUser",
        [*_users(_CONTROLLERS), *_accounts("endpoint-controller", "endpointslicemirroring-controller")],
        {"resourceRules": [_rule(_WRITES, "", ["endpoints"])]},
    ),
    "workload-leader-election": (200, "leader-election", "ByUser", _accounts("*"), _LEASES),
    "system-node-high": (400, "node-high", "ByUser", _groups("system:nodes"), _HEARTBEATS),
    "system-nodes": (500, "system", "ByUser", _groups("system:nodes"), _ALL),
    "kube-controller-manager": (800, "workload-high", "ByNamespace", _users(_CONTROLLERS), _ALL),
    "kube-scheduler": (800, "workload-high", "ByNamespace", _users(_SCHEDULER), _ALL),
    "kube-system-service-accounts": (900, "workload-high", "ByNamespace", _accounts("*"), _ALL),
    "service-accounts": (9000, "workload-low", "ByUser", _groups("system:serviceaccounts"), _ALL),
    "global-default": (9900, "global-default", "ByUser", _groups(*_ANYBODY), _ALL),
    "catch-all": (10000, "catch-all", "ByUser", _groups(*_ANYBODY), _ALL),
}  # fmt: skip
"""By name: precedence, level, how flows are told apart, and whose which requests are meant."""


@cache
def uid_of(resource: str, name: str) -> str:
    """A UID of its own for each, the same in every cluster."""
    place = ([*_FLOWS] if resource == FLOWS else ["exempt", *_LIMITED]).index(name)
    return f"f10c0000-0000-4000-8000-{int(resource == LEVELS):04x}{place:08x}"


@cache
def given_flows(resource: str, made: str) -> Mapping[str, Any]:
    """The objects of a resource by name. made: when the cluster began."""

    def metadata(name: str) -> ObjectMeta:
        return ObjectMeta(
            name=name,
            uid=uid_of(resource, name),
            resource_version="1",
            generation=1,
            creation_timestamp=made,
            annotations={_UPDATES: "true"},
        )

    if resource == LEVELS:
        exempt = {"exempt": {"lendablePercent": 0, "nominalConcurrencyShares": 0}, "type": "Exempt"}
        specs = {"exempt": exempt, **{name: _level(*told) for name, told in _LIMITED.items()}}
        return {
            name: PriorityLevelConfiguration(metadata=metadata(name), spec=spec, status={})
            for name, spec in specs.items()
        }
    return {
        name: FlowSchema(metadata=metadata(name), spec=_flow(*told), status=_found(made, told[1]))
        for name, told in _FLOWS.items()
    }


def _level(shares: int, lendable: int, queues: tuple[int, int] | None) -> dict[str, Any]:
    response: dict[str, Any] = {"type": "Reject"}
    if queues is not None:
        queuing = {"handSize": queues[1], "queueLengthLimit": _LENGTH, "queues": queues[0]}
        response = {"queuing": queuing, "type": "Queue"}
    limited = {
        "lendablePercent": lendable,
        "limitResponse": response,
        "nominalConcurrencyShares": shares,
    }
    return {"limited": limited, "type": "Limited"}


def _flow(
    precedence: int, level: str, by: str, subjects: list[dict[str, Any]], rules: dict[str, Any]
) -> dict[str, Any]:
    told: dict[str, Any] = {"distinguisherMethod": {"type": by}} if by else {}
    return {
        **told,
        "matchingPrecedence": precedence,
        "priorityLevelConfiguration": {"name": level},
        "rules": [{**rules, "subjects": subjects}],
    }


def _found(made: str, level: str) -> dict[str, Any]:
    """Its level is there (pkg/util/flowcontrol/apf_controller.go)."""
    names = f'This FlowSchema references the PriorityLevelConfiguration object named "{level}"'
    condition = {
        "lastTransitionTime": made,
        "message": f"{names} and it exists",
        "reason": "Found",
        "status": "False",
        "type": "Dangling",
    }
    return {"conditions": [condition]}
