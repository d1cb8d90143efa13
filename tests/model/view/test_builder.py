"""A view that is kept up with what changes is the view that is built anew."""

import msgspec
import pytest

from clustersim import Cluster, Command, default_scenario
from clustersim.engine.time import SECOND
from clustersim.scenario_schema import NodeSpec
from clustersim.view import ViewBuilder, build_view, diff_view

STORY = (
    Command("stop-kubelet", "n1"),
    Command("stop-docker", "n2"),
    Command("start-kubelet", "n1"),
    Command("power-off", "n3"),
    Command("start-docker", "n2"),
    Command("power-on", "n3"),
    Command("delete-node", "n2"),
)
EVERY = 80 * SECOND


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_a_view_kept_up_is_the_view_built_anew(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    builder = ViewBuilder(cluster)
    for number, command in enumerate(STORY):
        cluster.apply(command)
        for part in range(1, 17):
            cluster.run_until(number * EVERY + part * EVERY // 16)
            assert builder.build() == build_view(cluster)


def test_a_node_that_only_says_that_it_lives_has_the_same_pods() -> None:
    cluster = Cluster(default_scenario())
    builder = ViewBuilder(cluster)
    before = builder.build()
    cluster.run_until(60 * SECOND)
    after = builder.build()
    assert all(after.nodes[name].pods is node.pods for name, node in before.nodes.items())
    assert {frozenset(told) for told in diff_view(before, after).nodes.values()} == {
        frozenset({"lastHeartbeat"})
    }


def test_items_of_which_nothing_changed_are_the_same_ones() -> None:
    nodes = tuple(NodeSpec(name=f"n{number}") for number in range(1, 46))
    cluster = Cluster(msgspec.structs.replace(default_scenario(), nodes=nodes))
    builder = ViewBuilder(cluster)
    cluster.run_until(SECOND)
    before = builder.build()
    cluster.run_until(SECOND + SECOND // 10)
    after = builder.build()
    changed = diff_view(before, after).nodes
    same = [name for name, node in after.nodes.items() if node is before.nodes[name]]
    assert len(same) + len(changed) == len(nodes)
    assert len(same) > len(changed)
