"""The world of the source post: three nodes, a tomcat and a mysql, and somebody who calls the tomcat."""

from functools import cache
from importlib.resources import files
from typing import Final

from clustersim.engine.time import MINUTE, Micros

WORLD: Final = "three_nodes.yaml"
UNTIL: Final[Micros] = 7 * MINUTE
"""How long a run lasts where the file does not say."""


@cache
def world_text() -> str:
    """The scenario file of the default world."""
    return files("clustersim.scenario").joinpath("worlds", WORLD).read_text("utf-8")
