"""EndpointSlices of today, and what today's Endpoints have otherwise."""

from typing import Any

import pytest

from clustersim.api.core_v1 import (
    Container,
    ContainerPort,
    EndpointAddress,
    EndpointPort,
    Endpoints,
    EndpointSubset,
    Pod,
    PodSpec,
    Service,
    ServicePort,
    ServiceSpec,
)
from clustersim.api.discovery import Endpoint, EndpointSlice
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.controllermanager import endpointpacking, endpointslice, endpointslicemirroring
from clustersim.controllermanager.process import ControllerManagerV136
from clustersim.controllermanager.services import target_port
from clustersim.engine.time import MILLISECOND, SECOND
from tests.model.controllermanager.managed_world import ManagedWorld


def world_with(count: int = 3) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", release=ControllerManagerV136)
    world.service("web", app="web")
    world.run(SECOND)
    for number in range(count):
        world.pod(f"web-{number}", "n1", labels={"app": "web"})
    world.run(SECOND)
    return world


def slices(world: ManagedWorld) -> list[EndpointSlice]:
    """All but the one that the API server writes of itself."""
    return [found for found in world.all("endpointslices") if found.metadata.name != "kubernetes"]


def by_pod(world: ManagedWorld) -> dict[str, Endpoint]:
    found = {}
    for one in slices(world):
        for endpoint in one.endpoints:
            assert endpoint.target_ref is not None
            found[endpoint.target_ref.name] = endpoint
    return found


def said(endpoint: Endpoint) -> tuple[Any, ...]:
    conditions = endpoint.conditions
    return conditions.ready, conditions.serving, conditions.terminating


def test_a_service_without_pods_has_an_empty_slice_that_is_filled_later() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.service("web", app="web")
    world.run(SECOND)
    (empty,) = slices(world)
    assert (empty.endpoints, empty.ports) == ((), ())
    assert empty.metadata.name.startswith("web-")
    assert empty.metadata.labels["kubernetes.io/service-name"] == "web"
    assert empty.metadata.owner_references[0].kind == "Service"
    world.pod("web-0", "n1", labels={"app": "web"})
    world.run(SECOND)
    (filled,) = slices(world)
    assert filled.metadata.name == empty.metadata.name
    assert [port.port for port in filled.ports] == [8080]


def test_a_pod_that_is_being_deleted_is_terminating_and_serves_while_it_is_ready() -> None:
    world = world_with(2)
    assert said(by_pod(world)["web-0"]) == (True, True, False)
    world.delete("pods", "default/web-0")
    world.run(SECOND)
    assert said(by_pod(world)["web-0"]) == (False, True, True)
    world.set_ready("web-0", False)
    world.run(SECOND)
    assert said(by_pod(world)["web-0"]) == (False, False, True)
    world.set_ready("web-0", False, phase="Succeeded")
    world.run(SECOND)
    assert list(by_pod(world)) == ["web-1"]


def test_a_pod_that_ends_without_having_been_ready_stays_listed_until_its_service_is_looked_at() -> None:
    """podEndpointsChanged of v1.36 does not look at the phase."""
    world = world_with(2)
    world.set_ready("web-0", False)
    world.run(2 * SECOND)
    world.set_ready("web-0", False, phase="Failed")
    world.run(2 * SECOND)
    assert sorted(by_pod(world)) == ["web-0", "web-1"]
    world.set_ready("web-1", False)
    world.run(2 * SECOND)
    assert list(by_pod(world)) == ["web-1"]


def test_endpoints_of_today_leave_out_what_is_being_deleted_at_once() -> None:
    world = world_with(2)
    world.delete("pods", "default/web-0")
    world.run(SECOND)
    endpoints = world.get("endpoints", "default/web")
    assert [address.target_ref.name for address in endpoints.subsets[0].addresses] == ["web-1"]
    assert endpoints.metadata.labels["endpoints.kubernetes.io/managed-by"] == "endpoint-controller"


def test_a_slice_holds_a_hundred_endpoints() -> None:
    world = world_with(250)
    world.run(5 * SECOND)
    assert sorted(len(one.endpoints) for one in slices(world)) == [50, 100, 100]
    assert len(by_pod(world)) == 250


