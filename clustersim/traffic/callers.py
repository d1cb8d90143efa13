"""Who asks Services over and over, programs in pods and a scenario's clients: how often they do, and how busy
that keeps who answers.

Nobody follows their requests one by one. Whenever something changes on which it depends, on the machines
concerned, all of it is reckoned anew (flow.py), and holds until the next change:

```
 a caller starts -> its way by the rules of its node -> who listens there -> turns of callers, CPU of servers
      ^------------ a container, a rule, power or a link is another there (engine: onlookers)
```
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from clustersim.api.quantity import millicores
from clustersim.engine.actor import Actor
from clustersim.engine.engine import Engine
from clustersim.engine.state import State
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.programs.calling import Ask, Calls
from clustersim.programs.costs import ASKING, request_cost
from clustersim.runtime.records import CALLERS, RUNNING, Container, Outcomes, RuntimeDisk, Turns
from clustersim.runtime.runtime import ContainerRuntime
from clustersim.scenario_schema import ClientSpec
from clustersim.traffic.flow import Caller, Server, Steady, Trip, flow_of
from clustersim.traffic.ways import Map, Way

SETTLES: Final[Micros] = 100 * MILLISECOND
"""So long changes are collected before all is reckoned anew: an estimate of what requests take to follow
them."""
FOR_EACH: Final[Micros] = MILLISECOND
"""More for each of those who ask and answer, so that very many are not reckoned very often."""
STARTING: Final[Micros] = 10 * MILLISECOND
"""What a turn takes for each request beside its answer: a process is started, a name looked up, a connection
made (an estimate)."""
MOST_DOORS: Final = 64
"""Nodes by which requests of a client are taken to come in, where it goes through all of them in turn."""
MOST_TURNS: Final = 64
"""Times of another rate that are kept of a caller."""
MOST_OUTCOMES: Final = 32
"""Of a request that are told apart."""


class CallersState(State):
    """due: it will be reckoned anew. callers, busy: containers that ask, and that are kept busy, and their
    machines; concerned: machines on which something matters to that."""

    due: bool = False
    callers: dict[str, str] = msgspec.field(default_factory=dict)
    busy: dict[str, str] = msgspec.field(default_factory=dict)
    concerned: dict[str, bool] = msgspec.field(default_factory=dict)


Group = tuple[str, str, Calls]
"""Callers of one node, one namespace, one program."""


class Alike(NamedTuple):
    """Callers that do the same, by the same ways: each with its machine."""

    calls: Calls
    ways: tuple[tuple[Way, ...], ...]
    callers: list[tuple[str, str]]


class Callers(Actor):
    """All of a cluster."""

    def __init__(
        self,
        engine: Engine,
        network: Network,
        machines: Mapping[str, Machine],
        runtimes: Mapping[str, ContainerRuntime],
        clients: Sequence[ClientSpec] = (),
    ) -> None:
        super().__init__(engine, "callers")
        self.state: CallersState = CallersState()
        self._machines = machines
        self._runtimes = runtimes
        self._network = network
        self._clients = clients
        engine.observe(CALLERS, self._soon)
        engine.onlookers.append(self.look)

    # --- when ------------------------------------------------------------------------------------------

    def look(self, machines: Collection[str], lives: bool) -> None:
        """Something is another on these machines."""
        state = self.state
        if state.due or not (state.callers or self._clients):
            return
        if self._clients or any(name in state.concerned for name in machines):
            self._soon()

    def _soon(self) -> None:
        if not self.state.due:
            self.state.due = True
            parts = len(self.state.callers) + len(self.state.busy)
            self.engine.post(self.now + SETTLES + parts * FOR_EACH, self.name, 0, "reckon", ())

    # --- what ------------------------------------------------------------------------------------------

    def reckon(self) -> None:
        """All of it anew."""
        state = self.state
        before = state.callers
        groups = self._groups()
        for number, node in before.items():
            if number not in state.callers:
                self._turns(node, number, 0, ())
        at = self.map()
        alike, asked = self._alike(groups, at), [self._asked(spec, at) for spec in self._clients]
        servers = _servers([*(ways for one in alike for ways in one.ways), *asked])
        places = {number: index for index, number in enumerate(servers)}
        callers = [_caller(one, places) for one in alike]
        steady = [
            Steady(SECOND / spec.every, tuple(_trips(ways, places)))
            for spec, ways in zip(self._clients, asked, strict=True)
        ]
        flow = flow_of(callers, [self._server(node, one) for node, one in servers.values()], steady)
        busy = dict(zip(servers, flow.wanted, strict=True))
        where = {number: node for number, (node, _one) in servers.items()}
        concerned = (*state.callers.values(), *where.values())
        state.concerned = dict.fromkeys(concerned, True)
        for one, turns in zip(alike, flow.turns, strict=True):
            said = tuple(map(_outcomes, one.ways))
            state.concerned |= {way.node: True for ways in one.ways for way in ways if way.node}
            for node, number in one.callers:
                busy[number] = busy.get(number, 0.0) + turns * len(one.calls.asks) * ASKING / 1000
                where[number] = node
                self._turns(node, number, round(turns * 1000), said)
        for number, node in {**state.busy, **where}.items():
            self._keep_busy(node, number, round(busy.get(number, 0.0)))
        state.busy = where
        state.due = False

    def map(self) -> Map:
        """The ways as they are now."""
        return Map(self._machines, self._network, self.engine.seed)

    def _asked(self, spec: ClientSpec, at: Map) -> tuple[Way, ...]:
        """Where the requests of a client go: through its node, or through each in turn."""
        open_doors = [
            name
            for name, machine in self._machines.items()
            if machine.state.powered and not self._network.is_away(name)
        ]
        open_doors = open_doors[:: -(-len(open_doors) // MOST_DOORS) or 1]
        entries = ([spec.node] if spec.node in self._machines else []) if spec.node else open_doors
        key, found = f"{spec.namespace}/{spec.service}", list[Way]()
        for entry in entries:
            ports = self._machines[entry].state.kernel_rules.get(key, ())
            if ports:
                ask = Ask("curl", spec.service, ports[0].port, "/")
                ways = at.ways(entry, spec.namespace, ask)
                found += [replace(way, chance=way.chance / len(entries)) for way in ways]
        return tuple(found)

    def _alike(self, groups: Mapping[Group, list[str]], at: Map) -> list[Alike]:
        """Those whose requests go the same ways, together."""
        found: dict[tuple[Calls, tuple[int, ...]], Alike] = {}
        for (node, namespace, calls), numbers in groups.items():
            ways = tuple(at.ways(node, namespace, ask) for ask in calls.asks)
            one = found.setdefault((calls, tuple(map(id, ways))), Alike(calls, ways, []))
            one.callers.extend((node, number) for number in numbers)
        return list(found.values())

    def _groups(self) -> dict[Group, list[str]]:
        """Who asks now; those that have ended are forgotten."""
        found: dict[Group, list[str]] = {}
        self.state.callers = {}
        for name, machine in self._machines.items():
            disk: RuntimeDisk | None = machine.state.disk.get("runtime")
            for number in list(disk.callers) if disk is not None else ():
                assert disk is not None
                one = disk.containers.get(number)
                if one is None or one.state != RUNNING or one.program is None or one.program.calls is None:
                    del disk.callers[number]
                    continue
                self.state.callers[number] = name
                found.setdefault((name, one.namespace, one.program.calls), []).append(number)
        return found

    def _server(self, node: str, one: Container) -> Server:
        limit, whole = one.spec.resources.limits.get("cpu"), self._machines[node].cpu_millicores
        most = whole if limit is None else min(millicores(limit), whole)
        return Server(request_cost(one.spec, one.program), max(1, most - (one.cpu or 0)))

    # --- what is kept of it -----------------------------------------------------------------------------

    def _turns(self, node: str, number: str, rate: int, said: tuple[Outcomes, ...]) -> None:
        runtime = self._runtimes[node]
        if (one := runtime.running_container(number)) is None:
            return
        last = one.turns[-1] if one.turns else None
        if last is None and not rate:
            return
        if last is not None and (last.rate, last.said) == (rate, said):
            return
        before = 0 if last is None else last.done(self.now)
        turns = (*one.turns[-MOST_TURNS + 1 :], Turns(self.now, before, rate, said))
        runtime.put(replace(one, turns=turns))

    def _keep_busy(self, node: str, number: str, busy: int) -> None:
        runtime = self._runtimes[node]
        one = runtime.running_container(number)
        if one is not None and one.busy != busy:
            runtime.put(replace(one, busy=busy))


def _servers(asked: Sequence[Sequence[Way]]) -> dict[str, tuple[str, Container]]:
    """Who answers, and where, by the numbers of their containers."""
    return {
        way.container.id: (way.node, way.container)
        for ways in asked
        for way in ways
        if way.container is not None
    }


def _trips(ways: Sequence[Way], places: Mapping[str, int]) -> list[Trip]:
    return [
        Trip(way.chance, None if way.container is None else places[way.container.id], way.waits)
        for way in ways
    ]


def _caller(one: Alike, places: Mapping[str, int]) -> Caller:
    trips = tuple(trip for ways in one.ways for trip in _trips(ways, places))
    return Caller(one.calls.pause + STARTING * len(one.calls.asks), trips, len(one.callers))


def _outcomes(ways: Sequence[Way]) -> Outcomes:
    """What a request comes to, and how often of a thousand times."""
    found: dict[str, float] = {}
    for way in ways:
        found[way.said] = found.get(way.said, 0.0) + way.chance
    return tuple((round(1000 * chance), said) for said, chance in list(found.items())[:MOST_OUTCOMES])
