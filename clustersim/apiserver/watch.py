"""Watches: who wants to hear of which changes.

Watchers that select the same things form a group, so that 5,000 kube-proxies cost one queue entry per
change and not 5,000; groups that select pods by node, or a Node by name, are found by the
name. A real watch is sent every
renewal of a leader's lock, which its kube-proxy looks at and forgets: groups without `routine` are spared
those, unless one of their connections is cut, where any piece starts the clock of retransmissions.
"""

from typing import Any, Final

import msgspec

from clustersim.api.meta import LabelSelectorRequirement
from clustersim.api.selectors import matches_fields, matches_labels, meets_all
from clustersim.engine.state import State
from clustersim.etcd import Change, ChangeType

CHOICES: Final = {"pods": "spec.nodeName", "nodes": "metadata.name"}
"""The field by which watchers of a resource choose one node."""


Requirements = tuple[LabelSelectorRequirement, ...]
Told = tuple[tuple[str, ChangeType], ...]
"""The groups that are told of a change, each with what it sees of it."""


class Watcher(msgspec.Struct, frozen=True, gc=False):
    """One open watch: the client process, its life, and its name for the stream."""

    client: str
    life: int
    stream: str


class WatchGroup(State):
    """Watchers with the same resource and selectors. routine: they hear of mere renewals."""

    resource: str
    fields: dict[str, str]
    labels: dict[str, str]
    routine: bool = True
    expressions: Requirements = ()
    watchers: list[Watcher] = msgspec.field(default_factory=list)


class WatchIndex(State):
    """Keys of groups: of those that choose pods by their node or a Node by its name, by resource and that
    name; of all others by resource."""

    by_resource: dict[str, list[str]] = msgspec.field(default_factory=dict)
    by_choice: dict[str, dict[str, list[str]]] = msgspec.field(default_factory=dict)

    def add(self, resource: str, fields: dict[str, str], key: str) -> None:
        """A new group. The node of a pod never changes once it is set, nor does the name of a Node."""
        chosen = fields.get(CHOICES.get(resource, ""), "")
        if chosen and not chosen.startswith("!"):
            self.by_choice.setdefault(resource, {}).setdefault(chosen, []).append(key)
        else:
            self.by_resource.setdefault(resource, []).append(key)

    def concerned(self, change: Change) -> list[str]:
        """The groups that may want this change."""
        resource = change.resource
        keys = self.by_resource.get(resource, [])
        if (by_choice := self.by_choice.get(resource)) is None:
            return keys
        obj = change.value
        chosen = by_choice.get(obj.spec.node_name if resource == "pods" else obj.metadata.name)
        return [*keys, *chosen] if chosen else keys


class WatchTable(State):
    """All groups by key, and where to look for the ones a change concerns; those of them that hear of mere
    renewals have an index of their own."""

    groups: dict[str, WatchGroup] = msgspec.field(default_factory=dict)
    index: WatchIndex = msgspec.field(default_factory=WatchIndex)
    routine: WatchIndex = msgspec.field(default_factory=WatchIndex)

    def add(
        self,
        resource: str,
        fields: dict[str, str],
        labels: dict[str, str],
        watcher: Watcher,
        *,
        routine: bool = True,
        expressions: Requirements = (),
    ) -> None:
        """Open a watch."""
        key = group_key(resource, fields, labels, routine, expressions)
        if (group := self.groups.get(key)) is None:
            group = self.groups[key] = WatchGroup(resource, fields, labels, routine, expressions)
            self.index.add(resource, fields, key)
            if routine:
                self.routine.add(resource, fields, key)
        group.watchers.append(watcher)

    def following(self, change: Change, *, spared: bool) -> tuple[str, ...]:
        """Keys of the groups that see what a change was merely renewed of; spared: also of those that hear of
        no renewals."""
        groups, found = self.groups, []
        for key in (self.index if spared else self.routine).concerned(change):
            group = groups[key]
            if group.watchers and selected(group.fields, group.labels, change, group.expressions):
                found.append(key)
        return tuple(found)

    def concerned(self, change: Change) -> list[str]:
        """Keys of the groups that may want this change."""
        return self.index.concerned(change)


def group_key(
    resource: str,
    fields: dict[str, str],
    labels: dict[str, str],
    routine: bool = True,
    expressions: Requirements = (),
) -> str:
    """Equal for equal selections."""
    terms = [f"{key}={value}" for key, value in sorted(fields.items())] + [
        f"{key}~{value}" for key, value in sorted(labels.items())
    ]
    terms += [f"{one.key} {one.operator} {','.join(one.values)}" for one in expressions]
    return "|".join([resource, *terms] if routine else [resource, *terms, "changes"])


def selected(
    fields: dict[str, str], labels: dict[str, str], change: Change, expressions: Requirements = ()
) -> ChangeType | None:
    """What a watcher with these selectors sees of a change: it may turn into ADDED or DELETED, or not
    concern it."""
    if not fields and not labels and not expressions:
        return change.type

    value, previous = change.value, change.previous
    node = fields.get("spec.nodeName") if change.resource == "pods" else None
    if node is not None and node[:1] != "!" and len(fields) == 1 and not labels and not expressions:
        # As kubelets ask; they are told most.
        now = change.type != "DELETED" and value.spec.node_name == node
        before = previous is not None and previous.spec.node_name == node
    else:

        def matches(obj: Any) -> bool:
            own = obj.metadata.labels
            return matches_fields(fields, obj) and matches_labels(labels, own) and meets_all(expressions, own)

        now = change.type != "DELETED" and matches(value)
        before = previous is not None and matches(previous)
    if now:
        return "MODIFIED" if before else "ADDED"
    return "DELETED" if before else None
