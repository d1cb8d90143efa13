"""One pass over the plain values of one body, which makes a Struct of them.

Numbers are quantities, `null` is nothing, unknown fields are remembered. A value of the wrong type is left to
whoever asked, who knows the words for it.
"""

import types
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec

from clustersim.api.errors import bad_request
from clustersim.api.fields import fields_of
from clustersim.api.go_base64 import corrupt_at
from clustersim.api.go_types import embedded
from clustersim.api.meta import ApiObject, ApiStruct
from clustersim.api.quantity import QuantityError, canonical
from clustersim.api.timestamp import canonical_time

_BOUNDS: Final = {"int32": 2**31, "int64": 2**63}

POINTERS: Final = ("terminationGracePeriodSeconds", "defaultMode")
"""Fields that tell zero from nothing although the API fills them in: in Go they are pointers."""

DEEPEST: Final = 64
"""So deep no object of the API is; what comes deeper is refused before anything recurses."""

_TIMES: Final = ("date-time", "micro-time")


class WrongType(Exception):
    """A value that does not fit its field. path: field names without indexes, as Go tells them."""

    def __init__(self, value: Any, expected: str, struct: str, path: tuple[str, ...], pointer: str) -> None:
        super().__init__(expected)
        self.value = value
        self.expected = expected
        self.struct = struct
        self.path = path
        self.pointer = pointer


class Malformed(Exception):
    """A text that its field's own parser refuses: a quantity, a time."""


class Corrupt(Malformed):
    """A text that is no base64. text: what was given."""

    def __init__(self, text: str, place: int) -> None:
        super().__init__(f"illegal base64 data at input byte {place}")
        self.text = text


def check_depth(value: Any) -> None:
    """Refuse values in values beyond all reason, before anything follows them down. Raises ApiError (400)."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, Mapping | list | tuple)
            for inner in (one.values() if isinstance(one, Mapping) else one)
        ]
        if not level:
            return
    raise bad_request("json: exceeded max depth")


@lru_cache(maxsize=1024)
def field_hints(struct: type[ApiStruct]) -> dict[str, Any]:
    """The types of a Struct's fields with their annotations."""
    return typing.get_type_hints(struct, include_extras=True)


@lru_cache(maxsize=1024)
def _filled(struct: type[ApiStruct]) -> frozenset[str]:
    """The texts and numbers whose zero is as good as absent, since the API fills them in."""
    found = []
    for field in msgspec.structs.fields(struct):
        factory = field.default_factory
        if callable(factory) and field.encode_name not in POINTERS:
            default = factory()
            if default and isinstance(default, str | int):
                found.append(field.encode_name)
    return frozenset(found)


class Decoder:
    """One pass over one body."""

    def __init__(self, release: str, api_version: str) -> None:
        self.release = release
        self.api_version = api_version
        self.unknown: list[str] = []

    def struct(
        self, struct: type[ApiStruct], plain: Any, path: tuple[str, ...], pointer: str, *, root: bool = False
    ) -> Any:
        """A Struct from a mapping."""
        if not isinstance(plain, Mapping) or len(path) > DEEPEST:
            raise WrongType(plain, self._type(struct), struct.__name__, path, pointer)
        known, hints = fields_of(struct, self.release, self.api_version), field_hints(struct)
        filled = _filled(struct)
        values: dict[str, Any] = {}
        for name, value in plain.items():
            field = known.get(name) if isinstance(name, str) else None
            here = f"{pointer}.{name}" if pointer else str(name)
            if field is None:
                if not (name in ("kind", "apiVersion") and (root or issubclass(struct, ApiObject))):
                    self.unknown.append(here)
            elif value is not None:
                part = embedded(struct.__name__, name)
                below = (*path, part, name) if part else (*path, name)
                found = self.value(hints[field.name], value, struct.__name__, below, here)
                if found or name not in filled:
                    values[field.name] = found
        return struct(**values)

    def value(self, hint: Any, value: Any, owner: str, path: tuple[str, ...], pointer: str) -> Any:
        """A value of a field."""
        hint, format_ = stripped(hint)
        if hint is Any:
            return kept_plain(value, owner, path, pointer)
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return self._one_of(hint, value, owner, path, pointer)
        if origin is tuple:
            return self._items(get_args(hint)[0], value, owner, path, pointer)
        if origin is dict:
            return self._entries(get_args(hint)[1], value, owner, path, pointer)
        if isinstance(hint, type) and issubclass(hint, ApiStruct):
            if not isinstance(value, Mapping):
                raise WrongType(value, self._type(hint), owner, path, pointer)
            return self.struct(hint, value, path, pointer)
        return _scalar(
            hint, format_, value, lambda expected: WrongType(value, expected, owner, path, pointer)
        )

    def _type(self, struct: type[ApiStruct]) -> str:
        """What Go calls it."""
        core = struct.__module__.startswith(("clustersim.api.core", "clustersim.api.meta"))
        version = "v1" if core else self.api_version.rpartition("/")[2] or "v1"
        return f"{version}.{struct.__name__.removeprefix('Discovery')}"

    def _name(self, hint: Any) -> str:
        inner, format_ = stripped(hint)
        if isinstance(inner, type) and issubclass(inner, ApiStruct):
            return self._type(inner)
        return format_ if inner is int else "resource.Quantity" if format_ == "quantity" else "string"

    def _one_of(self, hint: Any, value: Any, owner: str, path: tuple[str, ...], pointer: str) -> Any:
        choices = [choice for choice in get_args(hint) if choice is not type(None)]
        if len(choices) == 1:
            return self.value(choices[0], value, owner, path, pointer)
        if dict in [get_origin(choice) for choice in choices] and isinstance(value, Mapping):
            return self._entries(str, value, owner, path, pointer)
        if isinstance(value, str):
            return _clean(value)
        wrong = WrongType(value, "intstr.IntOrString", owner, path, pointer)
        return _scalar(int, "int32", value, lambda _expected: wrong)

    def _items(self, hint: Any, value: Any, owner: str, path: tuple[str, ...], pointer: str) -> Any:
        if not isinstance(value, list | tuple):
            raise WrongType(value, f"[]{self._name(hint)}", owner, path, pointer)
        return tuple(
            self._inner(hint, item, owner, path, f"{pointer}[{index}]") for index, item in enumerate(value)
        )

    def _entries(self, hint: Any, value: Any, owner: str, path: tuple[str, ...], pointer: str) -> Any:
        if not isinstance(value, Mapping):
            raise WrongType(value, f"map[string]{self._name(hint)}", owner, path, pointer)
        return {
            _clean(str(key)): self._inner(hint, inner, owner, path, f"{pointer}.{key}")
            for key, inner in value.items()
        }

    def _inner(self, hint: Any, value: Any, owner: str, path: tuple[str, ...], pointer: str) -> Any:
        """A value of a list or a map; there a time may be none."""
        if value is None and stripped(hint)[1] in _TIMES:
            return ""
        return self.value(hint, _zero(hint) if value is None else value, owner, path, pointer)


