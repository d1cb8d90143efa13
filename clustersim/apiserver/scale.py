"""The subresource scale: how many pods are wanted and how many there are, the same for all workloads."""

from typing import Any

from clustersim.api.autoscaling import Scale, ScaleSpec, ScaleStatus
from clustersim.api.errors import ApiError
from clustersim.api.meta import LabelSelector, ObjectMeta, replace
from clustersim.apiserver.traits import TRAITS
from clustersim.apiserver.validation.errors import FieldErrors


def scale_of(obj: Any, release: str) -> Scale:
    """The Scale of a workload. Raises ApiError (404) for what cannot be scaled."""
    if not hasattr(obj.spec, "replicas"):
        raise ApiError(404, "NotFound", "the server could not find the requested resource")
    metadata, selector = obj.metadata, obj.spec.selector
    labels = selector.match_labels if isinstance(selector, LabelSelector) else selector
    text = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    as_map = TRAITS[release].selector_as_map and isinstance(selector, LabelSelector)
    shown = labels if as_map else text
    return Scale(
        metadata=scale_metadata(metadata),
        spec=ScaleSpec(replicas=obj.spec.replicas),
        status=ScaleStatus(replicas=obj.status.replicas, selector=shown),
    )


def scale_metadata(metadata: ObjectMeta) -> ObjectMeta:
    """What a Scale tells of the object that it is of."""
    return ObjectMeta(
        name=metadata.name,
        namespace=metadata.namespace,
        uid=metadata.uid,
        resource_version=metadata.resource_version,
        creation_timestamp=metadata.creation_timestamp,
    )


def wanted_replicas(wanted: Scale, name: str, release: str) -> int:
    """The number that a Scale asks for. Raises ApiError (422)."""
    errors = FieldErrors(release)
    errors.not_negative("spec.replicas", wanted.spec.replicas)
    errors.refuse("Scale.autoscaling", name)
    return wanted.spec.replicas


def scaled(obj: Any, wanted: Scale, release: str) -> Any:
    """The workload with the number of pods that a Scale asks for. Raises ApiError (404, 422)."""
    if not hasattr(obj.spec, "replicas"):
        raise ApiError(404, "NotFound", "the server could not find the requested resource")
    replicas = wanted_replicas(wanted, obj.metadata.name, release)
    return replace(
        obj,
        metadata=replace(obj.metadata, resource_version=wanted.metadata.resource_version),
        spec=replace(obj.spec, replicas=replicas),
    )
