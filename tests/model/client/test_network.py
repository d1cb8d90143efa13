"""Cuts: nothing is refused or reset; TCP decides when what was kept arrives."""

from clustersim.engine.actor import then
from clustersim.engine.time import MILLISECOND, SECOND, seconds
from clustersim.network import next_retransmission
from tests.model.worlds import ApiWorld


def test_retransmissions_follow_the_law_that_was_measured() -> None:
    base = 210 * MILLISECOND
    moments = [
        round(next_retransmission(0, base, 120 * SECOND, seconds(t)) / SECOND, 2) for t in (0, 0.3, 1, 30, 90)
    ]
    assert moments == [0.21, 0.63, 1.47, 53.55, 107.31]


def test_a_request_sent_into_a_cut_is_answered_after_the_next_retransmission() -> None:
    world = ApiWorld()
    world.network.cut("n1")
    start = world.engine.now
    world.probe.api.get("nodes", "", "n1", then(world.probe.keep))
    world.run(10 * SECOND)
    assert not world.probe.state.replies
    world.network.heal("n1")
    world.run(10 * SECOND)
    assert world.probe.state.replies[0].status == 404
    assert world.engine.now - start >= 10 * SECOND


def test_a_request_with_a_time_out_is_given_up_in_a_cut() -> None:
    world = ApiWorld()
    world.probe.api.timeout = 10 * SECOND
    world.network.cut("n1")
    world.probe.api.get("nodes", "", "n1", then(world.probe.keep))
    world.run(9 * SECOND)
    assert not world.probe.state.replies
    world.run(2 * SECOND)
    assert world.probe.last.reason == "Timeout"


def test_a_request_without_a_time_out_waits_for_ever() -> None:
    world = ApiWorld()
    world.network.cut("n1")
    world.probe.api.get("nodes", "", "n1", then(world.probe.keep))
    world.run(3600 * SECOND)
    assert not world.probe.state.replies


def test_a_dial_whose_request_was_given_up_still_serves_the_next_one() -> None:
    world = ApiWorld()
    world.probe.api.timeout = 10 * SECOND
    world.network.cut("n1")
    start = world.engine.now
    for number in range(3):
        world.engine.run_until(start + number * seconds(10.1))
        world.probe.api.get("nodes", "", "n1", then(world.probe.keep))
    # The second dialled at 10.1 s, the third at 20.2 s; their SYNs are repeated after 1, 3, 7 and 15 s.
    world.engine.run_until(start + seconds(24.9))
    world.network.heal("n1")
    world.engine.run_until(start + seconds(25.05))
    assert [reply.status for reply in world.probe.state.replies] == [0, 0]
    world.engine.run_until(start + seconds(25.2))
    assert [reply.status for reply in world.probe.state.replies] == [0, 0, 404]


def test_a_slow_link_delays_both_ways() -> None:
    world = ApiWorld()
    world.network.set_delay("n1", 200 * MILLISECOND)
    world.probe.api.get("nodes", "", "n1", then(world.probe.keep))
    world.run(399 * MILLISECOND)
    assert not world.probe.state.replies
    world.run(10 * MILLISECOND)
    assert world.probe.last.status == 404
