"""The pods of each node and of each workload, kept up with what is stored."""

from collections.abc import Iterable

from clustersim.api.core_v1 import Pod
from clustersim.cluster import Cluster
from clustersim.etcd import Change
from clustersim.view.pods import PodItems, owner_key


class PodsByPlace:
    """Follows one cluster. A place is a node or a workload, by the key the page has for it."""

    def __init__(self, cluster: Cluster, items: PodItems) -> None:
        self._cluster = cluster
        self._items = items
        self._places: dict[str, dict[str, Pod]] = {}

    def at(self, place: str) -> list[Pod]:
        """Those of a place, in the order of their making."""
        return list(self._places.get(place, {}).values())

    def follow(self, changes: Iterable[Change] | None) -> dict[str, None] | None:
        """Up to what is stored now, by what was stored since the last time; None: from all there is. Returns
        the places where something has changed, None for all.
        """
        if changes is None:
            self._places.clear()
            self._items.clear()
            for key, pod in self._cluster.objects("pods").items():
                self._put(key, pod, {})
            return None
        touched: dict[str, None] = {}
        for change in changes:
            if change.previous is not None:
                self._drop(change.key, change.previous, touched)
            if change.type != "DELETED":
                self._put(change.key, change.value, touched)
            else:
                self._items.forget(change.value.metadata.uid)
        return touched

    def _put(self, key: str, pod: Pod, touched: dict[str, None]) -> None:
        for place in _places(pod):
            self._places.setdefault(place, {})[key] = pod
            touched[place] = None

    def _drop(self, key: str, pod: Pod, touched: dict[str, None]) -> None:
        """Out of where it is no more; where it stays its place among the others does, too."""
        for place in _places(pod):
            touched[place] = None
            now = self._cluster.object("pods", key)
            if now is None or place not in _places(now):
                self._places.get(place, {}).pop(key, None)


def _places(pod: Pod) -> list[str]:
    return [place for place in (pod.spec.node_name, owner_key(pod)) if place]
