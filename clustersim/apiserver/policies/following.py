"""Which policies a request meets, by which bindings and with which parameters
(apiserver pkg/admission/plugin/policy/generic/policy_dispatcher.go)."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from clustersim.api.definitions import DEFINITIONS, is_established
from clustersim.api.kept import listing, mapping, text
from clustersim.api.registry import key_of, resource_by, resources_of, to_builtins
from clustersim.api.selectors import selects
from clustersim.apiserver.policies.attributes import Attributes
from clustersim.apiserver.policies.evaluation import BUDGET_OF_CONDITIONS, Evaluation
from clustersim.apiserver.policies.expressions import BOOLEAN, ExpressionError
from clustersim.apiserver.policies.matching import is_exempt, matched_version, selector_of
from clustersim.cel.values import Work, from_json, with_moments
from clustersim.etcd import Etcd

Plain = Mapping[str, Any]


class ConfigurationError(Exception):
    """A policy or a binding that cannot be followed."""


class Invocation(msgspec.Struct, frozen=True):
    """A policy that is to be followed. version: of the resource, in which it is met; params: one set of them
    in a tuple, an empty one where it has none; error: instead of these, why it cannot be followed; binding:
    None where that is the policy's own fault."""

    policy: Any
    binding: Any
    version: str = ""
    params: tuple[Any, ...] = ()
    error: ConfigurationError | None = None


def invocations(
    etcd: Etcd, release: str, asked: Attributes, policies: str, bindings: str
) -> Iterator[Invocation]:
    """All that meet a request, by their names. policies, bindings: the resources that they are."""
    if is_exempt(asked):
        return
    bound: dict[str, list[Any]] = {}
    for one in _by_name(etcd.range(bindings)):
        bound.setdefault(text(mapping(one.spec).get("policyName")), []).append(one)
    for policy in _by_name(etcd.range(policies)):
        spec = mapping(policy.spec)
        matched = matched_version(etcd, mapping(spec.get("matchConstraints")), asked, release)
        if matched and policy.metadata.name in bound:
            yield from _bound(etcd, release, asked, policy, bound[policy.metadata.name], matched)


def _bound(
    etcd: Etcd, release: str, asked: Attributes, policy: Any, bindings: list[Any], matched: str
) -> Iterator[Invocation]:
    try:
        params_of = _params(etcd, release, mapping(mapping(policy.spec).get("paramKind")))
    except ConfigurationError as error:
        yield Invocation(policy, None, error=error)
        return
    for binding in bindings:
        spec = mapping(binding.spec)
        criteria = spec.get("matchResources")
        if criteria is not None and not matched_version(etcd, mapping(criteria), asked, release):
            continue
        try:
            found = params_of.found(spec.get("paramRef"), asked.namespace)
        except ConfigurationError as error:
            yield Invocation(policy, binding, error=error)
            continue
        for one in found:
            yield Invocation(policy, binding, matched, one)


def _params(etcd: Etcd, release: str, kind: Plain) -> "_Params":
    if not kind:
        return _Params(etcd, None)
    version, name = text(kind.get("apiVersion")), text(kind.get("kind"))
    added = [one for one in etcd.range(DEFINITIONS).values() if is_established(one)]
    known = [*resources_of(release).values(), *(resource_by(one, release) for one in added)]
    for resource in known:
        if resource.kind == name and version in resource.versions.get(release, ()):
            return _Params(etcd, resource, version)
    group = version if "/" in version else f"/{version}"
    raise ConfigurationError(f"failed to find resource referenced by paramKind: '{group}, Kind={name}'")


def namespace_of(asked: Attributes) -> str:
    """That of the request; a namespace is in none."""
    return "" if asked.group_resource == ("", "namespaces") else asked.namespace


def values_of(asked: Attributes, version: str, params: tuple[Any, ...]) -> dict[str, Any]:
    """What expressions know of a request, except for its namespace."""
    new, old = asked.as_values(version)
    values = {
        "object": new,
        "oldObject": old,
        "namespaceObject": None,
        "request": asked.request(version),
        **asked.authorizers(),
    }
    return {**values, "params": params[0]} if params else values


def applies(values: Plain, spec: Plain, work: Work) -> bool:
    """All conditions of a policy hold; one that does not is enough, whatever the others come to. Raises
    ExpressionError, OutOfBudget."""
    evaluation = Evaluation(values, (), work, BUDGET_OF_CONDITIONS)
    errors: list[str] = []
    for one in map(mapping, listing(spec.get("matchConditions"))):
        try:
            if evaluation.value(text(one.get("expression")), BOOLEAN) is not True:
                return False
        except ExpressionError as error:
            errors.append(str(error))
    if errors:
        raise ExpressionError(errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]")
    return True


def _by_name(objects: Mapping[str, Any]) -> list[Any]:
    return [objects[key] for key in sorted(objects)]


class _Params:
    """Objects that a policy takes for its parameters. resource: of which kind, None for none."""

    def __init__(self, etcd: Etcd, resource: Any, version: str = "") -> None:
        self._etcd = etcd
        self._resource = resource
        self._version = version

    def found(self, ref: Any, namespace: str) -> list[tuple[Any, ...]]:
        """Those that a binding refers to, each by itself; nothing where there are no parameters. Raises
        ConfigurationError."""
        if self._resource is None:
            return [()]
        if ref is None:
            return [(None,)]
        wanted = mapping(ref)
        within = self._within(text(wanted.get("namespace")), namespace)
        objects = self._etcd.range(self._resource.plural)
        if name := text(wanted.get("name")):
            key = f"{within}/{name}" if within else name
            found = [objects[key]] if key in objects else []
        else:
            selector = selector_of(mapping(wanted.get("selector")))
            found = [
                one
                for one in sorted(objects.values(), key=key_of)
                if one.metadata.namespace == within and selects(selector, one.metadata.labels)
            ]
        if not found and wanted.get("parameterNotFoundAction") == "Deny":
            why = "no params found for policy binding with `Deny` parameterNotFoundAction"
            raise ConfigurationError(why)
        return [(self._value(one),) for one in found]

    def _within(self, told: str, namespace: str) -> str:
        if not self._resource.namespaced:
            if told:
                why = "paramRef.namespace must not be provided for a cluster-scoped `paramKind`"
                raise ConfigurationError(why)
            return ""
        if not told and not namespace:
            why = "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"
            raise ConfigurationError(why)
        return told or namespace

    def _value(self, obj: Any) -> Any:
        plain = from_json(to_builtins(obj, self._version))
        return plain if self._resource.definition is not None else with_moments(plain)
