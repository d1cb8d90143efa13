"""What a scenario's clients cost the programs that answer them."""

import pytest

from clustersim import Cluster
from clustersim.runtime.records import RUNNING
from clustersim.traffic.flow import Caller, Server, Steady, Trip, flow_of
from tests.model.reports.typed import at, cluster_of, typed

CLIENTS = "release: v1.36\nnodes: 3\nclients:\n- {name: many, service: tomcat, every: 10ms}\n"


@pytest.fixture(scope="module")
def world() -> Cluster:
    cluster = cluster_of(CLIENTS)
    at(cluster, "1s")
    return cluster


def busy(cluster: Cluster, pods: str) -> list[int]:
    """Thousandths of a CPU of the containers of such pods that run."""
    return [
        one.busy
        for machine in cluster.machines.values()
        if "runtime" in machine.state.disk
        for one in machine.state.disk["runtime"].containers.values()
        if one.state == RUNNING and one.pod.startswith(pods)
    ]


def test_requests_of_clients_take_cpu_where_they_are_answered(world: Cluster) -> None:
    assert busy(world, "tomcat-") == [33, 33, 33]
    assert busy(world, "mysql-") == [0]


def test_fewer_pods_have_the_more_to_do(world: Cluster) -> None:
    cluster = Cluster.restore(world.snapshot())
    typed(cluster, "kubectl scale rc tomcat --replicas=1")
    at(cluster, "60s")
    assert busy(cluster, "tomcat-") == [100]


def test_who_does_not_wait_takes_his_share_first() -> None:
    server, trips = Server(cost=10_000, most=500), (Trip(1.0, 0),)
    alone = flow_of([], [server], [Steady(40.0, trips)])
    assert alone.busy == (400.0,)
    both = flow_of([Caller(0, trips)], [server], [Steady(40.0, trips)])
    assert both.busy == (500.0,)
    assert both.turns == (pytest.approx(10.0, rel=0.1),)
    assert flow_of([], [server], [Steady(80.0, trips)]).wanted == (800.0,)
