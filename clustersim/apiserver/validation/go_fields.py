"""How the server shows its own types in messages: as JSON, yet with the fields named and ordered as in its
source, and all of them, since these types have no tags for JSON.

go_fields.txt, and go_fields_v1_8.txt for pods of v1.8, have a line for each type: its fields as Go names
them, after `=` as the wire does where that is more than a small first letter, and what they hold: s a text, i
a number, b true or false, q a quantity, o a number or a text, t a time, y bytes, w what is shown as on the
wire, or another type of the file; before it `*` for what may be missing, `[]` for a list, `{}` for a map. `+`
is a type whose fields are among those of this; `+w` the metadata.

Sources: v1.36.2 pkg/apis/core/types.go, apps, policy and networking types.go; apiextensions-apiserver
pkg/apis/apiextensions/types.go; v1.8.0 pkg/api/types.go;
apimachinery pkg/util/diff/diff.go of both.
"""

import json
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from clustersim.api.core.pod import PodSpec
from clustersim.api.goformat import html_escaped
from clustersim.api.quantity import canonical

_FILES: Final = {
    "v1.36": Path(__file__).with_suffix(".txt"),
    "v1.8": Path(__file__).with_name("go_fields_v1_8.txt"),
}
_EMPTY: Final[dict[str, Any]] = {"s": "", "i": 0, "b": False, "q": "0", "o": 0}
_IN_SECURITY: Final = ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers")
"""Fields of a pod that are in the server's own types part of its security context."""


class _GoField(NamedTuple):
    """holds: as the file says it; embedded: its fields are among those of the type."""

    name: str
    wire: str
    holds: str
    embedded: bool = False


_Types = Mapping[str, tuple[_GoField, ...]]


def with_go_fields(value: Any, *, as_type: str = "", release: str = "v1.36") -> Any:
    """What becomes JSON of a value: of the server's own types with the names of the source. as_type: the type
    where it is not named as here."""
    if isinstance(value, list | tuple):
        return [with_go_fields(one) for one in value]
    plain = msgspec.to_builtins(value)
    name = as_type or type(value).__name__
    types = _types(release)
    if not isinstance(value, msgspec.Struct) or name not in types:
        return plain
    if isinstance(value, PodSpec):
        among = {one: plain[one] for one in _IN_SECURITY if one in plain}
        plain["securityContext"] = {**(plain.get("securityContext") or {}), **among}
    return _struct(types, name, plain)


def go_struct(name: str, plain: Mapping[str, Any]) -> dict[str, Any]:
    """A value of one of those types, told by its name, from how it is on the wire."""
    return _struct(_types("v1.36"), name, plain)


def go_difference_of_old(new: Any, old: Any) -> str:
    """The same in v1.8: what both have alike from the beginning, and the rest of each (StringDiff)."""
    shown = [with_go_fields(one, release="v1.8") for one in (new, old)]
    a, b = (html_escaped(json.dumps(one, separators=(",", ":"), ensure_ascii=False)) for one in shown)
    same = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return f"{a[:same]}\n\nA: {a[same:]}\n\nB: {b[same:]}\n\n"


def go_diff(old: Any, new: Any, *, as_type: str = "") -> str:
    """What another value changes, as messages tell it: lines of the JSON that differ, with those around."""
    before, after = (_lines(with_go_fields(one, as_type=as_type)) for one in (old, new))
    lines = list(unified_diff(before, after, n=3))
    return "".join(lines[2:])


def _lines(value: Any) -> list[str]:
    text = html_escaped(json.dumps(value, indent=1, ensure_ascii=False))
    return [f"{line}\n" for line in text.split("\n")]


def _struct(types: _Types, name: str, plain: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for field in types[name]:
        if field.embedded:
            inside = field.holds in types
            among = _struct(types, field.holds, plain) if inside else _in_order(plain.get("metadata"))
            shown.update(among or {})
        else:
            shown[field.name] = _shown(types, field.holds, plain.get(field.wire))
    return shown


def _in_order(metadata: Any) -> Any:
    """Maps as Go writes them: by their keys."""
    if not isinstance(metadata, dict):
        return metadata
    return {
        name: dict(sorted(one.items())) if isinstance(one, dict) else one for name, one in metadata.items()
    }


def _shown(types: _Types, holds: str, value: Any) -> Any:
    if value is None:
        return _struct(types, holds, {}) if holds in types else _EMPTY.get(holds)
    if holds.startswith("*"):
        return _shown(types, holds[1:], value)
    if holds.startswith("[]"):
        return [_shown(types, holds[2:], one) for one in value] or None
    if holds.startswith("{}"):
        return {key: _shown(types, holds[2:], value[key]) for key in sorted(value)} or None
    if holds == "t":
        return value or None
    if holds == "q":
        return canonical(value)
    return _struct(types, holds, value) if holds in types else value


@cache
def _types(release: str) -> _Types:
    lines = (line.split() for line in _FILES[release].read_text(encoding="ascii").splitlines())
    return {name: tuple(_fields(fields)) for name, *fields in lines}


def _fields(told: list[str]) -> Iterator[_GoField]:
    for one in told:
        if one.startswith("+"):
            yield _GoField("", "", one[1:], embedded=True)
            continue
        names, holds = one.split(":")
        name, _, wire = names.partition("=")
        yield _GoField(name, wire or name[0].lower() + name[1:], holds)
