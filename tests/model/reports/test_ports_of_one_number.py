"""Ports of one number and several protocols, which kubectl merges by their number alone.

kk: github.com/kubernetes/kubernetes.
"""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import ALL, create, empty, typed

WORKLOADS = {"v1.7": "apps/v1beta1", "v1.8": "apps/v1beta1", "v1.36": "apps/v1"}
UDP, TCP = "{containerPort: 2345, protocol: UDP}", "{containerPort: 2345, protocol: TCP}"


def apply_service(cluster: Cluster, name: str, ports: str) -> None:
    rest = f"metadata: {{name: {name}}}\nspec: {{type: NodePort, selector: {{a: b}}, ports: [{ports}]}}"
    told = create(cluster, "Service", rest, verb="apply")
    assert told.endswith(("configured", "created")), told


def apply_ports(cluster: Cluster, *ports: str, flags: str = "") -> list[str]:
    """The ports and names that a Deployment's container has when it was applied with these."""
    version = WORKLOADS[cluster.world.release.name]
    rest = (
        "metadata: {name: d}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, "
        f"spec: {{containers: [{{name: c, image: nginx, ports: [{', '.join(ports)}]}}]}}}}}}"
    )
    create(cluster, "Deployment", rest, version, verb=f"apply{flags}")
    return shown(cluster, "deployment d")


def shown(cluster: Cluster, what: str) -> list[str]:
    path = "{range .spec.template.spec.containers[0].ports[*]}{.protocol}{.name}:{.containerPort} {end}"
    return typed(cluster, f"kubectl get {what} -o jsonpath='{path}'").split()


@ALL
def test_a_second_protocol_replaces_the_first_in_a_service(release: str) -> None:
    # kk#105610, kk#47249
    cluster = empty(release)
    apply_service(cluster, "u", "{name: udp, protocol: UDP, port: 31337, nodePort: 31337}")
    two = "{name: tcp, protocol: TCP, port: 31337, nodePort: 31337}, "
    apply_service(cluster, "u", two + "{name: udp, protocol: UDP, port: 31337, nodePort: 31337}")
    assert "31337:31337/TCP " in typed(cluster, "kubectl get svc u")


@ALL
def test_a_protocol_added_behind_is_not_added(release: str) -> None:
    # kk#59482
    cluster = empty(release)
    apply_service(cluster, "h", "{name: a, protocol: TCP, port: 8301}")
    apply_service(cluster, "h", "{name: a, protocol: TCP, port: 8301}, {name: b, protocol: UDP, port: 8301}")
    assert "/TCP " in (told := typed(cluster, "kubectl get svc h"))
    assert "UDP" not in told


@ALL
def test_the_node_port_of_only_one_protocol_changes(release: str) -> None:
    # kk#131228
    cluster = empty(release)
    for port in (30054, 30154):
        ports = [f"{{name: {p.lower()}, protocol: {p}, port: 53, nodePort: {port}}}" for p in ("UDP", "TCP")]
        apply_service(cluster, "dns", ", ".join(ports))
    assert "53:30154/UDP,53:30054/TCP" in typed(cluster, "kubectl get svc dns")


@ALL
def test_a_second_protocol_is_not_added_to_a_container(release: str) -> None:
    # kk#111304, its first test; kk#127813, kk#96714
    cluster = empty(release)
    apply_ports(cluster)
    assert apply_ports(cluster, UDP) == ["UDP:2345"]
    assert apply_ports(cluster, UDP, TCP) == ["UDP:2345"]


@ALL
def test_one_of_two_protocols_that_goes_takes_the_other_with_it(release: str) -> None:
    # kk#111304, its second test; kk#62366, kk#93952
    cluster = empty(release)
    assert apply_ports(cluster, UDP, TCP) == ["UDP:2345", "TCP:2345"]
    assert apply_ports(cluster, UDP) == []


def test_the_server_merges_by_number_and_protocol() -> None:
    # kk#111304, its third test
    cluster = empty("v1.36")
    apply_ports(cluster, UDP, TCP, flags=" --server-side")
    assert apply_ports(cluster, UDP, flags=" --server-side") == ["UDP:2345"]


def test_ports_that_became_one_do_not_become_two_again_at_once() -> None:
    # kk#86273: the third time two ports are applied there is one, the fourth time there are two
    cluster = empty("v1.36")
    named = "{containerPort: %s, name: %s}"
    a, b, other = named % (1, "a"), named % (2, "b"), named % (1, "b")
    assert apply_ports(cluster, a, b) == ["TCPa:1", "TCPb:2"]
    assert len(apply_ports(cluster, a, other)) == 1
    assert len(apply_ports(cluster, a, b)) == 1
    assert apply_ports(cluster, a, b) == ["TCPa:1", "TCPb:2"]


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_an_old_server_makes_one_port_of_two_out_of_a_patch_of_a_stateful_set(release: str) -> None:
    # kk#64321, ansible/ansible#40654
    cluster = empty(release)
    ports = (
        '[{"containerPort": 80, "protocol": "TCP", "name": "t"}, '
        '{"containerPort": 80, "protocol": "UDP", "name": "u"}]'
    )
    rest = (
        "metadata: {name: s}\nspec: {serviceName: s, template: {metadata: {labels: {a: b}}, "
        f"spec: {{containers: [{{name: c, image: nginx, ports: {ports}}}]}}}}}}"
    )
    create(cluster, "StatefulSet", rest, "apps/v1beta1")
    patch = f'{{"spec": {{"template": {{"spec": {{"containers": [{{"name": "c", "ports": {ports}}}]}}}}}}}}'
    assert typed(cluster, f"kubectl patch sts s -p '{patch}'") == 'statefulset "s" patched'
    assert shown(cluster, "sts s") == ["UDPu:80", "UDPu:80"]
