"""Traffic: who asks Services for something, where each request goes, and what it costs whom."""

from clustersim.traffic.client import (
    RECOVERED_AFTER,
    WINDOW,
    Client,
    Request,
    TrafficMemory,
    Window,
)
from clustersim.traffic.reach import HUNG, REFUSED, SUCCEEDED

__all__ = [
    "HUNG",
    "RECOVERED_AFTER",
    "REFUSED",
    "SUCCEEDED",
    "WINDOW",
    "Client",
    "Request",
    "TrafficMemory",
    "Window",
]
