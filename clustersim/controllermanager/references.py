"""How objects refer to others: Events to what they are about, pods to their controller."""

from typing import Any

import msgspec

from clustersim.api.meta import ApiObject, ObjectReference, OwnerReference
from clustersim.api.registry import resource_of


def reference_to(owner: ApiObject, release: str) -> ObjectReference:
    """The object as an Event of that release names it."""
    resource, metadata = resource_of(owner), owner.metadata
    return ObjectReference(
        kind=resource.kind,
        namespace=metadata.namespace,
        name=metadata.name,
        uid=metadata.uid,
        api_version=resource.version_in(release),
        resource_version=metadata.resource_version,
    )


def owned_by(owner: ApiObject, release: str) -> OwnerReference:
    """The mark of a pod's controller."""
    resource = resource_of(owner)
    return OwnerReference(
        api_version=resource.version_in(release),
        kind=resource.kind,
        name=owner.metadata.name,
        uid=owner.metadata.uid,
        controller=True,
        block_owner_deletion=True,
    )


def adoption(owner: ApiObject, release: str) -> dict[str, Any]:
    """What is merged into the metadata of an orphan that an object takes; the server refuses a second
    controller (pkg/controller/controller_ref_manager.go)."""
    return {"ownerReferences": [msgspec.to_builtins(owned_by(owner, release))]}


def parting(owner: ApiObject) -> dict[str, Any]:
    """What is merged into the metadata of something that an object lets go; other owners stay."""
    return {"ownerReferences": [{"$patch": "delete", "uid": owner.metadata.uid}]}
