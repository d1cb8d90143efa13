"""`kubectl get` of volumes, claims, storage classes and volume attachments.

Sources: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go.
"""

from typing import Any

from clustersim.api.default_classes import STORAGE, is_default
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age, age_today
from clustersim.kubectl.columns import Cell
from clustersim.kubectl.texts import UNSET, access_modes, storage_class


def provisioner(obj: Any) -> str:
    """Of a storage class; the default one is marked."""
    return str(obj.provisioner)


def _phase(obj: Any) -> str:
    """Of a volume or claim that is deleted kubectl says so since v1.9."""
    return "Terminating" if obj.metadata.deletion_timestamp else str(obj.status.phase)


def _volume(obj: Any, *, today: bool) -> tuple[str, str, str, str, str, str]:
    spec = obj.spec
    claim = f"{spec.claim_ref.namespace}/{spec.claim_ref.name}" if spec.claim_ref is not None else ""
    phase = _phase(obj) if today else obj.status.phase
    capacity = str(spec.capacity.get("storage", "0"))
    return (
        capacity,
        access_modes(spec.access_modes),
        spec.persistent_volume_reclaim_policy,
        phase,
        claim,
        storage_class(obj),
    )


def volume_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """persistentvolumes."""
    since = age(obj.metadata.creation_timestamp, now)
    return (obj.metadata.name, *_volume(obj, today=False), obj.status.reason, since)


def volume_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """persistentvolumes."""
    attributes = getattr(obj.spec, "volume_attributes_class_name", None) or UNSET
    since = age_today(obj.metadata.creation_timestamp, now)
    mode = getattr(obj.spec, "volume_mode", None) or UNSET
    return (obj.metadata.name, *_volume(obj, today=True), attributes, obj.status.reason, since, mode)


def _claim(obj: Any, *, today: bool) -> tuple[str, str, str, str, str]:
    spec = obj.spec
    phase = _phase(obj) if today else obj.status.phase
    bound = bool(spec.volume_name)
    capacity = str((obj.status.capacity or {}).get("storage", "0")) if bound else ""
    modes = access_modes(obj.status.access_modes) if bound else ""
    return (phase, spec.volume_name, capacity, modes, storage_class(obj))


def claim_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """persistentvolumeclaims."""
    return (obj.metadata.name, *_claim(obj, today=False), age(obj.metadata.creation_timestamp, now))


def claim_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """persistentvolumeclaims."""
    attributes = getattr(obj.spec, "volume_attributes_class_name", None) or UNSET
    mode = getattr(obj.spec, "volume_mode", None) or UNSET
    return (
        obj.metadata.name,
        *_claim(obj, today=True),
        attributes,
        age_today(obj.metadata.creation_timestamp, now),
        mode,
    )


def storage_class_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """storageclasses of v1.7 and v1.8."""
    return (_marked(obj), provisioner(obj))


def storage_class_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """storageclasses."""
    return (
        _marked(obj), provisioner(obj), getattr(obj, "reclaim_policy", None) or "Delete",
        getattr(obj, "volume_binding_mode", None) or "Immediate",
        "true" if getattr(obj, "allow_volume_expansion", None) else "false",
        age_today(obj.metadata.creation_timestamp, now),
    )  # fmt: skip


def _marked(obj: Any) -> str:
    return f"{obj.metadata.name} (default)" if is_default(obj, STORAGE) else str(obj.metadata.name)


def volume_attachment_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """volumeattachments."""
    spec, status = obj.spec or {}, obj.status or {}
    source = spec.get("source") or {}
    attached = "true" if status.get("attached") else "false"
    since = age_today(obj.metadata.creation_timestamp, now)
    volume = source.get("persistentVolumeName", "")
    return obj.metadata.name, spec.get("attacher", ""), volume, spec.get("nodeName", ""), attached, since
