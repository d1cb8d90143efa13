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


def test_a_value_that_only_the_model_refuses_leaves_the_program_as_it_is(cluster: Cluster) -> None:
    typed(cluster, f"sed -i 's/^ExecStart=.*/& --node-monitor-grace-period=-5s/' {UNIT}", "master")
    told = typed(cluster, RESTART, "master")
    assert told.startswith("[kube-controller-manager would not start with this file: ")
    assert cluster.flags == cluster.world.release.flags
    assert typed(cluster, "systemctl is-active kube-controller-manager", "master") == "active"


FLAG = "--node-monitor-grace-period"
WORDS = {
    "v1.7": f'invalid argument "20x" for {FLAG}=20x: time: unknown unit x in duration 20x',
    "v1.36": f'Error: invalid argument "20x" for "{FLAG}" flag: time: unknown unit "x" in duration "20x"',
}


def test_a_program_that_refuses_its_flags_ends_and_is_started_again_until_they_are_mended(
    cluster: Cluster,
) -> None:
    typed(cluster, TWENTY.replace("20s", "20x"), "master")
    assert typed(cluster, RESTART, "master") == ""
    assert typed(cluster, "systemctl is-active kube-controller-manager", "master") == "failed"
    cluster.run_until(cluster.now + seconds(11))
    told = typed(cluster, "journalctl -u kube-controller-manager -n 3", "master").splitlines()
    assert [line.partition("]: F ")[2] for line in told] == [WORDS[cluster.release]] * 3
    assert "20x" in typed(cluster, f"cat {UNIT}", "master")
    typed(cluster, f"sed -i 's/20x/20s/' {UNIT}", "master")
    typed(cluster, RESTART, "master")
    assert typed(cluster, "systemctl is-active kube-controller-manager", "master") == "active"
    assert cluster.flags.texts(cluster.world.release.flags)["controller-manager"] == {
        "node-monitor-grace-period": "20s"
    }


@pytest.mark.parametrize(("unit", "where"), [("kube-controller-manager", "master"), ("kubelet", "n1")])
def test_who_stops_a_program_that_ends_again_and_again_has_peace(
    cluster: Cluster, unit: str, where: str
) -> None:
    path = f"/etc/systemd/system/{unit}.service"
    typed(cluster, f"sed -i 's/^ExecStart=.*/& --kube-api-qps=x/' {path}", where)
    typed(cluster, f"systemctl daemon-reload && systemctl restart {unit}", where)
    typed(cluster, f"systemctl stop {unit}", where)
    cluster.run_until(cluster.now + seconds(30))
    assert typed(cluster, f"systemctl is-active {unit}", where) == "inactive"
    assert typed(cluster, f"journalctl -u {unit}", where).count("]: F ") == 1


def test_a_program_whose_flags_are_as_before_again_starts(cluster: Cluster) -> None:
    typed(cluster, TWENTY.replace("20s", "20x"), "master")
    typed(cluster, RESTART, "master")
    typed(cluster, f"sed -i 's/ --node-monitor-grace-period=20x//' {UNIT}", "master")
    typed(cluster, RESTART, "master")
    assert typed(cluster, "systemctl is-active kube-controller-manager", "master") == "active"
    cluster.run_until(cluster.now + seconds(20))
    assert cluster.process("controller-manager").status.refusal == ""


def test_what_does_not_go_together_is_refused_in_the_words_of_the_program(cluster: Cluster) -> None:
    path = UNIT.replace("controller-manager", "apiserver")
    typed(cluster, f"sed -i 's,^ExecStart=.*,& --service-cluster-ip-range=10.0.0.0/33,' {path}", "master")
    typed(cluster, "systemctl daemon-reload; systemctl restart kube-apiserver", "master")
    assert "invalid CIDR address: 10.0.0.0/33" in typed(cluster, "systemctl status kube-apiserver", "master")
    assert "refused" in typed(cluster, "kubectl get nodes")


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


