"""What the Structs say about a field by its name on the wire: its type, and how patches merge it."""

import types
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from clustersim.api.meta import ApiStruct, Merge


class Field(msgspec.Struct, frozen=True):
    """A field: the Struct that it or its items are of (of an added kind what its schema declares, None for
    anything else), and what it is made of.

    attribute: its name in the Struct. shape: "struct", "list", "map" or "value". merge: how patches merge it.
    format: of texts and numbers, "quantity", "int32" ... or empty. pointer: it may be missing altogether, as
    most lists may that are empty.
    """

    attribute: str
    shape: str
    struct: Any = None
    merge: Merge | None = None
    format: str = ""
    item: Any = None
    pointer: bool = False


@lru_cache(maxsize=1024)
def schema_of(struct: type[ApiStruct]) -> dict[str, Field]:
    """The fields of a Struct by their names on the wire."""
    hints = get_type_hints(struct, include_extras=True)
    return {
        field.encode_name: _field(
            field.name, hints[field.name], written=field.default_factory is not msgspec.NODEFAULT
        )
        for field in msgspec.structs.fields(struct)
    }


def _field(attribute: str, hint: Any, *, written: bool) -> Field:
    pointer = type(None) in get_args(hint)
    hint, merge, format_ = unwrapped(hint)
    origin = get_origin(hint)
    if origin is tuple or origin is dict:
        inner, _merge, item_format = unwrapped(get_args(hint)[0 if origin is tuple else 1])
        return Field(
            attribute,
            "list" if origin is tuple else "map",
            inner if _is_struct(inner) else None,
            merge,
            item_format,
            inner,
            not written,
        )
    if _is_struct(hint):
        return Field(attribute, "struct", hint, merge, format_, hint, pointer)
    return Field(attribute, "value", None, merge, format_, hint)


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, ApiStruct)


def unwrapped(hint: Any) -> tuple[Any, Merge | None, str]:
    """A type without `Annotated` and `| None`, its merge tag and its format."""
    merge: Merge | None = None
    format_ = ""
    while True:
        if get_origin(hint) is Annotated:
            hint, *notes = get_args(hint)
            for note in notes:
                if isinstance(note, Merge):
                    merge = note
                elif isinstance(note, msgspec.Meta) and note.extra:
                    format_ = str(note.extra["format"])
            continue
        if get_origin(hint) in (Union, types.UnionType):
            choices = [choice for choice in get_args(hint) if choice is not type(None)]
            if len(choices) == 1:
                hint = choices[0]
                continue
        return hint, merge, format_
