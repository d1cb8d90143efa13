"""Shared informers: one cache per resource for all controllers, and pods indexed by owner and by label."""

from collections.abc import Iterable
from functools import partial
from sys import intern
from typing import Any, NamedTuple

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.owners import controller_of
from clustersim.api.registry import key_of
from clustersim.api.selectors import matches_labels
from clustersim.client.client import Client
from clustersim.client.informer import Informer, OnChange
from clustersim.controllermanager.pods import ENDED, is_ready, is_terminated
from clustersim.engine.at_hand import AtHand
from clustersim.engine.state import State

Places = tuple[str, list[str]]


class CountedAs(NamedTuple):
    """What the pods of one owner are counted by."""

    active: bool
    terminating: bool
    ready: bool
    labels: tuple[tuple[str, str], ...]


def counted_as(pod: Pod) -> CountedAs:
    """What a pod is counted as."""
    return CountedAs(*_flags(pod), tuple(pod.metadata.labels.items()))


def _flags(pod: Pod) -> tuple[bool, bool, bool]:
    """Active, terminating, ready."""
    ready = is_ready(pod)
    if pod.status.phase in ENDED:
        return False, False, ready
    deleting = bool(pod.metadata.deletion_timestamp)
    return not deleting, deleting, ready


class PodIndexState(State):
    """Keys of pods, in the order they came, by the UID of their controller ("/namespace" without one), and by
    "namespace/label=value"; pods that have ended; and how many of each kind a controller has."""

    by_owner: dict[str, dict[str, None]] = msgspec.field(default_factory=dict)
    kinds: dict[str, dict[CountedAs, int]] = msgspec.field(default_factory=dict)
    by_label: dict[str, dict[str, None]] = msgspec.field(default_factory=dict)
    ended: dict[str, Pod] = msgspec.field(default_factory=dict)


