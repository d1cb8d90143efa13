"""Defaults of volumes, claims and storage classes (pkg/apis/core/v1/defaults.go,
pkg/apis/storage/*/defaults.go)."""

from typing import TypeVar

from clustersim.api.core.persistent_volume import PersistentVolume, PersistentVolumeClaim
from clustersim.api.meta import replace
from clustersim.api.storage import StorageClass
from clustersim.apiserver.traits import ApiTraits

Storage = TypeVar("Storage", PersistentVolume, PersistentVolumeClaim)


def default_mode(storage: Storage, *, modern: bool) -> Storage:
    """A volume, and what is claimed, is a file system, not a block device."""
    if not modern or storage.spec.volume_mode:
        return storage
    return replace(storage, spec=replace(storage.spec, volume_mode="Filesystem"))


def default_storage_class(storage_class: StorageClass, traits: ApiTraits) -> StorageClass:
    """Volumes go with their claims, and are made at once."""
    if not traits.reclaim_policy:
        return storage_class
    changes = {"reclaim_policy": storage_class.reclaim_policy or "Delete"}
    if traits.of_today:
        changes["volume_binding_mode"] = storage_class.volume_binding_mode or "Immediate"
    return replace(storage_class, **changes)
