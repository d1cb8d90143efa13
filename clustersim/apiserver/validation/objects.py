"""Validation of whole objects when they are created and changed; what is wrong is raised as one ApiError."""

from collections.abc import Callable
from typing import Any

from clustersim.api.apps import DaemonSet, Deployment, ReplicaSet
from clustersim.api.batch import Job
from clustersim.api.core.node import Node, NodeStatus
from clustersim.api.core.pod import Pod
from clustersim.api.core.service import Service
from clustersim.api.meta import ApiObject
from clustersim.api.registry import resource_of
from clustersim.apiserver.validation import nodes, pods, workloads
from clustersim.apiserver.validation.balancer_status import check_balancer_status
from clustersim.apiserver.validation.counted_status import check_counts
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.job_status import check_job_status
from clustersim.apiserver.validation.meta import (
    check_kube_finalizers,
    check_metadata,
    check_metadata_change,
    is_alike,
)
from clustersim.apiserver.validation.pod_annotations import check_annotations_kept
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


def validate_status(old: Any, new: Any, release: str) -> None:
    """A new status: of nodes what they say they have, of Jobs how they end, of Services where their balancers
    answer, of workloads what is counted.
    Raises ApiError (422)."""
    if isinstance(new, Pod):
        return  # Nothing of it is judged.
    errors = FieldErrors(release)
    if isinstance(new, Job):
        check_job_status(errors, old, new)
    elif isinstance(new, Node) and _has_other_resources(old.status, new.status):
        nodes.check_node_status(errors, new)
    elif isinstance(new, Service):
        check_balancer_status(errors, old, new)
    else:
        check_counts(errors, old, new)
    if errors:
        errors.refuse(qualified_kind(new, release), new.metadata.name)


def _has_other_resources(before: NodeStatus, after: NodeStatus) -> bool:
    return (
        before.capacity is not after.capacity
        or before.allocatable is not after.allocatable
        or before.addresses is not after.addresses
    )
