"""What pods ask for and what nodes have, as the scheduler counts it.

Sources: v1.7.5 plugin/pkg/scheduler/schedulercache/node_info.go, algorithm/predicates/predicates.go
(GetResourceRequest), algorithm/priorities/util/non_zero.go, equal in v1.8.0; v1.36
staging/src/k8s.io/component-helpers/resource/helpers.go (PodRequests).
"""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from clustersim.api.core_v1 import Container, Node, Pod, PodSpec
from clustersim.api.quantity import byte_count, millicores, parse_quantity
from clustersim.engine.identity import by_identity

DEFAULT_MILLI_CPU: Final = 100
DEFAULT_MEMORY: Final = 200 * 1024 * 1024
"""What scoring assumes of a container that requests nothing; an explicit zero stays zero."""

Others = tuple[tuple[str, int], ...]
"""Amounts of other resources by name, sorted, none of them zero."""


class Resources(msgspec.Struct, frozen=True, gc=False):
    """cpu in thousandths of a core, memory in bytes, others in their own units."""

    cpu: int = 0
    memory: int = 0
    others: Others = ()

    def __add__(self, other: "Resources") -> "Resources":
        others = _combined(self.others, other.others, 1) if other.others else self.others
        return Resources(self.cpu + other.cpu, self.memory + other.memory, others)

    def __sub__(self, other: "Resources") -> "Resources":
        others = _combined(self.others, other.others, -1) if other.others else self.others
        return Resources(self.cpu - other.cpu, self.memory - other.memory, others)

    def amount(self, name: str) -> int:
        """Of another resource."""
        return next((amount for known, amount in self.others if known == name), 0)


class Requests(msgspec.Struct, frozen=True, gc=False):
    """What a pod asks for: counted is what must fit, assumed what scoring takes for it, where a container
    that says nothing counts as a small one."""

    counted: Resources
    assumed: Resources


Accounting = Callable[[Pod], Requests]
"""How a release counts."""


def _combined(one: Others, other: Others, sign: int) -> Others:
    found = dict(one)
    for name, amount in other:
        found[name] = found.get(name, 0) + sign * amount
    return tuple(sorted((name, amount) for name, amount in found.items() if amount))


def _greatest(one: Resources, other: Resources) -> Resources:
    names = dict.fromkeys(name for name, _amount in (*one.others, *other.others))
    others = tuple(sorted((name, max(one.amount(name), other.amount(name))) for name in names))
    return Resources(max(one.cpu, other.cpu), max(one.memory, other.memory), others)


def _resources(amounts: dict[str, str], cpu: str = "0", memory: str = "0") -> Resources:
    """Amounts by name; cpu and memory: what is taken where they are not named."""
    others = tuple(
        sorted(
            (name, amount)
            for name, text in amounts.items()
            if name not in ("cpu", "memory", "pods") and (amount := byte_count(text))
        )
    )
    return Resources(millicores(amounts.get("cpu", cpu)), byte_count(amounts.get("memory", memory)), others)


def _requested(container: Container) -> Resources:
    return _resources(container.resources.requests)


def _assumed(container: Container) -> Resources:
    return _resources(container.resources.requests, f"{DEFAULT_MILLI_CPU}m", str(DEFAULT_MEMORY))


def _sum(resources: Iterable[Resources]) -> Resources:
    return sum(resources, Resources())


def pod_request(pod: Pod) -> Resources:
    """What the predicates count: the sum over containers, or the largest init container if that is more."""
    total = _sum(map(_requested, pod.spec.containers))
    for container in pod.spec.init_containers:
        total = _greatest(total, _requested(container))
    return total


def nonzero_request(pod: Pod) -> Resources:
    """What the priorities count: a container that says nothing counts as a small one."""
    return _sum(map(_assumed, pod.spec.containers))


def requests(pod: Pod) -> Requests:
    """As v1.7 and v1.8 count."""
    return _requests(pod.spec.containers, pod.spec.init_containers)


def requests_on_node(pod: Pod) -> Requests:
    """What a pod that runs counts for on its node in v1.7 and v1.8: its init containers for nothing, though
    each was let in by them (schedulercache/node_info.go calculateResource)."""
    return _requests(pod.spec.containers, ())


@by_identity(maxsize=1024)
def _requests(main: tuple[Container, ...], init: tuple[Container, ...]) -> Requests:
    """Of containers and init containers: pods of one template share them."""
    pod = Pod(spec=PodSpec(containers=main, init_containers=init))
    return Requests(pod_request(pod), nonzero_request(pod))


def requests_v136(pod: Pod) -> Requests:
    """As v1.36 counts: sidecars run beside the containers and beside the init containers after them, scoring
    knows init containers too, and the sandbox may cost something itself. A container of which the size is
    changing counts by the most of what it asks for, was allocated and has."""
    pod = by_the_most(pod) if is_resizing(pod) else pod
    of_containers = _requests_today(pod.spec.containers, pod.spec.init_containers)
    if not pod.spec.overhead and pod.spec.resources is None:
        return of_containers
    overhead = _resources(pod.spec.overhead)
    counted, assumed = of_containers.counted + overhead, of_containers.assumed + overhead
    if pod.spec.resources is not None and pod.spec.resources.requests:
        whole = pod.spec.resources.requests
        counted = _replaced(counted, whole, overhead)
        assumed = _replaced(assumed, whole, overhead)
    return Requests(counted, assumed)


