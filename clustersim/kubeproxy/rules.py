"""The rules of one Service as the kernel has them, and which endpoint they give a new connection.

Source: v1.7.5 pkg/proxy/iptables/proxier.go, equal in v1.8.0 as far as the kernel goes; v1.36.2
pkg/proxy/serviceport.go.
"""

import base64
import hashlib
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, ip_network
from typing import Final, cast

import msgspec

from clustersim.api.core_v1 import Endpoints, Service, ServicePort
from clustersim.api.discovery import Endpoint, EndpointSlice
from clustersim.engine.identity import Same
from clustersim.engine.random import RandomStream
from clustersim.engine.time import SECOND, Micros

AFFINITY_SECONDS: Final = 10_800
NO_ADDRESS: Final = ("", "None")


class Backend(msgspec.Struct, frozen=True, gc=False):
    """An endpoint. Rules know its address only; node and pod are for people who follow a request. zones,
    nodes: for whom it is meant, where a slice says so."""

    ip: str
    port: int
    node: str = ""
    pod: str = ""
    zones: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """ "172.17.1.2:8080"."""
        return f"{self.ip}:{self.port}"


class PortRules(msgspec.Struct, frozen=True, gc=False):
    """The rules of one port of a Service. name: "default/tomcat:http", the part behind the colon may be
    empty; node_port: 0 for none; affinity: for so many seconds a client stays with its endpoint, 0 for none;
    local_outside, local_inside: what comes from outside, or from within, goes to endpoints of the node only
    that it came to; external_ips, balancers: addresses that lead here from outside, those of balancers only
    for who comes from sources, if there are any; health_port: where balancers ask for endpoints of a node, 0
    for none; left_out: endpoints that are ready, but meant for other nodes; ending: those that still serve
    while they end. Without backends connections are refused."""

    name: str
    protocol: str
    cluster_ip: str
    port: int
    node_port: int
    backends: tuple[Backend, ...]
    affinity: int = 0
    local_outside: bool = False
    local_inside: bool = False
    external_ips: tuple[str, ...] = ()
    balancers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    health_port: int = 0
    left_out: tuple[Backend, ...] = ()
    ending: tuple[Backend, ...] = ()

    @property
    def is_open(self) -> bool:
        """It is reached from outside, too."""
        return bool(self.node_port or self.external_ips or self.balancers)

    @property
    def spreads(self) -> bool:
        """Some of what comes may go to endpoints of any node: also what a node itself sends outside."""
        return not self.local_inside or self.is_open

    @property
    def keeps(self) -> bool:
        """Some of what comes must not leave its node."""
        return self.local_inside or (self.local_outside and self.is_open)

    def ready_on(self, node: str) -> tuple[Backend, ...]:
        """The endpoints on that node that are ready, for whomever they are meant."""
        if self.backends == self.ending:
            return ()
        ready = sorted((*self.backends, *self.left_out), key=_address) if self.left_out else self.backends
        return tuple(backend for backend in ready if backend.node == node)

    def on(self, node: str) -> tuple[Backend, ...]:
        """Where what must not leave that node goes: to its endpoints that are ready or, if there are none, to
        those that still serve while they end."""
        return self.ready_on(node) or tuple(backend for backend in self.ending if backend.node == node)

    def reached_from(self, node: str) -> tuple[Backend, ...]:
        """The endpoints to which something leads on that node."""
        if not self.spreads:
            return self.on(node)
        if not self.keeps or not (self.left_out or self.ending):
            return self.backends
        return tuple(sorted({*self.backends, *self.on(node)}, key=_address))

    def admits(self, address: str) -> bool:
        """Balancers let in who comes from that address."""
        if not self.sources:
            return True
        return any(IPv4Address(address) in IPv4Network(source) for source in self.sources)

    def at(self, node: str, *, outside: bool) -> "PortRules | None":
        """The rules for what comes to that node; None: it is dropped there, since all endpoints are
        elsewhere."""
        if not (self.local_outside if outside else self.local_inside) or not self.backends:
            return self
        here = self.on(node)
        return msgspec.structs.replace(self, backends=here) if here else None

    @property
    def chain(self) -> str:
        """The chain that chooses among the endpoints."""
        return f"KUBE-SVC-{_hash(self.name + self.protocol)}"

    def endpoint_chain(self, backend: Backend) -> str:
        """The chain that sends a connection to that endpoint."""
        return f"KUBE-SEP-{_hash(self.name + self.protocol + backend.address)}"

    def kernel_share(self, index: int, decimals: int = 10) -> str:
        """The same as the kernel keeps it, in 31 bits, and iptables-save prints it. decimals: so many
        kube-proxy wrote, five in v1.7 and v1.8."""
        share = round(1 / (len(self.backends) - index), decimals)
        return f"{round(share * 2**31) / 2**31:.11f}"

    def choose(self, stream: RandomStream) -> Backend | None:
        """The endpoint of a new connection, None if it is rejected: nobody looks whether it is healthy."""
        for index, backend in enumerate(self.backends[:-1]):
            if stream.random() < _chance(len(self.backends) - index):
                return backend
        return self.backends[-1] if self.backends else None

    def choose_again(
        self, stream: RandomStream, source: str, recent: dict[str, dict[str, Micros]], now: Micros
    ) -> Backend | None:
        """The same where a client stays with its endpoint. recent: by endpoint who came when, which the
        kernel keeps (xt_recent, or a set of nftables); every connection begins the time anew."""
        if not self.affinity:
            return self.choose(stream)
        seen = [recent.get(self.endpoint_chain(backend), {}).get(source) for backend in self.backends]
        for backend, since in zip(self.backends, seen, strict=True):
            if since is not None and now - since <= self.affinity * SECOND:
                chosen: Backend | None = backend
                break
        else:
            chosen = self.choose(stream)
        if chosen is not None:
            recent.setdefault(self.endpoint_chain(chosen), {})[source] = now
        return chosen