def stripped(hint: Any) -> tuple[Any, str]:
    """A type without its annotations, and the format that they name."""
    if get_origin(hint) is not Annotated:
        return hint, ""
    inner, *notes = get_args(hint)
    for note in notes:
        if isinstance(note, msgspec.Meta) and note.extra:
            return inner, str(note.extra["format"])
    return inner, ""


def plain_hint(hint: Any) -> tuple[Any, str]:
    """A type without what may be absent, and the format of a text; what may be a number or a text is a text
    of the format int-or-string."""
    hint, format_ = stripped(hint)
    if get_origin(hint) not in (Union, types.UnionType):
        return hint, format_
    choices = [choice for choice in get_args(hint) if choice is not type(None)]
    return plain_hint(choices[0]) if len(choices) == 1 else (str, "int-or-string")


def kept_plain(value: Any, owner: str, path: tuple[str, ...], pointer: str, depth: int = 0) -> Any:
    """A value that the API keeps as it is, so long as it is JSON and not too deep."""
    if depth > DEEPEST:
        raise WrongType(value, "v1.RawExtension", owner, path, pointer)
    if isinstance(value, Mapping):
        return {
            _clean(str(key)): kept_plain(inner, owner, path, pointer, depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [kept_plain(inner, owner, path, pointer, depth + 1) for inner in value]
    if value is None or isinstance(value, int | float):
        return value
    return _clean(str(value))


def _zero(hint: Any) -> Any:
    """What `null` inside a list or map is."""
    inner, format_ = stripped(hint)
    if format_ == "quantity":
        return "0"
    if inner is str:
        return ""
    if inner is int:
        return 0
    return {} if isinstance(inner, type) and issubclass(inner, ApiStruct) else []


def _scalar(hint: Any, format_: str, value: Any, wrong: Callable[[str], WrongType]) -> Any:
    """A text, number or truth value."""
    if hint is bool:
        if not isinstance(value, bool):
            raise wrong("bool")
        return value
    if hint is int:
        return _integer(format_ or "int32", value, wrong)
    if hint is float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong("float64")
        return float(value)
    if format_ == "quantity":
        return _quantity(value, wrong)
    if not isinstance(value, str):
        raise wrong("string")
    if format_ in _TIMES:
        try:
            return canonical_time(value, micro=format_ == "micro-time")
        except ValueError as error:
            raise Malformed(str(error)) from None
    if format_ == "byte" and (place := corrupt_at(value)) is not None:
        raise Corrupt(value, place)
    return _clean(value)


def _clean(text: str) -> str:
    """A text without halves of characters, as Go reads it."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _integer(format_: str, value: Any, wrong: Callable[[str], WrongType]) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(format_)
    if isinstance(value, float) and not value.is_integer():
        raise wrong(format_)
    bound = _BOUNDS[format_]
    if not -bound <= value < bound:
        raise wrong(format_)
    return int(value)


def _quantity(value: Any, wrong: Callable[[str], WrongType]) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong("resource.Quantity")
    try:
        return canonical(value.strip() if isinstance(value, str) else number_text(value))
    except QuantityError as error:
        raise Malformed(str(error)) from None


def number_text(value: Any) -> str:
    """A number as JSON writes it: whole floats without a fraction."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)
