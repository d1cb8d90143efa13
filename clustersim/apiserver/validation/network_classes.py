"""Validation of IngressClass, ServiceCIDR and IPAddress (v1.36.2 pkg/apis/networking/validation)."""

from typing import Any, Final

from clustersim.api.kept import IPAddress, ServiceCIDR, listing, mapping, text
from clustersim.api.networking import IngressClass
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.ips import canonical_range

LONGEST_CONTROLLER: Final = 250
SCOPES: Final = ("Cluster", "Namespace")
MOST_RANGES: Final = 2


def check_ingress_class(errors: FieldErrors, found: IngressClass) -> None:
    """Who implements it, and with which parameters."""
    controller = found.spec.controller
    if len(controller) > LONGEST_CONTROLLER:
        errors.too_long("spec.controller", LONGEST_CONTROLLER)
    if not controller:
        errors.required("spec.controller")
    else:
        for part, why in names.domain_prefixed_path(controller, errors.release):
            errors.invalid("spec.controller", part, why)
    if found.spec.parameters is not None:
        _check_parameters(errors, "spec.parameters", found.spec.parameters)


def _check_parameters(errors: FieldErrors, field: str, given: Any) -> None:
    if given.api_group:
        errors.each(
            f"{field}.apiGroup", given.api_group, names.dns_subdomain(given.api_group, errors.release)
        )
    for name, value in (("kind", given.kind), ("name", given.name)):
        _check_segment(errors, f"{field}.{name}", value)
    errors.one_of(f"{field}.scope", given.scope, SCOPES)
    if given.scope == "Namespace":
        if not given.namespace:
            errors.required(f"{field}.namespace", "`parameters.scope` is set to 'Namespace'")
        else:
            reasons = names.dns_label(given.namespace, errors.release)
            errors.each(f"{field}.namespace", given.namespace, reasons)
    if given.scope == "Cluster" and given.namespace:
        errors.forbidden(f"{field}.namespace", "`parameters.scope` is set to 'Cluster'")


def _check_segment(errors: FieldErrors, field: str, value: str) -> None:
    if not value:
        errors.required(field)
    else:
        errors.each(field, value, names.path_segment(value, errors.release))


def check_ingress_class_update(errors: FieldErrors, old: IngressClass, new: IngressClass) -> None:
    """Its controller stays."""
    if old.spec.controller != new.spec.controller:
        errors.invalid("spec.controller", new.spec.controller, IMMUTABLE)


def check_ip_address(errors: FieldErrors, found: IPAddress) -> None:
    """Whose address it is."""
    parent = mapping(found.spec).get("parentRef")
    if parent is None:
        errors.required("spec.parentRef")
        return
    told, field = mapping(parent), "spec.parentRef"
    if group := text(told.get("group")):
        errors.each(f"{field}.group", group, names.dns_subdomain(group, errors.release))
    for name in ("resource", "name"):
        _check_segment(errors, f"{field}.{name}", text(told.get(name)))
    if namespace := text(told.get("namespace")):
        _check_segment(errors, f"{field}.namespace", namespace)


def check_ip_address_update(errors: FieldErrors, old: IPAddress, new: IPAddress) -> None:
    """It stays whose it is."""
    parent = mapping(new.spec).get("parentRef")
    if mapping(old.spec).get("parentRef") != parent:
        errors.invalid("spec.parentRef", parent, IMMUTABLE)


def _ranges(found: ServiceCIDR) -> list[str]:
    return [text(one) for one in listing(mapping(found.spec).get("cidrs"))]


def check_service_cidr(errors: FieldErrors, found: ServiceCIDR) -> None:
    """One range, or one of each family."""
    field, ranges = "spec.cidrs", _ranges(found)
    if not ranges:
        errors.required(field, "at least one CIDR required")
        return
    if len(ranges) > MOST_RANGES:
        errors.invalid(field, {"CIDRs": ranges}, "may only hold up to 2 values")
        return
    before = len(errors.causes)
    for index, one in enumerate(ranges):
        errors.each(f"{field}[{index}]", one, canonical_range(one))
    families = [":" in one for one in ranges]
    if len(errors.causes) == before and len(set(families)) != len(families):
        why = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"
        errors.invalid(field, ranges, why)


def check_service_cidr_update(errors: FieldErrors, old: ServiceCIDR, new: ServiceCIDR) -> None:
    """What there is stays; a range of the other family may come."""
    before, after = _ranges(old), _ranges(new)
    if len(before) == len(after) or (len(before), len(after)) == (1, 2):
        for index, one in enumerate(before):
            if after[index] != one:
                errors.invalid(f"spec.cidrs[{index}]", after[index], IMMUTABLE)
    else:
        errors.invalid("spec.cidrs", after, IMMUTABLE)
