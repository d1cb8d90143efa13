"""What roles and bindings let somebody do: programs in pods, `kubectl auth can-i --as`, reviews, and requests
in another's name.

Components may do what is theirs, and whoever acts here is the administrator, whom nothing is refused; roles
are looked at where a request has a user. Sources: pkg/registry/rbac/validation/rule.go,
plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/apis/rbac of each release; the words: apiserver
pkg/endpoints/handlers/responsewriters/errors.go of each release.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from clustersim.api.api_resource import Resource
from clustersim.api.errors import ApiError, Details
from clustersim.api.rbac import PolicyRule
from clustersim.api.request import Request
from clustersim.apiserver.bootstrap_roles import ROLE_RESOURCES
from clustersim.apiserver.given import with_given
from clustersim.apiserver.node_authorizer import LOOKED_AT, Wanted, of_node
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags
from clustersim.programs.clients import ACCOUNT

MASTERS: Final = "system:masters"
NODES: Final = "system:nodes"
NODE: Final = "system:node:"
AUTHENTICATED: Final = "system:authenticated"
ADMINISTRATORS: Final = "kubeadm:cluster-admins"
CONTROLLERS: Final = "system:kube-controller-manager"


class Asked(NamedTuple):
    """What somebody wants to do; resource: with its subresource, "pods/log"; path: of the server, where it is
    about no resource; node: the one that a field selector names."""

    verb: str
    group: str = ""
    resource: str = ""
    name: str = ""
    namespace: str = ""
    path: str = ""
    node: str = ""


class Somebody(NamedTuple):
    """A user and the groups they are in."""

    user: str
    groups: tuple[str, ...]


class Verdict(NamedTuple):
    """Whether somebody may, and what the server tells of it."""

    allowed: bool
    reason: str = ""


class Roles(NamedTuple):
    """The roles and bindings of a cluster by resource and key, and what nodes have to do with; today: as
    v1.36 reads them."""

    store: Mapping[str, Mapping[str, Any]]
    today: bool


def roles_of(etcd: Etcd, release: str, flags: ApiServerFlags) -> Roles:
    """All that are kept, and those that are there from the beginning."""
    store = {resource: with_given(etcd, resource, release, flags) for resource in ROLE_RESOURCES}
    store |= {resource: etcd.range(resource) for resource in LOOKED_AT}
    return Roles(store, release not in ("v1.7", "v1.8"))


def somebody(user: str, groups: Iterable[str]) -> Somebody:
    """With the groups that follow from a name."""
    found = [*groups, AUTHENTICATED]
    if user.startswith(ACCOUNT) and user.count(":") == 3:
        found += ["system:serviceaccounts", f"system:serviceaccounts:{user.split(':')[2]}"]
    return Somebody(user, tuple(found))


def decide(roles: Roles, who: Somebody, asked: Asked) -> Verdict:
    """Whether some rule lets them; which one, or what is wrong with their bindings."""
    if MASTERS in who.groups:
        return Verdict(True)
    as_node = _as_node(roles, who, asked)
    if as_node.allowed:
        return as_node
    lacking: list[str] = []
    prefix = "RBAC: " if roles.today else ""
    for binding, subject in _bindings(roles, who, asked.namespace):
        rules = _rules(roles, binding)
        if rules is None:
            ref = binding.role_ref
            lacking.append(f'{ref.kind.lower()}.rbac.authorization.k8s.io "{ref.name}" not found')
        elif any(_fits(rule, asked, roles.today) for rule in rules):
            return Verdict(True, f"{prefix}allowed by {_told(binding, subject)}" if roles.today else "")
    told = lacking[0] if len(lacking) == 1 else f"[{', '.join(lacking)}]"
    return Verdict(False, "\n".join(filter(None, (as_node.reason, f"{prefix}{told}" if lacking else ""))))


def _as_node(roles: Roles, who: Somebody, asked: Asked) -> Verdict:
    """What the authorizer of nodes says, which a cluster of today asks first (kubeadm,
    --authorization-mode=Node,RBAC)."""
    if not roles.today or NODES not in who.groups or not who.user.startswith(NODE):
        return Verdict(False)
    node = who.user.removeprefix(NODE)
    if not node:
        return Verdict(False, f'unknown node for user "{who.user}"')
    kind, _slash, part = asked.resource.partition("/")
    wanted = Wanted(node, asked.verb, asked.group, kind, part, asked.name, asked.namespace, asked.node)
    answer = None if asked.path else of_node(wanted, roles.store)
    if answer is not None:
        return Verdict(*answer)
    common = roles.store["clusterroles"].get("system:node")
    return Verdict(common is not None and any(_fits(rule, asked, True) for rule in common.rules))


def authorized(roles: Roles, who: Somebody, asked: Asked) -> Verdict:
    """The same of whoever a request is by: kubeadm binds administrators, and a controller has a service
    account that may do what it does."""
    if who.user == CONTROLLERS:
        return Verdict(True)
    if ADMINISTRATORS in who.groups:
        by = f'ClusterRoleBinding "{ADMINISTRATORS}" of ClusterRole "cluster-admin"'
        return Verdict(True, f'RBAC: allowed by {by} to Group "{ADMINISTRATORS}"')
    return decide(roles, who, asked)


def rules_for(roles: Roles, who: Somebody, namespace: str) -> Iterator[PolicyRule]:
    """All rules that somebody has, in a namespace or in the whole cluster."""
    for binding, _subject in _bindings(roles, who, namespace):
        yield from _rules(roles, binding) or ()


def told_rules(rules: Iterable[PolicyRule]) -> dict[str, Any]:
    """Rules as the status of a SelfSubjectRulesReview has them."""
    found = list(rules)
    of_resources = [
        {
            "verbs": list(rule.verbs),
            "apiGroups": list(rule.api_groups),
            "resources": list(rule.resources),
            **({"resourceNames": list(rule.resource_names)} if rule.resource_names else {}),
        }
        for rule in found
        if rule.resources
    ]
    of_paths = [
        {"verbs": list(rule.verbs), "nonResourceURLs": list(rule.non_resource_urls)}
        for rule in found
        if rule.non_resource_urls
    ]
    return {"resourceRules": of_resources, "nonResourceRules": of_paths, "incomplete": False}


def _bindings(roles: Roles, who: Somebody, namespace: str) -> Iterator[tuple[Any, Any]]:
    """Bindings that somebody is named by, and the subject that names them."""
    of_cluster, of_namespaces = (roles.store[one] for one in ("clusterrolebindings", "rolebindings"))
    found = [of_cluster[name] for name in sorted(of_cluster)]
    if namespace:
        found += [of_namespaces[key] for key in sorted(of_namespaces) if key.startswith(f"{namespace}/")]
    for binding in found:
        subject = next((one for one in binding.subjects if _is(one, who, binding)), None)
        if subject is not None:
            yield binding, subject


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


def _told(binding: Any, subject: Any) -> str:
    """The binding that lets somebody, as the server names it (the String methods of both describers)."""
    name, namespace, ref = binding.metadata.name, binding.metadata.namespace, binding.role_ref
    kind, named = ("RoleBinding", f"{name}/{namespace}") if namespace else ("ClusterRoleBinding", name)
    whom = subject.name
    if subject.kind == "ServiceAccount":
        whom = f"{whom}/{subject.namespace or namespace}"
    return f'{kind} "{named}" of {ref.kind} "{ref.name}" to {subject.kind} "{whom}"'


def _rules(roles: Roles, binding: Any) -> tuple[PolicyRule, ...] | None:
    """The rules of the role that a binding gives; None where there is no such role."""
    name = binding.role_ref.name
    if binding.role_ref.kind == "Role":
        role = roles.store["roles"].get(f"{binding.metadata.namespace}/{name}")
    else:
        role = roles.store["clusterroles"].get(name)
    rules: tuple[PolicyRule, ...] | None = None if role is None else role.rules
    return rules


def _fits(rule: PolicyRule, asked: Asked, today: bool) -> bool:
    """RuleAllows; that of v1.36 knows rules of one subresource of everything, too."""
    if not any(one in ("*", asked.verb) for one in rule.verbs):
        return False
    if asked.path:
        return any(_leads(url, asked.path) for url in rule.non_resource_urls)
    _kind, _slash, part = asked.resource.partition("/")
    named = (asked.resource, "*", f"*/{part}") if part and today else (asked.resource, "*")
    return (
        any(one in ("*", asked.group) for one in rule.api_groups)
        and any(one in named for one in rule.resources)
        and (not rule.resource_names or asked.name in rule.resource_names)
    )


def _leads(url: str, path: str) -> bool:
    """NonResourceURLMatches."""
    return url == path or (url.endswith("*") and path.startswith(url.rstrip("*")))


# --- requests ----------------------------------------------------------------------------------------------

_PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "bind": ("create", "binding"),
    "evict": ("create", "eviction"),
    "finalize": ("update", "finalize"),
    "get-scale": ("get", "scale"),
    "patch-status": ("patch", "status"),
    "rollback": ("create", "rollback"),
    "update-scale": ("update", "scale"),
    "update-status": ("update", "status"),
}
"""Verbs of this model that are one of HTTP and a subresource."""


def asked_of(request: Request, resource: Resource | None, release: str) -> Asked:
    """What somebody wants who sends a request: whoever makes an object names it only within."""
    verb, part = _PARTS.get(request.verb, (request.verb, request.subresource))
    word, _dot, group = request.resource.partition(".")
    if resource is not None:
        version = request.api_version or resource.version_in(release)
        word, group = resource.word, version.rpartition("/")[0]
    name = "" if verb == "create" and not part else request.name
    return Asked(verb, group, f"{word}/{part}" if part else word, name, request.namespace)


def check(roles: Roles, request: Request, resource: Resource | None, release: str) -> None:
    """Raises ApiError (403) where the roles of a request's user do not let them do it."""
    asked = asked_of(request, resource, release)
    verdict = decide(roles, somebody(request.user, ()), asked)
    if not verdict.allowed:
        raise forbidden(request.user, asked, release, verdict.reason)


