"""Addresses and ports that Services are given: a clusterIP, and node ports where the type asks for them.

Each from its range, a random start and then the next free one (pkg/registry/core/service).
"""

import ipaddress
from collections.abc import Mapping
from itertools import chain
from typing import Any, Final

from clustersim.api.core.service import Service, ServicePort
from clustersim.api.meta import replace
from clustersim.apiserver.families import with_families
from clustersim.apiserver.host import Host
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.services import is_reached_from_outside

NODE_PORTS: Final = range(30_000, 32_768)
"""--service-node-port-range."""

_ON_NODES: Final = ("NodePort", "LoadBalancer")


def allocate(obj: Service, old: Any, services: Mapping[str, Any], host: Host) -> Service:
    """A Service with its address and its ports. Raises ApiError (422)."""
    errors = FieldErrors(host.release)
    others = [one for one in services.values() if old is None or one.metadata.uid != old.metadata.uid]
    service = obj
    if old is not None and errors.modern:
        service = _without_what_its_type_lacks(old, _kept(old, service))
    elif old is not None:
        service = _without_policy(old, service)
    if old is not None and _moves(old, service):
        return service  # The validation that follows refuses it, before anything is allocated.
    service = _with_address(errors, service, others, host)
    service = _with_node_ports(errors, service, others, host)
    if old is not None:
        service = _without_health_port(old, service)
    service = _with_health_port(errors, service, others, host)
    errors.refuse("Service", obj.metadata.name)
    return service


def _moves(old: Service, new: Service) -> bool:
    """It is to have another address than it has."""
    if "ExternalName" in (old.spec.type, new.spec.type):
        return False
    before, after = old.spec, new.spec
    same = (before.cluster_ip, before.cluster_ips) == (after.cluster_ip, after.cluster_ips)
    return bool(before.cluster_ip) and not same


def _kept(old: Service, new: Service) -> Service:
    """v1.36 keeps what it allocated where an update says nothing of it; who says one address and not the
    list of them means both (pkg/registry/core/service/storage/storage.go normalizeClusterIPs,
    patchAllocatedValues)."""
    if new.spec.type == "ExternalName" or old.spec.type == "ExternalName":
        return new
    before, spec = old.spec, new.spec
    if spec.cluster_ip not in ("", before.cluster_ip) and spec.cluster_ips == before.cluster_ips:
        spec = replace(spec, cluster_ips=(spec.cluster_ip,))
    if not spec.cluster_ip:
        spec = replace(spec, cluster_ip=before.cluster_ip)
    if not spec.cluster_ips:
        spec = replace(spec, cluster_ips=before.cluster_ips)
    if not spec.ip_families:
        spec = replace(spec, ip_families=before.ip_families, ip_family_policy=before.ip_family_policy)
    if spec.type in _ON_NODES and before.type in _ON_NODES:
        spec = replace(spec, ports=_with_known_ports(before.ports, spec.ports))
    if _asks_nodes(new) and not spec.health_check_node_port:
        spec = replace(spec, health_check_node_port=old.spec.health_check_node_port)
    return new if spec == new.spec else replace(new, spec=spec)


def _with_known_ports(
    before: tuple[ServicePort, ...], after: tuple[ServicePort, ...]
) -> tuple[ServicePort, ...]:
    """Ports of the same name keep their node port, unless another one has it now."""
    known = {port.name: port.node_port for port in before}
    used = {port.node_port for port in before} & {port.node_port for port in after}
    return tuple(
        port
        if port.node_port or known.get(port.name, 0) in used
        else replace(port, node_port=known.get(port.name, 0))
        for port in after
    )


def _without_what_its_type_lacks(old: Service, new: Service) -> Service:
    """A Service of another type loses what only the old one has, unless an update says something else of it
    (v1.36 pkg/registry/core/service/strategy.go dropTypeDependentFields)."""
    before, after = old.spec, new.spec
    changes: dict[str, Any] = {}
    if after.type == "ExternalName" and before.type != "ExternalName":
        if (before.cluster_ip, before.cluster_ips) == (after.cluster_ip, after.cluster_ips):
            changes |= {"cluster_ip": "", "cluster_ips": ()}
        if before.ip_families == after.ip_families:
            changes["ip_families"] = ()
        if before.ip_family_policy == after.ip_family_policy:
            changes["ip_family_policy"] = ""
    numbers = [[port.node_port for port in spec.ports] for spec in (before, after)]
    if before.type in _ON_NODES and after.type not in _ON_NODES and numbers[0] == numbers[1]:
        changes["ports"] = tuple(replace(port, node_port=0) for port in after.ports)
    if before.type == "LoadBalancer" != after.type:
        for name, nothing in (("allocate_load_balancer_node_ports", None), ("load_balancer_class", "")):
            if getattr(before, name) == getattr(after, name):
                changes[name] = nothing
    routed = is_reached_from_outside(before) and not is_reached_from_outside(after)
    if routed and before.external_traffic_policy == after.external_traffic_policy:
        changes["external_traffic_policy"] = ""
    return replace(new, spec=replace(after, **changes)) if changes else new


def _without_policy(old: Service, new: Service) -> Service:
    """v1.7 and v1.8 forget only where traffic from outside went (externalTrafficPolicyUpdate)."""
    if old.spec.type not in _ON_NODES or new.spec.type in _ON_NODES:
        return new
    return replace(new, spec=replace(new.spec, external_traffic_policy=""))


