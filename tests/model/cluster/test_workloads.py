"""Whole clusters with workloads of every kind: lost nodes, twins, snapshots, faults of containers."""

from typing import Any

import msgspec
import pytest

from clustersim import Cluster, Command, CommandError, default_scenario
from clustersim.api.core_v1 import Pod
from clustersim.conformance.printed import pod_status
from clustersim.engine.time import SECOND
from clustersim.scenario_schema import ContainerSpec, Exits, ObjectSpec, Scenario
from clustersim.view import build_view

RELEASES = ("v1.7", "v1.8")


def spec(kind: str, name: str, **more: Any) -> ObjectSpec:
    app = {"app": name}
    containers = more.pop("containers", (ContainerSpec(name=name, image=f"{name}:1"),))
    selector = {} if kind in ("Pod", "Job") else app
    return ObjectSpec(kind=kind, name=name, selector=selector, labels=app, containers=containers, **more)


EVERY_KIND = (
    spec("Deployment", "web", api="apps/v1beta1", replicas=4),
    spec("ReplicaSet", "set", replicas=2),
    spec("StatefulSet", "db", replicas=3),
    spec("DaemonSet", "agent"),
    spec(
        "Job",
        "sum",
        restart_policy="Never",
        completions=2,
        containers=(ContainerSpec(name="sum", image="sum:1", exits=Exits(after_ms=30_000)),),
    ),
)


def scenario(release: str, *objects: ObjectSpec, **changes: Any) -> Scenario:
    base = default_scenario(release)
    return msgspec.structs.replace(base, objects=objects or EVERY_KIND, clients=(), **changes)


def pods_of(cluster: Cluster, name: str) -> list[Pod]:
    pods: list[Pod] = list(cluster.objects("pods").values())
    return [pod for pod in pods if pod.metadata.labels.get("app") == name]


def do(cluster: Cluster, verb: str, target: str, **args: Any) -> None:
    cluster.apply(Command(verb, target, args))


def story(cluster: Cluster) -> None:
    """A rollout, a lost node, its return, and the end of everything."""
    do(cluster, "set-image", "deployment/web", image="web:2")
    cluster.run_until(3 * SECOND)
    do(cluster, "stop-kubelet", "n2")
    cluster.run_until(60 * SECOND)
    do(cluster, "scale", "statefulset/db", replicas=4)
    cluster.run_until(400 * SECOND)
    do(cluster, "start-kubelet", "n2")
    cluster.run_until(450 * SECOND)
    do(cluster, "rollout-undo", "deployment/web")
    cluster.run_until(500 * SECOND)
    for target in ("deployment/web", "rs/set", "statefulset/db", "daemonset/agent", "job/sum"):
        do(cluster, "delete", target)
    cluster.run_until(700 * SECOND)


@pytest.mark.parametrize("release", RELEASES)
def test_a_lazy_cluster_leaves_the_same_trace_as_its_ticking_twin(release: str) -> None:
    traces = []
    for ticking in (False, True):
        cluster = Cluster(scenario(release, ticking=ticking))
        story(cluster)
        traces.append([(e.t, e.kind, e.actor, e.verb, e.object) for e in cluster.record])
    assert traces[0] == traces[1]


@pytest.mark.parametrize("release", RELEASES)
def test_a_snapshot_in_the_middle_of_a_rollout_goes_on_as_if_nothing_had_been(release: str) -> None:
    cluster = Cluster(scenario(release))
    do(cluster, "set-image", "deployment/web", image="web:2")
    cluster.run_until(2_345_678)
    twin = Cluster.restore(cluster.snapshot())
    for one in (cluster, twin):
        one.run_until(60 * SECOND)
    assert cluster.state_hash() == twin.state_hash()


@pytest.mark.parametrize("release", RELEASES)
def test_in_the_end_nothing_is_left_of_deleted_workloads(release: str) -> None:
    cluster = Cluster(scenario(release))
    story(cluster)
    assert cluster.objects("pods") == {}
    assert cluster.objects("replicasets") == {}


@pytest.mark.parametrize("release", RELEASES)
def test_on_a_lost_node_only_the_pod_of_a_daemon_set_is_left_alone(release: str) -> None:
    cluster = Cluster(scenario(release))
    do(cluster, "stop-kubelet", "n2")
    cluster.run_until(400 * SECOND)
    (agent,) = [pod for pod in pods_of(cluster, "agent") if pod.spec.node_name == "n2"]
    assert pod_status(agent) == "NodeLost"
    assert not agent.metadata.deletion_timestamp
    others = [
        pod for name in ("web", "set", "db") for pod in pods_of(cluster, name) if pod.spec.node_name == "n2"
    ]
    assert others
    assert {pod_status(pod) for pod in others} == {"Unknown"}


def test_a_pod_of_a_stateful_set_on_a_lost_node_is_replaced_only_when_its_object_is_gone() -> None:
    cluster = Cluster(scenario("v1.7"))
    lost = pods_of(cluster, "db")[1]
    node = lost.spec.node_name
    do(cluster, "stop-kubelet", node)
    cluster.run_until(1200 * SECOND)
    assert len(pods_of(cluster, "db")) == 3
    do(cluster, "delete-pod", lost.metadata.name, force=True)
    cluster.run_until(1230 * SECOND)
    found = next(pod for pod in pods_of(cluster, "db") if pod.metadata.name == lost.metadata.name)
    assert found.metadata.uid != lost.metadata.uid
    assert found.spec.node_name not in ("", node)


