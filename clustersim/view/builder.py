"""Builds the view of a cluster, again and again: looking costs what has changed, not what there is."""

from collections.abc import Sequence
from typing import Any

from clustersim.api.core_v1 import Pod
from clustersim.cluster import Cluster
from clustersim.engine.process import Process
from clustersim.etcd import CompactedError
from clustersim.machine import Machine
from clustersim.view.control import control_items, deadline_items
from clustersim.view.nodes import PARTS, Load, load_of, node_item, part_process
from clustersim.view.pods import PodItems, owner_key, pod_header
from clustersim.view.structs import NodeItem, View, WorkloadItem
from clustersim.view.workloads import service_items, workload_item, workloads_of


def build_view(cluster: Cluster) -> View:
    """What the page shows of the cluster now. Looks at everything and changes nothing."""
    return ViewBuilder(cluster).build()


class ViewBuilder:
    """Follows one cluster. Items of which nothing has changed are those of the look before."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._items = PodItems(cluster.release)
        self._pods = PodsByPlace(cluster, self._items)
        self._world = cluster.world
        self._processes: dict[str, tuple[Process, ...]] = {}
        self._loads: dict[str, tuple[Seen, Load]] = {}
        self._nodes: dict[str, tuple[Seen, NodeItem]] = {}
        self._workloads: dict[str, tuple[Seen, WorkloadItem]] = {}

    def build(self) -> View:
        """The cluster as it is now."""
        cluster, release = self._cluster, self._cluster.world.release
        if self._world is not cluster.world:  # Its flags were changed: other objects do the same work.
            self._world, self._processes = cluster.world, {}
        self._pods.follow()
        nodes = {name: self._node(machine) for name, machine in cluster.machines.items()}
        return View(
            release=release.name,
            version=release.version,
            scenario=cluster.scenario.name,
            pod_header=pod_header(release.name),
            control=control_items(cluster),
            nodes=nodes,
            deadlines=deadline_items(cluster, {name: node.ready for name, node in nodes.items()}),
            workloads=self._workload_items(),
            services=service_items(cluster),
        )

    def _node(self, machine: Machine) -> NodeItem:
        cluster, name = self._cluster, machine.name
        load = self._load(machine)
        if name not in self._processes:
            self._processes[name] = tuple(part_process(cluster, part, name) for part in PARTS)
        key = _seen(cluster, machine, self._processes[name], load)
        known = self._nodes.get(name)
        if known is None or known[0] != key:
            known = self._nodes[name] = (key, node_item(cluster, machine, load))
        return known[1]

    def _load(self, machine: Machine) -> Load:
        """What is on a machine; a heartbeat leaves it as it is."""
        name, disk = machine.name, machine.state.disk.get("runtime")
        key = Seen((self._pods.version(name),), tuple(disk.containers.values()) if disk else ())
        known = self._loads.get(name)
        if known is None or known[0] != key:
            known = self._loads[name] = (key, load_of(machine, self._pods.at(name), self._items.of))
        return known[1]

    def _workload_items(self) -> dict[str, WorkloadItem]:
        """Every workload; only its own namespace has Services of its pods."""
        store = self._cluster.world.etcd
        services: dict[str, list[Any]] = {}
        for resource in ("services", "endpoints"):
            for found in store.range(resource).values():
                services.setdefault(found.metadata.namespace, []).append(found)
        return {
            key: self._workload(key, found, services.get(found.metadata.namespace, ()))
            for key, found in workloads_of(self._cluster).items()
        }

    def _workload(self, key: str, workload: Any, services: Sequence[Any]) -> WorkloadItem:
        seen = Seen((self._pods.version(key),), (workload, *services))
        known = self._workloads.get(key)
        if known is not None and known[0] == seen:
            return known[1]
        item = workload_item(self._cluster, workload, self._pods.at(key), self._items)
        self._workloads[key] = (seen, item)
        return item


class Seen:
    """What an item is made from: plain values, and objects, which never change and are told apart by
    identity. They are kept, so that no other object gets the identity of one."""

    __slots__ = ("ids", "objects", "values")

    def __init__(self, values: tuple[Any, ...], objects: tuple[Any, ...]) -> None:
        self.values = values
        self.objects = objects
        self.ids = tuple(map(id, objects))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seen) and self.ids == other.ids and self.values == other.values

    __hash__ = None  # type: ignore[assignment]


def _seen(cluster: Cluster, machine: Machine, processes: Sequence[Process], load: Load) -> Seen:
    """What the item of a node is made from."""
    store, state, name = cluster.world.etcd, machine.state, machine.name
    kubelet, runtime, proxy = (process.status for process in processes)
    return Seen(
        (
            state.powered,
            name in cluster.network.state.cut,
            state.kernel,
            machine.boot_id,
            kubelet.phase,
            kubelet.exited,
            kubelet.since,
            runtime.phase,
            runtime.exited,
            runtime.since,
            proxy.phase,
            proxy.exited,
            proxy.since,
        ),
        (
            load,
            store.get("nodes", name),
            store.get("leases", f"kube-node-lease/{name}"),
            *state.kernel_rules.values(),
        ),
    )


class PodsByPlace:
    """The pods of each node and of each workload, kept up with what is written."""

    def __init__(self, cluster: Cluster, items: PodItems) -> None:
        self._cluster = cluster
        self._items = items
        self._revision = -1
        self._places: dict[str, dict[str, Pod]] = {}
        self._versions: dict[str, int] = {}

    def at(self, place: str) -> list[Pod]:
        """Those of a node or of a workload, by the key the page has for it, in the order of their making."""
        return list(self._places.get(place, {}).values())

    def version(self, place: str) -> int:
        """Another number whenever one of them changed."""
        return self._versions.get(place, 0)

    def follow(self) -> None:
        """Up to what is stored now."""
        etcd = self._cluster.world.etcd
        if etcd.store.revision == self._revision:
            return
        try:
            changes = etcd.changes_since(self._revision, "pods") if self._revision >= 0 else None
        except CompactedError:
            changes = None
        self._revision = etcd.store.revision
        if changes is None:
            self._begin(etcd.range("pods"))
            return
        for change in changes:
            if change.previous is not None:
                self._drop(change.key, change.previous)
            if change.type != "DELETED":
                self._put(change.key, change.value)
            else:
                self._items.forget(change.value.metadata.uid)

    def _begin(self, pods: dict[str, Pod]) -> None:
        self._places.clear()
        self._items.clear()
        self._versions = {place: version + 1 for place, version in self._versions.items()}
        for key, pod in pods.items():
            self._put(key, pod)

    def _put(self, key: str, pod: Pod) -> None:
        for place in _places(pod):
            self._places.setdefault(place, {})[key] = pod
            self._versions[place] = self._versions.get(place, 0) + 1

    def _drop(self, key: str, pod: Pod) -> None:
        """Out of where it is no more; where it stays its place among the others does, too."""
        for place in _places(pod):
            self._versions[place] = self._versions.get(place, 0) + 1
            now = self._cluster.object("pods", key)
            if now is None or place not in _places(now):
                self._places.get(place, {}).pop(key, None)


def _places(pod: Pod) -> list[str]:
    return [place for place in (pod.spec.node_name, owner_key(pod)) if place]
