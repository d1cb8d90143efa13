"""etcd away, in runs that nobody recorded: what is written when it is back."""

import pytest

from .other_runs import EVERY, OLD, Run, do

WORKLOAD = {"v1.7": "rc/tomcat", "v1.8": "rc/tomcat", "v1.36": "deployment/tomcat"}
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


@EVERY
def test_an_etcd_that_was_frozen_answers_at_once(release: str) -> None:
    """Nobody has to dial: what waits is written when it goes on, not 12 s (today 7 s) later."""
    frozen = (do(0, "hang-etcd", "etcd"), do(20, "scale", WORKLOAD[release], replicas=4))
    run = Run(release, until=60.0).with_flags("controller-manager", "scheduler", leader_elect="false")
    happened = run.of(*frozen, do(30, "resume-etcd", "etcd"))
    assert 30 <= happened["scale-up-created"] < 30.2
    assert 30 <= happened["scale-up-bound"] < 30.3


@EVERY
def test_a_write_waits_for_a_frozen_etcd_no_longer_than_for_a_dead_one(release: str) -> None:
    run = Run(release, until=140.0)
    happened = run.of(do(0, "hang-etcd", "etcd"))
    earliest, latest = (10, 18) if release == "v1.36" else (120, 124)
    assert earliest < happened["component-exited"] < latest
