"""Files of settings on machines: written by people, read by docker and kubelets when they start."""

import pytest

from clustersim import Cluster, seconds
from tests.model.reports.typed import at, cluster_of, typed

DAEMON_JSON = "/etc/docker/daemon.json"
CONFIG = "/var/lib/kubelet/config.yaml"
OLD = pytest.mark.parametrize("release", ["v1.7", "v1.8"])


def of(release: str) -> Cluster:
    web = "objects:\n- {kind: ReplicationController, name: web, replicas: 4}\n"
    return cluster_of(f"release: {release}\nnodes: 2\n{web}")


def running(cluster: Cluster, node: str) -> int:
    return int(typed(cluster, "docker ps -q | wc -l", node))


def journal(cluster: Cluster, unit: str) -> str:
    return typed(cluster, f"journalctl -u {unit} -n 40", "n1")


def capacity(cluster: Cluster, node: str = "n1") -> str:
    return typed(cluster, f"kubectl get node {node} -o jsonpath='{{.status.capacity.pods}}'")


@OLD
def test_containers_end_with_docker_unless_daemon_json_said_live_restore_when_it_started(
    release: str,
) -> None:
    cluster = of(release)
    at(cluster, "10s")
    before = running(cluster, "n1")
    assert before > 0
    typed(cluster, f"""echo '{{"live-restore": true}}' > {DAEMON_JSON}""", "n1")
    assert typed(cluster, f"cat {DAEMON_JSON}", "n1") == '{"live-restore": true}'
    assert "Live Restore Enabled: false" in typed(cluster, "docker info", "n1")
    ids = typed(cluster, "docker ps -q", "n1")
    typed(cluster, "systemctl restart docker", "n1")
    at(cluster, "60s")
    assert "Live Restore Enabled: true" in typed(cluster, "docker info", "n1")
    ids_then = typed(cluster, "docker ps -q", "n1")
    assert not {*ids.split()} & {*ids_then.split()}, "the daemon that ended did not know of it yet"
    typed(cluster, "systemctl restart docker", "n1")
    at(cluster, "62s")
    assert typed(cluster, "docker ps -q", "n1") == ids_then
    assert "Live Restore Enabled: false" in typed(cluster, "docker info", "n2"), "the other node is as before"


@OLD
def test_a_reload_makes_docker_outlived_without_a_restart(release: str) -> None:
    cluster = of(release)
    at(cluster, "10s")
    ids = typed(cluster, "docker ps -q", "n1")
    typed(cluster, f"""echo '{{"live-restore": true, "debug": true}}' > {DAEMON_JSON}""", "n1")
    typed(cluster, "systemctl reload docker", "n1")
    assert "Live Restore Enabled: true" in typed(cluster, "docker info", "n1")
    typed(cluster, "systemctl restart docker", "n1")
    at(cluster, "12s")
    assert typed(cluster, "docker ps -q", "n1") == ids
    assert "Got signal to reload configuration" in journal(cluster, "docker")


def test_another_storage_driver_finds_neither_containers_nor_images_until_the_old_one_is_back() -> None:
    cluster = of("v1.8")
    at(cluster, "10s")
    before = typed(cluster, "docker ps -aq", "n1").split()
    typed(cluster, f"""echo '{{"storage-driver": "overlay"}}' > {DAEMON_JSON}; pkill -HUP dockerd""", "n1")
    assert "Storage Driver: overlay2" in typed(cluster, "docker info", "n1"), "this needs a restart"
    typed(cluster, "systemctl restart docker", "n1")
    at(cluster, "40s")
    assert "Storage Driver: overlay\n" in typed(cluster, "docker info", "n1")
    after = typed(cluster, "docker ps -aq", "n1").split()
    assert after, "the kubelet has made its containers again"
    assert not {*before} & {*after}
    typed(cluster, f"rm {DAEMON_JSON}; systemctl stop kubelet; systemctl restart docker", "n1")
    at(cluster, "42s")
    assert {*before} <= {*typed(cluster, "docker ps -aq", "n1").split()}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"live-restore": true,}', "invalid character '}' looking for beginning of object key string"),
        ('{"live-restore": true "debug": true}', "invalid character '\"' after object key:value pair"),
        ('{"live-restore": true', "unexpected end of JSON input"),
        ("{live-restore: true}", "invalid character 'l' looking for beginning of object key string"),
        (
            '{"live-restore": "yes"}',
            "cannot unmarshal string into Go struct field Config.live-restore of type bool",
        ),
        (
            '{"live-restor": true}',
            "the following directives don't match any configuration option: live-restor",
        ),
    ],
)
def test_docker_does_not_start_with_a_broken_file_and_says_why(text: str, told: str) -> None:
    cluster = of("v1.8")
    typed(cluster, f"cat > {DAEMON_JSON} <<EOF\n{text}\nEOF", "n1")
    typed(cluster, "systemctl restart docker", "n1")
    assert typed(cluster, "systemctl is-active docker", "n1") == "failed"
    said = journal(cluster, "docker")
    assert told in said
    assert f"unable to configure the Docker daemon with file {DAEMON_JSON}" in said
    at(cluster, "60s")
    assert "NotReady" in typed(cluster, "kubectl get node n1")
    typed(cluster, f"rm {DAEMON_JSON}; systemctl start docker", "n1")
    assert "No such file" in typed(cluster, f"cat {DAEMON_JSON}", "n1")
    at(cluster, "90s")
    assert "NotReady" not in typed(cluster, "kubectl get node n1")


