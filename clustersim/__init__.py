"""clustersim: a faithful, deterministic, pure-Python model of a Kubernetes control plane and its nodes.

cluster = Cluster(default_scenario("v1.7"))
cluster.apply(Command("stop-kubelet", "n1"))
cluster.run_until(seconds(45))
"""

from clustersim.cluster import Cluster
from clustersim.command import Command, CommandError
from clustersim.engine.time import seconds
from clustersim.releases import RELEASES, Release
from clustersim.scenario import Scenario, ScenarioError, engine_version
from clustersim.scenario.loader import default_scenario, load_scenario

__version__ = "0.2.0"

__all__ = [
    "RELEASES",
    "Cluster",
    "Command",
    "CommandError",
    "Release",
    "Scenario",
    "ScenarioError",
    "__version__",
    "default_scenario",
    "engine_version",
    "load_scenario",
    "seconds",
]
