"""Validation of Service and Endpoints."""

import ipaddress
from typing import Final

from clustersim.api.core.service import Endpoints, Service, ServicePort, ServiceSpec
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.containers import check_port_reference
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.meta import check_labels

TYPES: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")


def _protocols(errors: FieldErrors) -> tuple[str, ...]:
    return ("SCTP", "TCP", "UDP") if errors.modern else ("TCP", "UDP")


def check_service(errors: FieldErrors, service: Service) -> None:
    """Its type, its ports, its address."""
    spec = service.spec
    headless = spec.cluster_ip == "None"
    if not spec.ports and not headless and spec.type != "ExternalName":
        errors.required("spec.ports")
    if spec.type in ("LoadBalancer", "NodePort") and headless:
        field = "spec.clusterIPs[0]" if errors.modern else "spec.clusterIP"
        errors.invalid(field, spec.cluster_ip, f"may not be set to 'None' for {spec.type} services")
    if spec.type == "ExternalName":
        _check_external_name(errors, spec)
    _check_ports(errors, spec.ports, spec.type)
    check_labels(errors, "spec.selector", spec.selector)
    errors.one_of("spec.sessionAffinity", spec.session_affinity, ("ClientIP", "None"))
    if spec.cluster_ip and not headless:
        reasons = names.ip_address(spec.cluster_ip, errors.release)
        if reasons and not errors.modern:
            reasons = ("must be empty, 'None', or a valid IP address",)
        errors.each("spec.clusterIP", spec.cluster_ip, reasons)
    if spec.type not in TYPES:
        errors.unsupported("spec.type", spec.type, TYPES)
    _check_outside(errors, spec)


def _check_external_name(errors: FieldErrors, spec: ServiceSpec) -> None:
    """Another name instead of an address."""
    if spec.cluster_ip and spec.cluster_ip != "None":
        if errors.modern:
            errors.forbidden("spec.clusterIPs", "may not be set for ExternalName services")
        else:
            errors.invalid("spec.clusterIP", spec.cluster_ip, "must be empty for ExternalName services")
    if not spec.external_name:
        errors.required("spec.externalName")
    else:
        target = spec.external_name.removesuffix(".")
        errors.each("spec.externalName", spec.external_name, names.dns_subdomain(target, errors.release))


def _check_outside(errors: FieldErrors, spec: ServiceSpec) -> None:
    """Addresses outside of the cluster."""
    for index, address in enumerate(spec.external_ips):
        errors.each(f"spec.externalIPs[{index}]", address, names.ip_address(address, errors.release))
    for index, source in enumerate(spec.load_balancer_source_ranges):
        try:
            ipaddress.ip_network(source.strip())
        except ValueError:
            errors.invalid(f"spec.loadBalancerSourceRanges[{index}]", source, "must be a valid CIDR value")
    if spec.load_balancer_source_ranges and spec.type != "LoadBalancer":
        errors.forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'")


def _check_ports(errors: FieldErrors, ports: tuple[ServicePort, ...], kind: str) -> None:
    seen: list[str] = []
    taken: list[tuple[str, int]] = []
    node_ports: list[tuple[str, int]] = []
    for index, port in enumerate(ports):
        field = f"spec.ports[{index}]"
        if not port.name:
            if len(ports) > 1:
                errors.required(f"{field}.name")
        else:
            errors.each(f"{field}.name", port.name, names.dns_label(port.name, errors.release))
            if port.name in seen:
                errors.duplicate(f"{field}.name", port.name)
            seen.append(port.name)
        errors.each(f"{field}.port", port.port, names.port_number(port.port))
        errors.one_of(f"{field}.protocol", port.protocol, _protocols(errors))
        if port.target_port is not None:
            check_port_reference(errors, f"{field}.targetPort", port.target_port)
        if (port.protocol, port.port) in taken:
            errors.duplicate(field, {"port": port.port, "protocol": port.protocol} if errors.modern else port)
        taken.append((port.protocol, port.port))
        if not port.node_port:
            continue
        if kind not in ("NodePort", "LoadBalancer"):
            why = f"may not be used when `type` is '{kind}'"
            if errors.modern:
                errors.forbidden(f"{field}.nodePort", why)
            else:
                errors.invalid(f"{field}.nodePort", port.node_port, why)
        if (port.protocol, port.node_port) in node_ports:
            errors.duplicate(f"{field}.nodePort", port.node_port)
        node_ports.append((port.protocol, port.node_port))


def check_service_update(errors: FieldErrors, old: Service, new: Service) -> None:
    """A clusterIP stays for as long as the Service has one."""
    before, after = old.spec, new.spec
    if "ExternalName" in (before.type, after.type):
        return
    if before.cluster_ip and before.cluster_ip != after.cluster_ip:
        if errors.modern:
            shown = [after.cluster_ip] if after.cluster_ip else None
            errors.invalid("spec.clusterIPs[0]", shown, "may not change once set")
        else:
            errors.invalid("spec.clusterIP", after.cluster_ip, IMMUTABLE)


def check_endpoints(errors: FieldErrors, endpoints: Endpoints) -> None:
    """Addresses and ports."""
    for place, subset in enumerate(endpoints.subsets):
        field = f"subsets[{place}]"
        if not subset.addresses and not subset.not_ready_addresses:
            errors.required(field, "must specify `addresses` or `notReadyAddresses`")
        for kind, addresses in (
            ("addresses", subset.addresses),
            ("notReadyAddresses", subset.not_ready_addresses),
        ):
            for index, address in enumerate(addresses):
                here = f"{field}.{kind}[{index}].ip"
                errors.each(here, address.ip, names.ip_address(address.ip, errors.release))
        for index, port in enumerate(subset.ports):
            here = f"{field}.ports[{index}]"
            if not port.name and len(subset.ports) > 1:
                errors.required(f"{here}.name")
            errors.each(f"{here}.port", port.port, names.port_number(port.port))
            errors.one_of(f"{here}.protocol", port.protocol, _protocols(errors))
