"""`kubectl describe` of rc, rs, deployment and svc. Source: v1.7.5 and v1.8.0 describe.go."""

from collections.abc import Iterable, Sequence
from typing import Any

from clustersim.api.core_v1 import Endpoints, Pod, Service
from clustersim.api.extensions_v1beta1 import Deployment, ReplicaSet
from clustersim.api.selectors import selector_of
from clustersim.kubectl.describe.parts import NONE, moment, pairs, template
from clustersim.kubectl.others import endpoints_text, labels_text

REVISION = "deployment.kubernetes.io/revision"


def replica_lines(owner: Any, pods: Sequence[Pod]) -> Iterable[str]:
    """A ReplicationController or ReplicaSet, and the pods that it selects."""
    metadata = owner.metadata
    yield f"Name:\t{metadata.name}"
    yield f"Namespace:\t{metadata.namespace}"
    yield f"Selector:\t{labels_text(selector_of(owner))}"
    yield from pairs("Labels", metadata.labels)
    yield from pairs("Annotations", metadata.annotations)
    yield from _controlled_by(owner)
    yield f"Replicas:\t{owner.status.replicas} current / {owner.spec.replicas} desired"
    phases = ("Running", "Pending", "Succeeded", "Failed")
    counts = [sum(1 for pod in pods if pod.status.phase == phase) for phase in phases]
    words = ("Running", "Waiting", "Succeeded", "Failed")
    told = [f"{count} {word}" for count, word in zip(counts, words, strict=True)]
    yield f"Pods Status:\t{' / '.join(told)}"
    yield from template(owner.spec.template)


def _controlled_by(owner: Any) -> Iterable[str]:
    for reference in owner.metadata.owner_references:
        if reference.controller:
            yield f"Controlled By:\t{reference.kind}/{reference.name}"


def deployment_lines(deployment: Deployment, sets: Sequence[ReplicaSet]) -> Iterable[str]:
    """A Deployment and its ReplicaSets."""
    metadata, spec, status = deployment.metadata, deployment.spec, deployment.status
    yield f"Name:\t{metadata.name}"
    yield f"Namespace:\t{metadata.namespace}"
    yield f"CreationTimestamp:\t{moment(metadata.creation_timestamp)}"
    yield from pairs("Labels", metadata.labels)
    yield from pairs("Annotations", metadata.annotations)
    yield f"Selector:\t{labels_text(selector_of(deployment))}"
    yield (
        f"Replicas:\t{spec.replicas} desired | {status.updated_replicas} updated | {status.replicas} total | "
        f"{status.available_replicas} available | {status.unavailable_replicas} unavailable"
    )
    yield f"StrategyType:\t{spec.strategy.type}"
    yield f"MinReadySeconds:\t{spec.min_ready_seconds}"
    if (rolling := spec.strategy.rolling_update) is not None:
        yield (
            f"RollingUpdateStrategy:\t{rolling.max_unavailable} max unavailable, "
            f"{rolling.max_surge} max surge"
        )
    yield from template(spec.template)
    if status.conditions:
        yield "Conditions:"
        yield "  Type\tStatus\tReason"
        yield "  ----\t------\t------"
        yield from (f"  {one.type} \t{one.status}\t{one.reason}" for one in status.conditions)
    own = [one for one in sets if any(o.uid == metadata.uid for o in one.metadata.owner_references)]
    new = [one for one in own if one.spec.template.spec.containers == spec.template.spec.containers]
    old = [one for one in own if one not in new and one.spec.replicas]
    yield f"OldReplicaSets:\t{_sets(old)}"
    yield f"NewReplicaSet:\t{_sets(new)}"


def _sets(found: Sequence[ReplicaSet]) -> str:
    texts = [
        f"{one.metadata.name} ({one.status.replicas}/{one.spec.replicas} replicas created)" for one in found
    ]
    return ", ".join(texts) or NONE


def service_lines(service: Service, endpoints: Endpoints | None, release: str) -> Iterable[str]:
    """A Service and its Endpoints."""
    metadata, spec = service.metadata, service.spec
    yield f"Name:\t{metadata.name}"
    yield f"Namespace:\t{metadata.namespace}"
    yield from pairs("Labels", metadata.labels)
    yield from pairs("Annotations", metadata.annotations)
    yield f"Selector:\t{labels_text(spec.selector)}"
    yield f"Type:\t{spec.type}"
    yield f"IP:\t{spec.cluster_ip}"
    for port in spec.ports:
        yield f"Port:\t{port.name or '<unset>'}\t{port.port}/{port.protocol}"
        if release != "v1.7":
            yield f"TargetPort:\t{port.target_port}/{port.protocol}"
        if port.node_port:
            yield f"NodePort:\t{port.name or '<unset>'}\t{port.node_port}/{port.protocol}"
        yield f"Endpoints:\t{NONE if endpoints is None else endpoints_text(endpoints)}"
    yield f"Session Affinity:\t{spec.session_affinity}"
