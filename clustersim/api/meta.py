"""What all API objects share: metadata, owner references, references to other objects, and how a field of
a Struct says what the API does with it."""

from typing import Annotated, Any, Final, TypeVar

import msgspec

Value = TypeVar("Value")

LEADER_ANNOTATION: Final = "control-plane.alpha.kubernetes.io/leader"
"""Where a leader's lock stands on an Endpoints object (client-go tools/leaderelection/resourcelock)."""

Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1, extra={"format": "int32"})]
Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1, extra={"format": "int64"})]

Quantity = Annotated[str, msgspec.Meta(extra={"format": "quantity"})]
"""A number with a unit as api/quantity.py reads it; stored in its canonical form."""

Time = Annotated[str, msgspec.Meta(extra={"format": "date-time"})]
MicroTime = Annotated[str, msgspec.Meta(extra={"format": "micro-time"})]
"""RFC 3339; a Time in whole seconds, a MicroTime in microseconds, both UTC."""

Base64 = Annotated[str, msgspec.Meta(extra={"format": "byte"})]
"""Bytes as a text."""

IntOrString = int | str
"""A number, or a text: a percentage such as "25%", or the name of a port."""

DEFAULTED: Final[Any] = None
"""Default of fields that the API server fills in, whatever version an object is created through. Their type
is what readers of stored objects find; only a request may lack them."""


def written(value: Value, *, name: str | None = None) -> Value:
    """The default of a field that is always on the wire, also where it has its default: what has no
    `omitempty` in Go, and what the API server fills in the same way for everybody."""
    return msgspec.field(default_factory=lambda: value, name=name)


class Merge(msgspec.Struct, frozen=True):
    """How a patch changes a list or a Struct; without it both are replaced whole, or merged field by field.

    key: the list is one of objects told apart by this field in a strategic merge patch (patchMergeKey), by
    all of `keys` in server-side apply; neither: a set of texts. retain: `$retainKeys` counts here.
    """

    keys: tuple[str, ...] = ()
    retain: bool = False

    @property
    def key(self) -> str:
        """The patchMergeKey, empty for a set."""
        return self.keys[0] if self.keys else ""


def merge(*keys: str) -> Merge:
    """The tag of a list whose items are merged: `Annotated[tuple[Container, ...], merge("name")]`."""
    return Merge(keys)


def retain_keys() -> Merge:
    """The tag of a Struct of which a patch may name the only fields that stay."""
    return Merge(retain=True)


class ApiStruct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel", gc=False):
    """Base of everything on the wire. A field is left out where it has its default, unless that is
    `written`. What never changes is part of no cycle, so the garbage collector need not look at it."""


class OwnerReference(ApiStruct, frozen=True, kw_only=True):
    """Who owns an object; `controller` marks the managing owner."""

    api_version: str = written("")
    kind: str = written("")
    name: str = written("")
    uid: str = written("")
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class Initializer(ApiStruct, frozen=True, kw_only=True):
    """Who must still look at an object before it can be seen (v1.7, v1.8; alpha)."""

    name: str = written("")


class Initializers(ApiStruct, frozen=True, kw_only=True):
    """Those who must still look at an object, in order."""

    pending: tuple[Initializer, ...] = written(())
    result: dict[str, Any] | None = None


class ManagedFieldsEntry(ApiStruct, frozen=True, kw_only=True):
    """Which fields somebody set last. operation: Apply or Update."""

    manager: str = ""
    operation: str = ""
    api_version: str = ""
    time: Time = ""
    fields_type: str = ""
    fields_v1: dict[str, Any] = msgspec.field(default_factory=dict, name="fieldsV1")
    subresource: str = ""


NONE: Final[dict[str, str]] = {}
"""No labels, no annotations, no resources: one object for all that have none, and never to be changed."""


class ObjectMeta(ApiStruct, frozen=True, kw_only=True):
    """Standard metadata. Timestamps are RFC 3339 texts; resource_version is the store revision of the last
    change."""

    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    self_link: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: Int64 = 0
    creation_timestamp: Time = ""
    deletion_timestamp: Time = ""
    deletion_grace_period_seconds: Int64 | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    owner_references: Annotated[tuple[OwnerReference, ...], merge("uid")] = ()
    finalizers: Annotated[tuple[str, ...], merge()] = ()
    managed_fields: tuple[ManagedFieldsEntry, ...] = ()
    cluster_name: str = ""
    initializers: Initializers | None = None


class ApiObject(ApiStruct, frozen=True, kw_only=True):
    """An object with metadata; api/registry.py says how it is served."""

    metadata: ObjectMeta = ObjectMeta()


class LabelSelectorRequirement(ApiStruct, frozen=True, kw_only=True):
    """One requirement on a label. operator: In, NotIn, Exists, DoesNotExist."""

    key: str = written("")
    operator: str = written("")
    values: tuple[str, ...] = ()


class LabelSelector(ApiStruct, frozen=True, kw_only=True):
    """Labels that must all be there, and further requirements; an empty one selects everything."""

    match_labels: dict[str, str] = {}
    match_expressions: tuple[LabelSelectorRequirement, ...] = ()


class ObjectReference(ApiStruct, frozen=True, kw_only=True):
    """A reference to an object, as Events carry it."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    api_version: str = ""
    resource_version: str = ""
    field_path: str = ""


class LocalObjectReference(ApiStruct, frozen=True, kw_only=True):
    """An object of the same namespace by name."""

    name: str = ""


class Condition(ApiStruct, frozen=True, kw_only=True):
    """A condition as kinds of today have it (metav1.Condition)."""

    type: str = written("")
    status: str = written("")
    observed_generation: Int64 = 0
    last_transition_time: Time = ""
    reason: str = written("")
    message: str = written("")


class Preconditions(ApiStruct, frozen=True, kw_only=True):
    """What must be so for a deletion to be carried out."""

    uid: str = ""
    resource_version: str = ""


class DeleteOptions(ApiStruct, frozen=True, kw_only=True):
    """How to delete. propagation_policy: Orphan, Background or Foreground; orphan_dependents is the older
    way to say the first two."""

    grace_period_seconds: Int64 | None = None
    preconditions: Preconditions | None = None
    orphan_dependents: bool | None = None
    propagation_policy: str = ""
    dry_run: tuple[str, ...] = ()


replace: Final = msgspec.structs.replace
"""A changed copy that shares everything else."""
