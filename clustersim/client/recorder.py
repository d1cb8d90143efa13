"""Event recording: components tell people what happened, as Event objects (client-go tools/record).

The same event again raises `count` by a PATCH; from the tenth different text of one kind within ten minutes
on, one aggregate takes their place; v1.8 also limits each source and object to 25 events and then one in
five minutes.
"""

from typing import TYPE_CHECKING, Any, Final

import msgspec

from clustersim.api.core_v1 import Event, EventSource
from clustersim.api.meta import ObjectMeta, ObjectReference
from clustersim.api.status import Reply
from clustersim.api.timestamp import EPOCH, rfc3339
from clustersim.client.client import Client
from clustersim.client.flowcontrol import TokenBucket, full_bucket
from clustersim.engine.actor import then
from clustersim.engine.state import State
from clustersim.engine.time import MINUTE, SECOND, Micros

if TYPE_CHECKING:
    from clustersim.client.component import Component

AGGREGATE_FROM: Final = 10
AGGREGATE_WINDOW: Final[Micros] = 10 * MINUTE
COMBINED: Final = "(combined from similar events): "
RETRY: Final[Micros] = 10 * SECOND
ATTEMPTS: Final = 12
SPAM_BURST: Final = 25
SPAM_RATE: Final = 1 / 300

_EPOCH_NANOSECONDS: Final = int(EPOCH.timestamp()) * 10**9


class Known(msgspec.Struct, frozen=True):
    """An event that was posted: where it lives and how often it was counted."""

    name: str
    count: int
    first: str


class RecorderState(State):
    """What was posted before, by key; messages per group; one spam bucket per source and object."""

    known: dict[str, Known] = msgspec.field(default_factory=dict)
    similar: dict[str, dict[str, Micros]] = msgspec.field(default_factory=dict)
    buckets: dict[str, TokenBucket] = msgspec.field(default_factory=dict)


class EventRecorder:
    """Posts events of one source. `filter_spam`: the limit that v1.8 added."""

    def __init__(
        self,
        component: "Component",
        source: str,
        *,
        host: str = "",
        client: Client | None = None,
        filter_spam: bool = False,
    ) -> None:
        self.component = component
        self.source = EventSource(component=source, host=host)
        self.client = client or component.api
        self.filter_spam = filter_spam
        self.name = f"recorder/{source}"
        component.recorders[self.name] = self

    @property
    def state(self) -> RecorderState:
        """The recorder's part of the component's memory."""
        parts: dict[str, Any] = self.component.state.parts
        if (state := parts.get(self.name)) is None:
            state = parts[self.name] = RecorderState()
        return state

    def event(self, involved: ObjectReference, kind: str, reason: str, message: str) -> None:
        """Record an event of type `kind` (Normal or Warning) about an object; nobody waits for it to
        arrive."""
        group = "/".join(
            (
                involved.kind,
                involved.namespace,
                involved.name,
                involved.uid,
                involved.field_path,
                kind,
                reason,
            )
        )
        key = f"{group}/{message}"
        if self._is_aggregated(group, message):
            message, key = COMBINED + message, f"{group}/{COMBINED}"
        if self.filter_spam and not self._allowed(involved):
            return
        now = rfc3339(self.component.now)
        if (known := self.state.known.get(key)) is not None:
            self.state.known[key] = msgspec.structs.replace(known, count=known.count + 1)
            patch = {"count": known.count + 1, "lastTimestamp": now, "message": message}
            namespace = involved.namespace or "default"
            self.client.patch(
                "events", namespace, known.name, patch, then(self.component.event_sent, self.name, None, 0)
            )
            return
        stamp = _EPOCH_NANOSECONDS + self.component.now * 1000 + len(self.state.known) % 1000
        name = f"{involved.name}.{stamp:x}"
        self.state.known[key] = Known(name, 1, now)
        event = Event(
            metadata=ObjectMeta(name=name, namespace=involved.namespace or "default"),
            involved_object=involved,
            reason=reason,
            message=message,
            source=self.source,
            first_timestamp=now,
            last_timestamp=now,
            count=1,
            type=kind,
        )
        self.client.create(event, then(self.component.event_sent, self.name, event, 1))

    def sent(self, reply: Reply, event: Event | None, attempt: int) -> None:
        """An event that could not be delivered is tried again, 12 times at most; a refused one is dropped."""
        if reply.unreachable and event is not None and attempt < ATTEMPTS:
            self.component.post(RETRY, self.component.event_again, self.name, event, attempt + 1)

    def again(self, event: Event, attempt: int) -> None:
        """Another try to deliver an event."""
        self.client.create(event, then(self.component.event_sent, self.name, event, attempt))

    def _is_aggregated(self, group: str, message: str) -> bool:
        now = self.component.now
        seen = self.state.similar.setdefault(group, {})
        for text in [text for text, when in seen.items() if now - when > AGGREGATE_WINDOW]:
            del seen[text]
        seen[message] = now
        return len(seen) >= AGGREGATE_FROM

    def _allowed(self, involved: ObjectReference) -> bool:
        key = f"{involved.kind}/{involved.namespace}/{involved.name}"
        if (bucket := self.state.buckets.get(key)) is None:
            bucket = self.state.buckets[key] = full_bucket(SPAM_RATE, SPAM_BURST, self.component.now)
        return bucket.try_take(self.component.now)
