"""A cluster, its pace, and the frames that tell about it."""

import gc
import json
from typing import Any
from weakref import ref

import pytest

from clustersim import Command, default_scenario
from clustersim.run import Inputs, Run
from clustersim.view import build_view, far
from tests.changes import applied
from visualizer.rooms.feed import Feed
from visualizer.rooms.running import player as player_module
from visualizer.rooms.running.letting_go import let_go
from visualizer.rooms.running.player import FRESH, Player
from visualizer.rooms.running.time_slices import TimeSlicer

SECOND = 1_000_000


@pytest.fixture
def player() -> Player:
    return Player(Run(Inputs(default_scenario())), TimeSlicer(budget=10.0), branch=1, epoch=1, mark=0)


def play(player: Player, wall: float, *, speed: float = 1.0, mark: int = 10**12) -> dict[str, Any]:
    """The tick after so many seconds."""
    player.playing, player.speed, player.mark = True, speed, mark
    player.advance(wall)
    tick: dict[str, Any] = json.loads(player.tick())
    return tick


def test_time_never_passes_the_mark(player: Player) -> None:
    assert play(player, 0.4, speed=600, mark=7 * SECOND)["t"] == 7 * SECOND


def test_the_mark_belongs_a_second_of_play_ahead_and_exactly_here_at_rest(player: Player) -> None:
    play(player, 0.1, speed=60)
    assert player.ahead() == player.now + 60 * SECOND
    player.playing = False
    assert player.ahead() == player.now


def test_a_process_that_was_held_up_does_not_make_time_leap(player: Player) -> None:
    assert play(player, 3600.0)["t"] == SECOND // 2


def test_ticks_applied_over_a_snapshot_give_the_next_snapshot(player: Player) -> None:
    view = json.loads(player.full_snapshot())["view"]
    for do in (None, "stop-kubelet", None, "start-kubelet", None):
        if do is not None:
            player.cluster.apply(Command(do, "n1"))
        tick = play(player, 0.4, speed=600)
        view = applied(view, tick["changes"])
    assert view == json.loads(player.full_snapshot())["view"]


def test_of_many_nodes_a_tick_tells_what_is_on_those_that_somebody_looks_at(
    player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far, "FAR", 2)
    player.closer.want("a viewer", ["n2"])
    assert "usual" in json.loads(player.full_snapshot())["view"]
    for node in ("n1", "n2"):
        player.cluster.apply(Command("power-off", node))
    told = play(player, 0.4, speed=600)["changes"]["nodes"]
    assert ("containers" in told["n1"], told["n1"]["running"]) == (False, 0)
    assert told["n2"]["containers"]
    player.closer.forget("a viewer")
    player.cluster.apply(Command("power-on", "n2"))
    assert "containers" not in play(player, 0.4, speed=600)["changes"]["nodes"]["n2"]


def test_a_snapshot_that_is_surely_too_large_is_fetched(
    player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player_module, "SURELY_LARGE", 3)
    assert json.loads(player.snapshot("/there"))["href"] == "/there"


def test_what_is_encoded_later_is_what_was_so_when_it_was_asked_for(player: Player) -> None:
    whole = player.whole()
    play(player, 0.4, speed=600)
    assert json.loads(whole())["seq"] == 0
    assert json.loads(player.full_snapshot())["seq"] == 1


def test_every_event_is_told_once(player: Player) -> None:
    told = [event["id"] for event in json.loads(player.full_snapshot())["events"]]
    player.cluster.apply(Command("stop-kubelet", "n1"))
    for _ in range(5):
        told += [event["id"] for event in play(player, 0.4, speed=600)["events"]]
    assert len(told) == len(set(told))
    assert told == sorted(told)


def test_a_snapshot_is_encoded_once_for_all_who_join_at_the_same_tick(player: Player) -> None:
    assert player.full_snapshot() is player.full_snapshot()
    before = player.full_snapshot()
    player.tick()
    assert player.full_snapshot() is not before


def test_a_snapshot_too_large_for_a_frame_says_where_it_is(
    player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player_module, "MAX_SNAPSHOT", 1000)
    frame = json.loads(player.snapshot("/there"))
    assert frame["href"] == "/there"
    assert frame["view"] is None
    assert frame["seq"] == player.seq


def test_a_step_whose_budget_was_too_small_leaves_the_room_behind(player: Player) -> None:
    play(player, 0.1, speed=60)
    assert not player.behind
    player.slicer = TimeSlicer(budget=0.0)
    play(player, 0.1, speed=60)
    assert player.behind
    player.goal = player.now + SECOND
    player.advance(0.1)
    assert player.behind
    player.slicer = TimeSlicer(budget=10.0)
    player.advance(0.1)
    assert not player.behind


def test_going_to_a_time_ends_there_and_pauses(player: Player) -> None:
    player.goal = player.mark = 90 * SECOND
    player.advance(0.1)
    assert player.now == 90 * SECOND
    assert not player.moving


def test_easing_runs_at_real_speed_where_a_node_is_about_to_be_lost(player: Player) -> None:
    player.cluster.apply(Command("stop-kubelet", "n1"))
    player.ease = True
    seen = [play(player, 0.1, speed=60) for _ in range(30)]
    eased = [tick["t"] for tick in seen if tick["eased"]]
    due = min(item.due for item in build_view(player.cluster).deadlines.values() if item.due)
    assert eased
    assert all(due - 5 * SECOND < t < due + 5 * SECOND for t in eased)


def test_a_click_is_stale_when_more_than_a_tick_was_missed_and_only_at_speed(player: Player) -> None:
    play(player, 0.4)
    play(player, 0.4)
    assert not player.stale(0)
    play(player, 0.1, speed=600)
    last = player.now
    play(player, 0.1, speed=600)
    assert not player.stale(last)
    play(player, 0.1, speed=600)
    assert player.now - last > FRESH
    assert player.stale(last - 1)


def test_a_world_that_is_left_goes_and_what_others_hold_of_it_stays(player: Player) -> None:
    pods, node = dict(player.cluster.objects("pods")), player.feed.view.nodes["n1"]
    before = build_view(player.cluster)
    engine = ref(player.cluster.world.engine)
    other = Run(Inputs(default_scenario()))
    left = player.show(other, 2, Feed(other.head))
    assert build_view(left[0].head) == before  # type: ignore[union-attr]
    gc.collect()
    gc.disable()
    try:
        let_go(left)
        assert left == []
        assert engine() is None
    finally:
        gc.enable()
    assert pods
    assert all(pod.metadata.name for pod in pods.values())
    assert node.name == "n1"
