"""A run computed again from its inputs."""

from typing import Any

import msgspec

from clustersim import Scenario
from clustersim.run import Inputs, Run
from visualizer.rooms.log import History


def replay(scenario: Any, history: History) -> Run:
    """The run of this scenario (as kept in the database) up to the mark of its history.

    What is in the log was accepted; a command that this version of the model refuses is passed over.
    """
    own = history.scenario if history.scenario is not None else scenario
    return Run(Inputs(msgspec.convert(own, Scenario), history.given()), history.mark)