@lru_cache
def _chance(left: int) -> float:
    """What iptables makes of the five decimals that kube-proxy writes."""
    return float(f"{1 / left:.5f}")


def _address(backend: Backend) -> str:
    return backend.address


def _hash(text: str) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest())[:16].decode()


def compile_rules(service: Service, endpoints: Endpoints | None) -> tuple[PortRules, ...]:
    """The rules of a Service. Thousands of nodes that know the same objects share one result."""
    return _compile(Same(service, endpoints))


@lru_cache(maxsize=1024)
def _compile(source: Same) -> tuple[PortRules, ...]:
    service, endpoints = cast(tuple[Service, Endpoints | None], source.objects)
    if service.spec.cluster_ip in NO_ADDRESS:
        return ()
    return tuple(
        _of_port(service, port, f":{port.name}", _backends(endpoints, port)) for port in service.spec.ports
    )


def _of_port(
    service: Service, port: ServicePort, ending: str, backends: tuple[Backend, ...], *, local: bool = False
) -> PortRules:
    """ending: of the name. local: what comes from within goes to endpoints of its node only."""
    spec, metadata = service.spec, service.metadata
    return PortRules(
        name=f"{metadata.namespace}/{metadata.name}{ending}",
        protocol=port.protocol.lower(),
        cluster_ip=spec.cluster_ip,
        port=port.port,
        node_port=port.node_port,
        backends=backends,
        affinity=_affinity(service),
        local_outside=spec.external_traffic_policy == "Local",
        local_inside=local,
        external_ips=tuple(filter(_is_ipv4, spec.external_ips)),
        balancers=_balancers(service),
        sources=_sources(spec.load_balancer_source_ranges),
        health_port=spec.health_check_node_port or 0 if spec.external_traffic_policy == "Local" else 0,
    )


def _is_ipv4(address: str) -> bool:
    """Rules of IPv6 are in another table; what somebody wrote into a status may be anything."""
    try:
        IPv4Address(address)
    except ValueError:
        return False
    return True


def _balancers(service: Service) -> tuple[str, ...]:
    """Where a balancer hands packets on as they came, which one with the mode Proxy of today does not."""
    return tuple(
        one.ip
        for one in service.status.load_balancer.ingress
        if _is_ipv4(one.ip) and one.ip_mode in ("", "VIP")
    )


def _sources(ranges: tuple[str, ...]) -> tuple[str, ...]:
    """As iptables prints them; none if everybody may come."""
    read = [ip_network(one.strip(), strict=False) for one in ranges]
    found = tuple(str(one) for one in read if isinstance(one, IPv4Network))
    return () if "0.0.0.0/0" in found else found


def _affinity(service: Service) -> int:
    """Seconds; v1.7 has no field for them, and three hours."""
    spec = service.spec
    if spec.session_affinity != "ClientIP":
        return 0
    config = spec.session_affinity_config
    return config.client_ip.timeout_seconds if config is not None and config.client_ip else AFFINITY_SECONDS


def _backends(endpoints: Endpoints | None, service_port: ServicePort) -> tuple[Backend, ...]:
    if endpoints is None:
        return ()
    return tuple(
        Backend(
            address.ip, port.port, address.node_name, address.target_ref.name if address.target_ref else ""
        )
        for subset in endpoints.subsets
        for port in subset.ports
        if port.name == service_port.name
        for address in subset.addresses
    )


