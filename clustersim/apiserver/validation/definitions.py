"""Validation of CustomResourceDefinitions
(apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go).
"""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.definitions import (
    CustomResourceDefinition,
    CustomResourceDefinitionNames,
    CustomResourceDefinitionVersion,
)
from clustersim.api.structural import Schema, has_rules
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.schema_keywords import check_keywords

_SCOPES: Final = ("Cluster", "Namespaced")
_TYPES: Final = ("array", "boolean", "integer", "number", "object", "string")
_APPROVED: Final = "api-approved.kubernetes.io"
_PROTECTED: Final = ("k8s.io", "kubernetes.io")
_UNTYPED: Final = ("x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields")
_COLUMNS: Final = ("boolean", "date", "integer", "number", "string")
_DEEPEST: Final = 60


def check_definition(errors: FieldErrors, definition: CustomResourceDefinition) -> None:
    """Its name, its names, its versions and their schemas."""
    spec = definition.spec
    wanted = f"{spec.names.plural}.{spec.group}"
    if definition.metadata.name != wanted:
        errors.invalid("metadata.name", definition.metadata.name, 'must be spec.names.plural+"."+spec.group')
    _check_group(errors, definition)
    errors.one_of("spec.scope", spec.scope, _SCOPES)
    if errors.modern:
        _check_versions(errors, spec.versions)
    else:
        if not spec.version:
            errors.required("spec.version")
        errors.each("spec.version", spec.version, names.dns_1035_label(spec.version, errors.release))
    _check_names(errors, "spec.names", spec.names)


def _check_group(errors: FieldErrors, definition: CustomResourceDefinition) -> None:
    group = definition.spec.group
    if not group:
        errors.required("spec.group")
        return
    if reasons := names.dns_subdomain(group, errors.release):
        errors.each("spec.group", group, reasons)
    elif "." not in group:
        errors.invalid("spec.group", group, "should be a domain with at least one dot")
    protected = any(group == one or group.endswith(f".{one}") for one in _PROTECTED)
    if errors.modern and protected and _APPROVED not in definition.metadata.annotations:
        errors.required(
            f"metadata.annotations[{_APPROVED}]",
            f'protected groups must have approval annotation "{_APPROVED}", see '
            "https://github.com/kubernetes/enhancements/pull/1111",
        )


def _check_versions(errors: FieldErrors, versions: tuple[CustomResourceDefinitionVersion, ...]) -> None:
    seen: set[str] = set()
    for index, version in enumerate(versions):
        here = f"spec.versions[{index}]"
        errors.each(f"{here}.name", version.name, names.dns_1035_label(version.name, errors.release))
        if version.name in seen:
            errors.invalid(here, version.name, "must contain unique version names")
        seen.add(version.name)
        _check_version(errors, here, version)
    if sum(one.storage for one in versions) != 1:
        errors.invalid("spec.versions", versions, "must have exactly one version marked as storage version")


def _check_version(errors: FieldErrors, here: str, version: CustomResourceDefinitionVersion) -> None:
    schema = version.schema.open_api_v3_schema if version.schema is not None else None
    field = f"{here}.schema.openAPIV3Schema"
    if schema is None:
        errors.required(field, "schemas are required")
    else:
        _check_schema(errors, field, schema)
    for index, column in enumerate(version.additional_printer_columns):
        place = f"{here}.additionalPrinterColumns[{index}]"
        if not column.name:
            errors.required(f"{place}.name")
        errors.one_of(f"{place}.type", column.type, _COLUMNS)
        if not column.json_path:
            errors.required(f"{place}.JSONPath")
    parts = version.subresources
    if parts is not None and parts.scale is not None:
        place = f"{here}.subresources.scale"
        for name, path, below in (
            ("specReplicasPath", parts.scale.spec_replicas_path, ".spec."),
            ("statusReplicasPath", parts.scale.status_replicas_path, ".status."),
        ):
            if not path:
                errors.required(f"{place}.{name}")
            elif not path.startswith(below):
                errors.invalid(f"{place}.{name}", path, f"should be a json path under {below.rstrip('.')}")


