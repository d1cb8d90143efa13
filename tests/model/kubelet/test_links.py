"""A kubelet on a link that is cut or slow: when it gives up what, and what that makes of its node."""

import pytest

from clustersim.engine.time import SECOND
from tests.model.kubelet.node_world import NodeWorld

LOST = "http2: client connection lost"


def test_the_connection_of_today_is_given_up_45_seconds_after_its_last_frame() -> None:
    world = NodeWorld("v1.36")
    world.run(20)
    heard = world.network.state.connections.heard[world.kubelet.name][0] / SECOND
    world.network.cut("n1")
    world.run(100)
    assert {t - heard for t, _ in world.journal(LOST)} == {45}


def test_a_short_cut_costs_no_connection() -> None:
    world = NodeWorld("v1.36")
    world.run(20)
    world.network.cut("n1")
    world.run(32)
    world.network.heal("n1")
    world.run(200)
    assert world.journal(LOST) == []
    assert world.network.state.connections.dials == {}


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_clients_of_2017_do_not_look_after_their_connections(release: str) -> None:
    world = NodeWorld(release)
    world.run(20)
    world.network.cut("n1")
    world.run(300)
    assert world.journal(LOST) == []


def test_after_a_long_cut_a_dial_of_today_gets_through_with_its_next_syn() -> None:
    world = NodeWorld("v1.36")
    world.run(20)
    world.network.cut("n1")
    world.run(120)
    assert world.kubelet.name in world.network.state.connections.dials
    world.network.heal("n1")
    world.run(152)
    assert world.network.state.connections.dials == {}
    assert world.network.state.connections.heard[world.kubelet.name][0] > 120 * SECOND


def test_a_heartbeat_of_v1_8_gives_up_on_a_link_whose_round_trips_are_longer_than_ten_seconds() -> None:
    heard = {}
    for release in ("v1.7", "v1.8"):
        world = NodeWorld(release)
        world.run(35)
        world.network.set_delay("n1", 30 * SECOND)
        world.run(100)
        before = world.condition().last_heartbeat_time
        world.run(500)
        heard[release] = world.condition().last_heartbeat_time != before
    assert heard == {"v1.7": True, "v1.8": False}
