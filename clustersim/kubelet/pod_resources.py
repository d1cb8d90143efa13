"""What a pod as a whole asks for and may take, as its status says it (v1.36.2 pkg/kubelet/kubelet_pods.go
convertToAPIPodLevelResourcesStatus, component-helpers/resource/helpers.go PodRequests, PodLimits).

What the kernel's weights make of a request of CPU, and back again, is left out.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from clustersim.api.core_v1 import Container, Pod, ResourceRequirements
from clustersim.api.quantity import Quantity, parse_quantity
from clustersim.engine.identity import by_identity
from clustersim.kubelet.pod_phase import RUNNING

Amounts = dict[str, Quantity]
_EMPTY: Final = ResourceRequirements()


def allocated(pod: Pod) -> dict[str, str]:
    """The requests of the pod."""
    return _of(pod)[0]


def of_whole_pod(pod: Pod) -> ResourceRequirements:
    """What the pod has: of one that runs, limits only where every container has one."""
    _requests, running, full = _of(pod)
    return running if pod.status.phase == RUNNING else full


_Found = tuple[dict[str, str], ResourceRequirements, ResourceRequirements]


def _of(pod: Pod) -> _Found:
    spec = pod.spec
    if spec.overhead or spec.resources is not None:
        return _found(spec.containers, spec.init_containers, spec.overhead, spec.resources)
    return _plain(spec.containers, spec.init_containers)


@by_identity(maxsize=1024)
def _plain(main: tuple[Container, ...], init: tuple[Container, ...]) -> _Found:
    """Of pods of one template, which share their containers, once."""
    return _found(main, init, {}, None)


def _found(
    main: tuple[Container, ...],
    init: tuple[Container, ...],
    overhead: Mapping[str, str],
    whole: ResourceRequirements | None,
) -> _Found:
    # What is said of the whole pod counts instead of its containers' sum.
    said = whole or _EMPTY
    requests = {**_total(main, init, lambda one: one.resources.requests), **_parsed(said.requests)}
    limits = {**_total(main, init, lambda one: one.resources.limits), **_parsed(said.limits)}
    if not requests and not limits and not overhead:
        return {}, _EMPTY, _EMPTY
    added = _texts(_sum((requests, _parsed(overhead))))
    full = ResourceRequirements(requests=added, limits=_texts(limits))
    everywhere = [one.resources.limits for one in main]
    kept = {
        name: amount
        for name, amount in full.limits.items()
        if name in ("cpu", "memory") and all(name in one for one in everywhere)
    }
    running = {name: amount for name, amount in added.items() if name in ("cpu", "memory")}
    return added, ResourceRequirements(requests=running, limits=kept), full


def _total(
    main: tuple[Container, ...], init: tuple[Container, ...], of: Callable[[Container], Mapping[str, str]]
) -> Amounts:
    """All that run at the same time, or the most that an init container needs beside sidecars."""
    sidecars: Amounts = {}
    starting: Amounts = {}
    for container in init:
        amounts = _parsed(of(container))
        if container.restart_policy == "Always":
            sidecars = _sum((sidecars, amounts))
            starting = _most(starting, sidecars)
        else:
            starting = _most(starting, _sum((sidecars, amounts)))
    return _most(_sum((*(_parsed(of(one)) for one in main), sidecars)), starting)


def _parsed(amounts: Mapping[str, str]) -> Amounts:
    return {name: parse_quantity(text) for name, text in amounts.items()}


def _sum(parts: Iterable[Amounts]) -> Amounts:
    total: Amounts = {}
    for part in parts:
        for name, amount in part.items():
            total[name] = total[name].plus(amount) if name in total else amount
    return total


def _most(one: Amounts, other: Amounts) -> Amounts:
    found = dict(one)
    for name, amount in other.items():
        if name not in found or amount > found[name]:
            found[name] = amount
    return found


def _texts(amounts: Amounts) -> dict[str, str]:
    return {name: amounts[name].text() for name in sorted(amounts)}
