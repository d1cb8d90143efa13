"""Thousands of nodes as a page is told of them: what a map shows of each, and what is on it only of those
that somebody looks at. Told whole, five thousand nodes with their pods are 35 MB; from afar they are one or
two.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import msgspec

from clustersim.engine.time import Micros
from clustersim.view.changes import Changes
from clustersim.view.structs import (
    ContainerItem,
    ControlItem,
    DeadlineItem,
    Difference,
    Item,
    NodeItem,
    PodItem,
    ServiceItem,
    View,
    WorkloadItem,
)

FAR: Final = 200
"""Of more nodes than these a page draws a map, or tiles with numbers."""
MOST_ROWS: Final = 101
"""Pods of an application that are told as kubectl prints them."""
ON_IT: Final = ("pods", "containers", "differs")
"""The fields of a node that tell what is on it."""


class FarView(Item, frozen=True, kw_only=True):
    """A view from afar. usual: what most nodes have in common, and most deadlines of a kind; of each node and
    each deadline only what is otherwise is told. believed: how many pods a node has, running: how many
    containers run there, differing: in how many the two part.
    """

    release: str
    version: str
    scenario: str
    origin: Micros
    pod_header: str
    control: dict[str, ControlItem]
    usual: dict[str, dict[str, Any]]
    nodes: dict[str, dict[str, Any]]
    deadlines: dict[str, dict[str, Any]]
    workloads: dict[str, WorkloadItem]
    services: dict[str, ServiceItem]


class OnNode(Item, frozen=True, kw_only=True):
    """What is on a node."""

    pods: tuple[PodItem, ...]
    containers: tuple[ContainerItem, ...]
    differs: tuple[Difference, ...]


def is_far(view: View) -> bool:
    """Whether its nodes are told from afar."""
    return len(view.nodes) > FAR


def from_afar(view: View) -> FarView:
    """The view without what is on its nodes."""
    usual_node = _usual(list(view.nodes.values()))
    usual = {"node": _told(usual_node)}
    kinds: dict[str, DeadlineItem] = {}
    for item in view.deadlines.values():
        if item.kind not in kinds:
            kinds[item.kind] = item
            usual[item.kind] = {
                told: getattr(item, name) for name, told in _fields(DeadlineItem) if name != "node"
            }
    return FarView(
        release=view.release,
        version=view.version,
        scenario=view.scenario,
        origin=view.origin,
        pod_header=view.pod_header,
        control=view.control,
        usual=usual,
        nodes={name: _otherwise(node, usual_node, usual["node"]) for name, node in view.nodes.items()},
        deadlines={key: _different(item, kinds[item.kind]) for key, item in view.deadlines.items()},
        workloads=view.workloads,
        services=view.services,
    )


def told_afar(changes: Changes, near: Collection[str]) -> Changes:
    """The changes of a tick without what is on nodes, except for those that somebody looks at."""
    nodes = {}
    for name, change in changes.nodes.items():
        nodes[name] = change if name in near else _numbered(change)
    return msgspec.structs.replace(changes, nodes=nodes)


def on_nodes(view: View, names: Iterable[str]) -> dict[str, OnNode]:
    """What is on those of these nodes that there are."""
    found = {name: view.nodes[name] for name in names if name in view.nodes}
    return {
        name: OnNode(pods=node.pods, containers=node.containers, differs=node.differs)
        for name, node in found.items()
    }


def rows_of(view: View, app: str) -> tuple[str, ...]:
    """The first pods of an application, as kubectl prints them."""
    rows = []
    for node in view.nodes.values():
        rows += [pod.printed for pod in node.pods if pod.app == app]
        if len(rows) >= MOST_ROWS:
            break
    return tuple(rows[:MOST_ROWS])


def _fields(item: type[Item]) -> list[tuple[str, str]]:
    return list(zip(item.__struct_fields__, item.__struct_encode_fields__, strict=True))


NODE_FIELDS: Final = [(name, told) for name, told in _fields(NodeItem) if name not in ("name", *ON_IT)]
DEADLINE_FIELDS: Final = [
    (name, told) for name, told in _fields(DeadlineItem) if name not in ("node", "kind")
]


def _usual(nodes: list[NodeItem]) -> NodeItem:
    """One that has as much as possible in common with the others: of three, each field of two that agree."""
    first, *others = (nodes[0], nodes[len(nodes) // 2], nodes[-1])
    agreed = {}
    for name, _told in NODE_FIELDS:
        mine, (one, other) = getattr(first, name), (getattr(node, name) for node in others)
        if not _same(name, mine, one) and _same(name, one, other):
            agreed[name] = one
    return msgspec.structs.replace(first, **agreed)


def _told(node: NodeItem) -> dict[str, Any]:
    return {told: getattr(node, name) for name, told in NODE_FIELDS} | _numbers(node)


def _otherwise(node: NodeItem, usual: NodeItem, told_usual: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        told: value
        for name, told in NODE_FIELDS
        if not _same(name, value := getattr(node, name), getattr(usual, name))
    }
    for told, number in _numbers(node).items():
        if number != told_usual[told]:
            found[told] = number
    return found


def _same(name: str, one: Any, other: Any) -> bool:
    """As far as a map shows it: not since when a process is as it is, nor which boot of a machine it is."""
    if one is other or one == other:
        return True
    if name == "parts":
        return [(part.state, part.rules) for part in one.values()] == [
            (part.state, part.rules) for part in other.values()
        ]
    if name == "machine":
        return bool(msgspec.structs.replace(one, boot_id=other.boot_id) == other)
    return False


def _different(item: DeadlineItem, usual: DeadlineItem) -> dict[str, Any]:
    return {
        told: value
        for name, told in DEADLINE_FIELDS
        if (value := getattr(item, name)) is not (common := getattr(usual, name)) and value != common
    }


def _numbers(node: NodeItem) -> dict[str, int]:
    return {
        "believed": len(node.pods),
        "running": _running(node.containers),
        "differing": len(node.differs),
    }


def _running(containers: Iterable[ContainerItem]) -> int:
    return sum(container.state == "running" for container in containers)


def _numbered(change: Any) -> Any:
    """What changed of a node, with numbers instead of what is on it; of a node that is new, everything."""
    if isinstance(change, NodeItem):
        return {"name": change.name, **_told(change)}
    if change is None or not any(field in change for field in ON_IT):
        return change
    found = {told: value for told, value in change.items() if told not in ON_IT}
    if "pods" in change:
        found["believed"] = len(change["pods"])
    if "containers" in change:
        found["running"] = _running(change["containers"])
    if "differs" in change:
        found["differing"] = len(change["differs"])
    return found
