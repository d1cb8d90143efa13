"""Validation of metadata, labels and label selectors (apimachinery pkg/api/validation/objectmeta.go)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from clustersim.api.meta import LabelSelector, ObjectMeta
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors

NameRule = Callable[[str, str], list[str]]

MAX_ANNOTATIONS: Final = 256 * 1024


def check_metadata(errors: FieldErrors, metadata: ObjectMeta, rule: NameRule, *, namespaced: bool) -> None:
    """Name, namespace, labels, annotations, owners and finalizers."""
    release = errors.release
    if metadata.generate_name:
        stem = metadata.generate_name
        shortened = f"{stem[:-1]}a" if stem.endswith("-") else stem
        errors.each("metadata.generateName", stem, rule(shortened, release))
    if not metadata.name:
        errors.required("metadata.name", "name or generateName is required")
    else:
        errors.each("metadata.name", metadata.name, rule(metadata.name, release))
    if namespaced and metadata.namespace:
        reasons = names.dns_label(metadata.namespace, release)
        errors.each("metadata.namespace", metadata.namespace, reasons)
    elif metadata.namespace:
        errors.forbidden("metadata.namespace", "not allowed on this type")
    check_labels(errors, "metadata.labels", metadata.labels)
    check_annotations(errors, metadata.annotations)
    _check_owners(errors, metadata)
    for finalizer in metadata.finalizers:
        errors.each("metadata.finalizers", finalizer, names.qualified_name(finalizer, release))
        if release == "v1.8" and "/" not in finalizer and finalizer not in _STANDARD_FINALIZERS:
            why = "name is neither a standard finalizer name nor is it fully qualified"
            errors.invalid("metadata.finalizers", finalizer, why)


_STANDARD_FINALIZERS: Final = ("kubernetes", "orphan", "foregroundDeletion")


def check_labels(errors: FieldErrors, field: str, labels: Mapping[str, str]) -> None:
    """Keys and values."""
    for key, value in labels.items():
        errors.each(field, key, names.qualified_name(key, errors.release))
        errors.each(field, value, names.label_value(value, errors.release))


def check_annotations(errors: FieldErrors, annotations: Mapping[str, str]) -> None:
    """Keys, and the size of it all."""
    size = 0
    for key, value in annotations.items():
        errors.each("metadata.annotations", key, names.qualified_name(key.lower(), errors.release))
        size += len(key.encode(errors="replace")) + len(value.encode(errors="replace"))
    if size > MAX_ANNOTATIONS:
        errors.too_long("metadata.annotations", MAX_ANNOTATIONS)


def _check_owners(errors: FieldErrors, metadata: ObjectMeta) -> None:
    controllers = []
    for owner in metadata.owner_references:
        field = "metadata.ownerReferences"
        for name, value in (
            ("apiVersion", owner.api_version),
            ("kind", owner.kind),
            ("name", owner.name),
            ("uid", owner.uid),
        ):
            if not value:
                errors.invalid(f"{field}.{name}", value, f"{_OWNER_FIELDS[name]} must not be empty")
        if owner.controller:
            controllers.append(owner)
    if len(controllers) > 1:
        errors.invalid(
            "metadata.ownerReferences",
            metadata.owner_references,
            "Only one reference can have Controller set to true. Found "
            f'"true" in references for {controllers[0].name} and {controllers[1].name}',
        )


_OWNER_FIELDS: Final = {"apiVersion": "version", "kind": "kind", "name": "name", "uid": "uid"}


def check_metadata_update(errors: FieldErrors, old: ObjectMeta, new: ObjectMeta) -> None:
    """What of the metadata never changes."""
    for field, before, after in (
        ("name", old.name, new.name),
        ("namespace", old.namespace, new.namespace),
        ("uid", old.uid, new.uid),
        ("creationTimestamp", old.creation_timestamp, new.creation_timestamp),
    ):
        if before != after:
            errors.invalid(f"metadata.{field}", after, IMMUTABLE)
    if old.deletion_timestamp:
        added = [name for name in new.finalizers if name not in old.finalizers]
        if added:
            errors.forbidden(
                "metadata.finalizers",
                "no new finalizers can be added if the object is being deleted, found new finalizers "
                f"[]string{{{', '.join(repr(name) for name in added)}}}".replace("'", '"'),
            )


def check_label_selector(errors: FieldErrors, field: str, selector: LabelSelector | None) -> bool:
    """Whether a selector can be used; what is wrong with it is told."""
    if selector is None:
        return True
    before = len(errors.causes)
    check_labels(errors, f"{field}.matchLabels", selector.match_labels)
    for index, one in enumerate(selector.match_expressions):
        here = f"{field}.matchExpressions[{index}]"
        check_requirement(errors, here, one, ("In", "NotIn", "Exists", "DoesNotExist"))
        errors.each(f"{here}.key", one.key, names.qualified_name(one.key, errors.release))
        if errors.modern:
            for place, value in enumerate(one.values):
                errors.each(f"{here}.values[{place}]", value, names.label_value(value, errors.release))
    return len(errors.causes) == before


def check_requirement(errors: FieldErrors, field: str, one: Any, operators: tuple[str, ...]) -> None:
    """An operator and as many values as it takes."""
    values = f"{field}.values"
    if one.operator not in operators:
        errors.invalid(f"{field}.operator", one.operator, "not a valid selector operator")
    elif one.operator in ("In", "NotIn"):
        if not one.values:
            errors.required(values, "must be specified when `operator` is 'In' or 'NotIn'")
    elif one.operator in ("Exists", "DoesNotExist"):
        if one.values:
            errors.forbidden(values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    elif len(one.values) != 1:
        errors.required(values, "must be specified single value when `operator` is 'Lt' or 'Gt'")
