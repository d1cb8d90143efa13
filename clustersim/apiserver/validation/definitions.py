"""Validation of CustomResourceDefinitions
(apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go).
"""

from collections.abc import Callable
from typing import Final

from clustersim.api.definitions import (
    CustomResourceDefinition,
    CustomResourceDefinitionNames,
    CustomResourceDefinitionVersion,
    is_established,
)
from clustersim.api.structural import Schema, has_rules
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.conversions import check_conversion, check_trusted
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.go_schemas import shown_schema, shown_versions
from clustersim.apiserver.validation.schema_defaults import check_defaults
from clustersim.apiserver.validation.schema_keywords import check_keywords
from clustersim.apiserver.validation.schema_words import check_words
from clustersim.apiserver.validation.selectable_fields import check_selectable
from clustersim.apiserver.validation.structural_schemas import check_structure

_SCOPES: Final = ("Cluster", "Namespaced")
_APPROVED: Final = "api-approved.kubernetes.io"
_PROTECTED: Final = ("k8s.io", "kubernetes.io")
_COLUMNS: Final = ("boolean", "date", "integer", "number", "string")
_FORMATS: Final = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_MIXED: Final = ("kind", "listKind")
_LONGEST_WARNING: Final = 256


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
    _check_required_names(errors, spec.names)
    check_names(errors, "spec.names", spec.names)
    if errors.modern:
        _check_shared(errors, spec.versions)
        if spec.preserve_unknown_fields and spec.conversion and spec.conversion.strategy != "None":
            why = "must be None if spec.preserveUnknownFields is true"
            errors.invalid("spec.conversion.strategy", spec.conversion.strategy, why)
        check_conversion(errors, spec.conversion)
        if spec.preserve_unknown_fields:
            why = (
                "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
                "spec.versions[*].schema instead"
            )
            errors.invalid("spec.preserveUnknownFields", True, why)


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


Version = CustomResourceDefinitionVersion
_Check = Callable[[FieldErrors, str, Version], None]


def _check_versions(errors: FieldErrors, versions: tuple[Version, ...]) -> None:
    """What all versions have alike, the server holds once, and names it there in its messages."""
    shared = _alike(versions)
    for index, version in enumerate(versions):
        if version.schema is None or version.schema.open_api_v3_schema is None:
            errors.required(f"spec.versions[{index}].schema.openAPIV3Schema")
    for index, version in enumerate(versions):
        here = f"spec.versions[{index}]"
        if reasons := names.dns_1035_label(version.name, errors.release):
            errors.invalid(f"{here}.name", version.name, ",".join(reasons))
        _check_warning(errors, f"{here}.deprecationWarning", version)
        for name, (path, _, check) in _PARTS.items():
            if name not in shared:
                check(errors, f"{here}.{path}", version)
    if len({one.name for one in versions}) < len(versions):
        errors.invalid("spec.versions", shown_versions(versions, shared), "must contain unique version names")
    if sum(one.storage for one in versions) != 1:
        why = "must have exactly one version marked as storage version"
        errors.invalid("spec.versions", shown_versions(versions, shared), why)
    if versions:
        first = versions[0]
        if reasons := names.dns_1035_label(first.name, errors.release):
            errors.invalid("spec.version", first.name, ",".join(reasons))


def _alike(versions: tuple[Version, ...]) -> frozenset[str]:
    """The parts in which all versions are alike."""
    return frozenset(
        name
        for name in _PARTS
        if versions and all(getattr(one, name) == getattr(versions[0], name) for one in versions)
    )


def _check_shared(errors: FieldErrors, versions: tuple[Version, ...]) -> None:
    """What all versions have alike."""
    shared = _alike(versions)
    for name, (_, path, check) in _PARTS.items():
        if name in shared:
            check(errors, f"spec.{path}", versions[0])


def _check_warning(errors: FieldErrors, field: str, version: Version) -> None:
    told = version.deprecation_warning
    if told is None:
        return
    if not version.deprecated:
        errors.invalid(field, told, "can only be set for deprecated versions")
        return
    if len(told.encode()) > _LONGEST_WARNING:
        errors.invalid(field, told, f"must be <= {_LONGEST_WARNING} characters long")
    if not told:
        errors.invalid(field, told, "must not be an empty string")
    at = next((index for index, one in enumerate(told) if not one.isprintable()), None)
    if at is not None:
        index = len(told[:at].encode())
        why = f"must only contain printable UTF-8 characters; non-printable character found at index {index}"
        errors.invalid(field, told, why)


def _check_columns(errors: FieldErrors, field: str, version: Version) -> None:
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


def _check_parts(errors: FieldErrors, field: str, version: Version) -> None:
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


