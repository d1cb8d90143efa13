"""What would follow is a band over phases, and trying leaves no trace."""

import pytest

from clustersim import Cluster, Command, CommandError, default_scenario
from clustersim.engine.time import SECOND
from clustersim.explain.compare import Requests, compare, requests_of
from clustersim.explain.foresee import SEEDS, Band, foresee
from clustersim.run import Given, Inputs, Run

STOP = Command("stop-kubelet", "n1")


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    cluster = Cluster(default_scenario("v1.7"))
    cluster.run_until(10 * SECOND)
    return cluster


def band(bands: tuple[Band, ...], name: str) -> Band:
    return next(band for band in bands if band.milestone.name == name)


def test_a_stopped_kubelet_is_noticed_30_to_46_seconds_later(cluster: Cluster) -> None:
    found = band(foresee(cluster, [STOP], 60 * SECOND), "node-not-ready")
    assert found.seeds == SEEDS
    assert 30 * SECOND <= found.earliest <= found.median <= found.latest <= 46 * SECOND
    assert found.latest - found.earliest > 5 * SECOND


def test_what_really_happens_lies_within_the_band(cluster: Cluster) -> None:
    found = band(foresee(cluster, [STOP], 60 * SECOND), "node-not-ready")
    for wait in range(0, 10, 3):
        live = Cluster.restore(cluster.snapshot())
        live.run_until(live.now + wait * SECOND)
        began = live.now
        live.apply(STOP)
        live.run_until(began + found.latest + SECOND)
        marked = next(e.t for e in live.record if e.verb == "mark-unknown")
        assert found.earliest - SECOND <= marked - began <= found.latest + SECOND


def test_other_settings_are_tried_like_other_commands(cluster: Cluster) -> None:
    shorter = Command("set-flags", "controller-manager", {"node-monitor-grace-period": "20s"})
    assert band(foresee(cluster, [shorter, STOP], 60 * SECOND), "node-not-ready").latest < 30 * SECOND


def test_trying_leaves_no_trace(cluster: Cluster) -> None:
    before = cluster.state_hash()
    foresee(cluster, [STOP], 60 * SECOND)
    assert cluster.state_hash() == before


def test_what_is_refused_cannot_be_tried(cluster: Cluster) -> None:
    with pytest.raises(CommandError):
        foresee(cluster, [Command("stop-kubelet", "n9")], SECOND)


# --- two runs


def run(*commands: Given, release: str = "v1.7", until: int = 120) -> Cluster:
    return Run(Inputs(default_scenario(release), commands), until * SECOND).head


def test_two_equal_runs_do_not_differ() -> None:
    rows = compare(run(Given(0, STOP)), run(Given(0, STOP)))
    assert rows
    assert not any(row.differs for row in rows)


def test_what_happens_in_one_run_only_is_marked() -> None:
    rows = {row.milestone.name: row for row in compare(run(Given(0, STOP)), run())}
    assert rows["node-not-ready"].b is None
    assert rows["node-not-ready"].differs


def test_the_same_fault_in_two_releases_is_one_table() -> None:
    rows = compare(run(Given(0, STOP)), run(Given(0, STOP), release="v1.8"))
    found = next(row for row in rows if row.milestone.name == "node-not-ready")
    assert found.a is not None
    assert found.b is not None
    times = [min(t for t in (row.a, row.b) if t is not None) for row in rows]
    assert times == sorted(times)


def test_a_node_without_power_loses_requests_and_one_without_kubelet_does_not() -> None:
    kubelet, power = run(Given(0, STOP)), run(Given(0, Command("power-off", "n1")))
    assert requests_of(kubelet).lost == 0
    assert requests_of(power).lost > 0
    assert requests_of(power).succeeded < requests_of(kubelet).succeeded
    assert Requests(3, 2, 1).lost == 3
