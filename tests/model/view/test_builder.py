"""A view that is kept up with what changes is the view that is built anew."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from clustersim import Cluster, Command, Scenario, default_scenario
from clustersim.engine.time import SECOND
from clustersim.scenario_schema import NodeSpec
from clustersim.view import ViewBuilder, build_view, diff_view
from tests.changes import applied

A_POD = "whichever comes first"
STORIES: dict[str, tuple[Command, ...]] = {
    "processes and machines": (
        Command("stop-kubelet", "n1"),
        Command("stop-docker", "n2"),
        Command("start-kubelet", "n1"),
        Command("power-off", "n3"),
        Command("start-docker", "n2"),
        Command("power-on", "n3"),
        Command("delete-node", "n2"),
    ),
    "network and workloads": (
        Command("cut-network", "n2"),
        Command("scale", "rc/tomcat", {"replicas": 5}),
        Command("heal-network", "n2"),
        Command("cordon", "n3"),
        Command("scale", "rc/tomcat", {"replicas": 1}),
        Command("stop-kube-proxy", "n1"),
        Command("hang-kubelet", "n1"),
        Command("start-kube-proxy", "n1"),
    ),
    "control plane": (
        Command("stop-controller-manager"),
        Command("stop-kubelet", "n1"),
        Command("start-controller-manager"),
        Command("stop-apiserver"),
        Command("start-apiserver"),
        Command("hang-controller-manager"),
        Command("resume-controller-manager"),
        Command("stop-etcd"),
        Command("start-etcd"),
        Command("start-kubelet", "n1"),
        Command("set-flags", "controller-manager", {"node-monitor-grace-period": "24s"}),
    ),
    "containers and objects": (
        Command("crash-container", A_POD),
        Command("taint", "n2", {"key": "gpu", "effect": "NoExecute"}),
        Command("drain", "n3"),
        Command("label", "nodes/n1", {"key": "rack", "value": "r9"}),
        Command("slow-network", "n1", {"delay_ms": 3000}),
        Command("uncordon", "n3"),
        Command("set-clock", "n2", {"ahead_s": 30}),
        Command("delete", "services/default/tomcat"),
        Command("delete", "replicationcontrollers/default/mysql"),
    ),
    "every node lost": (
        Command("stop-kubelet", "n1"),
        Command("stop-kubelet", "n2"),
        Command("stop-kubelet", "n3"),
        Command("start-kubelet", "n2"),
        Command("start-kubelet", "n1"),
        Command("start-kubelet", "n3"),
    ),
}
EVERY = 80 * SECOND


def many(release: str, count: int) -> Scenario:
    nodes = tuple(
        NodeSpec(name=f"n{number}", labels={"rack": f"r{number % 3}"}) for number in range(1, count + 1)
    )
    return msgspec.structs.replace(default_scenario(release), nodes=nodes)


def told(scenario: Scenario, story: tuple[Command, ...], parts: int, look: Callable[[Cluster], None]) -> None:
    """A story on a cluster, with looks in between that are so many to a command."""
    cluster = Cluster(scenario)
    look(cluster)
    for number, command in enumerate(story):
        if command.target == A_POD:
            pods = cluster.objects("pods").values()
            name = next(pod.metadata.name for pod in pods if pod.metadata.labels["app"] == "tomcat")
            command = msgspec.structs.replace(command, target=name)
        cluster.apply(command)
        for part in range(1, parts + 1):
            cluster.run_until(number * EVERY + part * EVERY // parts)
            look(cluster)


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_a_view_kept_up_is_the_view_built_anew(release: str, story: tuple[Command, ...]) -> None:
    builders: list[ViewBuilder] = []

    def look(cluster: Cluster) -> None:
        if not builders:
            builders.append(ViewBuilder(cluster))
        assert builders[0].build() == build_view(cluster)

    told(default_scenario(release), story, 40, look)


def plain(found: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(found))


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_a_page_of_many_nodes_has_the_view_after_every_news(release: str, story: tuple[Command, ...]) -> None:
    builders: list[ViewBuilder] = []
    shown: list[Any] = []

    def look(cluster: Cluster) -> None:
        if not builders:
            builders.append(ViewBuilder(cluster))
            shown.append(plain(builders[0].view))
        shown.append(applied(shown.pop(), plain(builders[0].news()[0])))
        assert shown[0] == plain(build_view(cluster))

    told(many(release, 45), story, 12, look)


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


def test_signs_of_life_of_many_nodes_are_told_together() -> None:
    cluster = Cluster(many("v1.8", 45))
    builder = ViewBuilder(cluster)
    cluster.run_until(60 * SECOND)
    changes, stored = builder.news()
    assert (changes.nodes, changes.deadlines) == ({}, {})
    assert set(changes.heard) == set(stored) == set(cluster.machines)
    assert sum(len(seen.nodes) for seen in changes.seen) == 45


def test_items_of_which_nothing_changed_are_the_same_ones() -> None:
    cluster = Cluster(many("v1.7", 45))
    builder = ViewBuilder(cluster)
    cluster.run_until(SECOND)
    before = builder.build()
    cluster.run_until(SECOND + SECOND // 10)
    after = builder.build()
    changed = diff_view(before, after).nodes
    same = [name for name, node in after.nodes.items() if node is before.nodes[name]]
    assert len(same) + len(changed) == len(cluster.machines)
    assert len(same) > len(changed)


def test_who_let_go_of_a_builder_is_told_nothing_more() -> None:
    cluster = Cluster(default_scenario())
    builder = ViewBuilder(cluster)
    touched = builder._follower.touched
    del builder
    cluster.run_until(60 * SECOND)
    assert not touched.nodes
