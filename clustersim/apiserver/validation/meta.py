"""Validation of metadata, labels and label selectors (apimachinery pkg/api/validation/objectmeta.go)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from clustersim.api.meta import LabelSelector, ObjectMeta
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors

NameRule = Callable[[str, str], Sequence[str]]

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
    elif reasons := rule(metadata.name, release):
        errors.each("metadata.name", metadata.name, reasons)
    if namespaced and metadata.namespace:
        if reasons := names.dns_label(metadata.namespace, release):
            errors.each("metadata.namespace", metadata.namespace, reasons)
    elif metadata.namespace:
        errors.forbidden("metadata.namespace", "not allowed on this type")
    if metadata.labels:
        check_labels(errors, "metadata.labels", metadata.labels)
    if metadata.annotations:
        check_annotations(errors, metadata.annotations)
    if metadata.owner_references:
        _check_owners(errors, metadata)
    if metadata.finalizers:
        _check_finalizers(errors, metadata.finalizers)


def _check_finalizers(errors: FieldErrors, finalizers: tuple[str, ...]) -> None:
    for finalizer in finalizers:
        errors.each("metadata.finalizers", finalizer, names.qualified_name(finalizer, errors.release))
    if "orphan" in finalizers and "foregroundDeletion" in finalizers:
        why = "finalizer orphan and foregroundDeletion cannot be both set"
        errors.invalid("metadata.finalizers", finalizers, why)


def check_kube_finalizers(errors: FieldErrors, metadata: ObjectMeta) -> None:
    """Finalizers of the API's own kinds: one of Kubernetes' own, or with the domain of whose it is."""
    for index, finalizer in enumerate(metadata.finalizers):
        if "/" not in finalizer and finalizer not in STANDARD_FINALIZERS:
            why = "name is neither a standard finalizer name nor is it fully qualified"
            errors.invalid(f"metadata.finalizers[{index}]", finalizer, why)


STANDARD_FINALIZERS: Final = ("kubernetes", "orphan", "foregroundDeletion")


def check_labels(errors: FieldErrors, field: str, labels: Mapping[str, str]) -> None:
    """Keys and values."""
    for key, value in labels.items():
        errors.each(field, key, names.qualified_name(key, errors.release))
        errors.each(field, value, names.label_value(value, errors.release))


def check_annotations(
    errors: FieldErrors, annotations: Mapping[str, str], field: str = "metadata.annotations"
) -> None:
    """Keys, and the size of it all."""
    for key in annotations:
        errors.each(field, key, names.qualified_name(key.lower(), errors.release))
    if _size(annotations) > MAX_ANNOTATIONS:
        errors.too_long(field, MAX_ANNOTATIONS)


def _size(annotations: Mapping[str, str]) -> int:
    return sum(map(len, annotations)) + sum(map(len, annotations.values()))


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


def is_alike(old: ObjectMeta, new: ObjectMeta) -> bool:
    """Whether nothing has changed that could be wrong; most writes change an annotation at most."""
    return (
        old.labels == new.labels
        and old.owner_references is new.owner_references
        and old.finalizers is new.finalizers
        and old.annotations.keys() == new.annotations.keys()
        and _size(new.annotations) <= MAX_ANNOTATIONS
    )


def check_metadata_change(errors: FieldErrors, old: ObjectMeta, new: ObjectMeta) -> None:
    """What of the metadata has changed; name, namespace and uid cannot."""
    if new.labels != old.labels:
        check_labels(errors, "metadata.labels", new.labels)
    if new.annotations.keys() != old.annotations.keys() or _size(new.annotations) > MAX_ANNOTATIONS:
        check_annotations(errors, new.annotations)
    if new.owner_references != old.owner_references:
        _check_owners(errors, new)
    if new.finalizers == old.finalizers:
        return
    _check_finalizers(errors, new.finalizers)
    added = [name for name in new.finalizers if name not in old.finalizers]
    if old.deletion_timestamp and added:
        shown = ", ".join(f'"{name}"' for name in added)
        errors.forbidden(
            "metadata.finalizers",
            "no new finalizers can be added if the object is being deleted, found new finalizers "
            f"[]string{{{shown}}}",
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
