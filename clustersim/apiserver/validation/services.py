"""Validation of Service and Endpoints."""

import ipaddress
from typing import Final

from clustersim.api.core.service import Endpoints, Service, ServicePort, ServiceSpec
from clustersim.api.external_traffic import HEALTH, POLICIES, TRAFFIC
from clustersim.apiserver.validation import ips, names
from clustersim.apiserver.validation.containers import check_port_reference
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors, GoStruct, int_or_string
from clustersim.apiserver.validation.meta import check_labels

SOURCES: Final = "service.beta.kubernetes.io/load-balancer-source-ranges"
TYPES: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
MAX_AFFINITY_SECONDS: Final = 86_400


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
    _check_affinity(errors, spec)
    if errors.modern and spec.type != "ExternalName":
        check_families(errors, spec)
    elif spec.cluster_ip and not headless:
        reasons = ips.ip_address(spec.cluster_ip, errors.release)
        if reasons:
            reasons = ("must be empty, 'None', or a valid IP address",)
        errors.each("spec.clusterIP", spec.cluster_ip, reasons)
    if spec.type not in TYPES:
        errors.unsupported("spec.type", spec.type, TYPES)
    _check_outside(errors, spec)
    _check_sources(errors, service)
    if errors.modern:
        _check_policies_of_today(errors, spec)
    else:
        _check_balancer(errors, spec)
        if errors.release == "v1.7":
            _check_annotations(errors, service)
        _check_policies(errors, spec)


FAMILIES: Final = ("IPv4", "IPv6")
FAMILY_POLICIES: Final = ("PreferDualStack", "RequireDualStack", "SingleStack")


def check_families(errors: FieldErrors, spec: ServiceSpec) -> None:
    """Addresses of one family or of both (v1.36 ValidateServiceClusterIPsRelatedFields)."""
    field, addresses = "spec.clusterIPs", spec.cluster_ips or ((spec.cluster_ip,) if spec.cluster_ip else ())
    if spec.cluster_ip and addresses[0] != spec.cluster_ip:
        errors.invalid(field, addresses, "first value must match `clusterIP`")
    elif addresses and not spec.cluster_ip:
        errors.invalid(field, addresses, "must be empty when `clusterIP` is not specified")
    for index, family in enumerate(spec.ip_families):
        here = f"spec.ipFamilies[{index}]"
        if family not in FAMILIES:
            errors.unsupported(here, family, FAMILIES)
        if family in spec.ip_families[:index]:
            errors.duplicate(here, family)
    errors.one_of("spec.ipFamilyPolicy", spec.ip_family_policy, FAMILY_POLICIES, needed=False)
    if addresses[:1] == ("None",):
        if len(addresses) > 1:
            errors.invalid(field, addresses, "'None' must be the first and only value")
        return
    before = len(errors.causes)
    for index, address in enumerate(addresses):
        errors.each(f"{field}[{index}]", address, ips.ip_address(address, errors.release))
    if len(addresses) > len(FAMILIES):
        errors.invalid(field, addresses, "may only hold up to 2 values")
    if len(errors.causes) == before:
        _check_one_of_each(errors, field, addresses, spec.ip_families)


def _check_one_of_each(
    errors: FieldErrors, field: str, addresses: tuple[str, ...], families: tuple[str, ...]
) -> None:
    found = ["IPv6" if ":" in address else "IPv4" for address in addresses]
    if len(set(found)) != len(found):
        errors.invalid(field, addresses, "may specify no more than one IP for each IP family")
    for index, (address, family) in enumerate(zip(addresses, families, strict=False)):
        if family in FAMILIES and found[index] != family:
            why = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            errors.invalid(f"{field}[{index}]", address, why)


def _check_affinity(errors: FieldErrors, spec: ServiceSpec) -> None:
    """How long a client stays with a pod (since v1.8 validateClientIPAffinityConfig)."""
    config, field = spec.session_affinity_config, "spec.sessionAffinityConfig"
    if spec.session_affinity == "None" and config is not None:
        errors.forbidden(field, "must not be set when session affinity is None")
    if spec.session_affinity != "ClientIP" or config is None:
        return
    if config.client_ip is None:
        errors.required(f"{field}.clientIP", "when session affinity type is ClientIP")
        return
    seconds = config.client_ip.timeout_seconds
    if not 0 < seconds <= MAX_AFFINITY_SECONDS:
        why = f"must be greater than 0 and less than {MAX_AFFINITY_SECONDS}"
        errors.invalid(f"{field}.clientIP.timeoutSeconds", seconds, why)


def is_reached_from_outside(spec: ServiceSpec) -> bool:
    """Whether traffic comes in that somebody may route (v1.36 pkg/api/service ExternallyAccessible)."""
    return spec.type in ("LoadBalancer", "NodePort") or (spec.type == "ClusterIP" and bool(spec.external_ips))


