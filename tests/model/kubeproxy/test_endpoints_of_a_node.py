"""Which endpoints a node of v1.36 uses for what may leave it, and which for what must not (rows of the test
of pkg/proxy/topology.go)."""

import pytest

from clustersim.api.core_v1 import ServicePort
from clustersim.api.discovery import (
    DiscoveryEndpointPort,
    Endpoint,
    EndpointConditions,
    EndpointHints,
    EndpointSlice,
    ForZone,
)
from clustersim.api.meta import ObjectMeta, replace
from clustersim.kubeproxy.iptables_today import iptables_save
from clustersim.kubeproxy.nftables import nft_list_ruleset
from clustersim.kubeproxy.rules import PortRules, compile_slices, nearby
from clustersim.kubeproxy.service_health import service_health
from tests.model.kubeproxy.worlds import service

READY = EndpointConditions(ready=True, serving=True, terminating=False)
ENDING = EndpointConditions(ready=False, serving=True, terminating=True)
SICK = EndpointConditions(ready=False, serving=False, terminating=False)
HERE, AWAY = "n1", "n2"


def _endpoint(ip: str, node: str, conditions: EndpointConditions = READY, zone: str = "") -> Endpoint:
    hints = EndpointHints(for_zones=(ForZone(name=zone),)) if zone else None
    return Endpoint(addresses=(ip,), conditions=conditions, node_name=node, hints=hints)


def _rules(*endpoints: Endpoint, inside: str = "Cluster", outside: str = "Cluster") -> PortRules:
    """The rules of n1, which is in zone-a, for a Service with a node port."""
    found = service()
    spec = replace(
        found.spec,
        ports=(ServicePort(port=8080, node_port=31000),),
        internal_traffic_policy=inside,
        external_traffic_policy=outside,
    )
    known = EndpointSlice(
        metadata=ObjectMeta(name="tomcat-abcde", namespace="default"),
        address_type="IPv4",
        endpoints=endpoints,
        ports=(DiscoveryEndpointPort(name="", port=8080),),
    )
    (rules,) = nearby(compile_slices(replace(found, spec=spec), (known,)), HERE, "zone-a")
    return rules


def _ips(rules: PortRules) -> tuple[list[str], list[str], list[str]]:
    """Of what may leave the node, of what must not, and of both."""
    ways = (rules.backends if rules.spreads else (), rules.on(HERE), rules.reached_from(HERE))
    return tuple([one.ip for one in way] for way in ways)  # type: ignore[return-value]


@pytest.mark.parametrize(("inside", "outside"), [("Cluster", "Local"), ("Local", "Cluster")])
def test_hints_say_nothing_about_what_stays_on_its_node(inside: str, outside: str) -> None:
    rules = _rules(
        _endpoint("10.1.2.3", HERE, zone="zone-a"),
        _endpoint("10.1.2.4", HERE, zone="zone-b"),
        _endpoint("10.1.2.5", AWAY, zone="zone-c"),
        _endpoint("10.1.2.6", AWAY, zone="zone-a"),
        inside=inside,
        outside=outside,
    )
    everything = ["10.1.2.3", "10.1.2.4", "10.1.2.6"]
    assert _ips(rules) == (["10.1.2.3", "10.1.2.6"], ["10.1.2.3", "10.1.2.4"], everything)


def test_what_stays_on_its_node_goes_to_what_ends_there_although_others_are_ready() -> None:
    rules = _rules(
        _endpoint("10.0.0.0", AWAY),
        _endpoint("10.0.0.1", HERE, SICK),
        _endpoint("10.0.0.2", HERE, ENDING),
        _endpoint("10.0.0.3", AWAY, ENDING),
        outside="Local",
    )
    assert _ips(rules) == (["10.0.0.0"], ["10.0.0.2"], ["10.0.0.0", "10.0.0.2"])
    assert rules.at(HERE, outside=True) is not None


@pytest.mark.parametrize("printed", [iptables_save, nft_list_ruleset])
def test_the_kernel_has_an_endpoint_that_ends_only_where_it_runs(printed: object) -> None:
    assert callable(printed)
    rules = _rules(_endpoint("10.0.0.1", AWAY), _endpoint("10.0.1.2", HERE, ENDING), outside="Local")
    own, other = (printed({"default/tomcat": (rules,)}, node) for node in (HERE, AWAY))
    assert any("10.0.1.2" in line for line in own)
    assert not any("10.0.1.2" in line for line in other)


def test_balancers_are_told_of_endpoints_that_are_ready_only() -> None:
    rules = _rules(_endpoint("10.0.0.1", AWAY), _endpoint("10.0.0.2", HERE, ENDING), outside="Local")
    all_end = _rules(_endpoint("10.0.0.2", HERE, ENDING), outside="Local")
    for found in (rules, all_end):
        assert service_health("default/tomcat", (found,), HERE, healthy=True).status == 503
    assert service_health("default/tomcat", (rules,), AWAY, healthy=True).status == 200


def test_an_endpoint_serves_unless_it_says_otherwise() -> None:
    rules = _rules(_endpoint("10.0.0.1", AWAY, EndpointConditions(ready=False, terminating=True)))
    assert [one.ip for one in rules.backends] == ["10.0.0.1"]


def test_of_two_pods_with_one_address_the_one_that_is_ready_counts() -> None:
    found = [_endpoint("10.0.0.9", HERE), _endpoint("10.0.0.9", AWAY, ENDING), _endpoint("10.0.0.10", AWAY)]
    for order in (found, found[::-1]):
        assert [(one.ip, one.node) for one in _rules(*order).backends] == [
            ("10.0.0.10", AWAY),
            ("10.0.0.9", HERE),
        ]


def test_beyond_a_thousand_endpoints_rules_are_written_without_comments() -> None:
    many = [_endpoint(f"10.0.{index // 250}.{index % 250}", AWAY) for index in range(1001)]
    for endpoints, comments in ((many[1:], 3000), (many, 0)):
        rules = _rules(*endpoints)
        lines = iptables_save({"default/tomcat": (rules,)}, HERE)
        of_endpoints = [line for line in lines if line.startswith("-A ") and "KUBE-SEP-" in line]
        assert sum("--comment" in line for line in of_endpoints) == comments
