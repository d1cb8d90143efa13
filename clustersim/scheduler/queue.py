"""The queue of pods without a node, and the back-off of those that fitted nowhere.

The queue is a FIFO by key: a pod that is in it keeps its place, only the object is renewed. The back-off is
blind: nothing that happens in the cluster ends it early. An entry not used for longer than the longest wait
is forgotten, so after a wait of 60 s the next one is 1 s again.
Sources: v1.7.5 client-go tools/cache/fifo.go, plugin/pkg/scheduler/util/backoff_utils.go; equal in v1.8.0.
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.registry import key_of
from clustersim.engine.state import State
from clustersim.engine.time import Micros

COMPACTED_EVERY: Final = 1024
"""Python finds the first entry of a dict behind the places of all that were taken from its front."""


class Queued(msgspec.Struct, frozen=True, gc=False):
    """A pod and what put it into the queue."""

    pod: Pod
    cause: int


class FifoState(State):
    """Pods in the order of their turn. popped: how many were taken since `items` was laid out anew."""

    items: dict[str, Queued] = msgspec.field(default_factory=dict)
    popped: int = 0


class BackOff(State):
    """Of one pod: the next wait, when it was last asked for, and until when somebody waits on it."""

    wait: Micros
    last_used: Micros
    until: Micros | None = None


class BackOffState(State):
    """Entries by pod."""

    entries: dict[str, BackOff] = msgspec.field(default_factory=dict)


class Fifo:
    """Works on a `FifoState`."""

    def __init__(self, state: FifoState) -> None:
        self.state = state

    def __len__(self) -> int:
        return len(self.state.items)

    def add(self, pod: Pod, cause: int) -> None:
        """Queue a pod, or renew the one that waits; it keeps its place."""
        key = key_of(pod)
        queued = self.state.items.get(key)
        self.state.items[key] = Queued(pod, queued.cause if queued else cause)

    def add_if_absent(self, pod: Pod, cause: int) -> None:
        """Queue a pod unless it waits already."""
        if key_of(pod) not in self.state.items:
            self.add(pod, cause)

    def remove(self, pod: Pod) -> None:
        """The pod needs no node any more."""
        self.state.items.pop(key_of(pod), None)

    def pop(self) -> Queued | None:
        """The next pod."""
        state = self.state
        if not state.items:
            return None
        if state.popped == COMPACTED_EVERY:
            state.items, state.popped = {**state.items}, 0
        state.popped += 1
        return state.items.pop(next(iter(state.items)))


class PodBackOff:
    """Works on a `BackOffState`. initial, maximum: the first and the longest wait."""

    def __init__(self, state: BackOffState, initial: Micros, maximum: Micros) -> None:
        self.state = state
        self.initial = initial
        self.maximum = maximum

    def begin(self, pod: Pod, now: Micros) -> Micros | None:
        """Begin to wait; returns for how long, None if somebody waits for this pod already."""
        entries = self.state.entries
        for key in [key for key, entry in entries.items() if now - entry.last_used > self.maximum]:
            del entries[key]
        key = key_of(pod)
        if (entry := entries.get(key)) is None:
            entry = entries[key] = BackOff(self.initial, now)
        entry.last_used = now
        if entry.until is not None and now < entry.until:
            return None
        wait = entry.wait
        entry.wait = min(2 * wait, self.maximum)
        entry.until = now + wait
        return wait

    def until(self, key: str) -> Micros | None:
        """When the pod's present wait ends."""
        entry = self.state.entries.get(key)
        return entry.until if entry else None

    def waiting(self, now: Micros) -> int:
        """How many pods wait."""
        return sum(entry.until is not None and entry.until > now for entry in self.state.entries.values())
