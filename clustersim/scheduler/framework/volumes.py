"""What the claims of a pod are bound to, or could be.

Source: v1.36 pkg/scheduler/framework/plugins/volumebinding/binder.go.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from clustersim.api.core_v1 import Node, PersistentVolume, PersistentVolumeClaim
from clustersim.api.node_selection import labels_meet
from clustersim.api.quantity import byte_count
from clustersim.api.selectors import selects
from clustersim.api.storage import StorageClass

NO_PROVISIONER: Final = "kubernetes.io/no-provisioner"
CLASS_ANNOTATION: Final = "volume.beta.kubernetes.io/storage-class"


class Volumes(msgspec.Struct, frozen=True):
    """The cluster's storage: claims by namespace/name, volumes and classes by name."""

    claims: Mapping[str, PersistentVolumeClaim] = {}
    volumes: Mapping[str, PersistentVolume] = {}
    classes: Mapping[str, StorageClass] = {}

    def without(self, volume: PersistentVolume) -> "Volumes":
        """The same without one that is promised already."""
        left = {name: one for name, one in self.volumes.items() if name != volume.metadata.name}
        return Volumes(self.claims, left, self.classes)

    def class_of(self, claim: PersistentVolumeClaim) -> StorageClass | None:
        """The claim's class, if there is one of that name."""
        named = claim.metadata.annotations.get(CLASS_ANNOTATION, claim.spec.storage_class_name or "")
        return self.classes.get(named)

    def binds_late(self, claim: PersistentVolumeClaim) -> bool:
        """Whether the claim is bound only when its pod gets a node."""
        found = self.class_of(claim)
        return found is not None and found.volume_binding_mode == "WaitForFirstConsumer"

    def can_be_had(self, claim: PersistentVolumeClaim, node: Node) -> bool:
        """Whether a volume for the claim could be found, or made, for that node."""
        if self.best_for(claim, node) is not None:
            return True
        found = self.class_of(claim)
        if found is None or found.provisioner in ("", NO_PROVISIONER):
            return False
        return not found.allowed_topologies or any(
            all(node.metadata.labels.get(one.key) in one.values for one in term.match_label_expressions)
            for term in found.allowed_topologies
        )

    def best_for(self, claim: PersistentVolumeClaim, node: Node) -> PersistentVolume | None:
        """The smallest volume that serves the claim and can be used from the node."""
        suiting = [volume for volume in self.volumes.values() if self._suits(volume, claim, node)]
        return min(suiting, key=_by_size, default=None)

    def _suits(self, volume: PersistentVolume, claim: PersistentVolumeClaim, node: Node) -> bool:
        spec, wanted = volume.spec, claim.spec
        owner = spec.claim_ref
        if owner is not None and (owner.namespace, owner.name) != (
            claim.metadata.namespace,
            claim.metadata.name,
        ):
            return False
        return (
            volume.status.phase in ("Available", "Pending")
            and (spec.storage_class_name or "") == (wanted.storage_class_name or "")
            and set(wanted.access_modes) <= set(spec.access_modes)
            and byte_count(spec.capacity.get("storage", "0"))
            >= byte_count(wanted.resources.requests.get("storage", "0"))
            and (wanted.selector is None or selects(wanted.selector, volume.metadata.labels))
            and reaches(volume, node)
        )


def _by_size(volume: PersistentVolume) -> tuple[int, str]:
    return byte_count(volume.spec.capacity.get("storage", "0")), volume.metadata.name


def reaches(volume: PersistentVolume, node: Node) -> bool:
    """Whether the volume can be used from the node: of which only the labels are looked at (component-helpers
    storage/volume CheckNodeAffinity)."""
    affinity = volume.spec.node_affinity
    if affinity is None or affinity.required is None:
        return True
    terms = affinity.required.node_selector_terms
    return any((term.match_expressions or term.match_fields) and labels_meet(term, node) for term in terms)
