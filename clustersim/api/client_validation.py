"""What kubectl of v1.7 and v1.8 looks at before it sends a manifest, unless it is told --validate=false.

v1.7 checks against the API's Swagger 1.2 definitions, v1.8 against OpenAPI; both know fields and types, not
values, and are no stricter than they have to: a number passes for a text, and what is wrong all the same the
server's decoder says. kubectl of v1.36 leaves it to the server (api/decoding.py, `validation="Strict"`).
Sources: v1.7.5 pkg/api/validation/schema.go, api/swagger-spec; v1.8.0
pkg/kubectl/cmd/util/openapi/validation, api/openapi-spec.
"""

from collections.abc import Container, Mapping
from typing import Any, Final, get_args, get_origin

from clustersim.api.decoder import field_hints, plain_hint
from clustersim.api.decoding import resource_for
from clustersim.api.fields import fields_of
from clustersim.api.meta import ApiObject, ApiStruct
from clustersim.api.required_fields import REQUIRED, UNCHECKED, UNSERVED

_TURN_OFF: Final = "if you choose to ignore these errors, turn validation off with --validate=false"

_NAMED_TEXTS: Final = frozenset(
    f"{struct}.{field}"
    for struct, fields in {
        "AzureDiskVolumeSource": "cachingMode kind",
        "Capabilities": "add drop",
        "CertificateSigningRequestSpec": "usages",
        "NamespaceSpec": "finalizers",
        "NetworkPolicyPort": "protocol",
        "NodeStatus": "volumesInUse",
        "PersistentVolumeClaimSpec": "accessModes",
        "PersistentVolumeClaimStatus": "accessModes",
        "PersistentVolumeSpec": "accessModes",
        "PodSecurityPolicySpec": (
            "allowedCapabilities defaultAddCapabilities requiredDropCapabilities volumes"
        ),
        "ResourceQuotaSpec": "scopes",
    }.items()
    for field in fields.split()
)
"""Fields of texts whose types have names of their own in v1.7's definitions, which say nothing of them."""

_DEFINED: Final = {
    "quantity": "io.k8s.apimachinery.pkg.api.resource.Quantity",
    "int-or-string": "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    "date-time": "io.k8s.apimachinery.pkg.apis.meta.v1.Time",
    "micro-time": "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime",
}
"""Texts that have definitions of their own in v1.8, by their formats."""


def validate_manifest(plain: Mapping[str, Any], release: str, served: Container[str] | None = None) -> str:
    """What `error validating data: ` is followed by, empty if there is nothing to say. served: plurals of
    what the API server has, where it may not have all."""
    api_version, kind = str(plain.get("apiVersion") or ""), str(plain.get("kind") or "")
    missing = [f"{name} not set" for name in ("apiVersion", "kind") if not plain.get(name)]
    if missing:
        return _joined(missing)
    resource = resource_for(api_version, kind, release)
    if resource is None or (served is not None and resource.plural not in served):
        return ""
    if release == "v1.36" or api_version.partition("/")[0] in UNCHECKED:
        return ""
    check = _Swagger(api_version) if release == "v1.7" else _OpenApi(api_version, kind)
    check.struct(resource.type, plain, "" if release == "v1.7" else kind, root=True)
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


def _go(value: Any) -> str:
    """The type that Go reads a value into."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, Mapping):
        return "map[string]interface {}"
    return "string" if isinstance(value, str) else "float64" if _number(value) else "[]interface {}"


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _json(value: Any) -> str:
    """What the definitions call a value of this type."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, Mapping):
        return "map"
    return "string" if isinstance(value, str) else "number" if _number(value) else "array"


class _Swagger:
    """One pass of kubectl v1.7 over one manifest. Paths are those of fields below the object."""

    def __init__(self, api_version: str) -> None:
        self.api_version = api_version
        self.version = api_version.rpartition("/")[2]
        self.errors: list[str] = []

    def _type(self, struct: type[ApiStruct]) -> str:
        own = struct.__module__.startswith(("clustersim.api.core", "clustersim.api.meta"))
        return f"{'v1' if own else self.version}.{struct.__name__}"

    def struct(self, struct: type[ApiStruct], value: Any, path: str, *, root: bool = False) -> None:
        """Look at what should have the fields of that type."""
        name = self._type(struct)
        known, hints = fields_of(struct, "v1.7", self.api_version), field_hints(struct)
        if not known:
            return
        if not isinstance(value, Mapping):
            expected = (
                f"expected object of type map[string]interface{{}}, but the actual type is {_go(value)}"
            )
            self.errors.append(f"field {path} for {name}: {expected}")
            return
        below = f"{path}." if path else ""
        for field in REQUIRED["v1.7"].get(struct.__name__, ()):
            if field not in value:
                self.errors.append(f"field {below}{field} for {name} is required")
        for field, inner in value.items():
            if field in ("kind", "apiVersion") and (root or issubclass(struct, ApiObject)):
                continue
            if field not in known:
                self.errors.append(f"found invalid field {field} for {name}")
            elif inner is not None:
                named = f"{struct.__name__}.{field}" in _NAMED_TEXTS
                self._value(hints[known[field].name], inner, f"{below}{field}", named=named)

    def _value(self, hint: Any, value: Any, path: str, *, named: bool = False) -> None:
        hint = plain_hint(hint)[0]
        if hint is Any or get_origin(hint) is dict or (named and hint is str and value is not None):
            return
        if value is None:
            self.errors.append(f"unexpected nil value for field {path}")
        elif get_origin(hint) is tuple:
            if not isinstance(value, list | tuple):
                self._wrong("array", value, path)
                return
            for index, item in enumerate(value):
                self._value(get_args(hint)[0], item, f"{path}[{index}]", named=named)
        elif issubclass(hint, ApiStruct):
            self.struct(hint, value, path)
        elif hint is str:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                self._wrong("string", value, path)
        elif hint is bool:
            if not isinstance(value, bool):
                self._wrong("bool", value, path)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong("int", value, path)

    def _wrong(self, expected: str, value: Any, path: str) -> None:
        seen = {"map[string]interface {}": "map", "[]interface {}": "slice"}.get(_go(value), _go(value))
        self.errors.append(f"expected type {expected}, for field {path}, got {seen}")


