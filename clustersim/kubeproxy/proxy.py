"""The process: watches Services and Endpoints and writes what changed into its node's kernel.

The rules are the kernel's: they stay when the process is stopped, with the endpoints of that moment, and
are lost with the machine's power. All rules are also written anew at least every --iptables-sync-period; as
nobody else touches them, that changes nothing and costs nothing here.
Source: v1.7.5 pkg/proxy/iptables/proxier.go; v1.8.0 the same with pkg/util/async.
"""

from functools import lru_cache
from typing import Any, ClassVar, Final, cast

import msgspec

from clustersim.api.core_v1 import Endpoints, Service
from clustersim.api.registry import key_of
from clustersim.client.component import Component
from clustersim.client.flowcontrol import TokenBucket, full_bucket
from clustersim.client.informer import WATCHING, Informer
from clustersim.engine.engine import Engine
from clustersim.engine.identity import Same
from clustersim.engine.journal import Line, Phrase
from clustersim.engine.process import Memory
from clustersim.engine.serving import LOOPBACK, Health, Listener, Serves
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.flags.configuration import PROXY_UNIT, ConfigurationError
from clustersim.flags.node import KubeProxyFlags
from clustersim.flags.setting import ALL_INTERFACES
from clustersim.flags.unit_files import proxy_settings
from clustersim.kubeproxy.cohort import Cohorts, journal_with, leave, members_of, note
from clustersim.kubeproxy.health import health_of_old
from clustersim.kubeproxy.iptables import iptables_save
from clustersim.kubeproxy.rules import PortRules, compile_rules, leads_elsewhere
from clustersim.kubeproxy.service_health import health_ports, service_health
from clustersim.machine import Machine
from clustersim.network import Network

METRICS_PORT: Final = 10_249

NAMED: Final = 8
"""So many endpoints of a port are named in the log."""


class ProxyMemory(Memory):
    """`changed`: services to be written anew; due: when that is done next, and since when that is known;
    `bucket`: the limit on writings.

    Of a cohort: members by machine, of whom the first is told of changes, each with how many lines had been
    logged when its own journal was complete; told: the newest lines; told_before: how many there were before.
    """

    changed: dict[str, bool] = msgspec.field(default_factory=dict)
    complete: bool = False
    due: tuple[Micros, Micros] | None = None
    synced_at: Micros | None = None
    bucket: TokenBucket | None = None
    settings: KubeProxyFlags | None = None
    members: dict[str, int] = msgspec.field(default_factory=dict)
    told: list[Line] = msgspec.field(default_factory=list)
    told_before: int = 0


