"""What a machine has left: memory and CPU that programs take, and room on its disk.

A container takes half of what it asks for, or a little if it asks for nothing, unless its program says
otherwise; the rest is what people let other programs take (the action use-memory) or write (fill-disk).
"""

from typing import Final

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.quantity import byte_count, millicores
from clustersim.machine import PID_MAX, Machine
from clustersim.runtime.records import RUNNING, Container, RuntimeDisk

SMALL: Final = 8 << 20
"""Bytes that a container takes that asks for no memory."""
IDLE_MILLICORES: Final = 1
"""CPU of a container whose program computes nothing."""
SYSTEM_PROCESSES: Final = 150
"""What runs on a machine beside its pods: an estimate."""


def memory_of(spec: ContainerSpec) -> int:
    """Bytes that the program of a container takes while it runs."""
    asked = spec.resources.requests.get("memory") or spec.resources.limits.get("memory")
    return byte_count(asked) // 2 if asked else SMALL


def memory_taken(container: Container) -> int:
    """Bytes that a container takes that runs."""
    return memory_of(container.spec) if container.memory is None else container.memory


def cpu_taken(container: Container) -> int:
    """Thousandths of a CPU that a container takes that runs: the kernel gives it no more than its limit."""
    if container.cpu is None:
        return IDLE_MILLICORES
    limit = container.spec.resources.limits.get("cpu")
    return container.cpu if limit is None else min(container.cpu, millicores(limit))


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
    return 1 - machine.state.disk_filled / 100


def processes_available(machine: Machine) -> int:
    """How many more processes there can be: a container of this model is one."""
    taken = SYSTEM_PROCESSES + machine.state.processes_taken + len(running_on(machine))
    return max(0, PID_MAX - taken)
