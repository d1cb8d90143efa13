"""Events go when their time is over (--event-ttl), about as exactly as etcd revokes their leases.

Source: v1.7.5, v1.8.0, v1.36 pkg/registry/core/event/storage/storage.go (TTLFunc).
"""

from typing import Any, Final

from clustersim.api.timestamp import micros
from clustersim.apiserver.registry import Registry
from clustersim.engine.at_hand import AtHand
from clustersim.engine.part import Part
from clustersim.engine.process import Process
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

SWEEP: Final[Micros] = 60 * SECOND
"""How often they are looked for."""


class EventExpiryState(State):
    """armed: the next sweep is. oldest: when the oldest Event was written, or a while before; None if nobody
    has looked."""

    armed: bool = False
    oldest: Micros | None = None


class EventExpiry(Part):
    """Removes them, as long as there are any."""

    def __init__(self, process: Process, registry: Registry) -> None:
        super().__init__(process, "event-expiry")
        self.registry = registry

    @AtHand
    def state(self) -> EventExpiryState:
        """Its memory."""
        return self.remember(EventExpiryState)

    def start(self) -> None:
        """The server has started: see to those that are there."""
        self._arm()

    def written(self, event: Any) -> None:
        """An Event was stored."""
        state = self.state
        if state.oldest is not None:
            state.oldest = min(state.oldest, last_written(event, self.now))
        if not state.armed:
            self._arm()

    def _arm(self) -> None:
        if not self.state.armed and self.registry.etcd.range("events"):
            self.state.armed = True
            self.post(SWEEP, self.sweep)

    def sweep(self) -> None:
        """Remove those whose time is over."""
        state = self.state
        state.armed = False
        limit = self.now - self.registry.host.flags.event_ttl
        if self.registry.etcd.running and (state.oldest is None or state.oldest <= limit):
            state.oldest = self._expire(limit)
        self._arm()

    def _expire(self, limit: Micros) -> Micros | None:
        """Remove those that were last written at `limit` or before; returns when the oldest of the others
        was, or a while before, None if there is none."""
        oldest: Micros | None = None
        expired = []
        for event in self.registry.etcd.range("events").values():
            made = micros(event.metadata.creation_timestamp)
            written = last_written(event, self.now) if made <= limit else made
            if written <= limit:
                expired.append(event)
            elif oldest is None or written < oldest:
                oldest = written
            if made > limit:
                break  # They stand in the order in which they were made.
        for event in expired:
            self.registry.storage.remove("events", event, self.process.name)
        return oldest


def last_written(event: Any, now: Micros) -> Micros:
    """When an Event was last stored, from when on its TTL counts: who counts it once more says when. A time
    before it was made or still to come is that of another clock, such as that of a client outside, and is not
    heeded."""
    made = micros(event.metadata.creation_timestamp)
    said = micros(event.last_seen) if event.last_seen else made
    return said if made <= said <= now else made
