"""Hints in slices: for which zone or node an endpoint is meant, and when there are none."""

import pytest

from clustersim.api.core_v1 import Node, NodeStatus, Service
from clustersim.api.discovery import Endpoint
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.controllermanager.process import ControllerManagerV136
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld

ZONE = "topology.kubernetes.io/zone"
AUTO = {"service.kubernetes.io/topology-mode": "Auto"}


def world_of(zones: dict[str, str], pods: dict[str, str]) -> ManagedWorld:
    """zones: by node, each with two cores; pods: their nodes."""
    world = ManagedWorld(*zones, release=ControllerManagerV136)
    world.service("web", app="web")
    world.run(SECOND)
    for name, zone in zones.items():
        place(world, name, zone)
    reported = world.beats.report

    def with_cpu(name: str) -> NodeStatus:
        return replace(reported(name), allocatable={"cpu": "2", "pods": "110"})

    world.beats.report = with_cpu  # type: ignore[method-assign]
    world.run(11 * SECOND)
    for name, node in pods.items():
        world.pod(name, node, labels={"app": "web"})
    world.run(SECOND)
    return world


def place(world: ManagedWorld, name: str, zone: str) -> None:
    """The node is in that zone."""
    node: Node = world.get("nodes", name)
    metadata = replace(node.metadata, labels={ZONE: zone} if zone else {})
    world.handle(Request("update", "nodes", "", name, replace(node, metadata=metadata)))


def ask_for(world: ManagedWorld, distribution: str = "", annotations: dict[str, str] | None = None) -> None:
    service: Service = world.get("services", "default/web")
    changed = replace(
        service,
        metadata=replace(service.metadata, annotations=annotations or {}),
        spec=replace(service.spec, traffic_distribution=distribution),
    )
    assert world.handle(Request("update", "services", "default", "web", changed)).ok
    world.run(2 * SECOND)


def endpoints(world: ManagedWorld) -> dict[str, Endpoint]:
    return {
        endpoint.target_ref.name: endpoint
        for one in world.all("endpointslices")
        for endpoint in one.endpoints
        if endpoint.target_ref is not None
    }


def hints(world: ManagedWorld) -> dict[str, tuple[list[str], list[str]]]:
    return {
        name: (
            [zone.name for zone in endpoint.hints.for_zones] if endpoint.hints else [],
            [node.name for node in endpoint.hints.for_nodes] if endpoint.hints else [],
        )
        for name, endpoint in endpoints(world).items()
    }


def told(world: ManagedWorld) -> list[tuple[str, str]]:
    return [(e.reason, e.message) for e in world.all("events") if e.reason.startswith("Topology")]


TWO = {"n1": "a", "n2": "b"}


@pytest.mark.parametrize("distribution", ["PreferClose", "PreferSameZone"])
def test_every_endpoint_is_for_its_zone(distribution: str) -> None:
    world = world_of(TWO, {"web-0": "n1", "web-1": "n2"})
    ask_for(world, distribution)
    assert hints(world) == {"web-0": (["a"], []), "web-1": (["b"], [])}
    ask_for(world, "")
    assert hints(world) == {"web-0": ([], []), "web-1": ([], [])}


def test_the_same_node_is_named_beside_the_zone() -> None:
    world = world_of({"n1": "a", "n2": ""}, {"web-0": "n1", "web-1": "n2"})
    ask_for(world, "PreferSameNode")
    assert hints(world) == {"web-0": (["a"], ["n1"]), "web-1": ([], ["n2"])}


def test_an_endpoint_that_is_not_ready_is_for_nobody() -> None:
    world = world_of(TWO, {"web-0": "n1", "web-1": "n2"})
    ask_for(world, "PreferSameZone")
    world.set_ready("web-0", False)
    world.run(2 * SECOND)
    assert hints(world) == {"web-0": ([], []), "web-1": (["b"], [])}
    world.set_ready("web-0", True)
    world.run(2 * SECOND)
    assert hints(world)["web-0"] == (["a"], [])


def test_zones_get_endpoints_as_they_have_cpu() -> None:
    world = world_of(TWO, {f"web-{n}": "n1" if n < 4 else "n2" for n in range(6)})
    ask_for(world, annotations=AUTO)
    zones = [zones for zones, _ in hints(world).values()]
    assert (zones.count(["a"]), zones.count(["b"])) == (3, 3)
    assert told(world) == [
        ("TopologyAwareHintsEnabled", "Topology Aware Hints has been enabled, addressType: IPv4")
    ]
    ask_for(world)
    assert {zones == [] for zones, _ in hints(world).values()} == {True}
    assert told(world)[-1] == (
        "TopologyAwareHintsDisabled", "Topology Aware Hints has been disabled, addressType: IPv4"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("zones", "pods", "why"),
    [
        (
            {"n1": "a", "n2": ""},
            {"web-0": "n1", "web-1": "n2"},
            "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes",
        ),
        (TWO, {"web-0": "n1"}, "Insufficient number of endpoints (1 endpoints, 2 zones)"),
        (
            TWO,
            {"web-0": "n1", "web-1": "n2", "web-2": "n2"},
            "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold "
            "(3 endpoints, 2 zones)",
        ),
    ],
)
def test_without_an_even_share_there_are_none(zones: dict[str, str], pods: dict[str, str], why: str) -> None:
    world = world_of(zones, pods)
    ask_for(world, annotations=AUTO)
    assert {found == ([], []) for found in hints(world).values()} == {True}
    assert told(world) == [("TopologyAwareHintsDisabled", f"{why}, addressType: IPv4")]


def test_hints_are_shared_out_anew_when_zones_change() -> None:
    """Two of four nodes become a third zone: too few endpoints are for that one then."""
    nodes = {"n1": "a", "n2": "b", "n3": "a", "n4": "b"}
    world = world_of(nodes, {f"web-{n}": "n1" if n < 4 else "n2" for n in range(8)})
    ask_for(world, annotations=AUTO)
    assert [zones for zones, _ in hints(world).values()].count(["a"]) == 4
    place(world, "n3", "c")
    place(world, "n4", "c")
    world.run(3 * SECOND)
    assert [zones for zones, _ in hints(world).values()].count(["c"]) == 4
