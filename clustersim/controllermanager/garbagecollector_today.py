"""Today's garbage collector: nodes own things, too, and namespaces are minded.

Source: v1.36 pkg/controller/garbagecollector/{garbagecollector,graph_builder}.go.
"""

from typing import Any

from clustersim.api.meta import OwnerReference
from clustersim.api.uncollected import UNCOLLECTED
from clustersim.controllermanager.garbagecollector import GarbageCollector


class GarbageCollectorOfToday(GarbageCollector):
    """Today's: what a node owns goes with it, and what names an owner in another namespace is deleted."""

    ignored = UNCOLLECTED
    spares_cluster_scoped = True

    def _known(self, obj: Any, owner: OwnerReference) -> bool:
        if self.owners.is_seen(obj, owner):
            return True
        if self.owners.is_elsewhere(obj, owner):
            space = obj.metadata.namespace
            kind = f"{owner.api_version}/{owner.kind}"
            told = f"[{kind}, namespace: {space}, name: {owner.name}, uid: {owner.uid}]"
            text = f'ownerRef {told} does not exist in namespace "{space}"'
            self.tell(obj, "Warning", "OwnerRefInvalidNamespace", text)
        return False
