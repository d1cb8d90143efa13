"""Validation of whole objects when they are created and changed; what is wrong is raised as one ApiError."""

from collections.abc import Callable
from typing import Any

from clustersim.api.apps import DaemonSet, Deployment, ReplicaSet
from clustersim.api.core.pod import Pod
from clustersim.api.meta import ApiObject
from clustersim.api.registry import resource_of
from clustersim.apiserver.validation import pods, workloads
from clustersim.apiserver.validation.counted_status import check_counts
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.meta import (
    check_kube_finalizers,
    check_metadata,
    check_metadata_change,
    is_alike,
)
from clustersim.apiserver.validation.pod_annotations import check_annotations_kept
from clustersim.apiserver.validation.signing_requests import check_approval
from clustersim.apiserver.validation.statuses import CHECKS
from clustersim.apiserver.validation.table import rules_of

FIXED_SELECTORS = ("apps/v1", "apps/v1beta2")
"""Versions through which a selector stays as it was made."""


def qualified_kind(obj: ApiObject, release: str) -> str:
    """A kind as messages name it: "Pod", "Deployment.extensions"."""
    resource = resource_of(obj)
    group = resource.group_in(release)
    return f"{resource.kind}.{group}" if group else resource.kind


def validate_create(obj: Any, release: str) -> None:
    """Raises ApiError (422)."""
    errors, rules = FieldErrors(release), rules_of(obj)
    check_metadata(errors, obj.metadata, rules.name, namespaced=resource_of(obj).namespaced)
    if obj.metadata.finalizers:
        check_kube_finalizers(errors, obj.metadata)
    check = rules.create or rules.check
    if check is not None:
        check(errors, obj)
    if errors.causes:
        errors.refuse(qualified_kind(obj, release), obj.metadata.name)


def validate_update(old: Any, new: Any, release: str, api_version: str) -> None:
    """Raises ApiError (422)."""
    same = _same_content(old, new)
    if same and is_alike(old.metadata, new.metadata):
        return
    errors, rules = FieldErrors(release), rules_of(new)
    check_metadata_change(errors, old.metadata, new.metadata)
    if new.metadata.finalizers != old.metadata.finalizers:
        check_kube_finalizers(errors, new.metadata)
    if isinstance(new, Pod):
        check_annotations_kept(errors, old.metadata.annotations, new.metadata.annotations, new.spec)
    if not same:
        if rules.compare is not None:
            rules.compare(errors, old, new)
        if rules.check is not None:
            rules.check(errors, new)
        version = api_version or resource_of(new).version_in(release)
        if version in FIXED_SELECTORS and isinstance(new, Deployment | ReplicaSet | DaemonSet):
            workloads.check_selector_kept(errors, old, new)
    if errors:
        errors.refuse(qualified_kind(new, release), new.metadata.name)


def validate_part(old: Pod, new: Pod, release: str, check: Callable[[FieldErrors, Pod, Pod], None]) -> None:
    """A pod of which only one part may have changed. Raises ApiError (422)."""
    errors = FieldErrors(release)
    pods.check_pod(errors, new)
    check(errors, old, new)
    if errors:
        errors.refuse(qualified_kind(new, release), new.metadata.name)


def _same_content(old: Any, new: Any) -> bool:
    for name in new.__struct_fields__:
        if name != "metadata" and getattr(old, name) is not getattr(new, name):
            return False
    return True


def validate_status(old: Any, new: Any, release: str, subresource: str = "status") -> None:
    """A new status, or a verdict. Raises ApiError (422)."""
    errors = FieldErrors(release)
    if new.metadata is not old.metadata and not is_alike(old.metadata, new.metadata):
        check_metadata_change(errors, old.metadata, new.metadata)
    check = CHECKS.get(type(new), check_counts) if subresource != "approval" else check_approval
    check(errors, old, new)
    if errors:
        errors.refuse(qualified_kind(new, release), new.metadata.name)
