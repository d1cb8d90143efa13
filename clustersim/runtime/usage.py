"""What a machine has left: memory and CPU that programs take, and room on its disk.

A container takes half of what it asks for, or a little if it asks for nothing, unless its program says
otherwise; the rest is what people let other programs take (the action use-memory) or write (fill-disk).
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.quantity import byte_count, millicores
from clustersim.engine.time import Micros
from clustersim.machine import DISK_BYTES, PID_MAX, Machine
from clustersim.runtime.cpu import Spent, Stretch, spent, turned
from clustersim.runtime.records import RUNNING, Container, RuntimeDisk
from clustersim.runtime.storage import written_on

SMALL: Final = 8 << 20
"""Bytes that a container takes that asks for no memory."""
IDLE_MILLICORES: Final = 1
"""CPU of a container whose program computes nothing."""
SYSTEM_MILLICORES: Final = 20
"""CPU of a node's own services."""
LEAST_SHARES: Final = 2
MOST_SHARES: Final = 262_144
SYSTEM_PROCESSES: Final = 150
"""What runs on a machine beside its pods: an estimate."""


def memory_of(spec: ContainerSpec) -> int:
    """Bytes that the program of a container takes while it runs."""
    asked = spec.resources.requests.get("memory") or spec.resources.limits.get("memory")
    return byte_count(asked) // 2 if asked else SMALL


def memory_taken(container: Container) -> int:
    """Bytes that a container takes that runs."""
    return memory_of(container.spec) if container.memory is None else container.memory


def cpu_wanted(container: Container) -> int:
    """Thousandths of a CPU that the program of a container would take that runs."""
    return (container.cpu or 0) + container.busy or IDLE_MILLICORES


def cpu_taken(container: Container) -> int:
    """Thousandths of a CPU that a container takes that runs: the kernel gives it no more than its limit, nor
    than its share of a machine on which all together want more than there is."""
    if container.cpu is None and not container.busy:
        return IDLE_MILLICORES
    wanted = _within_limit(container)
    return wanted if container.share is None else min(wanted, container.share)


def _within_limit(container: Container) -> int:
    limit = container.spec.resources.limits.get("cpu")
    wanted = cpu_wanted(container)
    return wanted if limit is None else min(wanted, millicores(limit))


def cpu_claimed(container: Container | None) -> int:
    """What a container has a use for: nothing while it does not run."""
    return 0 if container is None or container.state != RUNNING else _within_limit(container)


def cpu_weight(spec: ContainerSpec) -> int:
    """How much of the CPU it gets where all want more than there is, compared with others: cpu.shares, by
    what is asked for, or where nothing is, by the limit (v1.7.5, v1.36 pkg/kubelet/cm/helpers_linux.go
    MilliCPUToShares)."""
    resources = spec.resources
    asked = millicores(resources.requests.get("cpu") or resources.limits.get("cpu", "0"))
    return min(max(asked * 1024 // 1000, LEAST_SHARES), MOST_SHARES)


def shares_of(containers: Iterable[Container], capacity: int) -> dict[str, int | None]:
    """What each container may have of so many thousandths of a CPU, by its id; None: all that it wants.
    Whoever wants less than its share by weight leaves the rest to the others."""
    left = {one.id: one for one in containers}
    found: dict[str, int | None] = dict.fromkeys(left)
    if sum(map(cpu_claimed, left.values())) <= capacity:
        return found
    while left:
        whole = sum(cpu_weight(one.spec) for one in left.values())
        modest = [one for one in left.values() if cpu_claimed(one) * whole <= capacity * cpu_weight(one.spec)]
        if not modest:
            return found | {one.id: capacity * cpu_weight(one.spec) // whole for one in left.values()}
        for one in modest:
            capacity -= cpu_claimed(one)
            del left[one.id]
    return found


def accounted(before: Container | None, after: Container, now: Micros) -> Container:
    """A record that takes the place of another, with the CPU that the container has spent until now: its rate
    may change from now on."""
    known = after.stretches if before is None else before.stretches
    if not known and after.cpu is None and not after.busy:
        return after
    if not known and before is not None and before.state == RUNNING and before.started_at is not None:
        known = (Stretch(before.started_at, Spent(), cpu_taken(before)),)
    rate, missed, held = 0, 0, False
    if after.state == RUNNING:
        rate = cpu_taken(after)
        missed, held = cpu_wanted(after) - rate, _within_limit(after) == rate < cpu_wanted(after)
    last = known[-1] if known else None
    if last is None or (last.rate, last.missed, last.held) != (rate, missed, held):
        known = turned(known, now, rate, missed, held=held)
    return msgspec.structs.replace(after, stretches=known)


def cpu_spent(container: Container, moment: Micros) -> Spent:
    """What a container has spent up to a moment."""
    if container.stretches:
        return spent(container.stretches, moment)
    began = container.started_at
    if began is None:
        return Spent()
    until = moment if container.finished_at is None else min(moment, container.finished_at)
    return Spent(IDLE_MILLICORES * max(0, until - began))


def memory_held(container: Container | None) -> int:
    """Bytes that a container takes: none while it does not run."""
    return memory_taken(container) if container is not None and container.state == RUNNING else 0


def running_on(machine: Machine) -> list[Container]:
    """Containers that run there, the oldest first."""
    disk: RuntimeDisk | None = machine.state.disk.get("runtime")
    return [one for one in disk.containers.values() if one.state == RUNNING] if disk else []


def memory_available(machine: Machine) -> int:
    """Bytes that nobody takes; negative when the kernel must kill somebody."""
    disk: RuntimeDisk | None = machine.state.disk.get("runtime")
    taken = disk.memory_taken if disk else 0
    return ((machine.memory_mib - machine.state.memory_taken) << 20) - taken


def disk_available(machine: Machine) -> float:
    """Share of the disk that is free."""
    return max(0.0, 1 - machine.state.disk_filled / 100 - written_on(machine) / DISK_BYTES)


def processes_available(machine: Machine) -> int:
    """How many more processes there can be: a container of this model is one."""
    taken = SYSTEM_PROCESSES + machine.state.processes_taken + len(running_on(machine))
    return max(0, PID_MAX - taken)