def _check_schema(errors: FieldErrors, field: str, schema: Schema) -> None:
    if errors.modern:
        check_keywords(schema, "spec.versions.schema.openAPIV3Schema")
    if schema.get("type") != "object":
        why = "must be object at the root"
        if schema.get("type"):
            errors.invalid(f"{field}.type", schema["type"], why)
        else:
            errors.required(f"{field}.type", why)
    _check_structural(errors, field, schema, root=True)
    if errors.modern and not errors and has_rules(schema):
        # Only worlds with rules pay for the evaluator.
        from clustersim.apiserver.validation.schema_rules import check_rules  # noqa: PLC0415

        check_rules(errors, field, schema)


def _check_structural(
    errors: FieldErrors, field: str, schema: Schema, *, root: bool = False, depth: int = 0
) -> None:
    """Every field says of which type it is (schema/validation.go)."""
    kind = schema.get("type")
    if not kind and not root and not any(schema.get(name) for name in _UNTYPED):
        errors.required(f"{field}.type", "must not be empty for specified object fields" if depth else "")
    elif kind and kind not in _TYPES:
        errors.unsupported(f"{field}.type", kind, _TYPES)
    if kind == "array" and not isinstance(schema.get("items"), Mapping):
        errors.required(f"{field}.items", "must be specified")
    if depth > _DEEPEST:
        return
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and isinstance(schema.get("additionalProperties"), Mapping):
        errors.forbidden(
            f"{field}.additionalProperties", "additionalProperties and properties are mutual exclusive"
        )
    for name, inner in properties.items() if isinstance(properties, Mapping) else ():
        if root and name == "metadata":
            continue
        if isinstance(inner, Mapping):
            _check_structural(errors, f"{field}.properties[{name}]", inner, depth=depth + 1)
    for name in ("items", "additionalProperties"):
        inner = schema.get(name)
        if isinstance(inner, Mapping):
            _check_structural(errors, f"{field}.{name}", inner, depth=depth + 1)


def _check_names(errors: FieldErrors, field: str, called: CustomResourceDefinitionNames) -> None:
    told: dict[str, Any] = {"plural": called.plural, "singular": called.singular, "kind": called.kind}
    told["listKind"] = called.list_kind
    for name, value in told.items():
        if not value:
            errors.required(f"{field}.{name}")
        else:
            errors.each(f"{field}.{name}", value, names.dns_1035_label(value.lower(), errors.release))
    for index, short in enumerate(called.short_names):
        errors.each(f"{field}.shortNames[{index}]", short, names.dns_1035_label(short, errors.release))
    if called.kind and called.kind == called.list_kind:
        errors.invalid(f"{field}.listKind", called.list_kind, "kind and listKind may not be the same")


def check_definition_update(
    errors: FieldErrors, old: CustomResourceDefinition, new: CustomResourceDefinition
) -> None:
    """What may not change once the kind is there."""
    if not old.status.conditions:
        return
    if new.spec.scope != old.spec.scope:
        errors.invalid("spec.scope", new.spec.scope, IMMUTABLE)
    if errors.modern and new.spec.names.kind != old.spec.names.kind:
        errors.invalid("spec.names.kind", new.spec.names.kind, IMMUTABLE)
    if new.spec.group != old.spec.group:
        errors.invalid("spec.group", new.spec.group, IMMUTABLE)
    if new.spec.names.plural != old.spec.names.plural:
        errors.invalid("spec.names.plural", new.spec.names.plural, IMMUTABLE)
    gone = [name for name in old.status.stored_versions if all(one.name != name for one in new.spec.versions)]
    for index, name in enumerate(gone if errors.modern else ()):
        why = (
            f"missing from spec.versions; {name} was previously a storage version, and must remain in "
            f"spec.versions until a storage migration ensures no data remains persisted in {name} and "
            f"removes {name} from status.storedVersions"
        )
        errors.invalid(f"status.storedVersions[{index}]", name, why)
