"""The express: heartbeats that nothing and nobody disturbs.

A heartbeat is a handful of messages. While kubelet, network, API server and store are well and nothing about
the node changes, each of them follows from the last: when it is sent, what it says, when it is stored. One
entry of the queue then stands for them all and stores the heartbeat at the moment at which the last message
would have reached the API server. Whatever could notice the difference, or make one, first takes the
heartbeat off (`land`): its messages are then on their way exactly as if they had been sent one by one.

```
 plain   --answered, and all is well--> express --stored--> express          (a ticking engine: always plain)
 express --something is about to happen to one of those concerned--> plain, with its messages in flight
```
"""

from functools import partial
from typing import Any

import msgspec

from clustersim.api.status import Reply
from clustersim.apiserver.server import ApiServer
from clustersim.engine.actor import Actor
from clustersim.engine.engine import Engine
from clustersim.engine.loop import Loop
from clustersim.engine.part import ANSWERED
from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.etcd import Change
from clustersim.heartbeats.kinds import Heartbeat, LeaseRenewal, StatusReport
from clustersim.kubelet.kubelet import Kubelet
from clustersim.kubelet.node_lease import NodeLease
from clustersim.network import Network


class Journey(State):
    """From boarding to landing. number: of all there ever were; carried: a heartbeat was stored on it."""

    number: int
    carried: bool = False


class ExpressState(State):
    """aboard: nodes whose heartbeats are on the express; journeys: how many there were."""

    aboard: dict[str, Journey] = msgspec.field(default_factory=dict)
    journeys: int = 0


class Express(Actor):
    """Carries the heartbeats of one cluster."""

    kind: Heartbeat

    def __init__(self, engine: Engine, network: Network, apiserver: ApiServer) -> None:
        super().__init__(engine, "heartbeats")
        self.network = network
        self.apiserver = apiserver
        self.state: ExpressState = ExpressState()
        self.kubelets: dict[str, Kubelet] = {}
        self._storing = False
        engine.add(self)
        if not engine.ticking:
            apiserver.etcd.followers.append(self.stored)
            for process in (apiserver.etcd, apiserver):
                process.before_interruption.append(self.land_all)
            network.before_change.append(self.link_changes)

    def add(self, kubelet: Kubelet) -> None:
        """A kubelet whose heartbeats may be carried."""
        if self.engine.ticking:
            return
        node = kubelet.node_name
        if not self.kubelets:
            kind = LeaseRenewal if NodeLease.name in kubelet.parts else StatusReport
            self.kind = kind(self.apiserver, self.network)
        self.kubelets[node] = kubelet
        land = partial(self.land, node)
        kubelet.before_interruption.append(land)
        self.kind.join(kubelet, partial(self.take, kubelet), land)

    # --- on board ---------------------------------------------------------------------------------

    def take(self, kubelet: Kubelet, reply: Reply) -> None:
        """A heartbeat was answered, and the next is armed: carry it if nothing is the matter."""
        state, node, obj = _loop(kubelet).state, kubelet.node_name, reply.body
        if state.due is None or state.running or not self._all_well(kubelet):
            return
        if self.kind.stored_of(node) is not obj or obj.metadata.deletion_timestamp:
            return
        if self.kind.repeats(kubelet, obj, state.due):
            state.token += 1  # the pass that is armed is not to run
            self.state.journeys += 1
            self.state.aboard[node] = Journey(self.state.journeys)
            self._depart(node, state.due + self.kind.ahead, self.state.journeys)

    def _all_well(self, kubelet: Kubelet) -> bool:
        server = self.apiserver
        return (
            kubelet.running
            and server.running
            and server.state.serving
            and server.state.connected
            and server.etcd.running
            and self.network.is_free(kubelet, server)
        )

    def _depart(self, node: str, due: Micros, journey: int) -> None:
        self.engine.cause = 0
        self.engine.post(due, self.name, 0, "beat", (node, journey))

    def beat(self, node: str, journey: int) -> None:
        """A heartbeat is stored, and will be answered in time; the next follows."""
        on = self.state.aboard.get(node)
        if on is None or on.number != journey:
            return
        on.carried = True
        kubelet, kind = self.kubelets[node], self.kind
        self._storing = True
        kind.store(kubelet)
        self._storing = False
        loop = _loop(kubelet)
        state = loop.state
        state.anchor = self.engine.state.now + kind.back
        state.due = state.anchor + loop.pause()
        self._depart(node, state.due + kind.ahead, journey)

    # --- off board --------------------------------------------------------------------------------

    def stored(self, change: Change) -> None:
        """Somebody else has written what a heartbeat is about."""
        if self._storing or not self.state.aboard or change.resource != self.kind.resource:
            return
        if (node := self.kind.node_of(change.value)) is not None:
            self.land(node, change.previous)

    def link_changes(self, machine: str) -> None:
        """The link of a machine is about to change."""
        if machine == self.apiserver.machine:
            self.land_all()
        else:
            self.land(machine)

    def land_all(self) -> None:
        """Something that all depend on is about to change."""
        for node in list(self.state.aboard):
            self.land(node)

    def land(self, node: str, before: Any = None) -> None:
        """Take a heartbeat off: what it stands for is on its way from now on, message by message. before:
        what was stored until now, where somebody has just changed that."""
        if (journey := self.state.aboard.pop(node, None)) is None:
            return
        kubelet, kind, engine = self.kubelets[node], self.kind, self.engine
        loop, cause, now = _loop(kubelet), engine.cause, self.now
        due, anchor = loop.state.due, loop.state.anchor
        assert due is not None
        obj = kind.stored_of(node) if before is None else before
        last = anchor - kind.back - kind.ahead
        if journey.carried:
            kind.settle(kubelet, last)
        engine.cause = 0
        if now < anchor:
            loop.take_back_pause()
            loop.under_way(last)
            self._answer(kubelet, obj, anchor)
        elif now < due:
            loop.arm(due)
        else:
            loop.under_way(due)
            kind.resume(kubelet, due, obj)
        engine.cause = cause

    def _answer(self, kubelet: Kubelet, obj: Any, due: Micros) -> None:
        """The answer to a heartbeat that is stored is on its way."""
        part, method = self.kind.answered_by
        reply = Reply(200, obj, resource_version=int(obj.metadata.resource_version))
        life = kubelet.incarnation()
        self.engine.post(due, kubelet.address, life, ANSWERED, (reply, part, method, ()))


def _loop(kubelet: Kubelet) -> Loop:
    loop: Loop = kubelet.loops["heartbeat"]
    return loop
