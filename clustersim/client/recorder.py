"""Event recording: components tell people what happened, as Event objects (client-go tools/record).

```
  event() --> queue --one at a time--> correlate --> POST, or PATCH of the count
```
The same event again raises `count`; from the tenth different text of one kind on, with never ten minutes
between two, one aggregate takes their place; v1.8 also limits each source and object to 25 events and then
one in five minutes, v1.36 each type of them (recorded: v1.36.2 container-crash-loop). What is held back is
counted all the same. Nobody waits for an Event: one that cannot be delivered holds up those behind it only.
"""

from collections import deque
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

import msgspec

from clustersim.api.core_v1 import Event, EventSource
from clustersim.api.meta import NONE, ObjectMeta, ObjectReference
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.client.client import Client
from clustersim.client.flowcontrol import TokenBucket, full_bucket
from clustersim.engine.at_hand import AtHand
from clustersim.engine.calendar import calendar
from clustersim.engine.part import Part
from clustersim.engine.state import State
from clustersim.engine.time import MINUTE, SECOND, Micros

T = TypeVar("T")

QUEUE_LIMIT: Final = 1000
AGGREGATE_FROM: Final = 10
AGGREGATE_WINDOW: Final[Micros] = 10 * MINUTE
COMBINED: Final = "(combined from similar events): "
RETRY: Final[Micros] = 10 * SECOND
ATTEMPTS: Final = 12
MOST_KEPT: Final = 4096
"""Groups of events, and objects with a limit of their own, that a recorder remembers (maxLruCacheEntries)."""

NOBODY: Final = EventSource()
SPAM_BURST: Final = 25
SPAM_RATE: Final = 1 / 300


class RecorderTraits(NamedTuple):
    """How recorders of a release tell of things. limited: events about one object have a rate limit; by_type:
    each type of them has its own; names_reporter: an event says twice who tells."""

    limited: bool = False
    by_type: bool = False
    names_reporter: bool = False


RECORDER_OF_V1_7: Final = RecorderTraits()
RECORDER_OF_V1_8: Final = RecorderTraits(limited=True)
"""v1.8.0 client-go tools/record/events_cache.go (EventSourceObjectSpamFilter)."""
RECORDER_OF_TODAY: Final = RecorderTraits(limited=True, by_type=True, names_reporter=True)
"""v1.36 client-go tools/record/events_cache.go (getSpamKey), event.go (generateEvent)."""


def event_name(involved: ObjectReference, now: Micros, number: int) -> str:
    """The object's name and the moment in nanoseconds, of which the last digits are a number."""
    return f"{involved.name}.{calendar().unix * 10**9 + now * 1000 + number % 1000:x}"


class Told(msgspec.Struct, frozen=True, gc=False):
    """Something that waits to be posted, and the event of the record that it is about."""

    involved: ObjectReference
    kind: str
    reason: str
    message: str
    name: str
    at: str
    cause: int


class Known(msgspec.Struct, frozen=True, gc=False):
    """An event that was posted: its text, where it lives and how often it was counted."""

    text: str
    name: str
    count: int


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """What is being posted: a new event, or one more of a known one. text: by which it is known in its
    group."""

    group: str
    text: str
    event: Event
    known: Known | None


class Group(msgspec.Struct, frozen=True, gc=False):
    """Events that differ in their text only: the latest texts, when the last came, and those posted."""

    texts: tuple[str, ...]
    last: Micros
    posted: tuple[Known, ...]

    def known(self, text: str) -> Known | None:
        """The one with that text."""
        for one in self.posted:
            if one.text == text:
                return one
        return None


class RecorderState(State):
    """What waits, what is on its way, what was posted before, and who may tell more: by object.

    told: how many there were so far.
    """

    queue: deque[Told] = msgspec.field(default_factory=deque)
    current: Delivery | None = None
    told: int = 0
    groups: dict[str, Group] = msgspec.field(default_factory=dict)
    buckets: dict[str, TokenBucket] = msgspec.field(default_factory=dict)


