"""Rules in the schemas of added kinds, `x-kubernetes-validations`: what they say of an object
(apiextensions-apiserver pkg/apiserver/schema/cel/{compilation,validation}.go)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from clustersim.api.kept import listing, mapping, text
from clustersim.apiserver.policies.functions import FUNCTIONS
from clustersim.apiserver.policies.schemas import Schema, properties_of, type_of, value_of
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.cel.program import PER_CALL, WORK, CelError, CompileError, Program, compiled
from clustersim.cel.syntax import CostExceeded
from clustersim.cel.types import BOOL, STRING, Type, optional
from clustersim.cel.values import NOTHING, Meter, Optional, Work
from clustersim.engine.identity import by_identity

RULES: Final = "x-kubernetes-validations"
_BUDGET: Final = 10_000_000
_LONGEST_MESSAGE: Final = 5 * 1024
_OUT_OF_BUDGET: Final = (
    "validation failed due to running out of cost budget, no further validation rules will be run"
)
_MISSING: Final = object()


class RuleError(Exception):
    """A rule that does not compile."""


class Spent(Exception):
    """No further rule is looked at."""


def compile_rule(rule: Mapping[str, Any], kind: Type) -> Program:
    """Raises RuleError."""
    return _compiled(text(rule.get("rule")), kind, BOOL, rule, "cel expression must evaluate to a bool")


def compile_message(rule: Mapping[str, Any], kind: Type) -> Program | None:
    """The expression of a rule's message, if it has one. Raises RuleError."""
    source = text(rule.get("messageExpression"))
    if not source:
        return None
    try:
        return _compiled(source, kind, STRING, rule, "messageExpression must evaluate to a string")
    except RuleError as error:
        told = str(error)
        raise RuleError(f"messageExpression {told}" if told.startswith("compilation") else told) from None


def variables_of(rule: Mapping[str, Any], kind: Type) -> dict[str, Type]:
    """What a rule may name."""
    return {"self": kind, "oldSelf": optional(kind) if rule.get("optionalOldSelf") else kind}


def _compiled(source: str, kind: Type, wanted: Type, rule: Mapping[str, Any], why: str) -> Program:
    try:
        program = compiled(source, variables_of(rule, kind))
    except CompileError as error:
        raise RuleError(f"compilation failed: {error}") from None
    if program.type != wanted:
        raise RuleError(why)
    return program


Compiled = tuple[Mapping[str, Any], Type, "Program | RuleError"]


@by_identity(maxsize=256)
def compiled_rules(schema: Schema, root: bool) -> tuple[Compiled, ...]:
    """The rules of a value, with its type; none of a value that expressions do not see."""
    kind = type_of(schema, root=root)
    rules = [mapping(one) for one in listing(schema.get(RULES))] if kind is not None else []
    found: list[Compiled] = []
    for rule in rules:
        assert kind is not None
        program: Program | RuleError
        try:
            program = compile_rule(rule, kind)
        except RuleError as error:
            program = error
        if text(rule.get("rule")).strip():
            found.append((rule, kind, program))
    return tuple(found)


class Place(msgspec.Struct, frozen=True):
    """A value in an object. path: where it stands; old: what stood there, `_MISSING` where nobody can tell;
    same: it, or what it is in, is as it was."""

    path: str
    value: Any
    old: Any
    same: bool
    root: bool = False


