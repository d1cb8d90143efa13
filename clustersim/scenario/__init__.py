"""Scenario files: what a cluster is, where it stands, and what will be done to it."""

from clustersim.scenario.errors import ScenarioError
from clustersim.scenario.export import to_yaml
from clustersim.scenario.loader import default_scenario, load_scenario
from clustersim.scenario.schema import (
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
from clustersim.scenario.version import engine_version

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
    "default_scenario",
    "engine_version",
    "load_scenario",
    "to_yaml",
]
