"""kubectl describe of persistent volumes and their claims.

Sources: v1.7.5, v1.8.0 pkg/printers/internalversion/describe.go; v1.36.2
staging/src/k8s.io/kubectl/pkg/describe/describe.go.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from clustersim.api.claim_names import claim_names
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age_today
from clustersim.kubectl.describe.parts import NONE, TODAY, annotations, pairs
from clustersim.kubectl.texts import access_modes, storage_class


def _status(obj: Any, release: str, now: Micros) -> str:
    deleted = obj.metadata.deletion_timestamp
    if release in TODAY and deleted:
        return f"Terminating (lasts {age_today(deleted, now)})"
    return str(obj.status.phase)


def _finalizers(obj: Any) -> str:
    return f"Finalizers:\t[{' '.join(obj.metadata.finalizers)}]"


def volume_lines(volume: Any, release: str, now: Micros) -> Iterable[str]:
    """A PersistentVolume."""
    spec, status, today = volume.spec, volume.status, release in TODAY
    yield f"Name:\t{volume.metadata.name}"
    yield from pairs("Labels", volume.metadata.labels)
    yield from annotations(volume.metadata.annotations, release)
    if today:
        yield _finalizers(volume)
    yield f"StorageClass:\t{storage_class(volume)}"
    yield f"Status:\t{_status(volume, release, now)}"
    claim = spec.claim_ref
    yield f"Claim:\t{'' if claim is None else f'{claim.namespace}/{claim.name}'}"
    yield f"Reclaim Policy:\t{spec.persistent_volume_reclaim_policy}"
    yield f"Access Modes:\t{access_modes(spec.access_modes)}"
    if today and spec.volume_mode:
        yield f"VolumeMode:\t{spec.volume_mode}"
    yield f"Capacity:\t{spec.capacity.get('storage', '0')}"
    if today:
        yield from _node_affinity(spec.node_affinity)
    yield f"Message:\t{status.message}"
    yield "Source:"
    yield from _source(spec, today=release in TODAY)


def _node_affinity(affinity: Any) -> Iterable[str]:
    if affinity is None or affinity.required is None:
        yield f"Node Affinity:\t{NONE}"
        return
    yield "Node Affinity:\t"
    yield "  Required Terms:\t"
    for number, term in enumerate(affinity.required.node_selector_terms):
        for index, one in enumerate(term.match_expressions):
            values = f" [{', '.join(one.values)}]" if one.values else ""
            title = f"Term {number}:" if not index else ""
            yield f"    {title}\t{one.key} {one.operator.lower()}{values}"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else NONE if value is None else str(value)


def _source(spec: Any, *, today: bool) -> Iterable[str]:
    for name, title, fields in (
        (
            "host_path",
            "HostPath (bare host directory volume)",
            (("Path", "path"), *((("HostPathType", "type"),) if today else ())),
        ),
        (
            "nfs",
            "NFS (an NFS mount that lasts the lifetime of a pod)",
            (("Server", "server"), ("Path", "path"), *((("ReadOnly", "read_only"),) if today else ())),
        ),
        ("local", "LocalVolume (a persistent volume backed by local storage on a node)", (("Path", "path"),)),
    ):
        source = getattr(spec, name, None)
        if source is not None:
            yield f"    Type:\t{title}"
            yield from (f"    {label}:\t{_shown(getattr(source, field))}" for label, field in fields)
            return
    yield "<unknown>"


def claim_lines(claim: Any, pods: Sequence[Any], release: str, now: Micros) -> Iterable[str]:
    """A PersistentVolumeClaim; pods: all there are."""
    spec, status, today = claim.spec, claim.status, release in TODAY
    bound = bool(spec.volume_name)
    yield f"Name:\t{claim.metadata.name}"
    yield f"Namespace:\t{claim.metadata.namespace}"
    yield f"StorageClass:\t{storage_class(claim)}"
    yield f"Status:\t{_status(claim, release, now)}"
    yield f"Volume:\t{spec.volume_name}"
    yield from pairs("Labels", claim.metadata.labels)
    yield from annotations(claim.metadata.annotations, release)
    if today:
        yield _finalizers(claim)
    yield f"Capacity:\t{status.capacity.get('storage', '0') if bound else ''}"
    yield f"Access Modes:\t{access_modes(status.access_modes) if bound else ''}"
    if today:
        if spec.volume_mode:
            yield f"VolumeMode:\t{spec.volume_mode}"
        users = [pod.metadata.name for pod in pods if _uses(pod, claim)]
        yield f"Used By:\t{users[0] if users else NONE}"
        yield from (f"\t{name}" for name in users[1:])


def _uses(pod: Any, claim: Any) -> bool:
    named = (name for name, _own in claim_names(pod))
    return pod.metadata.namespace == claim.metadata.namespace and claim.metadata.name in named
