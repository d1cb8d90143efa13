"""`kubectl describe pod`. Sources: v1.7.5 and v1.8.0 describe.go describePod; v1.36 k8s.io/kubectl
pkg/describe."""

from collections.abc import Iterable
from typing import Any

from clustersim.api.owners import controller_of
from clustersim.api.timestamp import micros
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import human_duration
from clustersim.kubectl.describe.containers import containers, toleration_text, volumes
from clustersim.kubectl.describe.parts import NONE, TODAY, annotations, moment, pairs, several
from clustersim.kubectl.texts import labels_text


def pod_lines(pod: Any, release: str, now: Micros) -> Iterable[str]:
    """Everything but the events."""
    metadata, spec, status = pod.metadata, pod.spec, pod.status
    today = release in TODAY
    yield f"Name:\t{metadata.name}"
    yield f"Namespace:\t{metadata.namespace}"
    if today:
        if spec.priority is not None:
            yield f"Priority:\t{spec.priority}"
        yield f"Service Account:\t{spec.service_account_name or 'default'}"
    yield f"Node:\t{spec.node_name}/{status.host_ip}" if spec.node_name else f"Node:\t{NONE}"
    if status.start_time:
        yield f"Start Time:\t{moment(status.start_time)}"
    yield from pairs("Labels", metadata.labels)
    yield from annotations(metadata.annotations, release)
    yield from _status(pod, release, now)
    yield f"IP:\t{status.pod_ip}"
    if today:
        yield "IPs:" if status.pod_ip else f"IPs:\t{NONE}"
        if status.pod_ip:
            yield f"  IP:\t{status.pod_ip}"
    if (owner := controller_of(pod)) is not None:
        if not today:
            yield f"Created By:\t{owner.kind}/{owner.name}"
        yield f"Controlled By:\t{owner.kind}/{owner.name}"
    if spec.init_containers:
        yield "Init Containers:"
        statuses = {found.name: found for found in status.init_container_statuses}
        yield from containers(spec.init_containers, statuses, release)
    yield "Containers:"
    statuses = {found.name: found for found in status.container_statuses}
    yield from containers(spec.containers, statuses, release)
    if status.conditions:
        yield "Conditions:"
        yield "  Type\tStatus"
        yield from (f"  {condition.type} \t{condition.status} " for condition in status.conditions)
    yield from volumes(spec.volumes)
    yield f"QoS Class:\t{status.qos_class}"
    yield f"Node-Selectors:\t{labels_text(spec.node_selector)}"
    yield from several("Tolerations", [toleration_text(one, release) for one in spec.tolerations])


def _status(pod: Any, release: str, now: Micros) -> Iterable[str]:
    metadata, status = pod.metadata, pod.status
    if metadata.deletion_timestamp and release in TODAY:
        lasts = human_duration(now - micros(metadata.deletion_timestamp))
        yield f"Status:\tTerminating (lasts {lasts})"
        yield f"Termination Grace Period:\t{metadata.deletion_grace_period_seconds}s"
    elif metadata.deletion_timestamp:
        yield f"Status:\tTerminating (expires {moment(metadata.deletion_timestamp)})"
        yield f"Termination Grace Period:\t{metadata.deletion_grace_period_seconds}s"
    else:
        yield f"Status:\t{status.phase}"
    if status.reason:
        yield f"Reason:\t{status.reason}"
    if status.message:
        yield f"Message:\t{status.message}"