def test_the_view_has_a_row_for_every_workload_and_none_for_what_a_deployment_owns() -> None:
    items = build_view(Cluster(scenario("v1.7"))).workloads
    assert {key: (item.kind, item.wants, item.active) for key, item in items.items()} == {
        "deployment/default/web": ("Deployment", 4, 4),
        "rs/default/set": ("ReplicaSet", 2, 2),
        "statefulset/default/db": ("StatefulSet", 3, 3),
        "daemonset/default/agent": ("DaemonSet", 3, 3),
        "job/default/sum": ("Job", 2, 0),
    }


def test_a_pod_can_be_named_by_its_deployment_and_node() -> None:
    cluster = Cluster(scenario("v1.8"))
    found = cluster.find_pod("web@n1")
    assert found is not None
    assert found.metadata.name.startswith("web-")


def test_drain_leaves_pods_of_daemon_sets_or_refuses() -> None:
    cluster = Cluster(scenario("v1.7"))
    do(cluster, "drain", "n1", ignore_daemonsets=False)
    cluster.run_until(10 * SECOND)
    assert not [pod for pod in pods_of(cluster, "web") if pod.metadata.deletion_timestamp]
    do(cluster, "drain", "n1")
    cluster.run_until(60 * SECOND)
    left = [p.metadata.labels["app"] for p in cluster.objects("pods").values() if p.spec.node_name == "n1"]
    assert "agent" in left
    assert not {"web", "set", "db"} & set(left)


# --- containers -----------------------------------------------------------------------------------------


def restarts(cluster: Cluster, name: str) -> list[int]:
    return [
        status.restart_count for pod in pods_of(cluster, name) for status in pod.status.container_statuses
    ]


def test_a_crashed_container_is_started_again_in_the_same_pod() -> None:
    cluster = Cluster(scenario("v1.7", spec("ReplicationController", "web", replicas=1)))
    (before,) = pods_of(cluster, "web")
    do(cluster, "crash-container", before.metadata.name, code=3)
    cluster.run_until(30 * SECOND)
    (after,) = pods_of(cluster, "web")
    assert after.metadata.uid == before.metadata.uid
    assert restarts(cluster, "web") == [1]
    terminated = after.status.container_statuses[0].last_state.terminated
    assert terminated is not None
    assert (terminated.exit_code, terminated.reason) == (3, "Error")


def test_a_container_killed_for_its_memory_says_so() -> None:
    cluster = Cluster(scenario("v1.8", spec("ReplicationController", "web", replicas=1)))
    do(cluster, "oom-container", pods_of(cluster, "web")[0].metadata.name)
    cluster.run_until(30 * SECOND)
    terminated = pods_of(cluster, "web")[0].status.container_statuses[0].last_state.terminated
    assert terminated is not None
    assert (terminated.exit_code, terminated.reason) == (137, "OOMKilled")


def test_a_killed_sandbox_gives_the_pod_another_address() -> None:
    cluster = Cluster(scenario("v1.7", spec("ReplicationController", "web", replicas=1)))
    (before,) = pods_of(cluster, "web")
    do(cluster, "kill-sandbox", before.metadata.name)
    cluster.run_until(60 * SECOND)
    (after,) = pods_of(cluster, "web")
    assert after.metadata.uid == before.metadata.uid
    assert after.status.pod_ip not in ("", before.status.pod_ip)


@pytest.mark.parametrize("release", RELEASES)
def test_a_docker_of_which_only_ps_hangs_makes_the_node_not_ready_after_three_minutes(release: str) -> None:
    cluster = Cluster(scenario(release))

    def ready() -> str:
        conditions = cluster.object("nodes", "n1").status.conditions
        return next(str(c.status) for c in conditions if c.type == "Ready")

    do(cluster, "hang-docker-list", "n1")
    cluster.run_until(170 * SECOND)
    assert ready() == "True"
    cluster.run_until(200 * SECOND)
    assert ready() == "False"
    do(cluster, "resume-docker-list", "n1")
    cluster.run_until(230 * SECOND)
    assert ready() == "True"


def test_a_program_that_sticks_runs_on_and_goes_on_later() -> None:
    cluster = Cluster(scenario("v1.7", spec("ReplicationController", "web", replicas=1)))
    name = pods_of(cluster, "web")[0].metadata.name
    do(cluster, "stop-answering", name)
    with pytest.raises(CommandError):
        do(cluster, "stop-answering", "no-such-pod")
    cluster.run_until(30 * SECOND)
    assert restarts(cluster, "web") == [0]
    do(cluster, "resume-answering", name)


def test_what_is_not_there_cannot_be_scaled_changed_or_deleted() -> None:
    cluster = Cluster(scenario("v1.7"))
    for verb, target, args in (
        ("scale", "daemonset/agent", {"replicas": 1}),
        ("set-image", "statefulset/db", {"image": "x"}),
        ("set-image", "deployment/web", {"image": "x", "container": "none"}),
        ("rollout-undo", "rs/set", {}),
        ("delete", "rc/none", {}),
    ):
        with pytest.raises(CommandError):
            do(cluster, verb, target, **args)
