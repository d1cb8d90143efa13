"""Ports of the node itself that pods take.

Sources: v1.7.5 plugin/pkg/scheduler/util/utils.go (GetUsedPorts: by number only), equal in v1.8.0; v1.36
staging/src/k8s.io/kube-scheduler/framework/types.go (HostPortInfo: by address, protocol and number).
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from clustersim.api.core_v1 import Container, Pod
from clustersim.engine.identity import by_identity

ANY_ADDRESS: Final = "0.0.0.0"  # noqa: S104


class HostPort(NamedTuple):
    """A port of the node."""

    number: int
    protocol: str
    address: str


def host_ports(pod: Pod) -> tuple[HostPort, ...]:
    """Those that the pod's containers take; on the host's network all that they name."""
    spec = pod.spec
    return _host_ports(spec.containers, spec.init_containers, spec.host_network)


@by_identity(maxsize=1024)
def _host_ports(
    main: tuple[Container, ...], init: tuple[Container, ...], host_network: bool
) -> tuple[HostPort, ...]:
    containers = (*main, *(one for one in init if one.restart_policy == "Always"))
    return tuple(
        HostPort(number, port.protocol or "TCP", port.host_ip or ANY_ADDRESS)
        for container in containers
        for port in container.ports
        if (number := port.host_port or (port.container_port if host_network else 0))
    )


def same_number_taken(wanted: Iterable[HostPort], used: Iterable[HostPort]) -> bool:
    """Whether a number is in use, whatever the protocol."""
    numbers = {port.number for port in used}
    return any(port.number in numbers for port in wanted)


def conflicts(wanted: Iterable[HostPort], used: Iterable[HostPort]) -> bool:
    """Whether a port is in use, at the same address or where one of both has all addresses."""
    return any(
        port.number == other.number
        and port.protocol == other.protocol
        and (port.address == other.address or ANY_ADDRESS in (port.address, other.address))
        for other in used
        for port in wanted
    )
