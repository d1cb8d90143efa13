"""kubectl on the workstation: what is clicked on the page or typed becomes requests of this client, like any
other's. Commands that take kubectl time (drain, and delete of v1.7 and v1.8) go on here until they are
done."""

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
