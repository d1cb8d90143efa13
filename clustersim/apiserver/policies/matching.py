"""Which requests a policy or a binding is about (apiserver pkg/admission/plugin/policy/matching,
pkg/admission/plugin/webhook/predicates)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clustersim.api.kept import listing, mapping, text
from clustersim.api.meta import LabelSelector, LabelSelectorRequirement
from clustersim.api.selectors import selects
from clustersim.apiserver.policies.attributes import Attributes
from clustersim.etcd import Etcd

_ADMISSION: Final = "admissionregistration.k8s.io"
_EXEMPT: Final = frozenset(
    {
        ("authentication.k8s.io", "selfsubjectreviews"),
        ("authentication.k8s.io", "tokenreviews"),
        ("authorization.k8s.io", "localsubjectaccessreviews"),
        ("authorization.k8s.io", "selfsubjectaccessreviews"),
        ("authorization.k8s.io", "selfsubjectrulesreviews"),
        ("authorization.k8s.io", "subjectaccessreviews"),
    }
)


def is_exempt(asked: Attributes) -> bool:
    """Policies, webhooks and reviews are not judged by policies, lest nobody could mend them."""
    return asked.group_resource in _EXEMPT or asked.group_resource[0] == _ADMISSION


def matched_version(etcd: Etcd, criteria: Mapping[str, Any], asked: Attributes, release: str) -> str:
    """The version of the resource in which the criteria are met; empty where they are not."""
    if not _in_namespaces(etcd, mapping(criteria.get("namespaceSelector")), asked):
        return ""
    if not _is_selected(mapping(criteria.get("objectSelector")), asked):
        return ""
    equivalent = criteria.get("matchPolicy") != "Exact"
    if _by_rules(criteria.get("excludeResourceRules"), asked, release, equivalent=equivalent):
        return ""
    rules = listing(criteria.get("resourceRules"))
    return _by_rules(rules, asked, release, equivalent=equivalent) if rules else asked.version


def selector_of(plain: Mapping[str, Any]) -> LabelSelector:
    """A selector as it was sent."""
    labels = {str(key): text(value) for key, value in mapping(plain.get("matchLabels")).items()}
    expressions = tuple(
        LabelSelectorRequirement(
            key=text(one.get("key")),
            operator=text(one.get("operator")),
            values=tuple(map(text, listing(one.get("values")))),
        )
        for one in map(mapping, listing(plain.get("matchExpressions")))
    )
    return LabelSelector(match_labels=labels, match_expressions=expressions)


def _in_namespaces(etcd: Etcd, selector: Mapping[str, Any], asked: Attributes) -> bool:
    if not selector:
        return True
    if asked.group_resource == ("", "namespaces"):
        obj = asked.new if asked.new is not None and not asked.part else asked.old
        return selects(selector_of(selector), dict(asked.labels_of(obj)))
    if not asked.namespace:
        return True
    namespace = etcd.get("namespaces", asked.namespace)
    return namespace is not None and selects(selector_of(selector), namespace.metadata.labels)


def _is_selected(selector: Mapping[str, Any], asked: Attributes) -> bool:
    """By the labels of the new object or of the old."""
    if not selector:
        return True
    wanted = selector_of(selector)
    return any(
        selects(wanted, dict(asked.labels_of(one))) for one in (asked.new, asked.old) if one is not None
    )


def _by_rules(rules: Any, asked: Attributes, release: str, *, equivalent: bool) -> str:
    for version in _versions(asked, release, equivalent=equivalent):
        if any(_by_rule(mapping(rule), asked, version) for rule in listing(rules)):
            return version
    return ""


def _versions(asked: Attributes, release: str, *, equivalent: bool) -> Iterator[str]:
    """The version that a request came through first; then the others that the resource is served in."""
    yield asked.version
    if equivalent:
        yield from (one for one in asked.resource.versions.get(release, ()) if one != asked.version)


def _by_rule(rule: Mapping[str, Any], asked: Attributes, version: str) -> bool:
    group, _, short = version.rpartition("/")
    names = listing(rule.get("resourceNames"))
    return (
        _has(rule.get("operations"), asked.operation)
        and _has(rule.get("apiGroups"), group)
        and _has(rule.get("apiVersions"), short)
        and any(_is_resource(text(one), asked) for one in listing(rule.get("resources")))
        and _in_scope(text(rule.get("scope")), asked)
        and (not names or asked.name in names)
    )


def _has(values: Any, wanted: str) -> bool:
    return any(one in ("*", wanted) for one in listing(values))


def _is_resource(pattern: str, asked: Attributes) -> bool:
    resource, _, part = pattern.partition("/")
    return resource in ("*", asked.resource.word) and part in ("*", asked.part)


def _in_scope(scope: str, asked: Attributes) -> bool:
    namespaced = bool(asked.namespace) and asked.group_resource != ("", "namespaces")
    return scope in ("", "*") or (scope == "Namespaced") is namespaced