def test_a_cgroup_driver_that_differs_ends_the_kubelet_when_it_starts() -> None:
    cluster = of("v1.8")
    typed(cluster, f"""echo '{{"exec-opts": ["native.cgroupdriver=systemd"]}}' > {DAEMON_JSON}""", "n1")
    typed(cluster, "systemctl restart docker", "n1")
    at(cluster, "30s")
    assert typed(cluster, "systemctl is-active kubelet", "n1") == "active", "it asks only when it starts"
    typed(cluster, "systemctl restart kubelet", "n1")
    at(cluster, "32s")
    assert "misconfiguration: kubelet cgroup driver" in journal(cluster, "kubelet")


def test_a_kubelet_reads_its_file_when_it_starts_and_not_before() -> None:
    cluster = of("v1.36")
    at(cluster, "10s")
    assert capacity(cluster) == "110"
    assert "--config=/var/lib/kubelet/config.yaml" in typed(cluster, "systemctl cat kubelet", "n1")
    typed(cluster, f"echo 'maxPods: 20' >> {CONFIG}", "n1")
    at(cluster, "40s")
    assert capacity(cluster) == "110"
    typed(cluster, "systemctl restart kubelet", "n1")
    at(cluster, "60s")
    assert (capacity(cluster), capacity(cluster, "n2")) == ("20", "110")
    typed(cluster, f"sed -i '/maxPods/d' {CONFIG}; systemctl restart kubelet", "n1")
    at(cluster, "80s")
    assert capacity(cluster) == "110", "what a file does not name has its default"


def test_the_pace_of_heartbeats_is_that_of_the_file() -> None:
    cluster = of("v1.36")
    typed(cluster, f"echo 'nodeLeaseDurationSeconds: 80' >> {CONFIG}; systemctl restart kubelet", "n1")
    at(cluster, "60s")
    renewals = set()
    for second in range(60, 160):
        cluster.run_until(seconds(second))
        renewals.add(
            typed(cluster, "kubectl get lease n1 -n kube-node-lease -o jsonpath='{.spec.renewTime}'")
        )
    assert len(renewals) in (5, 6), "one every twenty seconds"
    told = typed(
        cluster, "kubectl get lease n1 -n kube-node-lease -o jsonpath='{.spec.leaseDurationSeconds}'"
    )
    assert told == "80"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "echo 'maxPods: many' >> CONFIG",
            "cannot unmarshal string into Go struct field KubeletConfiguration.maxPods",
        ),
        (
            "echo 'maxPods: -1' >> CONFIG",
            "invalid configuration: maxPods (--max-pods) -1 must not be a negative",
        ),
        ("rm CONFIG", "no such file or directory"),
        ("echo 'syncFrequency: 5' >> CONFIG", "cannot unmarshal number into Go struct field"),
        ("echo 'nodeStatusUpdateFrequency: 5' > CONFIG", "Object 'Kind' is missing"),
        ("sed -i 's/v1beta1/v1/' CONFIG", 'no kind \\"KubeletConfiguration\\" is registered for version'),
        ("sed -i 's/kind:/kind/' CONFIG", "error converting YAML to JSON"),
    ],
)
def test_a_kubelet_does_not_start_with_a_broken_file_and_comes_back_by_itself_once_it_is_mended(
    line: str, told: str
) -> None:
    cluster = of("v1.36")
    at(cluster, "10s")
    typed(cluster, f"cp {CONFIG} /tmp/config.yaml", "n1")
    typed(cluster, line.replace("CONFIG", CONFIG) + "; systemctl restart kubelet", "n1")
    assert typed(cluster, "systemctl is-active kubelet", "n1") == "failed"
    assert told in journal(cluster, "kubelet")
    at(cluster, "75s")
    assert "NotReady" in typed(cluster, "kubectl get node n1")
    typed(cluster, f"cp /tmp/config.yaml {CONFIG}", "n1")
    at(cluster, "90s")
    assert typed(cluster, "systemctl is-active kubelet", "n1") == "active"
    assert "NotReady" not in typed(cluster, "kubectl get node n1")


def test_a_key_that_nobody_knows_is_told_in_the_journal_and_nothing_else() -> None:
    cluster = of("v1.36")
    typed(cluster, f"echo 'maxPodz: 5' >> {CONFIG}; systemctl restart kubelet", "n1")
    at(cluster, "10s")
    assert 'unknown field "maxPodz"' in journal(cluster, "kubelet").replace("\\", "")
    assert capacity(cluster) == "110"


def test_a_person_is_told_what_the_model_does_not_act_on() -> None:
    told = typed(of("v1.36"), f"echo 'podPidsLimit: 100' >> {CONFIG}", "n1")
    assert "podPidsLimit" in told


def test_settings_of_a_file_outlive_a_snapshot_and_a_reboot() -> None:
    cluster = of("v1.36")
    typed(cluster, f"echo 'maxPods: 20' >> {CONFIG}; systemctl restart kubelet", "n1")
    at(cluster, "20s")
    other = Cluster.restore(cluster.snapshot())
    for one in (cluster, other):
        at(one, "60s")
        typed(one, "reboot", "n1")
        at(one, "180s")
        assert capacity(one) == "20"
    assert cluster.state_hash() == other.state_hash()


def test_flags_for_all_take_the_place_of_a_file_that_somebody_has_changed() -> None:
    cluster = of("v1.36")
    typed(cluster, f"echo 'maxPods: 20' >> {CONFIG}; systemctl restart kubelet", "n1")
    at(cluster, "20s")
    cluster.reconfigure("kubelet", {"max-pods": "30"})
    at(cluster, "40s")
    assert capacity(cluster) == capacity(cluster, "n2") == "30"
    assert "maxPods: 30" in typed(cluster, f"cat {CONFIG}", "n1")
