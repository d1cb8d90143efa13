"""Scenario files: what a cluster is, where it stands, and what will be done to it.

Here is what the rest of the model needs of them; reading and writing is in `loader` and `export`.
"""

from clustersim.scenario.errors import ScenarioError
from clustersim.scenario.version import engine_version
from clustersim.scenario_schema import (
    ActionSpec,
    ClientSpec,
    ContainerSpec,
    Exits,
    NodeSpec,
    ObjectSpec,
    Phase,
    Scenario,
    Supervisor,
    TolerationSpec,
)

__all__ = [
    "ActionSpec",
    "ClientSpec",
    "ContainerSpec",
    "Exits",
    "NodeSpec",
    "ObjectSpec",
    "Phase",
    "Scenario",
    "ScenarioError",
    "Supervisor",
    "TolerationSpec",
    "engine_version",
]
