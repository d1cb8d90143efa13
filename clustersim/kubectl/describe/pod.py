"""`kubectl describe pod`. Source: v1.7.5 and v1.8.0 describe.go describePod, describeContainers."""

from collections.abc import Iterable

from clustersim.api.core_v1 import Container, ContainerState, ContainerStatus, Pod, Toleration
from clustersim.api.owners import controller_of
from clustersim.kubectl.describe.parts import NONE, moment, pairs, ports, requests, several
from clustersim.kubectl.others import labels_text


def pod_lines(pod: Pod) -> Iterable[str]:
    """Everything but the events."""
    metadata, spec, status = pod.metadata, pod.spec, pod.status
    yield f"Name:\t{metadata.name}"
    yield f"Namespace:\t{metadata.namespace}"
    yield f"Node:\t{spec.node_name}/{status.host_ip}" if spec.node_name else f"Node:\t{NONE}"
    if status.start_time:
        yield f"Start Time:\t{moment(status.start_time)}"
    yield from pairs("Labels", metadata.labels)
    yield from pairs("Annotations", metadata.annotations)
    if metadata.deletion_timestamp:
        yield f"Status:\tTerminating (expires {moment(metadata.deletion_timestamp)})"
        yield f"Termination Grace Period:\t{metadata.deletion_grace_period_seconds}s"
    else:
        yield f"Status:\t{status.phase}"
    if status.reason:
        yield f"Reason:\t{status.reason}"
    if status.message:
        yield f"Message:\t{status.message}"
    yield f"IP:\t{status.pod_ip}"
    if (owner := controller_of(pod)) is not None:
        yield f"Created By:\t{owner.kind}/{owner.name}"
        yield f"Controlled By:\t{owner.kind}/{owner.name}"
    yield "Containers:"
    statuses = {found.name: found for found in status.container_statuses}
    for container in spec.containers:
        yield from _container(container, statuses.get(container.name))
    if status.conditions:
        yield "Conditions:"
        yield "  Type\tStatus"
        yield from (f"  {condition.type} \t{condition.status} " for condition in status.conditions)
    yield f"Volumes:\t{NONE}"
    yield f"QoS Class:\t{status.qos_class}"
    yield f"Node-Selectors:\t{labels_text(spec.node_selector)}"
    yield from several("Tolerations", [_toleration(toleration) for toleration in spec.tolerations])


def _container(container: Container, status: ContainerStatus | None) -> Iterable[str]:
    yield f"  {container.name}:"
    if status is not None:
        yield f"    Container ID:\t{status.container_id}"
    yield f"    Image:\t{container.image}"
    if status is not None:
        yield f"    Image ID:\t{status.image_id}"
    yield f"    Port:\t{ports(container) or NONE}"
    if status is not None:
        yield from _state("State", status.state)
        if status.last_state.terminated is not None:
            yield from _state("Last State", status.last_state)
        yield f"    Ready:\t{status.ready}"
        yield f"    Restart Count:\t{status.restart_count}"
    yield from requests(container)
    for name, probe in (("Liveness", container.liveness_probe), ("Readiness", container.readiness_probe)):
        if probe is not None and probe.http_get is not None:
            yield (
                f"    {name}:\thttp-get http://:{probe.http_get.port}{probe.http_get.path} "
                f"delay={probe.initial_delay_seconds}s timeout={probe.timeout_seconds}s "
                f"period={probe.period_seconds}s #success={probe.success_threshold} "
                f"#failure={probe.failure_threshold}"
            )
    yield f"    Environment:\t{NONE}"
    yield f"    Mounts:\t{NONE}"


def _state(title: str, state: ContainerState) -> Iterable[str]:
    if state.running is not None:
        yield f"    {title}:\tRunning"
        yield f"      Started:\t{moment(state.running.started_at)}"
    elif state.terminated is not None:
        ended = state.terminated
        yield f"    {title}:\tTerminated"
        if ended.reason:
            yield f"      Reason:\t{ended.reason}"
        if ended.message:
            yield f"      Message:\t{ended.message}"
        yield f"      Exit Code:\t{ended.exit_code}"
        yield f"      Started:\t{moment(ended.started_at)}"
        yield f"      Finished:\t{moment(ended.finished_at)}"
    else:
        yield f"    {title}:\tWaiting"
        if state.waiting is not None and state.waiting.reason:
            yield f"      Reason:\t{state.waiting.reason}"


def _toleration(toleration: Toleration) -> str:
    text = toleration.key
    if toleration.value:
        text += f"={toleration.value}"
    if toleration.effect:
        text += f":{toleration.effect}"
    if toleration.toleration_seconds is not None:
        text += f" for {toleration.toleration_seconds}s"
    return text
