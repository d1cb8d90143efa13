"""How many pods of a group each node has, kept up to date as pods come and go.

A group is all pods of a namespace that one of some selectors chooses. Pods with the same labels are counted
together, and found by any of their labels, so neither a new group nor a pod has to be held against all
others.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from clustersim.api.meta import LabelSelector
from clustersim.api.selectors import selects
from clustersim.scheduler.cache import PodKind

GROUPS_KEPT: Final = 512

Labels = tuple[tuple[str, str], ...]
Pair = tuple[str, str]
Selectors = tuple[LabelSelector, ...]
Place = tuple[str, Pair | None]
"""A namespace, and the first label that a selector asks for."""
_Requirements = tuple[tuple[str, str, tuple[str, ...]], ...]


class Alike(NamedTuple):
    """Pods that no selector tells apart."""

    namespace: str
    labels: Labels


class GroupKey(NamedTuple):
    """A group by its namespace and selectors, whatever their order."""

    namespace: str
    selectors: tuple[tuple[Labels, _Requirements], ...]


def group_key(namespace: str, selectors: Selectors) -> GroupKey:
    """The key of a group."""
    parts = {
        (
            tuple(sorted(one.match_labels.items())),
            tuple((r.key, r.operator, r.values) for r in one.match_expressions),
        ): None
        for one in selectors
    }
    return GroupKey(namespace, tuple(sorted(parts)))


class Group:
    """counts: pods by node, no zeros."""

    __slots__ = ("counts", "key", "selectors")

    def __init__(self, key: GroupKey, selectors: Selectors) -> None:
        self.key = key
        self.selectors = selectors
        self.counts: dict[str, int] = {}

    def chooses(self, alike: Alike) -> bool:
        """Whether those pods belong to it."""
        labels = dict(alike.labels)
        return any(selects(selector, labels) for selector in self.selectors)


class Spreading:
    """All kinds of pods that run, and the groups that were asked for."""

    def __init__(self) -> None:
        self.nodes: dict[Alike, dict[str, int]] = {}
        self.groups: dict[GroupKey, Group] = {}
        self.groups_of: dict[Alike, list[Group]] = {}
        self._groups_at: dict[Place, dict[GroupKey, Group]] = {}
        self._alike_by_pair: dict[tuple[str, Pair], dict[Alike, None]] = {}
        self._alike_by_namespace: dict[str, dict[Alike, None]] = {}

    def count(self, node: str, kind: PodKind, change: int) -> None:
        """Pods of a kind came to a node or left it; those that are being deleted count nowhere."""
        if kind.deleting:
            return
        alike = Alike(kind.namespace, kind.labels)
        if (there := self.nodes.get(alike)) is None:
            there = self._meet(alike)
        _add(there, node, change)
        for group in self.groups_of[alike]:
            _add(group.counts, node, change)
        if not there:
            self._lose(alike)

    def group(self, namespace: str, selectors: Selectors) -> dict[str, int]:
        """The pods by node of a group; nodes without any are not in it."""
        return self.group_of(group_key(namespace, selectors), selectors)

    def group_of(self, key: GroupKey, selectors: Selectors) -> dict[str, int]:
        """The same of a group whose key is known."""
        if (group := self.groups.pop(key, None)) is None:
            group = self._found(key, selectors)
        self.groups[key] = group
        return group.counts

    def _found(self, key: GroupKey, selectors: Selectors) -> Group:
        if len(self.groups) >= GROUPS_KEPT:
            self._forget(self.groups.pop(next(iter(self.groups))))
        group = Group(key, selectors)
        for place in _places(group):
            self._groups_at.setdefault(place, {})[key] = group
        for alike in self._candidates(key.namespace, selectors):
            if group.chooses(alike):
                self.groups_of[alike].append(group)
                for node, count in self.nodes[alike].items():
                    _add(group.counts, node, count)
        return group

    def _forget(self, group: Group) -> None:
        for place in _places(group):
            del self._groups_at[place][group.key]
        for alike in self._candidates(group.key.namespace, group.selectors):
            if group in self.groups_of[alike]:
                self.groups_of[alike].remove(group)

    def _candidates(self, namespace: str, selectors: Selectors) -> Iterator[Alike]:
        """Pods that may belong to a group: those that have one label of each selector."""
        found: dict[Alike, None] = {}
        for selector in selectors:
            pair = next(iter(selector.match_labels.items()), None)
            if pair is None:
                found |= self._alike_by_namespace.get(namespace, {})
            else:
                found |= self._alike_by_pair.get((namespace, pair), {})
        return iter(found)

    def _meet(self, alike: Alike) -> dict[str, int]:
        there = self.nodes[alike] = {}
        self.groups_of[alike] = [group for group in self._groups_for(alike) if group.chooses(alike)]
        self._alike_by_namespace.setdefault(alike.namespace, {})[alike] = None
        for pair in alike.labels:
            self._alike_by_pair.setdefault((alike.namespace, pair), {})[alike] = None
        return there

    def _lose(self, alike: Alike) -> None:
        del self.nodes[alike], self.groups_of[alike]
        del self._alike_by_namespace[alike.namespace][alike]
        for pair in alike.labels:
            del self._alike_by_pair[alike.namespace, pair][alike]

    def _groups_for(self, alike: Alike) -> Iterator[Group]:
        """Groups that may have them: those of which a selector begins with one of their labels, or with
        none."""
        found: dict[GroupKey, Group] = {}
        for pair in (None, *alike.labels):
            found |= self._groups_at.get((alike.namespace, pair), {})
        return iter(found.values())


def _places(group: Group) -> dict[Place, None]:
    """Where a group is found."""
    pairs = (next(iter(one.match_labels.items()), None) for one in group.selectors)
    return {(group.key.namespace, pair): None for pair in pairs}


def _add(counts: dict[str, int], node: str, change: int) -> None:
    now = counts.get(node, 0) + change
    if now:
        counts[node] = now
    else:
        del counts[node]
