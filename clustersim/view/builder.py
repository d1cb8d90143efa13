"""Builds the view of a cluster, again and again: looking costs what has changed, not what there is."""

import msgspec

from clustersim.cluster import Cluster
from clustersim.view.changes import Changes, diff_view, signs_of_life
from clustersim.view.control import Control
from clustersim.view.deadlines import Deadlines
from clustersim.view.following import Follower, Touched
from clustersim.view.found import Found
from clustersim.view.pods import PodItems, pod_header
from clustersim.view.pods_by_place import PodsByPlace
from clustersim.view.shown_nodes import ShownNodes
from clustersim.view.structs import FEW, View
from clustersim.view.workloads import Services, Workloads


def build_view(cluster: Cluster) -> View:
    """What the page shows of the cluster now. Looks at everything and changes nothing."""
    return _Parts(cluster).view(None)


class ViewBuilder:
    """Follows one cluster. Items of which nothing has changed are those of the look before."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._follower = Follower(cluster)
        self._parts = _Parts(cluster)
        self.view = self._parts.view(None)
        """As last built."""
        self._told = self.view
        self._found = Found()

    def build(self) -> View:
        """The cluster as it is now."""
        touched = self._follower.touched
        if self._follower.follow(self._cluster):  # Its flags were changed: other objects do the same work.
            self._parts = _Parts(self._cluster)
            self.view = self._parts.view(None)
        else:
            self.view = self._parts.view(touched)
        self._parts.tell(self._found)
        self._found.stored.update(touched.nodes)
        touched.clear()
        return self.view

    def news(self, *, together: bool = True) -> tuple[Changes, dict[str, None]]:
        """What changed since the last news, and of which nodes something was stored, in the order of that.
        together: signs of life of many nodes are told so.
        """
        before, view = self._told, self.build()
        self._told, found, self._found = view, self._found, Found()
        if not together or len(view.nodes) <= FEW:
            return diff_view(before, view, found.all()), found.stored
        changes = diff_view(before, view, found.changed)
        heard, seen = signs_of_life(view, *found.only_moved())
        return msgspec.structs.replace(changes, heard=heard, seen=seen), found.stored


class _Parts:
    """The view of one world, part by part."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        items = PodItems(cluster.release)
        self._pods = PodsByPlace(cluster, items)
        self._control = Control(cluster)
        self._nodes = ShownNodes(cluster, self._pods, items)
        self._deadlines = Deadlines(cluster)
        self._workloads = Workloads(cluster, self._pods, items)
        self._services = Services(cluster)

    def view(self, touched: Touched | None) -> View:
        """As it is now; touched: what may have changed since the last look, None for everything."""
        cluster, release = self._cluster, self._cluster.world.release
        places = self._pods.follow(None if touched is None else touched.pods)
        nodes = self._nodes.items(touched, places)
        return View(
            release=release.name,
            version=release.version,
            scenario=cluster.scenario.name,
            pod_header=pod_header(release.name),
            control=self._control.items(None if touched is None else touched.lives),
            nodes=nodes,
            deadlines=self._deadlines.items(nodes, *(touched.nodes, touched.pods) if touched else (None,)),
            workloads=self._workloads.items(touched, places),
            services=self._services.items(),
        )

    def tell(self, found: Found) -> None:
        """What the last look found changed."""
        found.add("nodes", self._nodes.changed)
        found.add("deadlines", self._deadlines.changed)
        found.add("workloads", self._workloads.changed)
        found.heard.update(self._nodes.moved)
        found.seen.update(self._deadlines.moved)
