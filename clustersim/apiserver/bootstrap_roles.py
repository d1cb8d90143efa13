"""The roles that an API server has from the beginning, and who has them.

They are there for whoever looks, and stored once somebody changes one. Source: plugin/pkg/auth/authorizer/
rbac/bootstrappolicy of each release; which rules a gathering role has: v1.36 pkg/controller/
clusterroleaggregation.

The files beside this module have a role a paragraph, in the order of the servers' own lists:

    NAME [joins LABELS] [gathers LABELS]   labels: of rbac.authorization.k8s.io/aggregate-to-
      VERBS GROUPS RESOURCES [named NAMES]  a rule; "-" is the core group
      VERBS urls ADDRESSES
      for [as BINDING:] SUBJECTS            its binding, of the same name unless another is told

"NAMESPACE/NAME" is a Role, the others are ClusterRoles.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from clustersim.api import rbac
from clustersim.api.meta import LabelSelector, ObjectMeta

CLUSTER_ROLES: Final = "clusterroles"
CLUSTER_BINDINGS: Final = "clusterrolebindings"
ROLES: Final = "roles"
BINDINGS: Final = "rolebindings"
ROLE_RESOURCES: Final = (CLUSTER_ROLES, CLUSTER_BINDINGS, ROLES, BINDINGS)
_AGGREGATE: Final = "rbac.authorization.k8s.io/aggregate-to-"
_UPDATES: Final = "rbac.authorization.kubernetes.io/autoupdate"
_BOOTSTRAPPING: Final = "kubernetes.io/bootstrapping"


class _Given(msgspec.Struct, frozen=True):
    """A role as the file has it. joins, gathers: labels that roles are put together by; subjects: None of one
    that has no binding; binding: its name."""

    name: str
    namespace: str = ""
    joins: tuple[str, ...] = ()
    gathers: tuple[str, ...] = ()
    rules: tuple[rbac.PolicyRule, ...] = ()
    subjects: tuple[rbac.Subject, ...] | None = None
    binding: str = ""


@cache
def _all(release: str) -> Mapping[tuple[str, str], _Given]:
    """By namespace and name."""
    found: dict[tuple[str, str], _Given] = {}
    key = ("", "")
    for line in Path(__file__).with_suffix(f".{release}.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        words = line.split()
        if not line.startswith(" "):
            namespace, _slash, name = words[0].rpartition("/")
            told = dict(zip(words[1::2], words[2::2], strict=True))
            joins, gathers = (_parts(told.get(word, "")) for word in ("joins", "gathers"))
            key = (namespace, name)
            found[key] = _Given(name, namespace, joins, gathers, binding=name)
        elif words[0] == "for":
            found[key] = _bound(found[key], line.strip().removeprefix("for").strip())
        else:
            rules = (*found[key].rules, _rule(words))
            found[key] = msgspec.structs.replace(found[key], rules=rules)
    return found


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _rule(words: list[str]) -> rbac.PolicyRule:
    verbs = _parts(words[0])
    if words[1] == "urls":
        return rbac.PolicyRule(verbs=verbs, non_resource_urls=tuple(words[2:]))
    groups = tuple("" if group == "-" else group for group in _parts(words[1]))
    names = _parts(words[4]) if len(words) > 3 else ()
    return rbac.PolicyRule(verbs=verbs, api_groups=groups, resources=_parts(words[2]), resource_names=names)


def _bound(role: _Given, text: str) -> _Given:
    """The role with its binding. text: its subjects, after another name of the binding."""
    binding = role.name
    if text.startswith("as "):
        binding, _colon, text = text.removeprefix("as ").partition(": ")
    return msgspec.structs.replace(role, binding=binding, subjects=tuple(_subjects(text)))


def _subjects(text: str) -> Iterator[rbac.Subject]:
    for one in filter(None, (part.strip() for part in text.split(";"))):
        kind, _space, name = one.partition(" ")
        if kind == "account":
            namespace, _slash, name = name.partition("/")
            yield rbac.Subject(kind="ServiceAccount", name=name, namespace=namespace)
        else:
            yield rbac.Subject(kind=kind.title(), api_group=rbac.GROUP, name=name)


def _gathered(role: _Given, release: str) -> tuple[rbac.PolicyRule, ...]:
    """The rules of a role: its own, and those of the roles that join it, in order of their names."""
    rules = list(role.rules)
    for _key, other in sorted(_all(release).items()):
        if set(other.joins) & set(role.gathers):
            rules += [rule for rule in _gathered(other, release) if rule not in rules]
    return tuple(rules)


@cache
def given_roles(resource: str, made: str, release: str) -> Mapping[str, Any]:
    """The objects of a resource by key. made: when the cluster began."""
    of_namespaces = resource in (ROLES, BINDINGS)
    roles = [one for one in enumerate(_all(release).values()) if bool(one[1].namespace) == of_namespaces]

    def metadata(place: int, role: _Given, name: str, joined: tuple[str, ...] = ()) -> ObjectMeta:
        return ObjectMeta(
            name=name,
            namespace=role.namespace,
            uid=f"f1ac0000-0000-4000-8000-{ROLE_RESOURCES.index(resource):04x}{place:08x}",
            resource_version="1",
            creation_timestamp=made,
            labels={_BOOTSTRAPPING: "rbac-defaults", **{f"{_AGGREGATE}{one}": "true" for one in joined}},
            annotations={_UPDATES: "true"},
        )

    def key(role: _Given, name: str) -> str:
        return f"{role.namespace}/{name}" if of_namespaces else name

    if resource in (BINDINGS, CLUSTER_BINDINGS):
        made_of, kind = (
            (rbac.RoleBinding, "Role") if of_namespaces else (rbac.ClusterRoleBinding, "ClusterRole")
        )
        return {
            key(role, role.binding): made_of(
                metadata=metadata(place, role, role.binding),
                role_ref=rbac.RoleRef(kind=kind, name=role.name),
                subjects=role.subjects,
            )
            for place, role in roles
            if role.subjects is not None
        }
    if of_namespaces:
        return {
            key(role, role.name): rbac.Role(metadata=metadata(place, role, role.name), rules=role.rules)
            for place, role in roles
        }
    return {
        role.name: rbac.ClusterRole(
            metadata=metadata(place, role, role.name, role.joins),
            rules=_gathered(role, release),
            aggregation_rule=_rule_of_gathering(role),
        )
        for place, role in roles
    }


def _rule_of_gathering(role: _Given) -> rbac.AggregationRule | None:
    if not role.gathers:
        return None
    selectors = tuple(LabelSelector(match_labels={f"{_AGGREGATE}{one}": "true"}) for one in role.gathers)
    return rbac.AggregationRule(cluster_role_selectors=selectors)
