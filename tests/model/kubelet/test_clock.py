"""A machine whose clock is set wrong while it runs."""

import pytest

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.command import CommandError
from tests.model.reports.typed import ALL, at, cluster_of, typed


@pytest.mark.parametrize(("ahead", "shown"), [(600, "07:13:00"), (-60, "07:02:00"), (0, "07:03:00")])
def test_a_set_clock_shows_another_time_and_costs_no_node_its_readiness(ahead: int, shown: str) -> None:
    cluster = Cluster(default_scenario())
    cluster.run_until(seconds(60))
    cluster.apply(Command("set-clock", "n2", {"ahead_s": ahead}))
    cluster.run_until(seconds(180))
    assert typed(cluster, "date +%T", "n2") == shown
    assert "NotReady" not in typed(cluster, "kubectl get nodes")


def test_the_kubelet_writes_the_time_of_its_clock() -> None:
    cluster = Cluster(default_scenario())
    cluster.run_until(seconds(60))
    cluster.apply(Command("set-clock", "n2", {"ahead_s": 3600}))
    cluster.run_until(seconds(90))
    ready = next(one for one in cluster.object("nodes", "n2").status.conditions if one.type == "Ready")
    assert ready.last_heartbeat_time[11:13] == "08"


def test_a_clock_goes_wrong_by_a_day_at_most() -> None:
    cluster = Cluster(default_scenario())
    with pytest.raises(CommandError, match="at most 86400"):
        cluster.apply(Command("set-clock", "n2", {"ahead_s": 86_401}))


@ALL
def test_events_of_a_kubelet_tell_the_time_of_its_clock(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, "date -s '+10 min'", "n1")
    typed(cluster, "kubectl run web --image=nginx --restart=Never")
    at(cluster, "20s")
    rows = [row.split() for row in typed(cluster, "kubectl get events").splitlines()]
    ages = {row[0] for row in rows if "Started" in row and any("web" in cell for cell in row)}
    assert ages == {"<invalid>"}, "it lies ahead, as the workstation sees it"


def test_a_lease_tells_the_time_of_the_clock_of_its_node() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, "date -s '+10 min'", "n1")
    at(cluster, "30s")
    told = typed(cluster, "kubectl get lease n1 -n kube-node-lease -o jsonpath='{.spec.renewTime}'")
    assert told[11:16] == "07:10"
    at(cluster, "120s")
    assert "NotReady" not in typed(cluster, "kubectl get nodes"), "the controller goes by its own clock"
