"""Machines: what processes run on. A machine has power, a kernel, memory, and a disk that survives
everything here."""

from typing import Any

import msgspec

from clustersim.engine.actor import Actor
from clustersim.engine.engine import Engine
from clustersim.engine.process import Process
from clustersim.engine.state import State
from clustersim.engine.time import Micros


class MachineState(State):
    """`disk`: what survives the end of processes and of power, by owner (docker's records, pulled images).

    boots: how often it was powered on; the boot id changes with it.
    """

    powered: bool = True
    since: Micros = 0
    boots: int = 1
    kernel: str = "4.4.0-96-generic"
    filesystem: str = "ext4"
    disk: dict[str, Any] = msgspec.field(default_factory=dict)


class Machine(Actor):
    """One host. `services` are started by its init system at power-on, in that order."""

    def __init__(self, engine: Engine, name: str, *, cpu_millicores: int, memory_mib: int) -> None:
        super().__init__(engine, name)
        self.cpu_millicores = cpu_millicores
        self.memory_mib = memory_mib
        self.state: MachineState = MachineState()
        self.services: list[Process] = []

    @property
    def boot_id(self) -> str:
        """The kernel's boot id: another one after every power-on."""
        return f"{self.name}-boot-{self.state.boots}"

    def power_off(self) -> None:
        """Everything that runs here is gone in one instant; nothing says goodbye on the network."""
        if not self.state.powered:
            return
        self.state.powered = False
        self.state.since = self.now
        self.emit("machine", "powered-off", self.name)
        for service in reversed(self.services):
            service.kill()

    def power_on(self) -> None:
        """The machine boots from its old disk and starts its services."""
        if self.state.powered:
            return
        self.state.powered = True
        self.state.since = self.now
        self.state.boots += 1
        self.emit("machine", "powered-on", self.name)
        for service in self.services:
            service.start()