class EventRecorder(Part):
    """Posts events of one source."""

    def __init__(
        self,
        client: Client,
        source: str,
        *,
        host: str = "",
        traits: RecorderTraits = RECORDER_OF_V1_7,
    ) -> None:
        super().__init__(client.process, f"recorder/{source}")
        self.client = client
        self.source = EventSource(component=source, host=host)
        self.traits = traits
        self.reporter = self.source if traits.names_reporter else NOBODY

    @AtHand
    def state(self) -> RecorderState:
        """The recorder's memory."""
        return self.remember(RecorderState)

    def event(self, involved: ObjectReference, kind: str, reason: str, message: str) -> None:
        """Tell of something of type `kind` (Normal or Warning) about an object; too many are dropped."""
        state, engine = self.state, self.engine
        if len(state.queue) >= QUEUE_LIMIT:
            return
        state.told += 1
        shown = self.process.clock
        name = event_name(involved, shown, state.told)
        told = Told(involved, kind, reason, message, name, rfc3339(shown), engine.cause)
        state.queue.append(told)
        if state.current is None:
            self._next(state)

    def sent(self, reply: Reply, attempt: int) -> None:
        """The answer: one that could not be delivered is tried again, 12 times at most; a refused one is
        dropped."""
        state, current = self.state, self.state.current
        assert current is not None
        ok = reply.ok
        if not ok and reply.unreachable and attempt < ATTEMPTS:
            wait = RETRY
            if attempt == 1:
                wait = int(wait * self.process.random(self.name).random())
            self.post(wait, self.again, attempt + 1)
            return
        if reply.status == 404 and current.known is not None:
            state.current = anew = Delivery(current.group, current.text, current.event, None)
            self._send(anew, 1)
            return
        if ok:
            count = current.known.count + 1 if current.known is not None else 1
            _posted(state.groups, current.group, Known(current.text, reply.body.metadata.name, count))
        state.current = None
        if state.queue:
            self._next(state)

    def again(self, attempt: int) -> None:
        """Another try to deliver."""
        assert self.state.current is not None
        self._send(self.state.current, attempt)

    # --- delivery ---------------------------------------------------------------------------------

    def _next(self, state: RecorderState) -> None:
        cause = self.engine.cause
        while state.queue and state.current is None:
            told = state.queue.popleft()
            state.current = delivery = self._correlate(state, told)
            if delivery is not None:
                self.engine.cause = told.cause
                self._send(delivery, 1)
        self.engine.cause = cause

    def _send(self, current: Delivery, attempt: int) -> None:
        event, answer = current.event, self.then(self.sent, attempt)
        if current.known is None:
            self.client.create(event, answer)
            return
        patch = {
            "count": current.known.count + 1,
            "lastTimestamp": event.last_timestamp,
            "message": event.message,
        }
        self.client.patch("events", event.metadata.namespace, current.known.name, patch, answer)

    # --- correlation (events_cache.go) --------------------------------------------------------------

    def _correlate(self, state: RecorderState, told: Told) -> Delivery | None:
        """The event as it is to be posted, or None if there have been too many."""
        involved, message = told.involved, told.message
        # Whose uid it is need not be said.
        about = involved.uid or f"{involved.kind}/{involved.namespace}/{involved.name}"
        group = f"{about}/{involved.field_path}/{told.kind}/{told.reason}"
        text = message
        if self._is_aggregated(state.groups, group, message):
            message, text = COMBINED + message, COMBINED
        known = state.groups[group].known(text)
        if self.traits.limited and not self._allowed(state.buckets, told):
            if known is not None:
                _posted(state.groups, group, Known(text, known.name, known.count + 1))
            return None
        event = Event(
            metadata=ObjectMeta(
                name=told.name, namespace=involved.namespace or "default", labels=NONE, annotations=NONE
            ),
            involved_object=involved,
            reason=told.reason,
            message=message,
            source=self.source,
            first_timestamp=told.at,
            last_timestamp=told.at,
            count=1,
            type=told.kind,
            reporting_component=self.reporter.component,
            reporting_instance=self.reporter.host,
        )
        return Delivery(group, text, event, known)

    def _is_aggregated(self, groups: dict[str, Group], name: str, message: str) -> bool:
        now = self.engine.state.now
        group = groups.pop(name, None)
        texts = () if group is None or now - group.last > AGGREGATE_WINDOW else group.texts
        if not texts:
            texts = _alone(message)
        elif message not in texts:
            texts = (*texts, message)
        aggregated = len(texts) >= AGGREGATE_FROM
        if aggregated:
            texts = texts[1:]  # any of them goes; here the first
        _remember(groups, name, Group(texts, now, () if group is None else group.posted))
        return aggregated

    def _allowed(self, buckets: dict[str, TokenBucket], told: Told) -> bool:
        involved = told.involved
        kind = told.kind if self.traits.by_type else ""
        key = f"{involved.kind}/{involved.namespace}/{involved.name}/{kind}"
        now = self.engine.state.now
        if (bucket := buckets.pop(key, None)) is None:
            bucket = full_bucket(SPAM_RATE, SPAM_BURST, now)
        _remember(buckets, key, bucket)
        return bucket.try_take(now)


@lru_cache(maxsize=256)
def _alone(message: str) -> tuple[str, ...]:
    """One object for all groups that have only that text, as most do."""
    return (message,)


def _posted(groups: dict[str, Group], name: str, known: Known) -> None:
    """An event of a group was posted, or counted once more."""
    if (group := groups.get(name)) is not None:
        others = group.posted and tuple([one for one in group.posted if one.text != known.text])
        groups[name] = Group(group.texts, group.last, (*others, known))


def _remember(kept: dict[str, T], key: str, value: T) -> None:
    """As the newest; the oldest goes when there are too many."""
    kept[key] = value
    if len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]
