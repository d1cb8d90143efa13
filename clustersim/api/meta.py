"""What all API objects share: metadata, owner references, references to other objects."""

from typing import Any, Final, TypeVar

import msgspec

Replaced = TypeVar("Replaced")

LEADER_ANNOTATION: Final = "control-plane.alpha.kubernetes.io/leader"
"""Where a leader's lock stands on an Endpoints object (client-go tools/leaderelection/resourcelock)."""


class ApiStruct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", gc=False):
    """Base of everything on the wire. Fields without a default are always written, others only if they
    differ from it. What never changes is part of no cycle, so the garbage collector need not look at it."""


class OwnerReference(ApiStruct, frozen=True, kw_only=True):
    """Who owns an object; `controller` marks the managing owner."""

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool = False
    block_owner_deletion: bool = False


class ObjectMeta(ApiStruct, frozen=True, kw_only=True):
    """Standard metadata. Timestamps are RFC 3339 texts; resource_version is the store revision of the last
    change."""

    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    self_link: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: str = ""
    deletion_timestamp: str = ""
    deletion_grace_period_seconds: int | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    owner_references: tuple[OwnerReference, ...] = ()
    finalizers: tuple[str, ...] = ()


class ApiObject(ApiStruct, frozen=True, kw_only=True):
    """An object with metadata. Subclasses set the class attributes through `register` in api/registry.py."""

    metadata: ObjectMeta = ObjectMeta()


class LabelSelector(ApiStruct, frozen=True, kw_only=True):
    """Labels that must all be there; expressions do not exist in this model."""

    match_labels: dict[str, str] = {}


class ObjectReference(ApiStruct, frozen=True, kw_only=True):
    """A reference to an object, as Events carry it."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    api_version: str = ""
    resource_version: str = ""
    field_path: str = ""


def replace(obj: Replaced, **changes: Any) -> Replaced:
    """A changed copy that shares everything else."""
    return msgspec.structs.replace(obj, **changes)  # type: ignore[type-var]
