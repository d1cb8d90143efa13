"""Rules for addresses that a Service has outside: external IPs and those of load balancers."""

from typing import Any

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.external_traffic import TRAFFIC
from clustersim.api.meta import replace
from clustersim.engine.time import SECOND
from clustersim.kubeproxy import KubeProxy, KubeProxyV17, iptables, iptables_today
from clustersim.kubeproxy.nftables import nft_list_ruleset
from clustersim.kubeproxy.rules import PortRules, compile_rules
from tests.model.kubeproxy.worlds import ProxyWorld, endpoints, service

HERE, AWAY = "172.17.1.2", "172.17.2.2"
NODES = {HERE: "n1", AWAY: "n2"}


def rules_of(*ips: str, ingress: tuple[str, ...] = (), **spec: Any) -> PortRules:
    """The rules of port 8080 of a Service with endpoints on n1 and n2."""
    base = service()
    status = v1.ServiceStatus(
        load_balancer=v1.LoadBalancerStatus(ingress=tuple(v1.LoadBalancerIngress(ip=ip) for ip in ingress))
    )
    found = replace(base, spec=replace(base.spec, **spec), status=status)
    (rules,) = compile_rules(found, endpoints(*ips, nodes=NODES))
    return rules


def lines_of(printed: Any, rules: PortRules, node: str = "n1", address: str = "10.0.0.11") -> list[str]:
    lines: list[str] = printed({"default/tomcat": (rules,)}, node, address)
    return lines


def with_word(lines: list[str], *words: str) -> list[str]:
    return [line for line in lines if all(word in line for word in words)]


def test_of_old_an_external_ip_leads_in_what_comes_from_elsewhere_or_is_the_nodes_own() -> None:
    rules = rules_of(HERE, external_ips=("1.2.3.4",))
    match = (
        '-A KUBE-SERVICES -d 1.2.3.4/32 -p tcp -m comment --comment "default/tomcat: external IP" -m tcp '
        "--dport 8080"
    )
    assert with_word(lines_of(iptables.iptables_save, rules), "1.2.3.4") == [
        f"{match} -j KUBE-MARK-MASQ",
        f"{match} -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j {rules.chain}",
        f"{match} -m addrtype --dst-type LOCAL -j {rules.chain}",
    ]


def test_today_an_external_ip_leads_to_the_chain_of_traffic_from_outside() -> None:
    rules = rules_of(HERE, external_ips=("1.2.3.4",))
    lines = lines_of(iptables_today.iptables_save, rules)
    chain = iptables_today.external_chain(rules)
    [line] = with_word(lines, "1.2.3.4")
    assert line.endswith(f'"default/tomcat: external IP" -m tcp --dport 8080 -j {chain}')
    assert f":{chain} - [0:0]" in lines


@pytest.mark.parametrize("printed", [iptables.iptables_save, iptables_today.iptables_save])
def test_without_endpoints_an_external_ip_refuses(printed: Any) -> None:
    lines = lines_of(printed, rules_of(external_ips=("1.2.3.4",)))
    refused = with_word(lines, "1.2.3.4/32", "REJECT")
    assert len(refused) == 1
    where = "KUBE-EXTERNAL-SERVICES" if printed is iptables_today.iptables_save else "KUBE-SERVICES"
    assert refused[0].startswith(f"-A {where} ")


def test_of_old_a_balancer_has_a_firewall_that_marks_what_it_does_not_let_in() -> None:
    rules = rules_of(HERE, ingress=("9.9.9.9",), load_balancer_source_ranges=("10.1.0.0/16", "10.0.0.0/24"))
    lines = lines_of(iptables.iptables_save, rules)
    chain = iptables.firewall_chain(rules)
    told = '-m comment --comment "default/tomcat: loadbalancer IP"'
    assert with_word(lines, f"-A {chain} ") == [
        f"-A {chain} {told} -j KUBE-MARK-MASQ",
        f"-A {chain} -s 10.1.0.0/16 {told} -j {rules.chain}",
        f"-A {chain} -s 10.0.0.0/24 {told} -j {rules.chain}",
        f"-A {chain} -s 9.9.9.9/32 {told} -j {rules.chain}",  # the node is in a range
        f"-A {chain} {told} -j KUBE-MARK-DROP",
    ]
    far = with_word(lines_of(iptables.iptables_save, rules, address="10.9.0.1"), f"-A {chain} ")
    assert not with_word(far, "-s 9.9.9.9/32")


def test_of_old_a_balancer_with_a_local_policy_leads_to_endpoints_of_the_node() -> None:
    rules = rules_of(AWAY, ingress=("9.9.9.9",), type="LoadBalancer", external_traffic_policy="Local")
    lines = lines_of(iptables.iptables_save, rules)
    chain = iptables.firewall_chain(rules)
    assert [line.rpartition(" ")[2] for line in with_word(lines, f"-A {chain} ")] == [
        iptables.local_chain(rules),
        "KUBE-MARK-DROP",
    ]
    assert with_word(lines, f"-A {iptables.local_chain(rules)} ", "no local endpoints", "KUBE-MARK-DROP")


