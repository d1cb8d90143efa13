"""Where the requests of a program in a pod go, by the rules of its node, and what comes of them."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from clustersim.engine.random import RandomStream
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.kubeproxy.rules import Backend, PortRules
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.programs import says
from clustersim.programs.calling import Ask
from clustersim.runtime.listening import listening
from clustersim.runtime.records import Container, RuntimeDisk
from clustersim.traffic.reach import HUNG, REFUSED, SUCCEEDED, reach

DOMAIN: Final = ".svc.cluster.local"
_ADDRESS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
AT_ONCE: Final[Micros] = MILLISECOND
"""After that a connection is known to be refused ..."""
NO_NAME: Final[Micros] = 5 * MILLISECOND
"""... a name not to be there (estimates both) ..."""
GIVES_UP: Final[Micros] = 127 * SECOND
"""... and nobody to answer (net/ipv4/tcp_timer.c, tcp_syn_retries of 6)."""


class Way(msgspec.Struct, frozen=True):
    """One way that a request may go. node: to which machine; container: who answers there; None: nobody does,
    and that is known after so many microseconds. said: what the program that asks prints of it."""

    chance: float
    node: str
    container: Container | None
    waits: Micros
    said: str


class Map:
    """The ways in a cluster at one moment: it remembers what was asked of it. seed: of the choice among
    endpoints that a client stays with."""

    def __init__(self, machines: Mapping[str, Machine], network: Network, seed: int) -> None:
        self._machines = machines
        self._network = network
        self._seed = seed
        self._known: dict[tuple[tuple[Backend, ...], Ask, bool], tuple[Way, ...]] = {}
        self._met: dict[tuple[str, int, Ask], Way] = {}

    def ways(self, entry: str, namespace: str, ask: Ask) -> tuple[Way, ...]:
        """Of a request of a pod on that node: the same for all nodes that have the same rules."""
        host = ask.host.removesuffix(".")
        is_address = _ADDRESS.fullmatch(host) is not None
        ports = self._by_address(entry, host) if is_address else self._by_name(entry, host, namespace)
        if not ports:
            if (direct := self._pod_at(host, ask.port) if is_address else None) is not None:
                return self._to(entry, (direct,), ask)
            waits, how = (GIVES_UP, HUNG) if is_address else (NO_NAME, "")
            return (Way(1.0, "", None, waits, _failed(ask, host, how)),)
        rules = next((one for one in ports if one.port == ask.port and one.protocol == "tcp"), None)
        here = None if rules is None else rules.at(entry, outside=False)
        if here is None:
            return (Way(1.0, "", None, GIVES_UP, _failed(ask, ports[0].cluster_ip, HUNG)),)
        if not here.backends:
            return (Way(1.0, "", None, AT_ONCE, _failed(ask, here.cluster_ip, REFUSED)),)
        if not here.affinity:
            return self._to(entry, here.backends, ask)
        stream = RandomStream(self._seed, f"traffic/ways/{entry}/{namespace}/{here.name}", {})
        return self._to(entry, (here.backends[stream.below(len(here.backends))],), ask)

    def _to(self, entry: str, backends: tuple[Backend, ...], ask: Ask) -> tuple[Way, ...]:
        """To one of these, by chance."""
        leaves = self._machines[entry].state.powered and not self._network.is_away(entry)
        key = (backends, ask, leaves)
        if (known := self._known.get(key)) is None:
            chance = 1 / len(backends)
            met = (self._way(backend, ask, leaves=leaves) for backend in backends)
            known = self._known[key] = tuple(replace(way, chance=chance) for way in met)
        return known

    def _by_name(self, entry: str, host: str, namespace: str) -> tuple[PortRules, ...]:
        name, _dot, rest = host.removesuffix(DOMAIN).removesuffix(".svc").partition(".")
        if "." in rest:
            return ()
        found: tuple[PortRules, ...] = self._machines[entry].state.kernel_rules.get(
            f"{rest or namespace}/{name}", ()
        )
        return found

    def _by_address(self, entry: str, address: str) -> tuple[PortRules, ...]:
        for ports in self._machines[entry].state.kernel_rules.values():
            if ports and ports[0].cluster_ip == address:
                found: tuple[PortRules, ...] = ports
                return found
        return ()

    def _pod_at(self, address: str, port: int) -> Backend | None:
        """The pod with that address."""
        for name, machine in self._machines.items():
            disk: RuntimeDisk | None = machine.state.disk.get("runtime")
            for box in disk.sandboxes.values() if disk is not None else ():
                if box.ip == address and box.ready:
                    return Backend(address, port, name, box.pod)
        return None

    def _way(self, backend: Backend, ask: Ask, *, leaves: bool) -> Way:
        if not leaves:
            return Way(1.0, backend.node, None, GIVES_UP, _failed(ask, backend.ip, HUNG))
        key = (backend.ip, backend.port, ask)
        if (known := self._met.get(key)) is None:
            known = self._met[key] = self._meets(backend, ask)
        return known

    def _meets(self, backend: Backend, ask: Ask) -> Way:
        """What a request meets that leaves its own machine."""
        if not backend.node:  # of an EndpointSlice that somebody wrote by hand
            backend = self._pod_at(backend.ip, backend.port) or backend
        outcome = reach(self._machines, self._network, backend.node, backend)
        if outcome != SUCCEEDED:
            waits = GIVES_UP if outcome == HUNG else AT_ONCE
            return Way(1.0, backend.node, None, waits, _failed(ask, backend.ip, outcome))
        target = self._machines[backend.node]
        taker = next((one for one in listening(target, backend.ip, backend.port) if one.serving), None)
        if taker is None:
            return Way(1.0, backend.node, None, GIVES_UP, _failed(ask, backend.ip, HUNG))
        page = says(taker.spec, backend.port, "GET", ask.path, backend.pod, taker.text)
        if page.status >= 400 and ask.client == "wget":
            said = f"wget: server returned error: HTTP/1.1 {page.status}\n"
            return Way(1.0, backend.node, taker, 0, said)
        return Way(1.0, backend.node, taker, 0, "" if ask.silent else page.text)


def _failed(ask: Ask, address: str, outcome: str) -> str:
    """What a client says of a request that nobody answers; outcome "": there is no such name."""
    why = "Connection refused" if outcome == REFUSED else "Connection timed out"
    if ask.client == "curl":
        if not outcome:
            return f"curl: (6) Could not resolve host: {ask.host}\n"
        return f"curl: (7) Failed to connect to {ask.host} port {ask.port}: {why}\n"
    if not outcome:
        return f"wget: bad address '{ask.host}'\n"
    return f"wget: can't connect to remote host ({address}): {why}\n"