def _check_schema(errors: FieldErrors, field: str, version: Version) -> None:
    schema = version.schema.open_api_v3_schema if version.schema is not None else None
    if schema is None:
        return
    if version.subresources is not None and version.subresources.status is not None:
        _check_root(errors, field, schema)
    structural = len(errors.causes)
    check_structure(errors, field, schema)
    if len(errors.causes) == structural:
        check_defaults(errors, field, schema)
    sound = len(errors.causes) == structural
    check_words(errors, field, schema)
    if sound and has_rules(schema):
        # Only worlds with rules pay for the evaluator.
        from clustersim.apiserver.validation.schema_rules import check_rules  # noqa: PLC0415

        check_rules(errors, field, schema)


def _check_root(errors: FieldErrors, field: str, schema: Schema) -> None:
    """Where the status has an address of its own, its schema is taken out of that of the whole."""
    if schema.get("type") not in (None, "", "object"):
        why = f'only "object" is allowed as the type {_BESIDE_STATUS}'
        errors.invalid(f"{field}.type", schema["type"], why)
    elif any(
        value not in (None, "", False, [], {}) and name not in _AT_ROOT for name, value in schema.items()
    ):
        told = " ".join(_AT_ROOT.values())
        why = (
            f"only [{told}] fields are allowed at the root of the schema if the status subresource is enabled"
        )
        errors.invalid(field, shown_schema(schema), why)


_BESIDE_STATUS: Final = "at the root of the schema if the status subresource is enabled"
_IN_ORDER: Final = (
    "description", "type", "format", "title", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
    "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "multipleOf", "required",
    "items", "properties", "externalDocs", "example",
)  # fmt: skip
_AT_ROOT: Final = {
    **{name: f"{name[0].upper()}{name[1:]}" for name in _IN_ORDER},
    "x-kubernetes-preserve-unknown-fields": "XPreserveUnknownFields",
    "x-kubernetes-validations": "XValidations",
}
"""Words at the root of a schema beside a status with an address of its own, by their names in Go."""


def _check_selectable(errors: FieldErrors, field: str, version: Version) -> None:
    if version.selectable_fields:
        schema = version.schema.open_api_v3_schema if version.schema is not None else None
        check_selectable(errors, field, version.selectable_fields, schema)


_PARTS: Final[dict[str, tuple[str, str, _Check]]] = {
    "schema": ("schema.openAPIV3Schema", "validation.openAPIV3Schema", _check_schema),
    "subresources": ("subresources", "subresources", _check_parts),
    "additional_printer_columns": ("additionalPrinterColumns", "additionalPrinterColumns", _check_columns),
    "selectable_fields": ("selectableFields", "selectableFields", _check_selectable),
}
"""What versions may have alike: where messages have it in one of them, and of all."""


def _check_required_names(errors: FieldErrors, called: CustomResourceDefinitionNames) -> None:
    told = {"plural": called.plural, "singular": called.singular, "kind": called.kind}
    for name, value in {**told, "listKind": called.list_kind}.items():
        if not value:
            errors.required(f"spec.names.{name}")


def check_names(errors: FieldErrors, field: str, called: CustomResourceDefinitionNames) -> None:
    """What a kind is called, or, in the status, what it may be called."""
    told = {"plural": called.plural, "singular": called.singular, "kind": called.kind}
    for name, value in {**told, "listKind": called.list_kind}.items():
        text = value.lower() if name in _MIXED else value
        if value and (reasons := names.dns_1035_label(text, errors.release)):
            mixed = "may have mixed case, but should otherwise match: " if name in _MIXED else ""
            _refuse_name(errors, f"{field}.{name}", value, reasons, mixed)
    for index, short in enumerate(called.short_names):
        if reasons := names.dns_1035_label(short, errors.release):
            _refuse_name(errors, f"{field}.shortNames[{index}]", short, reasons)
    if called.kind and called.kind == called.list_kind:
        errors.invalid(f"{field}.listKind", called.list_kind, "kind and listKind may not be the same")
    for index, category in enumerate(called.categories if errors.modern else ()):
        if reasons := names.dns_1035_label(category, errors.release):
            _refuse_name(errors, f"{field}.categories[{index}]", category, reasons)


def _refuse_name(
    errors: FieldErrors, field: str, value: str, reasons: tuple[str, ...], mixed: str = ""
) -> None:
    if errors.modern:
        errors.invalid(field, value, f"{mixed}{','.join(reasons)}")
    else:
        errors.each(field, value, reasons)


def check_definition_update(
    errors: FieldErrors, old: CustomResourceDefinition, new: CustomResourceDefinition
) -> None:
    """What may not change once the kind is there."""
    if errors.modern:
        check_trusted(errors, old, new)
    established = is_established(old) if errors.modern else bool(old.status.conditions)
    if established and new.spec.scope != old.spec.scope:
        errors.invalid("spec.scope", new.spec.scope, IMMUTABLE)
    if established and errors.modern and new.spec.names.kind != old.spec.names.kind:
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
