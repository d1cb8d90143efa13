"""`kubectl get` of configuration, storage, policies and the rest. Sources: v1.7.5, v1.8.0, v1.36
pkg/printers/internalversion/printers.go."""

from collections.abc import Callable
from typing import Any

from clustersim.api.owners import controller_of
from clustersim.engine.time import SECOND, Micros
from clustersim.kubectl.ages import age, age_today, human_duration
from clustersim.kubectl.autoscalers import metrics_cell
from clustersim.kubectl.columns import Cell, Cells
from clustersim.kubectl.texts import (
    NONE,
    UNSET,
    access_modes,
    images_of,
    labels_text,
    names_of,
    storage_class,
)

Age = Callable[[str, Micros], str]


def named_and_aged(*values: Callable[[Any], Cell], today: bool = False) -> Cells:
    """Cells of a kind whose row is its name, some values, and its age."""
    told: Age = age_today if today else age

    def cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
        found = (value(obj) for value in values)
        return (obj.metadata.name, *found, told(obj.metadata.creation_timestamp, now))

    return cells


def namespace_phase(obj: Any) -> str:
    """Active or Terminating."""
    return str(obj.status.phase)


def secret_type(obj: Any) -> str:
    """ "Opaque"."""
    return str(obj.type)


def data_count(obj: Any) -> int:
    """How many keys there are."""
    return len(obj.data or {}) + len(getattr(obj, "binary_data", None) or {})


def secrets_count(obj: Any) -> int:
    """Of a service account."""
    return len(obj.secrets or ())


def min_available(obj: Any) -> str:
    """Of a PodDisruptionBudget."""
    return "N/A" if obj.spec.min_available is None else str(obj.spec.min_available)


def max_unavailable(obj: Any) -> str:
    """Of a PodDisruptionBudget."""
    found = getattr(obj.spec, "max_unavailable", None)
    return "N/A" if found is None else str(found)


def disruptions_allowed(obj: Any) -> int:
    """Of a PodDisruptionBudget; the field was renamed on the way."""
    status = obj.status
    return int(
        getattr(status, "disruptions_allowed", None) or getattr(status, "pod_disruptions_allowed", 0) or 0
    )


def provisioner(obj: Any) -> str:
    """Of a storage class; the default one is marked."""
    return str(obj.provisioner)


def pod_template_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """podtemplates."""
    containers = obj.template.spec.containers
    return (
        obj.metadata.name,
        names_of(containers),
        images_of(containers),
        labels_text(obj.template.metadata.labels),
    )


def component_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """componentstatuses."""
    healthy = next((one for one in obj.conditions if one.type == "Healthy"), None)
    if healthy is None:
        return (obj.metadata.name, "Unknown", "", "")
    word = "Healthy" if healthy.status == "True" else "Unhealthy"
    return (obj.metadata.name, word, healthy.message, healthy.error)


def revision_controller(obj: Any) -> str:
    """Whose revision it is."""
    owner = controller_of(obj)
    return NONE if owner is None else f"{owner.kind.lower()}/{owner.name}"


def revision_controller_today(obj: Any) -> str:
    """The same with its group: "daemonset.apps/foo"."""
    owner = controller_of(obj)
    if owner is None:
        return NONE
    group = owner.api_version.rpartition("/")[0]
    return f"{owner.kind.lower()}{f'.{group}' if group else ''}/{owner.name}"


def revision_number(obj: Any) -> int:
    """Its number."""
    return int(obj.revision)


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
    keys = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
    default = any(obj.metadata.annotations.get(key) == "true" for key in keys)
    return f"{obj.metadata.name} (default)" if default else str(obj.metadata.name)


def quota_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """resourcequotas: what is used of what, requests and limits apart."""
    hard, used = obj.status.hard or {}, obj.status.used or {}
    told = {name: f"{name}: {used.get(name, '0')}/{hard[name]}" for name in sorted(hard)}
    limits = ", ".join(text for name, text in told.items() if name.startswith("limits."))
    requests = ", ".join(text for name, text in told.items() if not name.startswith("limits."))
    return (obj.metadata.name, requests, limits, age_today(obj.metadata.creation_timestamp, now))


def binding_cells(binding: Any, now: Micros) -> tuple[Cell, ...]:
    """rolebindings and clusterrolebindings of v1.7 and v1.8."""
    role, *subjects = _given(binding)
    return (binding.metadata.name, age(binding.metadata.creation_timestamp, now), role, *subjects)


def binding_cells_today(binding: Any, now: Micros) -> tuple[Cell, ...]:
    """rolebindings and clusterrolebindings."""
    role, *subjects = _given(binding)
    return (binding.metadata.name, role, age_today(binding.metadata.creation_timestamp, now), *subjects)


def _given(binding: Any) -> tuple[str, ...]:
    """The role, and to whom it is given."""
    given: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for one in binding.subjects or ():
        named = f"{one.namespace}/{one.name}" if one.kind == "ServiceAccount" and one.namespace else one.name
        given.setdefault(one.kind, []).append(named)
    subjects = (", ".join(given[kind]) for kind in ("User", "Group", "ServiceAccount"))
    return (f"{binding.role_ref.kind}/{binding.role_ref.name}", *subjects)


