"""Informers: a local, eventually right copy of what the API server holds of one resource, kept by list and
watch.

Its phases are the table `INFORMER_PHASES` (client-go tools/cache/reflector.go, shared_informer.go)
"""

from collections.abc import Callable
from sys import intern
from typing import Any, Final, NamedTuple

import msgspec

from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.client.client import Client
from clustersim.engine.at_hand import AtHand
from clustersim.engine.part import Part
from clustersim.engine.state import State
from clustersim.engine.statemachine import StateMachine, Transition
from clustersim.engine.time import MILLISECOND, MINUTE, SECOND, Micros

RETRY: Final[Micros] = 1 * SECOND
"""A reflector's pause after a failed list or a broken watch (1.7, 1.8: wait.Until, one second)."""

SCATTER: Final[Micros] = 20 * MILLISECOND
"""How far apart the reflectors of one process may notice that their watches broke: chance."""


class ReflectorBackoff(NamedTuple):
    """Pauses of a reflector that grow (1.36: NewReflectorWithOptions): the first, the longest, each up to
    twice as long at random; back to the first when none was needed for so long."""

    first: Micros = 800 * MILLISECOND
    longest: Micros = 30 * SECOND
    forgotten: Micros = 2 * MINUTE


REFLECTOR_OF_TODAY: Final = ReflectorBackoff()

INFORMER: Final = "informer/"
"""What the names of these parts of a process begin with."""

STOPPED: Final = "stopped"
LISTING: Final = "listing"
OPENING: Final = "opening"
WATCHING: Final = "watching"
WAITING: Final = "waiting"

INFORMER_PHASES: Final = StateMachine(
    "informer",
    {
        STOPPED: "it has not been started, or is not needed any more",
        LISTING: "it has asked for the list",
        OPENING: "it has the list, and has asked for the watch from there",
        WATCHING: "changes arrive",
        WAITING: "its connection broke or the watch was refused (410); it lists again after a pause",
    },
    Transition("start", (STOPPED, LISTING, OPENING, WATCHING, WAITING), LISTING),
    Transition("listed", (LISTING,), OPENING),
    Transition("opened", (OPENING,), WATCHING),
    Transition("lost", (LISTING, OPENING, WATCHING, WAITING), WAITING),
    Transition("stop", (LISTING, OPENING, WATCHING, WAITING), STOPPED),
)

OnChange = Callable[[Any, Any], None]


class InformerState(State):
    """The cache by key, and by node for pods; `epoch` tells answers of an earlier attempt from those of
    this one. opened_at: when its watch was opened. pauses: how many in a row; paused_at: until when the last
    one lasted.
    """

    cache: dict[str, Any] = msgspec.field(default_factory=dict)
    by_node: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    phase: str = STOPPED
    synced: bool = False
    version: int = 0
    epoch: int = 0
    opened_at: Micros = 0
    pauses: int = 0
    paused_at: Micros | None = None


