"""Leader election by an annotation on an Endpoints object (1.7, 1.8: client-go tools/leaderelection,
resourcelock/endpointslock.go).

```
  candidate --acquired--> leading --not renewed for the deadline--> the process exits
```
The identity is the host's name, so a process that is restarted on the same host takes its own lock back at
once.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

import msgspec

from clustersim.api.core_v1 import Endpoints
from clustersim.api.meta import LEADER_ANNOTATION, ObjectMeta, ObjectReference, replace
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.client.client import Client
from clustersim.engine.part import Part
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

ELECTION: Final = "election"
"""The name of this part in a process."""

NAMESPACE: Final = "kube-system"
JITTER: Final = 1.2


class LeaderRecord(msgspec.Struct, frozen=True, rename="camel"):
    """What the annotation says."""

    holder_identity: str
    lease_duration_seconds: int
    acquire_time: str
    renew_time: str
    leader_transitions: int = 0


class ElectionState(State):
    """`observed`: the annotation as last seen and when it last changed, by the candidate's own clock.
    tried_at: when the last attempt began."""

    observed: str = ""
    observed_at: Micros = 0
    leading: bool = False
    renewed_at: Micros = 0
    attempt: int = 0
    tried_at: Micros = 0


class Elector(Part, ABC):
    """Competes for a lock, calls `on_leading` once, and ends the process when the lock cannot be renewed in
    time. host: whose process it is; lease: how long others leave the lock alone after a renewal; deadline:
    how long a leader goes on that cannot renew it; retry: the pause between two tries."""

    def __init__(
        self,
        client: Client,
        lock: str,
        host: str,
        on_leading: Callable[[], None],
        *,
        lease: Micros = 15 * SECOND,
        deadline: Micros = 10 * SECOND,
        retry: Micros = 2 * SECOND,
    ) -> None:
        super().__init__(client.process, ELECTION)
        self.client = self.client_for(client, deadline)
        self.lock = lock
        self.host = host
        self.on_leading = on_leading
        self.lease = lease
        self.deadline = deadline
        self.retry = retry
        self.carry: Callable[[Reply], bool] | None = None
        """Takes over from a renewal that was answered: it then need not be armed again."""

    def client_for(self, client: Client, deadline: Micros) -> Client:
        """By which it asks for the lock: as a rule that of the process."""
        return client

    @property
    @abstractmethod
    def identity(self) -> str:
        """Who this process is to the others."""

    @property
    @abstractmethod
    def reference(self) -> ObjectReference:
        """The lock, for Events about it."""

    @abstractmethod
    def start(self) -> None:
        """Try to become leader, now and until it succeeds."""


class LeaderElector(Elector):
    """With a lock that is an annotation of Endpoints."""

    @property
    def identity(self) -> str:
        return self.host

    @property
    def reference(self) -> ObjectReference:
        return ObjectReference(kind="Endpoints", namespace=NAMESPACE, name=self.lock, api_version="v1")

    @property
    def state(self) -> ElectionState:
        """The elector's memory."""
        found: ElectionState | None = self.process.state.parts.get(self.name)
        return self.remember(ElectionState) if found is None else found

    def start(self) -> None:
        self.try_once()

    def try_once(self) -> None:
        """Read the lock; what follows depends on who holds it."""
        state = self.state
        state.attempt += 1
        state.tried_at = self.now
        self.client.get("endpoints", NAMESPACE, self.lock, self.then(self.read, state.attempt))

    def read(self, reply: Reply, attempt: int) -> None:
        """The lock was read: create it, take it, renew it, or leave it to its holder."""
        state = self.state
        if attempt != state.attempt:
            return
        if reply.status == 404:
            self._write(state, None, 0, "")
        elif not reply.ok:
            self._again()
        else:
            self._compete(state, reply.body)

    def _compete(self, state: ElectionState, endpoints: Endpoints) -> None:
        now = self.now
        text = endpoints.metadata.annotations.get(LEADER_ANNOTATION, "")
        if text != state.observed:
            state.observed, state.observed_at = text, now
        record = msgspec.json.decode(text, type=LeaderRecord) if text else None
        if (
            record
            and record.holder_identity not in ("", self.identity)
            and now < state.observed_at + self.lease
        ):
            self._again()
        elif record and record.holder_identity == self.identity:
            self._write(state, endpoints, record.leader_transitions, record.acquire_time)
        else:
            self._write(state, endpoints, record.leader_transitions + 1 if record else 0, "")

    def _write(
        self, state: ElectionState, endpoints: Endpoints | None, transitions: int, acquired: str
    ) -> None:
        now = rfc3339(self.now)
        record = LeaderRecord(self.identity, self.lease // SECOND, acquired or now, now, transitions)
        annotation = {LEADER_ANNOTATION: msgspec.json.encode(record).decode()}
        answer = self.then(self.written, state.attempt, annotation[LEADER_ANNOTATION])
        if endpoints is None:
            metadata = ObjectMeta(name=self.lock, namespace=NAMESPACE, annotations=annotation)
            self.client.create(Endpoints(metadata=metadata), answer)
        else:
            metadata = replace(
                endpoints.metadata, annotations={**endpoints.metadata.annotations, **annotation}
            )
            self.client.update(replace(endpoints, metadata=metadata), answer)

    def written(self, reply: Reply, attempt: int, text: str) -> None:
        """The lock was written, or somebody was faster, or nobody answered."""
        state = self.state
        if attempt != state.attempt:
            return
        if reply.ok:
            state.observed, state.observed_at, state.renewed_at = text, self.now, self.now
            if not state.leading:
                state.leading = True
                self.process.emit("decision", "became-leader", f"endpoints/{NAMESPACE}/{self.lock}")
                self.process.log(
                    f"successfully acquired lease {NAMESPACE}/{self.lock}", source="leaderelection.go"
                )
                self.on_leading()
            if self.carry is not None and self.carry(reply):
                return
        self._again()

    def _again(self) -> None:
        """Next try: a leader every retry period, a candidate 1.0 to 2.2 times that (JitterUntil). Whoever
        learns only after the deadline that a try of before it failed tries once more (wait.Poll)."""
        state = self.state
        if state.leading and self.now - state.renewed_at >= self.deadline:
            if state.tried_at - state.renewed_at < self.deadline:
                self.try_once()
                return
            self.process.log(f"failed to renew lease {NAMESPACE}/{self.lock}", source="leaderelection.go")
            self.process.exit("leaderelection lost")
            return
        wait = self.retry
        if not state.leading:
            stream = self.process.chancy_random("election")
            wait += int(stream.random() * JITTER * self.retry)
        self.post(wait, self.try_once)
