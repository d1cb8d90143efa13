"""The paths of expressions: which values the things of a cluster have, of which type, how each is read."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from clustersim.api import core_v1 as v1
from clustersim.api.conditions import is_true
from clustersim.api.timestamp import micros
from clustersim.conformance.observe import pod_facts
from clustersim.conformance.printed import pod_status
from clustersim.lesson.expressions.kinds import BOOLEAN, NUMBER, TEXT, TIME, Single, Type, words
from clustersim.lesson.look import Look
from clustersim.runtime.records import EXITED
from clustersim.workloads import wanted_pods


class Attribute(msgspec.Struct, frozen=True):
    """One value of a thing: its type, and the function that reads it."""

    type: Type
    read: Callable[[Look, Any], Single]


PROCESS: Final = words("running", "stopped", "hung")
NODE_STATUS: Final = words(
    "Ready", "NotReady", "Unknown", "Ready,SchedulingDisabled", "NotReady,SchedulingDisabled", ""
)
PHASES: Final = words("Pending", "Running", "Succeeded", "Failed", "Unknown")
POD_STATUS: Final = words(
    *PHASES.words,
    *("ContainerCreating", "PodInitializing", "Terminating", "Completed", "Error", "OOMKilled", "NodeLost"),
    *("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "ImageInspectError", "InvalidImageName"),
    *("CrashLoopBackOff", "CreateContainerError", "CreateContainerConfigError", "RunContainerError"),
    *("ContainerCannotRun", "DeadlineExceeded", "Evicted", "MatchNodeSelector", "NodeAffinity"),
    *("OutOfcpu", "OutOfmemory", "OutOfpods", "Preempting", "TerminationByKubelet", "ContainerStatusUnknown"),
)
"""What STATUS of kubectl get pods can say: a phase, or the reason of a pod or of one of its containers."""
WAITING: Final = words(
    *("", "ContainerCreating", "PodInitializing", "CrashLoopBackOff", "ErrImagePull", "ImagePullBackOff"),
    *("ErrImageNeverPull", "ImageInspectError", "CreateContainerError", "CreateContainerConfigError"),
    *("RunContainerError", "InvalidImageName"),
)
"""Why the first container of a pod that waits does so; "" if none waits."""
CONDITION: Final = words("True", "False", "Unknown", "")


def _process(kind: str) -> Attribute:
    return Attribute(PROCESS, lambda look, node: look.process_state(kind, node))


def _condition(look: Look, node: str) -> str:
    ready = look.condition(node)
    return ready.status if ready else ""


def _healthz(look: Look, node: str) -> str:
    answers = {"running": "ok", "stopped": "refused", "hung": "silent"}
    return answers[look.process_state("kubelet", node)]


def _at_start(look: Look, node: str) -> tuple[str, ...]:
    return look.watch.start.containers.get(node, ())


def _kept(look: Look, node: str) -> int:
    before = _at_start(look, node)
    return sum(1 for container in look.running(node) if container.id in before)


def _pressure(kind: str) -> Attribute:
    def read(look: Look, node: str) -> bool:
        condition = look.condition(node, kind)
        return condition is not None and condition.status == "True"

    return Attribute(BOOLEAN, read)


def _taints(look: Look, node: str) -> int:
    found = look.node(node)
    return len(found.spec.taints) if found is not None else 0


def _exited(look: Look, node: str) -> int:
    return sum(1 for container in look.containers(node).values() if container.state == EXITED)


def _network(look: Look, node: str) -> str:
    network = look.cluster.network
    return "cut" if network.is_disturbed(node) else "slow" if network.state.delay.get(node) else "up"


NODE: Final[dict[str, Attribute]] = {
    "status": Attribute(NODE_STATUS, Look.node_status),
    "ready": Attribute(BOOLEAN, lambda look, node: _condition(look, node) == "True"),
    "condition": Attribute(CONDITION, _condition),
    "registered": Attribute(BOOLEAN, lambda look, node: look.node(node) is not None),
    "cordoned": Attribute(BOOLEAN, lambda look, node: bool((n := look.node(node)) and n.spec.unschedulable)),
    "heartbeat_age": Attribute(TIME, Look.heartbeat_age),
    "kubelet": _process("kubelet"),
    "docker": _process("runtime"),
    "kube-proxy": _process("kube-proxy"),
    "healthz": Attribute(words("ok", "refused", "silent"), _healthz),
    "power": Attribute(
        words("on", "off"), lambda look, node: "on" if look.cluster.machines[node].state.powered else "off"
    ),
    "network": Attribute(words("up", "slow", "cut"), _network),
    "containers.running": Attribute(NUMBER, lambda look, node: len(look.running(node))),
    "containers.at_start": Attribute(
        NUMBER, lambda look, node: len(look.watch.start.containers.get(node, ()))
    ),
    "containers.kept": Attribute(NUMBER, _kept),
    "memory_pressure": _pressure("MemoryPressure"),
    "disk_pressure": _pressure("DiskPressure"),
    "taints": Attribute(NUMBER, _taints),
    "containers.exited": Attribute(NUMBER, _exited),
    "images": Attribute(NUMBER, lambda look, node: len(look.images(node))),
}
"""Of a node: beliefs of the API server first, then what its machine really does. `containers.kept`: of those
that ran when the lesson began."""

HAS: Final = "has"
"""Of a node, n1.has(web:1): that image lies on its disk."""


def _deleting(_look: Look, pod: v1.Pod) -> bool:
    return bool(pod.metadata.deletion_timestamp)


def _active(_look: Look, pod: v1.Pod) -> bool:
    return not pod.metadata.deletion_timestamp and pod.status.phase not in ("Succeeded", "Failed")


def _deletion_timestamp(_look: Look, pod: v1.Pod) -> int | None:
    return micros(pod.metadata.deletion_timestamp) if pod.metadata.deletion_timestamp else None


def _ready_text(_look: Look, pod: v1.Pod) -> str:
    ready = sum(1 for status in pod.status.container_statuses if status.ready)
    return f"{ready}/{len(pod.spec.containers)}"


def _restarts(_look: Look, pod: v1.Pod) -> int:
    return sum(status.restart_count for status in pod.status.container_statuses)


POD: Final[dict[str, Attribute]] = {
    "status": Attribute(POD_STATUS, lambda _look, pod: pod_status(pod)),
    "phase": Attribute(PHASES, lambda _look, pod: pod.status.phase),
    "reason": Attribute(TEXT, lambda _look, pod: pod.status.reason),
    "ready": Attribute(BOOLEAN, lambda _look, pod: is_true(pod.status, "Ready")),
    "ready_text": Attribute(TEXT, _ready_text),
    "deleting": Attribute(BOOLEAN, _deleting),
    "deletion_timestamp": Attribute(TIME, _deletion_timestamp),
    "active": Attribute(BOOLEAN, _active),
    "bound": Attribute(BOOLEAN, lambda _look, pod: bool(pod.spec.node_name)),
    "node": Attribute(TEXT, lambda _look, pod: pod.spec.node_name),
    "restarts": Attribute(NUMBER, _restarts),
    "waiting": Attribute(WAITING, lambda _look, pod: next(filter(None, pod_facts(pod).waiting), "")),
    "image": Attribute(TEXT, lambda _look, pod: pod.spec.containers[0].image if pod.spec.containers else ""),
    "container_runs": Attribute(BOOLEAN, Look.container_runs),
}
"""Of a pod: its object, and at last whether a container of it really runs."""

POD_FILTERS: Final = {"of": "owner", "on": "node", "labelled": "label", "old": "", "new": ""}
"""Which pods: of an owner, on a node, with a label, there at the start, made since; and what each needs."""

SERVICE: Final[dict[str, Attribute]] = {
    "endpoints": Attribute(NUMBER, lambda look, service: look.endpoints(service)[0]),
    "not_ready": Attribute(NUMBER, lambda look, service: look.endpoints(service)[1]),
    "succeeded": Attribute(NUMBER, lambda look, service: look.requests(service, "succeeded")),
    "refused": Attribute(NUMBER, lambda look, service: look.requests(service, "refused")),
    "hung": Attribute(NUMBER, lambda look, service: look.requests(service, "hung")),
}
"""Of a Service: its Endpoints object, and how the requests of its clients ended."""
OUTCOMES: Final = ("succeeded", "refused", "hung")
LAST: Final = "last"
"""Of these, services.web.refused.last(30s): how many in that time, counted by tens of seconds."""


def _stale(look: Look, of: tuple[str, str]) -> int:
    service, node = of
    rules, endpoints = look.backends(service, node), look.addresses(service)
    return sum(1 for address in rules if address not in endpoints) + sum(
        1 for address in endpoints if address not in rules
    )


SERVICE_ON: Final[dict[str, Attribute]] = {
    "rules": Attribute(NUMBER, lambda look, of: len(look.backends(*of))),
    "stale": Attribute(NUMBER, _stale),
}
"""Of a Service on a node, services.web.on(n1): to how many addresses its kernel sends requests, and how many
of these are no endpoints or lack."""


def _workload(read: Callable[[Any], int]) -> Attribute:
    def value(look: Look, name: str) -> int | None:
        found = look.workload(name)
        return read(found) if found is not None else None

    return Attribute(NUMBER, value)


def _counted(*names: str) -> Attribute:
    """A number of the status, under the first of these names that its kind has."""

    def read(workload: Any) -> int:
        found = (getattr(workload.status, name, None) for name in names)
        return next((number for number in found if number is not None), 0)

    return _workload(read)


WORKLOAD: Final[dict[str, Attribute]] = {
    "replicas": _workload(wanted_pods),
    "current": _counted("replicas", "current_number_scheduled", "active"),
    "ready": _counted("ready_replicas", "number_ready", "active"),
    "available": _counted("available_replicas", "number_available", "ready_replicas", "active"),
    "updated": _counted("updated_replicas", "updated_number_scheduled"),
}
"""Of a workload: what is wanted, and what its controller last counted."""
