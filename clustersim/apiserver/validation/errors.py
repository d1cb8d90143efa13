"""Field errors: which field of an object is wrong, what it holds and why.

v1.36 prints values as JSON and quotes the supported ones; the older releases print them as Go does.
Source: apimachinery pkg/util/validation/field/errors.go.
"""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from clustersim.api.errors import Cause, invalid
from clustersim.api.meta import LabelSelector
from clustersim.api.quantity import parse_quantity
from clustersim.apiserver.validation.go_fields import with_go_fields

IMMUTABLE = "field is immutable"


class GoStruct(msgspec.Struct, frozen=True):
    """A value of one of the server's own types, as messages show it: every field by its name in Go.
    type: with its package, such as api.ServicePort."""

    type: str
    fields: dict[str, Any]


NO_FIELDS = GoStruct("field.Path", {})
"""What the server of today shows where a message has the path of a field for its value."""


class FieldErrors:
    """What is wrong with one object, in the order it was found."""

    def __init__(self, release: str) -> None:
        self.release = release
        self.causes: list[Cause] = []

    @property
    def modern(self) -> bool:
        """v1.36 words many things otherwise."""
        return self.release == "v1.36"

    def __bool__(self) -> bool:
        return bool(self.causes)

    def required(self, field: str, why: str = "") -> None:
        """It must be given."""
        self._add("FieldValueRequired", field, "Required value", why)

    def forbidden(self, field: str, why: str) -> None:
        """It must not be given, or not be changed."""
        self._add("FieldValueForbidden", field, "Forbidden", why)

    def invalid(self, field: str, value: Any, why: str) -> None:
        """What it holds will not do."""
        self._add("FieldValueInvalid", field, f"Invalid value: {self.shown(value)}", why)

    def wrong(self, field: str, why: str) -> None:
        """What it holds will not do, and is not shown."""
        self._add("FieldValueInvalid", field, "Invalid value", why)

    def duplicate(self, field: str, value: Any, why: str = "") -> None:
        """It is there already."""
        self._add("FieldValueDuplicate", field, f"Duplicate value: {self.shown(value)}", why)

    def missing(self, field: str, value: Any, why: str = "") -> None:
        """It names something that is not there."""
        self._add("FieldValueNotFound", field, f"Not found: {self.shown(value)}", why)

    def unsupported(self, field: str, value: Any, supported: Iterable[str]) -> None:
        """It is none of the known values."""
        names = [json.dumps(name) if self.modern else name for name in supported]
        why = f"supported values: {', '.join(names)}"
        self._add("FieldValueNotSupported", field, f"Unsupported value: {self.shown(value)}", why)

    def too_long(self, field: str, limit: int) -> None:
        """It is longer than the API takes."""
        why = (
            f"may not be more than {limit} bytes" if self.modern else f"must have at most {limit} characters"
        )
        self._add("FieldValueTooLong", field, "Too long", why)

    def too_many(self, field: str, limit: int, count: int) -> None:
        """There are more of it than the API takes."""
        self._add("FieldValueTooMany", field, f"Too many: {count}", f"must have at most {limit} items")

    def each(self, field: str, value: Any, reasons: Iterable[str]) -> None:
        """One error for every reason that a rule gives."""
        for why in reasons:
            self.invalid(field, value, why)

    def not_negative(self, field: str, value: int | None) -> None:
        """A count."""
        if value is not None and value < 0:
            self.invalid(field, value, "must be greater than or equal to 0")

    def within(self, field: str, value: int, low: int, high: int) -> None:
        """A number between two others."""
        if not low <= value <= high:
            self.invalid(field, value, f"must be between {low} and {high}, inclusive")

    def one_of(self, field: str, value: str, supported: tuple[str, ...], *, needed: bool = True) -> None:
        """One of the known values; empty is missing, or fine where it is not needed."""
        if value in supported or (not value and not needed):
            return
        if value:
            self.unsupported(field, value, supported)
        else:
            self.required(field)

    def shown(self, value: Any) -> str:
        """A value as the message shows it."""
        if isinstance(value, str):
            return json.dumps(value, ensure_ascii=False)
        if value is None:
            return "null" if self.modern else '"null"'
        if isinstance(value, bool):
            return json.dumps(value)
        if value == {}:  # What is absent from a manifest is a nil map.
            return "null" if self.modern else "map[string]string(nil)"
        if self.modern:
            value = dict(sorted(value.items())) if isinstance(value, dict) else value
            value = value.fields if isinstance(value, GoStruct) else value
            return json.dumps(with_go_fields(value), separators=(",", ":"), ensure_ascii=False)
        return _go(value)

    def _add(self, reason: str, field: str, what: str, why: str) -> None:
        """field: empty for the object as a whole, which messages show as []."""
        cause = Cause(reason, f"{what}: {why}" if why else what, field or "[]")
        if cause not in self.causes:
            self.causes.append(cause)

    def refuse(self, kind: str, name: str) -> None:
        """Raise ApiError if anything is wrong. kind: "Pod" or "Deployment.extensions"."""
        if not self.causes:
            return
        texts = [f"{cause.field}: {cause.message}" for cause in self.causes]
        why = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
        raise invalid(kind, name, why, tuple(self.causes))


