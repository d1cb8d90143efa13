"""To the next event of a room that is too large to look for it in a copy."""

import pytest

from clustersim import Cluster, Command, default_scenario
from clustersim.engine.time import SECOND
from clustersim.explain.next_event import next_event_at
from clustersim.run import Inputs, Run
from tests.web.test_consumer import Visit, visit
from visualizer.rooms.computing import recalling
from visualizer.rooms.models import Room
from visualizer.rooms.running import next_event
from visualizer.rooms.running.next_event import FARTHEST
from visualizer.rooms.running.player import Player
from visualizer.rooms.running.time_slices import TimeSlicer

__all__ = ["visit"]

BUDGET = 0.01


@pytest.fixture
def player() -> Player:
    run = Run(Inputs(default_scenario()), 0)
    return Player(run, TimeSlicer(BUDGET), branch=1, epoch=1, mark=run.now)


def _go(player: Player) -> list[int]:
    """Until it rests, as the room's task does; the marks that were written."""
    marks = []
    while player.moving:
        if player.needs_mark():
            player.mark = player.ahead()
            marks.append(player.mark)
        player.advance(BUDGET)
        assert player.now <= player.mark
    return marks


def test_the_room_stops_at_the_instant_of_the_next_event(player: Player) -> None:
    player.run.apply(Command("stop-kubelet", "n1"))
    expected = next_event_at(player.cluster)
    player.seek_event()
    _go(player)
    assert player.now == expected
    assert not player.found_nothing


def test_the_next_event_is_one_after_another(player: Player) -> None:
    player.run.apply(Command("stop-kubelet", "n1"))
    model = Cluster(default_scenario())
    model.apply(Command("stop-kubelet", "n1"))
    for _ in range(5):
        player.seek_event()
        _go(player)
        due = next_event_at(model)
        assert due is not None
        model.run_until(due)
        assert player.now == due


def test_where_nothing_happens_for_long_it_rests_and_says_so(player: Player) -> None:
    start = player.now
    player.seek_event()
    marks = _go(player)
    assert player.found_nothing
    assert player.now == marks[-1] == start + FARTHEST


def test_a_pause_ends_the_way(player: Player) -> None:
    player.seek_event()
    player.mark = player.ahead()
    player.advance(BUDGET)
    player.rest()
    assert not player.moving
    assert player.ahead() == player.now < FARTHEST


@pytest.mark.django_db(transaction=True)
async def test_a_large_room_goes_on_to_its_next_event(
    room: Room, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "LARGE", 0)
    viewer = await visit(room)
    await viewer.act("stop-kubelet", "n1")
    model = Cluster(default_scenario())
    model.apply(Command("stop-kubelet", "n1"))
    await viewer.say(type="transport", action="next-event")
    tick = await viewer.hear("tick")
    while tick["playing"] or tick["t"] == 0:
        tick = await viewer.hear("tick")
    assert tick["t"] == next_event_at(model)
    assert tick["events"]


@pytest.mark.django_db(transaction=True)
async def test_a_room_says_that_nothing_has_happened(
    room: Room, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "LARGE", 0)
    monkeypatch.setattr(next_event, "FARTHEST", 2 * SECOND)
    viewer = await visit(room)
    await viewer.say(type="transport", action="next-event")
    notice = await viewer.hear("notice")
    assert "Press again" in str(notice)
