"""What one types on a node and on the master."""

import pytest

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.console import go_on, run


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario())


def do(cluster: Cluster, line: str, where: str = "n1") -> str:
    answer = run(cluster, line, where)
    for command in answer.commands:
        cluster.apply(command)
    return answer.text


def test_a_service_is_asked_as_traffic_would_go(cluster: Cluster) -> None:
    service = cluster.object("services", "default/tomcat")
    line = f"curl {service.spec.cluster_ip}:8080"
    assert do(cluster, line).startswith("tomcat-")
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 0}))
    cluster.run_until(seconds(60))
    assert "Connection refused" in do(cluster, line)
    assert "No route to host" in run(cluster, line).text


def test_docker_stop_ends_a_container_and_the_kubelet_starts_it_again(cluster: Cluster) -> None:
    ids = [row.split()[0] for row in do(cluster, "docker ps --filter name=k8s_tomcat").splitlines()[1:]]
    do(cluster, f"docker stop {ids[0]}")
    assert ids[0] not in do(cluster, "docker ps -q")
    assert "Exited (143)" in do(cluster, "docker ps -a")
    cluster.run_until(seconds(60))
    assert any(row.split()[3] == "1" for row in run(cluster, "kubectl get pods").text.splitlines()[1:])


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


def test_today_containers_are_those_of_containerd() -> None:
    cluster = Cluster(default_scenario("v1.36"))
    assert "tomcat" in do(cluster, "crictl ps")
    assert "Ready" in do(cluster, "crictl pods")
    assert do(cluster, "docker ps") == "-bash: docker: command not found"
    note = run(cluster, "docker ps", "n1").note
    assert note is not None
    assert "crictl" in note.text()


def test_a_ping_is_lost_where_the_network_is_cut(cluster: Cluster) -> None:
    assert "0% packet loss" in do(cluster, "ping -c 1 n2")
    cluster.apply(Command("cut-network", "n2"))
    assert "100% packet loss" in do(cluster, "ping -c 1 n2")


def test_files_say_what_matters(cluster: Cluster) -> None:
    assert '"storage-driver"' in do(cluster, "cat /etc/docker/daemon.json")
    assert "overlay" in do(cluster, "cat /proc/filesystems")
    assert "No such file" in do(cluster, "cat /etc/shadow")
