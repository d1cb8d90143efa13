"""Which nodes a pass of the monitor has to look at, and what the passes knew of the others.

The real monitor looks at every node in every pass. One that is Ready and does nothing but renew its sign of
life need not be looked at: that sign was seen by the first pass after it came, and the node is late when that
is longer ago than the grace period. So each node waits for the moment at which it would be late, and only
those whose moment has come are looked at, with those that changed or are not well.

```
 followed  --it is late, or changed otherwise-->            close   (looked at by every pass)
 close     --looked at: Ready, in time, nothing to do-->    followed
```
Signs are what the release takes for one: the Node with its heartbeat, or the node's Lease.
"""

import heapq
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from clustersim.controllermanager.node.health import NodeHealth
from clustersim.engine.state import State
from clustersim.engine.time import Micros

Beat = tuple[int, Any, Micros]
"""A sign of life that came after that pass; the sign before it; when that one was seen."""


class LookoutState(State):
    """passes: how many have begun; times: when, of those that may still matter. places: nodes in the order
    of the cache; last_place: the greatest so far. close: nodes to be looked at by the next pass. followed:
    the others, with their zone; ready: how many each zone has; zones: those in the order of their first node.
    beats: signs since a node was last looked at. dues: when a node will be late if it was not heard of since;
    waiting: nodes that are in it. renamed: nodes have come or gone since the last pass.
    """

    passes: int = 0
    times: dict[int, Micros] = msgspec.field(default_factory=dict)
    places: dict[str, int] = msgspec.field(default_factory=dict)
    close: dict[str, bool] = msgspec.field(default_factory=dict)
    followed: dict[str, str] = msgspec.field(default_factory=dict)
    ready: dict[str, int] = msgspec.field(default_factory=dict)
    zones: list[str] = msgspec.field(default_factory=list)
    beats: dict[str, Beat] = msgspec.field(default_factory=dict)
    dues: list[tuple[Micros, str]] = msgspec.field(default_factory=list)
    waiting: dict[str, bool] = msgspec.field(default_factory=dict)
    last_place: int = 0
    renamed: bool = True


