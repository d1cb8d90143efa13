"""Who takes a connection to an address of a pod that comes from the machine of the control plane."""

from collections.abc import Mapping
from typing import NamedTuple

from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.runtime.listening import listening
from clustersim.runtime.records import Container, RuntimeDisk


class Taken(NamedTuple):
    """What becomes of it. container: whose program answers, if one does; lost: no packet comes back, else it
    is refused."""

    container: Container | None = None
    lost: bool = False


def taken(machines: Mapping[str, Machine], network: Network, ip: str, port: int) -> Taken:
    """A connection to that address and port, now."""
    for name, machine in machines.items():
        disk: RuntimeDisk | None = machine.state.disk.get("runtime")
        if disk is None:
            continue
        if ip != machine.ip and not any(box.ip == ip and box.ready for box in disk.sandboxes.values()):
            continue
        if not machine.state.powered or network.is_away(name):
            return Taken(lost=True)
        found = listening(machine, ip, port)
        serving = next((one for one in found if one.serving), None)
        return Taken(serving, lost=bool(found) and serving is None)
    return Taken(lost=True)
