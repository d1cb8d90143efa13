"""Runs that were never recorded: recordings with other actions and other flags, the same in each release.
When things happen is worked out from the rules, not taken from the model."""

import pytest

from clustersim import Cluster
from clustersim.conformance.recording import read
from clustersim.conformance.setup import prepare
from clustersim.console import run
from clustersim.engine.time import SECOND

from .other_runs import EVERY, GOLDEN, OLD, PASS, Run, do


@EVERY
@pytest.mark.parametrize("grace", [20, 40, 70])
def test_a_node_is_lost_at_the_first_pass_after_its_grace(release: str, grace: int) -> None:
    run = Run(release).with_flags(node_monitor_grace_period=f"{grace}s")
    lost = run.of(do(0, "stop-kubelet", run.lost))["node-not-ready"]
    assert run.heard + grace < lost < run.heard + grace + PASS


@EVERY
@pytest.mark.parametrize("away", [5, 20])
def test_a_kubelet_that_is_back_within_the_grace_was_never_missed(release: str, away: int) -> None:
    run = Run(release)
    happened = run.of(do(0, "stop-kubelet", run.lost), do(away, "start-kubelet", run.lost))
    assert happened.keys() <= {"placement-settled"}


@OLD
@pytest.mark.parametrize("timeout", [60, 100])
def test_old_evictions_come_so_long_after_the_last_heartbeat(release: str, timeout: int) -> None:
    run = Run(release).with_flags(pod_eviction_timeout=f"{timeout}s")
    happened = run.of(do(0, "stop-kubelet", run.lost))
    gone = happened["pods-deletion-timestamp-first"]
    assert run.heard + timeout < gone < run.heard + timeout + PASS
    assert abs(happened["replacement-created"] - gone) < 0.5


@pytest.mark.parametrize("tolerated", [0, 30])
def test_todays_evictions_come_so_long_after_the_taint(tolerated: int) -> None:
    run = Run("v1.36").tolerating(tolerated)
    happened = run.of(do(0, "stop-kubelet", run.lost))
    assert happened["node-tainted-noexecute"] - happened["node-not-ready"] < 0.5
    waited = happened["pods-deletion-timestamp-first"] - happened["node-tainted-noexecute"]
    assert tolerated - 0.1 < waited < tolerated + 0.5


def test_todays_pods_that_tolerate_for_ever_stay() -> None:
    run = Run("v1.36", until=600).tolerating(None)
    happened = run.of(do(0, "stop-kubelet", run.lost))
    assert "node-tainted-noexecute" in happened
    assert "pods-deletion-timestamp-first" not in happened


@EVERY
def test_a_new_controller_manager_counts_the_grace_from_its_first_pass(release: str) -> None:
    run = Run(release)
    happened = run.of(
        do(1, "stop-controller-manager", "controller-manager"),
        do(2, "stop-kubelet", run.lost),
        do(60, "start-controller-manager", "controller-manager"),
    )
    leads, grace = happened["leader-acquired"], 50 if release == "v1.36" else 40
    assert (leads - 60 < 1.5) == (release != "v1.36"), "today it waits for the old lease to end"
    assert leads + grace < happened["node-not-ready"] < leads + grace + 2


@EVERY
def test_a_taint_that_nobody_tolerates_empties_a_healthy_node_at_once(release: str) -> None:
    run = Run(release)
    happened = run.of(do(7, "taint", run.lost, key="fire", value="", effect="NoExecute"))
    assert "node-not-ready" not in happened
    assert happened["pods-deletion-timestamp-first"] - 7 < 0.5
    assert happened["replacement-created"] - 7 < 0.6


@EVERY
def test_a_drain_cordons_evicts_and_lets_pods_start_elsewhere(release: str) -> None:
    run = Run(release)
    happened = run.of(do(7, "drain", run.lost, ignore_daemonsets=True), do(60, "uncordon", run.lost))
    assert happened["node-cordoned"] - 7 < 0.5
    assert happened["pods-deletion-timestamp-first"] - 7 < 0.5
    assert happened["replacement-all-ready"] < 15
    assert happened["node-uncordoned"] - 60 < 0.5
    assert ("node-tainted-noschedule" in happened) == (release == "v1.36")