def _go(value: Any) -> str:
    """Roughly what %#v prints."""
    if isinstance(value, GoStruct):
        inside = ", ".join(f"{name}:{_go(inner)}" for name, inner in value.fields.items())
        return f"{value.type}{{{inside}}}"
    if isinstance(value, dict):
        inside = ", ".join(f"{json.dumps(key)}:{_go(value[key])}" for key in sorted(value))
        return f"map[string]string{{{inside}}}"
    if isinstance(value, list | tuple):
        items = ", ".join(_go(item) for item in value)
        kind = value[0].type if value and isinstance(value[0], GoStruct) else "string"
        return f"[]{kind}{{{items}}}"
    if isinstance(value, LabelSelector):
        labels = f"{_go(value.match_labels)}" if value.match_labels else "map[string]string(nil)"
        kind = "[]v1.LabelSelectorRequirement"
        terms = ", ".join(_go(term) for term in value.match_expressions)
        expressions = f"{kind}{{{terms}}}" if terms else f"{kind}(nil)"
        return f"v1.LabelSelector{{MatchLabels:{labels}, MatchExpressions:{expressions}}}"
    if isinstance(value, msgspec.Struct):
        inside = ", ".join(
            f"{name[0].upper()}{name[1:]}:{_go(inner)}" for name, inner in msgspec.to_builtins(value).items()
        )
        return f"v1.{type(value).__name__}{{{inside}}}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def int_or_string(errors: FieldErrors, value: int | str) -> Any:
    """An IntOrString as messages show it."""
    if errors.modern:
        return value
    number, text = (0, value) if isinstance(value, str) else (value, "")
    kind = int(isinstance(value, str))
    return _Raw(f'intstr.IntOrString{{Type:{kind}, IntVal:{number}, StrVal:"{text}"}}')


def go_list(errors: FieldErrors, kind: str, values: tuple[str, ...]) -> Any:
    """Texts of a type of their own, as messages show them."""
    return values if errors.modern else _Raw(f"[]{kind}{{{', '.join(map(json.dumps, values))}}}")


def go_nil(errors: FieldErrors, kind: str) -> Any:
    """A map or list that was not given, as messages show it. kind: its type in Go."""
    return None if errors.modern else _Raw(f"{kind}(nil)")


def go_quantity(errors: FieldErrors, text: str) -> Any:
    """A quantity as messages show it: the older releases print what it consists of."""
    if errors.modern:
        return text
    quantity = parse_quantity(text)
    steps = (0,) if quantity.style == "binary" else range(18, -12, -3)
    scale = next((step for step in steps if quantity.nanos % 10 ** (step + 9) == 0), -9)
    amount = f"resource.int64Amount{{value:{quantity.nanos // 10 ** (scale + 9)}, scale:{scale}}}"
    nothing = "resource.infDecAmount{Dec:(*inf.Dec)(nil)}"
    style = {"si": "DecimalSI", "binary": "BinarySI"}.get(quantity.style, "DecimalExponent")
    return _Raw(f'resource.Quantity{{i:{amount}, d:{nothing}, s:"{text}", Format:"{style}"}}')


class _Raw:
    """A value whose text is already what Go prints."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text
