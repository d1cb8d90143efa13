"""etcd away, in runs that nobody recorded: what is written when it is back."""

import pytest

from .other_runs import OLD, Run, do

AWAY = (do(0, "stop-etcd", "etcd"), do(60, "start-etcd", "etcd"))


@OLD
def test_a_mark_that_overtakes_a_heartbeat_stays_until_the_next_one(release: str) -> None:
    """Recorded in v1.7.5 etcd-away-60s: 9.98 s. The heartbeat that comes after it was made before it, and
    says nothing new but its time."""
    happened = Run(release, until=100.0).of(*AWAY, every_node=True)
    assert 71 < happened["node-not-ready"] < 74
    assert 8 < happened["node-ready-again"] - happened["node-not-ready"] < 10.5
    assert "pods-ready-false-first" not in happened


def test_today_a_write_goes_with_who_waited_for_it() -> None:
    """Nobody waits for the heartbeats any more, the controller-manager does for its marks: 34 s."""
    run = Run("v1.36", until=100.0).with_flags("controller-manager", "scheduler", leader_elect="false")
    happened = run.of(*AWAY)
    assert happened["node-not-ready"] == pytest.approx(67, abs=0.1)
    assert happened["pods-ready-false-first"] == pytest.approx(67, abs=0.1)
    assert 67 < happened["node-ready-again"] < 78
