"""Validation of Node and Namespace."""

from clustersim.api.core.namespace import Namespace
from clustersim.api.core.node import Node
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.ips import ip_range
from clustersim.apiserver.validation.meta import STANDARD_FINALIZERS
from clustersim.apiserver.validation.placement import EFFECTS
from clustersim.apiserver.validation.resources import check_capacity


def check_node(errors: FieldErrors, node: Node) -> None:
    """Its taints, and what it says it has."""
    seen: list[tuple[str, str]] = []
    for index, taint in enumerate(node.spec.taints):
        field = f"metadata.taints[{index}]"
        errors.each(f"{field}.key", taint.key, names.qualified_name(taint.key, errors.release))
        errors.each(f"{field}.value", taint.value, names.label_value(taint.value, errors.release))
        errors.one_of(f"{field}.effect", taint.effect, EFFECTS)
        if (taint.key, taint.effect) in seen:
            why = "taints must be unique by key and effect pair" if errors.modern else ""
            errors.duplicate(field, taint, why)
        seen.append((taint.key, taint.effect))
    check_node_status(errors, node)
    ranges = node.spec.pod_cidrs if errors.modern else ()
    if errors.modern and not ranges and node.spec.pod_cidr:
        ranges = (node.spec.pod_cidr,)
    for index, one in enumerate(ranges):
        errors.each(f"spec.podCIDRs[{index}]", one, ip_range(one))
    if len(ranges) > len({":" in one for one in ranges}):
        errors.invalid("spec.podCIDRs", ranges, "may specify no more than one CIDR for each IP family")


def check_node_status(errors: FieldErrors, node: Node) -> None:
    """What it says it has, and where it is."""
    check_capacity(errors, "status.capacity", node.status.capacity)
    check_capacity(errors, "status.allocatable", node.status.allocatable)
    seen: list[tuple[str, str]] = []
    for index, address in enumerate(node.status.addresses):
        if (address.type, address.address) in seen:
            errors.duplicate(f"status.addresses[{index}]", address)
        seen.append((address.type, address.address))


def check_node_update(errors: FieldErrors, old: Node, new: Node) -> None:
    """The address range of a node and what its cloud calls it stay once they are known; of the rest of its
    spec only taints and whether pods may come are changed (ValidateNodeUpdate, whose path for the whole is
    printed as [])."""
    before, after = old.spec, new.spec
    if changed := bool(before.pod_cidr) and before.pod_cidr != after.pod_cidr:
        field = "spec.podCIDRs" if errors.modern else "spec.podCIDR"
        errors.forbidden(field, 'node updates may not change podCIDR except from "" to valid')
    if before.provider_id and before.provider_id != after.provider_id:
        changed = True
        if errors.modern:
            told = 'node updates may not change providerID except from "" to valid'
            errors.forbidden("spec.providerID", told)
    if errors.modern:
        if before.external_id != after.external_id:
            errors.forbidden("spec.externalID", "may not be updated")
    elif changed or before.external_id != after.external_id:
        why = "node updates may only change labels, taints, or capacity"
        gate = " (or configSource, if the DynamicKubeletConfig feature gate is enabled)"
        errors.forbidden("[]", f"{why}{gate}" if errors.release == "v1.8" else why)


def check_namespace(errors: FieldErrors, namespace: Namespace) -> None:
    """Its finalizers are names."""
    for finalizer in namespace.spec.finalizers:
        errors.each("spec.finalizers", finalizer, names.qualified_name(finalizer, errors.release))
        if "/" not in finalizer and finalizer not in STANDARD_FINALIZERS:
            why = "name is neither a standard finalizer name nor is it fully qualified"
            errors.invalid("spec.finalizers", finalizer, why)
