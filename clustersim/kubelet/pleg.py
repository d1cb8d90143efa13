"""The pod lifecycle event generator: asks docker once a second what there is, and tells the main loop what
changed.

Its view of every pod is what pod workers work from; they wait for a relist that is newer than their last sync
(v1.7.5 pkg/kubelet/pleg/generic.go, pkg/kubelet/container/cache.go).
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from clustersim.api.status import Reply
from clustersim.engine.loop import Loop
from clustersim.engine.time import Micros
from clustersim.kubelet import passes
from clustersim.kubelet.part import Part
from clustersim.runtime.records import EXITED, RUNNING, Container, Listing, Sandbox

UNKNOWN: Final = "unknown"
STARTED: Final = "ContainerStarted"
DIED: Final = "ContainerDied"
REMOVED: Final = "ContainerRemoved"


Record = Container | Sandbox
NOTHING: Final = Listing((), ())


class PodView(msgspec.Struct, frozen=True, gc=False):
    """What docker has of one pod: containers and sandboxes, the newest first, as of the relist that began
    at `at`. address: that of its newest sandbox while it is ready."""

    uid: str
    containers: tuple[Container, ...] = ()
    sandboxes: tuple[Sandbox, ...] = ()
    at: Micros | None = None
    address: str = ""

    def latest(self, name: str) -> Container | None:
        """The newest container of that name."""
        for container in self.containers:
            if container.name == name:
                return container
        return None

    @property
    def running(self) -> tuple[Container, ...]:
        """Containers that run."""
        return tuple(container for container in self.containers if container.state == RUNNING)


def view_of(uid: str, listing: Listing, at: Micros) -> PodView:
    """What a list tells of one pod."""
    containers = tuple([one for one in listing.containers if one.pod_uid == uid][::-1])
    sandboxes = tuple([one for one in listing.sandboxes if one.pod_uid == uid][::-1])
    address = sandboxes[0].ip if sandboxes and sandboxes[0].ready else ""
    return PodView(uid, containers, sandboxes, at, address)


def after(old: PodView | None, new: PodView) -> PodView:
    """The new view of a pod, with the address it had where none of its sandboxes is ready any more: whoever
    asks for a pod that has ended is told where it was (generic.go getPodIP)."""
    if old is None or new.address or not old.address or any(sandbox.ready for sandbox in new.sandboxes):
        return new
    return msgspec.structs.replace(new, address=old.address)


class LifecycleEvent(msgspec.Struct, frozen=True, gc=False):
    """Something happened to a container or sandbox of a pod."""

    uid: str
    type: str
    container_id: str


class PlegMemory(passes.Passes):
    """known: what there was at the last relist; pods: the cache; waiting: pods whose workers wait for
    a newer relist."""

    known: Listing = NOTHING
    pods: dict[str, PodView] = msgspec.field(default_factory=dict)
    waiting: dict[str, int] = msgspec.field(default_factory=dict)


class Pleg(Part):
    """The relist loop and the cache it fills."""

    name = "pleg"
    loop: Loop

    def memory(self) -> PlegMemory:
        return PlegMemory()

    def make_loop(self) -> Loop:
        """The relist; docker's changes wake it."""
        kubelet = self.kubelet
        self.loop = Loop(
            kubelet,
            "pleg",
            self.relist,
            kubelet.flags.pleg_relist_period,
            cost=kubelet.runtime_latency,
            waits=True,
        )
        return self.loop

    def last_relist(self) -> Micros | None:
        """When the last relist began that succeeded, None if none has yet."""
        return passes.last_good(self.loop, self.state)

    # --- the cache --------------------------------------------------------------------------------

    def view(self, uid: str) -> PodView:
        """What the last relist saw of a pod."""
        memory: PlegMemory = self.state
        return memory.pods.get(uid) or PodView(uid)

    def newer_view(self, uid: str, than: Micros | None) -> PodView | None:
        """The pod as seen after `than`; None if no relist since then has been over."""
        view = self.view(uid)
        last = self.last_relist()
        if last is not None and (than is None or last > than or (view.at is not None and view.at > than)):
            return view
        return None

    def wait(self, uid: str) -> None:
        """The pod's worker goes on after the next good relist."""
        self.state.waiting[uid] = self.kubelet.engine.cause
        self.loop.wake()

    # --- relisting --------------------------------------------------------------------------------

    def relist(self) -> None:
        """Ask docker for everything it has."""
        passes.begin(self.loop, self.state, sure=self.kubelet.runtime_state.answers())
        self.ask_runtime("ps", then=self.relisted, late=self.loop.state.late)

    def relisted(self, reply: Reply) -> None:
        """Docker's list, or an error: compare, renew the cache, tell the main loop, let workers go on."""
        if not reply.ok:
            error = self.kubelet.runtime_error(reply)
            self.log(
                "generic.go", self.kubelet.words.failure("GenericPLEG: Unable to retrieve pods", error), "E"
            )
            passes.end(self.loop, self.state, False)
            return
        events = self._compare(reply.body)
        passes.end(self.loop, self.state, True)
        cause = self.kubelet.engine.cause
        for event in events:
            self.kubelet.engine.cause = cause
            self.kubelet.sync_loop.lifecycle_event(event)
        if events:
            self.kubelet.runtime_changed()
        waiting, self.state.waiting = self.state.waiting, {}
        for uid in self._in_some_order(waiting):
            self.kubelet.engine.cause = waiting[uid] or cause
            self.kubelet.pod_workers.cache_renewed(uid)

    def _compare(self, listing: Listing) -> list[LifecycleEvent]:
        memory: PlegMemory = self.state
        before, memory.known = memory.known, listing
        changed: dict[str, list[LifecycleEvent]] = {}
        for one, old, new in differences(before, listing):
            events = events_between(one.pod_uid, one.id, old, new)
            changed.setdefault(one.pod_uid, []).extend(events)
        for uid in changed:
            self._renew(uid, listing)
        return [event for uid in self._in_some_order(changed) for event in changed[uid]]

    def _in_some_order(self, uids: Iterable[str]) -> list[str]:
        """Go's maps have no order, and of goroutines that wait for the same anyone may be first: chance."""
        kubelet, given = self.kubelet, list(uids)
        if not kubelet.chance:
            return given
        stream = kubelet.chancy_random(self.name)
        return [uid for _, uid in sorted((stream.random(), uid) for uid in given)]

    def _renew(self, uid: str, listing: Listing) -> None:
        memory: PlegMemory = self.state
        view = view_of(uid, listing, memory.current)
        if view.containers or view.sandboxes:
            memory.pods[uid] = after(memory.pods.get(uid), view)
        else:
            memory.pods.pop(uid, None)


