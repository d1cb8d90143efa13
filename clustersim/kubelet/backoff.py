"""Back-off by key (client-go v1.7.5 util/flowcontrol/backoff.go): doubles up to a maximum, forgotten after
twice that."""

import msgspec

from clustersim.engine.state import State
from clustersim.engine.time import Micros


class BackoffEntry(msgspec.Struct, frozen=True):
    """How long to wait now, and when that was decided."""

    delay: Micros
    updated: Micros


class Backoff(State):
    """All entries. initial, maximum: the first delay and the longest."""

    initial: Micros
    maximum: Micros
    entries: dict[str, BackoffEntry] = msgspec.field(default_factory=dict)

    def delay(self, key: str) -> Micros:
        """The present delay of a key, 0 without one."""
        entry = self.entries.get(key)
        return entry.delay if entry is not None else 0

    def due(self, key: str, since: Micros) -> Micros | None:
        """Until when the key must wait, counted from `since`; None: it need not wait."""
        entry = self.entries.get(key)
        if entry is None or since - entry.updated > 2 * self.maximum:
            return None
        return since + entry.delay

    def due_since_update(self, key: str) -> Micros | None:
        """Until when the key must wait, counted from its last failure; None: it never failed."""
        entry = self.entries.get(key)
        return None if entry is None else entry.updated + entry.delay

    def next(self, key: str, since: Micros, now: Micros) -> None:
        """Another failure: the delay starts, or doubles."""
        entry = self.entries.get(key)
        if entry is None or since - entry.updated > 2 * self.maximum:
            delay = self.initial
        else:
            delay = min(2 * entry.delay, self.maximum)
        self.entries[key] = BackoffEntry(delay, now)

    def forget(self, key: str) -> None:
        """The key succeeded."""
        self.entries.pop(key, None)
