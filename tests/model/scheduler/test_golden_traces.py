"""The bindings that the code of v1.8.0 gave when it was run on these nodes, in order."""

import pytest

from tests.model.scheduler.worlds import SchedulerWorld, node, pod, service

THREE = (node("n1"), node("n2"), node("n3"))


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_equal_nodes_no_requests_with_a_service(release: str) -> None:
    world = SchedulerWorld(*THREE, release=release)
    world.create(service())
    assert world.bindings(7) == ["n3", "n1", "n2", "n3", "n2", "n1", "n3"]


def test_first_totals_are_38_and_28_on_the_used_node() -> None:
    world = SchedulerWorld(*THREE)
    world.create(service(), pod("a"), pod("b"))
    attempts = world.scheduler.state.attempts.by_pod
    totals = [
        {score.node: score.total - 100_000 for score in attempts[f"default/{name}"].scores}
        for name in ("a", "b")
    ]
    assert totals == [{"n1": 38, "n2": 38, "n3": 38}, {"n1": 38, "n2": 38, "n3": 28}]


def test_equal_nodes_no_requests_and_nothing_that_selects() -> None:
    assert SchedulerWorld(*THREE).bindings(7) == ["n3", "n2", "n1", "n3", "n2", "n1", "n3"]


def test_pods_with_requests_and_a_service() -> None:
    world = SchedulerWorld(*THREE)
    world.create(service())
    assert world.bindings(6, {"cpu": "500m", "memory": "256Mi"}) == ["n3", "n1", "n2", "n3", "n2", "n1"]
    first = world.scheduler.state.attempts.by_pod["default/pod-00"]
    second = world.scheduler.state.attempts.by_pod["default/pod-01"]
    assert [score.total - 100_000 for score in first.scores] == [36, 36, 36]
    assert [score.total - 100_000 for score in second.scores] == [36, 36, 22]


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_one_node_not_ready(release: str) -> None:
    world = SchedulerWorld(node("n1", ready="Unknown"), node("n2"), node("n3"), release=release)
    world.create(service())
    assert world.bindings(4) == ["n3", "n2", "n3", "n2"]


def test_nodes_of_different_size() -> None:
    world = SchedulerWorld(node("n1", "4", "8Gi"), node("n2", "2", "4Gi"), node("n3", "1", "2Gi"))
    world.create(service())
    assert world.bindings(6) == ["n3", "n1", "n2", "n1", "n2", "n3"]
