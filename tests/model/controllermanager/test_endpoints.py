"""Endpoints follow the pods of their Service."""

import pytest

from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.engine.time import MILLISECOND, SECOND
from tests.model.controllermanager.managed_world import ManagedWorld

LABELS = {"app": "web"}


def addresses(world: ManagedWorld) -> tuple[list[str], list[str]]:
    """Names of the pods that are listed as ready and as not ready."""
    subsets = world.get("endpoints", "default/web").subsets
    ready = [a.target_ref.name for s in subsets for a in s.addresses]
    others = [a.target_ref.name for s in subsets for a in s.not_ready_addresses]
    return sorted(ready), sorted(others)


def serving_world(**options: object) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3", **options)
    world.service("web")
    for index, name in enumerate("abc"):
        world.pod(name, f"n{index + 1}", labels=LABELS)
    world.run(SECOND)
    return world


def test_a_service_without_pods_gets_empty_endpoints() -> None:
    world = ManagedWorld("n1")
    world.service("web")
    world.run(SECOND)
    assert world.get("endpoints", "default/web").subsets == ()


def test_ready_pods_are_listed_with_port_node_and_address() -> None:
    world = serving_world()
    assert addresses(world) == (["a", "b", "c"], [])
    subset = world.get("endpoints", "default/web").subsets[0]
    assert [port.port for port in subset.ports] == [8080]
    address = subset.addresses[0]
    assert (address.ip, address.node_name) == ("172.17.1.97", "n1")


def test_pods_of_a_node_that_turned_unknown_are_listed_as_not_ready_at_once() -> None:
    world = serving_world()
    world.stop("n1")
    world.wait(lambda: world.condition("n1") == "Unknown")
    world.run(100 * MILLISECOND)
    assert addresses(world) == (["b", "c"], ["a"])


@pytest.mark.parametrize(
    ("release", "listed"), [(ControllerManagerV17, ["b", "c"]), (ControllerManagerV18, ["a", "b", "c"])]
)
def test_a_ready_pod_that_is_being_deleted_leaves_in_v1_7_but_not_in_v1_8(
    release: type, listed: list[str]
) -> None:
    world = serving_world(release=release)
    world.delete("pods", "default/a")
    world.run(SECOND)
    assert addresses(world) == (listed, [])
    world.set_ready("a", False)
    world.run(SECOND)
    assert addresses(world) == (["b", "c"], [])


def test_a_pod_that_is_gone_is_not_listed() -> None:
    world = serving_world(release=ControllerManagerV18)
    world.delete("pods", "default/a", grace=0)
    world.run(SECOND)
    assert addresses(world) == (["b", "c"], [])


def test_endpoints_go_with_their_service() -> None:
    world = serving_world()
    world.delete("services", "default/web")
    world.run(SECOND)
    assert world.get("endpoints", "default/web") is None


def test_endpoints_left_over_are_removed_when_the_controller_starts_but_locks_stay() -> None:
    world = serving_world()
    world.manager.kill()
    world.delete("services", "default/web")
    world.run(SECOND)
    world.manager.start()
    world.run(5 * SECOND)
    assert world.get("endpoints", "default/web") is None
    assert world.get("endpoints", "kube-system/kube-controller-manager") is not None


def test_pods_of_other_namespaces_and_labels_are_not_listed() -> None:
    world = serving_world()
    world.pod("d", "n1", labels={"app": "other"})
    world.run(SECOND)
    assert addresses(world) == (["a", "b", "c"], [])


@pytest.mark.parametrize("release", [ControllerManagerV18, ControllerManagerV136])
def test_todays_endpoints_are_cut_off_at_a_thousand_addresses(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    for number in range(1001):
        world.pod(f"p{number}", "n1", labels={"app": "web"})
    world.service("web")
    world.run(5 * SECOND)
    endpoints = world.get("endpoints", "default/web")
    listed = sum(len(subset.addresses) for subset in endpoints.subsets)
    over = endpoints.metadata.annotations.get("endpoints.kubernetes.io/over-capacity")
    assert (listed, over) == ((1000, "truncated") if release is ControllerManagerV136 else (1001, None))