def test_pods_that_offer_a_named_port_under_two_numbers_make_a_slice_each() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    spec = ServiceSpec(ports=(ServicePort(port=80, target_port="http"),), selector={"app": "web"})
    world.create(Service(metadata=ObjectMeta(name="web", namespace="default"), spec=spec), "services")
    for name, number in (("a", 8080), ("b", 9090)):
        container = Container(name="c", image="i", ports=(ContainerPort(container_port=number, name="http"),))
        metadata = ObjectMeta(name=name, namespace="default", labels={"app": "web"})
        world.create(Pod(metadata=metadata, spec=PodSpec(containers=(container,))), "pods")
        world.bind(name, "n1")
    world.run(SECOND)
    assert sorted(one.ports[0].port or 0 for one in slices(world)) == [8080, 9090]
    assert [subset.ports[0].port for subset in world.get("endpoints", "default/web").subsets] == [8080, 9090]


def test_a_pod_whose_node_is_gone_leaves_the_slices_at_the_next_look() -> None:
    world = world_with(2)
    world.pod("web-9", "n2", labels={"app": "web"})
    world.run(SECOND)
    world.delete("nodes", "n1")
    world.run(SECOND)
    assert len(by_pod(world)) == 3, "that a node goes is nothing to Services"
    world.set_ready("web-9", False)
    world.run(SECOND)
    assert list(by_pod(world)) == ["web-9"]
    told = {one.message for one in world.events("FailedToUpdateEndpointSlices")}
    why = [f"skipping Pod web-{number} for Service default/web: Node n1 Not Found" for number in (0, 1)]
    assert told == {f"Error updating Endpoint Slices for Service default/web: [{', '.join(why)}]"}
    world.join("n1")
    world.run(5 * SECOND)
    assert sorted(by_pod(world)) == ["web-0", "web-1", "web-9"], "it is looked at again"


def test_slices_of_a_service_of_that_name_before_go_at_once() -> None:
    world = world_with(1)
    (before,) = slices(world)
    world.delete("services", "default/web")
    world.service("web", app="web")
    world.run(SECOND)
    (after,) = slices(world)
    assert after.metadata.name != before.metadata.name
    assert after.metadata.owner_references[0].uid == world.get("services", "default/web").metadata.uid
    assert list(by_pod(world)) == ["web-0"]


def test_a_service_that_wants_all_addresses_keeps_those_of_nodes_that_are_gone() -> None:
    world = world_with(2)
    service = world.get("services", "default/web")
    changed = replace(service, spec=replace(service.spec, publish_not_ready_addresses=True))
    world.delete("nodes", "n1")
    world.handle(Request("update", "services", "default", "web", changed))
    world.run(SECOND)
    assert len(by_pod(world)) == 2


def test_a_named_port_may_be_a_sidecars() -> None:
    def with_port(name: str, number: int, **more: str) -> Container:
        ports = (ContainerPort(container_port=number, name="http"),)
        return Container(name=name, image="i", ports=ports, **more)

    port = ServicePort(port=80, target_port="http")
    sidecar = with_port("proxy", 15001, restart_policy="Always")
    plain = Container(name="c", image="i")
    assert target_port(port, Pod(spec=PodSpec(containers=(plain,), init_containers=(sidecar,)))) == 15001
    both = PodSpec(containers=(with_port("c", 8080),), init_containers=(sidecar,))
    assert target_port(port, Pod(spec=both)) == 8080
    started_before = with_port("init", 9090)
    assert target_port(port, Pod(spec=PodSpec(init_containers=(started_before,)))) is None


def test_a_mere_name_for_somewhere_else_has_no_endpoints() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    spec = ServiceSpec(type="ExternalName", external_name="example.com", selector={"app": "web"})
    world.create(Service(metadata=ObjectMeta(name="away", namespace="default"), spec=spec), "services")
    world.pod("web-0", "n1", labels={"app": "web"})
    world.run(SECOND)
    assert slices(world) == []
    assert world.get("endpoints", "default/away") is None


def test_that_a_service_is_headless_is_said_by_its_address_alone() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    spec = ServiceSpec(ports=(ServicePort(port=80),), selector={"app": "web"})
    metadata = ObjectMeta(
        name="web", namespace="default", labels={"service.kubernetes.io/headless": "", "a": "b"}
    )
    world.create(Service(metadata=metadata, spec=spec), "services")
    world.run(SECOND)
    labels = slices(world)[0].metadata.labels
    assert labels["a"] == "b"
    assert "service.kubernetes.io/headless" not in labels