def _check_policies_of_today(errors: FieldErrors, spec: ServiceSpec) -> None:
    """Where traffic goes (v1.36 validateServiceExternalTrafficPolicy and its neighbours)."""
    policy, field = spec.external_traffic_policy, "spec.externalTrafficPolicy"
    if is_reached_from_outside(spec):
        errors.one_of(field, policy, ("Cluster", "Local"))
    elif policy:
        errors.invalid(field, policy, "may only be set for externally-accessible services")
    if spec.health_check_node_port and not (spec.type == "LoadBalancer" and policy == "Local"):
        why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        errors.invalid("spec.healthCheckNodePort", spec.health_check_node_port, why)
    if spec.allocate_load_balancer_node_ports is not None and spec.type != "LoadBalancer":
        why = "may only be used when `type` is 'LoadBalancer'"
        errors.forbidden("spec.allocateLoadBalancerNodePorts", why)
    if spec.load_balancer_class and spec.type != "LoadBalancer":
        errors.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'")
    elif spec.load_balancer_class:
        reasons = names.qualified_name(spec.load_balancer_class, errors.release)
        errors.each("spec.loadBalancerClass", spec.load_balancer_class, reasons)
    inside = spec.internal_traffic_policy
    errors.one_of("spec.internalTrafficPolicy", inside, ("Cluster", "Local"), needed=False)
    kinds = ("PreferClose", "PreferSameNode", "PreferSameZone")
    errors.one_of("spec.trafficDistribution", spec.traffic_distribution, kinds, needed=False)


def _check_annotations(errors: FieldErrors, service: Service) -> None:
    """Where traffic from outside goes, as annotations say it, which may not stand beside the fields (v1.7
    validateServiceExternalTrafficFieldsValue, validateServiceExternalTrafficAPIVersion)."""
    spec, given = service.spec, service.metadata.annotations
    if (told := given.get(TRAFFIC)) is not None and told not in POLICIES:
        why = f"ExternalTraffic must be {' or '.join(POLICIES)}"
        errors.invalid(f"metadata.annotations[{TRAFFIC}]", told, why)
    if (port := given.get(HEALTH)) is not None:
        read = port.removeprefix("-").isdecimal()
        why = "must be greater than 0" if read else "must be a valid port number"
        if not read or port.startswith("-") or not int(port[:20]):
            errors.invalid(f"metadata.annotations[{HEALTH}]", port, f"HealthCheckNodePort {why}")
    if spec.external_traffic_policy or spec.health_check_node_port:
        for name, field in ((TRAFFIC, "ExternalTrafficPolicy"), (HEALTH, "HealthCheckNodePort")):
            if name in given:
                why = f"please replace the beta annotation with '{field}' field"
                errors.invalid(f"metadata.annotations[{name}]", name, why)


def _check_policies(errors: FieldErrors, spec: ServiceSpec) -> None:
    """Where traffic from outside goes (v1.8 validateServiceExternalTrafficFieldsValue and -Combination)."""
    policy, field = spec.external_traffic_policy, "spec.externalTrafficPolicy"
    if policy and policy not in ("Cluster", "Local"):
        errors.invalid(field, policy, "ExternalTrafficPolicy must be empty, Cluster or Local")
    elif policy and spec.type not in ("LoadBalancer", "NodePort"):
        why = "ExternalTrafficPolicy can only be set on NodePort and LoadBalancer service"
        errors.invalid(field, policy, why)
    if spec.health_check_node_port and not (spec.type == "LoadBalancer" and policy == "Local"):
        why = "HealthCheckNodePort can only be set on LoadBalancer service with ExternalTrafficPolicy=Local"
        errors.invalid("spec.healthCheckNodePort", spec.health_check_node_port, why)


KUBELET_PORT: Final = 10_250


def _check_balancer(errors: FieldErrors, spec: ServiceSpec) -> None:
    """What a load balancer of then could not do (v1.8 ValidateService)."""
    if spec.type != "LoadBalancer":
        return
    for index, port in enumerate(spec.ports):
        if port.port == KUBELET_PORT:
            why = f"may not expose port {KUBELET_PORT} externally since it is used by kubelet"
            errors.invalid(f"spec.ports[{index}]", port.port, why)
    if len({port.protocol for port in spec.ports}) > 1:
        why = "cannot create an external load balancer with mix protocols"
        errors.invalid("spec.ports", tuple(_as_go_has_it(errors, port) for port in spec.ports), why)


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
        reasons = ips.ip_address(address, errors.release) or names.common_address(address, errors.release)
        errors.each(f"spec.externalIPs[{index}]", address, reasons)