class Lookout:
    """Works on the memory of one controller. health: what is known of each node. signed: that, when a sign
    was seen at a time. everything: every pass looks at every node, as the real one does."""

    def __init__(
        self,
        state: LookoutState,
        health: dict[str, NodeHealth],
        signed: Callable[[NodeHealth, Any, Micros], NodeHealth],
        grace: Micros,
        *,
        everything: bool = False,
    ) -> None:
        self.state = state
        self.health = health
        self.signed = signed
        self.grace = grace
        self.everything = everything
        self.beginnings = 0
        """How often the time of every node has started anew, for who keeps what it knew of the others."""

    # --- what the watches show --------------------------------------------------------------------

    def came(self, name: str) -> None:
        """A node is new in the cache: the last in its order."""
        state = self.state
        state.last_place += 1
        state.places[name] = state.last_place
        state.renamed = True
        state.close[name] = True

    def went(self, name: str, sign: Any) -> None:
        """A node is gone from the cache; that was its last sign."""
        self.changed(name, sign)
        state = self.state
        state.renamed = True
        state.places.pop(name, None)
        state.close.pop(name, None)
        self._stop_following(name)

    def changed(self, name: str, sign: Any) -> None:
        """Something else than a sign of life has come; that was the last sign before it."""
        state = self.state
        if name in state.close or name not in state.places:
            return
        self._settle(name, sign)
        state.close[name] = True

    def renewed(self, name: str, sign: Any) -> None:
        """A later sign of life has come; that was the one before it."""
        state = self.state
        if (beat := state.beats.get(name)) is not None:  # So it is followed, and not close.
            if beat[0] != state.passes:
                state.beats[name] = state.passes, sign, state.times[beat[0] + 1]
        elif name in state.followed and name not in state.close and not self.everything:
            state.beats[name] = state.passes, sign, self.health[name].probe

    # --- a pass -----------------------------------------------------------------------------------

    def begin(self, now: Micros) -> None:
        """A pass begins."""
        state = self.state
        state.passes += 1
        state.times[state.passes] = now

    def to_look_at(self, now: Micros, last_sign: Callable[[str], Any]) -> list[str]:
        """The nodes that this pass has to look at, in the order of the cache."""
        state = self.state
        names = dict(state.close)
        while state.dues and state.dues[0][0] < now:
            name = heapq.heappop(state.dues)[1]
            del state.waiting[name]
            if name in state.followed and name not in state.close:
                self._settle(name, last_sign(name))
                if self.health[name].probe + self.grace < now:
                    names[name] = True
                else:
                    self._wait(name)
        self._forget_passes(now)
        state.close.clear()
        return sorted(names, key=state.places.__getitem__)

    def judged(self, name: str, *, follow: bool) -> None:
        """A node was looked at: it is followed from now on, or looked at by the next pass again."""
        state, zone = self.state, self.health[name].zone
        if not follow:
            state.close[name] = True
            self._stop_following(name)
        elif state.followed.get(name) != zone:
            self._stop_following(name)
            state.followed[name] = zone
            state.ready[zone] = state.ready.get(zone, 0) + 1
            state.zones.clear()
        if follow and name not in state.waiting:
            self._wait(name)

    def ready(self, visited: Callable[[], Iterable[str]]) -> dict[str, int]:
        """How many followed nodes each zone has; zones in the order in which a pass comes upon them."""
        state = self.state
        if len(state.ready) > 1 and not state.zones:
            followed = state.followed
            state.zones = list(dict.fromkeys(followed[name] for name in visited() if name in followed))
        return {zone: state.ready[zone] for zone in state.zones or state.ready}

    # --- what the last pass knew ------------------------------------------------------------------

    def known(self, name: str, sign: Any) -> NodeHealth:
        """What the last pass knew of a node whose last sign is that one."""
        state, health = self.state, self.health[name]
        beat = state.beats.get(name)
        if beat is None:
            return health
        number, before, seen = beat
        if number == state.passes:
            return self.signed(health, before, seen)
        return self.signed(health, sign, state.times[number + 1])

    def is_calm(self, name: str) -> bool:
        """The last pass found nothing to do to a node, and nothing but signs of life has come since."""
        return name in self.state.followed and name not in self.state.close and not self.everything

    def probe(self, name: str) -> Micros:
        """When the last sign of life of a node was seen that a pass has seen."""
        beat = self.state.beats.get(name)
        if beat is None:
            return self.health[name].probe
        number, _before, seen = beat
        return seen if number == self.state.passes else self.state.times[number + 1]

    def overdue(self, now: Micros) -> list[str]:
        """The nodes that the next pass may find silent for too long."""
        dues, health = self.state.dues, self.health
        if not dues or dues[0][0] >= now:
            return []
        silent = now - self.grace
        return [name for due, name in dues if due < now and name in health and self.probe(name) < silent]

    def is_unseen(self, name: str) -> bool:
        """A sign of life of a node waits for the next pass."""
        beat = self.state.beats.get(name)
        return beat is not None and beat[0] == self.state.passes

    def start_anew(self, now: Micros, last_sign: Callable[[str], Any]) -> None:
        """The time of every node that has ever reported starts anew."""
        state = self.state
        self.beginnings += 1
        for name in list(self.health):
            known = self.known(name, last_sign(name))
            if not known.ready:
                continue
            self.health[name] = msgspec.structs.replace(known, probe=now, transition=now)
            beat = state.beats.pop(name, None)
            if beat is not None and beat[0] == state.passes:
                state.beats[name] = state.passes, beat[1], now

    def _settle(self, name: str, sign: Any) -> None:
        if name in self.state.beats:
            self.health[name] = self.known(name, sign)
            del self.state.beats[name]

    def _wait(self, name: str) -> None:
        self.state.waiting[name] = True
        heapq.heappush(self.state.dues, (self.health[name].probe + self.grace, name))

    def _stop_following(self, name: str) -> None:
        state = self.state
        if (zone := state.followed.pop(name, None)) is None:
            return
        state.ready[zone] -= 1
        if not state.ready[zone]:
            del state.ready[zone]
        state.zones.clear()

    def _forget_passes(self, now: Micros) -> None:
        times = self.state.times
        for number in list(times):
            if times[number] >= now - self.grace:
                break
            del times[number]
