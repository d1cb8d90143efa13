"""A machine whose clock is set wrong while it runs."""

import pytest

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.command import CommandError
from tests.model.reports.typed import typed


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
