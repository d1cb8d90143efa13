"""Runs that were never recorded: recordings with other actions and other flags, the same in each release.
When things happen is worked out from the rules, not taken from the model."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from clustersim import Cluster
from clustersim.conformance.milestones import extract
from clustersim.conformance.recording import RecordedAction, RecordedNode, RecordedToleration, Recording, read
from clustersim.conformance.run import observed
from clustersim.conformance.setup import prepare
from clustersim.console import run
from clustersim.engine.time import SECOND

GOLDEN = Path(__file__).parents[2] / "golden"
BASES = {"v1.7": "v1.7.5/seed-run1", "v1.8": "v1.8.0/seed-run1", "v1.36": "v1.36.2/seed-run2"}
EVERY = pytest.mark.parametrize("release", BASES)
OLD = pytest.mark.parametrize("release", ["v1.7", "v1.8"])
PASS = 5.3
"""From one pass of the node controller to the next, with what it costs."""


def do(t: float, what: str, target: str | None = None, **arguments: Any) -> RecordedAction:
    return RecordedAction(t=t, do=what, target=target, **arguments)


class Run:
    """A recording's cluster to which something else is done. `lost`: its busiest node; `heard`: its last
    heartbeat before the first action."""

    def __init__(self, release: str, until: float = 150.0) -> None:
        base = read(GOLDEN / f"{BASES[release]}.json")
        self.release = release
        self.lost = str(base.actions[0].target)
        self.heard = base.phase.heartbeats_before[self.lost][-1]
        self.recording: Recording = replace(
            base, actions=(), milestones=(), never=(), final=replace(base.final, t=until)
        )

    @property
    def workload(self) -> str:
        return "deployment/tomcat" if self.release == "v1.36" else "rc/tomcat"

    def with_flags(self, **flags: str) -> "Run":
        """Flags of the controller-manager."""
        named = {name.replace("_", "-"): text for name, text in flags.items()}
        known = self.recording.flags
        self.recording = replace(self.recording, flags={**known, "controller-manager": named})
        return self

    def tolerating(self, seconds: int | None) -> "Run":
        """Pods tolerate a lost node for so long, None: for ever."""
        two = tuple(
            RecordedToleration(
                key=f"node.kubernetes.io/{kind}",
                operator="Exists",
                effect="NoExecute",
                toleration_seconds=seconds,
            )
            for kind in ("not-ready", "unreachable")
        )
        objects = tuple(
            replace(one, tolerations=two) if one.kind == "Deployment" else one
            for one in self.recording.objects
        )
        self.recording = replace(self.recording, objects=objects)
        return self

    def joining(self, node: str) -> "Run":
        """A node that is there only when it joins."""
        first = self.recording.nodes[0]
        new = RecordedNode(node, first.cpu, first.memory_mib)
        self.recording = replace(self.recording, nodes=(*self.recording.nodes, new))
        return self

    def of(self, *actions: RecordedAction) -> dict[str, float]:
        """When each milestone was first reached, in seconds; of the lost node where it is one of a node."""
        recording = replace(self.recording, actions=actions)
        first: dict[str, float] = {}
        for milestone in sorted(extract(recording, observed(prepare(recording))), key=lambda one: one.t):
            if milestone.of in self.other_nodes:
                continue
            first.setdefault(milestone.name, milestone.t / SECOND)
        return first

    @property
    def other_nodes(self) -> list[str]:
        return [node.name for node in self.recording.nodes[:3] if node.name != self.lost]


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
