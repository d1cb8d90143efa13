"""Whether the expressions of a policy fit the objects that it is about: what is reported of it
(v1.36.2 apiserver pkg/admission/plugin/policy/validating/typechecking.go).

Looked at are built-in kinds whose fields this model knows; of the others nothing is reported.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

from clustersim.api.api_resource import Resource
from clustersim.api.api_resources import RESOURCES
from clustersim.api.fields import fields_of
from clustersim.api.kept import listing, mapping, text
from clustersim.api.registry import resources_of
from clustersim.api.schema import Field, schema_of
from clustersim.cel.admission import AUTHORIZER, Variables, declared, variables_of
from clustersim.cel.program import CompileError, compiled
from clustersim.cel.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    Type,
    list_of,
    map_of,
    object_of,
)

_MOST_KINDS: Final = 10
_SIMPLE: Final = {"<class 'bool'>": BOOL, "<class 'int'>": INT, "<class 'float'>": DOUBLE}
_FORMATS: Final = {"byte": BYTES, "date-time": TIMESTAMP, "micro-time": TIMESTAMP}
_OTHERWISE: Final = ("autoscaling/v1", "events.k8s.io/v1")
"""Versions with other fields than the Structs have."""


def warnings_of(spec: Mapping[str, Any], release: str) -> list[dict[str, str]]:
    """By field of a policy, what is wrong with its expression, of all kinds that it may be about."""
    kinds = list(_kinds(spec, release))
    param = mapping(spec.get("paramKind"))
    params = _of_param(param, release) if param else None
    variables = variables_of(spec)
    found = []
    for index, rule in enumerate(map(mapping, listing(spec.get("validations")))):
        for name in ("expression", "messageExpression"):
            source = text(rule.get(name))
            told = [
                f"{version}, Kind={kind.name.rstrip('0123456789')}: {why}\n"
                for version, kind in kinds
                if source and (why := _wrong(source, variables, kind, params))
            ]
            if told:
                found.append({"fieldRef": f"spec.validations[{index}].{name}", "warning": "\n".join(told)})
    return found


def _of_param(param: Mapping[str, Any], release: str) -> Type:
    version, kind = text(param.get("apiVersion")), text(param.get("kind"))
    served = resources_of(release).values()
    known = next((one for one in served if one.kind == kind and version in one.versions[release]), None)
    return (_type_of(known.plural, version, release) if known is not None else None) or DYN


def _kinds(spec: Mapping[str, Any], release: str) -> Iterator[tuple[str, Type]]:
    """The kinds that a policy may be about, by group, version and kind; none where it names all."""
    found: dict[tuple[str, str, str], Resource] = {}
    served = resources_of(release)
    for rule in map(mapping, listing(mapping(spec.get("matchConstraints")).get("resourceRules"))):
        count = 0
        for group, version, word in _named(rule):
            resource = next((one for one in served.values() if one.word == word), None)
            whole = f"{group}/{version}" if group else version
            if resource is None or whole not in resource.versions[release] or count == _MOST_KINDS:
                continue
            found[group, version, resource.kind] = resource
            count += 1
        if count == _MOST_KINDS:
            break
    for group, version, _kind in sorted(found):
        whole = f"{group}/{version}" if group else version
        kind = _type_of(found[group, version, _kind].plural, whole, release)
        if kind is not None:
            yield f"{group}/{version}", kind


def _named(rule: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    groups, versions = (sorted(map(text, listing(rule.get(name)))) for name in ("apiGroups", "apiVersions"))
    words = sorted(one for one in map(text, listing(rule.get("resources"))) if not {"*", "/"} & {*one})
    if any("*" in one for one in (*groups, *versions)):
        return
    yield from ((group, version, word) for group in groups for version in versions for word in words)


def _wrong(source: str, variables: Variables, kind: Type, params: Type | None) -> str:
    """What is wrong with an expression about objects of a kind; empty if nothing is. params: of which kind
    they are, None where a policy has none."""
    known = {**declared(params=False, authorizer=False, messages=False), "authorizer": AUTHORIZER}
    known |= {"object": kind, "oldObject": kind} | ({} if params is None else {"params": params})
    fields: dict[str, Type] = {}
    for name, definition in variables:
        known["variables"] = object_of("kubernetes.variables", dict(fields))
        try:
            fields[name] = compiled(definition, known).type
        except CompileError:
            fields[name] = DYN
    known["variables"] = object_of("kubernetes.variables", fields)
    try:
        compiled(source, known)
    except CompileError as error:
        return str(error)
    return ""


# --- types -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _type_of(plural: str, version: str, release: str) -> Type | None:
    """None of a kind whose fields are not known."""
    resource = RESOURCES[plural]
    if resource.type.__module__.endswith(".kept") or version in _OTHERWISE:
        return None
    name = f"{resource.kind}{crc32(resource.kind.encode()) % 10**9}"
    found = _of_struct(resource.type, name, release)
    return object_of(name, {**(found.fields or {}), "kind": STRING, "apiVersion": STRING})


def _of_struct(struct: Any, name: str, release: str) -> Type:
    known = fields_of(struct, release)
    fields: dict[str, Type] = {}
    for field, one in schema_of(struct).items():
        inner = _of_field(one, f"{name}.{field}", release) if field in known else None
        if inner is not None:
            fields[field] = inner
    return object_of(name, fields)


def _of_field(field: Field, name: str, release: str) -> Type | None:
    """None of what expressions do not see: quantities, which are texts or numbers."""
    if field.shape == "struct":
        return _of_struct(field.struct, name, release)
    if field.shape == "list":
        inner = _of_struct(field.struct, f"{name}.@idx", release) if field.struct else _of_value(field)
        return None if inner is None else list_of(inner)
    if field.shape == "map" and str(field.item) != "typing.Any":
        inner = _of_struct(field.struct, f"{name}.@elem", release) if field.struct else _of_value(field)
        return None if inner is None else map_of(STRING, inner)
    return _of_value(field)


def _of_value(field: Field) -> Type | None:
    if field.format == "quantity":
        return None
    item = str(field.item)
    if item.startswith("tuple[str"):
        return list_of(STRING)
    if "int | str" in item:
        return DYN
    if item == "typing.Any":
        return object_of("object", {})
    return _SIMPLE.get(item) or _FORMATS.get(field.format, STRING)
