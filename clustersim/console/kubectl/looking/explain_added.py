"""`kubectl explain` of added kinds, from the schemas of their definitions (v1.36 k8s.io/kubectl
pkg/explain/v2/templates/plaintext.tmpl).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from clustersim.api.api_resource import Resource
from clustersim.api.definitions import schema_of
from clustersim.api.structural import Schema
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.kubectl.looking.explain_page import no_field, page, wrapped

DEEPEST: Final = 12
_HEAD: Final[Mapping[str, Schema]] = {
    "apiVersion": {
        "type": "string",
        "description": "APIVersion defines the versioned schema of this representation of an object.",
    },
    "kind": {"type": "string", "description": "Kind is the REST resource that this object represents."},
    "metadata": {"type": "object", "x-named": "ObjectMeta", "description": "Standard object's metadata."},
}


def explained_added(
    api: Api, resource: Resource, api_version: str, names: Sequence[str], *, recursive: bool
) -> str:
    """What stands there for "crontab" or "crontab.spec.replicas". Raises Said."""
    assert resource.definition is not None
    schema: Schema = schema_of(resource.definition, api_version.rpartition("/")[2]) or {"type": "object"}
    schema = {**schema, "properties": {**_HEAD, **_below(schema), **_HEAD}}
    told_type = ""
    for name in names:
        below = _below(schema)
        if name not in below:
            raise Said(no_field(api, resource.kind, api_version, name))
        schema = below[name]
        told_type = _type(schema)
    fields = list(_lines(schema, recursive=recursive, depth=0))
    told = str(schema.get("description") or "")
    name = names[-1] if names else ""
    return page(api, resource.kind, api_version, name, told_type, told, fields)


def _below(schema: Schema) -> Mapping[str, Schema]:
    """The fields of an object, or of the objects in a list or a map."""
    for name in ("items", "additionalProperties"):
        inner = schema.get(name)
        if isinstance(inner, Mapping):
            return _below(inner)
    found = schema.get("properties")
    pairs = found.items() if isinstance(found, Mapping) else ()
    return {name: one for name, one in pairs if isinstance(one, Mapping)}


def _type(schema: Schema) -> str:
    named: Any = schema.get("x-named")
    if named:
        return str(named)
    kind = str(schema.get("type") or "Object")
    if kind == "array":
        items = schema.get("items")
        return f"[]{_type(items) if isinstance(items, Mapping) else 'Object'}"
    inner = schema.get("additionalProperties")
    if kind == "object" and isinstance(inner, Mapping):
        return f"map[string]{_type(inner)}"
    if schema.get("x-kubernetes-int-or-string"):
        return "IntOrString"
    return "Object" if kind == "object" else kind


def _lines(schema: Schema, *, recursive: bool, depth: int) -> Iterator[str]:
    below, indent = _below(schema), "  " * (depth + 1)
    required = schema.get("required") or ()
    for name in sorted(below):
        one = below[name]
        needed = " -required-" if name in required else ""
        yield f"{indent}{name}\t<{_type(one)}>{needed}"
        if isinstance(choices := one.get("enum"), list | tuple):
            yield f"{indent}enum: {', '.join(map(str, choices))}"
        if recursive:
            if depth < DEEPEST:
                yield from _lines(one, recursive=True, depth=depth + 1)
            continue
        told = str(one.get("description") or "<no description>")
        yield from wrapped(told, indent + "  ")
        yield ""
