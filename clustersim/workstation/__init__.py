"""kubectl on the workstation: what is clicked on the page or typed becomes requests of this client, like any
other's. What takes kubectl time, drain and the delete of v1.7 and v1.8, goes on here until it is done."""

from clustersim.workstation.client import KubectlClient
from clustersim.workstation.drain import DrainOptions
from clustersim.workstation.invocation import Happened, Invocation
from clustersim.workstation.reaper import SCALED_DOWN
from clustersim.workstation.rolling_updater import Pace, Wanted

__all__ = [
    "SCALED_DOWN",
    "DrainOptions",
    "Happened",
    "Invocation",
    "KubectlClient",
    "Pace",
    "Wanted",
]
