"""Rules in a schema that is stored: each is compiled with the type of what it is about
(apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go).

What they would cost at most is not estimated.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from clustersim.api.kept import listing, mapping, text
from clustersim.apiserver.policies.rules import RULES, RuleError, compile_message, compile_rule
from clustersim.apiserver.policies.schemas import Schema, properties_of, type_of
from clustersim.apiserver.validation.errors import FieldErrors, GoStruct
from clustersim.apiserver.validation.go_fields import go_struct
from clustersim.apiserver.validation.selectable_fields import PathError, followed
from clustersim.cel.types import Type

_REASONS: Final = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_LINES: Final = re.compile(r"[\n\r]")
_DEEPEST: Final = 50


def check_rules(errors: FieldErrors, field: str, schema: Schema) -> None:
    """All rules of a schema, and of what is in it."""
    compiled = FieldErrors(errors.release)
    _walk(errors, compiled, _Place(field, root=True), schema, 0)
    errors.causes += compiled.causes


class _Place(msgspec.Struct, frozen=True):
    """Where a schema stands. lost: in what nobody can tell what a value was before."""

    field: str
    root: bool = False
    lost: str = ""


def _walk(errors: FieldErrors, compiled: FieldErrors, place: _Place, schema: Schema, depth: int) -> None:
    """Rules are compiled where nothing else is wrong with their schema, and with what is in it."""
    if depth > _DEEPEST:
        return
    for inner, below in _below(place, schema):
        _walk(errors, compiled, below, inner, depth + 1)
    rules = [mapping(one) for one in listing(schema.get(RULES))]
    for index, rule in enumerate(rules):
        _check_texts(errors, f"{place.field}.{RULES}[{index}]", rule, schema)
    within = (f"{place.field}.", f"{place.field}[")
    if not rules or any(cause.field.startswith(within) for cause in errors.causes):
        return
    kind = type_of(schema, root=place.root)
    for index, rule in enumerate(rules if kind is not None else ()):
        assert kind is not None
        _check_compiled(compiled, f"{place.field}.{RULES}[{index}]", rule, kind, place.lost)


def _below(place: _Place, schema: Schema) -> Iterator[tuple[Schema, _Place]]:
    others, items = schema.get("additionalProperties"), schema.get("items")
    if isinstance(others, Mapping):
        yield others, _Place(f"{place.field}.additionalProperties", lost=place.lost)
    known = schema.get("x-kubernetes-map-type") in (None, "granular", "atomic")
    for name, inner in properties_of(schema).items():
        if not (place.root and name == "metadata"):
            lost = place.lost or ("" if known else place.field)
            yield inner, _Place(f"{place.field}.properties[{name}]", lost=lost)
    if isinstance(items, Mapping):
        unknown = "" if schema.get("x-kubernetes-list-type") == "map" else place.field
        yield items, _Place(f"{place.field}.items", lost=place.lost or unknown)


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
    if _LINES.search(below):
        errors.invalid(f"{path}.fieldPath", below, "must not contain line breaks")
    if below and not _leads_to(schema, below):
        errors.invalid(f"{path}.fieldPath", below, "must be a valid path")


def _leads_to(schema: Schema, path: str) -> bool:
    try:
        followed(schema, path)
    except PathError:
        return False
    return True


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


def _shown(rule: Mapping[str, Any]) -> GoStruct:
    """A rule with its names in Go, as the message has it."""
    return GoStruct("apiextensions.ValidationRule", go_struct("ValidationRule", rule))