def _check_sources(errors: FieldErrors, service: Service) -> None:
    """Whom the balancer lets in, as the field says it or, where that is empty, the annotation."""
    told, spec = service.metadata.annotations.get(SOURCES), service.spec
    ranges, field = spec.load_balancer_source_ranges, "spec.LoadBalancerSourceRanges"
    if not ranges and told is None:
        return
    why, by_field = "may only be used when `type` is 'LoadBalancer'", bool(ranges)
    if not ranges:
        field, text = f"metadata.annotations[{SOURCES}]", told or ""
        ranges = tuple(text.split(",")) if text.strip() else ()
    if spec.type != "LoadBalancer":
        if errors.modern:
            errors.forbidden(field, why)
        else:
            errors.invalid(field, "", why)
    if errors.modern:
        for index, source in enumerate(ranges):
            here = f"{field}[{index}]" if by_field else field
            errors.each(here, source.strip(), ips.ip_range(source.strip()))
    elif not all(map(_is_network, ranges)):
        shown = f"[{' '.join(ranges)}]" if by_field else told
        why = "must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24 "
        errors.invalid(field, shown, why)


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return False
    return "/" in text


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
        _check_port(errors, field, port)
        if (port.protocol, port.port) in taken and errors.release != "v1.7":
            key = ServicePort(port=port.port, protocol=port.protocol, target_port=0)
            errors.duplicate(field, _as_go_has_it(errors, key))
        taken.append((port.protocol, port.port))
        if not port.node_port:
            continue
        if kind == "ClusterIP":
            why = f"may not be used when `type` is '{kind}'"
            if errors.modern:
                errors.forbidden(f"{field}.nodePort", why)
            else:
                errors.invalid(f"{field}.nodePort", port.node_port, why)
        if (port.protocol, port.node_port) in node_ports:
            errors.duplicate(f"{field}.nodePort", port.node_port)
        node_ports.append((port.protocol, port.node_port))
    if errors.release == "v1.8":
        _check_targets(errors, ports)


def _check_port(errors: FieldErrors, field: str, port: ServicePort) -> None:
    errors.each(f"{field}.port", port.port, names.port_number(port.port))
    errors.one_of(f"{field}.protocol", port.protocol, _protocols(errors))
    if port.target_port is not None:
        check_port_reference(errors, f"{field}.targetPort", port.target_port)
    if errors.modern and port.app_protocol:
        reasons = names.qualified_name(port.app_protocol, errors.release)
        errors.each(f"{field}.appProtocol", port.app_protocol, reasons)


def _check_targets(errors: FieldErrors, ports: tuple[ServicePort, ...]) -> None:
    """v1.8.0 alone lets no two ports lead to the same one of a pod (kubernetes#47284, taken back in v1.8.4
    by #53576)."""
    seen: list[tuple[str, int | str]] = []
    for index, port in enumerate(ports):
        target = (port.protocol, port.target_port)
        if target in seen:
            errors.duplicate(f"spec.ports[{index}].targetPort", int_or_string(errors, port.target_port))
        seen.append(target)


def _as_go_has_it(errors: FieldErrors, port: ServicePort) -> GoStruct:
    """A port as messages show it."""
    fields = {
        "Name": port.name,
        "Protocol": port.protocol,
        "AppProtocol": port.app_protocol or None,
        "Port": port.port,
        "TargetPort": int_or_string(errors, port.target_port),
        "NodePort": port.node_port,
    }
    if not errors.modern:
        del fields["AppProtocol"]
    return GoStruct("api.ServicePort", fields)


def check_service_update(errors: FieldErrors, old: Service, new: Service) -> None:
    """A clusterIP stays for as long as the Service has one."""
    before, after = old.spec, new.spec
    if errors.modern:
        _check_balancer_kept(errors, before, after)
    if "ExternalName" in (before.type, after.type):
        return
    if errors.modern:
        for index, address in enumerate(before.cluster_ips):
            if index < len(after.cluster_ips) and after.cluster_ips[index] != address:
                shown = list(after.cluster_ips)
                errors.invalid(f"spec.clusterIPs[{index}]", shown, "may not change once set")
    elif before.cluster_ip and before.cluster_ip != after.cluster_ip:
        errors.invalid("spec.clusterIP", after.cluster_ip, IMMUTABLE)


def _check_balancer_kept(errors: FieldErrors, before: ServiceSpec, after: ServiceSpec) -> None:
    """Who balances stays for as long as somebody does."""
    both = before.type == after.type == "LoadBalancer"
    if both and before.load_balancer_class != after.load_balancer_class:
        errors.invalid("spec.loadBalancerClass", after.load_balancer_class or None, "may not change once set")


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
                reasons = ips.ip_address(address.ip, errors.release)
                twice = ("must be a valid IP address",) if reasons and errors.modern else ()
                more = reasons or names.common_address(address.ip, errors.release)
                errors.each(here, address.ip, (*more, *twice))
        for index, port in enumerate(subset.ports):
            here = f"{field}.ports[{index}]"
            if not port.name and len(subset.ports) > 1:
                errors.required(f"{here}.name")
            errors.each(f"{here}.port", port.port, names.port_number(port.port))
            errors.one_of(f"{here}.protocol", port.protocol, _protocols(errors))
            if errors.modern and port.app_protocol:
                reasons = names.qualified_name(port.app_protocol, errors.release)
                errors.each(f"{here}.appProtocol", port.app_protocol, reasons)
