"""What a packet meets that is on its way to an endpoint."""

from collections.abc import Mapping
from typing import Final

from clustersim.kubeproxy.rules import Backend
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.runtime.listening import listening

SUCCEEDED: Final = "succeeded"
REFUSED: Final = "refused"
HUNG: Final = "hung"


def reach(machines: Mapping[str, Machine], network: Network, entry: str, backend: Backend | None) -> str:
    """Of one that entered by that node, now; backend None: the node has no rules for it."""
    target = machines.get(backend.node) if backend is not None else None
    if backend is None or target is None or not target.state.powered or not machines[entry].state.powered:
        return HUNG
    if network.is_away(entry) or network.is_away(target.name):
        return HUNG
    return SUCCEEDED if listening(target, backend.ip, backend.port) else REFUSED
