"""Validation of EndpointSlices (v1.36.2 pkg/apis/discovery/validation)."""

from typing import Final

from clustersim.api.discovery import DiscoveryEndpointPort, Endpoint, EndpointHints, EndpointSlice
from clustersim.apiserver.validation import ips, names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.meta import check_labels

MOST_ENDPOINTS: Final = 1000
MOST_ADDRESSES: Final = 100
MOST_PORTS: Final = 20_000
MOST_LABELS: Final = 16
MOST_HINTS: Final = 8
PROTOCOLS: Final = ("SCTP", "TCP", "UDP")


def check_endpoint_slice(errors: FieldErrors, one: EndpointSlice) -> None:
    """What its addresses and ports are."""
    errors.one_of("addressType", one.address_type, ("FQDN", "IPv4", "IPv6"))
    _check_ports(errors, one.ports)
    if len(one.endpoints) > MOST_ENDPOINTS:
        errors.too_many("endpoints", MOST_ENDPOINTS, len(one.endpoints))
        return
    for index, endpoint in enumerate(one.endpoints):
        _check_endpoint(errors, f"endpoints[{index}]", one.address_type, endpoint)


def check_endpoint_slice_update(errors: FieldErrors, old: EndpointSlice, new: EndpointSlice) -> None:
    """The kind of its addresses stays."""
    if old.address_type != new.address_type:
        errors.invalid("addressType", new.address_type, IMMUTABLE)


def _check_ports(errors: FieldErrors, ports: tuple[DiscoveryEndpointPort, ...]) -> None:
    if len(ports) > MOST_PORTS:
        errors.too_many("ports", MOST_PORTS, len(ports))
        return
    seen: set[str] = set()
    for index, port in enumerate(ports):
        field, name = f"ports[{index}]", port.name or ""
        if name:
            errors.each(f"{field}.name", name, names.dns_label(name, errors.release))
        if name in seen:
            errors.duplicate(f"{field}.name", name)
        seen.add(name)
        errors.one_of(f"{field}.protocol", port.protocol, PROTOCOLS)
        if port.app_protocol is not None:
            reasons = names.qualified_name(port.app_protocol, errors.release)
            errors.each(f"{field}.appProtocol", port.app_protocol, reasons)


def _check_endpoint(errors: FieldErrors, field: str, kind: str, endpoint: Endpoint) -> None:
    addresses = f"{field}.addresses"
    if not endpoint.addresses:
        errors.required(addresses, "must contain at least 1 address")
    elif len(endpoint.addresses) > MOST_ADDRESSES:
        errors.too_many(addresses, MOST_ADDRESSES, len(endpoint.addresses))
    for place, address in enumerate(endpoint.addresses):
        _check_address(errors, addresses, place, kind, address)
    if endpoint.node_name:
        reasons = names.dns_subdomain(endpoint.node_name, errors.release)
        errors.each(f"{field}.nodeName", endpoint.node_name, reasons)
    if len(endpoint.deprecated_topology) > MOST_LABELS:
        errors.too_many(f"{field}.deprecatedTopology", MOST_LABELS, len(endpoint.deprecated_topology))
    check_labels(errors, f"{field}.deprecatedTopology", endpoint.deprecated_topology)
    if endpoint.hostname:
        reasons = names.dns_label(endpoint.hostname, errors.release)
        errors.each(f"{field}.hostname", endpoint.hostname, reasons)
    if endpoint.hints is not None:
        _check_hints(errors, f"{field}.hints", endpoint.hints)


def _check_address(errors: FieldErrors, field: str, place: int, kind: str, address: str) -> None:
    here = f"{field}[{place}]"
    if kind == "FQDN":
        _check_domain(errors, here, address)
        return
    if kind not in ("IPv4", "IPv6"):
        return
    wrong = ips.canonical_address(address) if kind == "IPv6" else ips.ip_address(address, errors.release)
    if wrong:
        errors.each(here, address, wrong)
        return
    if kind != ("IPv6" if ":" in address else "IPv4"):
        errors.invalid(field, address, f"must be an {kind} address")
    errors.each(here, address, names.common_address(address, errors.release))


def _check_domain(errors: FieldErrors, field: str, domain: str) -> None:
    """IsFullyQualifiedDomainName."""
    if not domain:
        errors.required(field)
        return
    plain = domain.removesuffix(".")
    if wrong := names.dns_subdomain(plain, errors.release):
        errors.each(field, plain, wrong)
    elif "." not in plain:
        errors.invalid(field, plain, "should be a domain with at least two segments separated by dots")


def _check_hints(errors: FieldErrors, field: str, hints: EndpointHints) -> None:
    zones, nodes = ([one.name for one in kind] for kind in (hints.for_zones, hints.for_nodes))
    for kind, hinted in (("forZones", zones), ("forNodes", nodes)):
        if len(hinted) > MOST_HINTS:
            errors.too_many(f"{field}.{kind}", MOST_HINTS, len(hinted))
            return
        rule = names.label_value if kind == "forZones" else names.dns_subdomain
        for index, name in enumerate(hinted):
            here = f"{field}.{kind}[{index}].name"
            if name in hinted[:index]:
                errors.duplicate(here, name)
            errors.each(here, name, rule(name, errors.release))
