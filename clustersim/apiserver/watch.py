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

NODE_FIELD: Final = "spec.nodeName"
NAME_FIELD: Final = "metadata.name"


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


class WatchTable(State):
    """All groups by key, and where to look for the ones a change concerns."""

    groups: dict[str, WatchGroup] = msgspec.field(default_factory=dict)
    by_resource: dict[str, list[str]] = msgspec.field(default_factory=dict)

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
            self.by_resource.setdefault(index_key(resource, fields), []).append(key)
        group.watchers.append(watcher)

    def following(self, change: Change, *, spared: bool) -> tuple[str, ...]:
        """Keys of the groups that see what a change was merely renewed of; spared: also of those that hear of
        no renewals."""
        groups, found = self.groups, []
        for key in self.concerned(change):
            group = groups[key]
            if (
                (group.routine or spared)
                and group.watchers
                and selected(group.fields, group.labels, change, group.expressions)
            ):
                found.append(key)
        return tuple(found)

    def concerned(self, change: Change) -> list[str]:
        """Keys of the groups that may want this change."""
        keys = self.by_resource.get(change.resource, [])
        if change.resource == "pods":
            chosen = change.value.spec.node_name
        elif change.resource == "nodes":
            chosen = change.value.metadata.name
        else:
            return keys
        if chosen and (selected := self.by_resource.get(f"{change.resource}/{chosen}")):
            return [*keys, *selected]
        return keys


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


def index_key(resource: str, fields: dict[str, str]) -> str:
    """Pods of one node are indexed by it (their node never changes once set), and one Node by its name;
    everything else by resource."""
    chosen = fields.get({"pods": NODE_FIELD, "nodes": NAME_FIELD}.get(resource, ""))
    return f"{resource}/{chosen}" if chosen and not chosen.startswith("!") else resource


def selected(
    fields: dict[str, str], labels: dict[str, str], change: Change, expressions: Requirements = ()
) -> ChangeType | None:
    """What a watcher with these selectors sees of a change: it may turn into ADDED or DELETED, or not
    concern it."""
    if not fields and not labels and not expressions:
        return change.type

    def matches(obj: Any) -> bool:
        own = obj.metadata.labels
        return matches_fields(fields, obj) and matches_labels(labels, own) and meets_all(expressions, own)

    now = change.type != "DELETED" and matches(change.value)
    before = change.previous is not None and matches(change.previous)
    if now:
        return "MODIFIED" if before else "ADDED"
    return "DELETED" if before else None
