"""Objects as `kubectl get -o yaml` and `-o json` write them: keys sorted, as the API has them.

Sources: v1.7.5 and v1.8.0 pkg/printers (github.com/ghodss/yaml over yaml.v2: lists not indented, quotes only
where a text would read as something else); sigs.k8s.io/yaml today.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.definitions import CustomObject
from clustersim.api.meta import ApiObject
from clustersim.api.registry import resource_of, to_builtins
from clustersim.kubectl.empty_fields import write_what_is_empty

_PLAIN: Final = re.compile(r"(?!---|\.\.\.)(?:[^-?:\s#,\[\]{}&*!|>'\"%@`]|[-?:](?!\s|\Z))[^\n\t]*\Z")
"""What needs no quotes in a block (yaml.v2 emitterc.go yaml_emitter_analyze_scalar)."""
_NUMBER: Final = re.compile(
    r"[-+]?(\d[\d_]*(\.[\d_]*)?([eE][-+]?\d+)?|\.\d[\d_]*([eE][-+]?\d+)?|0x[0-9a-fA-F_]+|0b[01_]+|0o[0-7_]+|\.inf|\.nan)\Z"
)
_DATE: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?\Z")
_WORDS: Final = ("null", "true", "false", "yes", "no", "on", "off", "y", "n", "~")
_TEMPLATES: Final = ("template", "jobTemplate", "volumeClaimTemplates")
_OF_TODAY: Final = ("v1.36",)


def plain_object(
    obj: ApiObject,
    release: str = "v1.8",
    served: Mapping[str, Resource] | None = None,
    api_version: str = "",
) -> dict[str, Any]:
    """As JSON values, `kind` and `apiVersion` included, as the API server of that release gives it; served:
    where objects of added kinds are shown in the version that clients prefer; api_version: another one."""
    resource = resource_of(obj)
    if isinstance(obj, CustomObject):
        known = (served or {}).get(obj.resource, resource)
        return _linked(to_builtins(obj, api_version or known.version_in(release)), obj, release)
    versions = (
        resource.versions.get(release)
        or resource.on_request.get(release)
        or next(iter(resource.versions.values()))
    )
    version = api_version or versions[0]
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(to_builtins(obj, version)))
    for name in _TEMPLATES:
        found = plain.get("spec", {}).get(name) if isinstance(plain.get("spec"), dict) else None
        _date_templates(found, dated=release not in _OF_TODAY)
    if resource.kind == "PodTemplate":
        _date_templates(plain.get("template"), dated=release not in _OF_TODAY)
    for claim in plain.get("spec", {}).get("volumeClaimTemplates", ()) if obj.metadata.name else ():
        claim.setdefault("status", {"phase": "Pending"})
        if release in _OF_TODAY:
            claim |= {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
    write_what_is_empty(plain, release)
    return _linked(plain, obj, release)


def _linked(plain: dict[str, Any], obj: ApiObject, release: str) -> dict[str, Any]:
    """With where it is served, where the release says so."""
    placed = obj.metadata.namespace or not resource_of(obj).namespaced
    if release not in _OF_TODAY and obj.metadata.name and placed:
        plain["metadata"]["selfLink"] = self_link(obj, plain["apiVersion"])
    return plain


def _date_templates(template: Any, *, dated: bool) -> None:
    """Objects inside others have no creation time, and Go of old writes that out as null."""
    for one in template if isinstance(template, list) else [template]:
        if isinstance(one, dict):
            metadata = one.setdefault("metadata", {})
            if dated:
                metadata.setdefault("creationTimestamp", None)
            inner = one.get("spec")
            _date_templates(inner.get("template") if isinstance(inner, dict) else None, dated=dated)


def self_link(obj: ApiObject, api_version: str) -> str:
    """Where the API server serves it."""
    resource, metadata = resource_of(obj), obj.metadata
    root = "/apis" if "/" in api_version else "/api"
    space = f"/namespaces/{metadata.namespace}" if resource.namespaced else ""
    return f"{root}/{api_version}{space}/{resource.word}/{metadata.name}"


def plain_list(items: Sequence[Any], release: str = "v1.8") -> dict[str, Any]:
    """Several objects, already plain, as a List."""
    metadata = {"resourceVersion": ""} if release in _OF_TODAY else {"resourceVersion": "", "selfLink": ""}
    return {"apiVersion": "v1", "items": list(items), "kind": "List", "metadata": metadata}


def to_json(plain: Any) -> str:
    """Indented by four, keys sorted."""
    return json.dumps(plain, indent=4, sort_keys=True, ensure_ascii=False)


def to_yaml(plain: Any) -> str:
    """Block style, keys sorted, without a last newline."""
    return "\n".join(_lines(plain, 0))


WIDTH: Final = 80
"""A text is broken at the first space behind this column (yaml.v2 emitterc.go best_width)."""


def _lines(value: Any, column: int) -> list[str]:
    """The lines of a value that begins at a column."""
    lines: list[str] = []
    if isinstance(value, dict):
        for key in sorted(value):
            inner = value[key]
            if isinstance(inner, dict) and inner:
                lines += [f"{_text(key)}:", *(f"  {line}" for line in _lines(inner, column + 2))]
            elif isinstance(inner, list | tuple) and inner:
                lines += [f"{_text(key)}:", *_lines(inner, column)]
            elif isinstance(inner, str) and "\n" in inner:
                lines += _block(f"{_text(key)}: ", inner)
            else:
                lines += _folded(f"{_text(key)}: ", _scalar(inner), column, "  ")
    elif isinstance(value, list | tuple):
        for item in value:
            if isinstance(item, str) and "\n" in item:
                first, *rest = _block("", item)
            elif isinstance(item, dict | list) and item:
                first, *rest = _lines(item, column + 2)
            else:
                first, *rest = _folded("", _scalar(item), column + 2, "")
            lines += [f"- {first}", *(f"  {line}" for line in rest)]
    else:
        lines.append(_scalar(value))
    return lines


def _folded(head: str, text: str, column: int, indent: str) -> list[str]:
    """A scalar in as many lines as it takes; indent: of those behind the first."""
    if column + len(head) + len(text) <= WIDTH:
        return [head + text]
    lines, line, quoted = list[str](), head, text[0] in "\"'"
    for index, char in enumerate(text):
        alone = char == " " and text[index - 1] != " " and text[index + 1 : index + 2] != " "
        inside = not quoted or 1 < index < len(text) - 2
        if alone and inside and column + len(line) > WIDTH:
            lines.append(line)
            line = indent
        else:
            line += char
    return [*lines, line]


def _block(head: str, text: str) -> list[str]:
    """A text of several lines, as a literal; quoted where its spaces would be lost."""
    if text[0] in " \n" or "\t" in text or any(line != line.rstrip() for line in text.split("\n")):
        return [f"{head}{json.dumps(text, ensure_ascii=False)}"]
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    style = "|-" if ends == 0 else "|" if ends == 1 else "|+"
    blank = [""] * max(0, ends - 1)
    return [f"{head}{style}", *(f"  {line}" if line else "" for line in [*body.split("\n"), *blank])]


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    return _text(value) if isinstance(value, str) else str(value)


def _text(text: str) -> str:
    if text.lower() in _WORDS or _NUMBER.match(text) or _DATE.match(text):
        return json.dumps(text)
    if not text or "\n" in text or not text.isprintable():
        return json.dumps(text, ensure_ascii=False)
    plain = _PLAIN.match(text) and ": " not in text and " #" not in text and text[-1] not in ": "
    return text if plain else "'" + text.replace("'", "''") + "'"