class Informer(Part):
    """One informer, which asks through a client of its process.

    `on_change(old, new)`: old is None for an addition, new is None for a removal.
    `on_synced` is called after every complete list. `index_node`: keep pods by node, for `on_node`.
    `routine`: the cache follows what is merely renewed, too; then `on_renewed`, or without one `on_change`,
    is called.
    """

    def __init__(
        self,
        client: Client,
        resource: str,
        on_change: OnChange | None = None,
        *,
        fields: dict[str, str] | None = None,
        labels: dict[str, str] | None = None,
        on_synced: Callable[[], None] | None = None,
        index_node: bool = False,
        routine: bool = True,
        on_renewed: OnChange | None = None,
        name: str = "",
    ) -> None:
        self.title = name or resource
        super().__init__(client.process, f"{INFORMER}{self.title}")
        self.client = client
        self.resource = resource
        self.on_change = on_change
        self.on_synced = on_synced
        self.fields = fields or {}
        self.labels = labels or {}
        self.index_node = index_node
        self.routine = routine
        self.on_renewed = on_renewed or on_change

    @AtHand
    def state(self) -> InformerState:
        """The informer's memory."""
        return self.remember(InformerState)

    @property
    def synced(self) -> bool:
        """The first list has arrived."""
        return self.state.synced

    def list(self) -> tuple[Any, ...]:
        """Everything in the cache, in the order it came."""
        return tuple(self.state.cache.values())

    def get(self, namespace: str, name: str) -> Any:
        """One object of the cache, or None."""
        return self.state.cache.get(f"{namespace}/{name}" if namespace else name)

    def on_node(self, node: str) -> tuple[Any, ...]:
        """Pods of a node, from the cache."""
        return tuple(self.state.by_node.get(node, {}).values())

    def start(self) -> None:
        """List, then watch, for as long as the process lives."""
        self._pass("start")
        self.state.epoch += 1
        answer = self.then(self.listed, self.state.epoch)
        self.client.list(self.resource, answer, field_selector=self.fields, label_selector=self.labels)

    def stop(self) -> None:
        """What is under way comes to nothing; it can be started again."""
        self._pass("stop")
        self.state.epoch += 1

    def listed(self, reply: Reply, epoch: int) -> None:
        """The answer to the list: replace the cache, tell what is new, changed or gone, and open the
        watch."""
        state = self.state
        if epoch != state.epoch:
            return
        if not reply.ok:
            self.post(self._pause(), self.restart, epoch)
            return
        found = {key_of(obj): obj for obj in reply.body}
        state.version = reply.resource_version
        self._pass("listed")
        for key in [key for key in state.cache if key not in found]:
            self._apply(state, key, None)
        for key, obj in found.items():
            if (
                old := state.cache.get(key)
            ) is None or old.metadata.resource_version != obj.metadata.resource_version:
                self._apply(state, key, obj)
        state.synced = True
        if self.on_synced:
            self.on_synced()
        stream = f"{self.title}/{state.epoch}"
        self.client.watch(
            self.resource,
            stream,
            state.version,
            self.fields,
            self.labels,
            self.then(self.watching, epoch),
            routine=self.routine,
        )

    def _pass(self, event: str) -> None:
        state = self.state
        state.phase = INFORMER_PHASES.after(state.phase, event) or state.phase

    def watching(self, reply: Reply, epoch: int) -> None:
        """The watch is open, or was refused (410: list again)."""
        state = self.state
        if epoch != state.epoch:
            return
        if reply.ok:
            self._pass("opened")
            state.opened_at = self.now
        else:
            self.lost(epoch)

    def lost(self, epoch: int) -> None:
        """The connection broke: list again after a pause."""
        if epoch == self.state.epoch:
            self._pass("lost")
            self.post(self._pause(), self.restart, epoch)

    def _pause(self) -> Micros:
        """How long the reflector waits before it lists again."""
        backoff: ReflectorBackoff | None = getattr(self.process, "reflector_backoff", None)
        if backoff is None:
            # Those of one process notice one after another, in an order that is chance.
            first = self.process.chance and self.state.phase == WAITING
            return RETRY + (self.process.chancy_random(self.name).below(SCATTER) if first else 0)
        state = self.state
        if state.paused_at is None or self.now - state.paused_at > backoff.forgotten:
            state.pauses = 0
        pause = min(backoff.first << min(state.pauses, 20), backoff.longest)
        state.pauses += 1
        pause += int(self.process.chancy_random(self.name).random() * pause)
        state.paused_at = self.now + pause
        return pause

    def restart(self, epoch: int) -> None:
        """List again, unless that has happened already."""
        if epoch == self.state.epoch:
            self.start()

    def changed(self, epoch: int, kind: str, obj: Any, revision: int) -> None:
        """A change arrived on the watch."""
        state = self.state
        if epoch == state.epoch and revision > state.version:
            state.version = revision
            self._apply(state, key_of(obj), None if kind == "DELETED" else obj, obj)

    def renewed(self, epoch: int, obj: Any, revision: int) -> None:
        """A change that is nothing but a renewal arrived on the watch: a heartbeat, a lock that was kept."""
        state = self.state
        if epoch != state.epoch or revision <= state.version:
            return
        key = key_of(obj)
        if (old := state.cache.get(key)) is None:
            self.changed(epoch, "MODIFIED", obj, revision)
            return
        state.version = revision
        state.cache[key] = obj
        if self.on_renewed is not None:
            self.on_renewed(old, obj)

    def _apply(self, state: InformerState, key: str, new: Any, last: Any = None) -> None:
        old = state.cache.get(key)
        if new is None:
            if old is None:
                return
            del state.cache[key]
        else:
            if old is None:
                key = intern(key)  # One text for all caches that have the object.
            state.cache[key] = new
        if self.index_node:
            _index(state.by_node, key, old, new)
        if self.on_change:
            self.on_change(last if new is None and last is not None else old, new)


def _index(by_node: dict[str, dict[str, Any]], key: str, old: Any, new: Any) -> None:
    node = "" if new is None else new.spec.node_name
    if old is not None and old.spec.node_name and old.spec.node_name != node:
        by_node[old.spec.node_name].pop(key, None)
    if node:
        if (there := by_node.get(node)) is None:
            there = by_node[node] = {}
        there[key if key in there else intern(key)] = new
