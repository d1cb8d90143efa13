"""etcd: one revision counter for everything, immutable values, a history for watches, compaction.

The API server and etcd stand side by side here; a round trip between them is part of the API server's
latency. When the etcd process is down, nothing can be read or written.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Final, Literal

import msgspec

from clustersim.engine.engine import Engine
from clustersim.engine.process import HUNG, Process
from clustersim.engine.serving import LOOPBACK, Listener, Serves
from clustersim.engine.state import State
from clustersim.engine.time import MINUTE, Micros
from clustersim.flags.apiserver import EtcdFlags
from clustersim.network import Network

HISTORY_LIMIT: Final = 4096
PEER_PORT: Final = 2380
NO_OBJECTS: Final[dict[str, Any]] = {}
"""Of a resource of which there is none yet; looking makes no place for it."""

EMPTY: Final = 800_000
RECORD: Final = 1200
"""Bytes of the file of a store with nothing of this model in it, and of each revision of a key: estimates."""
COMPACTION: Final[Micros] = 5 * MINUTE
"""How often the API server has the history forgotten that was there last time (apiserver
pkg/storage/etcd3/compact.go)."""
DEFAULT_QUOTA: Final = 2 << 30
LARGE: Final = 1000
LARGE_QUOTA: Final = 8 << 30
"""From so many nodes on: what etcd's documentation suggests as the most."""
ALLOCATION: Final = 16 << 20
"""A larger file grows by so many bytes at a time (bbolt db.go DefaultAllocSize)."""
NO_SPACE: Final = "etcdserver: mvcc: database space exceeded"

ChangeType = Literal["ADDED", "MODIFIED", "DELETED"]


class Change(msgspec.Struct, frozen=True, gc=False):
    """One change of one key; `value` is the new object (for DELETED the last one), `previous` what was
    there before."""

    revision: int
    resource: str
    key: str
    type: ChangeType
    value: Any
    previous: Any


class Store(State):
    """What is on etcd's disk: per resource (a plural name) the objects by key.

    keys: how many there are; size: bytes of its file, which does not become smaller by itself; forgotten: the
    revision up to which only the newest of each key takes room; marked: the one up to which that is so next,
    since marked_at. no_space: the alarm NOSPACE, with which nothing is written any more until it is taken
    back."""

    revision: int = 1
    compacted: int = 0
    objects: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    history: deque[Change] = msgspec.field(default_factory=deque)
    keys: int = 0
    size: int = EMPTY
    forgotten: int = 1
    marked: int = 1
    marked_at: Micros = 0
    no_space: bool = False


class CompactedError(Exception):
    """The history asked for is gone (HTTP 410)."""


