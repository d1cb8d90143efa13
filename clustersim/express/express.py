"""The express: exchanges that come again and again, while nothing and nobody disturbs them.

A heartbeat, or the renewal of a lock, is a handful of messages. While its client, the network, API server and
store are well and nothing about its object changes, each of them follows from the last: when it is sent, what
it says, when it is stored. One entry of the queue then stands for them all and stores the object at the
moment at which the last message would have reached the API server, among others of that microsecond in the
place of that message. Whatever could notice the difference, or make one, first takes the exchange off
(`land`): its messages are then on their way exactly as if they had been sent one by one.

```
 plain   --answered, and all is well--> express --stored--> express          (a ticking engine: always plain)
 express --something is about to happen to one of those concerned--> plain, with its messages in flight
```
"""

from functools import partial
from typing import Any

import msgspec

from clustersim.apiserver.policing import is_policed
from clustersim.apiserver.server import ApiServer
from clustersim.engine.actor import Actor
from clustersim.engine.engine import Engine
from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.etcd import Change
from clustersim.express.exchange import Exchange, Journey
from clustersim.network import Network


class ExpressState(State):
    """aboard: by the name of the client; journeys: how many there were."""

    aboard: dict[str, Journey] = msgspec.field(default_factory=dict)
    journeys: int = 0


class Express(Actor):
    """Carries the exchanges of one cluster."""

    def __init__(self, engine: Engine, network: Network, apiserver: ApiServer) -> None:
        super().__init__(engine, "express")
        self.network = network
        self.apiserver = apiserver
        self.state: ExpressState = ExpressState()
        self.exchanges: dict[str, Exchange] = {}
        self._by_object: dict[str, dict[str, str]] = {}
        self._storing = False
        engine.add(self)
        if not engine.ticking:
            for process in (apiserver.etcd, apiserver):
                process.before_interruption.append(self.land_all)
            network.before_change.append(self.link_changes)

    def add(self, exchange: Exchange) -> None:
        """Something that may be carried."""
        if self.engine.ticking:
            return
        name = exchange.process.name
        self.exchanges[name] = exchange
        if exchange.resource not in self._by_object:
            self._by_object[exchange.resource] = {}
            self.apiserver.etcd.follow((exchange.resource,), self.stored)
        self._by_object[exchange.resource][exchange.key] = name
        land = partial(self.land, name)
        exchange.process.before_interruption.append(land)
        exchange.join(partial(self.take, exchange), land)

    # --- on board ---------------------------------------------------------------------------------

    def take(self, exchange: Exchange, obj: Any, begins: Micros) -> bool:
        """One was answered with that object, and the next would begin then: carry it if nothing is the
        matter."""
        if not self._all_well(exchange) or exchange.stored() is not obj or obj.metadata.deletion_timestamp:
            return False
        if not exchange.repeats(obj, begins):
            return False
        self.state.journeys += 1
        journey = Journey(self.state.journeys, begins, exchange.clock_skew(), cause=self.engine.cause)
        self.state.aboard[exchange.process.name] = journey
        self._depart(exchange, journey)
        return True

    def _all_well(self, exchange: Exchange) -> bool:
        server = self.apiserver
        return (
            exchange.process.running
            and server.running
            and server.state.serving
            and server.state.connected
            and server.etcd.running
            and not server.etcd.is_full
            and not is_policed(server)
            and self.network.is_free(exchange.process, server)
        )

    def _depart(self, exchange: Exchange, journey: Journey) -> None:
        due = journey.begins + exchange.ahead
        args = (exchange.process.name, journey.number)
        self.engine.post(due, self.name, 0, "arrive", args, sent=due - exchange.way)

    def arrive(self, name: str, number: int) -> None:
        """The object is stored, and the answer will come in time; the next exchange follows."""
        journey = self.state.aboard.get(name)
        if journey is None or journey.number != number:
            return
        exchange = self.exchanges[name]
        journey.carried = True
        journey.began = journey.begins
        journey.answered = self.engine.state.now + exchange.back
        self._storing = True
        exchange.store(journey)
        self._storing = False
        journey.cause = self.engine.cause
        journey.begins = exchange.next_after(journey.answered)
        self._depart(exchange, journey)

    # --- off board --------------------------------------------------------------------------------

    def stored(self, change: Change) -> None:
        """Somebody else has written what an exchange is about."""
        if not self._storing and (name := self._by_object[change.resource].get(change.key)) is not None:
            self.land(name, change.previous)

    def link_changes(self, machine: str) -> None:
        """The link of a machine is about to change."""
        if machine == self.apiserver.machine:
            self.land_all()
        else:
            self.land(f"kubelet@{machine}")

    def land_all(self) -> None:
        """Something that all depend on is about to change."""
        for name in list(self.state.aboard):
            self.land(name)

    def land(self, name: str, before: Any = None) -> None:
        """Take an exchange off: what it stands for is on its way from now on, message by message. before:
        what was stored until now, where somebody has just changed that."""
        if (journey := self.state.aboard.pop(name, None)) is None:
            return
        exchange, engine, now = self.exchanges[name], self.engine, self.engine.state.now
        cause, engine.cause = engine.cause, journey.cause
        obj = exchange.stored() if before is None else before
        if journey.carried:
            exchange.settle(journey)
        if journey.carried and now < journey.answered:
            exchange.await_answer(journey.began, journey.answered, obj)
        elif now < journey.begins:
            exchange.await_begin(journey.begins)
        else:
            exchange.resume(journey.begins, obj)
        engine.cause = cause
