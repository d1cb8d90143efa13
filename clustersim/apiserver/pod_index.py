"""Pods by node, so that a list of one node's pods need not look at all pods.

The real API server keeps such an index for watches (pkg/registry/core/pod/strategy.go NodeNameTriggerFunc);
here it serves lists, too. It is made from the store and is no part of anybody's memory.
"""

from collections.abc import Iterator
from typing import Final

from clustersim.etcd import Change, Store

NODE_FIELD: Final = "spec.nodeName"


class PodIndex:
    """Follows one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.keys: dict[str, dict[str, None]] = {}
        for key, pod in store.objects.get("pods", {}).items():
            self._place(pod.spec.node_name)[key] = None

    def follow(self, change: Change) -> None:
        """A pod was added, changed or removed."""
        before = None if change.previous is None else change.previous.spec.node_name
        after = None if change.type == "DELETED" else change.value.spec.node_name
        if before == after:
            return
        if before is not None:
            self._place(before).pop(change.key, None)
        if after is not None:
            self._place(after)[change.key] = None

    def on(self, node: str) -> Iterator[str]:
        """Keys of the pods that have that node; of those without one for ""."""
        return iter(self.keys.get(node, ()))

    def _place(self, node: str) -> dict[str, None]:
        if (found := self.keys.get(node)) is None:
            found = self.keys[node] = {}
        return found
