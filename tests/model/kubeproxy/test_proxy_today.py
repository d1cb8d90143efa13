"""kube-proxy of v1.36: slices, endpoints that end, one writing a second, both ways to print the rules."""

import re

from clustersim.api import core_v1 as v1
from clustersim.api.discovery import (
    DiscoveryEndpointPort,
    Endpoint,
    EndpointConditions,
    EndpointSlice,
)
from clustersim.api.meta import ObjectMeta, replace
from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.flags import KubeProxyFlags
from clustersim.kubeproxy import KubeProxyV136
from clustersim.kubeproxy.rules import compile_slices
from tests.model.kubeproxy.worlds import ProxyWorld, service

READY = EndpointConditions(ready=True, serving=True, terminating=False)
ENDING = EndpointConditions(ready=False, serving=True, terminating=True)
SICK = EndpointConditions(ready=False, serving=False, terminating=False)
TODAY = KubeProxyFlags(iptables_min_sync_period=SECOND)


def _slice(*found: tuple[str, EndpointConditions], name: str = "tomcat-abcde") -> EndpointSlice:
    return EndpointSlice(
        metadata=ObjectMeta(name=name, namespace="default", labels={"kubernetes.io/service-name": "tomcat"}),
        address_type="IPv4",
        endpoints=tuple(Endpoint(addresses=(ip,), conditions=conditions) for ip, conditions in found),
        ports=(DiscoveryEndpointPort(name="", port=8080),),
    )


def _world(*found: tuple[str, EndpointConditions], mode: str = "iptables") -> ProxyWorld:
    world = ProxyWorld(replace(TODAY, proxy_mode=mode), kind=KubeProxyV136, release="v1.36")
    assert world.ask("create", service()).ok
    if found:
        assert world.ask("create", _slice(*found)).ok
    world.run(2 * SECOND)
    return world


def test_the_ready_endpoints_of_all_slices_are_used() -> None:
    world = _world(("10.244.1.2", READY), ("10.244.1.3", SICK))
    assert world.ask("create", _slice(("10.244.2.2", READY), name="tomcat-fghij")).ok
    world.run(2 * SECOND)
    assert world.backends() == ["10.244.1.2", "10.244.2.2"]


def test_an_endpoint_that_ends_is_used_only_while_no_other_is_ready() -> None:
    world = _world(("10.244.1.2", READY), ("10.244.1.3", ENDING))
    assert world.backends() == ["10.244.1.2"]
    current = world.etcd.get("endpointslices", "default/tomcat-abcde")
    ending = _slice(("10.244.1.2", SICK), ("10.244.1.3", ENDING))
    assert world.ask("update", replace(current, endpoints=ending.endpoints)).ok
    world.run(2 * SECOND)
    assert world.backends() == ["10.244.1.3"]


def test_a_second_change_waits_until_a_second_after_the_first_writing() -> None:
    world = _world(("10.244.1.2", READY))
    world.ask("create", _slice(("10.244.2.2", READY), name="tomcat-fghij"), wait=100 * MILLISECOND)
    assert len(world.backends()) == 2
    world.ask("create", _slice(("10.244.3.2", READY), name="tomcat-klmno"), wait=100 * MILLISECOND)
    assert len(world.backends()) == 2
    world.run(SECOND)
    assert len(world.backends()) == 3
    world.ask("create", _slice(("10.244.4.2", READY), name="tomcat-pqrst"), wait=100 * MILLISECOND)
    assert len(world.backends()) == 3, "the second writing counts from when it began"
    world.run(SECOND)
    assert len(world.backends()) == 4


def test_an_endpoint_is_ready_unless_it_says_otherwise_and_of_its_addresses_the_first_is_used() -> None:
    unsaid = EndpointConditions(ready=None, serving=None, terminating=None)
    waiting = EndpointConditions(ready=False, serving=True, terminating=False)
    found = _slice(("10.244.1.2", unsaid), ("10.244.1.3", waiting))
    first = replace(found.endpoints[0], addresses=("10.244.1.2", "10.244.1.9"))
    (rules,) = compile_slices(service(), (replace(found, endpoints=(first, found.endpoints[1])),))
    assert [backend.ip for backend in rules.backends] == ["10.244.1.2"]
    (rules,) = compile_slices(service(), (replace(found, endpoints=found.endpoints[1:]),))
    assert rules.backends == (), "one that serves and neither ends nor is ready is no last resort"


