"""The nodes of a view, kept up with what changes on them and with what is stored of them."""

import msgspec

from clustersim.api.core_v1 import Node, NodeCondition
from clustersim.cluster import Cluster
from clustersim.machine import Machine
from clustersim.view.following import Touched
from clustersim.view.nodes import Load, last_heartbeat, load_of, node_item, ready_of
from clustersim.view.pods import PodItems
from clustersim.view.pods_by_place import PodsByPlace
from clustersim.view.structs import NodeItem


class ShownNodes:
    """Follows one cluster. A sign of life costs next to nothing, and leaves what is on the node as it is."""

    def __init__(self, cluster: Cluster, pods: PodsByPlace, items: PodItems) -> None:
        self._cluster = cluster
        self._pods = pods
        self._pod_items = items
        self._loads: dict[str, Load] = {}
        self._place = {name: place for place, name in enumerate(cluster.machines)}.__getitem__
        self._made_from: dict[str, Node | None] = {}
        self._items: dict[str, NodeItem] = {}
        self.changed: dict[str, None] | None = None
        """The names of those that the last look found changed, None for all."""
        self.moved: dict[str, None] = {}
        """Those of which it found nothing but a later sign of life."""

    def items(self, touched: Touched | None, places: dict[str, None] | None) -> dict[str, NodeItem]:
        """All of them. places: where pods have changed since the last look."""
        machines = self._cluster.machines
        self.changed, self.moved = None, {}
        if touched is None or places is None:
            self._items = {name: self._whole(machine) for name, machine in machines.items()}
            return self._items
        self.changed = {}
        loaded = dict.fromkeys(sorted({*touched.machines, *places} & machines.keys(), key=self._place))
        stored = [name for name in touched.nodes if name in machines and name not in loaded]
        if loaded or stored:
            self._items = self._items.copy()
        for name in loaded:
            self._put(name, self._whole(machines[name]), self.changed)
        for name in stored:
            if not self._heard(name):
                self._put(name, self._made(machines[name], self._loads[name]), self.changed)
        return self._items

    def _put(self, name: str, item: NodeItem, changed: dict[str, None]) -> None:
        if item != self._items[name]:
            self._items[name] = item
            changed[name] = None

    def _whole(self, machine: Machine) -> NodeItem:
        """Something on it may have changed."""
        name = machine.name
        load = load_of(machine, self._pods.at(name), self._pod_items.of)
        known = self._loads.get(name)
        if known == load:
            load = known
        self._loads[name] = load
        return self._made(machine, load)

    def _heard(self, name: str) -> bool:
        """Whether what was stored of it was nothing but a sign of life."""
        node: Node | None = self._cluster.object("nodes", name)
        before = self._made_from[name]
        ready = ready_of(node)
        if node is None or before is None or not _says_the_same(before, node, ready):
            return False
        self._made_from[name] = node
        beat, known = last_heartbeat(self._cluster, name, ready), self._items[name]
        if beat != known.last_heartbeat:
            self._items[name] = msgspec.structs.replace(known, last_heartbeat=beat)
            self.moved[name] = None
        return True

    def _made(self, machine: Machine, load: Load) -> NodeItem:
        self._made_from[machine.name] = self._cluster.object("nodes", machine.name)
        return node_item(self._cluster, machine, load)


def _says_the_same(before: Node, now: Node, ready: NodeCondition | None) -> bool:
    """But for the time of its report, as far as a page shows it; ready: its condition now."""
    if before is now:
        return True
    return (
        before.spec is now.spec
        and before.metadata.labels is now.metadata.labels
        and before.metadata.creation_timestamp == now.metadata.creation_timestamp
        and before.status.node_info is now.status.node_info
        and before.status.addresses is now.status.addresses
        and _without_time(ready_of(before)) == _without_time(ready)
    )


def _without_time(ready: NodeCondition | None) -> tuple[str, str] | None:
    return None if ready is None else (ready.status, ready.last_transition_time)
