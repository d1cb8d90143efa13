"""ValidatingAdmissionPolicies and their bindings (pkg/apis/admissionregistration/validation/validation.go).

Expressions are compiled here, so that an invalid one is refused with its place.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from clustersim.api.cel_words import RESERVED
from clustersim.api.kept import listing, mapping, text
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.matching_rules import (
    FAILURES,
    REINVOCATIONS,
    Plain,
    check_conditions,
    check_matched,
    check_selector,
    expressions_of,
)
from clustersim.apiserver.validation.names import (
    dns_1035_label,
    dns_subdomain,
    path_segment,
    qualified_name,
)

_PATCHES: Final = {"ApplyConfiguration": "applyConfiguration", "JSONPatch": "jsonPatch"}
_REASONS: Final = ("Forbidden", "Invalid", "RequestEntityTooLarge")
_ACTIONS: Final = ("Audit", "Deny", "Warn")
_MUTATING: Final = ("*", "CONNECT", "CREATE", "UPDATE")
_IDENTIFIER: Final = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*", re.ASCII)
_MOST_ANNOTATIONS: Final = 20
_NEEDS_ONE: Final = "validations or auditAnnotations must contain at least one item"


def check_policy(errors: FieldErrors, policy: Any) -> None:
    """What is wrong with a policy that only refuses."""
    spec = mapping(policy.spec)
    _check_common(errors, spec)
    expressions = _expressions(errors, spec)
    _check_rules(errors, expressions, policy.metadata.name, spec)


def check_mutating_policy(errors: FieldErrors, policy: Any) -> None:
    """What is wrong with a policy that changes what comes."""
    spec = mapping(policy.spec)
    _check_common(errors, spec)
    _check_mutated(errors, "spec.matchConstraints", spec.get("matchConstraints"))
    errors.one_of("spec.reinvocationPolicy", text(spec.get("reinvocationPolicy")), REINVOCATIONS)
    expressions, mutations = _expressions(errors, spec), listing(spec.get("mutations"))
    if not mutations:
        errors.required("spec.mutations", "mutations must contain at least one item")
    for index, one in enumerate(map(mapping, mutations)):
        path, kind = f"spec.mutations[{index}]", text(one.get("patchType"))
        errors.one_of(f"{path}.patchType", kind, tuple(_PATCHES))
        if kind in _PATCHES:
            _check_mutation(errors, expressions, path, one)


def _check_mutation(errors: FieldErrors, expressions: Any, path: str, one: Plain) -> None:
    """What is said of the one way to change, and not of the other."""
    kind = text(one.get("patchType"))
    wanted, other = _PATCHES[kind], next(name for way, name in _PATCHES.items() if way != kind)
    source = text(mapping(one.get(wanted)).get("expression"))
    if one.get(wanted) is None:
        errors.required(f"{path}.{wanted}", f"must be specified when patchType is {kind}")
    elif not source.strip():
        errors.required(f"{path}.{wanted}.expression")
    else:
        expressions.mutation(f"{path}.{wanted}.expression", source.strip(), patch=kind == "JSONPatch")
    if one.get(other) is not None:
        why = f"must not be specified when patchType is {kind}"
        errors.invalid(f"{path}.{other}", f"{{{other}}}", why)


def _check_mutated(errors: FieldErrors, path: str, told: Any) -> None:
    """What goes is not changed."""
    for rule in map(mapping, listing(mapping(told).get("resourceRules"))):
        for one in listing(rule.get("operations")):
            if one not in _MUTATING:
                errors.unsupported(f"{path}.resourceRules.operations", one, _MUTATING)


def _check_common(errors: FieldErrors, spec: Plain) -> None:
    """What both kinds of policies say."""
    errors.one_of("spec.failurePolicy", text(spec.get("failurePolicy")), FAILURES)
    if spec.get("paramKind") is not None:
        _check_kind(errors, mapping(spec["paramKind"]))
    constraints = spec.get("matchConstraints")
    if constraints is None:
        errors.required("spec.matchConstraints")
    else:
        check_matched(errors, mapping(constraints), "spec.matchConstraints")
        if not listing(mapping(constraints).get("resourceRules")):
            errors.required("spec.matchConstraints.resourceRules")


def _check_kind(errors: FieldErrors, kind: Plain) -> None:
    """Of which kind the parameters are."""
    version, name = text(kind.get("apiVersion")), text(kind.get("kind"))
    field = "spec.paramKind.apiVersion"
    group, _slash, rest = version.rpartition("/")
    if not version:
        errors.required(field)
    elif "/" in group:
        errors.invalid(field, version, f"unexpected GroupVersion string: {version}")
    else:
        if group and (reasons := dns_subdomain(group, errors.release)):
            errors.invalid(field, group, ",".join(reasons))
        if not rest:
            errors.invalid(field, version, "version must be specified")
        elif reasons := dns_1035_label(rest, errors.release):
            errors.invalid(field, rest, ",".join(reasons))
    if not name:
        errors.required("spec.paramKind.kind")
    elif reasons := dns_1035_label(name.lower(), errors.release):
        why = f"may have mixed case, but should otherwise match: {','.join(reasons)}"
        errors.invalid("spec.paramKind.kind", name, why)


def _expressions(errors: FieldErrors, spec: Plain) -> Any:
    """Those of conditions and variables are checked; the others are to come."""
    expressions = expressions_of(errors, params=spec.get("paramKind") is not None)
    check_conditions(errors, "spec.matchConditions", spec.get("matchConditions"), expressions)
    for index, one in enumerate(map(mapping, listing(spec.get("variables")))):
        _check_variable(errors, expressions, one, f"spec.variables[{index}]")
    return expressions


def _check_rules(errors: FieldErrors, expressions: Any, name: str, spec: Plain) -> None:
    rules, annotations = listing(spec.get("validations")), listing(spec.get("auditAnnotations"))
    if not rules and not annotations:
        errors.required("spec.validations", _NEEDS_ONE)
        errors.required("spec.auditAnnotations", _NEEDS_ONE)
    for index, one in enumerate(map(mapping, rules)):
        _check_rule(errors, expressions, one, f"spec.validations[{index}]")
    if len(annotations) > _MOST_ANNOTATIONS:
        why = f"must not have more than {_MOST_ANNOTATIONS} auditAnnotations"
        errors.invalid("spec.auditAnnotations", annotations, why)
    keys: set[str] = set()
    for index, one in enumerate(map(mapping, annotations)):
        path, key = f"spec.auditAnnotations[{index}]", text(one.get("key"))
        errors.each(f"{path}.key", f"{name}/{key}", qualified_name(f"{name}/{key}", errors.release))
        expressions.annotation(f"{path}.valueExpression", text(one.get("valueExpression")))
        if key in keys:
            errors.duplicate(f"{path}.key", key)
        keys.add(key)


def _check_variable(errors: FieldErrors, expressions: Any, variable: Plain, path: str) -> None:
    name, source = text(variable.get("name")), text(variable.get("expression"))
    if not name.strip():
        errors.required(f"{path}.name", "name is not specified")
    elif _IDENTIFIER.fullmatch(name) is None or name in RESERVED:
        errors.invalid(f"{path}.name", name, "must be a valid CEL identifier")
    if not source.strip():
        errors.required(f"{path}.expression", "expression is not specified")
    else:
        expressions.variable(f"{path}.expression", name, source)


def _check_rule(errors: FieldErrors, expressions: Any, rule: Plain, path: str) -> None:
    source, message = text(rule.get("expression")), text(rule.get("message"))
    told = text(rule.get("messageExpression"))
    if not source.strip():
        errors.required(f"{path}.expression", "expression is not specified")
    else:
        expressions.validation(f"{path}.expression", source)
    if told and not told.strip():
        errors.invalid(f"{path}.messageExpression", told, "must be non-empty if specified")
    elif told:
        expressions.message(f"{path}.messageExpression", told)
    if message and not message.strip():
        errors.invalid(f"{path}.message", message, "must be non-empty if specified")
    elif re.search(r"[\n\r]", message.strip()):
        errors.invalid(f"{path}.message", message, "must not contain line breaks")
    if rule.get("reason") is not None and rule["reason"] not in _REASONS:
        errors.unsupported(f"{path}.reason", text(rule["reason"]), _REASONS)


def check_binding(errors: FieldErrors, binding: Any) -> None:
    """What is wrong with a binding of a policy that only refuses."""
    _check_bound(errors, binding)
    _check_actions(errors, listing(mapping(binding.spec).get("validationActions")))


def check_mutating_binding(errors: FieldErrors, binding: Any) -> None:
    """What is wrong with a binding of a policy that changes what comes."""
    _check_bound(errors, binding)
    _check_mutated(errors, "spec.matchResources", mapping(binding.spec).get("matchResources"))


def _check_bound(errors: FieldErrors, binding: Any) -> None:
    """Which policy holds, for what, and with which parameters."""
    spec = mapping(binding.spec)
    policy, ref = text(spec.get("policyName")), spec.get("paramRef")
    if not policy:
        errors.required("spec.policyName")
    else:
        errors.each("spec.policyName", policy, dns_subdomain(policy, errors.release))
    if ref is not None:
        _check_ref(errors, mapping(ref))
    if spec.get("matchResources") is not None:
        check_matched(errors, mapping(spec["matchResources"]), "spec.matchResources")


def _check_ref(errors: FieldErrors, ref: Plain) -> None:
    path, name, both = "spec.paramRef", text(ref.get("name")), "name and selector are mutually exclusive"
    selected = ref.get("selector") is not None
    if name:
        errors.each(f"{path}.name", name, path_segment(name, errors.release))
        if selected:
            errors.forbidden(f"{path}.name", both)
    if selected:
        check_selector(errors, f"{path}.selector", ref["selector"])
        if name:
            errors.forbidden(f"{path}.selector", both)
    if not name and not selected:
        errors.required(path, "one of name or selector must be specified")
    errors.one_of(
        f"{path}.parameterNotFoundAction", text(ref.get("parameterNotFoundAction")), ("Deny", "Allow")
    )


def _check_actions(errors: FieldErrors, actions: Iterable[Any]) -> None:
    path, seen = "spec.validationActions", list[Any]()
    for index, one in enumerate(actions):
        if one not in _ACTIONS:
            errors.unsupported(f"{path}[{index}]", one, _ACTIONS)
        if one in seen:
            errors.duplicate(f"{path}[{index}]", one)
        seen.append(one)
    if "Deny" in seen and "Warn" in seen:
        why = (
            "must not contain both Deny and Warn (repeating the same validation failure information in the "
            "API response and headers serves no purpose)"
        )
        errors.invalid(path, seen, why)
    if not seen:
        errors.required(path, "at least one validation action is required")