def test_each_port_of_a_service_leads_to_the_slices_port_of_its_name() -> None:
    asked = service()
    ports = (v1.ServicePort(port=80, name="http"), v1.ServicePort(port=443, name="https"))
    asked = replace(asked, spec=replace(asked.spec, ports=ports))
    offered = (DiscoveryEndpointPort(name="https", port=8443), DiscoveryEndpointPort(name="http", port=8080))
    found = compile_slices(asked, (replace(_slice(("10.244.1.2", READY)), ports=offered),))
    assert [[backend.address for backend in rules.backends] for rules in found] == [
        ["10.244.1.2:8080"],
        ["10.244.1.2:8443"],
    ]


def test_a_slice_that_changes_only_its_ports_is_written_too() -> None:
    world = _world(("10.244.1.2", READY))
    current = world.etcd.get("endpointslices", "default/tomcat-abcde")
    ports = (DiscoveryEndpointPort(name="", port=9090),)
    assert world.ask("update", replace(current, ports=ports)).ok
    world.run(2 * SECOND)
    [rules] = world.machines["n1"].state.kernel_rules["default/tomcat"]
    assert [backend.address for backend in rules.backends] == ["10.244.1.2:9090"]


def test_who_came_to_an_endpoint_is_forgotten_with_it() -> None:
    world = _world(("10.244.1.2", READY), ("10.244.1.3", READY))
    machine = world.machines["n1"]
    [rules] = machine.state.kernel_rules["default/tomcat"]
    stays, goes = map(rules.endpoint_chain, rules.backends)
    machine.state.recent_callers.update({chain: {"10.1.1.1": 0} for chain in (stays, goes)})
    current = world.etcd.get("endpointslices", "default/tomcat-abcde")
    assert world.ask("update", replace(current, endpoints=current.endpoints[:1])).ok
    world.run(2 * SECOND)
    assert list(machine.state.recent_callers) == [stays]


def test_a_removed_slice_takes_its_endpoints_along() -> None:
    world = _world(("10.244.1.2", READY))
    world.ask("delete", "endpointslices", "default", "tomcat-abcde")
    world.run(2 * SECOND)
    assert world.backends() == []


def test_iptables_save_tells_the_shares_as_the_kernel_keeps_them() -> None:
    world = _world(("10.244.1.2", READY), ("10.244.1.3", READY), ("10.244.1.4", READY))
    lines = world.proxies["n1"].printed("iptables-save")
    assert lines is not None
    shares = [line.partition("--probability ")[2][:13] for line in lines if "--probability" in line]
    assert shares == ["0.33333333349", "0.50000000000"]
    assert any('"default/tomcat -> 10.244.1.2:8080"' in line for line in lines)
    assert world.proxies["n1"].printed("nft list ruleset") is None


def test_a_service_without_endpoints_is_rejected_in_the_filter_table() -> None:
    lines = _world().proxies["n1"].printed("iptables-save")
    assert lines is not None
    assert [line for line in lines if "REJECT" in line] == [
        "-A KUBE-SERVICES -d 10.0.0.20/32 -p tcp -m comment --comment "
        '"default/tomcat has no endpoints" -m tcp --dport 8080 -j REJECT '
        "--reject-with icmp-port-unreachable"
    ]


def test_in_nftables_mode_a_service_is_an_element_of_a_map() -> None:
    world = _world(("10.244.1.2", READY), ("10.244.1.3", READY), mode="nftables")
    lines = world.proxies["n1"].printed("nft list ruleset")
    assert lines is not None
    text = "\n".join(lines)
    assert "10.0.0.20 . tcp . 8080 : goto service-" in text
    ends = "{ 0 : 10.244.1.2 . 8080, 1 : 10.244.1.3 . 8080 }"
    assert f"meta l4proto tcp dnat ip addr . port to numgen random mod 2 map {ends}" in text
    assert text.count("{") == text.count("}")
    for used in re.findall(r"@([a-z-]+)", text):
        assert f"set {used} {{" in text or f"map {used} {{" in text
    assert world.proxies["n1"].printed("iptables-save") is None


def test_in_nftables_mode_a_service_without_endpoints_goes_to_the_reject_chain() -> None:
    lines = _world(mode="nftables").proxies["n1"].printed("nft list ruleset")
    assert lines is not None
    assert any('comment "default/tomcat" : goto reject-chain' in line for line in lines)


def test_the_journal_names_each_port_that_has_endpoints() -> None:
    world = _world(("10.244.1.2", READY), ("10.244.1.10", READY))
    told = [line.text.partition("] ")[2] for line in world.proxies["n1"].journal]
    line = '"Setting endpoints for service port name" portName="default/tomcat" endpoints='
    assert f'{line}["10.244.1.10:8080","10.244.1.2:8080"]' in told
    assert not any(text.endswith("endpoints=[]") for text in told)
