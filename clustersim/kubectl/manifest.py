"""Objects as `kubectl get -o yaml` and `-o json` write them: keys sorted, defaults of the API filled in.

Sources: v1.7.5 and v1.8.0 pkg/printers (github.com/ghodss/yaml over yaml.v2: lists not indented, quotes only
where a text would read as something else). What the model does not keep is not invented.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from clustersim.api.meta import ApiObject
from clustersim.api.registry import resource_of

_EMPTY_BUT_WRITTEN: Final = ("resources", "lastState", "replicas")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./()$][^\n\t]*\Z")
_NUMBER: Final = re.compile(r"[-+]?(\d[\d_]*(\.\d*)?([eE][-+]?\d+)?|0x[0-9a-fA-F]+)\Z")
_WORDS: Final = ("null", "true", "false", "yes", "no", "on", "off", "y", "n", "~")


def plain_object(obj: ApiObject) -> dict[str, Any]:
    """As JSON values, `kind` and `apiVersion` included."""
    resource = resource_of(obj)
    return {"apiVersion": resource.api_version, "kind": resource.kind, **_plain(obj)}


def plain_list(objects: Sequence[ApiObject]) -> dict[str, Any]:
    """Several objects as a List."""
    items = [plain_object(obj) for obj in objects]
    return {
        "apiVersion": "v1",
        "items": items,
        "kind": "List",
        "metadata": {"resourceVersion": "", "selfLink": ""},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        found: dict[str, Any] = {}
        for field in msgspec.structs.fields(value):
            inner, name = getattr(value, field.name), field.encode_name
            if field.required or inner or name in _EMPTY_BUT_WRITTEN:
                found[name] = _plain(inner)
        return {name: inner for name, inner in found.items() if inner != {} or name in _EMPTY_BUT_WRITTEN}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return value


def to_json(plain: Any) -> str:
    """Indented by four, keys sorted."""
    return json.dumps(plain, indent=4, sort_keys=True, ensure_ascii=False)


def to_yaml(plain: Any) -> str:
    """Block style, keys sorted, without a last newline."""
    return "\n".join(_lines(plain))


def _lines(value: Any) -> list[str]:
    lines: list[str] = []
    if isinstance(value, dict):
        for key in sorted(value):
            inner = value[key]
            if isinstance(inner, dict) and inner:
                lines += [f"{_text(key)}:", *(f"  {line}" for line in _lines(inner))]
            elif isinstance(inner, list) and inner:
                lines += [f"{_text(key)}:", *_lines(inner)]
            else:
                lines.append(f"{_text(key)}: {_scalar(inner)}")
    elif isinstance(value, list):
        for item in value:
            first, *rest = _lines(item) if isinstance(item, dict | list) and item else [_scalar(item)]
            lines += [f"- {first}", *(f"  {line}" for line in rest)]
    else:
        lines.append(_scalar(value))
    return lines


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[]"
    return _text(value) if isinstance(value, str) else str(value)


def _text(text: str) -> str:
    if text.lower() in _WORDS or _NUMBER.match(text):
        return json.dumps(text)
    if not text or "\n" in text or "'" in text:
        return json.dumps(text, ensure_ascii=False)
    plain = _PLAIN.match(text) and ": " not in text and " #" not in text and text[-1] not in ": "
    return text if plain else f"'{text}'"
