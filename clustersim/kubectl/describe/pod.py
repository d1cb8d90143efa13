"""`kubectl describe pod`. Sources: v1.7.5 and v1.8.0 describe.go describePod; v1.36 k8s.io/kubectl
pkg/describe."""

from collections.abc import Iterable
from typing import Any

from clustersim.api.owners import controller_of
from clustersim.api.pod_containers import ephemeral_containers
from clustersim.api.quality import qos_class
from clustersim.api.timestamp import micros
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import human_duration, moment
from clustersim.kubectl.describe.containers import containers, toleration_texts, volumes
from clustersim.kubectl.describe.parts import NONE, TODAY, annotations, pairs, several
from clustersim.kubectl.texts import labels_text, selector_text


def pod_lines(pod: Any, release: str, now: Micros) -> Iterable[str]:
    """Everything but the events."""
    metadata, spec, status = pod.metadata, pod.spec, pod.status
    today = release in TODAY
    yield f"Name:\t{metadata.name}"
    yield f"Namespace:\t{metadata.namespace}"
    if today:
        yield from _classes(spec)
    yield f"Node:\t{spec.node_name}/{status.host_ip}" if spec.node_name else f"Node:\t{NONE}"
    if status.start_time:
        yield f"Start Time:\t{moment(status.start_time)}"
    yield from pairs("Labels", metadata.labels)
    yield from annotations(metadata.annotations, release)
    yield from _status(pod, release, now)
    yield from _addresses(pod, today=today)
    if (owner := controller_of(pod)) is not None:
        if not today:
            yield f"Created By:\t{owner.kind}/{owner.name}"
        yield f"Controlled By:\t{owner.kind}/{owner.name}"
    if today and status.nominated_node_name:
        yield f"NominatedNodeName:\t{status.nominated_node_name}"
    if spec.init_containers:
        yield "Init Containers:"
        statuses = {found.name: found for found in status.init_container_statuses}
        yield from containers(spec.init_containers, statuses, release, pod)
    yield "Containers:"
    statuses = {found.name: found for found in status.container_statuses}
    yield from containers(spec.containers, statuses, release, pod)
    if spec.ephemeral_containers:
        yield "Ephemeral Containers:"
        statuses = {found.name: found for found in status.ephemeral_container_statuses}
        yield from containers(ephemeral_containers(pod), statuses, release, pod)
    yield from _conditions(pod, today=today)
    yield from volumes(spec.volumes, release)
    yield f"QoS Class:\t{status.qos_class or qos_class(spec, today=today)}"
    yield f"Node-Selectors:\t{labels_text(spec.node_selector)}"
    yield from several("Tolerations", toleration_texts(spec.tolerations, release))
    if today and spec.topology_spread_constraints:
        yield from several("Topology Spread Constraints", list(_spread(spec)))


def _classes(spec: Any) -> Iterable[str]:
    if spec.priority is not None:
        yield f"Priority:\t{spec.priority}"
    if spec.priority_class_name:
        yield f"Priority Class Name:\t{spec.priority_class_name}"
    if spec.runtime_class_name:
        yield f"Runtime Class Name:\t{spec.runtime_class_name}"
    yield f"Service Account:\t{spec.service_account_name or 'default'}"


def _addresses(pod: Any, *, today: bool) -> Iterable[str]:
    profile, address = pod.spec.security_context.seccomp_profile, pod.status.pod_ip
    if today and profile is not None:
        yield f"SeccompProfile:\t{profile.type}"
        if profile.type == "Localhost":
            yield f"LocalhostProfile:\t{profile.localhost_profile}"
    yield f"IP:\t{address}"
    if today:
        yield "IPs:" if address else f"IPs:\t{NONE}"
        if address:
            yield f"  IP:\t{address}"


def _conditions(pod: Any, *, today: bool) -> Iterable[str]:
    conditions, gates = pod.status.conditions, pod.spec.readiness_gates
    if today and gates:
        yield "Readiness Gates:"
        yield "  Type\tStatus"
        known = {condition.type: condition.status for condition in conditions}
        yield from (f"  {gate.condition_type} \t{known.get(gate.condition_type, NONE)} " for gate in gates)
    if conditions:
        yield "Conditions:"
        yield "  Type\tStatus"
        yield from (f"  {condition.type} \t{condition.status} " for condition in conditions)


def _spread(spec: Any) -> Iterable[str]:
    for one in sorted(spec.topology_spread_constraints, key=lambda one: one.topology_key):
        told = f"{one.topology_key}:{one.when_unsatisfiable} when max skew {one.max_skew} is exceeded"
        selector = one.label_selector
        yield told if selector is None else f"{told} for selector {selector_text(selector)}"


def _status(pod: Any, release: str, now: Micros) -> Iterable[str]:
    metadata, status = pod.metadata, pod.status
    over = status.phase in ("Succeeded", "Failed") and release in TODAY
    if metadata.deletion_timestamp and release in TODAY and not over:
        lasts = human_duration(now - micros(metadata.deletion_timestamp))
        yield f"Status:\tTerminating (lasts {lasts})"
        yield f"Termination Grace Period:\t{metadata.deletion_grace_period_seconds}s"
    elif metadata.deletion_timestamp and not over:
        yield f"Status:\tTerminating (expires {moment(metadata.deletion_timestamp)})"
        yield f"Termination Grace Period:\t{metadata.deletion_grace_period_seconds}s"
    else:
        yield f"Status:\t{status.phase}"
    if status.reason:
        yield f"Reason:\t{status.reason}"
    if status.message:
        yield f"Message:\t{status.message}"
