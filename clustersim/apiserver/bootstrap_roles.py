"""The ClusterRoles that an API server of today has from the beginning, and who has them.

They are there for whoever looks, and stored once somebody changes one. Source: v1.36
plugin/pkg/auth/authorizer/rbac/bootstrappolicy; which rules a gathering role has:
pkg/controller/clusterroleaggregation.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from clustersim.api import rbac
from clustersim.api.meta import LabelSelector, ObjectMeta

ROLES: Final = "clusterroles"
BINDINGS: Final = "clusterrolebindings"
_FILE: Final = Path(__file__).with_suffix(".txt")
_AGGREGATE: Final = "rbac.authorization.k8s.io/aggregate-to-"
_UPDATES: Final = "rbac.authorization.kubernetes.io/autoupdate"
_BOOTSTRAPPING: Final = "kubernetes.io/bootstrapping"


class _Given(msgspec.Struct, frozen=True):
    """A role as the file has it. joins, gathers: labels that roles are put together by; subjects: None of one
    that has no binding."""

    name: str
    joins: tuple[str, ...] = ()
    gathers: tuple[str, ...] = ()
    rules: tuple[rbac.PolicyRule, ...] = ()
    subjects: tuple[rbac.Subject, ...] | None = None


@cache
def _all() -> Mapping[str, _Given]:
    found: dict[str, _Given] = {}
    name = ""
    for line in _FILE.read_text().splitlines():
        if line.startswith("#"):
            continue
        words = line.split()
        if not line.startswith(" "):
            name = words[0]
            told = dict(zip(words[1::2], words[2::2], strict=True))
            joins, gathers = (_parts(told.get(word, "")) for word in ("joins", "gathers"))
            found[name] = _Given(name, joins, gathers)
        elif words[0] == "for":
            subjects = tuple(_subjects(line.strip().removeprefix("for")))
            found[name] = msgspec.structs.replace(found[name], subjects=subjects)
        else:
            rules = (*found[name].rules, _rule(words))
            found[name] = msgspec.structs.replace(found[name], rules=rules)
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


def _subjects(text: str) -> Iterator[rbac.Subject]:
    for one in filter(None, (part.strip() for part in text.split(";"))):
        kind, _space, name = one.partition(" ")
        if kind == "account":
            namespace, _slash, name = name.partition("/")
            yield rbac.Subject(kind="ServiceAccount", name=name, namespace=namespace)
        else:
            yield rbac.Subject(kind=kind.title(), api_group=rbac.GROUP, name=name)


def _gathered(role: _Given) -> tuple[rbac.PolicyRule, ...]:
    """The rules of a role: its own, and those of the roles that join it, in order of their names."""
    rules = list(role.rules)
    for name in sorted(_all()):
        other = _all()[name]
        if set(other.joins) & set(role.gathers):
            rules += [rule for rule in _gathered(other) if rule not in rules]
    return tuple(rules)


@cache
def given_roles(resource: str, made: str) -> Mapping[str, Any]:
    """The objects of a resource by name. made: when the cluster began."""

    def metadata(place: int, role: _Given) -> ObjectMeta:
        joined = role.joins if resource == ROLES else ()
        return ObjectMeta(
            name=role.name,
            uid=f"f1ac0000-0000-4000-8000-{int(resource == BINDINGS):04x}{place:08x}",
            resource_version="1",
            creation_timestamp=made,
            labels={_BOOTSTRAPPING: "rbac-defaults", **{f"{_AGGREGATE}{one}": "true" for one in joined}},
            annotations={_UPDATES: "true"},
        )

    places = enumerate(_all().values())
    if resource == BINDINGS:
        return {
            role.name: rbac.ClusterRoleBinding(
                metadata=metadata(place, role),
                role_ref=rbac.RoleRef(kind="ClusterRole", name=role.name),
                subjects=role.subjects,
            )
            for place, role in places
            if role.subjects is not None
        }
    return {
        role.name: rbac.ClusterRole(
            metadata=metadata(place, role), rules=_gathered(role), aggregation_rule=_rule_of_gathering(role)
        )
        for place, role in places
    }


def _rule_of_gathering(role: _Given) -> rbac.AggregationRule | None:
    if not role.gathers:
        return None
    selectors = tuple(LabelSelector(match_labels={f"{_AGGREGATE}{one}": "true"}) for one in role.gathers)
    return rbac.AggregationRule(cluster_role_selectors=selectors)