def test_a_flag_that_the_release_has_not_is_unknown_to_its_program() -> None:
    cluster = Cluster(default_scenario("v1.36"))
    typed(cluster, f"sed -i 's/^ExecStart=.*/& --pod-eviction-timeout=30s/' {UNIT}", "master")
    typed(cluster, RESTART, "master")
    told = typed(cluster, "journalctl -u kube-controller-manager -n 1", "master")
    assert told.endswith("]: F Error: unknown flag: --pod-eviction-timeout")


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_flag_that_no_release_has_is_unknown_and_one_that_the_model_leaves_out_is_not(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    typed(cluster, f"sed -i 's/^ExecStart=.*/& --profiling=false --node-monitr-period=3s/' {UNIT}", "master")
    typed(cluster, RESTART, "master")
    told = typed(cluster, "journalctl -u kube-controller-manager -n 1", "master")
    assert told.endswith("unknown flag: --node-monitr-period")
    typed(cluster, f"sed -i 's/ --node-monitr-period=3s//' {UNIT}", "master")
    assert "[The model does not act on --profiling;" in typed(cluster, RESTART, "master")
    assert typed(cluster, "systemctl is-active kube-controller-manager", "master") == "active"


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_kubelet_with_an_unknown_flag_ends_again_and_again_until_its_file_is_mended(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    typed(cluster, f"sed -i 's/^ExecStart=.*/& --fail-on-swap=false/' {KUBELET}", "n1")
    assert typed(cluster, ANEW, "n1") == ""
    cluster.run_until(cluster.now + seconds(60))
    assert typed(cluster, "systemctl is-active kubelet", "n1") == "failed"
    assert "unknown flag: --fail-on-swap" in typed(cluster, "journalctl -u kubelet -n 1", "n1")
    assert "NotReady" in typed(cluster, "kubectl get node n1")
    typed(cluster, f"sed -i 's/ --fail-on-swap=false//' {KUBELET}", "n1")
    typed(cluster, ANEW, "n1")
    cluster.run_until(cluster.now + seconds(15))
    assert " Ready " in typed(cluster, "kubectl get node n1")


KUBELET = "/etc/systemd/system/kubelet.service"
ANEW = "systemctl daemon-reload && systemctl restart kubelet"


def pods_of(cluster: Cluster, node: str) -> str:
    return typed(cluster, f"kubectl get node {node} -o jsonpath={{.status.allocatable.pods}}")


def test_a_flag_in_the_unit_file_of_a_kubelet_counts_on_its_node(cluster: Cluster) -> None:
    typed(cluster, f"sed -i 's/^ExecStart=.*/& --max-pods=3 --v=4/' {KUBELET}", "n1")
    told = typed(cluster, "systemctl restart kubelet", "n1")
    assert told.startswith("Warning: The unit file, source configuration file or drop-ins of kubelet.service")
    cluster.run_until(cluster.now + seconds(15))
    assert pods_of(cluster, "n1") == "110"
    assert typed(cluster, ANEW, "n1") == "[The model does not act on --v.]"
    cluster.run_until(cluster.now + seconds(15))
    assert (pods_of(cluster, "n1"), pods_of(cluster, "n2")) == ("3", "110")
    assert "--max-pods=3 --v=4" in typed(cluster, "ps aux", "n1")
    typed(cluster, f"sed -i 's/ --max-pods=3//' {KUBELET}", "n1")
    typed(cluster, ANEW, "n1")
    cluster.run_until(cluster.now + seconds(15))
    assert pods_of(cluster, "n1") == "110"


def test_a_kubelet_that_refuses_its_flags_ends_again_and_again(cluster: Cluster) -> None:
    typed(cluster, f"sed -i 's/^ExecStart=.*/& --max-pods=3x/' {KUBELET}", "n1")
    typed(cluster, ANEW, "n1")
    assert typed(cluster, "systemctl is-active kubelet", "n1") == "failed"
    cluster.run_until(cluster.now + seconds(61))
    told = typed(cluster, "journalctl -u kubelet -n 2", "n1").splitlines()
    words = {
        "v1.7": 'invalid argument "3x" for --max-pods=3x: strconv.ParseInt: parsing "3x": invalid syntax',
        "v1.36": '"command failed" err="failed to parse kubelet flag: invalid argument \\"3x\\" for '
        '\\"--max-pods\\" flag: strconv.ParseInt: parsing \\"3x\\": invalid syntax"',
    }
    assert [line.partition("]: F ")[2] for line in told] == [words[cluster.release]] * 2
    assert "NotReady" in typed(cluster, "kubectl get node n1")


def test_settings_for_all_nodes_take_the_place_of_what_a_unit_file_says(cluster: Cluster) -> None:
    typed(cluster, f"sed -i 's/^ExecStart=.*/& --max-pods=3/' {KUBELET}", "n1")
    typed(cluster, ANEW, "n1")
    cluster.apply(Command("set-flags", "kubelet", {"max-pods": "50"}))
    cluster.run_until(cluster.now + seconds(15))
    assert (pods_of(cluster, "n1"), pods_of(cluster, "n2")) == ("50", "50")


def test_files_of_the_kernel_are_the_machines_own(cluster: Cluster) -> None:
    answer = run(cluster, "sed -i 's/a/b/' /proc/version", where="n1")
    assert answer.note is not None
    assert "The machine itself writes" in answer.note.text()


# --- nodes --------------------------------------------------------------------------------------------------

LIVE = "systemctl edit docker\n[Service]\nExecStart=\nExecStart=/usr/bin/dockerd --live-restore\n"


@pytest.fixture
def old() -> Cluster:
    world = Cluster(default_scenario("v1.8"))
    world.run_until(seconds(5))
    return world


def test_a_drop_in_of_docker_counts_from_its_restart_on(old: Cluster) -> None:
    typed(old, LIVE, "n1")
    told = typed(old, "systemctl cat docker", "n1")
    assert told.endswith(
        "# /etc/systemd/system/docker.service.d/override.conf\n" + LIVE.partition("\n")[2].strip()
    )
    assert "ExecStart=/usr/bin/dockerd\n" in told
    assert not old.runtime("n1").flags.live_restore
    typed(old, "systemctl restart docker", "n1")
    assert (old.runtime("n1").flags.live_restore, old.runtime("n2").flags.live_restore) == (True, False)
    typed(old, "systemctl revert docker; systemctl restart docker", "n1")
    assert not old.runtime("n1").flags.live_restore
    assert "override" not in typed(old, "systemctl cat docker", "n1")


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ("-s overlay", "storage-driver: (from flag: overlay, from file: overlay2)"),
        (
            "--exec-opt native.cgroupdriver=systemd",
            "(from flag: [native.cgroupdriver=systemd], from file: [native.cgroupdriver=cgroupfs])",
        ),
        ("--foo=x", "F unknown flag: --foo"),
    ],
)
def test_docker_ends_that_is_told_what_it_cannot_do(old: Cluster, flag: str, told: str) -> None:
    typed(old, LIVE.replace("--live-restore", flag), "n1")
    typed(old, "systemctl restart docker", "n1")
    assert typed(old, "systemctl is-active docker", "n1") == "failed"
    assert typed(old, "journalctl -u docker -n 1", "n1").endswith(told)


