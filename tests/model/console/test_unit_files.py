"""Unit files of the control plane: what somebody writes there counts from the restart after daemon-reload."""

import pytest

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.console import run
from tests.model.reports.typed import typed

UNIT = "/etc/systemd/system/kube-controller-manager.service"
TWENTY = f"sed -i 's/^ExecStart=.*/& --node-monitor-grace-period=20s/' {UNIT}"
RESTART = "systemctl daemon-reload && systemctl restart kube-controller-manager"


@pytest.fixture(params=["v1.7", "v1.36"])
def cluster(request: pytest.FixtureRequest) -> Cluster:
    world = Cluster(default_scenario(request.param))
    world.run_until(seconds(20))
    return world


def test_a_flag_in_the_unit_file_counts_from_its_restart_on(cluster: Cluster) -> None:
    typed(cluster, TWENTY, "master")
    typed(cluster, RESTART, "master")
    assert "--node-monitor-grace-period=20s" in typed(cluster, "ps aux", "master")
    left = Cluster(default_scenario(cluster.release))
    for world in (cluster, left):
        world.run_until(seconds(60))
        world.apply(Command("stop-kubelet", "n1"))
        world.run_until(seconds(91))
    assert "NotReady" in typed(cluster, "kubectl get node n1")
    assert "NotReady" not in typed(left, "kubectl get node n1")


def test_until_systemd_has_read_the_file_a_restart_changes_nothing_and_warns(cluster: Cluster) -> None:
    typed(cluster, TWENTY, "master")
    told = typed(cluster, "systemctl restart kube-controller-manager", "master")
    assert told.startswith("Warning: The unit file, source configuration file or drop-ins of kube-")
    assert "grace-period" not in typed(cluster, "ps aux", "master")


def test_a_flag_that_is_taken_out_has_its_default_again(cluster: Cluster) -> None:
    cluster.apply(Command("set-flags", "controller-manager", {"node-monitor-grace-period": "20s"}))
    cluster.run_until(cluster.now + seconds(5))
    typed(cluster, f"sed -i 's/ --node-monitor-grace-period=20s//' {UNIT}", "master")
    typed(cluster, RESTART, "master")
    assert "grace-period" not in typed(
        cluster, f"systemctl cat kube-controller-manager; cat {UNIT}", "master"
    )
    assert cluster.flags == cluster.world.release.flags


def test_a_line_goes_on_behind_a_backslash_and_flags_of_others_are_left_out(cluster: Cluster) -> None:
    typed(cluster, f"sed -i 's/^ExecStart=.*/& \\\\\\n  --kube-api-qps 30 \\\\\\n  --v=4/' {UNIT}", "master")
    assert "[The model does not act on --v;" in typed(cluster, RESTART, "master")
    assert cluster.flags.controller_manager.kube_api_qps == 30


@pytest.mark.parametrize("value", ["20x", "-5s", ""])
def test_a_value_that_the_program_refuses_leaves_it_as_it_is(cluster: Cluster, value: str) -> None:
    typed(cluster, f"sed -i 's/^ExecStart=.*/& --node-monitor-grace-period={value}/' {UNIT}", "master")
    told = typed(cluster, RESTART, "master")
    assert told.startswith("[kube-controller-manager would not start with this file: ")
    assert cluster.flags == cluster.world.release.flags
    assert typed(cluster, "systemctl is-active kube-controller-manager", "master") == "active"


def test_a_stopped_program_starts_as_its_file_says(cluster: Cluster) -> None:
    typed(cluster, "systemctl stop kube-scheduler", "master")
    typed(
        cluster,
        f"sed -i 's/^ExecStart=.*/& --kube-api-qps=7/' {UNIT.replace('controller-manager', 'scheduler')}",
        "master",
    )
    typed(cluster, "systemctl daemon-reload; systemctl start kube-scheduler", "master")
    assert cluster.flags.scheduler.kube_api_qps == 7
    assert typed(cluster, "service kube-scheduler status", "master").count("active (running)") == 1


def test_unit_files_of_nodes_are_the_machines_own(cluster: Cluster) -> None:
    answer = run(cluster, "sed -i 's/a/b/' /etc/systemd/system/kubelet.service", where="n1")
    assert answer.note is not None
    assert "The machine itself writes" in answer.note.text()
