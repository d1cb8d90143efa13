"""The causal record: what happened, who did it, by which rule, and because of what.

Memory is bounded from the start. Acts, transitions and whatever led to them are kept; plain detail (a write
that changed nothing anybody asks about) lives in a window of the newest `DETAIL_LIMIT`, older detail is
recomputed by replaying; heartbeats that change nothing are run-length encoded per object.
"""

from collections import deque
from collections.abc import Iterator
from sys import intern
from typing import Any, Final

import msgspec

from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

DETAIL_LIMIT: Final = 20_000

KEPT_KINDS: Final = frozenset({"act", "process", "machine", "network", "decision", "container"})
"""Kinds of which every event is kept; others are kept when they carry a rule or lead to one that is kept."""


RUN_GAP: Final = 15 * SECOND
"""Two heartbeats further apart than this are not of one run."""


class Event(msgspec.Struct, frozen=True, gc=False):
    """Something that happened at `t`.

    kind: act | write | process | machine | network | container | decision | log
    actor: the process (or "user") that did it; object: reference such as "pods/default/web-1" or "nodes/n1"
    before, after: the object's states where it is a write; causes: ids of the events that led to it
    """

    id: int
    t: Micros
    kind: str
    actor: str
    verb: str
    object: str
    before: Any = None
    after: Any = None
    causes: tuple[int, ...] = ()
    rule: Verdict | None = None


class RoutineRun(msgspec.Struct, frozen=True, gc=False):
    """Consecutive routine writes of one object (a node's heartbeats, a leader's renewals) that changed
    nothing else."""

    object: str
    first: Micros
    last: Micros
    count: int
    last_id: int
    first_id: int


class RecordState(State):
    """Everything remembered about the past.

    events: by their ids, in the order in which they happened; detail: the ids in the window; kept: those of
    them that led to something that is kept, and stay.
    """

    next_id: int = 1
    events: dict[int, Event] = msgspec.field(default_factory=dict)
    detail: deque[int] = msgspec.field(default_factory=deque)
    kept: dict[int, bool] = msgspec.field(default_factory=dict)
    runs: dict[str, list[RoutineRun]] = msgspec.field(default_factory=dict)


class Record:
    """The record of one run."""

    def __init__(self, enabled: bool = True) -> None:
        self.state = RecordState()
        self.enabled = enabled

    def add(
        self,
        t: Micros,
        kind: str,
        actor: str,
        verb: str,
        object_ref: str,
        before: Any,
        after: Any,
        causes: tuple[int, ...],
        rule: Verdict | None,
    ) -> int:
        """Write an event down and return its id."""
        state = self.state
        event_id = state.next_id
        state.next_id = event_id + 1
        if not self.enabled:
            return event_id
        stays = rule is not None or kind in KEPT_KINDS
        if stays or before is not None:
            object_ref = intern(object_ref)  # One text for all that is said of the object.
        state.events[event_id] = Event(
            event_id, t, kind, actor, verb, object_ref, before, after, causes, rule
        )
        if stays:
            self._keep(causes)
        else:
            state.detail.append(event_id)
            if len(state.detail) > DETAIL_LIMIT:
                self._forget()
        return event_id

    def routine(self, t: Micros, object_ref: str) -> int:
        """A write that changed nothing but its own time: extends the object's run."""
        state = self.state
        event_id = state.next_id
        state.next_id = event_id + 1
        if (runs := state.runs.get(object_ref)) is None:
            runs = state.runs[object_ref] = []
        if runs and t - (run := runs[-1]).last <= RUN_GAP:
            runs[-1] = RoutineRun(object_ref, run.first, t, run.count + 1, event_id, run.first_id)
        else:
            runs.append(RoutineRun(object_ref, t, t, 1, event_id, event_id))
        return event_id

    def _keep(self, causes: tuple[int, ...]) -> None:
        """What led to something stays with all that led to it; of what is older than the window all that is
        still there does already."""
        state = self.state
        stack = list(causes)
        kept, events = state.kept, state.events
        oldest = state.detail[0] if state.detail else state.next_id
        while stack:
            current = stack.pop()
            if current < oldest or current in kept or (found := events.get(current)) is None:
                continue
            if not _stays(found.kind, found.rule):
                kept[current] = True
                stack.extend(found.causes)

    def _forget(self) -> None:
        oldest = self.state.detail.popleft()
        if not self.state.kept.pop(oldest, False):
            del self.state.events[oldest]

    def get(self, event_id: int) -> Event | RoutineRun | None:
        """The event, the heartbeat run that began or ended with it, or None where it was forgotten."""
        if (event := self.state.events.get(event_id)) is not None:
            return event
        for runs in self.state.runs.values():
            for run in reversed(runs):
                if event_id in (run.first_id, run.last_id):
                    return run
        return None

    def since(self, event_id: int) -> list[Event]:
        """Events after that id, oldest first."""
        found = []
        for event in reversed(self.state.events.values()):
            if event.id <= event_id:
                break
            found.append(event)
        found.reverse()
        return found

    def __iter__(self) -> Iterator[Event]:
        return iter(self.since(0))

    @property
    def last_id(self) -> int:
        """The id of the newest event, 0 before the first."""
        return self.state.next_id - 1


def _stays(kind: str, rule: Verdict | None) -> bool:
    """An event is kept by itself."""
    return rule is not None or kind in KEPT_KINDS
