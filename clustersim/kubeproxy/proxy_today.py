"""kube-proxy of today: it follows EndpointSlices, writes at most once a second, and knows two ways to write.

Endpoints that end are used as long as they serve and no other is ready; where slices say for which zone or
node an endpoint is, the proxy keeps to it (v1.36.2 pkg/proxy/topology.go,
pkg/proxy/runner/bounded_frequency_runner.go). Its own Node is watched from the first such slice on: before,
nothing depends on it.
"""

from functools import lru_cache
from typing import Any, cast

import msgspec

from clustersim.api.core_v1 import Node, Service
from clustersim.api.discovery import EndpointSlice
from clustersim.api.registry import key_of
from clustersim.api.topology import ZONE
from clustersim.client.informer import STOPPED, Informer
from clustersim.engine.engine import Engine
from clustersim.engine.identity import Same
from clustersim.engine.serving import Health
from clustersim.engine.time import Micros
from clustersim.flags.node import KubeProxyFlags
from clustersim.kubeproxy.health import health_of_today
from clustersim.kubeproxy.iptables_today import iptables_save
from clustersim.kubeproxy.nftables import nft_list_ruleset
from clustersim.kubeproxy.proxy import NAMED, KubeProxy, ProxyMemory
from clustersim.kubeproxy.rules import PortRules, compile_slices, has_hints, nearby
from clustersim.machine import Machine
from clustersim.network import Network

SERVICE_NAME = "kubernetes.io/service-name"


class ProxyMemoryOfToday(ProxyMemory):
    """`slices`: those of each Service by key; `began`: when the last writing did."""

    slices: dict[str, dict[str, EndpointSlice]] = msgspec.field(default_factory=dict)
    began: Micros | None = None


class KubeProxyV136(KubeProxy):
    """kube-proxy of v1.36, in iptables or nftables mode."""

    def __init__(self, engine: Engine, network: Network, machine: Machine, flags: KubeProxyFlags) -> None:
        super().__init__(engine, network, machine, flags)
        own = {"metadata.name": machine.name}
        self.node = Informer(self.api, "nodes", self.node_changed, fields=own, routine=False)

    def watch_endpoints(self) -> Informer:
        return Informer(self.api, "endpointslices", self.slice_changed, on_synced=self.filled)

    def memory(self) -> ProxyMemory:
        return ProxyMemoryOfToday()

    def slice_changed(self, old: EndpointSlice | None, new: EndpointSlice | None) -> None:
        """A slice was added, changed or removed."""
        found: Any = new or old
        service = f"{found.metadata.namespace}/{found.metadata.labels.get(SERVICE_NAME, '')}"
        known = self.state.slices.setdefault(service, {})
        if new is None:
            known.pop(key_of(found), None)
        else:
            known[key_of(found)] = new
        if old is None or new is None or (old.endpoints, old.ports) != (new.endpoints, new.ports):
            self.changed(service)

    def compile_for_all(self, key: str, service: Service) -> tuple[PortRules, ...]:
        """The rules of a Service before it is looked for whom its endpoints are meant."""
        slices = self.state.slices.get(key, {})
        return compile_slices(service, tuple(slices[name] for name in sorted(slices)))

    def compile(self, key: str, service: Service) -> tuple[PortRules, ...]:
        rules = self.compile_for_all(key, service)
        if not has_hints(rules):
            return rules
        if self.node.state.phase == STOPPED:
            self.node.start()
        return nearby(rules, self.host.name, _zone(self.node.get("", self.host.name)))

    def needs_own_rules(self) -> bool:
        services = self.services.state.cache
        return any(
            has_hints(self.compile_for_all(key, services[key]))
            for key in self.state.changed
            if key in services
        )

    def may_join(self) -> bool:
        return super().may_join() and self.node.state.phase == STOPPED

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """Its node is in another zone: endpoints that are meant for zones are chosen anew."""
        if _zone(old) == _zone(new):
            return
        for key, slices in self.state.slices.items():
            if any(endpoint.hints is not None for one in slices.values() for endpoint in one.endpoints):
                self.changed(key)

    def tell_of(self, key: str, rules: tuple[PortRules, ...]) -> None:
        for line in _written(Same(rules)):
            self.log(line, source="endpointslicecache.go")

    def turn(self) -> Micros:
        """At most one writing begins in each --iptables-min-sync-period."""
        memory: ProxyMemoryOfToday = self.state
        wait = 0
        if memory.began is not None:
            wait = max(0, memory.began + self.flags.iptables_min_sync_period - self.now)
        memory.began = self.now + wait
        return wait

    def health(self, path: str, *, eligible: bool) -> Health | None:
        match path:
            case "/healthz":
                return health_of_today(self.now, eligible=eligible)
            case "/livez":
                return health_of_today(self.now)
        return None

    def says_so(self) -> bool | None:
        return True

    def printed(self, command: str) -> list[str] | None:
        nftables = self.flags.proxy_mode == "nftables"
        if command == "iptables-save" and not nftables:
            return iptables_save(self.kernel, self.host.name, self.host.ip)
        if command == "nft list ruleset" and nftables:
            return nft_list_ruleset(self.kernel, self.host.name, self.host.ip)
        return None


@lru_cache(maxsize=1024)
def _written(same: Same) -> tuple[str, ...]:
    """A line for each port that has endpoints: the first of these, and how many there are if that is not
    all (endpointsMapFromEndpointInfo)."""
    rules = cast(tuple[PortRules, ...], same.objects[0])
    return tuple(_line(port) for port in rules if port.backends)


def _line(port: PortRules) -> str:
    named = [backend.address for backend in port.backends[:NAMED]]
    named += [f"... {len(port.backends)}"] if len(port.backends) > NAMED else []
    endpoints = ",".join(f'"{one}"' for one in named)
    return f'"Setting endpoints for service port name" portName="{port.name}" endpoints=[{endpoints}]'


def _zone(node: Node | None) -> str:
    return node.metadata.labels.get(ZONE, "") if node is not None else ""
