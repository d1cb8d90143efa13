"""Looking again and again at the cost of what has changed: store and machines report their changes."""

from collections.abc import Callable, Collection
from typing import Any, Final
from weakref import WeakMethod

from clustersim.cluster import Cluster
from clustersim.etcd import Change
from clustersim.workloads import WORKLOADS
from clustersim.world import World

LEASES_OF_NODES: Final = "kube-node-lease/"


class Touched:
    """What may have changed since the last look.

    machines: on which something has changed; nodes: of which something was stored, mostly signs of life, in
    that order; pods, workloads: what was stored of them; namespaces: in which Services or their
    endpoints have changed; lives: how many processes have begun, ended or hung so far.
    """

    def __init__(self) -> None:
        self.machines: dict[str, None] = {}
        self.nodes: dict[str, None] = {}
        self.pods: list[Change] = []
        self.workloads: list[Change] = []
        self.namespaces: set[str] = set()
        self.lives = 0

    def clear(self) -> None:
        """All of it was looked at."""
        self.machines.clear()
        self.nodes.clear()
        self.pods.clear()
        self.workloads.clear()
        self.namespaces.clear()


class Follower:
    """Keeps what is touched of one world. Nobody is told once nobody holds it any more."""

    def __init__(self, cluster: Cluster) -> None:
        self.touched = Touched()
        self._world: World | None = None
        self.follow(cluster)

    def follow(self, cluster: Cluster) -> bool:
        """Follow the world that the cluster has now; whether it is not the one before."""
        world = cluster.world
        if self._world is world:
            return False
        self._world = world
        etcd = world.etcd
        etcd.follow(("nodes",), _weakly(self._node))
        etcd.follow(("leases",), _weakly(self._lease))
        etcd.follow(("pods",), _weakly(self._pod))
        etcd.follow(("services", "endpoints"), _weakly(self._service))
        etcd.follow(WORKLOADS, _weakly(self._workload))
        world.engine.onlookers.append(_weakly(self._machine))
        return True

    def _node(self, change: Change) -> None:
        self.touched.nodes[change.key] = None

    def _lease(self, change: Change) -> None:
        if change.key.startswith(LEASES_OF_NODES):
            self.touched.nodes[change.key[len(LEASES_OF_NODES) :]] = None

    def _pod(self, change: Change) -> None:
        self.touched.pods.append(change)

    def _service(self, change: Change) -> None:
        """A leader's lock may be an Endpoints object: its renewals say nothing of addresses."""
        before, now = change.previous, change.value
        if change.type == "MODIFIED" and change.resource == "endpoints" and before.subsets is now.subsets:
            return
        self.touched.namespaces.add(now.metadata.namespace)

    def _workload(self, change: Change) -> None:
        self.touched.workloads.append(change)

    def _machine(self, machines: Collection[str], lives: bool) -> None:
        self.touched.machines.update(dict.fromkeys(machines))
        self.touched.lives += lives


def _weakly(method: Callable[..., None]) -> Callable[..., None]:
    """The same, for as long as somebody else holds whose method it is."""
    held = WeakMethod(method)

    def call(*args: Any) -> None:
        if (there := held()) is not None:
            there(*args)

    return call
