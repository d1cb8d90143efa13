"""From what a claim of today is filled: two fields tell it, and each fills in the other.

Source: v1.36 pkg/api/persistentvolumeclaim/util.go EnforceDataSourceBackwardsCompatibility,
DropDisabledFields, NormalizeDataSources.
"""

from clustersim.api.core.persistent_volume import (
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    TypedLocalObjectReference,
    TypedObjectReference,
)
from clustersim.api.meta import replace


def with_data_sources(claim: PersistentVolumeClaim) -> PersistentVolumeClaim:
    """The claim with both fields. What the old one may not name is dropped without a word; so is a reference
    into another namespace, which is alpha."""
    spec = claim.spec
    if spec.data_source is None and spec.data_source_ref is None:
        return claim
    told = _filled(spec)
    full: PersistentVolumeClaim = claim if told == spec else replace(claim, spec=told)
    return full


def _filled(spec: PersistentVolumeClaimSpec) -> PersistentVolumeClaimSpec:
    source, reference = spec.data_source, spec.data_source_ref
    if reference is None and source is not None and not _is_usual(source):
        source = None
    if reference is not None and reference.namespace:
        reference = None
    if source is not None and reference is None:
        reference = TypedObjectReference(kind=source.kind, name=source.name, api_group=source.api_group)
    elif reference is not None and source is None:
        source = TypedLocalObjectReference(
            kind=reference.kind, name=reference.name, api_group=reference.api_group
        )
    full: PersistentVolumeClaimSpec = replace(spec, data_source=source, data_source_ref=reference)
    return full


def _is_usual(source: TypedLocalObjectReference) -> bool:
    return (source.kind, source.api_group) in (
        ("PersistentVolumeClaim", ""),
        ("VolumeSnapshot", "snapshot.storage.k8s.io"),
    )
