"""Renewals of leaders' locks: an annotation of Endpoints in v1.7 and v1.8, a Lease today."""

from functools import partial
from typing import Any

import msgspec

from clustersim.api.coordination import Lease
from clustersim.api.core_v1 import Endpoints
from clustersim.api.meta import LEADER_ANNOTATION
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339, rfc3339_micro
from clustersim.apiserver.server import ApiServer
from clustersim.client.leaderelection import NAMESPACE, LeaderElector, LeaderRecord
from clustersim.client.lease_election import LeaseElector
from clustersim.engine.actor import Then
from clustersim.engine.time import SECOND, Micros
from clustersim.express.exchange import Exchange, Journey, Land, ReadFirst, Take
from clustersim.network import Network


def lock_of(elector: LeaderElector | LeaseElector, apiserver: ApiServer, network: Network) -> Exchange:
    """The renewals of a leader's lock."""
    if isinstance(elector, LeaseElector):
        return LockLease(elector, apiserver, network)
    return LockAnnotation(elector, apiserver, network)


class LockRenewal(Exchange):
    """What both ways to keep a lock have in common."""

    elector: LeaderElector | LeaseElector

    def join(self, take: Take, land: Land) -> None:
        self.elector.carry = partial(self._taken, take)
        self.client.before_sending.append(land)

    def _taken(self, take: Take, reply: Reply) -> bool:
        return take(reply.body, self.next_after(self.process.now))

    def next_after(self, answered: Micros) -> Micros:
        return answered + self.elector.retry


class LockAnnotation(LockRenewal, ReadFirst):
    """PUT of Endpoints with a new time in the leader's annotation, after a GET of them."""

    methods = ("GET", "PUT")
    elector: LeaderElector

    def __init__(self, elector: LeaderElector, apiserver: ApiServer, network: Network) -> None:
        super().__init__(elector.client, "endpoints", f"{NAMESPACE}/{elector.lock}", apiserver, network)
        self.elector = elector

    def repeats(self, obj: Endpoints, begins: Micros) -> bool:
        elector, annotations = self.elector, obj.metadata.annotations
        own = len(annotations) == 1 and annotations.get(LEADER_ANNOTATION) == elector.state.observed
        every = elector.retry
        return own and every >= SECOND and self.is_prompt(2, begins, every)

    def store(self, journey: Journey) -> None:
        lock: Endpoints = self.apiserver.etcd.store.objects["endpoints"][self.key]
        state = self.elector.state
        state.attempt += 1
        text = self._text(lock, journey.began + self.told)
        state.observed = text
        state.observed_at = state.renewed_at = journey.answered
        self.count(self.counters)
        self.apiserver.renewed("endpoints", self.key, self._renewed(lock, text, next_version=True))

    def _text(self, lock: Endpoints, at: Micros) -> str:
        record = msgspec.json.decode(lock.metadata.annotations[LEADER_ANNOTATION], type=LeaderRecord)
        renewed = msgspec.structs.replace(record, renew_time=rfc3339(at))
        return msgspec.json.encode(renewed).decode()

    def _renewed(self, lock: Endpoints, text: str, *, next_version: bool = False) -> Endpoints:
        metadata = self.next_version(lock.metadata) if next_version else lock.metadata
        metadata = msgspec.structs.replace(metadata, annotations={LEADER_ANNOTATION: text})
        return msgspec.structs.replace(lock, metadata=metadata)

    def await_begin(self, begins: Micros) -> None:
        self.elector.post(begins - self.process.now, self.elector.try_once)

    def await_answer(self, begun: Micros, answered: Micros, obj: Endpoints) -> None:
        text = obj.metadata.annotations[LEADER_ANNOTATION]
        self.answer(answered, obj, self.elector.then(self.elector.written, self.elector.state.attempt, text))

    def reads(self) -> Then:
        state = self.elector.state
        state.attempt += 1
        return self.elector.then(self.elector.read, state.attempt)

    def write(self, told: Micros, obj: Endpoints) -> None:
        elector, text = self.elector, self._text(obj, told)
        namespace, _, name = self.key.partition("/")
        update = Request("update", "endpoints", namespace, name, self._renewed(obj, text))
        self.client.sent(told, update, elector.then(elector.written, elector.state.attempt, text))


class LockLease(LockRenewal):
    """PUT of the lock's Lease with the time at which it began."""

    methods = ("PUT",)
    elector: LeaseElector

    def __init__(self, elector: LeaseElector, apiserver: ApiServer, network: Network) -> None:
        super().__init__(elector.client, "leases", f"{NAMESPACE}/{elector.lock}", apiserver, network)
        self.elector = elector

    def repeats(self, obj: Lease, begins: Micros) -> bool:
        return self.is_prompt(1, begins, self.elector.retry)

    def store(self, journey: Journey) -> None:
        lease: Lease = self.apiserver.etcd.store.objects["leases"][self.key]
        state = self.elector.state
        state.attempt += 1
        state.period = 0
        state.observed_at = state.renewed_at = journey.answered
        self.count(self.counters)
        state.lease = self._renewed(lease, journey.began, metadata=self.next_version(lease.metadata))
        self.apiserver.renewed("leases", self.key, state.lease)

    def _renewed(self, lease: Lease, at: Micros, **changes: Any) -> Lease:
        spec = msgspec.structs.replace(lease.spec, renew_time=rfc3339_micro(at))
        return msgspec.structs.replace(lease, spec=spec, **changes)

    def await_begin(self, begins: Micros) -> None:
        self.elector.post(begins - self.process.now, self.elector.renew)

    def await_answer(self, begun: Micros, answered: Micros, obj: Lease) -> None:
        self._under_way(begun)
        elector = self.elector
        self.answer(answered, obj, elector.then(elector.written_as_known, elector.state.attempt))

    def resume(self, begun: Micros, obj: Lease) -> None:
        self._under_way(begun)
        elector = self.elector
        elector.state.attempt += 1
        namespace, _, name = self.key.partition("/")
        update = Request("update", "leases", namespace, name, self._renewed(obj, begun))
        self.client.sent(begun, update, elector.then(elector.written_as_known, elector.state.attempt))

    def _under_way(self, begun: Micros) -> None:
        """A renewal has begun, and has a deadline."""
        elector = self.elector
        elector.state.renewing, elector.state.period = begun, 0
        elector.post(begun + elector.deadline - self.process.now, elector.give_up, begun)
