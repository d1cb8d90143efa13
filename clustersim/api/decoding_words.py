"""What the API server of each release says of values that it cannot decode.

The words of v1.8 are in jsoniter_words.py.
Sources: v1.36.2 sigs.k8s.io/json, apimachinery pkg/runtime/converter.go; v1.7.5 github.com/ugorji/go/codec.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from clustersim.api.decoder import Corrupt, WrongType, number_text
from clustersim.api.go_types import type_of
from clustersim.api.quantity import FORMAT_WRONG


def kind_of(value: Any) -> str:
    """What JSON calls a value of this type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, Mapping) else "array"


def strict_error(unknown: Sequence[str]) -> str:
    """What is said of fields that there are not, by their paths."""
    return "strict decoding error: " + ", ".join(f'unknown field "{path}"' for path in unknown)


def told(error: WrongType, plain: Mapping[str, Any], release: str) -> str:
    """The decoder's words: those of today name the field, the old one's the place in the text."""
    if release == "v1.36":
        if error.expected == "resource.Quantity":
            return FORMAT_WRONG
        kind = kind_of(error.value)
        if kind == "number" and error.expected.startswith("int"):
            kind = f"number {number_text(error.value)}"
        field = f"Go struct field {error.struct}.{'.'.join(error.path)}" if error.path else "Go value"
        return f"json: cannot unmarshal {kind} into {field} of type {_named(error)}"
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), default=str)
    found = json.dumps(error.value, sort_keys=True, separators=(",", ":"), default=str)
    name = json.dumps(error.path[-1]) if error.path else ""
    place = text.find(f":{found}", max(text.find(name), 0)) + 1
    wanted = {"string": '"', "bool": "t' or 'f"}.get(error.expected, "")
    if error.expected.startswith("[]"):
        wanted = "["
    elif not wanted and not error.expected.startswith("int"):
        wanted = "{"
    if wanted:
        return f"[pos {place}]: json: expect char '{wanted}' but got char '{found[:1]}'"
    return f"[pos {place}]: json: invalid number: {found}"


def _named(error: WrongType) -> str:
    """The type that was expected, by its name."""
    if error.expected == "intstr.IntOrString":
        return "int32"
    named = type_of(error.struct, error.path[-1]) if error.path else ""
    if not named or not error.expected.endswith(("string", "]resource.Quantity")):
        return error.expected
    return f"[]{named}" if error.expected.startswith("[]") else named


def told_corrupt(error: Corrupt, plain: Mapping[str, Any], release: str) -> str:
    """The old decoder names the text, and the place where it ended."""
    if release == "v1.36":
        return str(error)
    body = json.dumps(plain, sort_keys=True, separators=(",", ":"), default=str)
    found = json.dumps(error.text)
    place = body.find(f":{found}") + 1 + len(found)
    return f"[pos {place}]: json: error decoding base64 binary '{error.text}': {error}"


def restored(error: WrongType) -> str:
    """What Go's converter of unstructured values says of one that does not fit."""
    kind = {"number": "int64", "object": "map", "array": "slice"}.get(found := kind_of(error.value), found)
    if error.expected.startswith("map["):
        return f"cannot restore map from {kind}"
    if error.expected.startswith("[]"):
        return f"cannot restore slice from {kind}"
    if error.expected == "string" and kind == "int64":
        return "cannot convert int64 to string"
    if error.expected in ("string", "bool") or error.expected.startswith(("int", "uint", "float")):
        return f"unrecognized type: {error.expected}"
    return f"cannot restore struct from: {kind}"
