"""ValidatingAdmissionPolicy: what policies say of a request, and what their bindings make of that
(apiserver pkg/admission/plugin/policy/validating/{dispatcher,validator}.go, generic/policy_dispatcher.go).

A policy holds from the moment it is stored; a real server takes up to a second to see it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from clustersim.api.definitions import DEFINITIONS, is_established
from clustersim.api.errors import ApiError, Cause, Details
from clustersim.api.kept import listing, mapping, text
from clustersim.api.registry import key_of, resource_by, resources_of, to_builtins
from clustersim.api.selectors import selects
from clustersim.apiserver.policies.attributes import Attributes, namespace_value
from clustersim.apiserver.policies.evaluation import (
    BUDGET,
    BUDGET_OF_CONDITIONS,
    Evaluation,
    OutOfBudget,
)
from clustersim.apiserver.policies.expressions import BOOLEAN, TEXT, TEXT_OR_NULL, ExpressionError
from clustersim.apiserver.policies.functions import Checked
from clustersim.apiserver.policies.matching import is_exempt, matched_version, selector_of
from clustersim.cel.program import WORK
from clustersim.cel.values import Work, from_json, with_moments
from clustersim.etcd import Etcd

POLICIES: Final = "validatingadmissionpolicies"
BINDINGS: Final = "validatingadmissionpolicybindings"
_CODES: Final = {"Forbidden": 403, "Unauthorized": 401, "RequestEntityTooLarge": 413}
_LONGEST_MESSAGE: Final = 5 * 1024

Plain = Mapping[str, Any]


class Denial(msgspec.Struct, frozen=True):
    """What a policy holds against a request. reason: of the answer."""

    message: str
    reason: str = ""


class ConfigurationError(Exception):
    """A policy or a binding that cannot be followed."""


class Review:
    """One request before all policies. Raises ApiError where it is denied; told: the warnings."""

    def __init__(self, etcd: Etcd, release: str, asked: Attributes) -> None:
        self.etcd = etcd
        self.release = release
        self.asked = asked
        self.told: list[str] = []
        self._work = Work(WORK)
        self._denials: list[ApiError] = []

    def run(self) -> tuple[str, ...]:
        if is_exempt(self.asked):
            return ()
        bindings: dict[str, list[Any]] = {}
        for one in _by_name(self.etcd.range(BINDINGS)):
            bindings.setdefault(text(mapping(one.spec).get("policyName")), []).append(one)
        for policy in _by_name(self.etcd.range(POLICIES)):
            self._follow(policy, bindings.get(policy.metadata.name, []))
        if self._denials:
            raise self._denials[0]
        return tuple(self.told)

    def _follow(self, policy: Any, bindings: list[Any]) -> None:
        spec = mapping(policy.spec)
        matched = matched_version(self.etcd, mapping(spec.get("matchConstraints")), self.asked, self.release)
        if not matched or not bindings:
            return
        try:
            params_of = self._params(mapping(spec.get("paramKind")))
        except ConfigurationError as error:
            self._misconfigured(policy, None, error)
            return
        for binding in bindings:
            bound = mapping(binding.spec)
            criteria = bound.get("matchResources")
            if criteria is not None and not matched_version(
                self.etcd, mapping(criteria), self.asked, self.release
            ):
                continue
            try:
                params = params_of.found(bound.get("paramRef"), self.asked.namespace)
            except ConfigurationError as error:
                self._misconfigured(policy, binding, error)
                continue
            for one in params:
                for denial in self._judged(policy, matched, one):
                    self._act(policy, binding, denial)

    def _params(self, kind: Plain) -> "_Params":
        if not kind:
            return _Params(self.etcd, None)
        version, name = text(kind.get("apiVersion")), text(kind.get("kind"))
        added = [one for one in self.etcd.range(DEFINITIONS).values() if is_established(one)]
        known = [*resources_of(self.release).values(), *(resource_by(one, self.release) for one in added)]
        for resource in known:
            if resource.kind == name and version in resource.versions.get(self.release, ()):
                return _Params(self.etcd, resource, version)
        group = version if "/" in version else f"/{version}"
        why = f"failed to find resource referenced by paramKind: '{group}, Kind={name}'"
        raise ConfigurationError(why)

    # --- one policy --------------------------------------------------------------------------------------

    def _judged(self, policy: Any, version: str, params: Any) -> Iterator[Denial]:
        """What it holds against the request, with one set of parameters; none where it does not apply."""
        spec = mapping(policy.spec)
        fails = spec.get("failurePolicy") != "Ignore"
        values = self._values(version, params)
        named = tuple(
            (text(one.get("name")), text(one.get("expression")))
            for one in map(mapping, listing(spec.get("variables")))
        )
        try:
            conditions = Evaluation(values, (), self._work, BUDGET_OF_CONDITIONS)
            if not self._applies(conditions, listing(spec.get("matchConditions"))):
                return
            namespace = namespace_value(self.etcd, self._namespace)
            evaluation = Evaluation({**values, "namespaceObject": namespace}, named, self._work, BUDGET)
            found = [
                self._denial(evaluation, mapping(one), fails=fails)
                for one in listing(spec.get("validations"))
            ]
            yield from (one for one in found if one is not None)
            yield from self._audited(evaluation, listing(spec.get("auditAnnotations")), fails=fails)
        except (ExpressionError, OutOfBudget) as error:
            if fails:
                yield Denial(str(error))

    @property
    def _namespace(self) -> str:
        """That of the request; a namespace is in none."""
        return "" if self.asked.group_resource == ("", "namespaces") else self.asked.namespace

    def _values(self, version: str, params: Any) -> dict[str, Any]:
        new, old = self.asked.as_values(version)
        values = {
            "object": new,
            "oldObject": old,
            "namespaceObject": None,
            "request": self.asked.request(version),
            "authorizer": Checked(),
            "authorizer.requestResource": Checked(),
        }
        return {**values, "params": params[0]} if params else values

    def _applies(self, evaluation: Evaluation, conditions: list[Any]) -> bool:
        """All conditions hold; one that does not is enough, whatever the others come to. Raises
        ExpressionError."""
        errors: list[str] = []
        for one in map(mapping, conditions):
            try:
                if evaluation.value(text(one.get("expression")), BOOLEAN) is not True:
                    return False
            except ExpressionError as error:
                errors.append(str(error))
        if errors:
            raise ExpressionError(errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]")
        return True

    def _denial(self, evaluation: Evaluation, rule: Plain, *, fails: bool) -> Denial | None:
        source = text(rule.get("expression"))
        try:
            if evaluation.value(source, BOOLEAN) is True:
                return None
        except ExpressionError as error:
            return Denial(str(error)) if fails else None
        message = self._message(evaluation, text(rule.get("messageExpression")))
        told = message or text(rule.get("message")).strip() or f"failed expression: {source.strip()}"
        return Denial(told, text(rule.get("reason")))

    def _message(self, evaluation: Evaluation, source: str) -> str:
        """What the expression of a message comes to, where that will do."""
        if not source:
            return ""
        try:
            found = evaluation.value(source, TEXT, authorizer=False)
        except ExpressionError:
            return ""
        message = found.strip() if isinstance(found, str) else ""
        return "" if "\n" in message or len(message.encode()) > _LONGEST_MESSAGE else message

    def _audited(self, evaluation: Evaluation, annotations: list[Any], *, fails: bool) -> Iterator[Denial]:
        """Annotations for the audit log, which nobody keeps here: they matter where they fail."""
        for one in map(mapping, annotations):
            try:
                evaluation.value(text(one.get("valueExpression")).strip(), TEXT_OR_NULL)
            except ExpressionError as error:
                if fails:
                    yield Denial(str(error))

    # --- what becomes of it ------------------------------------------------------------------------------

    def _act(self, policy: Any, binding: Any, denial: Denial) -> None:
        name, bound = policy.metadata.name, binding.metadata.name
        for action in listing(mapping(binding.spec).get("validationActions")):
            if action == "Deny":
                self._deny(name, bound, denial)
            elif action == "Warn":
                begun = f"Validation failed for ValidatingAdmissionPolicy '{name}' with binding '{bound}'"
                self.told.append(f"{begun}: {denial.message}")

    def _misconfigured(self, policy: Any, binding: Any, error: ConfigurationError) -> None:
        if mapping(policy.spec).get("failurePolicy") != "Ignore":
            what, bound = ("policy", "") if binding is None else ("binding", binding.metadata.name)
            self._deny(policy.metadata.name, bound, Denial(f"failed to configure {what}: {error}"))

    def _deny(self, policy: str, binding: str, denial: Denial) -> None:
        asked = self.asked
        by = f"ValidatingAdmissionPolicy '{policy}'" + (f" with binding '{binding}'" if binding else "")
        why = f"{by} denied request: {denial.message}"
        group, plural = asked.group_resource
        reason = denial.reason or "Invalid"
        named = f'{plural}.{group} "{asked.name}"' if group else f'{plural} "{asked.name}"'
        details = Details(name=asked.name, group=group, kind=plural, causes=(Cause(message=why),))
        error = ApiError(_CODES.get(reason, 422), reason, f"{named} is forbidden: {why}", details)
        self._denials.append(error)


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
