"""Validation of RuntimeClasses (pkg/apis/node/validation/validation.go)."""

from typing import Any

from clustersim.api.kept import RuntimeClass, mapping, text
from clustersim.api.quantity import QuantityError
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.meta import check_labels
from clustersim.apiserver.validation.resources import CONTAINER_RESOURCES, check_name, check_quantity


def check_runtime_class(errors: FieldErrors, runtime: RuntimeClass) -> None:
    """The handler, the resources of its overhead, and the labels of its nodes."""
    if not runtime.handler:
        errors.required("handler")
    else:
        errors.each("handler", runtime.handler, names.dns_label(runtime.handler, errors.release))
    for key, value in mapping(mapping(runtime.overhead).get("podFixed")).items():
        field = f"overhead.limits[{key}]"
        check_name(errors, field, key, CONTAINER_RESOURCES, "must be a standard resource for containers")
        try:
            check_quantity(errors, field, key, str(value))
        except QuantityError:
            continue
    check_labels(errors, "scheduling.nodeSelector", _texts(mapping(runtime.scheduling).get("nodeSelector")))


def _texts(given: Any) -> dict[str, str]:
    return {key: text(value) for key, value in mapping(given).items()}


def check_runtime_class_update(errors: FieldErrors, old: RuntimeClass, new: RuntimeClass) -> None:
    """The handler cannot be changed."""
    if old.handler != new.handler:
        errors.invalid("handler", new.handler, IMMUTABLE)
