"""Validation of CustomResourceDefinitions
(apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go).
"""

from typing import Any, Final

from clustersim.api.definitions import (
    CustomResourceDefinition,
    CustomResourceDefinitionNames,
    CustomResourceDefinitionVersion,
)
from clustersim.api.structural import has_rules
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.conversions import check_conversion
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.schema_keywords import check_keywords
from clustersim.apiserver.validation.structural_schemas import check_structure

_SCOPES: Final = ("Cluster", "Namespaced")
_APPROVED: Final = "api-approved.kubernetes.io"
_PROTECTED: Final = ("k8s.io", "kubernetes.io")
_COLUMNS: Final = ("boolean", "date", "integer", "number", "string")
_FORMATS: Final = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_MIXED: Final = ("kind", "listKind")


def check_definition(errors: FieldErrors, definition: CustomResourceDefinition) -> None:
    """Its name, its names, its versions and their schemas."""
    spec = definition.spec
    wanted = f"{spec.names.plural}.{spec.group}"
    if definition.metadata.name != wanted:
        errors.invalid("metadata.name", definition.metadata.name, 'must be spec.names.plural+"."+spec.group')
    _check_group(errors, definition)
    errors.one_of("spec.scope", spec.scope, _SCOPES)
    if errors.modern:
        for version in spec.versions:
            if version.schema is not None:
                check_keywords(version.schema.open_api_v3_schema, "spec.versions.schema.openAPIV3Schema")
        _check_versions(errors, spec.versions)
    else:
        if not spec.version:
            errors.required("spec.version")
        errors.each("spec.version", spec.version, names.dns_1035_label(spec.version, errors.release))
    _check_names(errors, "spec.names", spec.names)
    if errors.modern:
        _check_shared(errors, spec.versions)
        check_conversion(errors, spec.conversion)


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
    """What all versions have alike, the server holds once, and names it there in its messages."""
    shared = versions and all(one.schema == versions[0].schema for one in versions)
    alone = versions and all(one.subresources == versions[0].subresources for one in versions)
    columns = versions and all(
        one.additional_printer_columns == versions[0].additional_printer_columns for one in versions
    )
    for index, version in enumerate(versions):
        if version.schema is None or version.schema.open_api_v3_schema is None:
            errors.required(f"spec.versions[{index}].schema.openAPIV3Schema")
    for index, version in enumerate(versions):
        here = f"spec.versions[{index}]"
        if reasons := names.dns_1035_label(version.name, errors.release):
            errors.invalid(f"{here}.name", version.name, ",".join(reasons))
        if not shared:
            _check_schema(errors, f"{here}.schema.openAPIV3Schema", version)
        if not alone:
            _check_parts(errors, f"{here}.subresources", version)
        if not columns:
            _check_columns(errors, f"{here}.additionalPrinterColumns", version)
    if len({one.name for one in versions}) < len(versions):
        errors.invalid("spec.versions", versions, "must contain unique version names")
    if sum(one.storage for one in versions) != 1:
        why = "must have exactly one version marked as storage version"
        errors.invalid("spec.versions", versions or None, why)
    if versions:
        first = versions[0]
        if reasons := names.dns_1035_label(first.name, errors.release):
            errors.invalid("spec.version", first.name, ",".join(reasons))


def _check_shared(errors: FieldErrors, versions: tuple[CustomResourceDefinitionVersion, ...]) -> None:
    """What all versions have alike."""
    first = versions[0] if versions else None
    if first is None:
        return
    if all(one.schema == first.schema for one in versions):
        _check_schema(errors, "spec.validation.openAPIV3Schema", first)
    if all(one.subresources == first.subresources for one in versions):
        _check_parts(errors, "spec.subresources", first)
    if all(one.additional_printer_columns == first.additional_printer_columns for one in versions):
        _check_columns(errors, "spec.additionalPrinterColumns", first)


def _check_columns(errors: FieldErrors, field: str, version: CustomResourceDefinitionVersion) -> None:
    for index, column in enumerate(version.additional_printer_columns):
        here = f"{field}[{index}]"
        if not column.name:
            errors.required(f"{here}.name")
        why = f"must be one of {','.join(_COLUMNS)}"
        if not column.type:
            errors.required(f"{here}.type", why)
        elif column.type not in _COLUMNS:
            errors.invalid(f"{here}.type", column.type, why)
        if column.format and column.format not in _FORMATS:
            errors.invalid(f"{here}.format", column.format, f"must be one of {','.join(_FORMATS)}")
        if not column.json_path:
            errors.required(f"{here}.JSONPath")
        else:
            _starts_with_dot(errors, f"{here}.JSONPath", column.json_path)


def _check_parts(errors: FieldErrors, field: str, version: CustomResourceDefinitionVersion) -> None:
    parts = version.subresources
    if parts is None or parts.scale is None:
        return
    scale = parts.scale
    for name, path, below in (
        ("specReplicasPath", scale.spec_replicas_path, (".spec.",)),
        ("statusReplicasPath", scale.status_replicas_path, (".status.",)),
        ("labelSelectorPath", scale.label_selector_path, (".spec.", ".status.")),
    ):
        here = f"{field}.scale.{name}"
        if not path:
            if len(below) == 1:
                errors.required(here)
        elif _starts_with_dot(errors, here, path) and not path.startswith(below):
            where = " or ".join(one.rstrip(".") for one in below)
            errors.invalid(here, path, f"should be a json path under {'either ' * (len(below) - 1)}{where}")


def _starts_with_dot(errors: FieldErrors, field: str, path: str) -> bool:
    if not path.startswith("."):
        errors.invalid(field, path, "must be a simple json path starting with .")
    return path.startswith(".")


def _check_schema(errors: FieldErrors, field: str, version: CustomResourceDefinitionVersion) -> None:
    schema = version.schema.open_api_v3_schema if version.schema is not None else None
    if schema is None:
        return
    before = len(errors.causes)
    check_structure(errors, field, schema)
    if len(errors.causes) == before and has_rules(schema):
        # Only worlds with rules pay for the evaluator.
        from clustersim.apiserver.validation.schema_rules import check_rules  # noqa: PLC0415

        check_rules(errors, field, schema)


def _check_names(errors: FieldErrors, field: str, called: CustomResourceDefinitionNames) -> None:
    told: dict[str, Any] = {"plural": called.plural, "singular": called.singular, "kind": called.kind}
    told["listKind"] = called.list_kind
    for name, value in told.items():
        if not value:
            errors.required(f"{field}.{name}")
        else:
            reasons = names.dns_1035_label(value.lower() if name in _MIXED else value, errors.release)
            if errors.modern and reasons:
                mixed = "may have mixed case, but should otherwise match: " if name in _MIXED else ""
                errors.invalid(f"{field}.{name}", value, f"{mixed}{','.join(reasons)}")
            else:
                errors.each(f"{field}.{name}", value, reasons)
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
