"""What kubectl of v1.7 and v1.8 looks at before it sends a manifest, unless it is told --validate=false.

v1.7 checks against the API's Swagger 1.2 definitions, v1.8 against OpenAPI; both know fields and types, not
values. kubectl of v1.36 leaves it to the server (api/decoding.py, `validation="Strict"`).
Sources: v1.7.5 pkg/api/validation/schema.go; v1.8.0 pkg/kubectl/cmd/util/openapi/validation.
"""

import types
from collections.abc import Container, Mapping
from typing import Any, Final, Union, get_args, get_origin

from clustersim.api.decoder import field_hints, stripped
from clustersim.api.decoding import resource_for
from clustersim.api.decoding_words import kind_of
from clustersim.api.fields import fields_of
from clustersim.api.meta import ApiObject, ApiStruct
from clustersim.api.required_fields import REQUIRED, UNCHECKED, UNSERVED

_TURN_OFF: Final = "if you choose to ignore these errors, turn validation off with --validate=false"


def validate_manifest(plain: Mapping[str, Any], release: str) -> str:
    """What `error validating data: ` is followed by, empty if there is nothing to say."""
    api_version, kind = str(plain.get("apiVersion") or ""), str(plain.get("kind") or "")
    missing = [f"{name} not set" for name in ("apiVersion", "kind") if not plain.get(name)]
    if missing:
        return _joined(missing)
    resource = resource_for(api_version, kind, release)
    if resource is None or release == "v1.36" or api_version.partition("/")[0] in UNCHECKED:
        return ""
    words = _Swagger(api_version) if release == "v1.7" else _OpenApi(api_version, kind)
    check = _Check(release, api_version, words)
    check.struct(resource.type, plain, "", root=True)
    return _joined(check.errors)


def unknown_type(api_version: str, kind: str, release: str, served: Container[str]) -> str:
    """What is said of a kind for which there is no definition, before it is asked what it is a kind of.
    served: the versions that the API server has."""
    group, _slash, version = api_version.rpartition("/")
    unserved = api_version in UNSERVED.get(release, ()) and api_version not in served
    if release == "v1.36" or group in UNCHECKED or not (unserved or api_version in served):
        return ""
    if release == "v1.8":
        shown = f'Group:"{group}", Version:"{version}", Kind:"{kind}"'
        return _joined([f"unknown object type schema.GroupVersionKind{{{shown}}}"])
    if unserved:
        return _joined(["the server could not find the requested resource"])
    return _joined([f"couldn't find type: {version}.{kind}"])


def _joined(errors: list[str]) -> str:
    if not errors:
        return ""
    told = errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
    return f"{told}; {_TURN_OFF}"


class _Swagger:
    """The words of v1.7."""

    def __init__(self, api_version: str) -> None:
        self.version = api_version.rpartition("/")[2]

    def _type(self, struct: type[ApiStruct]) -> str:
        own = struct.__module__.startswith(("clustersim.api.core", "clustersim.api.meta"))
        return f"{'v1' if own else self.version}.{struct.__name__}"

    def unknown(self, struct: type[ApiStruct], path: str, name: str) -> str:
        return f"found invalid field {name} for {self._type(struct)}"

    def missing(self, struct: type[ApiStruct], path: str, name: str) -> str:
        return f"field {path}{'.' if path else ''}{name} for {self._type(struct)} is required"

    def wrong(self, struct: type[ApiStruct], path: str, value: Any, expected: str) -> str:
        go = {"integer": "int", "boolean": "bool", "array": "slice", "object": "map"}
        seen = {"number": "float64", "object": "map", "array": "slice"}
        kind = kind_of(value)
        return f"expected type {go.get(expected, expected)}, for field {path}, got {seen.get(kind, kind)}"