def test_a_service_can_ask_for_pods_that_are_not_ready() -> None:
    world = world_with(1)
    found = world.get("services", "default/web")
    changed = replace(found, spec=replace(found.spec, publish_not_ready_addresses=True))
    world.handle(Request("update", "services", "default", "web", changed))
    world.set_ready("web-0", False)
    world.run(SECOND)
    assert said(by_pod(world)["web-0"]) == (True, False, False)


def test_slices_go_with_their_service() -> None:
    world = world_with(1)
    world.delete("services", "default/web")
    world.run(5 * SECOND)
    assert slices(world) == []
    assert world.get("endpoints", "default/web") is None


def test_endpoints_written_by_hand_for_a_service_without_a_selector_are_mirrored() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    spec = ServiceSpec(ports=(ServicePort(port=80, target_port=8080),))
    world.create(Service(metadata=ObjectMeta(name="outside", namespace="default"), spec=spec), "services")
    subset = EndpointSubset(
        addresses=(EndpointAddress(ip="192.0.2.7"), EndpointAddress(ip="192.0.2.8")),
        ports=(EndpointPort(port=8080),),
    )
    written = Endpoints(metadata=ObjectMeta(name="outside", namespace="default"), subsets=(subset,))
    world.create(written, "endpoints")
    world.run(SECOND)
    (mirror,) = slices(world)
    assert [one.addresses for one in mirror.endpoints] == [("192.0.2.7",), ("192.0.2.8",)]
    managed_by = "endpointslice.kubernetes.io/managed-by"
    assert mirror.metadata.labels[managed_by] == "endpointslicemirroring-controller.k8s.io"
    world.delete("endpoints", "default/outside")
    world.run(5 * SECOND)
    assert slices(world) == []


def test_mirrors_go_with_their_endpoints_and_are_packed_and_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpointslicemirroring, "MOST", 2)
    world = ManagedWorld("n1", release=ControllerManagerV136)
    made = ServiceSpec(ports=(ServicePort(port=80),))
    world.create(Service(metadata=ObjectMeta(name="db", namespace="default"), spec=made), "services")
    subsets = tuple(
        EndpointSubset(addresses=(EndpointAddress(ip=f"192.0.2.{number}"),), ports=(EndpointPort(port=80),))
        for number in (9, 7, 8)
    )
    found = Endpoints(metadata=ObjectMeta(name="db", namespace="default"), subsets=subsets)
    world.create(found, "endpoints")
    world.run(SECOND)
    (mirror,) = slices(world)
    assert [one.addresses for one in mirror.endpoints] == [("192.0.2.7",), ("192.0.2.8",)]
    (told,) = world.events("TooManyAddressesToMirror")
    assert told.message.endswith(
        "A max of 2 addresses can be mirrored to EndpointSlices per Endpoints subset. "
        "1 addresses were skipped"
    )
    world.delete("endpoints", "default/db")
    world.run(SECOND // 2)
    assert slices(world) == []


def test_a_mirror_has_host_names_protocols_and_annotations_of_what_it_mirrors() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    spec = ServiceSpec(ports=(ServicePort(port=80),))
    world.create(Service(metadata=ObjectMeta(name="outside", namespace="default"), spec=spec), "services")
    subset = EndpointSubset(
        addresses=(EndpointAddress(ip="192.0.2.7", hostname="db-0"),),
        ports=(EndpointPort(port=8080, app_protocol="http"),),
    )
    notes = {"team": "a", "kubectl.kubernetes.io/last-applied-configuration": "{}"}
    metadata = ObjectMeta(name="outside", namespace="default", annotations=notes)
    world.create(Endpoints(metadata=metadata, subsets=(subset,)), "endpoints")
    world.run(SECOND)
    (mirror,) = slices(world)
    assert (mirror.endpoints[0].hostname, mirror.ports[0].app_protocol) == ("db-0", "http")
    assert mirror.metadata.annotations == {"team": "a"}
    found = world.get("endpoints", "default/outside")
    changed = replace(found, metadata=replace(found.metadata, annotations={"team": "b"}))
    world.handle(Request("update", "endpoints", "default", "outside", changed))
    world.run(SECOND)
    assert slices(world)[0].metadata.annotations == {"team": "b"}


def _writes(world: ManagedWorld) -> list[int]:
    return [
        event.t
        for event in world.engine.record
        if event.kind == "write" and event.object.startswith("endpointslices/") and event.verb == "update"
    ]


def test_a_slice_whose_last_write_is_not_heard_of_yet_is_not_written_again_for_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpointslice, "STALE_IN", 1)
    world = world_with(8)
    world.manager.chance = 1
    before = len(_writes(world))
    for number in range(8):
        world.set_ready(f"web-{number}", False)
        world.run(4 * MILLISECOND)
    world.run(3 * SECOND)
    first, *rest = _writes(world)[before:]
    assert not any(endpoint.conditions.ready for endpoint in by_pod(world).values())
    assert rest
    assert rest[-1] - first >= SECOND


