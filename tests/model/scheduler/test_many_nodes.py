"""A scheduler that follows its cache instead of looking at every node, in whole clusters."""

from functools import cache

import pytest
from msgspec.structs import replace

from clustersim import Cluster, Command, default_scenario
from clustersim.engine.time import SECOND
from clustersim.releases import release_named
from clustersim.scenario_schema import NodeSpec, Scenario
from clustersim.scheduler.decision import MANY_NODES


def _many(release: str) -> Scenario:
    nodes = tuple(NodeSpec(name=f"n{number:02}", cpu="4", memory_mib=8192) for number in range(MANY_NODES))
    return replace(default_scenario(release), nodes=nodes, clients=())


@cache
def _steady(release: str) -> Cluster:
    return Cluster(_many(release))


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_copy_of_a_cluster_places_pods_where_the_original_does(release: str) -> None:
    original = _steady(release)
    original.apply(Command("scale", "rc/tomcat", {"replicas": 40}))
    original.run_until(original.now + SECOND // 2)
    copy = Cluster.restore(original.snapshot())
    for cluster in (original, copy):
        cluster.run_until(original.now if cluster is copy else original.now + 20 * SECOND)
    assert copy.state_hash() == original.state_hash()
    assert sum(bool(pod.spec.node_name) for pod in copy.objects("pods").values()) > 40


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_pods_are_placed_as_by_a_scheduler_that_looks_at_every_node(release: str) -> None:
    quick, plain = Cluster.restore(_steady(release).snapshot()), Cluster.restore(_steady(release).snapshot())
    scheduler = plain.world.scheduler
    scheduler.choice = _Nothing
    assert isinstance(scheduler, release_named(release).components["scheduler"])
    for cluster in (quick, plain):
        cluster.apply(Command("scale", "rc/tomcat", {"replicas": 90}))
        cluster.run_until(cluster.now + 20 * SECOND)
    places = [
        {name: pod.spec.node_name for name, pod in cluster.objects("pods").items()}
        for cluster in (quick, plain)
    ]
    assert places[0] == places[1]


class _Nothing:
    """A choice that leaves everything to the plain scheduler."""

    def decide(self, *_: object) -> None:
        """Look at every node."""