class _OpenApi:
    """One pass of kubectl v1.8 over one manifest. Paths begin with the kind of the object."""

    def __init__(self, api_version: str, kind: str) -> None:
        group, _, version = api_version.rpartition("/")
        self.api_version = api_version
        self.package = f"io.k8s.api.{(group or 'core').split('.')[0]}.{version}"
        self.errors: list[str] = []

    def _type(self, struct: type[ApiStruct]) -> str:
        if struct.__module__.startswith("clustersim.api.core"):
            return f"io.k8s.api.core.v1.{struct.__name__}"
        if struct.__module__.endswith(".meta"):
            return f"io.k8s.apimachinery.pkg.apis.meta.v1.{struct.__name__}"
        if struct.__name__ == "JobSpec":
            return "io.k8s.api.batch.v1.JobSpec"
        return f"{self.package}.{struct.__name__}"

    def struct(self, struct: type[ApiStruct], value: Any, path: str, *, root: bool = False) -> None:
        """Look at what should have the fields of that type. That a list is found where a map should be is
        told the wrong way round there."""
        name = self._type(struct)
        if not isinstance(value, Mapping):
            self._wrong(name, "map", value, path)
            return
        known, hints = fields_of(struct, "v1.8", self.api_version), field_hints(struct)
        for field, inner in sorted(value.items(), key=lambda item: str(item[0])):
            if inner is None or (field in ("kind", "apiVersion") and (root or issubclass(struct, ApiObject))):
                continue
            if field not in known:
                self._add(path, f'unknown field "{field}" in {name}')
            else:
                self._value(hints[known[field].name], inner, f"{path}.{field}", f"{name}.{field}")
        for field in REQUIRED["v1.8"].get(struct.__name__, ()):
            if value.get(field) is None:
                self._add(path, f'missing required field "{field}" in {name}')

    def _value(self, hint: Any, value: Any, path: str, name: str) -> None:
        hint, format_ = plain_hint(hint)
        if hint is Any:
            return
        if get_origin(hint) is dict:
            self._entries(get_args(hint)[1], value, path, name)
        elif get_origin(hint) is tuple:
            self._items(get_args(hint)[0], value, path, name)
        elif issubclass(hint, ApiStruct):
            self.struct(hint, value, path)
        else:
            self._scalar(hint, value, path, _DEFINED.get(format_, name))

    def _items(self, hint: Any, value: Any, path: str, name: str) -> None:
        if not isinstance(value, list | tuple):
            self._wrong(name, "array", value, path)
            return
        for index, item in enumerate(value):
            here = f"{path}[{index}]"
            if item is None:
                self._add(path, f'unknown object type "nil" in {here}')
            else:
                self._value(hint, item, here, name)

    def _entries(self, hint: Any, value: Any, path: str, name: str) -> None:
        if not isinstance(value, Mapping):
            self._wrong(name, "map", value, path)
            return
        for key, inner in sorted(value.items(), key=lambda item: str(item[0])):
            here = f"{path}.{key}"
            if inner is None:
                self.errors.append(f'unknown object type "nil" in {here}')
            else:
                self._value(hint, inner, here, name)

    def _scalar(self, hint: Any, value: Any, path: str, name: str) -> None:
        expected = {str: "string", bool: "boolean", int: "integer"}.get(hint, "number")
        seen = _json(value)
        if seen in ("array", "map") or (
            expected not in ("string", seen) and (expected, seen) != ("integer", "number")
        ):
            self._wrong(name, expected, value, path)

    def _wrong(self, name: str, expected: str, value: Any, path: str) -> None:
        seen = _json(value)
        if expected == "map" and seen == "array":
            expected, seen = seen, expected
        self._add(path, f'invalid type for {name}: got "{seen}", expected "{expected}"')

    def _add(self, path: str, told: str) -> None:
        self.errors.append(f"ValidationError({path}): {told}")
