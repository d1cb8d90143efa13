"""Rules in a schema that is stored: each is compiled with the type of what it is about
(apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go).

What they would cost at most is not estimated.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.kept import listing, mapping, text
from clustersim.apiserver.policies.rules import RULES, RuleError, compile_message, compile_rule, normalized
from clustersim.apiserver.policies.schemas import Schema, properties_of, type_of
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.cel.types import Type

_REASONS: Final = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_LINES: Final = re.compile(r"[\n\r]")
_DEEPEST: Final = 50


def check_rules(errors: FieldErrors, field: str, schema: Schema) -> None:
    """All rules of a schema, and of what is in it."""
    _walk(errors, field, schema, root=True, lost="", depth=0)


def _walk(errors: FieldErrors, field: str, schema: Schema, *, root: bool, lost: str, depth: int) -> None:
    """lost: from where on nobody can tell what a value was before."""
    if depth > _DEEPEST:
        return
    rules = [mapping(one) for one in listing(schema.get(RULES))]
    before = len(errors.causes)
    for index, rule in enumerate(rules):
        _check_texts(errors, f"{field}.{RULES}[{index}]", rule, schema)
    if rules and len(errors.causes) == before:
        kind = type_of(schema, root=root)
        for index, rule in enumerate(rules if kind is not None else ()):
            assert kind is not None
            _check_compiled(errors, f"{field}.{RULES}[{index}]", rule, kind, lost)
    for name, inner in properties_of(schema).items():
        if not (root and name == "metadata"):
            path = f"{field}.properties[{name}]"
            _walk(errors, path, inner, root=False, lost=lost, depth=depth + 1)
    others, items = schema.get("additionalProperties"), schema.get("items")
    if isinstance(others, Mapping):
        path = f"{field}.additionalProperties"
        _walk(errors, path, others, root=False, lost=lost, depth=depth + 1)
    if isinstance(items, Mapping):
        unknown = "" if schema.get("x-kubernetes-list-type") == "map" else f"{field}.items"
        _walk(errors, f"{field}.items", items, root=False, lost=lost or unknown, depth=depth + 1)


def _check_texts(errors: FieldErrors, path: str, rule: Mapping[str, Any], schema: Schema) -> None:
    source, message = text(rule.get("rule")).strip(), text(rule.get("message"))
    told, below = text(rule.get("messageExpression")), text(rule.get("fieldPath"))
    if not source:
        errors.required(f"{path}.rule", "rule is not specified")
    elif message and not message.strip():
        errors.invalid(f"{path}.message", message, "must be non-empty if specified")
    elif _LINES.search(message.strip()):
        errors.invalid(f"{path}.message", message, "must not contain line breaks")
    elif _LINES.search(source) and not message.strip():
        errors.required(f"{path}.message", "message must be specified if rule contains line breaks")
    if told and not told.strip():
        errors.required(f"{path}.messageExpression", "messageExpression must be non-empty if specified")
    if rule.get("reason") is not None and rule.get("reason") not in _REASONS:
        errors.unsupported(f"{path}.reason", rule.get("reason"), _REASONS)
    if below and not below.strip():
        errors.invalid(f"{path}.fieldPath", below, "must be non-empty if specified")
    if below and not _leads_to(schema, below):
        errors.invalid(f"{path}.fieldPath", below, "must be a valid path")


def _leads_to(schema: Schema, path: str) -> bool:
    inner: Any = schema
    for name in normalized(path).split("."):
        fields, others = properties_of(inner), inner.get("additionalProperties")
        if name not in fields and not isinstance(others, Mapping):
            return False
        inner = fields.get(name, others)
    return path.startswith((".", "["))


def _check_compiled(errors: FieldErrors, path: str, rule: Mapping[str, Any], kind: Type, lost: str) -> None:
    try:
        program = compile_rule(rule, kind)
    except RuleError as error:
        errors.invalid(f"{path}.rule", _shown(rule), str(error))
        return
    try:
        compile_message(rule, kind)
    except RuleError as error:
        errors.invalid(f"{path}.messageExpression", _shown(rule), str(error))
    if "oldSelf" in program.names():
        if lost:
            why = f"oldSelf cannot be used on the uncorrelatable portion of the schema within {lost}"
            errors.invalid(f"{path}.rule", text(rule.get("rule")), why)
    elif rule.get("optionalOldSelf") is not None:
        why = "may not be set if oldSelf is not used in rule"
        errors.invalid(f"{path}.optionalOldSelf", bool(rule.get("optionalOldSelf")), why)


def _shown(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule with its names in Go, as the message has it."""
    return {
        "Rule": text(rule.get("rule")),
        "Message": text(rule.get("message")),
        "MessageExpression": text(rule.get("messageExpression")),
        "Reason": rule.get("reason"),
        "FieldPath": text(rule.get("fieldPath")),
        "OptionalOldSelf": rule.get("optionalOldSelf"),
    }
