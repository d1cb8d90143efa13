"""What people who run Kubernetes reported of its behaviour, each by its right value."""

import pytest

from clustersim.engine.time import SECOND
from tests.model.reports.typed import at, cluster_of, rows, typed


def pods(text: str) -> dict[str, list[str]]:
    """The rows of `get pods` by name."""
    return {row[0]: row for row in rows(text)}


def statuses(text: str) -> list[str]:
    return [row[2] for row in rows(text)]


def test_01_a_fast_reaction_evicts_30_s_after_the_last_heartbeat_and_not_after_50() -> None:
    cluster = cluster_of(
        "release: v1.8\nflags:\n  controller-manager: {node-monitor-period: 2s, "
        "node-monitor-grace-period: 20s, "
        "pod-eviction-timeout: 30s}\n  kubelet: {node-status-update-frequency: 4s}\nnodes: 3\n"
        "actions: [{at: 0s, do: power-off, target: n1}]\n"
    )
    at(cluster, "90s")
    began = min(
        event.t for event in cluster.record.since(0)
        if event.kind == "write" and event.object.startswith("pods/") and event.t > 0
        and event.after is not None and getattr(event.after.metadata, "deletion_timestamp", "")
    )  # fmt: skip
    assert 26 * SECOND <= began <= 36 * SECOND


def test_02_a_stateful_pod_of_a_dead_node_is_replaced_only_when_forced() -> None:
    cluster = cluster_of(
        "release: v1.7\nnodes: 3\nobjects:\n- {kind: StatefulSet, name: web, replicas: 3}\n"
        "placement_by_name: {web-0: n1, web-1: n2, web-2: n3}\n"
        "actions: [{at: 0s, do: power-off, target: n2}]\n"
    )
    at(cluster, "30m")
    assert pods(typed(cluster, "kubectl get pods -o wide"))["web-1"][2] == "Unknown"
    typed(cluster, "kubectl delete pod web-1 --force --grace-period=0")
    at(cluster, "30m20s")
    assert pods(typed(cluster, "kubectl get pods -o wide"))["web-1"][2] == "Running"


@pytest.mark.parametrize(
    ("nodes", "dead", "evicted"),
    [("3", ("n1", "n2"), True), ("5", ("n1", "n2", "n3"), False), ("[master, n1]", ("n1",), False)],
)
def test_03_when_most_nodes_die_evictions_stop(nodes: str, dead: tuple[str, ...], evicted: bool) -> None:
    actions = ", ".join(f"{{at: 0s, do: power-off, target: {node}}}" for node in dead)
    objects = "objects: [{kind: ReplicationController, name: w, replicas: 10}]\n" if nodes == "5" else ""
    cluster = cluster_of(f"release: v1.7\nnodes: {nodes}\n{objects}actions: [{actions}]\n")
    at(cluster, "20m")
    assert ("Unknown" in statuses(typed(cluster, "kubectl get pods -o wide"))) is evicted


def test_04_a_daemon_pod_of_a_lost_node_is_node_lost_and_a_drain_refuses_daemons() -> None:
    cluster = cluster_of(
        "release: v1.7\nnodes: 3\nobjects: [{kind: DaemonSet, name: fluentd}]\n"
        "actions: [{at: 0s, do: power-off, target: n1}]\n"
    )
    at(cluster, "6m")
    [lost] = [row for row in rows(typed(cluster, "kubectl get pods -o wide")) if row[6] == "n1"]
    assert (lost[1], lost[2]) == ("1/1", "NodeLost")
    assert "DaemonSet-managed pods (use --ignore-daemonsets to ignore)" in typed(cluster, "kubectl drain n2")
    assert "SchedulingDisabled" in typed(cluster, "kubectl get node n2")


def test_05_a_runtime_that_hangs_makes_the_node_not_ready_after_three_minutes() -> None:
    cluster = cluster_of("release: v1.8\nnodes: 3\nactions: [{at: 0s, do: hang-docker-list, target: n1}]\n")
    at(cluster, "2m30s")
    assert "NotReady" not in typed(cluster, "kubectl get node n1")
    at(cluster, "4m")
    assert "NotReady" in typed(cluster, "kubectl get node n1")
    assert "PLEG is not healthy" in typed(cluster, "kubectl describe node n1")
    at(cluster, "9m30s")
    assert all(
        row[6] != "n1" or row[2] in ("Terminating", "Unknown")
        for row in rows(typed(cluster, "kubectl get pods -o wide"))
    )


