"""Validation of what is reported of a pod.

Source: v1.36.2 pkg/apis/core/validation/validation.go ValidatePodStatusUpdate. The older releases look at its
metadata alone.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from clustersim.api.container_restarts import restarts
from clustersim.api.core.container import Container
from clustersim.api.core.pod import Pod
from clustersim.api.core.pod_status import (
    ContainerStatus,
    PodStatus,
    ResourceHealth,
    ResourceStatus,
)
from clustersim.api.quantity import parse_quantity
from clustersim.apiserver.validation import ips, names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors

_OF_CONTAINERS: Final = (
    ("container_statuses", "status.containerStatuses"),
    ("init_container_statuses", "status.initContainerStatuses"),
    ("ephemeral_container_statuses", "status.ephemeralContainerStatuses"),
)
_OWN_CONDITIONS: Final = ("PodScheduled", "Ready", "Initialized")
_HEALTHS: Final = ("Healthy", "Unhealthy", "Unknown")
_LONGEST_MESSAGE: Final = 1024
_HIGHEST_ID: Final = 2**31 - 1
_WITH_ALL: Final = "RestartAllContainers"
_NOT_NEGATIVE: Final = "must be a non-negative integer"


def check_pod_status(errors: FieldErrors, old: Pod, new: Pod) -> None:
    """The pod with its new status."""
    before, after = old.status, new.status
    for index, condition in enumerate(after.conditions):
        here = f"status.conditions[{index}]"
        if condition.observed_generation < 0:
            errors.invalid(f"{here}.observedGeneration", condition.observed_generation, _NOT_NEGATIVE)
        if condition.type not in _OWN_CONDITIONS:
            reasons = names.qualified_name(condition.type, errors.release)
            errors.each(f"{here}.Type", condition.type, reasons)
    _check_nomination(errors, old, after)
    if after.observed_generation < 0:
        errors.invalid("status.observedGeneration", after.observed_generation, _NOT_NEGATIVE)
    if after.qos_class != before.qos_class:
        errors.invalid("status.qosClass", after.qos_class, IMMUTABLE)
    _check_transitions(errors, old, after)
    if after.resource_claim_statuses or after.extended_resource_claim_status is not None:
        _check_claims(errors, new)
    if after.node_allocatable_resource_claim_statuses:
        _check_allocatable(errors, new)
    _check_addresses(errors, before, after)
    _check_reports(errors, new)


def _check_nomination(errors: FieldErrors, old: Pod, after: PodStatus) -> None:
    named = after.nominated_node_name
    if not named or named == old.status.nominated_node_name:
        return
    errors.each("status.nominatedNodeName", named, names.dns_subdomain(named, errors.release))
    if old.spec.node_name:
        why = "may not be set on pods that are already bound to a node"
        errors.forbidden("status.nominatedNodeName", why)


def _check_transitions(errors: FieldErrors, old: Pod, after: PodStatus) -> None:
    """What has ended for good does not run again."""
    rules = (
        rule for one in (*old.spec.containers, *old.spec.init_containers) for rule in one.restart_policy_rules
    )
    with_all = any(rule.action == _WITH_ALL for rule in rules)
    for name, field in _OF_CONTAINERS:
        ephemeral = name.startswith("ephemeral")
        if with_all and not ephemeral:
            continue
        now: Sequence[ContainerStatus] = getattr(after, name)
        for index, status in enumerate(getattr(old.status, name)):
            ended = status.state.terminated
            if ended is None:
                continue
            runs = any(one.name == status.name and one.state.terminated is None for one in now)
            if runs and (ephemeral or not _may_restart(old, name, status.name, ended.exit_code)):
                errors.forbidden(f"{field}[{index}].state", "may not be transitioned to non-terminated state")


def _may_restart(pod: Pod, statuses: str, name: str, exit_code: int) -> bool:
    """A container that the pod does not have stays as it ended."""
    known = pod.spec.init_containers if statuses.startswith("init") else pod.spec.containers
    return any(one.name == name for one in known) and restarts(pod, name, exit_code)


def _check_claims(errors: FieldErrors, new: Pod) -> None:
    known, seen = {one.name for one in new.spec.resource_claims}, set[str]()
    for index, status in enumerate(new.status.resource_claim_statuses):
        here = f"status.resourceClaimStatuses[{index}]"
        if status.name not in known:
            why = "must match the name of an entry in `spec.resourceClaims`"
            errors.invalid(f"{here}.name", status.name, why)
        if status.name in seen:
            errors.duplicate(f"{here}.name", status.name)
        seen.add(status.name)
        if claim := status.resource_claim_name:
            errors.each(f"{here}.resourceClaimName", claim, names.dns_subdomain(claim, errors.release))
    _check_extended(errors, "status.extendedResourceClaimStatus", new)


def _check_extended(errors: FieldErrors, field: str, new: Pod) -> None:
    status = new.status.extended_resource_claim_status
    if status is None:
        return
    known = {one.name: one for one in (*new.spec.init_containers, *new.spec.containers)}
    if not status.request_mappings:
        errors.required(f"{field}.requestMappings", "at least one request mapping is required")
    seen: list[Any] = []
    for index, one in enumerate(status.request_mappings):
        here, container = f"{field}.requestMappings[{index}]", known.get(one.container_name)
        if container is None:
            why = "must match the name of an entry in spec.initContainers.name or spec.containers.name"
            errors.invalid(f"{here}.containerName", one.container_name, why)
        elif one.resource_name not in container.resources.requests:
            why = (
                "must match the extended resource name of an entry in spec.initContainers.resources.requests "
                "or spec.containers.resources.requests"
            )
            errors.invalid(f"{here}.resourceName", one.resource_name, why)
        reasons = names.dns_label(one.request_name, errors.release)
        errors.each(f"{field}.requestName", one.request_name, reasons)
        if one in seen:
            errors.duplicate(f"{here}.containerName", one.container_name)
            errors.duplicate(f"{here}.resourceName", one.resource_name)
            errors.duplicate(f"{here}.requestName", one.request_name)
        seen.append(one)
    if not (claim := status.resource_claim_name):
        errors.required(f"{field}.resourceClaimName")
    else:
        errors.each(f"{field}.resourceClaimName", claim, names.dns_subdomain(claim, errors.release))


def _check_allocatable(errors: FieldErrors, new: Pod) -> None:
    claims = {one.resource_claim_name for one in new.spec.resource_claims}
    claims |= {one.resource_claim_name for one in new.status.resource_claim_statuses}
    for index, status in enumerate(new.status.node_allocatable_resource_claim_statuses):
        here = f"status.nodeAllocatableResourceClaimStatuses[{index}]"
        if not status.resource_claim_name:
            errors.required(f"{here}.resourceClaimName", "must not be empty")
        if status.resource_claim_name not in claims - {""}:
            why = "no mapping found in pod reference"
            errors.invalid(f"{here}.resourceClaimName", status.resource_claim_name, why)
        if not status.containers:
            errors.required(f"{here}.containers", "must not be empty")
        if not status.resources:
            errors.required(f"{here}.resources", "must not be empty")
        for name, amount in status.resources.items():
            if "/" in name and name.partition("/")[0] != "kubernetes.io":
                errors.invalid(f"{here}.resources[{name}]", name, "must be a node allocatable resource name")
            if parse_quantity(amount).nanos < 0:
                errors.invalid(f"{here}.resources[{name}]", amount, "must be non-negative")


def _check_addresses(errors: FieldErrors, before: PodStatus, after: PodStatus) -> None:
    """Those of the pod and of its node: one of each family; what is wrong already may stay."""
    if after.host_ips and after.host_ip != after.host_ips[0].ip:
        errors.invalid("status.hostIPs[0].ip", after.host_ips[0].ip, "must be equal to `hostIP`")
    of_pod = [one.ip for one in before.pod_ips], [one.ip for one in after.pod_ips]
    of_node = [one.ip for one in before.host_ips], [one.ip for one in after.host_ips]
    for field, shown, (were, are) in (
        ("status.podIPs", after.pod_ips, of_pod),
        ("status.hostIPs", after.host_ips, of_node),
    ):
        if were == are:
            continue
        for index, ip in enumerate(are):
            if ip not in were:
                errors.each(f"{field}[{index}]", ip, ips.ip_address(ip, errors.release))
        if len(are) > 1 and _has_families_twice(are):
            errors.invalid(field, shown, "may specify no more than one IP for each IP family")


def _has_families_twice(addresses: Sequence[str]) -> bool:
    families = {found.version for ip in addresses if (found := ips.sloppy(ip)) is not None}
    return len(addresses) > len(families)


def _check_reports(errors: FieldErrors, new: Pod) -> None:
    """What is said of each container beside its state."""
    system = new.spec.os.name if new.spec.os is not None else "linux"
    for name, field in _OF_CONTAINERS:
        statuses: Sequence[ContainerStatus] = getattr(new.status, name)
        for index, status in enumerate(statuses):
            if status.user is not None and status.user.linux is not None:
                _check_user(errors, f"{field}[{index}].user.linux", status, system)
            if status.allocated_resources_status and name.startswith("ephemeral"):
                why = "must not be specified in container status"
                errors.forbidden(f"{field}[{index}].allocatedResourcesStatus", why)
            elif status.allocated_resources_status:
                specs = new.spec.init_containers if name.startswith("init") else new.spec.containers
                spec = next((one for one in specs if one.name == status.name), None)
                for at, one in enumerate(status.allocated_resources_status):
                    _check_health(errors, f"{field}[{index}].allocatedResourcesStatus[{at}]", one, spec)


def _check_user(errors: FieldErrors, field: str, status: ContainerStatus, system: str) -> None:
    user = status.user.linux if status.user is not None else None
    if user is None:
        return
    if system == "windows":
        errors.forbidden(field, "cannot be set for a windows pod")
    elif system == "linux":
        errors.within(f"{field}.uid", user.uid, 0, _HIGHEST_ID)
        errors.within(f"{field}.gid", user.gid, 0, _HIGHEST_ID)
        for index, group in enumerate(user.supplemental_groups):
            errors.within(f"{field}.supplementalGroups[{index}]", group, 0, _HIGHEST_ID)


def _check_health(errors: FieldErrors, field: str, status: ResourceStatus, spec: Container | None) -> None:
    if spec is not None and status.name not in _given(spec):
        why = "must match one of the container's resource requests"
        if status.name.startswith("claim:"):
            why = (
                "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' "
                "or 'claim:<claimName>' if request is empty"
            )
        errors.invalid(f"{field}.name", status.name, why)
    seen: set[str] = set()
    for index, one in enumerate(status.resources):
        _check_device(errors, f"{field}.resources[{index}]", one)
        if one.resource_id in seen:
            errors.duplicate(f"{field}.resources[{index}].resourceID", one.resource_id)
        seen.add(one.resource_id)


def _given(spec: Container) -> Iterator[str]:
    yield from spec.resources.requests
    for one in spec.resources.claims:
        yield f"claim:{one.name}/{one.request}" if one.request else f"claim:{one.name}"


def _check_device(errors: FieldErrors, field: str, one: ResourceHealth) -> None:
    if one.health not in _HEALTHS:
        errors.unsupported(f"{field}.health", one.health, _HEALTHS)
    if len(one.message.encode()) > _LONGEST_MESSAGE:
        errors.too_long(f"{field}.message", _LONGEST_MESSAGE)
