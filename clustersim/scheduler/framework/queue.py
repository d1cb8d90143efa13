"""The scheduling queue: pods that wait for their turn, for their back-off, for a change, or for a gate.

```
  new --> active --popped, no node--> unschedulable --a change that may help, or 5 min--> back-off
    \\        ^                             |  back-off over already                          |
     gated    +-----------------------------+-----------------------------------------------+
                                                back-off over (looked at every second), or
                                                nothing else to do
```
A pod that is turned away waits until something happens that one of the plugins that did it cares for. Then
its back-off counts from the last try: 1 s, doubling up to 10 s with every try, ends rounded up to seconds.
While the active queue is empty, pods are taken from the back-off queue before their time.
Sources: v1.36 pkg/scheduler/backend/queue/{scheduling_queue,active_queue,backoff_queue}.go.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Final, Literal

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.registry import key_of
from clustersim.engine.state import State
from clustersim.engine.time import MINUTE, SECOND, Micros
from clustersim.scheduler.framework.candidate import priority_of

WINDOW: Final[Micros] = SECOND
"""Back-offs end on whole seconds, and are looked at so often."""

LEFTOVER_AGE: Final[Micros] = 5 * MINUTE
LEFTOVER_POLL: Final[Micros] = 30 * SECOND
"""Pods that have been unschedulable for so long are tried without a reason; looked at so often."""

Place = Literal["active", "backoff", "unschedulable", "gated"]


class Queued(State):
    """A pod that waits, where, since when, and what put it there.

    tries: how often it was turned away; errors: how often its binding failed in a row. plugins: those that
    turned it away last. backoff_until: when its back-off ends. ticket: of its entry in the active heap.
    """

    pod: Pod
    cause: int
    place: Place
    since: Micros
    tries: int = 0
    errors: int = 0
    plugins: tuple[str, ...] = ()
    backoff_until: Micros = 0
    ticket: int = 0


class QueueState(State):
    """All waiting pods, and who is at each place, the longest there first; those popped and not yet bound
    keep their number of tries.

    active: a heap of (turn, ticket, key); an entry whose ticket is not the pod's own any more is void.
    """

    pods: dict[str, Queued] = msgspec.field(default_factory=dict)
    tried: dict[str, Queued] = msgspec.field(default_factory=dict)
    places: dict[str, dict[str, bool]] = msgspec.field(default_factory=dict)
    active: list[tuple[int, Micros, int, str]] = msgspec.field(default_factory=list)
    tickets: int = 0


class SchedulingQueue:
    """Works on a `QueueState`. initial, maximum: the first and the longest back-off."""

    def __init__(self, state: QueueState, initial: Micros, maximum: Micros) -> None:
        self.state = state
        self.initial = initial
        self.maximum = maximum

    def count(self, *places: Place) -> int:
        """How many pods wait there."""
        return sum(len(self.state.places.get(place, ())) for place in places)

    def at(self, place: Place) -> Iterator[Queued]:
        """Those who wait there, the longest there first."""
        return (self.state.pods[key] for key in list(self.state.places.get(place, ())))

    def get(self, pod: Pod) -> Queued | None:
        """The pod, if it waits."""
        return self.state.pods.get(key_of(pod))

    def add(self, pod: Pod, cause: int, now: Micros, *, gated: bool = False) -> None:
        """A new pod."""
        self._put(Queued(pod, cause, "gated" if gated else "active", now))

    def renew(self, pod: Pod) -> None:
        """The pod has changed; it stays where it is."""
        if (queued := self.get(pod)) is not None:
            queued.pod = pod

    def remove(self, pod: Pod) -> None:
        """The pod needs no node any more."""
        key = key_of(pod)
        self.state.tried.pop(key, None)
        self._take(key)

    def pop(self) -> Queued | None:
        """The pod whose turn it is: the most important, then the one that has waited longest; from the
        back-off queue if nobody else waits."""
        queued = self._first_active() or min(self._early(), key=_backoff_turn, default=None)
        if queued is not None:
            key = key_of(queued.pod)
            self._take(key)
            self.state.tried[key] = queued
        return queued

    def has_turn(self) -> bool:
        """Whether there is somebody to pop."""
        return bool(self.count("active")) or next(self._early(), None) is not None

    def _early(self) -> Iterator[Queued]:
        """Those who need not wait for the end of their back-off if nobody else waits: an error must."""
        return (queued for queued in self.at("backoff") if queued.plugins)

    def _first_active(self) -> Queued | None:
        heap = self.state.active
        while heap:
            *_turn, ticket, key = heappop(heap)
            queued = self.state.pods.get(key)
            if queued is not None and queued.place == "active" and queued.ticket == ticket:
                return queued
        return None

    def turned_away(self, queued: Queued, plugins: tuple[str, ...], now: Micros) -> None:
        """No node for it: it waits for a change; without a plugin to blame for its back-off only."""
        self.remove(queued.pod)
        queued.since, queued.plugins = now, plugins
        if plugins:
            queued.tries += 1
            queued.errors = 0
            queued.backoff_until = self._backoff_end(queued, queued.tries)
            queued.place = "unschedulable"
        else:
            queued.errors += 1
            queued.backoff_until = self._backoff_end(queued, queued.errors)
            queued.place = "backoff"
        self._put(queued)

    def move(self, queued: Queued, now: Micros) -> None:
        """Something happened that may help: to the back-off queue, or to the active one if that is over."""
        self.remove(queued.pod)
        queued.place = "backoff" if queued.backoff_until > now else "active"
        self._put(queued)

    def activate(self, queued: Queued) -> None:
        """To the active queue, whatever its back-off."""
        self.remove(queued.pod)
        queued.place = "active"
        self._put(queued)

    def bound(self, pod: Pod) -> None:
        """The pod has a node; its tries are forgotten."""
        self.state.tried.pop(key_of(pod), None)

    def _put(self, queued: Queued) -> None:
        key = key_of(queued.pod)
        self.remove(queued.pod)
        state = self.state
        state.pods[key] = queued
        state.places.setdefault(queued.place, {})[key] = True
        if queued.place == "active":
            state.tickets += 1
            queued.ticket = state.tickets
            heappush(state.active, (*_turn(queued), queued.ticket, key))

    def _take(self, key: str) -> None:
        if (queued := self.state.pods.pop(key, None)) is not None:
            del self.state.places[queued.place][key]

    def _backoff_end(self, queued: Queued, tries: int) -> Micros:
        wait = min(self.maximum, self.initial << min(tries - 1, 30))
        return -(-(queued.since + wait) // WINDOW) * WINDOW


def _turn(queued: Queued) -> tuple[int, Micros]:
    return -priority_of(queued.pod), queued.since


def _backoff_turn(queued: Queued) -> tuple[Micros, int, Micros]:
    return queued.backoff_until, *_turn(queued)
