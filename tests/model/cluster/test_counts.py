"""What is counted while it changes is what counting anew would find."""

from collections import Counter

import pytest

from clustersim import Cluster, Command, default_scenario
from clustersim.controllermanager import informers
from clustersim.engine.time import SECOND
from clustersim.scheduler import cache


@pytest.fixture
def disturbed() -> Cluster:
    """A cluster that lost a node, evicted its pods, and has it back."""
    cluster = Cluster(default_scenario("v1.7"))
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(400 * SECOND)
    cluster.apply(Command("start-kubelet", "n1"))
    cluster.run_until(460 * SECOND)
    return cluster


def test_the_pods_of_an_owner_are_counted_right(disturbed: Cluster) -> None:
    shared = disturbed.world.controller_manager.shared
    owners = [owner.metadata.uid for owner in disturbed.objects("replicationcontrollers").values()]
    assert owners
    for uid in owners:
        assert shared.kinds_of(uid) == Counter(map(informers.counted_as, shared.owned_by(uid)))


def test_the_pods_of_a_node_are_counted_right(disturbed: Cluster) -> None:
    infos = list(disturbed.world.scheduler.cache.nodes())
    assert len(infos) == 3
    for info in infos:
        assert info.kinds == Counter(map(cache.kind_of, info.pods.values()))