@by_identity(maxsize=1024)
def _requests_today(main: tuple[Container, ...], init: tuple[Container, ...]) -> Requests:
    """The same of containers and init containers."""
    pod = Pod(spec=PodSpec(containers=main, init_containers=init))
    return Requests(_with_sidecars(pod, _requested), _with_sidecars(pod, _assumed))


def is_resizing(pod: Pod) -> bool:
    """What the kubelet reports of some container's requests is not what the pod asks for."""
    for status in (*pod.status.container_statuses, *pod.status.init_container_statuses):
        if status.resources is None:
            continue
        spec = _spec_of(pod, status.name)
        if spec is None or status.resources is spec.resources:
            continue
        asked = spec.resources.requests
        if status.resources.requests != asked or status.allocated_resources != asked:
            return True
    return False


def _spec_of(pod: Pod, name: str) -> Container | None:
    every = (*pod.spec.containers, *pod.spec.init_containers)
    return next((one for one in every if one.name == name), None)


def by_the_most(pod: Pod) -> Pod:
    """The pod as it counts while sizes change (determineEffectiveRequests); a wish that the node can never
    meet does not count."""
    pending = (one for one in pod.status.conditions if one.type == "PodResizePending")
    infeasible = any(one.reason == "Infeasible" for one in pending)
    statuses = {one.name: one for one in pod.status.container_statuses}
    statuses |= {one.name: one for one in pod.status.init_container_statuses}

    def effective(container: Container) -> Container:
        status = statuses.get(container.name)
        if status is None or status.resources is None:
            return container
        asked = {} if infeasible else container.resources.requests
        most: dict[str, str] = {}
        for amounts in (asked, status.resources.requests, status.allocated_resources):
            for name, amount in amounts.items():
                if name not in most or parse_quantity(amount) > parse_quantity(most[name]):
                    most[name] = amount
        resources = msgspec.structs.replace(container.resources, requests=most)
        return msgspec.structs.replace(container, resources=resources)

    init = tuple(
        effective(one) if one.restart_policy == "Always" else one for one in pod.spec.init_containers
    )
    spec = msgspec.structs.replace(
        pod.spec, containers=tuple(map(effective, pod.spec.containers)), init_containers=init
    )
    return msgspec.structs.replace(pod, spec=spec)


def _replaced(total: Resources, whole: dict[str, str], overhead: Resources) -> Resources:
    """What the pod asks for as a whole counts instead of its containers' sum."""
    asked = _resources(whole) + overhead
    cpu = asked.cpu if "cpu" in whole else total.cpu
    memory = asked.memory if "memory" in whole else total.memory
    return Resources(cpu, memory, total.others)


def _with_sidecars(pod: Pod, of: Callable[[Container], Resources]) -> Resources:
    sidecars, starting = Resources(), Resources()
    for container in pod.spec.init_containers:
        if container.restart_policy == "Always":
            sidecars += of(container)
            starting = _greatest(starting, sidecars)
        else:
            starting = _greatest(starting, sidecars + of(container))
    return _greatest(_sum(map(of, pod.spec.containers)) + sidecars, starting)


def pod_limits(pod: Pod) -> Resources:
    """What it may take at most, counted as its requests are; 0 where a container has no limit."""
    total = _with_sidecars(pod, _limited)
    whole = pod.spec.resources.limits if pod.spec.resources is not None else {}
    return _replaced(total, whole, Resources()) if whole else total


def _limited(container: Container) -> Resources:
    return _resources(container.resources.limits)


def is_best_effort(pod: Pod) -> bool:
    """No container requests or limits anything."""
    return _asks_for_nothing(pod.spec.containers)


@by_identity(maxsize=1024)
def _asks_for_nothing(containers: tuple[Container, ...]) -> bool:
    return not any(container.resources.requests or container.resources.limits for container in containers)


def allocatable(node: Node) -> tuple[Resources, int]:
    """What pods may use of the node, and how many pods it takes."""
    offered = node.status.allocatable
    return _resources(offered), byte_count(offered.get("pods", "0"))


def lacking(asked: Resources, used: Resources, offered: Resources) -> list[str]:
    """What of the things that the pod asks for the node has too little of beside all others, as reasons."""
    reasons = []
    if asked.cpu and offered.cpu < used.cpu + asked.cpu:
        reasons.append("Insufficient cpu")
    if asked.memory and offered.memory < used.memory + asked.memory:
        reasons.append("Insufficient memory")
    for name, amount in asked.others:
        if offered.amount(name) < used.amount(name) + amount:
            reasons.append(f"Insufficient {name}")
    return reasons