class KubeProxy(Component):
    """kube-proxy of one node."""

    kind: ClassVar[str] = "kube-proxy"
    network: Network

    def __init__(self, engine: Engine, network: Network, machine: Machine, flags: KubeProxyFlags) -> None:
        super().__init__(engine, network, f"kube-proxy@{machine.name}", machine.name)
        self.host = machine
        self.flags = self.given = flags
        self.usual, self.release = flags, ""
        """Its flags where its command line names none, and the release that it is of."""
        self.cohorts: Cohorts | None = None
        """Who finds out which others do the same; None: nobody does."""
        self.services = Informer(self.api, "services", self.service_changed, on_synced=self.filled)
        self.endpoints = self.watch_endpoints()

    def watch_endpoints(self) -> Informer:
        """What tells it where pods are."""
        return Informer(self.api, "endpoints", self.endpoints_changed, on_synced=self.filled, routine=False)

    def memory(self) -> ProxyMemory:
        return ProxyMemory()

    @property
    def kernel(self) -> dict[str, tuple[PortRules, ...]]:
        """The node's rules by service."""
        return self.host.state.kernel_rules

    def listeners(self) -> tuple[Listener, ...]:
        return (
            Listener(ALL_INTERFACES, self.flags.healthz_port, Serves.PROXY_HEALTH),
            Listener(LOOPBACK, METRICS_PORT, Serves.METRICS),
        )

    def _renew_memory(self, state: ProxyMemory) -> None:
        super()._renew_memory(state)
        self.flags = state.settings or self.given

    def boot(self) -> None:
        """Start with what its unit says, if somebody has changed that."""
        if (unit := self.host.state.configurations.get(PROXY_UNIT)) is not None:
            try:
                self.state.settings = proxy_settings(unit, self.given, self.usual, self.release)
            except ConfigurationError as error:
                self.exit(str(error))
                return
            self.flags = self.state.settings
        self.post(self.flags.start_delay, self.begin)

    def begin(self) -> None:
        """Watch."""
        self.services.start()
        self.endpoints.start()

    # --- changes ----------------------------------------------------------------------------------

    def filled(self) -> None:
        """Nothing is written before both caches are filled; then everything is."""
        if not self.state.complete and self.services.synced and self.endpoints.synced:
            self.state.complete = True
            for key in [*self.kernel, *self.services.state.cache]:
                self.state.changed[key] = True
            self.sync_soon()

    def service_changed(self, old: Service | None, new: Service | None) -> None:
        """A Service was added, changed or removed."""
        if old is None or new is None or old.spec != new.spec or old.status != new.status:
            self._changed(old or new)

    def endpoints_changed(self, old: Endpoints | None, new: Endpoints | None) -> None:
        """Endpoints were added, changed or removed."""
        if leads_elsewhere(old, new):
            self._changed(old or new)

    def _changed(self, obj: Any) -> None:
        self.changed(key_of(obj))

    def changed(self, service: str) -> None:
        """The rules of that Service are to be written anew."""
        if self.state.complete:
            self.state.changed[service] = True
            self.sync_soon()

    # --- writing ----------------------------------------------------------------------------------

    def sync_soon(self) -> None:
        """Write as soon as --iptables-min-sync-period lets us."""
        if self.state.due is None:
            wait = self.turn() + self.flags.sync_cost
            self.state.due = (self.now + wait, self.now)
            self.post(wait, self.sync)

    def turn(self) -> Micros:
        """How long the next writing must wait: two may follow at once."""
        period = self.flags.iptables_min_sync_period
        if not period:
            return 0
        if self.state.bucket is None:
            self.state.bucket = full_bucket(SECOND / period, self.flags.sync_burst, self.now)
        bucket: TokenBucket = self.state.bucket
        return bucket.take(self.now)

    def sync(self) -> None:
        """The rules of all services that changed are in the kernel now."""
        if self.state.members and self.needs_own_rules():
            for proxy in list(members_of(self))[1:]:
                proxy.go_alone()
        memory: ProxyMemory = self.state
        changed, memory.changed = memory.changed, {}
        memory.due = None
        memory.synced_at = self.now
        for key in changed:
            self._write(key)
        if self.cohorts is not None:
            self.cohorts.wrote(self)

    def needs_own_rules(self) -> bool:
        """What it is about to write depends on its node."""
        return False

    def _write(self, key: str) -> None:
        service: Service | None = self.services.state.cache.get(key)
        rules = self.compile(key, service) if service is not None else ()
        kernel = self.kernel
        if rules is kernel.get(key, ()):
            return
        self._forget_callers(kernel.get(key, ()), rules)
        if rules:
            kernel[key] = rules
        else:
            del kernel[key]
        self.engine.tell_onlookers_of(self.state.members or (self.machine,))
        self.tell_of(key, rules)

    def tell_of(self, key: str, rules: tuple[PortRules, ...]) -> None:
        """What the log says of new rules."""
        self.log(_written(key, Same(rules)), source="proxier.go")

    def _forget_callers(self, old: tuple[PortRules, ...], new: tuple[PortRules, ...]) -> None:
        """Who came to an endpoint is kept with its chain, and goes with it."""
        recent = self.host.state.recent_callers  # of no other member of its cohort there are any
        if recent:
            node = self.host.name
            kept = {port.endpoint_chain(backend) for port in new for backend in port.reached_from(node)}
            known = {port.endpoint_chain(backend) for port in old for backend in port.reached_from(node)}
            for chain in known - kept:
                recent.pop(chain, None)

    def compile(self, key: str, service: Service) -> tuple[PortRules, ...]:
        """The rules of a Service, from where its pods are."""
        return compile_rules(self.read(service), self.endpoints.state.cache.get(key))

    def read(self, service: Service) -> Service:
        """A Service as this release reads it."""
        return service

    def printed(self, command: str) -> list[str] | None:
        """What a command of the node prints of the rules in its kernel, line by line; None: it knows nothing
        of them."""
        return (
            iptables_save(self.kernel, self.host.name, self.host.ip) if command == "iptables-save" else None
        )

    # --- cohorts ----------------------------------------------------------------------------------

    @property
    def deputy(self) -> str:
        members: dict[str, int] = self.state.members
        return f"{self.kind}@{next(iter(members))}" if members else self.name

    def go_alone(self) -> None:
        if self.state.members:
            leave(self)

    def may_join(self) -> bool:
        """It may be like others: it works and watches, what the API server sent to it alone has arrived, and
        its kernel remembers no callers."""
        way = self.network.flags.watch_latency + self.network.flags.latency
        states = (self.services.state, self.endpoints.state)
        return (
            self.running
            and all(state.phase == WATCHING and self.now - state.opened_at > way for state in states)
            and not self.host.state.recent_callers
        )

    def share(self, memory: ProxyMemory, kernel: dict[str, tuple[PortRules, ...]]) -> None:
        """From now on these are its memory and its node's rules."""
        self._renew_memory(memory)
        self.host.state.kernel_rules = kernel

    @property
    def journal(self) -> list[Line]:
        own, memory = self.status.journal, self.state
        if not memory.members or self.deputy == self.name:
            return own
        return journal_with(own, memory, memory.members[self.machine])

    def log(self, said: str | Phrase, level: str = "I", source: str = "") -> None:
        super().log(said, level, source)
        if self.state.members:
            note(self.state, self.status.journal[-1])

    def watch_lost(self, stream: str) -> None:
        self.go_alone()
        super().watch_lost(stream)

    def connection_lost(self) -> None:
        self.go_alone()
        super().connection_lost()

    def save(self) -> dict[str, State]:
        """Of a cohort only the first saves its memory."""
        return super().save() if self.deputy == self.name else {"status": self.status}

    def load(self, saved: dict[str, State]) -> None:
        super().load(saved)
        memory: ProxyMemory = self.state
        if not memory.members:
            return  # alone, or the first of its cohort comes later
        first = cast(KubeProxy, self.engine.actors[self.deputy])
        for proxy in members_of(self) if first is self else (self,):
            proxy.share(memory, first.kernel)

    # --- health -----------------------------------------------------------------------------------

    def of_service(self, port: int) -> Health | None:
        """What balancers are told at that port; None where no Service is asked for there."""
        services: dict[str, Service] = self.services.state.cache
        key = health_ports({key: self.read(one) for key, one in services.items()}).get(port)
        if key is None:
            return None
        return service_health(key, self.kernel.get(key, ()), self.host.name, healthy=self.says_so())

    def says_so(self) -> bool | None:
        """Whether it is well itself, where that is told, too."""
        return None

    def last_sync(self, now: Micros) -> Micros | None:
        """When all rules were last written, the regular writing included."""
        synced: Micros | None = self.state.synced_at
        if synced is None:
            return None
        period = self.flags.iptables_sync_period
        return synced + max(0, now - synced) // period * period

    def health(self, path: str, *, eligible: bool) -> Health | None:
        """What is told at a path of the port for its health; None: nothing. eligible: the node is not about
        to go."""
        if path != "/healthz":
            return None
        return health_of_old(self.last_sync(self.now), self.now, self.flags.iptables_sync_period)


@lru_cache(maxsize=1024)
def _written(key: str, same: Same) -> str:
    """What the log says of new rules, in one text for the thousands of nodes that write the same: the first
    endpoints, and how many there are if that is not all."""
    rules = cast(tuple[PortRules, ...], same.objects[0])
    found = [backend.address for port in rules for backend in port.backends[:NAMED]]
    total = sum(len(port.backends) for port in rules)
    named = " ".join(found) if total == len(found) else f"{' '.join(found)} ... {total}"
    return f"Setting endpoints for {key} to [{named}]"