def scale_cells(scale: Any, now: Micros) -> tuple[Cell, ...]:
    """Of a Scale: how many are wanted, and how many there are."""
    since = age_today(scale.metadata.creation_timestamp, now)
    return (scale.metadata.name, scale.spec.replicas, scale.status.replicas, since)


def limit_range_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """limitranges: with the moment itself."""
    return (obj.metadata.name, obj.metadata.creation_timestamp)


def priority_class_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """priorityclasses."""
    default = "true" if obj.global_default else "false"
    policy = getattr(obj, "preemption_policy", None) or "PreemptLowerPriority"
    return (obj.metadata.name, obj.value, default, age_today(obj.metadata.creation_timestamp, now), policy)


def volume_attachment_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """volumeattachments."""
    spec, status = obj.spec or {}, obj.status or {}
    source = spec.get("source") or {}
    attached = "true" if status.get("attached") else "false"
    since = age_today(obj.metadata.creation_timestamp, now)
    volume = source.get("persistentVolumeName", "")
    return obj.metadata.name, spec.get("attacher", ""), volume, spec.get("nodeName", ""), attached, since


def lease_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """leases."""
    return (
        obj.metadata.name,
        obj.spec.holder_identity or "",
        age_today(obj.metadata.creation_timestamp, now),
    )


def autoscaler_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """horizontalpodautoscalers of v1.7 and v1.8."""
    created = obj.metadata.creation_timestamp
    return (*_autoscaler(obj, metrics_cell(obj, today=False)), age(created, now))


def autoscaler_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """horizontalpodautoscalers."""
    created = obj.metadata.creation_timestamp
    return (*_autoscaler(obj, metrics_cell(obj, today=True)), age_today(created, now))


def _autoscaler(obj: Any, targets: str) -> tuple[Cell, ...]:
    spec, reference = obj.spec, obj.spec.scale_target_ref
    least = UNSET if spec.min_replicas is None else str(spec.min_replicas)
    current = getattr(obj.status, "current_replicas", 0) or 0
    return (
        obj.metadata.name,
        f"{reference.kind}/{reference.name}",
        targets,
        least,
        spec.max_replicas,
        current,
    )


def signing_request_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """certificatesigningrequests, of v1.7 and v1.8."""
    spec = obj.spec
    return obj.metadata.name, age(obj.metadata.creation_timestamp, now), spec.username, verdict(obj)


def signing_request_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """certificatesigningrequests."""
    spec = obj.spec
    asked = NONE
    if spec.expiration_seconds is not None:
        asked = human_duration(spec.expiration_seconds * SECOND)
    made = age_today(obj.metadata.creation_timestamp, now)
    return obj.metadata.name, made, spec.signer_name or NONE, spec.username, asked, verdict(obj)


def verdict(obj: Any) -> str:
    """What became of a request for a certificate."""
    found = [one.type for one in obj.status.conditions]
    kinds = [kind for kind in ("Approved", "Denied", "Failed") if kind in found]
    return ",".join([*kinds, *(("Issued",) if obj.status.certificate else ())]) or "Pending"


def api_service_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """apiservices."""
    spec, status = obj.spec or {}, obj.status or {}
    service = spec.get("service")
    who = f"{service.get('namespace')}/{service.get('name')}" if service else "Local"
    told = [one for one in status.get("conditions") or () if one.get("type") == "Available"]
    answers, reason = (told[0].get("status"), told[0].get("reason")) if told else ("Unknown", "")
    shown = f"{answers} ({reason})" if answers != "True" and reason else answers
    return (obj.metadata.name, who, shown, age_today(obj.metadata.creation_timestamp, now))


def flow_schema_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """flowschemas."""
    spec, status = obj.spec or {}, obj.status or {}
    by = (spec.get("distinguisherMethod") or {}).get("type") or "<none>"
    level = (spec.get("priorityLevelConfiguration") or {}).get("name", "")
    dangling = [one.get("status") for one in status.get("conditions") or () if one.get("type") == "Dangling"]
    since = age_today(obj.metadata.creation_timestamp, now)
    name = obj.metadata.name
    return (name, level, spec.get("matchingPrecedence", 0), by, since, dangling[0] if dangling else "?")


def priority_level_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """prioritylevelconfigurations."""
    spec = obj.spec or {}
    limited = spec.get("limited") or {}
    queuing = (limited.get("limitResponse") or {}).get("queuing") or {}
    queues = (queuing.get(key, "<none>") for key in ("queues", "handSize", "queueLengthLimit"))
    shares = limited.get("nominalConcurrencyShares", "<none>")
    since = age_today(obj.metadata.creation_timestamp, now)
    return (obj.metadata.name, spec.get("type", ""), shares, *queues, since)
