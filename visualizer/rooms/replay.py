"""A cluster computed again from its inputs."""

from contextlib import suppress
from typing import Any

import msgspec

from clustersim import Cluster, CommandError, Scenario
from visualizer.rooms.log import History


def replay(scenario: Any, history: History) -> Cluster:
    """The cluster of this scenario (as kept in the database) at the mark of its history.

    What is in the log was accepted; a command that this version of the model refuses is passed over.
    """
    cluster = Cluster(msgspec.convert(scenario, Scenario))
    for logged in history.commands:
        cluster.run_until(logged.t)
        with suppress(CommandError):
            cluster.apply(logged.command, logged.actor)
    cluster.run_until(max(history.mark, cluster.now))
    return cluster
