"""What of a node its pods may use: its capacity without what is reserved for Kubernetes and for the system,
and without what hard eviction keeps free.

v1.7.5 pkg/kubelet/cm/node_container_manager.go GetNodeAllocatableReservation and
pkg/kubelet/kubelet_node_status.go setNodeStatusMachineInfo; the same in v1.8.0 and v1.36.2.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from clustersim.api.quantity import NANO, Quantity, parse_quantity
from clustersim.flags.kubelet import KubeletFlags
from clustersim.kubelet.thresholds import DISK, MEMORY, amount, pairs, without

EPHEMERAL_STORAGE: Final = "ephemeral-storage"
_SIGNALS: Final = {"memory": MEMORY, EPHEMERAL_STORAGE: DISK}
"""What eviction keeps free of a resource, where there is one of that name."""


def allocatable(
    capacity: Mapping[str, str], flags: KubeletFlags, disabled: tuple[str, ...] = ()
) -> dict[str, str]:
    """Of each resource what is left for pods, in the form in which the capacity is told. disabled: what
    stands for no threshold of eviction."""
    reserved = flags.kube_reserved, flags.system_reserved
    return _allocatable(tuple(capacity.items()), reserved, without(flags.eviction_hard, disabled))


@lru_cache(maxsize=1024)
def _allocatable(
    capacity: tuple[tuple[str, str], ...], reserved: tuple[tuple[str, ...], ...], hard: tuple[str, ...]
) -> dict[str, str]:
    return {name: _left(name, text, reserved, hard) for name, text in capacity}


def _left(name: str, text: str, reserved: tuple[tuple[str, ...], ...], hard: tuple[str, ...]) -> str:
    whole = parse_quantity(text)
    given = [pairs(statements, "=") for statements in reserved]
    kept = sum(parse_quantity(one[name]).nanos for one in given if name in one)
    wanted = pairs(hard, "<").get(_SIGNALS.get(name, ""))
    if wanted is not None:
        kept += amount(wanted, whole.scaled(0))[0] * NANO
    return Quantity(max(0, whole.nanos - kept), whole.style).text() if kept else text
