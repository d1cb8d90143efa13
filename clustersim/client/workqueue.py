"""Work queues: keys to be worked on, each at most once at a time, with back-off (client-go workqueue)."""

from collections.abc import Callable
from typing import Final

import msgspec

from clustersim.api.status import Reply
from clustersim.client.flowcontrol import TokenBucket, full_bucket
from clustersim.engine.at_hand import AtHand
from clustersim.engine.part import Part
from clustersim.engine.process import Process
from clustersim.engine.state import State
from clustersim.engine.time import END_OF_TIME, MILLISECOND, SECOND, Micros

BASE_DELAY: Final[Micros] = 5 * MILLISECOND
MAX_DELAY: Final[Micros] = 1000 * SECOND
RETRY_RATE: Final = 10.0
RETRY_BURST: Final = 100
"""Retries of all keys together, per second and at once (DefaultControllerRateLimiter)."""


class QueueState(State):
    """`waiting`: key -> the cause that queued it; `processing`: keys in work; `dirty`: keys to do again
    after that; `due`: keys that will be queued later, and when."""

    waiting: dict[str, int] = msgspec.field(default_factory=dict)
    processing: dict[str, bool] = msgspec.field(default_factory=dict)
    dirty: dict[str, int] = msgspec.field(default_factory=dict)
    due: dict[str, Micros] = msgspec.field(default_factory=dict)
    failures: dict[str, int] = msgspec.field(default_factory=dict)
    retries: TokenBucket | None = None
    last_active: Micros | None = None
    open: bool = False


class WorkQueue(Part):
    """Once open, calls `sync(key)` for every queued key, `workers` at a time; `sync` ends in `done(key)`,
    `retry(key)` or `answered(key, reply)`, once. `title`: its name without the kind of part; base: the first
    pause after a failure."""

    def __init__(
        self,
        process: Process,
        name: str,
        sync: Callable[[str], None],
        *,
        workers: int = 1,
        base: Micros = BASE_DELAY,
    ) -> None:
        super().__init__(process, f"queue/{name}")
        self.title = name
        self.sync = sync
        self.workers = workers
        self.base = base

    @AtHand
    def state(self) -> QueueState:
        """The queue's part of the component's memory."""
        return self.remember(QueueState)

    def __len__(self) -> int:
        return len(self.state.waiting)

    def open(self) -> None:
        """The workers begin, with what was queued before."""
        state = self.state
        state.open = True
        for _ in range(min(self.workers, len(state.waiting))):
            self.post(0, self.work)

    def add(self, key: str) -> None:
        """Queue a key, unless it waits already; one in work is done again afterwards."""
        state = self.state
        cause = self.engine.cause
        if key in state.processing:
            state.dirty.setdefault(key, cause)
        elif key not in state.waiting:
            state.waiting[key] = cause
            if state.open and len(state.processing) < self.workers:
                self.post(0, self.work)

    def add_after(self, key: str, delay: Micros) -> None:
        """Queue a key after a while, unless it will be sooner anyway (AddAfter)."""
        if delay <= 0:
            self.add(key)
            return
        due = min(self.now + delay, END_OF_TIME)
        known = self.state.due.get(key)
        if known is None or due < known:
            self.state.due[key] = due
            self.post(delay, self.add_due, key, due)

    def add_due(self, key: str, due: Micros) -> None:
        """A key's time has come, unless it was to be sooner and has been."""
        if self.state.due.get(key) == due:
            del self.state.due[key]
            self.add(key)

    def work(self) -> None:
        """Take the next key if a worker is free."""
        state = self.state
        if not state.waiting or len(state.processing) >= self.workers:
            return
        key = next(iter(state.waiting))
        cause = state.waiting.pop(key)
        state.processing[key] = True
        state.last_active = self.engine.state.now
        self.engine.cause = cause or self.engine.cause
        self.sync(key)

    def done(self, key: str) -> None:
        """The key's work succeeded: its back-off is forgotten, its worker is free."""
        self.state.failures.pop(key, None)
        self._finish(key)

    def answered(self, key: str, reply: Reply) -> None:
        """The key's work was to write something: it succeeded, also where the object is gone meanwhile."""
        if reply.ok or reply.status == 404:
            self.done(key)
        else:
            self.retry(key)

    def retry(self, key: str, *, limit: int | None = None, longest: Micros = MAX_DELAY) -> None:
        """The key's work failed: again after a pause that doubles up to `longest`; after `limit` failures
        it is dropped."""
        state, now = self.state, self.now
        failures = state.failures.get(key, 0)
        if limit is not None and failures >= limit:
            self.done(key)
            return
        state.failures[key] = failures + 1
        if state.retries is None:
            state.retries = full_bucket(RETRY_RATE, RETRY_BURST, now)
        wait = max(min(self.base << min(failures, 40), longest), state.retries.take(now))
        self.add_after(key, wait)
        self._finish(key)

    def _finish(self, key: str) -> None:
        state = self.state
        state.processing.pop(key, None)
        if (cause := state.dirty.pop(key, None)) is not None:
            state.waiting[key] = cause
        if state.waiting:
            self.post(0, self.work)
