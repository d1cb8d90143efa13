"""The network: calls and streams between processes, over links that can be slow or cut."""

from clustersim.network.network import Network
from clustersim.network.wires import next_retransmission

__all__ = ["Network", "next_retransmission"]
