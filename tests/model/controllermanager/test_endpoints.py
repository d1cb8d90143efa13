"""Endpoints follow the pods of their Service."""

from itertools import product

import pytest

from clustersim.api.core_v1 import (
    Container,
    ContainerPort,
    EndpointAddress,
    EndpointSubset,
    Pod,
    PodSpec,
    ServicePort,
)
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.controllermanager import endpoints
from clustersim.controllermanager.endpoints import TOLERATE_UNREADY
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.controllermanager.services import target_port
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
    lock = world.get("endpoints", "kube-system/kube-controller-manager").metadata.uid
    world.manager.kill()
    world.delete("services", "default/web")
    world.run(SECOND)
    world.manager.start()
    world.run(5 * SECOND)
    assert world.get("endpoints", "default/web") is None
    assert world.get("endpoints", "kube-system/kube-controller-manager").metadata.uid == lock


def test_pods_of_other_namespaces_and_labels_are_not_listed() -> None:
    world = serving_world()
    world.pod("d", "n1", labels={"app": "other"})
    world.run(SECOND)
    assert addresses(world) == (["a", "b", "c"], [])


@pytest.mark.parametrize(
    ("release", "listed"),
    [
        (ControllerManagerV17, ["always-failed", "always-succeeded", "onfailure-failed"]),
        (ControllerManagerV136, []),
    ],
)
def test_a_pod_that_has_ended_is_listed_in_old_releases_if_it_will_be_restarted(
    release: type[ControllerManager], listed: list[str]
) -> None:
    world = ManagedWorld("n1", release=release)
    world.service("web")
    for policy, phase in product(("Always", "OnFailure", "Never"), ("Succeeded", "Failed")):
        name = f"{policy}-{phase}".lower()
        spec = PodSpec(containers=(Container(name="c", image="i"),), restart_policy=policy)
        world.create(
            Pod(metadata=ObjectMeta(name=name, namespace="default", labels=LABELS), spec=spec), "pods"
        )
        world.bind(name, "n1")
        world.set_ready(name, False, phase)
    world.run(SECOND)
    assert addresses(world) == ([], listed)


def test_a_service_that_tolerates_unready_pods_lists_those_that_are_being_deleted() -> None:
    world = serving_world()
    found = world.get("services", "default/web")
    metadata = replace(found.metadata, annotations={TOLERATE_UNREADY: "true"})
    world.handle(Request("update", "services", "default", "web", replace(found, metadata=metadata)))
    world.set_ready("b", False)
    world.delete("pods", "default/b")
    world.run(SECOND)
    assert addresses(world) == (["a", "b", "c"], [])


def test_addresses_are_listed_in_their_order() -> None:
    world = ManagedWorld("n1")
    world.service("web")
    for name in ("a", "aaa"):
        world.pod(name, "n1", labels=LABELS)
    world.run(SECOND)
    listed = world.get("endpoints", "default/web").subsets[0].addresses
    assert [address.ip for address in listed] == ["172.17.1.41", "172.17.1.97"]


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV136])
def test_a_pod_that_gets_other_labels_changes_sides_at_once(release: type[ControllerManager]) -> None:
    world = serving_world(release=release)
    world.service("other")
    for name, app in (("a", "other"), ("b", "none")):
        found = world.get("pods", f"default/{name}")
        moved = replace(found, metadata=replace(found.metadata, labels={"app": app}))
        world.handle(Request("update", "pods", "default", name, moved))
    world.run(SECOND)
    assert addresses(world) == (["c"], [])
    [subset] = world.get("endpoints", "default/other").subsets
    assert [address.target_ref.name for address in subset.addresses] == ["a"]


def test_a_named_port_is_that_of_its_protocol() -> None:
    ports = (
        ContainerPort(container_port=5300, name="dns", protocol="TCP"),
        ContainerPort(container_port=53, name="dns", protocol="UDP"),
    )
    pod = Pod(spec=PodSpec(containers=(Container(name="c", image="i", ports=ports),)))
    assert target_port(ServicePort(port=53, target_port="dns", protocol="UDP"), pod) == 53
    assert target_port(ServicePort(port=53, target_port="web", protocol="UDP"), pod) is None


@pytest.mark.parametrize("release", [ControllerManagerV18, ControllerManagerV136])
def test_todays_endpoints_are_cut_off_at_a_thousand_addresses(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    for number in range(1001):
        world.pod(f"p{number}", "n1", labels={"app": "web"})
    world.service("web")
    world.run(5 * SECOND)
    found = world.get("endpoints", "default/web")
    listed = sum(len(subset.addresses) for subset in found.subsets)
    over = found.metadata.annotations.get("endpoints.kubernetes.io/over-capacity")
    assert (listed, over) == ((1000, "truncated") if release is ControllerManagerV136 else (1001, None))


def test_that_endpoints_were_cut_off_is_said_until_all_of_them_are_listed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoints, "CAPACITY", 2)
    world = serving_world(release=ControllerManagerV136)
    assert addresses(world) == (["a", "b"], [])
    assert world.get("endpoints", "default/web").metadata.annotations
    world.delete("pods", "default/a", grace=0)
    world.run(SECOND)
    assert addresses(world) == (["b", "c"], [])
    assert not world.get("endpoints", "default/web").metadata.annotations


def test_addresses_that_are_cut_off_are_not_ready_ones_first_and_of_every_subset_its_share() -> None:
    def subset(ready: int, others: int) -> EndpointSubset:
        return EndpointSubset(
            addresses=tuple(EndpointAddress(ip=f"10.0.0.{n}") for n in range(ready)),
            not_ready_addresses=tuple(EndpointAddress(ip=f"10.0.1.{n}") for n in range(others)),
        )

    def sizes(most: int, *subsets: EndpointSubset) -> list[tuple[int, int]]:
        kept = endpoints.cut_to(most, subsets)
        return [(len(one.addresses), len(one.not_ready_addresses)) for one in kept]

    assert sizes(5, subset(1, 4), subset(2, 2)) == [(1, 2), (2, 0)]
    assert sizes(5, subset(6, 1), subset(3, 1)) == [(4, 0), (1, 0)]
    assert sizes(3, subset(0, 5), subset(3, 0)) == [(3, 0)]


def test_today_a_pod_that_has_ended_is_left_out_also_where_all_count_as_ready() -> None:
    """ShouldPodBeInEndpoints of v1.36."""
    world = serving_world(release=ControllerManagerV136)
    found = world.get("services", "default/web")
    spec = replace(found.spec, publish_not_ready_addresses=True)
    world.handle(Request("update", "services", "default", "web", replace(found, spec=spec)))
    world.set_ready("b", False)
    world.set_ready("c", False, "Failed")
    world.run(2 * SECOND)
    assert addresses(world) == (["a", "b"], [])
