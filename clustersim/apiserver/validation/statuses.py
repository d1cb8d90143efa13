"""Validation of what is reported of claims, quotas, namespaces, Ingresses, nodes and definitions.

Sources: v1.36.2 pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimStatusUpdate,
ValidateNamespaceStatusUpdate, ValidateResourceQuotaStatusUpdate), pkg/apis/networking/validation,
apiextensions-apiserver pkg/apis/apiextensions/validation; v1.7.5 and v1.8.0 the same of what they know.
"""

from collections.abc import Callable
from typing import Any, Final

from clustersim.api import batch, networking
from clustersim.api import core_v1 as v1
from clustersim.api.certificates import CertificateSigningRequest
from clustersim.api.definitions import CustomResourceDefinition
from clustersim.api.kept import ValidatingAdmissionPolicy
from clustersim.api.meta import ApiObject
from clustersim.api.policy import PodDisruptionBudget
from clustersim.api.quantity import parse_quantity
from clustersim.apiserver.validation import names, nodes
from clustersim.apiserver.validation.balancer_status import check_answers, check_balancer_status
from clustersim.apiserver.validation.conditions import check_budget_status, check_policy_status
from clustersim.apiserver.validation.definitions import check_names
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.job_status import check_job_status
from clustersim.apiserver.validation.pod_status import check_pod_status
from clustersim.apiserver.validation.resources import check_quantity, check_quota_resource
from clustersim.apiserver.validation.signing_requests import check_signing_status

_RESIZES: Final = (
    "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress",
    "NodeResizeInfeasible", "NodeResizePending",
)  # fmt: skip
_WHOLE: Final = 10**9


def _check_claim(errors: FieldErrors, _old: v1.PersistentVolumeClaim, new: v1.PersistentVolumeClaim) -> None:
    status = new.status
    for name, amount in status.capacity.items():
        _check_basic(errors, f"status.capacity[{name}]", amount)
    if not errors.modern:
        if errors.release == "v1.8" and status.conditions:
            errors.forbidden("status.conditions", "invalid field")
        return
    for name, resize in status.allocated_resource_statuses.items():
        _check_claimed(errors, "status.allocatedResourceStatuses", name)
        if resize not in _RESIZES:
            errors.unsupported("status.allocatedResourceStatuses", name, _RESIZES)
    for name, amount in status.allocated_resources.items():
        if _check_claimed(errors, "status.allocatedResources", name):
            here = f"status.allocatedResources[{name}]"
            if _check_basic(errors, here, amount):
                check_quantity(errors, here, "storage", amount)


def _check_basic(errors: FieldErrors, field: str, amount: str) -> bool:
    nanos = parse_quantity(amount).nanos
    if nanos <= -_WHOLE:  # It is rounded up before.
        errors.invalid(field, nanos // _WHOLE, "must be a valid resource quantity")
    return nanos > -_WHOLE


def _check_claimed(errors: FieldErrors, field: str, name: str) -> bool:
    reasons = names.qualified_name(name, errors.release)
    errors.each(field, name, reasons)
    native = "/" not in name or name.partition("/")[0] == "kubernetes.io"
    if not reasons and native and name != "storage":
        errors.unsupported(field, name, ("storage",))
        return False
    return not reasons


def _check_namespace(errors: FieldErrors, _old: v1.Namespace, new: v1.Namespace) -> None:
    phase, goes = new.status.phase, bool(new.metadata.deletion_timestamp)
    wanted = "Terminating" if goes else "Active"
    if phase != wanted:
        told = "is not empty" if goes else "is empty"
        errors.invalid("status.Phase", phase, f"may only be '{wanted}' if `deletionTimestamp` {told}")


def _check_quota(errors: FieldErrors, _old: v1.ResourceQuota, new: v1.ResourceQuota) -> None:
    for part, amounts in (("hard", new.status.hard), ("used", new.status.used)):
        for name, amount in amounts.items():
            check_quota_resource(errors, f"status.{part}[{name}]", name)
            check_quantity(errors, f"status.{part}[{name}]", name, amount)


def _check_ingress(errors: FieldErrors, old: networking.Ingress, new: networking.Ingress) -> None:
    known = {one.ip for one in old.status.load_balancer.ingress}
    check_answers(errors, new.status.load_balancer.ingress, known)


def _check_node(errors: FieldErrors, old: v1.Node, new: v1.Node) -> None:
    before, after = old.status, new.status
    if (
        before.capacity is not after.capacity
        or before.allocatable is not after.allocatable
        or before.addresses is not after.addresses
    ):
        nodes.check_node_status(errors, new)


def _check_definition(
    errors: FieldErrors, _old: CustomResourceDefinition, new: CustomResourceDefinition
) -> None:
    check_names(errors, "status.acceptedNames", new.status.accepted_names)


def _check_pod(errors: FieldErrors, old: v1.Pod, new: v1.Pod) -> None:
    if errors.modern:
        check_pod_status(errors, old, new)


CHECKS: Final[dict[type[ApiObject], Callable[[FieldErrors, Any, Any], None]]] = {
    batch.Job: check_job_status,
    CertificateSigningRequest: check_signing_status,
    CustomResourceDefinition: _check_definition,
    networking.Ingress: _check_ingress,
    PodDisruptionBudget: check_budget_status,
    ValidatingAdmissionPolicy: check_policy_status,
    v1.Namespace: _check_namespace,
    v1.Node: _check_node,
    v1.PersistentVolumeClaim: _check_claim,
    v1.Pod: _check_pod,
    v1.ResourceQuota: _check_quota,
    v1.Service: check_balancer_status,
}
"""By kind, what is looked at; of others their counts."""