class Rules:
    """Those of one schema, for one object. ratchets: what was wrong before may stay; told: warnings of
    that."""

    def __init__(self, errors: FieldErrors, *, ratchets: bool = True) -> None:
        self._errors = errors
        self._ratchets = ratchets
        self._work = Work(WORK)
        self._budget = _BUDGET
        self.told: list[str] = []

    def check(self, schema: Schema, plain: Any, old: Any, *, root: bool = True) -> None:
        """All that the rules hold against an object; old: what it was, None for a new one; root: whether it
        is a whole object."""
        was = _MISSING if old is None else old
        try:
            self._at(schema, Place("", plain, was, old is not None and plain == old, root=root))
        except Spent:
            return

    def _at(self, schema: Schema, place: Place) -> None:
        """Raises Spent."""
        if place.value is None:
            return
        if listing(schema.get(RULES)):
            self._judge(schema, place)
        for inner, one in _below(schema, place):
            self._at(inner, one)

    def _judge(self, schema: Schema, place: Place) -> None:
        rules = compiled_rules(schema, place.root)
        if not rules:
            return
        known = {"self": value_of(schema, place.value, root=place.root)}
        was = None if place.old is _MISSING else value_of(schema, place.old, root=place.root)
        for rule, kind, program in rules:
            given = place.old is not _MISSING and place.old is not None
            if rule.get("optionalOldSelf"):
                values = {**known, "oldSelf": Optional(was, True) if given else NOTHING}
            else:
                values = {**known, "oldSelf": was} if given else known
            shown = str(schema.get("type"))
            if isinstance(program, RuleError):
                self._errors.invalid(place.path or "<nil>", shown, f"rule compile error: {program}")
            else:
                self._apply(rule, kind, program, values, place, shown)

    def _apply(
        self,
        rule: Mapping[str, Any],
        kind: Type,
        program: Program,
        values: Mapping[str, Any],
        place: Place,
        shown: str,
    ) -> None:
        here = place.path or "<nil>"
        transition = "oldSelf" in program.names()
        if transition and "oldSelf" not in values:
            return
        try:
            holds = self._value(program, values)
        except CostExceeded as error:
            why = "no further validation rules will be run due to call cost exceeds limit for rule"
            self._errors.invalid(here, shown, f"'{error}': {why}: {_named(rule)}")
            raise Spent from None
        except CelError as error:
            self._errors.invalid(here, shown, _failed(str(error), rule))
            return
        if self._budget < 0:
            self._errors.invalid(here, shown, _OUT_OF_BUDGET)
            raise Spent
        if holds is not True:
            message = self._message(rule, kind, values, here, shown)
            self._refuse(rule, place, message, ratcheted=self._ratchets and place.same and not transition)

    def _value(self, program: Program, values: Mapping[str, Any]) -> Any:
        meter = Meter(PER_CALL, self._work)
        try:
            return program.run(values, meter, FUNCTIONS)
        finally:
            self._budget -= meter.cost

    def _message(
        self, rule: Mapping[str, Any], kind: Type, values: Mapping[str, Any], here: str, shown: str
    ) -> str:
        try:
            program = compile_message(rule, kind)
            found = self._value(program, values) if program is not None else ""
        except CostExceeded:
            source = text(rule.get("messageExpression"))
            why = (
                "no further validation rules will be run due to call cost exceeds limit for messageExpression"
            )
            self._errors.invalid(here, shown, f'{why}: "{source}"')
            raise Spent from None
        except (RuleError, CelError):
            found = ""
        told = found.strip() if isinstance(found, str) else ""
        if told and "\n" not in told and len(told.encode()) <= _LONGEST_MESSAGE:
            return told
        return text(rule.get("message")).strip() or f"failed rule: {_named(rule)}"

    def _refuse(self, rule: Mapping[str, Any], place: Place, told: str, *, ratcheted: bool) -> None:
        found = FieldErrors(self._errors.release) if ratcheted else self._errors
        path = place.path
        if below := normalized(text(rule.get("fieldPath"))):
            path = f"{path}.{below}" if path else below
        path = path or "<nil>"
        match rule.get("reason"):
            case "FieldValueForbidden":
                found.forbidden(path, told)
            case "FieldValueRequired":
                found.required(path, told)
            case "FieldValueDuplicate":
                found.duplicate(path, place.value)
            case _ if isinstance(place.value, Mapping | list | tuple):
                found.wrong(path, told)
            case _:
                found.invalid(path, place.value, told)
        if ratcheted:
            self.told += [f"{cause.field}: {cause.message}" for cause in found.causes]


def _named(rule: Mapping[str, Any]) -> str:
    """A rule as messages show it: in one line."""
    return re.sub(r"\s*\n\s*", " ", text(rule.get("rule")).strip())


def _failed(error: str, rule: Mapping[str, Any]) -> str:
    if error.startswith("no such overload"):
        why = "call arguments did not match a supported operator, function or macro signature for rule"
        return f"'{error}': {why}: {_named(rule)}"
    return f"{error} evaluating rule: {_named(rule)}"


def normalized(path: str) -> str:
    """A path below a value (".a['b']") as errors have it ("a.b")."""
    steps = re.findall(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]", path)
    return ".".join(name or quoted.replace("\\'", "'") for name, quoted in steps)


def _below(schema: Schema, place: Place) -> Iterator[tuple[Schema, Place]]:
    """What is in a value, with its schemas."""
    value, old = place.value, place.old
    if isinstance(value, Mapping):
        was = old if isinstance(old, Mapping) else {}
        others, fields = schema.get("additionalProperties"), properties_of(schema)
        for name, one in value.items():
            before = was.get(name, _MISSING)
            same = place.same or (before is not _MISSING and before == one)
            if name in fields:
                path = f"{place.path}.{name}" if place.path else str(name)
                yield fields[name], Place(path, one, before, same)
            elif isinstance(others, Mapping):
                yield others, Place(f"{place.path}[{name}]", one, before, same)
    items = schema.get("items")
    if isinstance(value, list | tuple) and isinstance(items, Mapping):
        keys = [text(key) for key in listing(schema.get("x-kubernetes-list-map-keys"))]
        known = _by_keys(old, keys) if schema.get("x-kubernetes-list-type") == "map" else {}
        for index, one in enumerate(value):
            before = known.get(_key(one, keys), _MISSING)
            same = place.same or (before is not _MISSING and before == one)
            yield items, Place(f"{place.path}[{index}]", one, before, same)


def _by_keys(old: Any, keys: list[Any]) -> dict[str, Any]:
    items = old if isinstance(old, list | tuple) else ()
    return {_key(one, keys): one for one in items if isinstance(one, Mapping)}


def _key(item: Any, keys: list[Any]) -> str:
    return repr([item.get(key) for key in keys]) if isinstance(item, Mapping) else ""
