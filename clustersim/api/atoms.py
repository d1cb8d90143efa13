"""What server-side apply takes whole among the kinds that are built in: Structs and maps that one manager
sets as one value (`+structType=atomic`, `+mapType=atomic` in k8s.io/api; client-go v1.36
applyconfigurations/internal).
"""

from functools import lru_cache
from typing import Final

import msgspec

from clustersim.api.meta import ApiStruct, Merge
from clustersim.api.schema import Field, schema_of

ATOM: Final = "atom"
"""The shape of a field that is one value, whatever it is made of."""
ATOMS: Final = "atoms"
"""That of a list whose items have keys and are one value each."""

_STRUCTS: Final = frozenset(
    {
        "ConfigMapKeySelector", "CrossVersionObjectReference", "EndpointAddress", "EndpointPort",
        "FileKeySelector", "LabelSelector", "LocalObjectReference", "NodeSelector", "NodeSelectorTerm",
        "ObjectFieldSelector", "ObjectReference", "OwnerReference", "ResourceFieldSelector", "RoleRef",
        "ScopeSelector", "SecretKeySelector", "SecretReference", "ServiceBackendPort", "Subject",
        "TopologySelectorTerm", "TypedLocalObjectReference",
    }
)  # fmt: skip
_MAPS: Final = frozenset(
    {("PodSpec", "nodeSelector"), ("ReplicationControllerSpec", "selector"), ("ServiceSpec", "selector")}
)
_POINTERS: Final = frozenset({("PodSpec", "securityContext"), ("ReplicationControllerSpec", "template")})
"""Structs that are always there here, and pointers in Go."""

_LISTS: Final[dict[tuple[str, str], Merge | None]] = {
    ("ContainerRestartRuleOnExitCodes", "values"): Merge(),
    ("ContainerStatus", "allocatedResourcesStatus"): Merge(("name",)),
    ("ContainerStatus", "volumeMounts"): Merge(("mountPath",)),
    ("Endpoint", "addresses"): Merge(),
    ("EphemeralContainer", "env"): Merge(("name",)),
    ("EphemeralContainer", "ports"): Merge(("containerPort", "protocol")),
    ("EphemeralContainer", "volumeDevices"): Merge(("devicePath",)),
    ("EphemeralContainer", "volumeMounts"): Merge(("mountPath",)),
    ("JobStatus", "conditions"): None,
    ("PodFailurePolicyOnExitCodesRequirement", "values"): Merge(),
    ("PodStatus", "hostIPs"): None,
    ("ResourceStatus", "resources"): Merge(("resourceID",)),
    ("UncountedTerminatedPods", "failed"): Merge(),
    ("UncountedTerminatedPods", "succeeded"): Merge(),
}
"""Lists whose items server-side apply tells apart by other keys than a strategic merge patch does."""


@lru_cache(maxsize=1024)
def applied_fields(struct: type[ApiStruct]) -> dict[str, Field]:
    """The fields of a Struct by their names, as server-side apply sees them."""
    return {name: _applied(struct.__name__, name, field) for name, field in schema_of(struct).items()}


def _applied(owner: str, name: str, field: Field) -> Field:
    of_atoms = field.struct is not None and field.struct.__name__ in _STRUCTS
    if (owner, name) in _MAPS or (of_atoms and field.shape == "struct"):
        return msgspec.structs.replace(field, shape=ATOM, struct=None)
    if of_atoms and field.shape == "list" and field.merge is not None:
        return msgspec.structs.replace(field, shape=ATOMS, struct=None)
    if (owner, name) in _POINTERS:
        return msgspec.structs.replace(field, pointer=True)
    if (owner, name) in _LISTS:
        return msgspec.structs.replace(field, merge=_LISTS[owner, name])
    return field
