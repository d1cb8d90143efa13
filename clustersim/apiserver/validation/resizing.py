"""Validation of a pod's new size: what of it may change, and what may not (v1.36.2
pkg/apis/core/validation ValidatePodResize)."""

from typing import Final

from clustersim.api.core.container import Container, ResourceRequirements
from clustersim.api.core.pod import Pod
from clustersim.api.meta import replace
from clustersim.api.mirrors import MIRROR
from clustersim.api.quality import qos_class
from clustersim.apiserver.validation.errors import FieldErrors

SIZES: Final = ("cpu", "memory")
_ONLY_SIZES: Final = "only cpu and memory resources are mutable"


def check_resized(errors: FieldErrors, old: Pod, new: Pod) -> None:
    """Sizes of containers may change, except for the class that they make of the pod."""
    if MIRROR in old.metadata.annotations:
        errors.causes.clear()
        errors.forbidden("", "static pods cannot be resized")
        return
    if old.spec.os is not None and old.spec.os.name == "windows":
        errors.causes.clear()
        errors.forbidden("", "windows pods cannot be resized")
        return
    if qos_class(new.spec, today=True) != old.status.qos_class:
        why = "Pod QOS Class may not change as a result of resizing"
        errors.invalid("spec", new.status.qos_class, why)
    before = len(errors.causes)
    _check_order(errors, "containers", old.spec.containers, new.spec.containers)
    _check_order(errors, "initContainers", old.spec.init_containers, new.spec.init_containers)
    if len(errors.causes) > before:
        return
    for index, (one, other) in enumerate(
        zip(old.spec.init_containers, new.spec.init_containers, strict=True)
    ):
        here = f"spec.initContainers[{index}]"
        _check_kept(errors, here, one.resources, other.resources)
        if _with_sizes_of(other, one) != one:
            why = "only cpu and memory resources for init or sidecar containers are mutable"
            errors.forbidden(here, why)
        restarts = any(policy.restart_policy == "RestartContainer" for policy in other.resize_policy)
        if one != other and one.restart_policy != "Always" and restarts:
            why = "non-sidecar init containers with a resize policy of RestartContainer cannot be resized"
            errors.forbidden(here, why)
    for index, (one, other) in enumerate(zip(old.spec.containers, new.spec.containers, strict=True)):
        _check_kept(errors, f"spec.containers[{index}]", one.resources, other.resources)
        if _with_sizes_of(other, one) != one:
            errors.forbidden("spec", _ONLY_SIZES)


def _check_order(
    errors: FieldErrors, name: str, old: tuple[Container, ...], new: tuple[Container, ...]
) -> None:
    if len(old) != len(new):
        errors.forbidden(f"spec.{name}", f"{name} may not be added or removed on resize")
        return
    for index, (one, other) in enumerate(zip(old, new, strict=True)):
        if one.name != other.name:
            why = f"{name} may not be renamed or reordered on resize"
            errors.forbidden(f"spec.{name}[{index}].name", why)


def _check_kept(
    errors: FieldErrors, field: str, old: ResourceRequirements, new: ResourceRequirements
) -> None:
    for name, before, after in (
        ("requests", old.requests, new.requests),
        ("limits", old.limits, new.limits),
    ):
        if not before.keys() <= after.keys():
            errors.forbidden(f"{field}.resources.{name}", f"resource {name} cannot be removed")


def _with_sizes_of(container: Container, old: Container) -> Container:
    """The container with the CPU and the memory that it had."""
    requests = _sizes(container.resources.requests, old.resources.requests)
    limits = _sizes(container.resources.limits, old.resources.limits)
    resources = replace(old.resources, requests=requests, limits=limits)
    kept: Container = replace(container, resources=resources, resize_policy=old.resize_policy)
    return kept


def _sizes(new: dict[str, str], old: dict[str, str]) -> dict[str, str]:
    return {
        **{name: amount for name, amount in new.items() if name not in SIZES},
        **{name: amount for name, amount in old.items() if name in SIZES},
    }
