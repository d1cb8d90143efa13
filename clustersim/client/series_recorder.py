"""Event recording of events.k8s.io (v1.36 client-go tools/events): what happens again is a series.

```
  first time -> POST; second time -> PATCH: a series of 2; from then on it is only counted here
  every 6 min: series that have ended are written a last time; every 30 min: all series are
```
What is the same event is decided without its text: an event that comes again keeps the text of the first one.
"""

from typing import Final

import msgspec

from clustersim.api.core.event import EventSeries
from clustersim.api.core_v1 import Event
from clustersim.api.meta import ObjectMeta, ObjectReference, replace
from clustersim.api.status import Reply
from clustersim.api.timestamp import micros, rfc3339_micro
from clustersim.client.client import Client
from clustersim.client.recorder import event_name
from clustersim.engine.part import Part
from clustersim.engine.state import State
from clustersim.engine.time import MINUTE, SECOND, Micros

FINISH: Final[Micros] = 6 * MINUTE
REFRESH_EVERY: Final = 5
"""Passes from one writing of all series to the next: 30 minutes."""

RETRY: Final[Micros] = 10 * SECOND
RETRY_JITTER: Final = 0.25
ATTEMPTS: Final = 12


class SeriesState(State):
    """known: what was told lately, by all of it but its text; told: how many so far; since: when it began;
    passing: a pass over what is known is due."""

    known: dict[str, Event] = msgspec.field(default_factory=dict)
    told: int = 0
    since: Micros | None = None
    passing: bool = False


class SeriesRecorder(Part):
    """Posts events of one controller on one host. actions: what it was about to do, by reason."""

    def __init__(self, client: Client, controller: str, host: str, actions: dict[str, str]) -> None:
        super().__init__(client.process, f"series-recorder/{controller}")
        self.client = client
        self.controller = controller
        self.host = host
        self.actions = actions

    @property
    def state(self) -> SeriesState:
        """The recorder's memory."""
        return self.remember(SeriesState)

    def event(self, involved: ObjectReference, kind: str, reason: str, message: str) -> None:
        """Tell of something of type `kind` (Normal or Warning) about an object."""
        state = self.state
        key = "/".join((kind, reason, involved.kind, involved.namespace, involved.name, involved.uid))
        if (event := state.known.get(key)) is None:
            state.told += 1
            event = self._made(involved, kind, reason, message)
            self._send(event, 1)
        else:
            count = 2 if event.series is None else event.series.count + 1
            series = EventSeries(count=count, last_observed_time=rfc3339_micro(self.now))
            again = event.series is None
            event = replace(event, series=series)
            if again:
                self._send(event, 1)
        state.known[key] = event
        self._pass_later()

    def _made(self, involved: ObjectReference, kind: str, reason: str, message: str) -> Event:
        return Event(
            metadata=ObjectMeta(
                name=event_name(involved, self.now, self.state.told),
                namespace=involved.namespace or "default",
            ),
            involved_object=involved,
            action=self.actions[reason],
            event_time=rfc3339_micro(self.now),
            reason=reason,
            message=message,
            reporting_component=self.controller,
            reporting_instance=f"{self.controller}-{self.host}",
            type=kind,
        )

    # --- delivery ---------------------------------------------------------------------------------

    def _send(self, event: Event, attempt: int) -> None:
        answer = self.then(self.sent, event, attempt)
        if event.series is None:
            self.client.create(event, answer)
            return
        series = {"count": event.series.count, "lastObservedTime": event.series.last_observed_time}
        metadata = event.metadata
        self.client.patch("events", metadata.namespace, metadata.name, {"series": series}, answer)

    def sent(self, reply: Reply, event: Event, attempt: int) -> None:
        """One that could not be delivered is tried again, 12 times at most; one that is gone is made anew."""
        if reply.status == 404 and event.series is not None:
            self.client.create(event, self.then(self.made_anew))
        elif reply.unreachable and attempt < ATTEMPTS:
            wait = RETRY + int(RETRY * RETRY_JITTER * self.process.random(self.name).random())
            self.post(wait, self.again, event, attempt + 1)

    def made_anew(self, reply: Reply) -> None:
        """It is there again, or its namespace is going."""

    def again(self, event: Event, attempt: int) -> None:
        """Another try to deliver."""
        self._send(event, attempt)

    # --- series that end --------------------------------------------------------------------------

    def _pass_later(self) -> None:
        state = self.state
        if state.since is None:
            state.since = self.now
        if not state.passing:
            state.passing = True
            self.post(FINISH - (self.now - state.since) % FINISH, self.look)

    def look(self) -> None:
        """Write series that have ended a last time and forget what is long over."""
        state = self.state
        state.passing = False
        assert state.since is not None
        refresh = not (self.now - state.since) // FINISH % REFRESH_EVERY
        for key, event in list(state.known.items()):
            over = micros(event.last_seen) < self.now - FINISH
            if event.series is not None and (over or refresh):
                self._send(event, ATTEMPTS)
            if over:
                del state.known[key]
        if state.known:
            self._pass_later()
