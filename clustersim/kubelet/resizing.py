"""What has to be done to containers for another size of them: pure functions (v1.36.2
pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodResizeAction, validateMemoryResizeAction;
pkg/kubelet/events/resize.go)."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import Pod, ResourceRequirements
from clustersim.api.meta import replace
from clustersim.api.quantity import byte_count, millicores
from clustersim.kubelet.pleg import PodView
from clustersim.runtime.records import RUNNING, Container

MEMORY: Final = "memory"
CPU: Final = "cpu"


class Sizes(NamedTuple):
    """CPU in thousandths, memory in bytes; 0: not said."""

    cpu_request: int
    cpu_limit: int
    memory_request: int
    memory_limit: int


class Resize(msgspec.Struct, frozen=True, gc=False):
    """One container gets another size, in one of the two."""

    container: Container
    resource: str
    resources: ResourceRequirements


def sizes_of(resources: ResourceRequirements) -> Sizes:
    """The sizes of a container."""
    requests, limits = resources.requests, resources.limits
    return Sizes(
        millicores(requests.get(CPU, "0")),
        millicores(limits.get(CPU, "0")),
        byte_count(requests.get(MEMORY, "0")),
        byte_count(limits.get(MEMORY, "0")),
    )


def has_other_definition(spec: ContainerSpec, running: ContainerSpec) -> bool:
    """A container runs that was made otherwise; its sizes alone do not count."""
    if running == spec:
        return False
    as_asked = replace(running, resources=spec.resources, resize_policy=spec.resize_policy)
    return bool(as_asked != spec)


def wants_restart(spec: ContainerSpec, running: ContainerSpec) -> bool:
    """Its policy says that it starts anew for another size."""
    if not spec.resize_policy:
        return False
    wanted, now = sizes_of(spec.resources), sizes_of(running.resources)
    changed = {
        CPU: (wanted.cpu_request, wanted.cpu_limit) != (now.cpu_request, now.cpu_limit),
        MEMORY: (wanted.memory_request, wanted.memory_limit) != (now.memory_request, now.memory_limit),
    }
    return any(
        policy.restart_policy == "RestartContainer" and changed.get(policy.resource_name, False)
        for policy in spec.resize_policy
    )


def resizes(pairs: Iterable[tuple[ContainerSpec, Container]]) -> tuple[Resize, ...]:
    """What is done without a restart: memory first, and of each what shrinks before what grows."""
    found: list[Resize] = []
    known = [(spec, running) for spec, running in pairs if running.spec.resources is not spec.resources]
    if not known:
        return ()
    for resource in (MEMORY, CPU):
        shrinking: list[Resize] = []
        growing: list[Resize] = []
        for spec, running in known:
            wanted, now = sizes_of(spec.resources), sizes_of(running.spec.resources)
            change = _change(resource, wanted, now)
            if change:
                one = Resize(running, resource, spec.resources)
                shrinking.insert(0, one) if change < 0 else growing.append(one)
        found += [*shrinking, *growing]
    return tuple(found)


def _change(resource: str, wanted: Sizes, now: Sizes) -> int:
    """By how much the limit changes, or, where it stays, the request."""
    if resource == MEMORY:
        return (wanted.memory_limit - now.memory_limit) or (wanted.memory_request - now.memory_request)
    return (wanted.cpu_limit - now.cpu_limit) or (wanted.cpu_request - now.cpu_request)


def with_resource(resources: ResourceRequirements, resource: str, wanted: ResourceRequirements) -> Any:
    """What a container has, with one resource as wanted."""

    def changed(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
        others = {name: amount for name, amount in old.items() if name != resource}
        return {**others, **({resource: new[resource]} if resource in new else {})}

    requests = changed(resources.requests, wanted.requests)
    limits = changed(resources.limits, wanted.limits)
    if (requests, limits) == (wanted.requests, wanted.limits):
        return wanted
    return replace(resources, requests=requests, limits=limits)


def is_under_way(pod: Pod, view: PodView) -> bool:
    """A container that runs has not got yet what it was allocated (isContainerResourceResizeInProgress)."""
    for spec in (*pod.spec.init_containers, *pod.spec.containers):
        running = view.latest(spec.name)
        if running is None or running.state != RUNNING or running.spec.resources is spec.resources:
            continue
        if sizes_of(running.spec.resources) != sizes_of(spec.resources):
            return True
    return False


def shrinks_memory(changes: Iterable[Resize]) -> bool:
    """Some limit of memory gets smaller, so that it matters how much is taken."""
    return any(_new_limit(one) for one in changes)


def _new_limit(one: Resize) -> int:
    """The smaller limit of memory that a container gets; 0 if it does not get any."""
    wanted, now = sizes_of(one.resources), sizes_of(one.container.spec.resources)
    if one.resource != MEMORY or not wanted.memory_limit:
        return 0
    return wanted.memory_limit if not now.memory_limit or wanted.memory_limit < now.memory_limit else 0


def too_small(pod: Pod, view: PodView, changes: tuple[Resize, ...], taken: Mapping[str, int]) -> str:
    """Why memory cannot be taken from containers that use it; empty if it can. taken: bytes by container."""
    errors = []
    total = _limit_of_all(spec.resources for spec in pod.spec.containers)
    running = [view.latest(spec.name) for spec in pod.spec.containers]
    before = _limit_of_all(one.spec.resources for one in running if one is not None)
    used = sum(taken.values())
    if total and (not before or total < before) and used >= total:
        errors.append(f"attempting to set pod memory limit ({total}) below current usage ({used})")
    for one in changes:
        name, limit = one.container.name, _new_limit(one)
        if limit and taken.get(name, 0) >= limit:
            errors.append(
                f'attempting to set container "{name}" memory limit ({limit}) below current usage ({used})'
            )
    if not errors:
        return ""
    told = errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
    return f"cannot decrease memory limits: {told}"


def _limit_of_all(resources: Iterable[ResourceRequirements]) -> int:
    """The memory that containers may take together; 0: one of them has no limit."""
    limits = [sizes_of(one).memory_limit for one in resources]
    return sum(limits) if limits and all(limits) else 0


def resize_message(pod: Pod, what: str, generation: int, error: str = "") -> str:
    """What an Event tells of a pod's new size."""
    told: dict[str, Any] = {}
    for name, containers in (
        ("initContainers", pod.spec.init_containers),
        ("containers", pod.spec.containers),
    ):
        if containers:
            told[name] = [{"name": one.name, "resources": _plain(one.resources)} for one in containers]
    told["generation"] = generation
    if error:
        told["error"] = error
    return f"Pod resize {what}: {json.dumps(told, separators=(',', ':'), ensure_ascii=False)}"


def _plain(resources: ResourceRequirements) -> dict[str, dict[str, str]]:
    amounts = (("limits", resources.limits), ("requests", resources.requests))
    return {name: dict(sorted(found.items())) for name, found in amounts if found}
