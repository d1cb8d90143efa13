"""Addresses that Services have outside the cluster, as people try them.

https://kubernetes.io/docs/concepts/services-networking/service/#external-ips, kk#40761
"""

import pytest

from clustersim import Cluster
from tests.model.reports.test_names_and_ways import made
from tests.model.reports.typed import at, typed

RELEASES = ("v1.7", "v1.8", "v1.36")


def address_of(cluster: Cluster, node: str) -> str:
    return typed(cluster, f"kubectl get node {node} -o jsonpath='{{.status.addresses[0].address}}'")


@pytest.mark.parametrize("release", RELEASES)
def test_a_nodes_own_address_as_an_external_ip_leads_to_the_pods(release: str) -> None:
    cluster = made(release, "Deployment", "externalIPs: [10.0.0.11]")
    assert address_of(cluster, "n1") == "10.0.0.11"
    for where in ("n1", "n2"):
        assert typed(cluster, "curl -s 10.0.0.11", where).startswith("web-")
    assert typed(cluster, "curl -s 10.0.0.11").startswith("web-")
    assert "Connection refused" in typed(cluster, "curl -s 10.0.0.12", "n1")


@pytest.mark.parametrize(("release", "answered"), [("v1.7", False), ("v1.8", False), ("v1.36", True)])
def test_what_a_node_itself_sends_to_an_address_outside_is_led_in_only_today(
    release: str, answered: bool
) -> None:
    cluster = made(release, "Deployment", "externalIPs: [198.51.100.7]")
    assert typed(cluster, "curl -s 198.51.100.7", "n1").startswith("web-") is answered
    assert "web external IP" in typed(cluster, "iptables-save", "n1").replace("web: ", "web ")


def test_a_balancer_lets_in_only_who_comes_from_its_ranges() -> None:
    cluster = made("v1.36", "Deployment", "type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]")
    given = '{"status":{"loadBalancer":{"ingress":[{"ip":"198.51.100.7","ipMode":"VIP"}]}}}'
    typed(cluster, f"kubectl patch svc web --subresource=status --type=merge -p '{given}'")
    at(cluster, "25s")
    assert "Connection timed out" in typed(cluster, "curl -s 198.51.100.7", "n1")
    assert "KUBE-PROXY-FIREWALL -d 198.51.100.7/32" in typed(cluster, "iptables-save", "n1")
    typed(cluster, 'kubectl patch svc web -p \'{"spec":{"loadBalancerSourceRanges":null}}\'')
    at(cluster, "30s")
    assert typed(cluster, "curl -s 198.51.100.7", "n1").startswith("web-")


PATCH = (
    "kubectl patch svc web --subresource=status --type=merge "
    '-p \'{{"status":{{"loadBalancer":{{"ingress":[{}]}}}}}}\''
)


@pytest.mark.parametrize(
    ("kind", "ingress", "told"),
    [
        ("LoadBalancer", '{"ip":"nonsense"}', "status.loadBalancer.ingress[0].ip: Invalid value"),
        ("LoadBalancer", '{"ip":"1.2.3.4","ipMode":"x"}', 'supported values: "Proxy", "VIP"'),
        ("LoadBalancer", '{"ipMode":"VIP"}', "may not be specified when `ip` is not set"),
        ("LoadBalancer", '{"hostname":"1.2.3.4"}', "must be a DNS name, not an IP address"),
        ("NodePort", '{"ip":"1.2.3.4"}', "may only be used when `spec.type` is 'LoadBalancer'"),
    ],
)
def test_what_no_balancer_could_say_is_refused(kind: str, ingress: str, told: str) -> None:
    """pkg/apis/core/validation/validation.go ValidateLoadBalancerStatus"""
    cluster = made("v1.36", "Deployment", f"type: {kind}")
    assert told in typed(cluster, PATCH.format(ingress))


def test_an_address_of_a_balancer_is_one_to_which_packets_come_as_they_were_sent() -> None:
    cluster = made("v1.36", "Deployment", "type: LoadBalancer")
    typed(cluster, PATCH.format('{"ip":"198.51.100.7"}'))
    path = "{.status.loadBalancer.ingress[0].ipMode}"
    assert typed(cluster, f"kubectl get svc web -o jsonpath='{path}'") == "VIP"
    at(cluster, "25s")
    assert typed(cluster, "curl -s 198.51.100.7", "n1").startswith("web-")