def test_06_two_cgroup_drivers_and_the_kubelet_exits_again_and_again() -> None:
    cluster = cluster_of(
        "release: v1.7\nnodes: [n1, {name: n2, flags: {docker: {cgroup-driver: systemd}}}]\n"
    )
    assert "n2" not in typed(cluster, "kubectl get nodes")
    assert "cgroup driver" in typed(cluster, "journalctl -u kubelet", "n2")
    assert "Connection refused" in typed(cluster, "curl 127.0.0.1:10248/healthz", "n2")


def test_07_overlay_starts_where_the_kernel_has_it_and_filesystems_may_tell_no_types() -> None:
    kernel = "kernel: 3.10.0-514.el7.x86_64, filesystem: xfs"
    cluster = cluster_of(
        f"release: v1.7\nnodes:\n- n1\n- {{name: n2, {kernel}, flags: {{docker: {{storage-driver: "
        f"overlay}}}}}}\n"
        "- {name: n3, kernel: 3.10.0-514.el7.x86_64, filesystem: xfs ftype=0}\n"
    )
    assert "Storage Driver: overlay" in typed(cluster, "docker info", "n2")
    assert "Ready" in typed(cluster, "kubectl get node n2")
    assert "Backing Filesystem: xfs" in typed(cluster, "docker info", "n3")


def test_08_restarting_a_kubelet_leaves_containers_alone() -> None:
    cluster = cluster_of(
        "release: v1.7\nnodes: 3\nactions: [{at: 1s, do: stop-kubelet, target: n1}, "
        "{at: 5s, do: start-kubelet, target: n1}]\n"
    )
    before = typed(cluster, "docker ps -q", "n1")
    at(cluster, "60s")
    assert typed(cluster, "docker ps -q", "n1") == before
    assert all(row[3] == "0" for row in rows(typed(cluster, "kubectl get pods")))


def test_09_a_deleted_node_does_not_come_back_until_its_kubelet_restarts() -> None:
    cluster = cluster_of(
        "release: v1.7\nnodes: 3\nactions: [{at: 0s, do: delete-node, target: n1}, "
        "{at: 6m, do: stop-kubelet, target: n1}, {at: 6m5s, do: start-kubelet, target: n1}]\n"
    )
    at(cluster, "30s")
    assert all(row[6] != "n1" for row in rows(typed(cluster, "kubectl get pods -o wide")))
    at(cluster, "5m")
    assert "n1" not in typed(cluster, "kubectl get nodes")
    at(cluster, "6m20s")
    assert "n1" in typed(cluster, "kubectl get nodes")


def test_10_one_pod_more_than_nodes_with_a_host_port_stays_pending() -> None:
    cluster = cluster_of("release: v1.7\nnodes: 3\nobjects: []\n")
    typed(
        cluster,
        "kubectl apply -f -\napiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: "
        "demo}\nspec:\n"
        "  replicas: 4\n  template:\n    metadata: {labels: {name: demo}}\n    spec:\n"
        "      containers: [{name: demo, image: 'nginx:1.13', ports: [{containerPort: 8080, "
        "hostPort: 80}]}]\n",
    )
    at(cluster, "20s")
    assert sorted(statuses(typed(cluster, "kubectl get pods"))) == [
        "Pending",
        "Running",
        "Running",
        "Running",
    ]
    assert "PodFitsHostPorts (3)" in typed(cluster, "kubectl describe pods")


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("v1.7", "of the following predicates:: Insufficient cpu (2)"),
        ("v1.8", "of the predicates: Insufficient cpu"),
    ],
)
def test_11_what_cannot_be_scheduled_says_why_in_the_words_of_the_release(release: str, words: str) -> None:
    cluster = cluster_of(
        f"release: {release}\nnodes: 2\nobjects:\n- {{kind: Pod, name: huge, containers: "
        "[{name: a, image: x, requests: {memory: 64Gi, cpu: '32'}}]}\n"
    )
    at(cluster, "5s")
    assert words in typed(cluster, "kubectl describe pod huge")


def test_12_a_crash_loop_backs_off_from_10_s_to_5_min() -> None:
    cluster = cluster_of(
        "release: v1.8\nnodes: 1\nobjects: [{kind: Pod, name: c, at: 0s, containers: "
        "[{name: a, image: 'x:1', exits: {after_ms: 100, code: 1}}]}]\n"
    )
    found = []
    for time in ("6s", "30s", "60s", "180s", "300s", "10m"):
        at(cluster, time)
        found.append(int(rows(typed(cluster, "kubectl get pods"))[0][3]))
    assert found == [1, 2, 3, 4, 5, 6]


