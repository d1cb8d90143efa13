"""Runs in a worker: each question finds its run where it was asked, whatever other rooms and questions there
were before.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim import run as run_module
from clustersim.run import Given, Inputs, Run
from visualizer.rooms.computing import answering, progress, recalling
from visualizer.rooms.computing.recalling import recalled
from visualizer.rooms.kept import saved
from visualizer.rooms.kept.sources import Source

INPUTS = Inputs(default_scenario("v1.7"), (Given(0, Command("stop-kubelet", "n1")),))


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    recalling._remembered.clear()
    yield
    recalling._remembered.clear()


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
    assert len(recalling._remembered) == 2


@pytest.fixture
def moment_on_disk(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Of the run at 100 s; nothing is booted after that."""
    monkeypatch.setattr(recalling, "LARGE", 0)
    run = Run(INPUTS, seconds(100))
    saved.write(saved.path_of(1), run.inputs, run.head.as_it_stands(), "")

    monkeypatch.setattr(run_module, "Cluster", Unbootable)


class Unbootable(Cluster):
    """Only restored."""

    def __init__(self, *_args: object, **_options: object) -> None:
        raise AssertionError("booted")


@pytest.mark.usefixtures("moment_on_disk")
def test_who_looks_around_is_not_led_from_the_moment_on_disk_again(monkeypatch: pytest.MonkeyPatch) -> None:
    far = recalled(Source(INPUTS, seconds(400)))
    far._kept.clear()
    times = [seconds(t) for t in (300, 280, 299)]
    found = [far.at(t).state_hash() for t in times]
    near = [far._before(t).t for t in times]
    assert all(t - begun < seconds(40) for t, begun in zip(times, near, strict=True))
    monkeypatch.undo()
    alone = Run(INPUTS, seconds(400))
    assert found == [alone.at(t).state_hash() for t in times]


@pytest.mark.usefixtures("moment_on_disk")
def test_a_large_run_is_computed_from_the_nearest_moment_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    far = recalled(Source(INPUTS, seconds(400)))
    early = recalled(Source(INPUTS, seconds(120)))
    back = far.at(seconds(110))
    monkeypatch.undo()
    alone = Run(INPUTS, seconds(400))
    assert far.head.state_hash() == alone.head.state_hash()
    assert early.head.state_hash() == alone.at(seconds(120)).state_hash()
    assert back.state_hash() == alone.at(seconds(110)).state_hash()


def test_a_large_run_is_computed_no_further_than_it_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    later = Inputs(INPUTS.scenario, (*INPUTS.commands, Given(seconds(50), Command("start-kubelet", "n1"))))
    source = Source(later, seconds(200))
    assert recalling.as_of(source, seconds(40)) is source
    monkeypatch.setattr(recalling, "LARGE", 0)
    assert recalling.as_of(source, seconds(40)) == Source(INPUTS, seconds(40))
    assert recalling.as_of(source, seconds(300)) is source


def test_of_large_runs_few_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalling, "MOST_NODES", 5)
    for release in ("v1.7", "v1.8"):
        recalled(Source(Inputs(default_scenario(release)), seconds(1)))
    assert [run.scenario.release for run in recalling._remembered.values()] == ["v1.8"]


def test_one_is_forgotten_before_another_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalling, "MOST_NODES", 5)
    recalled(Source(INPUTS, seconds(1)))
    remembered = []

    def made(inputs: Inputs, **along: Any) -> Run:
        remembered.append(len(recalling._remembered))
        return Run(inputs, **along)

    monkeypatch.setattr(recalling, "Run", made)
    recalled(Source(Inputs(default_scenario("v1.8"), ()), seconds(1)))
    assert remembered == [0]


def test_how_far_it_is_is_told_meanwhile(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(recalling, "LARGE", 0)
    monkeypatch.setattr(progress, "EVERY", 0.0)
    place, heard = progress.place_of_question(), []

    def work(run: Run) -> int:
        return run.now

    told = progress.Teller.tell

    def tell(self: progress.Teller, phase: str, share: float) -> None:
        told(self, phase, share)
        found = progress.read(place)
        assert found is not None
        heard.append((found.phase, found.share))

    monkeypatch.setattr(progress.Teller, "tell", tell)
    assert recalling.telling(place, recalling.with_run, work, Source(INPUTS, seconds(20))) == seconds(20)
    assert heard[0][0] == "read"
    assert ("replay", 0.5) in heard
    assert progress.read(place) is None