def test_what_somebody_else_writes_into_a_slice_is_put_right_after_a_second() -> None:
    world = world_with(2)
    (found,) = slices(world)
    world.handle(
        Request("update", "endpointslices", "default", found.metadata.name, replace(found, endpoints=()))
    )
    world.run(SECOND // 2)
    assert by_pod(world) == {}
    world.run(SECOND)
    assert set(by_pod(world)) == {"web-0", "web-1"}


def test_a_slice_that_somebody_else_deletes_comes_back_after_a_second() -> None:
    world = world_with(2)
    (found,) = slices(world)
    world.delete("endpointslices", f"default/{found.metadata.name}")
    world.run(SECOND // 2)
    assert slices(world) == []
    world.run(SECOND)
    assert set(by_pod(world)) == {"web-0", "web-1"}


def test_an_endpoint_has_its_nodes_zone_and_the_host_name_that_its_service_governs() -> None:
    world = ManagedWorld(release=ControllerManagerV136)
    world.join("n1", labels={"topology.kubernetes.io/zone": "a"})
    world.service("web")
    for name, subdomain in (("mine", "web"), ("other", "db")):
        spec = PodSpec(containers=(Container(name="c", image="i"),), hostname=name, subdomain=subdomain)
        metadata = ObjectMeta(name=name, namespace="default", labels={"app": "web"})
        world.create(Pod(metadata=metadata, spec=spec), "pods")
        world.bind(name, "n1")
    world.run(SECOND)
    found = {name: (one.zone, one.hostname) for name, one in by_pod(world).items()}
    assert found == {"mine": ("a", "mine"), "other": ("a", "")}


EMPTY = EndpointSlice(address_type="IPv4")


def packed(wanted: str, *existing: str, most: int = 3) -> tuple[set[str], set[str], int]:
    """Of slices with endpoints a, b, c: those that are made, those that change, and how many are deleted."""

    def endpoint(letter: str) -> Endpoint:
        return Endpoint(addresses=(letter,))

    def told(made: tuple[EndpointSlice, ...]) -> set[str]:
        return {"".join(one.addresses[0] for one in found.endpoints) for found in made}

    there = [replace(EMPTY, endpoints=tuple(map(endpoint, letters))) for letters in existing]
    work = endpointpacking.reconciled(EMPTY, there, {(): list(map(endpoint, wanted))}, most=most)
    return told(work.create), told(work.update), len(work.delete)


def test_slices_that_must_change_anyway_are_filled_up_the_fullest_first() -> None:
    assert packed("abcd", "ax", "bcx") == (set(), {"a", "bcd"}, 0)


def test_what_fits_into_a_slice_goes_into_the_fullest_that_has_room() -> None:
    assert packed("abcd", "a", "bc") == (set(), {"bcd"}, 0)
    assert packed("abcde", "a", "bc") == (set(), {"ade"}, 0)
    assert packed("abcdef", "a", "bcd") == (set(), {"aef"}, 0)


def test_what_fits_nowhere_makes_slices_and_only_the_last_of_it_may_fit() -> None:
    assert packed("abcdefg", "abc") == ({"def", "g"}, set(), 0)
    assert packed("abcdefg", "abc", "d") == ({"efg"}, set(), 0)
    assert packed("abcdefgh", "a", "bc") == ({"def"}, {"agh"}, 0)


def test_a_slice_of_which_nothing_is_left_is_deleted_or_becomes_a_new_one() -> None:
    assert packed("a", "a", "x") == (set(), set(), 1)
    assert packed("abcd", "abc", "x") == (set(), {"d"}, 0)