Difference = tuple[Record, Record | None, Record | None]
"""A record, as it was before and as it is now."""


def differences(before: Listing, now: Listing) -> list[Difference]:
    """What two lists tell otherwise, what was there before first. Records whose state is the same to the
    generator are no difference."""
    boxes, new_boxes = _other(before.sandboxes, now.sandboxes)
    containers, new_containers = _other(before.containers, now.containers)
    other = [
        (old, old, new) for old, new in (*boxes, *containers) if new is None or state_of(old) != state_of(new)
    ]
    return [*other, *[(one, None, one) for one in (*new_boxes, *new_containers)]]


def _other(
    before: Sequence[Record], now: Sequence[Record]
) -> tuple[list[tuple[Record, Record | None]], Sequence[Record]]:
    """Records that are another or gone, and those that are new. Mostly nothing went: what is there stands
    where it stood, and what is new at the end."""
    pairs: list[tuple[Record, Record | None]] = [
        (old, new) for old, new in zip(before, now, strict=False) if old is not new
    ]
    if len(before) <= len(now) and all(new is not None and old.id == new.id for old, new in pairs):
        return pairs, now[len(before) :]
    found, known = {one.id: one for one in now}, {one.id for one in before}
    pairs = [(one, found.get(one.id)) for one in before if found.get(one.id) is not one]
    return pairs, [one for one in now if one.id not in known]


def state_of(record: Record) -> str:
    """As the generator tells states apart."""
    if isinstance(record, Sandbox):
        return RUNNING if record.ready else EXITED
    return record.state if record.state in (RUNNING, EXITED) else UNKNOWN


def events_between(uid: str, identity: str, old: Record | None, new: Record | None) -> list[LifecycleEvent]:
    """generateEvents: a change to "unknown" says nothing; a running one that is gone has died first."""
    kinds: tuple[str, ...]
    if new is not None and old is not None and state_of(old) == state_of(new):
        return []
    if new is not None:
        kinds = {RUNNING: (STARTED,), EXITED: (DIED,)}.get(state_of(new), ())
    elif old is not None and state_of(old) == EXITED:
        kinds = (REMOVED,)
    else:
        kinds = (DIED, REMOVED)
    return [LifecycleEvent(uid, kind, identity) for kind in kinds]
