"""What roles and bindings let somebody do: for `kubectl auth can-i --as`.

Whoever acts here is the administrator, whom nothing is refused; roles are looked at where somebody asks in
another's name. Sources: pkg/registry/rbac/validation/rule.go, plugin/pkg/auth/authorizer/rbac; the four roles
for people: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from clustersim.api.rbac import PolicyRule

MASTERS: Final = "system:masters"
AUTHENTICATED: Final = "system:authenticated"
ACCOUNT: Final = "system:serviceaccount:"

_LOOK: Final = ("get", "list", "watch")
_CHANGE: Final = ("create", "delete", "deletecollection", "patch", "update")
_CORE: Final = (
    "configmaps", "endpoints", "events", "limitranges", "persistentvolumeclaims", "pods", "pods/log",
    "pods/status", "replicationcontrollers", "replicationcontrollers/scale", "resourcequotas",
    "serviceaccounts", "services",
)  # fmt: skip
_GROUPED: Final = ("apps", "autoscaling", "batch", "networking.k8s.io", "policy", "extensions")
_WRITTEN: Final = (
    "configmaps", "endpoints", "events", "persistentvolumeclaims", "pods", "pods/attach", "pods/exec",
    "pods/portforward", "pods/proxy", "replicationcontrollers", "replicationcontrollers/scale", "secrets",
    "serviceaccounts", "services",
)  # fmt: skip
_VIEW: Final = (
    PolicyRule(api_groups=("",), resources=(*_CORE, "namespaces"), verbs=_LOOK),
    PolicyRule(api_groups=_GROUPED, resources=("*",), verbs=_LOOK),
)
_EDIT: Final = (
    *_VIEW,
    PolicyRule(api_groups=("",), resources=("secrets",), verbs=_LOOK),
    PolicyRule(api_groups=("",), resources=_WRITTEN, verbs=_CHANGE),
    PolicyRule(api_groups=_GROUPED, resources=("*",), verbs=_CHANGE),
)
_ROLES: Final = PolicyRule(
    api_groups=("rbac.authorization.k8s.io",),
    resources=("roles", "rolebindings"),
    verbs=(*_LOOK, *_CHANGE),
)
BUILT_IN: Final[Mapping[str, tuple[PolicyRule, ...]]] = {
    "admin": (*_EDIT, _ROLES),
    "cluster-admin": (PolicyRule(api_groups=("*",), resources=("*",), verbs=("*",)),),
    "edit": _EDIT,
    "view": _VIEW,
}
"""Roles that every cluster has."""


class Asked(NamedTuple):
    """What somebody wants to do; resource: with its subresource, "pods/log"."""

    verb: str
    group: str
    resource: str
    name: str = ""
    namespace: str = ""


class Somebody(NamedTuple):
    """A user and the groups they are in."""

    user: str
    groups: tuple[str, ...]


def somebody(user: str, groups: Iterable[str]) -> Somebody:
    """With the groups that follow from a name."""
    found = [*groups, AUTHENTICATED]
    if user.startswith(ACCOUNT) and user.count(":") == 3:
        found += ["system:serviceaccounts", f"system:serviceaccounts:{user.split(':')[2]}"]
    return Somebody(user, tuple(found))


def may(store: Mapping[str, Mapping[str, Any]], who: Somebody, asked: Asked) -> bool:
    """Whether some rule lets them."""
    return MASTERS in who.groups or any(_fits(rule, asked) for rule in rules_for(store, who, asked.namespace))


def rules_for(store: Mapping[str, Mapping[str, Any]], who: Somebody, namespace: str) -> Iterator[PolicyRule]:
    """All rules that somebody has, in a namespace or in the whole cluster."""
    bindings = [*store.get("clusterrolebindings", {}).values()]
    bindings += [one for one in store.get("rolebindings", {}).values() if one.metadata.namespace == namespace]
    for binding in bindings:
        if any(_is(subject, who, binding) for subject in binding.subjects):
            yield from _rules(store, binding)


def _is(subject: Any, who: Somebody, binding: Any) -> bool:
    match subject.kind:
        case "User":
            return bool(subject.name == who.user)
        case "Group":
            return subject.name in who.groups
        case "ServiceAccount":
            namespace = subject.namespace or binding.metadata.namespace
            return who.user == f"{ACCOUNT}{namespace}:{subject.name}"
    return False


def _rules(store: Mapping[str, Mapping[str, Any]], binding: Any) -> tuple[PolicyRule, ...]:
    name = binding.role_ref.name
    if binding.role_ref.kind == "Role":
        role = store.get("roles", {}).get(f"{binding.metadata.namespace}/{name}")
    else:
        role = store.get("clusterroles", {}).get(name)
    if role is None:
        return BUILT_IN.get(name, ()) if binding.role_ref.kind == "ClusterRole" else ()
    rules: tuple[PolicyRule, ...] = role.rules
    return rules


def _fits(rule: PolicyRule, asked: Asked) -> bool:
    kind, slash, part = asked.resource.partition("/")
    named = (asked.resource, "*", f"*/{part}") if slash else (kind, "*")
    return (
        any(one in ("*", asked.verb) for one in rule.verbs)
        and any(one in ("*", asked.group) for one in rule.api_groups)
        and any(one in named for one in rule.resources)
        and (not rule.resource_names or asked.name in rule.resource_names)
    )
