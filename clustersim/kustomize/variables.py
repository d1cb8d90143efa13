"""Variables of a kustomization (`vars`): what stands in a field of one object takes the place of $(NAME) in
others.

Source: kustomize api/internal/accumulator, api/filters/refvar, api/types/var.go, api/internal/konfig/
builtinpluginconsts/varreference.go.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from clustersim.kustomize.errors import KustomizeError
from clustersim.kustomize.fieldspecs import FieldSpec, change_fields, spec
from clustersim.kustomize.objects import Id, Kind, Object, Objects, kind_of

_REFERENCE: Final = re.compile(r"\$\$|\$\(([^)]*)\)")
_NAME: Final = "metadata.name"
_OF_CONTAINERS: Final = ("args", "command", "env/value", "volumeMounts/mountPath")
_TEMPLATES: Final = {
    "CronJob": "spec/jobTemplate/spec/template/spec",
    "DaemonSet": "spec/template/spec",
    "Deployment": "spec/template/spec",
    "Job": "spec/template/spec",
    "Pod": "spec",
    "ReplicaSet": "spec/template/spec",
    "StatefulSet": "spec/template/spec",
}


def _of_pods() -> tuple[FieldSpec, ...]:
    return tuple(
        spec(f"{path}/{containers}/{field}", kind)
        for kind, path in _TEMPLATES.items()
        for containers in ("containers", "initContainers")
        for field in _OF_CONTAINERS
    )


REFERENCES: Final = (
    *_of_pods(),
    *(spec(f"{path}/volumes/nfs/server", kind) for kind, path in _TEMPLATES.items()),
    spec("spec/template/metadata/annotations", "Deployment"),
    spec("spec/rules/host", "Ingress"),
    spec("spec/tls/hosts", "Ingress"),
    spec("spec/tls/secretName", "Ingress"),
    spec("spec/ports/port", "Service"),
    spec("spec/ports/targetPort", "Service"),
    spec("spec/nfs/server", "PersistentVolume"),
    spec("metadata/labels"),
    spec("metadata/annotations"),
)
"""Where a variable may stand."""


class ObjectReference(msgspec.Struct, forbid_unknown_fields=True, rename="camel", frozen=True):
    """The object that has the value, by the name that is written."""

    api_version: str = ""
    group: str = ""
    version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""

    @property
    def pattern(self) -> Kind:
        group, slash, version = self.api_version.rpartition("/")
        return Kind(group if slash else self.group, version or self.version, self.kind)


class FieldReference(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The field of it; Go does not mind how its name is written."""

    field_path: str = msgspec.field(default="", name="fieldPath")
    fieldpath: str = ""

    @property
    def path(self) -> str:
        return self.field_path or self.fieldpath or _NAME


class Variable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One variable."""

    name: str = ""
    objref: ObjectReference = ObjectReference()
    fieldref: FieldReference = FieldReference()

    def __str__(self) -> str:
        return f"{{{self.name} {self.objref.pattern} {{{self.fieldref.path}}}}}"

    @property
    def written(self) -> str:
        """As it is told before anything is filled in."""
        ref, field = self.objref, self.fieldref
        kind = Kind(ref.group, ref.version, ref.kind)
        return f"{{{self.name} {kind} {{{field.field_path or field.fieldpath}}}}}"


class Variables:
    """Those of a kustomization and of all below it, each with the object that it is about."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Variable, Object | None]] = {}

    def merge(self, variables: Sequence[Variable], objects: Objects) -> None:
        """Take up those of one kustomization. Raises KustomizeError."""
        for variable in variables:
            try:
                self._add(variable, objects)
            except KustomizeError as error:
                told = " ".join(one.written for one in variables)
                raise KustomizeError(f"merging vars [{told}]: {error}") from None

    def _add(self, variable: Variable, objects: Objects) -> None:
        """Raises KustomizeError."""
        ref = variable.objref

        def fits(known: Id) -> bool:
            here = ref.namespace in ("", known.namespace)
            return known.kind == ref.pattern and known.name == ref.name and here

        matched = objects.by_any_id(fits)
        if len(matched) > 1:
            raise KustomizeError(
                f"found {len(matched)} resId matches for var {variable} (unable to disambiguate)"
            )
        if variable.name in self._found:
            raise KustomizeError(f"var '{variable.name}' already encountered")
        self._found[variable.name] = (variable, matched[0] if matched else None)

    def replace(self, objects: Objects) -> None:
        """Put every value where its name stands. Raises KustomizeError."""
        values = {name: _value(*self._found[name]) for name in sorted(self._found)}
        for one in objects if values else ():
            change_fields(one.plain, kind_of(one.plain), REFERENCES, lambda old: _replaced(old, values))


def _value(variable: Variable, one: Object | None) -> Any:
    if one is None:
        raise KustomizeError(f"var '{variable}' cannot be mapped to a field in the set of known resources")
    value: Any = one.plain
    for part in re.sub(r"\[(\d+)\]", r".\1", variable.fieldref.path).split("."):
        if isinstance(value, list) and part.isdecimal() and len(part) < 6 and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            value = None
    if value is None or isinstance(value, dict | list):
        raise KustomizeError(f"field specified in var '{variable}' not found in corresponding resource")
    return value


def _replaced(old: Any, values: dict[str, Any]) -> Any:
    """A text, or the texts of a list or a map."""
    if isinstance(old, list):
        return [_replaced(item, values) for item in old]
    if isinstance(old, dict):
        return {key: _replaced(item, values) for key, item in old.items()}
    if not isinstance(old, str):
        return old
    whole = _REFERENCE.fullmatch(old)
    if whole is not None and whole[1] in values:
        return values[whole[1]]

    def told(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        return _text(values[match[1]]) if match[1] in values else match[0]

    return _REFERENCE.sub(told, old)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
