"""replacements: a value of one object is written into others.

Source: kustomize api/filters/replacement/replacement.go.
"""

import re
from copy import deepcopy
from typing import Any, Final

from clustersim.kustomize.errors import KustomizeError, NotHere
from clustersim.kustomize.folders import Folder
from clustersim.kustomize.objects import Kind, Object, Objects, Plain
from clustersim.yaml_documents import ManifestError, read_documents

_NAME: Final = "metadata.name"
_PART: Final = re.compile(r"\[([^=\]]*)=(.*)\]\Z")


def replace_values(objects: Objects, told: Plain, folder: Folder) -> None:
    """One entry, or those of a file. Raises KustomizeError."""
    for one in _entries(told, folder):
        if (
            not isinstance(one, dict)
            or ("source" not in one and "sourceValue" not in one)
            or not one.get("targets")
        ):
            raise KustomizeError("replacements must specify a source and at least one target")
        if "source" in one and "sourceValue" in one:
            raise KustomizeError("value and resource selectors are mutually exclusive")
        value = one["sourceValue"] if "sourceValue" in one else _value(objects, one["source"])
        for target in one["targets"]:
            _write(objects, target, value)


def _entries(told: Plain, folder: Folder) -> list[Any]:
    if not told.get("path"):
        return [told]
    try:
        documents = read_documents(folder.load(str(told["path"])))
    except ManifestError as error:
        raise KustomizeError(error.message) from None
    found: list[Any] = []
    for one in documents:
        found += one.plain if isinstance(one.plain, list) else [one.plain]
    return found


def _value(objects: Objects, source: Plain) -> Any:
    wanted = Kind(*(str(source.get(part) or "") for part in ("group", "version", "kind")))
    name, namespace = source.get("name"), source.get("namespace")
    found = [
        one
        for one in objects
        if any(
            known.kind.fits(wanted)
            and name in (None, "", known.name)
            and namespace in (None, "", known.namespace or "default")
            for known in one.ids()
        )
    ]
    shown = f"{wanted}/{name or '[noName]'}.{namespace or '[noNs]'}"
    path = str(source.get("fieldPath") or _NAME)
    if len(found) != 1:
        told = "multiple matches for selector" if found else "nothing selected by"
        raise KustomizeError(f"{told} {shown}:{path}")
    places = _places(found[0].plain, parts_of(path))
    if not places or places[0][0][places[0][1]] in (None, "", [], {}):
        raise KustomizeError(f"fieldPath `{path}` is missing for replacement source {shown}")
    value = places[0][0][places[0][1]]
    options = source.get("options") or {}
    if not (delimiter := options.get("delimiter")):
        return value
    if isinstance(value, dict | list):
        raise KustomizeError("delimiter option can only be used with scalar nodes")
    parts, index = str(value).split(delimiter), int(options.get("index") or 0)
    if not 0 <= index < len(parts):
        raise KustomizeError(f"options.index {index} is out of bounds for value {value}")
    return parts[index]


def _write(objects: Objects, target: Plain, value: Any) -> None:
    if not isinstance(select := target.get("select"), dict):
        raise KustomizeError("target must specify resources to select")
    rejected: list[Object] = []
    for one in target.get("reject") or ():
        rejected += objects.selected(one)
    options = target.get("options") or {}
    for chosen in objects.selected(select):
        if chosen in rejected:
            continue
        for path in target.get("fieldPaths") or (_NAME,):
            places = _places(chosen.plain, parts_of(path), create=bool(options.get("create")))
            if not places:
                doing = "find or create" if options.get("create") else "find"
                raise KustomizeError(f'unable to {doing} field "{path}" in replacement target')
            for holder, key in places:
                holder[key] = _changed(holder[key], deepcopy(value), options)


def _changed(old: Any, value: Any, options: Plain) -> Any:
    delimiter = options.get("delimiter")
    if not delimiter:
        return value
    if isinstance(old, dict | list):
        raise KustomizeError("delimiter option can only be used with scalar nodes")
    parts, index = str(old).split(delimiter), int(options.get("index") or 0)
    if index < 0:
        parts.insert(0, str(value))
    elif index >= len(parts):
        parts.append(str(value))
    else:
        parts[index] = str(value)
    return str(delimiter).join(parts)


def parts_of(path: str) -> list[str]:
    """The parts of "spec.containers.[name=web].image"; a dot inside brackets, or behind a backslash, divides
    nothing."""
    found, part, deep = list[str](), "", 0
    for index, char in enumerate(path):
        if char == "." and not deep and path[index - 1 : index] != "\\":
            found.append(part)
            part = ""
            continue
        deep += {"[": 1, "]": -1}.get(char, 0)
        part += char
    return [
        one.replace("\\.", ".").strip("\"'") if not one.startswith("[") else one for one in [*found, part]
    ]


def _places(node: Any, parts: list[str], *, create: bool = False) -> list[tuple[Any, Any]]:
    """Where a path leads: what holds the value, and its key or place there."""
    part, rest = parts[0], parts[1:]
    keys: list[Any]
    if bracketed := _PART.match(part):
        if not isinstance(node, list):
            return []
        keys = [index for index, item in enumerate(node) if _is(item, *bracketed.groups())]
        if not keys and create and bracketed[1]:
            node.append({bracketed[1]: bracketed[2]})
            keys = [len(node) - 1]
    elif isinstance(node, list):
        keys = list(range(len(node))) if part == "*" else [int(part)] if part.isdecimal() else []
        keys = [index for index in keys if index < len(node)]
    elif isinstance(node, dict):
        if part not in node and create:
            node[part] = [] if rest and _PART.match(rest[0]) else {} if rest else None
        keys = [*node] if part == "*" else [part] if part in node else []
    else:
        if isinstance(node, str) and "\n" in node:
            raise NotHere("replacements inside of a text")
        return []
    if not rest:
        return [(node, key) for key in keys]
    return [place for key in keys for place in _places(node[key], rest, create=create)]


def _is(item: Any, field: str, value: str) -> bool:
    return str(item.get(field)) == value if isinstance(item, dict) and field else str(item) == value