class Etcd(Process):
    """The store. Values carry their revision in metadata.resourceVersion, put there by the API server.

    followers: by resource, called with every change; they keep what can be made anew from the store.
    """

    kind: ClassVar[str] = "etcd"

    def __init__(self, engine: Engine, network: Network, name: str, machine: str, flags: EtcdFlags) -> None:
        super().__init__(engine, network, name, machine)
        self.flags = flags
        self.store = Store()
        self.followers: dict[str, list[Callable[[Change], None]]] = {}

    def save(self) -> dict[str, State]:
        return {**super().save(), "store": self.store}

    def boot(self) -> None:
        """etcd leads again as soon as it runs; its data is on disk."""
        self.engine.signal("etcd")

    def resume(self) -> None:
        """What the kernel kept for it is answered now: its clients' connections still stand, or they have
        dialled anew, which needs no more than its answer."""
        hung = self.status.phase == HUNG
        super().resume()
        if hung:
            self.engine.signal("etcd goes on")

    def listeners(self) -> tuple[Listener, ...]:
        return (
            Listener(LOOPBACK, self.flags.client_port, Serves.STORE),
            Listener(LOOPBACK, PEER_PORT, Serves.PEERS),
        )

    def follow(self, resources: Iterable[str], told: Callable[[Change], None]) -> None:
        """Call `told` with every change of those resources."""
        for resource in resources:
            self.followers.setdefault(resource, []).append(told)

    def get(self, resource: str, key: str) -> Any:
        """The object, or None."""
        return self.store.objects.get(resource, NO_OBJECTS).get(key)

    def range(self, resource: str) -> dict[str, Any]:
        """All objects of a resource by key, in order of their creation; not to be changed."""
        return self.store.objects.get(resource, NO_OBJECTS)

    def put(self, resource: str, key: str, value: Any) -> Change:
        """Store an object; returns the change."""
        store = self.store
        if (objects := store.objects.get(resource)) is None:
            objects = store.objects[resource] = {}
        previous = objects.get(key)
        objects[key] = value
        return self._commit(resource, key, "ADDED" if previous is None else "MODIFIED", value, previous)

    def delete(self, resource: str, key: str, last: Any) -> Change:
        """Remove an object; watchers see `last`."""
        previous = self.store.objects[resource].pop(key)
        return self._commit(resource, key, "DELETED", last, previous)

    # --- room ---------------------------------------------------------------------------------------

    @property
    def is_full(self) -> bool:
        """No more can be written."""
        store = self.store
        return store.no_space or store.size > (self.flags.quota_backend_bytes or self._usual_quota())

    def _usual_quota(self) -> int:
        """Who runs a large cluster gives etcd as much as it is meant for at most."""
        return LARGE_QUOTA if len(self.store.objects.get("nodes", NO_OBJECTS)) > LARGE else DEFAULT_QUOTA

    def check_space(self) -> bool:
        """Whether something can be written; where not, the alarm is raised (etcd server/etcdserver/quota.go,
        api/v3rpc/quota.go)."""
        if not self.is_full:
            return True
        if not self.store.no_space:
            self.store.no_space = True
            self.log("alarm NOSPACE raised by peer 8e9e05c52164694d", "W", source="etcdserver")
            self.emit("etcd", "alarm-raised", self.name, after="NOSPACE")
        return False

    @property
    def in_use(self) -> int:
        """Bytes of its file that hold something."""
        self._forget()
        store = self.store
        return EMPTY + RECORD * (store.keys + store.revision - store.forgotten)

    def _forget(self) -> None:
        """What the API server has had compacted meanwhile: not while nothing can be written, since it writes
        down how far it has come."""
        store, now = self.store, self.engine.state.now
        times = (now - store.marked_at) // COMPACTION
        if times > 0:
            if not store.no_space:
                store.forgotten = max(store.forgotten, store.marked if times == 1 else store.revision)
            store.marked, store.marked_at = store.revision, store.marked_at + times * COMPACTION

    def compact(self, revision: int) -> None:
        """Forget the history up to a revision."""
        store = self.store
        store.forgotten = max(store.forgotten, revision)
        store.compacted = max(store.compacted, revision)
        while store.history and store.history[0].revision <= revision:
            store.history.popleft()
        self.emit("etcd", "compacted", self.name, after=revision)

    def defragment(self) -> None:
        """Its file becomes as small as what it holds."""
        self.store.size = self.in_use
        self.emit("etcd", "defragmented", self.name, after=self.store.size)

    def disarm(self) -> None:
        """The alarm is taken back; the next write raises it again if there is no more room than before."""
        self.store.no_space = False
        self.emit("etcd", "alarm-disarmed", self.name, before="NOSPACE")

    def _commit(self, resource: str, key: str, kind: ChangeType, value: Any, previous: Any) -> Change:
        store = self.store
        if kind != "MODIFIED":
            store.keys += 1 if kind == "ADDED" else -1
        if self.engine.state.now - store.marked_at >= COMPACTION:
            self._forget()
        store.revision += 1
        used = EMPTY + RECORD * (store.keys + store.revision - store.forgotten)
        if used > store.size:
            self._grow(used)
        change = Change(store.revision, resource, key, kind, value, previous)
        store.history.append(change)
        if len(store.history) > HISTORY_LIMIT:
            store.compacted = store.history.popleft().revision
        for follow in self.followers.get(resource, ()):
            follow(change)
        return change

    def _grow(self, size: int) -> None:
        """Its file is larger from now on; whoever writes without asking hears when it is full."""
        had_room = not self.is_full
        self.store.size = size if size <= ALLOCATION else -(-size // ALLOCATION) * ALLOCATION
        if had_room and self.is_full:
            self.post(0, self.filled)

    def filled(self) -> None:
        """Whoever is taken to have been answered well finds out."""
        for interrupt in self.before_interruption:
            interrupt()

    def range_at(self, resource: str, revision: int) -> dict[str, Any]:
        """All objects of a resource by key as they were at a revision; CompactedError if that is not
        known any more."""
        found = dict(self.range(resource))
        for change in reversed(self.changes_since(revision, resource)):
            if change.previous is None:
                found.pop(change.key, None)
            else:
                found[change.key] = change.previous
        return found

    def changes_since(self, revision: int, resource: str) -> list[Change]:
        """Changes of a resource after a revision, in order; CompactedError if they are not all there any
        more."""
        if revision < self.store.compacted:
            raise CompactedError(
                f"The resourceVersion for the provided watch is too old: {revision} ({self.store.compacted})"
            )
        found: list[Change] = []
        for change in reversed(self.store.history):
            if change.revision <= revision:
                break
            if change.resource == resource:
                found.append(change)
        found.reverse()
        return found
