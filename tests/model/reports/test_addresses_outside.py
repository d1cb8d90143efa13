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