def forbidden(user: str, asked: Asked, release: str, why: str = "") -> ApiError:
    """What an API server of that release answers. why: what its authorizer has said of it."""
    if asked.path:
        end, reason = (
            (".", f': "{why}"' if why else "") if release == "v1.7" else ("", f": {why}" if why else "")
        )
        told = f'User "{user}" cannot {asked.verb} path "{asked.path}"{end}{reason}'
        return ApiError(403, "Forbidden", told if release == "v1.7" else f"forbidden: {told}", Details())
    kind, _slash, _part = asked.resource.partition("/")
    scope = f' in the namespace "{asked.namespace}"' if asked.namespace else " at the cluster scope"
    qualified = f"{kind}.{asked.group}" if asked.group else kind
    details = Details(name=asked.name, group=asked.group, kind=kind)
    what = f"{qualified}{asked.resource.removeprefix(kind)}"
    if release == "v1.7":
        reason = f': "{why}"' if why else ""
        told = f'User "{user}" cannot {asked.verb} {what}{scope}.{reason}'
        return ApiError(403, "Forbidden", told, details)
    if release != "v1.8":
        what = f'resource "{asked.resource}" in API group "{asked.group}"'
    named = f'{qualified} "{asked.name}" is forbidden' if asked.name else f"{qualified} is forbidden"
    said = f'{named}: User "{user}" cannot {asked.verb} {what}{scope}{f": {why}" if why else ""}'
    return ApiError(403, "Forbidden", said, details)
