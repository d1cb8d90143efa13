"""Which container takes a connection, and what netexec is asked to ask others.

Source: v1.36 test/images/agnhost/netexec/netexec.go (dialHandler).
"""

from typing import Final, NamedTuple
from urllib.parse import parse_qs

from clustersim.digits import is_whole
from clustersim.kubeproxy.rules import Backend
from clustersim.machine import Machine
from clustersim.programs import is_agnhost, listens
from clustersim.programs.agnhost import verb_and_rest
from clustersim.runtime.records import Container, RuntimeDisk
from clustersim.runtime.usage import running_on

_MOST_TRIES: Final = 100


class Dialled(NamedTuple):
    """What a program is asked to ask: where, for which path, and how often."""

    host: str
    port: int
    request: str
    tries: int


def answering(machine: Machine, backend: Backend) -> Container | None:
    """The container of the pod with that address that takes a connection at its port and answers; None: none
    does."""
    disk: RuntimeDisk | None = machine.state.disk.get("runtime")
    boxes = [] if disk is None else [box.id for box in disk.sandboxes.values() if box.ip == backend.ip]
    found = [one for one in running_on(machine) if one.sandbox_id in boxes and one.serving]
    known = {one.id: listens(one.spec, one.program, backend.port) for one in found}
    named = [one for one in found if backend.port in [port.container_port for port in one.spec.ports]]
    certain = [one for one in found if known[one.id]]
    perhaps = [one for one in (*named, *found) if known[one.id] is None]
    return next(iter((*certain, *perhaps)), None)


def host_port(machine: Machine, address: str, port: int, protocol: str) -> Backend | None:
    """The container to which a port of its machine is handed on, at that address of the machine; None: to
    none."""
    disk: RuntimeDisk | None = machine.state.disk.get("runtime")
    if disk is None:
        return None
    for one in running_on(machine):
        box = disk.sandboxes.get(one.sandbox_id)
        if box is None or not box.ready:
            continue
        for told in one.spec.ports:
            wanted = (told.host_port, told.protocol.lower()) == (port, protocol)
            if wanted and told.host_ip in ("", "0.0.0.0", address):  # noqa: S104 (of a pod's own)
                return Backend(box.ip, told.container_port, machine.name, box.pod)
    return None


def dialled_from(container: Container, address: str) -> Dialled | None:
    """What netexec is asked by /dial; None: it is asked something else."""
    path, _mark, query = address.partition("?")
    verb, _rest = verb_and_rest((*container.spec.command, *container.spec.args))
    if path != "/dial" or verb != "netexec" or not is_agnhost(container.spec):
        return None
    given = {name: values[0] for name, values in parse_qs(query, max_num_fields=100).items()}
    port, tries = given.get("port", ""), given.get("tries", "1")
    if not given.get("host") or not is_whole(port) or len(port) > 5 or not is_whole(tries):
        return None
    times = min(int(tries[:4]), _MOST_TRIES)
    return Dialled(given["host"], int(port), given.get("request", ""), max(1, times))
