"""Which containers of a machine take a connection."""

from clustersim.machine import Machine
from clustersim.programs import listens
from clustersim.runtime.records import RUNNING, Container, RuntimeDisk


def listening(machine: Machine, ip: str, port: int) -> list[Container]:
    """The running containers with that address that take connections at that port; in the network of the
    machine that is its own, and nobody knows what listens there beside what is declared.

    Those that are known to listen there come first, then those that declare the port, then those of which
    nothing is known and which declare none.
    """
    disk: RuntimeDisk | None = machine.state.disk.get("runtime")
    if disk is None:
        return []
    ranked: list[tuple[int, Container]] = []
    for container in disk.containers.values():
        if container.state != RUNNING:
            continue
        sandbox = disk.sandboxes.get(container.sandbox_id)
        if sandbox is None or not sandbox.ready:
            continue
        of_machine = sandbox.host_network and ip == machine.ip
        if sandbox.ip != ip and not of_machine:
            continue
        declared = [one.container_port for one in container.spec.ports]
        known = listens(container.spec, container.program, port)
        if known:
            ranked.append((0, container))
        elif known is None and (port in declared or not (declared or of_machine)):
            ranked.append((1 if declared else 2, container))
    return [container for _rank, container in sorted(ranked, key=lambda one: one[0])]