class SharedInformers:
    """The caches of the process. Listeners are told of a change in the order they were added."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.process = client.process
        self.informers: dict[str, Informer] = {}
        self._listeners: dict[str, list[OnChange]] = {}
        self._of_renewals: dict[str, list[OnChange]] = {}
        self._minding: dict[OnChange, str] = {}
        """Listeners that mind only pods of owners of one kind, and pods of nobody."""
        self._of_volumes: set[OnChange] = set()
        """Listeners that mind only pods with volumes."""
        self._told: dict[tuple[str, bool], list[OnChange]] = {}
        """Who is told of pods that owners of a kind have and keep ("": of others), with volumes or not."""

    def get(
        self,
        resource: str,
        listener: OnChange | None = None,
        *,
        renewals: bool = True,
        renewed: OnChange | None = None,
        of_owner: str = "",
        of_volumes: bool = False,
    ) -> Informer:
        """The informer of a resource; `listener` is called with every change. renewals: also with those that
        are nothing but renewals, or `renewed` is, if there is one. of_owner: of pods that a controller of
        another kind has, and keeps, it need not be told. of_volumes: nor of those without volumes, and no
        pod gets any later."""
        listeners = self._listeners.setdefault(resource, [])
        of_renewals = self._of_renewals.setdefault(resource, [])
        if listener is not None:
            listeners.append(listener)
            self._told.clear()
            if of_owner:
                self._minding[listener] = of_owner
            if of_volumes:
                self._of_volumes.add(listener)
            if renewals:
                of_renewals.append(renewed or listener)
        if resource not in self.informers:
            tell: OnChange = partial(self._tell, listeners)
            if resource == "pods":
                listeners.insert(0, self._index)
                tell = self._tell_of_pod
            self.informers[resource] = Informer(
                self.client,
                resource,
                tell,
                on_renewed=partial(self._tell, of_renewals),
                index_node=resource == "pods",
            )
        return self.informers[resource]

    def dissolve(self) -> None:
        """Let go of all listeners."""
        vars(self).clear()

    def start(self) -> None:
        """Fill all caches."""
        for informer in self.informers.values():
            informer.start()

    def synced(self, resources: tuple[str, ...]) -> bool:
        """The first lists of these have arrived."""
        return all(self.informers[resource].synced for resource in resources)

    def _tell(self, listeners: list[OnChange], old: Any, new: Any) -> None:
        engine = self.process.engine
        cause = engine.cause
        for listener in listeners:
            engine.cause = cause
            listener(old, new)

    def _tell_of_pod(self, old: Pod | None, new: Pod | None) -> None:
        pod = new if new is not None else old
        assert pod is not None
        owner, listeners = controller_of(pod), self._listeners["pods"]
        stays = old is None or old.metadata.owner_references is pod.metadata.owner_references
        key = (owner.kind if owner is not None and stays else "", bool(pod.spec.volumes))
        if (told := self._told.get(key)) is None:
            told = self._told[key] = [one for one in listeners if self._minds(one, *key)]
        engine = self.process.engine
        cause = engine.cause
        for listener in told:
            engine.cause = cause
            listener(old, new)

    def _minds(self, listener: OnChange, kind: str, volumes: bool) -> bool:
        """A listener minds pods that owners of a kind have and keep ("": others), with volumes or not."""
        of_owner = not kind or self._minding.get(listener, kind) == kind
        return of_owner and (volumes or listener not in self._of_volumes)

    # --- pods -------------------------------------------------------------------------------------

    @AtHand
    def state(self) -> PodIndexState:
        """The index of pods."""
        parts: dict[str, Any] = self.process.state.parts
        if (state := parts.get("pod-index")) is None:
            state = parts["pod-index"] = PodIndexState()
        return state

    def owned_by(self, uid: str) -> list[Pod]:
        """Pods whose controller has this UID, in the order they came."""
        return self._found(self.state.by_owner.get(uid, {}))

    def _found(self, keys: Iterable[str]) -> list[Pod]:
        cache = self.informers["pods"].state.cache
        return [cache[key] for key in keys]

    def kinds_of(self, uid: str) -> dict[CountedAs, int]:
        """How many pods of each kind the controller with this UID has; counted while they change, as an
        object with a thousand pods is looked at a thousand times while they start."""
        return self.state.kinds.get(uid, {})

    def orphans(self, namespace: str) -> list[Pod]:
        """Pods of a namespace that have no controller."""
        return self._found(self.state.by_owner.get(f"/{namespace}", {}))

    def has_orphans(self, namespace: str) -> bool:
        """Some pod of a namespace has no controller."""
        return f"/{namespace}" in self.state.by_owner

    def selected(self, namespace: str, selector: dict[str, str]) -> list[Pod]:
        """Pods of a namespace that a selector matches; none for an empty selector."""
        groups = [
            self.state.by_label.get(f"{namespace}/{key}={value}", {}) for key, value in selector.items()
        ]
        smallest = min(groups, key=len, default={})
        found = self._found(smallest)
        if len(groups) == 1:
            return found
        return [pod for pod in found if matches_labels(selector, pod.metadata.labels)]

    def ended(self) -> list[Pod]:
        """Pods that have ended, in the order they did."""
        return list(self.state.ended.values())

    def without_node(self) -> int:
        """How many pods have no node."""
        state = self.informers["pods"].state
        return len(state.cache) - sum(map(len, state.by_node.values()))

    def _recount(self, index: PodIndexState, old: Pod | None, new: Pod | None) -> None:
        before, after = _counted_for(old), _counted_for(new)
        if before == after:
            return
        for counted, by in ((before, -1), (after, 1)):
            if counted is not None:
                self._count(index.kinds, *counted, by)

    def _count(self, kinds: dict[str, dict[CountedAs, int]], owner: str, kind: CountedAs, by: int) -> None:
        counts = kinds.setdefault(owner, {})
        _shift(counts, kind, by)
        if not counts:
            del kinds[owner]

    def _index(self, old: Pod | None, new: Pod | None) -> None:
        index = self.state
        if old is not None and new is not None and _same_places(old, new):
            before, after = _flags(old), _flags(new)
            if before != after and (owner := controller_of(new)) is not None:
                labels = tuple(new.metadata.labels.items())
                self._count(index.kinds, owner.uid, CountedAs(*before, labels), -1)
                self._count(index.kinds, owner.uid, CountedAs(*after, labels), 1)
        else:
            self._recount(index, old, new)
            self._move(index, old, new)
        ended = index.ended
        if new is not None and is_terminated(new):
            ended[intern(key_of(new))] = new
        elif old is not None and ended:
            ended.pop(key_of(old), None)

    def _move(self, index: PodIndexState, old: Pod | None, new: Pod | None) -> None:
        """From where it was, unless it stays there, to where it is."""
        before, after = None if old is None else _places(old), None if new is None else _places(new)
        if before == after:
            return
        if old is not None and before is not None:
            key, (owner, labels) = key_of(old), before
            _take(index.by_owner, owner, key)
            for label in labels:
                _take(index.by_label, label, key)
        if new is not None and after is not None:
            key, (owner, labels) = intern(key_of(new)), after
            _put(index.by_owner, owner, key)
            for label in labels:
                _put(index.by_label, label, key)


def _shift(counts: dict[CountedAs, int], kind: CountedAs, by: int) -> None:
    counts[kind] = counts.get(kind, 0) + by
    if not counts[kind]:
        del counts[kind]


def _take(groups: dict[str, dict[str, None]], group: str, key: str) -> None:
    members = groups.get(group, {})
    members.pop(key, None)
    if not members:
        groups.pop(group, None)


def _counted_for(pod: Pod | None) -> tuple[str, CountedAs] | None:
    """The UID of its controller, and what it is counted as there."""
    owner = None if pod is None else controller_of(pod)
    return None if pod is None or owner is None else (owner.uid, counted_as(pod))


def _put(groups: dict[str, dict[str, None]], group: str, key: str) -> None:
    if (members := groups.get(group)) is None:
        members = groups[group] = {}
    members[key] = None


def _same_places(old: Pod, new: Pod | None) -> bool:
    """As with most changes, which are of the status."""
    if new is None:
        return False
    before, after = old.metadata, new.metadata
    return before.owner_references is after.owner_references and before.labels is after.labels


def _places(pod: Pod) -> Places:
    """Whose it is, and which labels it has."""
    metadata = pod.metadata
    owner = controller_of(pod)
    labels = [f"{metadata.namespace}/{key}={value}" for key, value in metadata.labels.items()]
    return owner.uid if owner else f"/{metadata.namespace}", labels