def test_today_what_a_balancer_does_not_let_in_is_dropped_by_the_firewall_of_the_proxy() -> None:
    rules = rules_of(HERE, ingress=("9.9.9.9",), load_balancer_source_ranges=("10.1.0.0/16",))
    lines = lines_of(iptables_today.iptables_save, rules)
    chain, external = iptables.firewall_chain(rules), iptables_today.external_chain(rules)
    assert with_word(lines, "loadbalancer IP", "-d 9.9.9.9/32")[0].endswith(f"-j {chain}")
    assert with_word(lines, f"-A {chain} ") == [
        f'-A {chain} -s 10.1.0.0/16 -m comment --comment "default/tomcat: loadbalancer IP" -j {external}',
        f'-A {chain} -m comment --comment "other traffic to default/tomcat: will be dropped by '
        'KUBE-PROXY-FIREWALL"',
    ]
    [dropped] = with_word(lines, "-A KUBE-PROXY-FIREWALL ")
    assert f"traffic not accepted by {chain}" in dropped
    assert dropped.endswith("-m tcp --dport 8080 -j DROP")
    nft = lines_of(nft_list_ruleset, rules)
    assert with_word(nft, "9.9.9.9 . tcp . 8080 : goto firewall-")
    assert with_word(nft, "ip saddr != { 10.1.0.0/16 } drop")


@pytest.mark.parametrize("printed", [iptables.iptables_save, iptables_today.iptables_save])
def test_a_range_of_everybody_is_no_wall(printed: Any) -> None:
    rules = rules_of(HERE, ingress=("9.9.9.9",), load_balancer_source_ranges=("0.0.0.0/0", "10.0.0.0/8"))
    assert rules.admits("1.1.1.1")
    assert not with_word(lines_of(printed, rules), "-s 10.0.0.0/8")


def test_today_the_port_where_balancers_ask_is_let_through() -> None:
    rules = rules_of(
        HERE, type="LoadBalancer", external_traffic_policy="Local", health_check_node_port=31_000
    )
    [line] = with_word(lines_of(iptables_today.iptables_save, rules), "31000")
    assert line == (
        '-A KUBE-NODEPORTS -p tcp -m comment --comment "default/tomcat: health check node port" -m tcp '
        "--dport 31000 -j ACCEPT"
    )
    assert not with_word(lines_of(iptables.iptables_save, rules), "31000")


def test_today_what_stays_on_its_node_and_is_not_open_has_no_chain_of_all_endpoints() -> None:
    rules = replace(rules_of(HERE, AWAY), local_inside=True)
    lines = lines_of(iptables_today.iptables_save, rules)
    assert not with_word(lines, "KUBE-SVC-")
    assert not with_word(lines, AWAY)
    assert with_word(lines, f"-A {iptables_today.local_chain(rules)} ", HERE)
    open_too = replace(rules, external_ips=("1.2.3.4",))
    assert with_word(lines_of(iptables_today.iptables_save, open_too), f":{rules.chain} ")


def test_today_a_client_stays_with_its_endpoint_in_the_chain_of_its_node_too() -> None:
    rules = replace(rules_of(HERE, AWAY), local_inside=True, affinity=60)
    lines = with_word(
        lines_of(iptables_today.iptables_save, rules), f"-A {iptables_today.local_chain(rules)} "
    )
    assert "-m recent --rcheck --seconds 60 --reap" in lines[0]
    assert len(lines) == 2


def test_in_nftables_mode_addresses_outside_are_elements_of_the_map_of_services() -> None:
    rules = rules_of(HERE, external_ips=("1.2.3.4",), ingress=("9.9.9.9",))
    lines = lines_of(nft_list_ruleset, rules)
    for address in ("1.2.3.4", "9.9.9.9"):
        assert with_word(lines, f"{address} . tcp . 8080 : goto external-")
    assert with_word(
        lines_of(nft_list_ruleset, rules_of(external_ips=("1.2.3.4",))), "1.2.3.4", "reject-chain"
    )


def test_an_address_that_is_none_leads_nowhere() -> None:
    assert rules_of(HERE, ingress=("nonsense", "", "fd00::1")).balancers == ()


@pytest.mark.parametrize(("release", "policies"), [("v1.7", {""}), ("v1.8", {"Cluster"})])
def test_only_v1_7_reads_the_annotation_that_was_there_before_the_field(
    release: str, policies: set[str]
) -> None:
    world = ProxyWorld(kind=KubeProxyV17 if release == "v1.7" else KubeProxy, release=release)
    found = service()
    spec = replace(found.spec, type="NodePort")
    annotated = replace(found.metadata, annotations={TRAFFIC: "OnlyLocal"})
    assert world.ask("create", replace(found, metadata=annotated, spec=spec)).ok
    assert world.ask("create", endpoints(HERE, nodes=NODES)).ok
    world.run(3 * SECOND)
    assert world.etcd.get("services", "default/tomcat").spec.external_traffic_policy in policies
    lines = world.proxies["n2"].printed("iptables-save") or []
    assert bool(with_word(lines, "KUBE-XLB-", "has no local endpoints")) is (release == "v1.7")


@pytest.mark.parametrize(
    ("value", "policy", "why"),
    [
        ("Nearby", "", "ExternalTraffic must be OnlyLocal or Global"),
        ("OnlyLocal", "Cluster", "please replace the beta annotation with 'ExternalTrafficPolicy' field"),
    ],
)
def test_in_v1_7_an_annotation_does_not_stand_beside_the_field(value: str, policy: str, why: str) -> None:
    world = ProxyWorld(kind=KubeProxyV17)
    found = service()
    spec = replace(found.spec, type="NodePort", external_traffic_policy=policy)
    annotated = replace(found.metadata, annotations={TRAFFIC: value})
    assert why in world.ask("create", replace(found, metadata=annotated, spec=spec)).message