@EVERY
def test_a_node_that_joins_is_ready_within_a_second_and_takes_pods(release: str) -> None:
    run = Run(release, until=60.0).joining("n4")
    happened = run.of(do(5, "join-node", "n4"), do(20, "scale", run.workload, replicas=4))
    assert 5 < happened["node-registered"] < 6
    assert 5 < happened["node-ready-again"] < 6.5
    assert 20 < happened["scale-up-bound"] < 20.5


@EVERY
def test_power_lost_for_less_than_the_grace_costs_restarts_but_no_pod(release: str) -> None:
    run = Run(release)
    containers = {"containers": "exited"} if release != "v1.36" else {}
    happened = run.of(do(0, "power-off", run.lost, **containers), do(20, "power-on", run.lost))
    assert "node-not-ready" not in happened
    assert "pods-deletion-timestamp-first" not in happened
    assert 20 < happened["endpoints-shrunk"] < happened["pods-ready-again-first"] < 35


@pytest.mark.parametrize("cut", [30, 60, 120])
def test_after_a_cut_v1_7s_heartbeat_gets_through_when_tcp_sends_it_again(cut: int) -> None:
    run = Run("v1.7", until=cut + 120.0)
    happened = run.of(do(0, "cut-network", run.lost), do(cut, "heal-network", run.lost))
    tried = run.heard + 10.01
    again = next(t for k in range(1, 12) if (t := tried + 0.212 * (2**k - 1)) > cut)
    assert abs(happened["heartbeat-resumed"] - again) < 0.5


@pytest.mark.parametrize("cut", [60, 120])
def test_after_a_cut_v1_8s_heartbeat_comes_with_one_of_the_next_dials(cut: int) -> None:
    run = Run("v1.8", until=cut + 60.0)
    happened = run.of(do(0, "cut-network", run.lost), do(cut, "heal-network", run.lost))
    assert cut < happened["heartbeat-resumed"] < cut + 10.5


@pytest.mark.parametrize("cut", [15, 30])
def test_a_short_cut_of_today_is_never_seen(cut: int) -> None:
    run = Run("v1.36", until=cut + 60.0)
    happened = run.of(do(0, "cut-network", run.lost), do(cut, "heal-network", run.lost))
    assert "node-not-ready" not in happened
    assert "pods-ready-false-first" not in happened


@pytest.mark.parametrize("cut", [90, 200])
def test_after_a_long_cut_of_today_the_taint_goes_with_the_pass_after_the_first_status(cut: int) -> None:
    run = Run("v1.36", until=cut + 60.0)
    happened = run.of(do(0, "cut-network", run.lost), do(cut, "heal-network", run.lost))
    assert run.heard + 50 < happened["node-not-ready"] < run.heard + 50 + PASS
    assert cut < happened["node-ready-again"] < cut + 11
    assert 0 < happened["node-untainted-noexecute"] - happened["node-ready-again"] < PASS
    assert "pods-deletion-timestamp-first" not in happened


@EVERY
def test_without_etcd_leaders_give_up_after_ten_seconds_today_and_two_minutes_once(release: str) -> None:
    run = Run(release, until=140.0)
    happened = run.of(do(0, "stop-etcd", "etcd"))
    earliest, latest = (10, 18) if release == "v1.36" else (120, 124)
    assert earliest < happened["component-exited"] < latest
    assert "node-not-ready" not in happened


@pytest.mark.parametrize(
    ("name", "count"),
    [("v1.7.5/seed-run1", 2), ("v1.8.0/seed-run3", 2), ("v1.8.0/network-cut-and-eviction", 3)],
)
def test_events_of_a_node_are_told_as_often_as_recorded(name: str, count: int) -> None:
    """Twice when it is new, and once more when it is back from silence."""
    recording = read(GOLDEN / f"{name}.json")
    cluster = Cluster(prepare(recording).scenario)
    cluster.run_until(300 * SECOND)
    told = run(cluster, "kubectl get events").text.splitlines()
    lost = str(recording.actions[0].target)
    [line] = [one.split() for one in told if f"Node {lost} status is now: NodeHasNoDiskPressure" in one]
    assert line[2] == str(count)