def _with_address(errors: FieldErrors, service: Service, others: list[Any], host: Host) -> Service:
    """The first address of the range belongs to the Service `kubernetes`."""
    if service.spec.type == "ExternalName":
        return service
    if errors.modern:
        service = with_families(errors, service)
    spec = service.spec
    if spec.cluster_ip == "None":
        return _with_list(service, "None") if errors.modern else service
    network = ipaddress.ip_network(host.flags.service_cluster_ip_range)
    taken = {other.spec.cluster_ip for other in others}
    if spec.cluster_ip:
        try:
            inside = ipaddress.ip_address(spec.cluster_ip) in network
        except ValueError:
            return service
        _check_address(errors, spec.cluster_ip, inside, spec.cluster_ip in taken, str(network))
        return _with_list(service, spec.cluster_ip) if errors.modern else service
    size = network.num_addresses - 2
    kept = _kept_for_people(network.num_addresses) if errors.modern else 0
    dynamic = size - kept
    start = host.random("cluster-ip").below(dynamic)
    for place in chain((kept + (start + step) % dynamic for step in range(dynamic)), range(kept)):
        candidate = str(network.network_address + 1 + place)
        if candidate not in taken and candidate != str(network.network_address + 1):
            found = replace(service, spec=replace(spec, cluster_ip=candidate))
            return _with_list(found, candidate) if errors.modern else found
    errors.invalid("spec.clusterIP", "", "range is full")
    return service


def _kept_for_people(addresses: int) -> int:
    """So many addresses at the low end are given to whoever asks for none only when all others are taken
    (v1.36 pkg/registry/core/service/ipallocator)."""
    kept = min(max(16, addresses // 16), 256)
    return kept if kept < addresses - 2 else 0


def _check_address(errors: FieldErrors, address: str, inside: bool, taken: bool, network: str) -> None:
    if errors.modern:
        if not inside:
            why = (
                f"the provided IP ({address}) is not in the valid range. The range of valid IPs is {network}"
            )
            errors.invalid("spec.clusterIPs", [address], f"failed to allocate IP {address}: {why}")
        elif taken:
            why = "provided IP is already allocated"
            errors.invalid("spec.clusterIPs", [address], f"failed to allocate IP {address}: {why}")
    elif not inside:
        why = "provided IP is not in the valid range"
        if errors.release != "v1.7":
            why += f". The range of valid IPs is {network}"
        errors.invalid("spec.clusterIP", address, why)
    elif taken:
        errors.invalid("spec.clusterIP", address, "provided IP is already allocated")


def _with_list(service: Service, address: str) -> Service:
    spec = service.spec
    return replace(
        service,
        spec=replace(
            spec,
            cluster_ips=spec.cluster_ips or (address,),
        ),
    )


def _with_node_ports(errors: FieldErrors, service: Service, others: list[Any], host: Host) -> Service:
    if service.spec.type not in _ON_NODES:
        return service
    if service.spec.type == "LoadBalancer" and service.spec.allocate_load_balancer_node_ports is False:
        return service
    taken = _taken_ports(others)
    wanted = [port.node_port for port in service.spec.ports if port.node_port]
    ports: list[ServicePort] = []
    for index, port in enumerate(service.spec.ports):
        if port.node_port:
            _check_node_port(errors, f"spec.ports[{index}].nodePort", port.node_port, taken)
            ports.append(port)
            continue
        start = host.random("node-port").below(len(NODE_PORTS))
        free = (NODE_PORTS[(start + offset) % len(NODE_PORTS)] for offset in range(len(NODE_PORTS)))
        found = next((number for number in free if number not in taken and number not in wanted), 0)
        if not found:
            errors.invalid(f"spec.ports[{index}].nodePort", 0, "range is full")
        wanted.append(found)
        ports.append(replace(port, node_port=found))
    return replace(service, spec=replace(service.spec, ports=tuple(ports)))


def _asks_nodes(service: Service) -> bool:
    """A balancer in front must know which nodes have endpoints."""
    return service.spec.type == "LoadBalancer" and service.spec.external_traffic_policy == "Local"


def _without_health_port(old: Service, new: Service) -> Service:
    """Its port goes where nobody asks any more (healthCheckNodePortUpdate, today dropTypeDependentFields)."""
    same = old.spec.health_check_node_port == new.spec.health_check_node_port
    if not _asks_nodes(old) or _asks_nodes(new) or not same:
        return new
    return replace(new, spec=replace(new.spec, health_check_node_port=None))


def _with_health_port(errors: FieldErrors, service: Service, others: list[Any], host: Host) -> Service:
    """A balancer that must know which nodes have endpoints asks them at a port of its own."""
    spec = service.spec
    if not _asks_nodes(service):
        return service
    taken = _taken_ports(others) | {port.node_port for port in spec.ports if port.node_port}
    if spec.health_check_node_port:
        known = spec.health_check_node_port
        _check_node_port(errors, "spec.healthCheckNodePort", known, taken)
        return service
    start = host.random("health-check-port").below(len(NODE_PORTS))
    free = (NODE_PORTS[(start + offset) % len(NODE_PORTS)] for offset in range(len(NODE_PORTS)))
    found = next((number for number in free if number not in taken), 0)
    if not found:
        errors.invalid("spec.healthCheckNodePort", 0, "range is full")
    return replace(service, spec=replace(spec, health_check_node_port=found))


def _taken_ports(others: list[Any]) -> set[int]:
    """Ports that all nodes have for Services."""
    found = {port.node_port for other in others for port in other.spec.ports if port.node_port}
    return found | {port for other in others if (port := other.spec.health_check_node_port)}


def _check_node_port(errors: FieldErrors, field: str, number: int, taken: set[int]) -> None:
    if number not in NODE_PORTS:
        why = "provided port is not in the valid range. The range of valid ports is "
        errors.invalid(field, number, f"{why}{NODE_PORTS[0]}-{NODE_PORTS[-1]}")
    elif number in taken:
        errors.invalid(field, number, "provided port is already allocated")
