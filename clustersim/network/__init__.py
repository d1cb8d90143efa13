"""The network: calls and streams between processes, over links that can be slow or cut."""

from clustersim.network.network import Network, next_retransmission

__all__ = ["Network", "next_retransmission"]
