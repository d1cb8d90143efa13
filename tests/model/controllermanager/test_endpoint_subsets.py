"""How Endpoints are packed into subsets, in the order of the real ones."""

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
from clustersim.api.endpointsubsets import V1_7, V1_36, Packing, fnv1a_128, md5, repacked
from clustersim.api.meta import ObjectMeta, ObjectReference
from clustersim.api.request import Request
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.engine.time import SECOND
from clustersim.view.parts import log_lines
from tests.model.controllermanager.managed_world import ManagedWorld

LABELS = {"app": "web"}
RELEASES = [ControllerManagerV17, ControllerManagerV18, ControllerManagerV136]


def host(ip: str) -> EndpointAddress:
    return EndpointAddress(ip=ip, target_ref=ObjectReference(kind="Pod", uid=f"u-{ip}"))


def port(number: int, name: str = "") -> EndpointPort:
    return EndpointPort(port=number, name=name or f"p{number}")


def shown(subsets: tuple[EndpointSubset, ...]) -> set[tuple[str, str, str]]:
    return {
        (
            " ".join(one.ip for one in subset.addresses),
            " ".join(one.ip for one in subset.not_ready_addresses),
            " ".join(sorted(str(port.port) for port in subset.ports)),
        )
        for subset in subsets
    }


def test_ports_that_the_same_addresses_offer_share_a_subset() -> None:
    """TestPackSubsets of pkg/api/v1/endpoints/util_test.go, and its ready and not ready addresses."""
    one, two = host("1.2.3.4"), host("5.6.7.8")
    many = EndpointSubset(addresses=(two, one), ports=(port(111), port(222)))
    some = EndpointSubset(addresses=(two,), ports=(port(333),))
    again = EndpointSubset(not_ready_addresses=(one,), ports=(port(222),))
    assert shown(repacked((many, many), V1_36)) == {("1.2.3.4 5.6.7.8", "", "111 222")}
    assert shown(repacked((many, some), V1_36)) == {
        ("1.2.3.4 5.6.7.8", "", "111 222"),
        ("5.6.7.8", "", "333"),
    }
    assert shown(repacked((many, again), V1_36)) == {
        ("1.2.3.4 5.6.7.8", "", "111"),
        ("5.6.7.8", "1.2.3.4", "222"),
    }
    assert repacked((EndpointSubset(ports=(port(1),)),), V1_7) == ()


def test_addresses_without_ports_stay_today() -> None:
    bare = EndpointSubset(addresses=(host("1.2.3.4"),))
    assert repacked((bare,), V1_7) == ()
    assert repacked((bare, bare), V1_36) == (bare,)


def test_ports_stand_in_the_order_of_their_hashes() -> None:
    """In v1.19 the server and the controller did not agree on that order (kubernetes PR 94112)."""
    both = EndpointSubset(
        addresses=(host("1.1.1.1"),), ports=(port(1337, "port-1337"), port(1338, "port-1338"))
    )
    core = Packing("core", md5, protocols=True, portless=True)
    controller = Packing("v1", md5, protocols=True, portless=True)
    assert [one.port for one in repacked((both,), core)[0].ports] == [1338, 1337]
    assert [one.port for one in repacked((both,), controller)[0].ports] == [1337, 1338]
    assert fnv1a_128(b"a").hex() == "d228cb696f1a8caf78912b704e4a8964"


@pytest.mark.parametrize(
    ("release", "order"),
    [
        (ControllerManagerV17, ["https", "http"]),
        (ControllerManagerV18, ["https", "http"]),
        (ControllerManagerV136, ["http", "https"]),
    ],
)
def test_the_ports_of_a_service_stand_in_the_releases_order(
    release: type[ControllerManager], order: list[str]
) -> None:
    world = ManagedWorld("n1", release=release)
    ports = (ServicePort(name="http", port=80), ServicePort(name="https", port=443))
    spec = ServiceSpec(cluster_ip="None", selector=LABELS, ports=ports)
    world.create(Service(metadata=ObjectMeta(name="web", namespace="default"), spec=spec), "services")
    world.pod("a", "n1", labels=LABELS)
    world.run(SECOND)
    [subset] = world.get("endpoints", "default/web").subsets
    assert [one.name for one in subset.ports] == order


@pytest.mark.parametrize("release", RELEASES)
def test_a_port_that_only_some_pods_offer_has_a_subset_of_its_own(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    ports = (ServicePort(name="web", port=80), ServicePort(name="more", port=81, target_port="more"))
    spec = ServiceSpec(cluster_ip="None", selector=LABELS, ports=ports)
    world.create(Service(metadata=ObjectMeta(name="web", namespace="default"), spec=spec), "services")
    offering = Container(name="c", image="i", ports=(ContainerPort(container_port=9000, name="more"),))
    world.pod("a", "n1", labels=LABELS)
    metadata = ObjectMeta(name="b", namespace="default", labels=LABELS)
    world.create(Pod(metadata=metadata, spec=PodSpec(containers=(offering,))), "pods")
    world.bind("b", "n1")
    world.run(SECOND)
    subsets = world.get("endpoints", "default/web").subsets
    found = {
        (" ".join(one.target_ref.name for one in subset.addresses), subset.ports[0].port)
        for subset in subsets
    }
    assert found == {("a b", 80), ("b", 9000)}


@pytest.mark.parametrize(
    ("release", "listed"),
    [(ControllerManagerV17, []), (ControllerManagerV18, None), (ControllerManagerV136, [(1, ())])],
)
def test_a_headless_service_without_ports_has_no_endpoints_in_v1_8(
    release: type[ControllerManager], listed: list[tuple[int, tuple[()]]] | None
) -> None:
    """Its controller wants a port 0 (kubernetes PR 67622)."""
    world = ManagedWorld("n1", release=release)
    spec = ServiceSpec(cluster_ip="None", selector=LABELS)
    world.create(Service(metadata=ObjectMeta(name="web", namespace="default"), spec=spec), "services")
    world.pod("a", "n1", labels=LABELS)
    world.run(SECOND)
    found = world.get("endpoints", "default/web")
    assert listed == (found and [(len(one.addresses), one.ports) for one in found.subsets])
    if listed is None:
        world.run(200 * SECOND)
        [line] = [text for text in log_lines(world.manager) if "Dropping service" in text]
        assert 'Dropping service "default/web" out of the queue: Endpoints "web" is invalid: ' in line
        assert "subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive" in line


@pytest.mark.parametrize(("release", "count"), [(ControllerManagerV18, 1), (ControllerManagerV136, 2)])
def test_servers_of_old_pack_what_people_write(release: type[ControllerManager], count: int) -> None:
    world = ManagedWorld("n1", release=release)
    subsets = tuple(
        EndpointSubset(addresses=(EndpointAddress(ip=ip),), ports=(EndpointPort(port=80),))
        for ip in ("10.0.0.2", "10.0.0.1")
    )
    made = Endpoints(metadata=ObjectMeta(name="mine", namespace="default"), subsets=subsets)
    assert world.handle(Request("create", "endpoints", "default", body=made)).ok
    assert len(world.get("endpoints", "default/mine").subsets) == count
