"""Watches on a room: what changes in its store, told to every client that selects it.

After every step of the room the new changes are read from the store's history once. Each is encoded once for
all clients that want it in the same form; a client that does not read is let go, and lists again.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from clustersim.cluster import Cluster
from clustersim.etcd import Change

MOST_WAITING: Final = 4_000
"""Events that wait for one client; whoever is further behind has to list again."""

Select = Callable[[Any], bool]
Encode = Callable[[str, Any], bytes]


class Watch:
    """One client's watch. select: whether it wants to see an object; form: a key under which clients get the
    same bytes; encode: an event's type and object to a line of the stream.
    """

    def __init__(self, resource: str, since: int, select: Select, form: str, encode: Encode) -> None:
        self.resource = resource
        self.since = since
        self.select = select
        self.form = form
        self.encode = encode
        self.waiting: deque[bytes] = deque()
        self.ended = False
        """The room went elsewhere in time, or the client is too far behind: its resource version is gone."""
        self.hung_up = False
        """The API server's process ended, and the connection with it."""
        self._news = asyncio.Event()

    def offer(self, line: bytes, revision: int) -> None:
        self.since = revision
        if len(self.waiting) >= MOST_WAITING:
            self.end()
        else:
            self.waiting.append(line)
            self._news.set()

    def end(self, *, hung_up: bool = False) -> None:
        self.ended, self.hung_up = True, hung_up
        self._news.set()

    async def news(self, seconds: float) -> list[bytes]:
        """What waits, after at most that many seconds; empty if nothing came."""
        if not self.waiting and not self.ended:
            try:
                async with asyncio.timeout(seconds):
                    await self._news.wait()
            except TimeoutError:
                return []
        self._news.clear()
        lines = list(self.waiting)
        self.waiting.clear()
        return lines


def seen_as(change: Change, select: Select) -> str | None:
    """ADDED, MODIFIED or DELETED to a client that selects so: an object that begins to fit is new to it
    (apiserver pkg/storage/cacher).
    """
    fits = change.type != "DELETED" and select(change.value)
    fitted = change.previous is not None and select(change.previous)
    if fits:
        return "MODIFIED" if fitted else "ADDED"
    return "DELETED" if fitted else None


class Watches:
    """All watches on one room."""

    def __init__(self, cluster: Callable[[], Cluster]) -> None:
        self._cluster = cluster
        self._known: object = None
        self._incarnation = -1
        self.revision = 0
        """Everything up to this resource version was told."""
        self._watches: dict[str, dict[Watch, None]] = {}

    def __len__(self) -> int:
        return sum(len(watches) for watches in self._watches.values())

    def open(self, watch: Watch) -> None:
        """Changes after `watch.since` that are known already come at once. Raises CompactedError."""
        self.advance()
        store = self._cluster().world.etcd
        for change in store.changes_since(watch.since, watch.resource):
            self._tell(watch, change, {})
        self._watches.setdefault(watch.resource, {})[watch] = None

    def close(self, watch: Watch) -> None:
        self._watches.get(watch.resource, {}).pop(watch, None)

    def hang_up(self) -> None:
        """The room has closed: clients connect and list again."""
        self._end_all(hung_up=True)

    def advance(self) -> None:
        """Tell what changed since the last time. Another run (a branch, the past) ends all watches."""
        cluster = self._cluster()
        store = cluster.world.etcd.store
        if cluster is not self._known or store.compacted > self.revision:
            if self._known is not None:
                self._end_all()
            self._known = cluster
            self.revision = store.revision
            self._incarnation = cluster.world.apiserver.incarnation()
            return
        if cluster.world.apiserver.incarnation() != self._incarnation:
            self._incarnation = cluster.world.apiserver.incarnation()
            self._end_all(hung_up=True)
        new: list[Change] = []
        for change in reversed(store.history):
            if change.revision <= self.revision:
                break
            new.append(change)
        self.revision = store.revision
        for change in reversed(new):
            lines: dict[tuple[str, str], bytes] = {}
            for watch in tuple(self._watches.get(change.resource, ())):
                self._tell(watch, change, lines)

    def _tell(self, watch: Watch, change: Change, lines: dict[tuple[str, str], bytes]) -> None:
        seen = seen_as(change, watch.select)
        if seen is None:
            return
        # Whoever no longer sees an object is told its last state under the new resource version.
        key = (watch.form, seen)
        if key not in lines:
            lines[key] = watch.encode(seen, change.value)
        watch.offer(lines[key], change.revision)

    def _end_all(self, *, hung_up: bool = False) -> None:
        for watches in self._watches.values():
            for watch in watches:
                watch.end(hung_up=hung_up)
            watches.clear()