def test_13_an_image_that_cannot_be_pulled() -> None:
    cluster = cluster_of(
        "release: v1.7\nnodes: 1\nobjects: [{kind: Pod, name: c, at: 0s, containers: "
        "[{name: a, image: 'nginx:nope', pull: fails until allow-image}]}]\n"
    )
    seen: list[str] = []
    for second in range(2, 60, 2):
        at(cluster, f"{second}s")
        seen += statuses(typed(cluster, "kubectl get pods"))
    assert {"ErrImagePull", "ImagePullBackOff"} <= set(seen)


@pytest.mark.parametrize("version", ["extensions/v1beta1", "apps/v1beta1"])
def test_14_only_newer_deployments_have_a_deadline(version: str) -> None:
    cluster = cluster_of(
        f"release: v1.7\nnodes: 2\nobjects: [{{kind: Deployment, name: web, api: {version}, "
        "replicas: 2, containers: "
        "[{name: a, image: 'nginx:1.13'}]}]\nactions: [{at: 0s, do: refuse-image, target: 'nginx:nope'}, "
        "{at: 1s, do: set-image, target: deployment/web, image: 'nginx:nope'}]\n"
    )
    at(cluster, "12m")
    printed = typed(cluster, "kubectl rollout status deployment/web")
    assert ("exceeded its progress deadline" in printed) is (version == "apps/v1beta1")


def test_15_a_job_gives_up_after_its_back_off_limit() -> None:
    cluster = cluster_of(
        "release: v1.8\nnodes: 1\nobjects: [{kind: Job, name: bf, at: 0s, parallelism: 2, completions: 2, "
        "restart_policy: Never, backoff_limit: 3, containers: [{name: a, image: 'x:1', "
        "exits: {after_ms: 500, code: 1}}]}]\n"
    )
    at(cluster, "5m")
    assert len(rows(typed(cluster, "kubectl get pods -a"))) == 7


def test_17_a_disruption_budget_holds_a_drain() -> None:
    cluster = cluster_of("release: v1.7\nnodes: 3\n")
    typed(
        cluster,
        "kubectl apply -f -\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: p}\n"
        "spec: {minAvailable: 3, selector: {matchLabels: {app: tomcat}}}\n",
    )
    at(cluster, "10s")
    typed(cluster, "kubectl drain n1")
    at(cluster, "2m")
    assert any(
        row[6] == "n1" and row[2] == "Running" for row in rows(typed(cluster, "kubectl get pods -o wide"))
    )


def test_18_a_manual_taint_spares_those_who_tolerate_it_for_as_long() -> None:
    cluster = cluster_of(
        "release: v1.7\nnodes: 3\nobjects:\n- {kind: ReplicationController, name: w, replicas: 3}\n"
        "- {kind: ReplicationController, name: t, replicas: 3, tolerations: "
        "[{key: maint, operator: Exists, effect: NoExecute, seconds: 60}]}\n"
    )
    typed(cluster, "kubectl taint nodes n1 maint=yes:NoExecute")
    at(cluster, "35s")
    here = [row[0] for row in rows(typed(cluster, "kubectl get pods -o wide")) if row[6] == "n1"]
    assert [name[0] for name in here] == ["t"]
    at(cluster, "2m")
    assert here[0] not in typed(cluster, "kubectl get pods")


def test_19_a_healed_network_is_noticed_only_at_the_next_retransmission() -> None:
    cluster = cluster_of(
        "release: v1.7\nnodes: 3\nactions: [{at: 1s, do: cut-network, target: n1}, "
        "{at: 8m, do: heal-network, target: n1}]\n"
    )
    at(cluster, "9m")
    assert "NotReady" in typed(cluster, "kubectl get node n1")
    at(cluster, "10m")
    assert "NotReady" not in typed(cluster, "kubectl get node n1")


@pytest.mark.parametrize(("release", "kept"), [("v1.7", False), ("v1.8", True)])
def test_20_a_pod_that_is_deleted_leaves_the_endpoints_at_once_only_in_v1_7(release: str, kept: bool) -> None:
    cluster = cluster_of(
        f"release: {release}\nnodes: 2\nobjects:\n- {{kind: StatefulSet, name: web, replicas: 2, containers: "
        "[{name: a, image: 'x:1', port: 8080}]}\n- {kind: Service, name: web, port: 80, target_port: 8080}\n"
        "flags: {runtime: {stop: 20s}}\n"
    )
    typed(cluster, "kubectl delete pod web-1")
    at(cluster, "1s")
    assert (typed(cluster, "kubectl get ep web").count(":8080") == 2) is kept


