"""What one types on a machine: on a node, or on the master."""

from clustersim.console.nodes.host import Host
from clustersim.console.nodes.machine import host_named, on_host
from clustersim.console.nodes.names import known_on

__all__ = ["Host", "host_named", "known_on", "on_host"]
