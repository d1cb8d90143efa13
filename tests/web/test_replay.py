"""A room opened in a worker: from its log, from its snapshot, and from where it was stopped the last time."""

from pathlib import Path

import pytest

from clustersim import Command, default_scenario
from clustersim.run import Given, Inputs, Run
from clustersim.scenario.canonical import canonical
from clustersim.snapshots import unpack
from visualizer.rooms.computing import replay
from visualizer.rooms.kept import saved
from visualizer.rooms.kept.sources import Source

HOUR = 3600 * 10**6
INPUTS = Inputs(canonical(default_scenario()), (Given(10, Command("stop-kubelet", "n1")),))


def test_what_was_computed_is_kept_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "WRITE_EVERY", 0.0)
    monkeypatch.setattr(replay, "WORTH_KEEPING", 3600.0)
    path = saved.path_of(1)
    found = replay.opened(Source(INPUTS, HOUR), path)
    assert (found.moment.t, found.left_out, found.failure) == (HOUR, {}, None)
    assert Path(path).exists()
    kept = saved.read(path, Source(INPUTS, HOUR))
    assert kept is not None
    run = kept.run
    assert HOUR // 2 < run.now < HOUR


def test_a_run_that_was_stopped_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "WRITE_EVERY", 0.0)
    path = saved.path_of(1)
    replay.opened(Source(INPUTS, HOUR // 2), path)
    again = replay.opened(Source(INPUTS, HOUR), path)
    cluster = unpack(again.moment.snapshot)
    whole = Run(INPUTS, HOUR)
    assert Run.resumed(again.moment.inputs.commands, cluster).head.state_hash() == whole.head.state_hash()
