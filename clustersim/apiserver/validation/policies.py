"""ValidatingAdmissionPolicies and their bindings (pkg/apis/admissionregistration/validation/validation.go).

Expressions are compiled here, so that an invalid one is refused with its place.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from clustersim.api.kept import listing, mapping, text
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.names import dns_subdomain, path_segment, qualified_name

Plain = Mapping[str, Any]

_PATCHES: Final = {"ApplyConfiguration": "applyConfiguration", "JSONPatch": "jsonPatch"}
_REINVOCATIONS: Final = ("IfNeeded", "Never")
_FAILURES: Final = ("Fail", "Ignore")
_MATCHES: Final = ("Equivalent", "Exact")
_OPERATIONS: Final = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_SCOPES: Final = ("*", "Cluster", "Namespaced")
_REASONS: Final = ("Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized")
_ACTIONS: Final = ("Audit", "Deny", "Warn")
_IDENTIFIER: Final = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*", re.ASCII)
_RESERVED: Final = frozenset(
    {
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if",
        "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    }
)  # fmt: skip
_MOST_CONDITIONS: Final = 64
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
    errors.one_of("spec.reinvocationPolicy", text(spec.get("reinvocationPolicy")), _REINVOCATIONS)
    expressions, mutations = _expressions(errors, spec), listing(spec.get("mutations"))
    if not mutations:
        errors.required("spec.mutations", "mutations must contain at least one item")
    for index, one in enumerate(map(mapping, mutations)):
        path, kind = f"spec.mutations[{index}]", text(one.get("patchType"))
        errors.one_of(f"{path}.patchType", kind, tuple(_PATCHES))
        if kind in _PATCHES:
            here = f"{path}.{_PATCHES[kind]}"
            source = text(mapping(one.get(_PATCHES[kind])).get("expression"))
            if one.get(_PATCHES[kind]) is None:
                errors.required(here, f"{_PATCHES[kind]} must be specified when patchType is {kind}")
            elif not source.strip():
                errors.required(f"{here}.expression", "expression is not specified")
            else:
                expressions.mutation(f"{here}.expression", source, patch=kind == "JSONPatch")


def _check_common(errors: FieldErrors, spec: Plain) -> None:
    """What both kinds of policies say."""
    errors.one_of("spec.failurePolicy", text(spec.get("failurePolicy")), _FAILURES)
    params = mapping(spec.get("paramKind"))
    if params:
        for field in ("apiVersion", "kind"):
            if not text(params.get(field)):
                errors.required(f"spec.paramKind.{field}")
    constraints = spec.get("matchConstraints")
    if constraints is None:
        errors.required("spec.matchConstraints")
    else:
        _check_matched(errors, mapping(constraints), "spec.matchConstraints")
        if not listing(mapping(constraints).get("resourceRules")):
            errors.required("spec.matchConstraints.resourceRules")


def _expressions(errors: FieldErrors, spec: Plain) -> Any:
    """Those of conditions and variables are checked; the others are to come."""
    # Only worlds with policies pay for the evaluator.
    from clustersim.apiserver.validation.expressions import Expressions  # noqa: PLC0415

    expressions = Expressions(errors, params=bool(spec.get("paramKind")))
    conditions = [mapping(one) for one in listing(spec.get("matchConditions"))]
    if len(conditions) > _MOST_CONDITIONS:
        errors.too_many("spec.matchConditions", _MOST_CONDITIONS, len(conditions))
    seen: set[str] = set()
    for index, one in enumerate(conditions):
        path = f"spec.matchConditions[{index}]"
        expressions.condition(f"{path}.expression", text(one.get("expression")).strip())
        _check_named(errors, f"{path}.name", text(one.get("name")), seen)
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


def _check_named(errors: FieldErrors, path: str, name: str, seen: set[str]) -> None:
    if not name:
        errors.required(path)
        return
    errors.each(path, name, qualified_name(name, errors.release))
    if name in seen:
        errors.duplicate(path, name)
    seen.add(name)


def _check_variable(errors: FieldErrors, expressions: Any, variable: Plain, path: str) -> None:
    name, source = text(variable.get("name")), text(variable.get("expression"))
    if not name.strip():
        errors.required(f"{path}.name", "name is not specified")
    elif _IDENTIFIER.fullmatch(name) is None or name in _RESERVED:
        errors.invalid(f"{path}.name", name, "name is not a valid CEL identifier")
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
        errors.invalid(f"{path}.message", message, "message must be non-empty if specified")
    elif re.search(r"[\n\r]", message.strip()):
        errors.invalid(f"{path}.message", message, "message must not contain line breaks")
    if rule.get("reason") is not None:
        errors.one_of(f"{path}.reason", text(rule.get("reason")), _REASONS)


def check_binding(errors: FieldErrors, binding: Any) -> None:
    """What is wrong with a binding of a policy that only refuses."""
    check_mutating_binding(errors, binding)
    _check_actions(errors, listing(mapping(binding.spec).get("validationActions")))


def check_mutating_binding(errors: FieldErrors, binding: Any) -> None:
    """What is wrong with a binding of a policy that changes what comes."""
    spec = mapping(binding.spec)
    policy, ref = text(spec.get("policyName")), spec.get("paramRef")
    if not policy:
        errors.required("spec.policyName")
    else:
        errors.each("spec.policyName", policy, dns_subdomain(policy, errors.release))
    if ref is not None:
        _check_ref(errors, mapping(ref))
    if spec.get("matchResources") is not None:
        _check_matched(errors, mapping(spec["matchResources"]), "spec.matchResouces")


def _check_ref(errors: FieldErrors, ref: Plain) -> None:
    path, name, both = "spec.paramRef", text(ref.get("name")), "name and selector are mutually exclusive"
    if name:
        errors.each(f"{path}.name", name, path_segment(name, errors.release))
        if ref.get("selector") is not None:
            errors.forbidden(f"{path}.name", both)
            errors.forbidden(f"{path}.selector", both)
    elif ref.get("selector") is None:
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


def _check_matched(errors: FieldErrors, found: Plain, path: str) -> None:
    errors.one_of(f"{path}.matchPolicy", text(found.get("matchPolicy")), _MATCHES)
    for field in ("resourceRules", "excludeResourceRules"):
        for index, rule in enumerate(map(mapping, listing(found.get(field)))):
            _check_matching_rule(errors, rule, f"{path}.{field}[{index}]")


def _check_matching_rule(errors: FieldErrors, rule: Plain, path: str) -> None:
    """validateRuleWithOperations, validateRule."""
    for field in ("operations", "apiGroups", "apiVersions", "resources"):
        values, here = listing(rule.get(field)), f"{path}.{field}"
        if not values:
            errors.required(here)
        if "*" in values and len(values) > 1 and field in _OTHER:
            errors.invalid(here, values, f"if '*' is present, must not specify other {_OTHER[field]}")
        for index, one in enumerate(values):
            if field == "operations" and one not in _OPERATIONS:
                errors.unsupported(f"{here}[{index}]", one, _OPERATIONS)
            elif field in ("apiVersions", "resources") and not one:
                errors.required(f"{here}[{index}]")
    errors.one_of(f"{path}.scope", text(rule.get("scope")), _SCOPES, needed=False)


_OTHER: Final = {"operations": "operations", "apiGroups": "API groups", "apiVersions": "API versions"}