def test_a_kube_proxy_goes_by_its_own_unit(cluster: Cluster) -> None:
    unit = "/etc/systemd/system/kube-proxy.service"
    typed(cluster, f"sed -i 's/^ExecStart=.*/& --iptables-min-sync-period=5s --v=2/' {unit}", "n1")
    told = typed(cluster, "systemctl daemon-reload; systemctl restart kube-proxy", "n1")
    assert "[The model does not act on --v.]" in told
    periods = [cluster.process("kube-proxy", name).flags.iptables_min_sync_period for name in ("n1", "n2")]
    assert periods[0] == seconds(5) != periods[1]
    again = Cluster.restore(cluster.snapshot())
    assert again.process("kube-proxy", "n1").flags.iptables_min_sync_period == seconds(5)
    typed(cluster, f"sed -i 's/--v=2/--foo=2/' {unit}", "n1")
    typed(cluster, "systemctl daemon-reload; systemctl restart kube-proxy", "n1")
    assert typed(cluster, "systemctl is-active kube-proxy", "n1") == "failed"
    assert "unknown flag: --foo" in typed(cluster, "journalctl -u kube-proxy -n 1", "n1")


def test_variables_of_a_drop_in_stand_in_its_command(old: Cluster) -> None:
    line = 'Environment="KUBELET_EXTRA_ARGS=--max-pods=20"\nExecStart=/usr/bin/kubelet $KUBELET_EXTRA_ARGS\n'
    typed(old, f"systemctl edit kubelet\n[Service]\n{line}", "n1")
    bad = "Failed to restart kubelet.service: Unit kubelet.service has a bad unit file setting."
    assert typed(old, "systemctl restart kubelet", "n1").startswith(bad)
    typed(old, f"systemctl edit kubelet\n[Service]\nExecStart=\n{line}", "n1")
    typed(old, "systemctl restart kubelet", "n1")
    assert "/usr/bin/kubelet --max-pods=20" in typed(old, "ps aux", "n1")


@pytest.mark.parametrize("where", ["", "n1"])
def test_a_here_document_is_read_by_the_command_before_it(old: Cluster, where: str) -> None:
    assert typed(old, "mkdir -p /tmp/d && cat > /tmp/d/f <<E\nhello\nE\n", where) == ""
    assert typed(old, "cat /tmp/d/f", where) == "hello"