def compile_slices(service: Service, slices: tuple[EndpointSlice, ...]) -> tuple[PortRules, ...]:
    """The rules of a Service today, from its slices in the order of their names."""
    return _compile_slices(Same(service, *slices))


@lru_cache(maxsize=1024)
def _compile_slices(source: Same) -> tuple[PortRules, ...]:
    service = cast(Service, source.objects[0])
    slices = cast(tuple[EndpointSlice, ...], source.objects[1:])
    if service.spec.cluster_ip in NO_ADDRESS:
        return ()
    local = service.spec.internal_traffic_policy == "Local"
    return tuple(
        _with_endpoints(
            _of_port(service, port, f":{port.name}" if port.name else "", (), local=local), slices, port
        )
        for port in service.spec.ports
    )


def _with_endpoints(
    rules: PortRules, slices: tuple[EndpointSlice, ...], service_port: ServicePort
) -> PortRules:
    """With the endpoints that are ready, in the order of their addresses; if there are none, with those that
    still serve while they end. Of two with one address it is the one that is ready (v1.36.2
    pkg/proxy/topology.go CategorizeEndpoints, pkg/proxy/endpointslicecache.go addEndpoints)."""
    ready: dict[str, Backend] = {}
    ending: dict[str, Backend] = {}
    for part in slices:
        for port in part.ports:
            if (port.name or "") != service_port.name or port.port is None:
                continue
            for endpoint in part.endpoints:
                _sort_in(endpoint, port.port, ready, ending)
    ends = tuple(ending[address] for address in sorted(ending) if address not in ready)
    backends = tuple(map(ready.__getitem__, sorted(ready))) or ends
    return msgspec.structs.replace(rules, backends=backends, ending=ends)


def _sort_in(endpoint: Endpoint, port: int, ready: dict[str, Backend], ending: dict[str, Backend]) -> None:
    if not endpoint.addresses:
        return
    ip, conditions = endpoint.addresses[0], endpoint.conditions
    pod = endpoint.target_ref.name if endpoint.target_ref else ""
    if conditions.ready is False:
        if conditions.terminating and conditions.serving is not False:
            ending[f"{ip}:{port}"] = Backend(ip, port, endpoint.node_name, pod)
        return
    zones: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    if (hints := endpoint.hints) is not None:
        zones = tuple(zone.name for zone in hints.for_zones)
        nodes = tuple(node.name for node in hints.for_nodes)
    ready[f"{ip}:{port}"] = Backend(ip, port, endpoint.node_name, pod, zones, nodes)


def has_hints(rules: tuple[PortRules, ...]) -> bool:
    """Some endpoint is meant for one zone or one node."""
    return any(backend.zones or backend.nodes for port in rules for backend in port.backends)


def nearby(rules: tuple[PortRules, ...], node: str, zone: str) -> tuple[PortRules, ...]:
    """The rules as a node of that zone has them: only endpoints that are meant for it, if every endpoint says
    for whom it is and some are for it (v1.36 pkg/proxy/topology.go topologyModeFromHints)."""
    return _nearby(Same(rules), node, zone)


@lru_cache(maxsize=1024)
def _nearby(source: Same, node: str, zone: str) -> tuple[PortRules, ...]:
    rules = cast(tuple[PortRules, ...], source.objects[0])
    return tuple(_for_node(port, node, zone) if port.spreads else port for port in rules)


def _for_node(rules: PortRules, node: str, zone: str) -> PortRules:
    meant = _meant_for(rules.backends, node, zone)
    kept = set(meant)
    left_out = tuple(backend for backend in rules.backends if backend not in kept)
    return msgspec.structs.replace(rules, backends=meant, left_out=left_out)


def _meant_for(backends: tuple[Backend, ...], node: str, zone: str) -> tuple[Backend, ...]:
    if all(backend.nodes for backend in backends):
        here = tuple(backend for backend in backends if node in backend.nodes)
        if here:
            return here
    if all(backend.zones for backend in backends):
        here = tuple(backend for backend in backends if zone in backend.zones)
        if here:
            return here
    return backends


def leads_elsewhere(old: Endpoints | None, new: Endpoints | None) -> bool:
    """Whether a change of Endpoints concerns any rule; locks that live in annotations do not."""
    return _differ(Same(old.subsets if old else (), new.subsets if new else ()))


@lru_cache(maxsize=1024)
def _differ(subsets: Same) -> bool:
    old, new = subsets.objects
    return old != new
