"""The source post's experiment, from the first heartbeat missed to the containers killed by the returning
kubelet."""

import pytest

from clustersim import Cluster, Command, default_scenario
from clustersim.api.core_v1 import Node, Pod
from clustersim.engine.time import SECOND, seconds
from clustersim.runtime.records import RUNNING

RELEASES = ("v1.7", "v1.8")


def ready(cluster: Cluster, node: str) -> str:
    found: Node = cluster.object("nodes", node)
    return next(c.status for c in found.status.conditions if c.type == "Ready")


def pods_on(cluster: Cluster, node: str) -> list[Pod]:
    return [pod for pod in cluster.objects("pods").values() if pod.spec.node_name == node]


def running_containers(cluster: Cluster, node: str) -> int:
    disk = cluster.machines[node].state.disk["runtime"]
    return sum(container.state == RUNNING for container in disk.containers.values())


def busiest(cluster: Cluster) -> str:
    return max(cluster.machines, key=lambda node: len(pods_on(cluster, node)))


@pytest.fixture(params=RELEASES)
def cluster(request: pytest.FixtureRequest) -> Cluster:
    return Cluster(default_scenario(request.param))


def advance(cluster: Cluster, duration: float) -> None:
    cluster.run_until(cluster.now + seconds(duration))


def test_at_zero_the_cluster_is_steady(cluster: Cluster) -> None:
    assert [ready(cluster, node) for node in ("n1", "n2", "n3")] == ["True"] * 3
    pods = list(cluster.objects("pods").values())
    assert len(pods) == 4
    assert all(pod.status.phase == "Running" for pod in pods)


def test_the_node_is_unknown_30_to_45_seconds_after_its_kubelet_stopped(cluster: Cluster) -> None:
    cluster.apply(Command("stop-kubelet", "n1"))
    advance(cluster, 29.9)
    assert ready(cluster, "n1") == "True"
    advance(cluster, 15.3)
    assert ready(cluster, "n1") == "Unknown"


def test_pods_stay_running_until_eviction_and_are_then_lost_and_replaced(cluster: Cluster) -> None:
    node = busiest(cluster)
    old = {pod.metadata.uid for pod in pods_on(cluster, node)}
    cluster.apply(Command("stop-kubelet", node))
    advance(cluster, 250)
    assert all(pod.status.phase == "Running" and not pod.status.reason for pod in pods_on(cluster, node))
    advance(cluster, 60)
    lost = pods_on(cluster, node)
    assert {pod.metadata.uid for pod in lost} == old
    assert all(pod.status.reason == "NodeLost" and pod.metadata.deletion_timestamp for pod in lost)
    alive = [pod for pod in cluster.objects("pods").values() if not pod.metadata.deletion_timestamp]
    assert len(alive) == 4
    assert all(pod.spec.node_name != node for pod in alive)


def test_docker_goes_on_running_what_nobody_believes_in_any_more(cluster: Cluster) -> None:
    node = busiest(cluster)
    before = running_containers(cluster, node)
    cluster.apply(Command("stop-kubelet", node))
    advance(cluster, 1800)
    assert running_containers(cluster, node) == before > 0


def test_the_returning_kubelet_kills_the_old_containers_and_nothing_moves_back(cluster: Cluster) -> None:
    node = busiest(cluster)
    cluster.apply(Command("stop-kubelet", node))
    advance(cluster, 330)
    cluster.apply(Command("start-kubelet", node))
    advance(cluster, 100)
    assert ready(cluster, node) == "True"
    assert running_containers(cluster, node) == 0
    assert pods_on(cluster, node) == []
    assert len(cluster.objects("pods")) == 4


def test_a_kubelet_that_returns_in_time_loses_nothing(cluster: Cluster) -> None:
    node = busiest(cluster)
    before = {
        (pod.metadata.uid, pod.status.container_statuses[0].container_id) for pod in pods_on(cluster, node)
    }
    cluster.apply(Command("stop-kubelet", node))
    advance(cluster, 120)
    cluster.apply(Command("start-kubelet", node))
    advance(cluster, 60)
    after = {
        (pod.metadata.uid, pod.status.container_statuses[0].container_id) for pod in pods_on(cluster, node)
    }
    assert after == before
    assert all(c.status == "True" for pod in pods_on(cluster, node) for c in pod.status.conditions)


def test_seven_minutes_cost_few_events(cluster: Cluster) -> None:
    cluster.apply(Command("stop-kubelet", "n1"))
    handled = cluster.world.engine.handled
    cluster.run_until(420 * SECOND)
    assert cluster.world.engine.handled - handled < 20_000


def test_the_control_plane_works_again_after_the_api_server_was_away(cluster: Cluster) -> None:
    cluster.apply(Command("stop-apiserver", "apiserver"))
    advance(cluster, 60)
    cluster.apply(Command("start-apiserver", "apiserver"))
    advance(cluster, 40)
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 5}))
    advance(cluster, 20)
    running = [pod for pod in cluster.objects("pods").values() if pod.status.phase == "Running"]
    assert len(running) == 6


def test_what_was_stopped_on_purpose_stays_stopped(cluster: Cluster) -> None:
    cluster.apply(Command("stop-scheduler", "scheduler"))
    advance(cluster, 60)
    assert cluster.process("scheduler").status.phase == "stopped"
