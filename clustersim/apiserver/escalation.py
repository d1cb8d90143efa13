"""Nobody gives away what they may not do themselves: what a role may say, and which role may be bound, by
somebody who has rules of their own.

Source: v1.36.2 pkg/registry/rbac/validation/rule.go (ConfirmNoEscalation), pkg/registry/rbac/*/policybased,
component-helpers auth/rbac/validation/policy_comparator.go; words of v1.7.5 and v1.8.0:
pkg/registry/rbac/validation/rule.go.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any, Final

import msgspec

from clustersim.api.errors import ApiError, forbidden
from clustersim.api.rbac import PolicyRule
from clustersim.apiserver.authorization import MASTERS, Asked, Roles, Somebody, decide, rules_for

_GROUP: Final = "rbac.authorization.k8s.io"
MOST_GIVEN: Final = 10_000
"""Rules of one verb about one thing each that a role is looked at for ..."""
MOST_COMPARED: Final = 20_000_000
"""... pairs of them and of words in the rules that somebody has ..."""
MOST_TOLD: Final = 256 << 10
"""... and characters of what is refused."""

_ROLES: Final = ("roles", "clusterroles")
_BINDINGS: Final = ("rolebindings", "clusterrolebindings")


def check_grant(roles: Roles, who: Somebody, resource: str, obj: Any) -> None:
    """Raises ApiError (403) where a role or a binding gives more than they have, unless they may do just
    that (verbs `escalate` and `bind`)."""
    if MASTERS in who.groups or resource not in (*_ROLES, *_BINDINGS):
        return
    name, namespace = obj.metadata.name, obj.metadata.namespace
    if resource in _ROLES:
        given, asked = obj.rules, Asked("escalate", _GROUP, resource, name, namespace)
    else:
        kind = f"{obj.role_ref.kind.lower()}s"
        key = f"{namespace}/{obj.role_ref.name}" if kind == "roles" else obj.role_ref.name
        bound = roles.store[kind].get(key) if kind in _ROLES else None
        if bound is None:
            why = f'{obj.role_ref.kind.lower()}.{_GROUP} "{obj.role_ref.name}" not found'
            raise ApiError(404, "NotFound", why)
        given, asked = bound.rules, Asked("bind", _GROUP, kind, obj.role_ref.name, namespace)
    if decide(roles, who, asked).allowed:
        return
    own = list(rules_for(roles, who, namespace))
    if missing := _missing(given, own):
        raise forbidden(f"{resource}.{_GROUP}", name, _told(roles, who, missing, own))


def _told(roles: Roles, who: Somebody, missing: Sequence[PolicyRule], own: Sequence[PolicyRule]) -> str:
    if roles.today:
        lines = sorted({_compact(one) for one in _together(missing)})
        what = "is attempting to grant RBAC permissions not currently held:"
        head = f'user "{who.user}" (groups={_quoted(who.groups)}) {what}'
        return "\n".join((head, *lines))
    lacking, held = (
        " ".join(f"PolicyRule{_compact_of_old(one)}" for one in rules) for rules in (missing, own)
    )
    user = f"&{{{who.user}  [{' '.join(who.groups)}] map[]}}"
    told = f"attempt to grant extra privileges: [{lacking}] user={user} ownerrules=[{held}]"
    return f"{told} ruleResolutionErrors=[]"


def _missing(given: Iterable[PolicyRule], own: Sequence[PolicyRule]) -> list[PolicyRule]:
    """What of the rules is not covered. Of more than can be looked at the rest counts as one that is not."""
    words = sum(len(part) for rule in own for part in msgspec.structs.astuple(rule))
    most, told = min(MOST_GIVEN, MOST_COMPARED // max(1, words)), 0
    found: list[PolicyRule] = []
    for number, one in enumerate(_broken_down(given), 1):
        too_much = number > most or told > MOST_TOLD
        if too_much or not any(_covers(rule, one) for rule in own):
            found.append(one)
            told += sum(map(len, (*one.resources, *one.resource_names, *one.non_resource_urls)))
        if too_much:
            break
    return found


def _broken_down(rules: Iterable[PolicyRule]) -> Iterator[PolicyRule]:
    """Rules of one verb about one thing each."""
    for rule in rules:
        names: list[tuple[str, ...]] = [(name,) for name in rule.resource_names] or [()]
        for group, resource, verb, named in product(rule.api_groups, rule.resources, rule.verbs, names):
            yield PolicyRule(verbs=(verb,), api_groups=(group,), resources=(resource,), resource_names=named)
        for url, verb in product(rule.non_resource_urls, rule.verbs):
            yield PolicyRule(verbs=(verb,), non_resource_urls=(url,))


def _covers(own: PolicyRule, one: PolicyRule) -> bool:
    """Whether a rule lets do all that one of a single thing does."""
    if not _has(own.verbs, one.verbs[0]):
        return False
    if one.non_resource_urls:
        url = one.non_resource_urls[0]
        return any(
            mine == url or (mine.endswith("*") and url.startswith(mine.rstrip("*")))
            for mine in own.non_resource_urls
        )
    resource = one.resources[0]
    _kind, slash, part = resource.partition("/")
    named = not own.resource_names or (
        bool(one.resource_names) and one.resource_names[0] in own.resource_names
    )
    fits = _has(own.resources, resource) or (bool(slash) and f"*/{part}" in own.resources)
    return named and fits and _has(own.api_groups, one.api_groups[0])


def _has(own: Sequence[str], wanted: str) -> bool:
    return "*" in own or wanted in own


def _together(rules: Iterable[PolicyRule]) -> Iterator[PolicyRule]:
    """Rules of several verbs again, where they are about the same (CompactRules)."""
    found: dict[tuple[Any, ...], PolicyRule] = {}
    for one in rules:
        alone = one.verbs if one.non_resource_urls else ()
        about = (one.api_groups, one.resources, one.resource_names, one.non_resource_urls, alone)
        before = found.get(about)
        verbs = one.verbs if before is None else (*before.verbs, *one.verbs)
        found[about] = msgspec.structs.replace(one, verbs=verbs)
    yield from found.values()


def _parts(rule: PolicyRule) -> dict[str, str]:
    """What a rule says, by Go's names of its fields."""
    fields = {
        "APIGroups": rule.api_groups,
        "Resources": rule.resources,
        "NonResourceURLs": rule.non_resource_urls,
        "ResourceNames": rule.resource_names,
        "Verbs": rule.verbs,
    }
    return {name: f"{name}:{_quoted(values)}" for name, values in fields.items() if values}


def _quoted(values: Iterable[str]) -> str:
    """As Go writes a slice of texts with %q."""
    told = [f'"{value}"' for value in values]
    return f"[{' '.join(told)}]"


def _compact(rule: PolicyRule) -> str:
    return "{" + ", ".join(_parts(rule).values()) + "}"


def _compact_of_old(rule: PolicyRule) -> str:
    """v1.7.5, v1.8.0 pkg/apis/rbac/helpers.go CompactString."""
    parts = _parts(rule)
    order = ("Resources", "NonResourceURLs", "ResourceNames", "APIGroups", "Verbs")
    return "{" + ", ".join(parts[name] for name in order if name in parts) + "}"
