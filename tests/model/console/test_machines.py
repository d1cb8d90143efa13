"""What one types on a node and on the master: services, files, processes, the machine itself."""

import pytest

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.console import go_on, run
from tests.model.console.machines import do, today
from tests.model.reports.typed import ALL, cluster_of, typed


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario())


def test_units_are_stopped_started_and_told_of(cluster: Cluster) -> None:
    do(cluster, "systemctl stop kubelet")
    assert do(cluster, "systemctl is-active kubelet") == "inactive"
    assert "kubelet" not in do(cluster, "ps -ef | grep kubelet | grep -v grep")
    do(cluster, "service kubelet start")
    assert "active (running)" in do(cluster, "systemctl status kubelet")
    assert "ExecStart=/usr/bin/kubelet" in do(cluster, "systemctl cat kubelet")


def test_a_journal_goes_on(cluster: Cluster) -> None:
    first = run(cluster, "journalctl -fu kubelet", "n1")
    assert first.follow is not None
    do(cluster, "systemctl restart kubelet")
    cluster.run_until(seconds(30))
    more = go_on(cluster, "journalctl -fu kubelet", first.follow, "n1")
    assert "Successfully registered node n1" in more.text
    assert more.follow is not None


def test_signals_reach_services_by_their_process_id(cluster: Cluster) -> None:
    pid = do(cluster, "ps -ef | grep /usr/bin/kubelet | awk '{print $2}'").split()[0]
    do(cluster, f"kill -STOP {pid}")
    assert cluster.process("kubelet", "n1").status.phase == "hung"
    do(cluster, f"kill -CONT {pid}")
    assert cluster.process("kubelet", "n1").running


def test_a_node_is_rebooted(cluster: Cluster) -> None:
    before = cluster.machines["n1"].boot_id
    answer = run(cluster, "reboot", "n1")
    for command in answer.commands:
        cluster.apply(command)
    assert answer.where == ""
    assert cluster.machines["n1"].boot_id != before


def test_the_master_has_the_control_plane_and_etcd(cluster: Cluster) -> None:
    assert "kube-apiserver.service" in do(cluster, "systemctl", "master")
    assert "/registry/minions/n1" in do(
        cluster, "etcdctl get /registry/minions --prefix --keys-only", "master"
    )
    do(cluster, "systemctl stop kube-scheduler", "master")
    assert "Unhealthy" in run(cluster, "kubectl get cs scheduler").text
    assert "command not found" in do(cluster, "docker ps", "master")


