"""Which requests a policy or a web hook is about: resources, selectors and conditions.

Source: v1.36.2 pkg/apis/admissionregistration/validation/validation.go (validateRuleWithOperations,
validateMatchResources, validateMatchConditions).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clustersim.api.decoder import Decoder, WrongType
from clustersim.api.kept import listing, mapping, text
from clustersim.api.meta import LabelSelector
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.meta import check_label_selector
from clustersim.apiserver.validation.names import path_segment, qualified_name

Plain = Mapping[str, Any]

FAILURES: Final = ("Fail", "Ignore")
MATCHES: Final = ("Equivalent", "Exact")
REINVOCATIONS: Final = ("IfNeeded", "Never")
_OPERATIONS: Final = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_SCOPES: Final = ("*", "Cluster", "Namespaced")
_OTHER: Final = {"operations": "operations", "apiGroups": "API groups", "apiVersions": "API versions"}
_MOST_CONDITIONS: Final = 64


def expressions_of(errors: FieldErrors, *, params: bool) -> Any:
    """What compiles the expressions of one policy or hook."""
    # Only worlds with policies pay for the evaluator.
    from clustersim.apiserver.validation.expressions import Expressions  # noqa: PLC0415

    return Expressions(errors, params=params)


def check_conditions(errors: FieldErrors, field: str, told: Any, expressions: Any) -> None:
    """`matchConditions`, which all must hold."""
    conditions = [mapping(one) for one in listing(told)]
    if len(conditions) > _MOST_CONDITIONS:
        errors.too_many(field, _MOST_CONDITIONS, len(conditions))
    seen: set[str] = set()
    for index, one in enumerate(conditions):
        here, name = f"{field}[{index}]", text(one.get("name"))
        expressions.condition(f"{here}.expression", text(one.get("expression")).strip())
        if not name:
            errors.required(f"{here}.name")
            continue
        errors.each(f"{here}.name", name, qualified_name(name, errors.release))
        if name in seen:
            errors.duplicate(f"{here}.name", name)
        seen.add(name)


def check_matched(errors: FieldErrors, found: Plain, path: str) -> None:
    """What a policy, or its binding, is about."""
    errors.one_of(f"{path}.matchPolicy", text(found.get("matchPolicy")), MATCHES)
    for name in ("namespaceSelector", "objectSelector"):
        if found.get(name) is None:
            errors.required(f"{path}.{name}")
        else:
            check_selector(errors, f"{path}.{name}", found[name])
    for name in ("resourceRules", "excludeResourceRules"):
        for index, rule in enumerate(map(mapping, listing(found.get(name)))):
            here = f"{path}.{name}[{index}]"
            _check_names(errors, f"{here}.resourceNames", listing(rule.get("resourceNames")))
            check_rule(errors, here, rule)


def check_selector(errors: FieldErrors, field: str, selector: Any) -> None:
    """A selector of labels, as it was written."""
    try:
        found = Decoder(errors.release, "v1").struct(LabelSelector, mapping(selector), (), "")
    except WrongType:
        return
    check_label_selector(errors, field, found)


def _check_names(errors: FieldErrors, field: str, names: Sequence[Any]) -> None:
    for index, name in enumerate(names):
        errors.each(f"{field}[{index}]", name, path_segment(text(name), errors.release))
        if name in names[:index]:
            errors.duplicate(f"{field}[{index}]", name)


def check_rule(errors: FieldErrors, path: str, rule: Plain) -> None:
    """Operations on resources of groups and versions."""
    for field in ("operations", "apiGroups", "apiVersions"):
        values, here = listing(rule.get(field)), f"{path}.{field}"
        if not values:
            errors.required(here)
        if "*" in values and len(values) > 1:
            errors.invalid(here, values, f"if '*' is present, must not specify other {_OTHER[field]}")
        for index, one in enumerate(values):
            if field == "operations" and one not in _OPERATIONS:
                errors.unsupported(f"{here}[{index}]", one, _OPERATIONS)
            elif field == "apiVersions" and not one:
                errors.required(f"{here}[{index}]")
    _check_resources(errors, f"{path}.resources", listing(rule.get("resources")))
    if rule.get("scope") is not None and rule["scope"] not in _SCOPES:
        errors.unsupported(f"{path}.scope", rule["scope"], _SCOPES)


def _check_resources(errors: FieldErrors, field: str, resources: Sequence[Any]) -> None:
    """Nothing is told twice by an asterisk."""
    if not resources:
        errors.required(field)
    every_part, of_every = set[str](), set[str]()
    plain = False
    for index, one in enumerate(map(text, resources)):
        here = f"{field}[{index}]"
        if not one:
            errors.required(here)
            continue
        resource, slash, part = one.partition("/")
        if not slash:
            plain = one != "*"
            continue
        if resource in every_part:
            errors.invalid(here, one, f"if '{resource}/*' is present, must not specify {one}")
        if part in of_every:
            errors.invalid(here, one, f"if '*/{part}' is present, must not specify {one}")
        if part == "*":
            every_part.add(resource)
        if resource == "*":
            of_every.add(part)
    if len(resources) > 1 and "*/*" in resources:
        errors.invalid(field, resources, "if '*/*' is present, must not specify other resources")
    if "*" in resources and plain:
        why = "if '*' is present, must not specify other resources without subresources"
        errors.invalid(field, resources, why)
