"""Name servers of pods: policies, configurations of their own, and what resolvers take (rows of the test of
pkg/kubelet/network/dns/dns.go, v1.36)."""

import pytest

from clustersim.api.core_v1 import Container, Pod, PodDNSConfig, PodDNSConfigOption, PodSpec
from clustersim.api.meta import ObjectMeta
from clustersim.kubelet.name_service import INSIDE, OUTSIDE, name_service
from tests.model.kubelet.node_world import NodeWorld

OWN = ("default.svc.cluster.local", "svc.cluster.local", "cluster.local")


def _pod(policy: str = "ClusterFirst", config: PodDNSConfig | None = None, *, on_host: bool = False) -> Pod:
    spec = PodSpec(
        containers=(Container(name="c", image="app:1"),),
        dns_policy=policy,
        dns_config=config,
        host_network=on_host,
    )
    return Pod(metadata=ObjectMeta(name="web", namespace="default"), spec=spec)


@pytest.mark.parametrize(
    ("policy", "on_host", "servers", "searches"),
    [
        ("ClusterFirst", False, (INSIDE,), OWN),
        ("ClusterFirst", True, (OUTSIDE,), ()),
        ("ClusterFirstWithHostNet", True, (INSIDE,), OWN),
        ("Default", False, (OUTSIDE,), ()),
        ("None", False, (), ()),
    ],
)
def test_a_policy_says_whom_a_pod_asks(
    policy: str, on_host: bool, servers: tuple[str, ...], searches: tuple[str, ...]
) -> None:
    found = name_service(_pod(policy, on_host=on_host))
    assert (found.servers, found.searches) == (servers, searches)


def test_what_a_pod_configures_comes_after_and_each_once() -> None:
    options = (PodDNSConfigOption(name="ndots", value="2"), PodDNSConfigOption(name="edns0"))
    config = PodDNSConfig(nameservers=("1.1.1.1", INSIDE), searches=(OWN[1], "corp"), options=options)
    found = name_service(_pod(config=config))
    assert found.servers == (INSIDE, "1.1.1.1")
    assert found.searches == (*OWN, "corp")
    assert found.options == {"ndots": "2", "edns0": ""}
    assert not found.complaints


def test_of_many_names_so_many_are_kept_as_resolvers_take() -> None:
    config = PodDNSConfig(searches=tuple(f"s{number}" for number in range(30)))
    assert name_service(_pod(config=config)).searches[-1] == "s28"
    long = PodDNSConfig(searches=tuple(f"{number}{'x' * 200}" for number in range(10)))
    found = name_service(_pod(config=long))
    assert len(" ".join(found.searches)) <= 2048
    assert found.complaints[0].endswith(f"the applied search line is: {' '.join(found.searches)}")


def test_a_fourth_name_server_is_omitted_and_told_of() -> None:
    world = NodeWorld("v1.36")
    world.run(8)
    pod = _pod(config=PodDNSConfig(nameservers=("1.1.1.1", "8.8.8.8", "9.9.9.9")))
    world.ask("create", "pods", "default", "web", pod)
    world.ask("bind", "pods", "default", "web", "n1")
    world.run(15)
    omitted = "Nameserver limits were exceeded, some nameservers have been omitted"
    told = f"{omitted}, the applied nameserver line is: {INSIDE} 1.1.1.1 8.8.8.8"
    assert {one[1] for one in world.notices("DNSConfigForming")} == {told}