def test_21_a_pod_bound_to_a_dead_kubelet_goes_when_the_kubelet_is_back() -> None:
    cluster = cluster_of(
        "release: v1.7\nnodes: 2\nobjects: [{kind: Pod, name: p, node_name: n1, at: 1s}]\n"
        "actions: [{at: 0s, do: stop-kubelet, target: n1}, {at: 10m, do: start-kubelet, target: n1}]\n"
    )
    at(cluster, "30s")
    assert statuses(typed(cluster, "kubectl get pods")) == ["Pending"]
    at(cluster, "10m30s")
    assert typed(cluster, "kubectl get pods") == "No resources found."


def test_22_a_namespace_takes_its_content_with_it_and_hangs_on_a_dead_node() -> None:
    cluster = cluster_of(
        "release: v1.7\nnodes: 2\nobjects:\n- {kind: Namespace, name: a}\n"
        "- {kind: ReplicationController, name: r, namespace: a, replicas: 2}\n"
    )
    typed(cluster, "kubectl delete ns a")
    at(cluster, "1s")
    assert "Terminating" in typed(cluster, "kubectl get ns a")
    at(cluster, "60s")
    assert "NotFound" in typed(cluster, "kubectl get ns a")
    assert typed(cluster, "kubectl get rc,pods -n a") == "No resources found."
    cluster = cluster_of(
        "release: v1.7\nnodes: 2\nobjects:\n- {kind: Namespace, name: log}\n"
        "- {kind: DaemonSet, name: ds, namespace: log}\nactions: [{at: 0s, do: power-off, target: n1}]\n"
    )
    at(cluster, "6m")
    typed(cluster, "kubectl delete ns log")
    at(cluster, "8m")
    assert "Terminating" in typed(cluster, "kubectl get ns log")


def test_24_deleting_pods_of_a_dead_node_again_says_deleted_and_leaves_them() -> None:
    cluster = cluster_of(
        "release: v1.7\nnodes: 2\nobjects: [{kind: ReplicationController, name: w, replicas: 2}]\n"
        "actions: [{at: 0s, do: power-off, target: n1}]\n"
    )
    at(cluster, "60s")
    assert typed(cluster, "kubectl delete pods -l app=w").count("deleted") == 2
    at(cluster, "2m")
    assert "Terminating" in statuses(typed(cluster, "kubectl get pods"))
    at(cluster, "6m")
    assert "Unknown" in statuses(typed(cluster, "kubectl get pods"))


def test_25_the_node_controller_does_not_mind_a_wrong_clock() -> None:
    cluster = cluster_of("release: v1.7\nnodes: [n1, {name: n2, clock_skew: 10m}]\n")
    at(cluster, "3m")
    assert "NotReady" not in typed(cluster, "kubectl get nodes")
    assert typed(cluster, "date", "n2") != typed(cluster, "date", "n1")


def test_27_an_init_container_runs_first() -> None:
    cluster = cluster_of("release: v1.7\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
        "  initContainers: [{name: i, image: busybox, command: [sh, -c, sleep 5]}]\n"
        "  containers: [{name: a, image: nginx}]\n",
    )
    at(cluster, "3s")
    assert statuses(typed(cluster, "kubectl get pods")) == ["Init:0/1"]
    at(cluster, "30s")
    assert statuses(typed(cluster, "kubectl get pods")) == ["Running"]


def test_28_a_service_may_want_the_addresses_of_pods_that_are_not_ready() -> None:
    cluster = cluster_of("release: v1.7\nnodes: 3\nactions: [{at: 1s, do: stop-kubelet, target: n1}]\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Service\nmetadata:\n  name: etcd\n  annotations: "
        "{service.alpha.kubernetes.io/tolerate-unready-endpoints: 'true'}\n"
        "spec: {clusterIP: None, ports: [{port: 2379}], selector: {app: tomcat}}\n",
    )
    at(cluster, "60s")
    assert typed(cluster, "kubectl get ep etcd").count(":2379") == 3
    assert typed(cluster, "kubectl get ep tomcat").count(":8080") == 2
