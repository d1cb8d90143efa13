"""Leader election by an annotation on an Endpoints object (1.7, 1.8: client-go tools/leaderelection,
resourcelock/endpointslock.go).

```
  candidate --acquired--> leading --not renewed for the deadline--> the process exits
```
The identity is the host's name, so a process that is restarted on the same host takes its own lock back at
once.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from clustersim.api.core_v1 import Endpoints
from clustersim.api.meta import LEADER_ANNOTATION, ObjectMeta, replace
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.engine.actor import then
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

if TYPE_CHECKING:
    from clustersim.client.component import Component

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
    """`observed`: the annotation as last seen and when it last changed, by the candidate's own clock."""

    observed: str = ""
    observed_at: Micros = 0
    leading: bool = False
    renewed_at: Micros = 0
    attempt: int = 0


class LeaderElector:
    """Competes for a lock, calls `on_leading` once, and ends the process when the lock cannot be renewed in
    time."""

    def __init__(
        self,
        component: "Component",
        lock: str,
        identity: str,
        on_leading: Callable[[], None],
        *,
        lease: Micros = 15 * SECOND,
        deadline: Micros = 10 * SECOND,
        retry: Micros = 2 * SECOND,
    ) -> None:
        self.component = component
        self.lock = lock
        self.identity = identity
        self.on_leading = on_leading
        self.lease = lease
        self.deadline = deadline
        self.retry = retry

    @property
    def state(self) -> ElectionState:
        """The elector's part of the component's memory."""
        parts: dict[str, Any] = self.component.state.parts
        if (state := parts.get("election")) is None:
            state = parts["election"] = ElectionState()
        return state

    def start(self) -> None:
        """Try to become leader, now and until it succeeds."""
        self.try_once()

    def try_once(self) -> None:
        """Read the lock; what follows depends on who holds it."""
        self.state.attempt += 1
        self.component.api.get(
            "endpoints", NAMESPACE, self.lock, then(self.component.election_read, self.state.attempt)
        )

    def read(self, reply: Reply, attempt: int) -> None:
        """The lock was read: create it, take it, renew it, or leave it to its holder."""
        if attempt != self.state.attempt:
            return
        if reply.status == 404:
            self._write(None, 0, "")
        elif not reply.ok:
            self._again()
        else:
            self._compete(reply.body)

    def _compete(self, endpoints: Endpoints) -> None:
        state, now = self.state, self.component.now
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
            self._write(endpoints, record.leader_transitions, record.acquire_time)
        else:
            self._write(endpoints, record.leader_transitions + 1 if record else 0, "")

    def _write(self, endpoints: Endpoints | None, transitions: int, acquired: str) -> None:
        now = rfc3339(self.component.now)
        record = LeaderRecord(self.identity, self.lease // SECOND, acquired or now, now, transitions)
        annotation = {LEADER_ANNOTATION: msgspec.json.encode(record).decode()}
        answer = then(self.component.election_written, self.state.attempt, annotation[LEADER_ANNOTATION])
        if endpoints is None:
            metadata = ObjectMeta(name=self.lock, namespace=NAMESPACE, annotations=annotation)
            self.component.api.create(Endpoints(metadata=metadata), answer)
        else:
            metadata = replace(
                endpoints.metadata, annotations={**endpoints.metadata.annotations, **annotation}
            )
            self.component.api.update(replace(endpoints, metadata=metadata), answer)

    def written(self, reply: Reply, attempt: int, text: str) -> None:
        """The lock was written, or somebody was faster, or nobody answered."""
        state = self.state
        if attempt != state.attempt:
            return
        if reply.ok:
            state.observed, state.observed_at, state.renewed_at = text, self.component.now, self.component.now
            if not state.leading:
                state.leading = True
                self.component.emit("decision", "became-leader", f"endpoints/{NAMESPACE}/{self.lock}")
                self.component.log(
                    f"successfully acquired lease {NAMESPACE}/{self.lock}", source="leaderelection.go"
                )
                self.on_leading()
        self._again()

    def _again(self) -> None:
        """Next try: a leader every retry period, a candidate 1.0 to 2.2 times that (JitterUntil)."""
        state = self.state
        if state.leading and self.component.now - state.renewed_at >= self.deadline:
            self.component.log(f"failed to renew lease {NAMESPACE}/{self.lock}", source="leaderelection.go")
            self.component.exit("leaderelection lost")
            return
        wait = self.retry
        if not state.leading:
            wait += int(self.component.random("election").random() * JITTER * self.retry)
        self.component.post(wait, self.component.election_again)
