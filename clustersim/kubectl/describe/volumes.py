"""kubectl describe of persistent volumes, their claims and their classes.

Sources: v1.7.5, v1.8.0 pkg/printers/internalversion/describe.go; v1.36.2
staging/src/k8s.io/kubectl/pkg/describe/describe.go.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from clustersim.api.claim_names import claim_names
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age_today, go_time
from clustersim.kubectl.describe.parts import NONE, TODAY, annotations, pairs
from clustersim.kubectl.describe.volume_sources import source_lines
from clustersim.kubectl.texts import access_modes, labels_text, storage_class


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
    yield from source_lines(spec, release)


def _node_affinity(affinity: Any) -> Iterable[str]:
    if affinity is None or affinity.required is None:
        yield f"Node Affinity:\t{NONE}"
        return
    yield "Node Affinity:\t"
    terms = affinity.required.node_selector_terms
    yield f"  Required Terms:\t{'' if terms else NONE}"
    for number, term in enumerate(terms):
        if not term.match_expressions:
            yield f"    Term {number}:\t{NONE}"
        for index, one in enumerate(term.match_expressions):
            values = f" [{', '.join(one.values)}]" if one.values else ""
            title = f"Term {number}:" if not index else ""
            yield f"    {title}\t{one.key} {one.operator.lower()}{values}"


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
        yield from _data_source(spec)
        users = [pod.metadata.name for pod in pods if _uses(pod, claim)]
        yield f"Used By:\t{users[0] if users else NONE}"
        yield from (f"\t{name}" for name in users[1:])
        yield from _conditions(status.conditions)


def made_claim_lines(template: Any, release: str) -> Iterable[str]:
    """The claim that a pod's volume is made from."""
    spec = template.spec
    yield f"StorageClass:\t{spec.storage_class_name or ''}"
    yield f"Volume:\t{spec.volume_name}"
    yield from pairs("Labels", template.metadata.labels)
    yield from annotations(template.metadata.annotations, release)
    yield "Capacity:\t"
    yield "Access Modes:\t"
    if spec.volume_mode:
        yield f"VolumeMode:\t{spec.volume_mode}"
    yield from _data_source(spec)


def _data_source(spec: Any) -> Iterable[str]:
    source = spec.data_source
    if source is not None:
        yield "DataSource:"
        if source.api_group:
            yield f"  APIGroup:\t{source.api_group}"
        yield f"  Kind:\t{source.kind}"
        yield f"  Name:\t{source.name}"


def _conditions(found: Sequence[Any]) -> Iterable[str]:
    if not found:
        return
    yield "Conditions:"
    yield "  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage"
    yield "  ----\t------\t-----------------\t------------------\t------\t-------"
    for one in found:
        times = (go_time(at) for at in (one.last_probe_time, one.last_transition_time))
        yield "  " + " \t".join((one.type, one.status, *times, one.reason, one.message))


def _uses(pod: Any, claim: Any) -> bool:
    named = (name for name, _own in claim_names(pod))
    return pod.metadata.namespace == claim.metadata.namespace and claim.metadata.name in named


def storage_class_lines(found: Any, release: str) -> Iterable[str]:
    """A StorageClass."""
    default = found.metadata.annotations.get("storageclass.kubernetes.io/is-default-class") == "true"
    yield f"Name:\t{found.metadata.name}"
    yield f"IsDefaultClass:\t{'Yes' if default else 'No'}"
    yield f"Annotations:\t{labels_text(found.metadata.annotations)}"
    yield f"Provisioner:\t{found.provisioner}"
    yield f"Parameters:\t{labels_text(found.parameters)}"
    if release in TODAY:
        expands = found.allow_volume_expansion
        yield f"AllowVolumeExpansion:\t{'<unset>' if expands is None else expands}"
        yield "MountOptions:" if found.mount_options else f"MountOptions:\t{NONE}"
        yield from (f"  {option}" for option in found.mount_options)
        yield f"ReclaimPolicy:\t{found.reclaim_policy or 'Delete'}"
        yield f"VolumeBindingMode:\t{found.volume_binding_mode or 'Immediate'}"
        yield from _topologies(found.allowed_topologies)


def _topologies(terms: Sequence[Any]) -> Iterable[str]:
    if terms:
        yield "AllowedTopologies:\t"
    for number, term in enumerate(terms):
        told = [f"{one.key} in [{', '.join(one.values)}]" for one in term.match_label_expressions]
        yield f"  Term {number}:\t{told[0] if told else NONE}"
        yield from (f"  \t{line}" for line in told[1:])