@ALL
def test_etcdctl_speaks_as_the_etcd_of_its_release(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    today = release == "v1.36"
    assert ("3.6" if today else "3.0.17") in typed(cluster, "etcdctl version", "master")
    members = typed(cluster, "ETCDCTL_API=3 etcdctl --endpoints=127.0.0.1:2379 member list", "master")
    assert members.endswith("http://127.0.0.1:2379, false" if today else "http://127.0.0.1:2379")
    lines = typed(cluster, "etcdctl endpoint status -w table", "master").splitlines()
    assert [line.count("|") for line in lines] == [
        0,
        *((17,) if today else (8,)),
        0,
        *((17,) if today else (8,)),
        0,
    ]
    assert len({len(line) for line in lines}) == 1
    assert "one member" in typed(cluster, "etcdctl member add two", "master")


@ALL
def test_a_frozen_etcd_is_unhealthy(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    assert "is healthy" in typed(cluster, "etcdctl endpoint health", "master")
    typed(cluster, "kill -STOP $(pidof etcd)", "master")
    told = typed(cluster, "etcdctl endpoint health", "master")
    assert "is unhealthy: failed to commit proposal: context deadline exceeded" in told
    assert typed(cluster, "etcdctl member list", "master") == "Error: context deadline exceeded"


def test_files_say_what_matters(cluster: Cluster) -> None:
    assert '"storage-driver"' in do(cluster, "cat /etc/docker/daemon.json")
    assert "overlay" in do(cluster, "cat /proc/filesystems")
    assert "No such file" in do(cluster, "cat /etc/shadow")


def test_files_are_read_by_tail_and_grep_and_tail_goes_on() -> None:
    cluster = Cluster(default_scenario("v1.7"))
    assert run(cluster, "grep n2 /etc/hosts", "n1").text == "10.0.0.12   n2"
    begun = run(cluster, "tail -n 1 -f /var/log/kubelet.log", "n1")
    assert begun.follow is not None
    cluster.apply(Command("stop-docker", "n1"))
    cluster.run_until(seconds(30))
    more = go_on(cluster, "tail -n 1 -f /var/log/kubelet.log", begun.follow, "n1")
    assert more.text
    assert run(cluster, "head /nothing", "n1").text == "head: /nothing: No such file or directory"


def test_free_counts_memory_as_the_kubelet_does() -> None:
    cluster = Cluster(default_scenario("v1.7"))
    cluster.apply(Command("use-memory", "n1", {"mib": 1000}))
    cluster.run_until(seconds(1))
    assert run(cluster, "free -m | awk 'NR==2{print $3}'", "n1").text == "1008"


def test_what_stands_behind_on_or_ssh_runs_there_as_a_whole(cluster: Cluster) -> None:
    assert do(cluster, "on n3: docker ps -q | wc -l", "") == "4"
    assert do(cluster, "ssh root@n3 docker ps -q", "") == do(cluster, "docker ps -q", "n3")
    inspected = "'docker inspect -f {{.State.Status}} $(docker ps -q | head -1)'"
    assert do(cluster, f"ssh -o StrictHostKeyChecking=no n3 {inspected}", "") == "running"
    assert do(cluster, "on n3: docker inspect -f '{{.Name}}' $(docker ps -q | head -1)", "").startswith(
        "/k8s_"
    )


def test_root_needs_no_sudo(cluster: Cluster) -> None:
    assert do(cluster, "sudo docker ps -q") == do(cluster, "docker ps -q")
    assert do(cluster, "sudo su -") == do(cluster, "sudo -i") == ""
    assert do(cluster, "sudo -u root id").startswith("uid=0(root)")


def test_a_process_is_found_by_its_name(cluster: Cluster) -> None:
    pid = do(cluster, "pidof kubelet")
    assert pid == do(cluster, "pgrep kubelet")
    do(cluster, "kill -STOP $(pidof kubelet)")
    assert cluster.process("kubelet", "n1").status.phase == "hung"
    assert do(cluster, "pgrep -l nope") == ""


def test_a_machine_has_been_up_since_it_booted(cluster: Cluster) -> None:
    assert "up 2 min" in do(cluster, "uptime")
    cluster.apply(Command("power-off", "n1"))
    cluster.apply(Command("power-on", "n1"))
    cluster.run_until(seconds(90))
    assert "up 1 min" in do(cluster, "uptime")


def test_machines_are_of_the_time_of_their_release(cluster: Cluster) -> None:
    assert do(cluster, "uname -r") == "4.4.0-96-generic"
    assert do(today(), "uname -r") == "6.8.0-60-generic"
    assert "Ubuntu 24.04" in do(today(), "cat /etc/os-release")


def test_a_disk_is_filled_and_memory_taken_by_hand(cluster: Cluster) -> None:
    assert "30%" in do(cluster, "df -h")
    assert "100G" in do(cluster, "df -h"), "what its kubelet measures, too"
    do(cluster, "fallocate -l 65G /big")
    assert "95%" in do(cluster, "df -h")
    full = "No space left on device"
    assert do(cluster, "dd if=/dev/zero of=/more bs=1M count=9000") == f"dd: error writing '/more': {full}"
    assert do(cluster, "fallocate -l 9G /more") == f"fallocate: fallocate failed: {full}"
    do(cluster, "stress --vm 2 --vm-bytes 512M")
    assert cluster.machines["n1"].state.memory_taken == 1024
    do(cluster, "pkill stress")
    assert cluster.machines["n1"].state.memory_taken == 0


def test_a_clock_is_set(cluster: Cluster) -> None:
    do(cluster, "date -s '+10 min'")
    assert cluster.machines["n1"].state.clock_skew == seconds(600)
    do(cluster, "date -s '2017-09-26 07:00:00'")
    assert cluster.machines["n1"].state.clock_skew == 0
    assert do(cluster, "date -s never") == "date: invalid date 'never'"