class _OpenApi:
    """The words of v1.8."""

    def __init__(self, api_version: str, kind: str) -> None:
        group, _, version = api_version.rpartition("/")
        self.package = f"io.k8s.api.{(group or 'core').split('.')[0]}.{version}"
        self.kind = kind

    def _type(self, struct: type[ApiStruct]) -> str:
        if struct.__module__.startswith("clustersim.api.core"):
            return f"io.k8s.api.core.v1.{struct.__name__}"
        if struct.__module__.endswith(".meta"):
            return f"io.k8s.apimachinery.pkg.apis.meta.v1.{struct.__name__}"
        return f"{self.package}.{struct.__name__}"

    def _at(self, path: str) -> str:
        return f"ValidationError({self.kind}{'.' if path else ''}{path})"

    def unknown(self, struct: type[ApiStruct], path: str, name: str) -> str:
        return f'{self._at(path)}: unknown field "{name}" in {self._type(struct)}'

    def missing(self, struct: type[ApiStruct], path: str, name: str) -> str:
        return f'{self._at(path)}: missing required field "{name}" in {self._type(struct)}'

    def wrong(self, struct: type[ApiStruct], path: str, value: Any, expected: str) -> str:
        seen = {"bool": "boolean", "number": "integer", "object": "map"}.get(kind_of(value), kind_of(value))
        if isinstance(value, float) and not value.is_integer():
            seen = "number"
        if expected == "object":
            expected = "map"
        name = path.rpartition(".")[2]
        told = f'invalid type for {self._type(struct)}.{name}: got "{seen}", expected "{expected}"'
        return f"{self._at(path)}: {told}"


class _Check:
    """One pass over one manifest."""

    def __init__(self, release: str, api_version: str, words: "_Swagger | _OpenApi") -> None:
        self.release = release
        self.api_version = api_version
        self.words = words
        self.errors: list[str] = []

    def struct(
        self, struct: type[ApiStruct], plain: Mapping[str, Any], path: str, *, root: bool = False
    ) -> None:
        known, hints = fields_of(struct, self.release, self.api_version), field_hints(struct)
        required = REQUIRED[self.release].get(struct.__name__, ())
        if self.release == "v1.7":
            self._lacks(struct, [name for name in required if name not in plain], path)
        for name, value in plain.items():
            if name in ("kind", "apiVersion") and (root or issubclass(struct, ApiObject)):
                continue
            here = f"{path}.{name}" if path else str(name)
            field = known.get(name) if isinstance(name, str) else None
            if field is None:
                self.errors.append(self.words.unknown(struct, path, name))
            elif value is not None:
                self.value(struct, hints[field.name], value, here)
        if self.release == "v1.8":
            self._lacks(struct, [name for name in required if plain.get(name) is None], path)

    def _lacks(self, struct: type[ApiStruct], names: list[str], path: str) -> None:
        self.errors += [self.words.missing(struct, path, name) for name in names]

    def value(self, owner: type[ApiStruct], hint: Any, value: Any, path: str) -> None:
        hint, format_ = stripped(hint)
        if hint is Any or format_ == "quantity":
            return
        if get_origin(hint) in (Union, types.UnionType):
            choices = [choice for choice in get_args(hint) if choice is not type(None)]
            if len(choices) == 1:
                self.value(owner, choices[0], value, path)
            return
        if get_origin(hint) is tuple:
            if not isinstance(value, list | tuple):
                self.errors.append(self.words.wrong(owner, path, value, "array"))
                return
            for index, item in enumerate(value):
                here = f"{path}[{index}]"
                if item is None:
                    self.errors.append(f"unexpected nil value for field {here}")
                else:
                    self.value(owner, get_args(hint)[0], item, here)
            return
        if get_origin(hint) is dict:
            self._is(owner, value, Mapping, "object", path)
        elif isinstance(hint, type) and issubclass(hint, ApiStruct):
            if self._is(owner, value, Mapping, "object", path):
                self.struct(hint, value, path)
        else:
            expected = {bool: "boolean", int: "integer"}.get(hint, "string")
            wanted: Any = {bool: bool, int: int | float}.get(hint, str)
            self._is(owner, value, wanted, expected, path)

    def _is(self, owner: type[ApiStruct], value: Any, wanted: Any, expected: str, path: str) -> bool:
        fits = isinstance(value, wanted) and not (isinstance(value, bool) and wanted is not bool)
        if not fits:
            self.errors.append(self.words.wrong(owner, path, value, expected))
        return fits
