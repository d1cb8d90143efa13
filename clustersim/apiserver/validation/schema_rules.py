"""Rules in a schema that is stored: each is compiled with the type of what it is about
(apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go).

What each may cost, and all together, is estimated from how large values can be.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from clustersim.api.kept import listing, mapping, text
from clustersim.apiserver.policies.rules import (
    RULES,
    RuleError,
    compile_message,
    compile_rule,
    variables_of,
)
from clustersim.apiserver.policies.schema_bounds import bound_of, repeated
from clustersim.apiserver.policies.schemas import Schema, properties_of, type_of
from clustersim.apiserver.validation.errors import FieldErrors, GoStruct
from clustersim.apiserver.validation.go_fields import go_struct
from clustersim.apiserver.validation.selectable_fields import PathError, followed
from clustersim.cel.sizes import MOST, Bound
from clustersim.cel.types import Type

_REASONS: Final = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_LINES: Final = re.compile(r"[\n\r]")
_DEEPEST: Final = 50
_MOST_OF_ONE: Final = 10_000_000
_MOST_OF_ALL: Final = 100_000_000
_SHOWN: Final = 4
_CLOSE: Final = 1.5
_FAR: Final = 100


def check_rules(errors: FieldErrors, field: str, schema: Schema) -> None:
    """All rules of a schema, and of what is in it."""
    rules = _Rules(errors)
    rules.walk(_Place(field, root=True, times=1), schema, 0)
    errors.causes += rules.compiled.causes
    if rules.total > _MOST_OF_ALL:
        for _cost, place in sorted(rules.dear, key=lambda one: -one[0])[:_SHOWN]:
            why = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema"
            errors.forbidden(place, why)
        name = f"{RULES} estimated rule cost total for entire OpenAPIv3 schema"
        errors.forbidden(field, _too_dear(name, rules.total, _MOST_OF_ALL))


class _Place(msgspec.Struct, frozen=True):
    """Where a schema stands. lost: in what nobody can tell what a value was before; times: how many such
    values there can be, None where nobody bounds that."""

    field: str
    root: bool = False
    lost: str = ""
    times: int | None = None


class _Rules:
    """Those of one schema. compiled: what is wrong with those that were read; total: what all cost; dear:
    those that cost most of it."""

    def __init__(self, errors: FieldErrors) -> None:
        self.errors = errors
        self.compiled = FieldErrors(errors.release)
        self.total = 0
        self.dear: list[tuple[int, str]] = []

    def walk(self, place: _Place, schema: Schema, depth: int) -> None:
        """Rules are compiled where nothing else is wrong with their schema, and with what is in it."""
        if depth > _DEEPEST:
            return
        for inner, below in _below(place, schema):
            self.walk(below, inner, depth + 1)
        rules = [mapping(one) for one in listing(schema.get(RULES))]
        for index, rule in enumerate(rules):
            _check_texts(self.errors, f"{place.field}.{RULES}[{index}]", rule, schema)
        within = (f"{place.field}.", f"{place.field}[")
        if not rules or any(cause.field.startswith(within) for cause in self.errors.causes):
            return
        kind = type_of(schema, root=place.root)
        bound = bound_of(schema, root=place.root)
        if kind is None or bound is None:
            return
        for index, rule in enumerate(rules):
            self._check(f"{place.field}.{RULES}[{index}]", rule, kind, bound, place)

    def _check(self, path: str, rule: Mapping[str, Any], kind: Type, bound: Bound, place: _Place) -> None:
        errors = self.compiled
        try:
            program = compile_rule(rule, kind)
        except RuleError as error:
            errors.invalid(f"{path}.rule", _shown(rule), str(error))
            return
        variables = variables_of(rule, kind)
        times = repeated(bound) if place.times is None else place.times
        self._count(f"{path}.rule", "rule", program.most(variables, bound) * times)
        try:
            message = compile_message(rule, kind)
        except RuleError as error:
            errors.invalid(f"{path}.messageExpression", _shown(rule), str(error))
            message = None
        if message is not None:
            cost = message.most(variables, bound)
            self._count(f"{path}.messageExpression", "messageExpression", cost)
        if "oldSelf" in program.names():
            if place.lost:
                why = (
                    f"oldSelf cannot be used on the uncorrelatable portion of the schema within {place.lost}"
                )
                errors.invalid(f"{path}.rule", text(rule.get("rule")), why)
        elif rule.get("optionalOldSelf") is not None:
            why = "may not be set if oldSelf is not used in rule"
            errors.invalid(f"{path}.optionalOldSelf", bool(rule.get("optionalOldSelf")), why)

    def _count(self, path: str, what: str, cost: int) -> None:
        cost = min(cost, MOST)
        if cost > _MOST_OF_ONE:
            why = _too_dear(f"estimated {what} cost", cost, _MOST_OF_ONE)
            self.compiled.forbidden(path, why)
        self.total = min(self.total + cost, MOST)
        if cost >= _MOST_OF_ALL // 100:
            self.dear.append((cost, path))


def _too_dear(what: str, cost: int, limit: int) -> str:
    factor = cost / limit
    told = f"{factor:.6f}x" if factor < _CLOSE else f"{factor:.1f}x"
    return (
        f"{what} exceeds budget by factor of {told if factor <= _FAR else 'more than 100x'} (try simplifying "
        "the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are "
        "declared)"
    )


def _below(place: _Place, schema: Schema) -> Iterator[tuple[Schema, _Place]]:
    others, items = schema.get("additionalProperties"), schema.get("items")
    times = _times(place, schema)
    if isinstance(others, Mapping):
        yield others, _Place(f"{place.field}.additionalProperties", lost=place.lost, times=times)
    known = schema.get("x-kubernetes-map-type") in (None, "granular", "atomic")
    for name, inner in properties_of(schema).items():
        if not (place.root and name == "metadata"):
            lost = place.lost or ("" if known else place.field)
            yield inner, _Place(f"{place.field}.properties[{name}]", lost=lost, times=times)
    if isinstance(items, Mapping):
        unknown = "" if schema.get("x-kubernetes-list-type") == "map" else place.field
        yield items, _Place(f"{place.field}.items", lost=place.lost or unknown, times=times)


def _times(place: _Place, schema: Schema) -> int | None:
    """How often what is in it can be there."""
    most: int | None = 1
    if schema.get("type") == "array":
        most = schema.get("maxItems")
    elif schema.get("type") == "object" and schema.get("additionalProperties") is not None:
        most = schema.get("maxProperties")
    return None if place.times is None or most is None else place.times * max(0, most)


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


def _shown(rule: Mapping[str, Any]) -> GoStruct:
    """A rule with its names in Go, as the message has it."""
    return GoStruct("apiextensions.ValidationRule", go_struct("ValidationRule", rule))
