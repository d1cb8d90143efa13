"""Runs in a worker: each question finds its run where it was asked, whatever other rooms and questions there
were before.
"""

from collections.abc import Iterator

import pytest

from clustersim import Command, default_scenario, seconds
from clustersim.run import Given, Inputs, Run
from visualizer.rooms import answering, sources
from visualizer.rooms.sources import Source, recalled

INPUTS = Inputs(default_scenario("v1.7"), (Given(0, Command("stop-kubelet", "n1")),))


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    sources._remembered.clear()
    yield
    sources._remembered.clear()


def test_a_run_that_went_further_tells_nothing_of_what_came_later() -> None:
    recalled(Source(INPUTS, seconds(200)))
    early = recalled(Source(INPUTS, seconds(60)))
    alone = Run(INPUTS, seconds(60))
    assert early.now == alone.now
    assert early.head.state_hash() == alone.head.state_hash()
    assert answering.drawn(early, 1, 0, seconds(60)) == answering.drawn(alone, 1, 0, seconds(60))


def test_neither_is_computed_again() -> None:
    further = recalled(Source(INPUTS, seconds(200)))
    early = recalled(Source(INPUTS, seconds(60)))
    assert recalled(Source(INPUTS, seconds(61))) is early
    assert recalled(Source(INPUTS, seconds(201))) in (early, further)
    assert len(sources._remembered) == 2
