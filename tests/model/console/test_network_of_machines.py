"""What one types on a machine about its network: addresses, connections, rules, cuts."""

import pytest

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.console import run
from tests.model.console.machines import do, today
from tests.model.reports.typed import ALL, at, cluster_of, typed


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario())


def test_a_service_is_asked_as_traffic_would_go(cluster: Cluster) -> None:
    service = cluster.object("services", "default/tomcat")
    line = f"curl {service.spec.cluster_ip}:8080"
    assert do(cluster, line).startswith("tomcat-")
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 0}))
    cluster.run_until(seconds(60))
    assert "Connection refused" in do(cluster, line)
    assert "No route to host" in run(cluster, line).text


def test_a_ping_is_lost_where_the_network_is_cut(cluster: Cluster) -> None:
    assert "0% packet loss" in do(cluster, "ping -c 1 n2")
    cluster.apply(Command("cut-network", "n2"))
    assert "100% packet loss" in do(cluster, "ping -c 1 n2")


@ALL
def test_a_node_whose_kube_proxy_is_down_does_not_reach_a_new_service_until_it_is_back(release: str) -> None:
    web = "kind: ReplicationController, name: web, replicas: 2, containers: [{name: a, image: web}]"
    cluster = cluster_of(f"release: {release}\nnodes: 2\nobjects:\n- {{{web}}}\n")
    typed(cluster, "systemctl stop kube-proxy", "n1")
    typed(cluster, "kubectl expose rc web --port=80")
    at(cluster, "10s")
    address = typed(cluster, "kubectl get svc web -o jsonpath='{.spec.clusterIP}'")
    told = typed(cluster, f"curl http://{address}/", "n1")
    assert "timed out" in told
    assert "default/web" in told
    assert "n1 has no rule for it" in told
    assert "has no port 81" in typed(cluster, f"curl http://{address}:81/", "n2")
    assert "web-" in typed(cluster, f"curl http://{address}/", "n2")
    typed(cluster, "systemctl start kube-proxy", "n1")
    at(cluster, "20s")
    assert "web-" in typed(cluster, f"curl http://{address}/", "n1")


def test_a_node_knows_the_names_of_machines_and_a_pod_those_of_services() -> None:
    cluster = Cluster(default_scenario("v1.7"))
    assert run(cluster, "nslookup n2", "n1").text.endswith("Address: 10.0.0.12")
    assert "NXDOMAIN" in run(cluster, "nslookup tomcat", "n1").text
    pod = run(cluster, "kubectl get pods -o name | grep mysql").text.removeprefix("pods/")
    answer = run(cluster, f"kubectl exec {pod} -- nslookup tomcat.default.svc.cluster.local")
    assert "Address 1: 10.0.0.173 tomcat.default.svc.cluster.local" in answer.text
    assert run(cluster, f"kubectl exec {pod} -- curl -s http://tomcat:8080/").text.startswith("tomcat-")


def test_ifconfig_shows_the_bridge_of_the_pods() -> None:
    text = run(Cluster(default_scenario("v1.7")), "ifconfig docker0", "n1").text
    assert "inet 172.17.1.1  netmask 255.255.255.0" in text


def test_ss_shows_what_tcp_keeps_while_the_network_is_cut(cluster: Cluster) -> None:
    assert do(cluster, "ss -tno | grep -c keepalive") == "5", "a connection for each watch, and for requests"
    cluster.apply(Command("cut-network", "n1"))
    cluster.run_until(seconds(20))
    (kept,) = do(cluster, "ss -tnop | grep 'timer:(on'").splitlines()
    assert "208    10.0.0.11" in kept
    assert "kubelet" in kept
    assert kept.endswith(",6)"), "sent again six times in the first 13 s, as recorded after 20 s"
    assert "timer:(on" in do(cluster, "ss -tno | grep 10.0.0.11", "master"), "and the watches"


def test_netstat_says_the_same_in_its_own_way(cluster: Cluster) -> None:
    told = do(cluster, "netstat -tnp").splitlines()
    assert told[0] == "Active Internet connections (w/o servers)"
    assert told[2].split()[-2:] == ["ESTABLISHED", f"{do(cluster, 'pidof kubelet')}/kubelet"]
    assert "0.0.0.0:10250" in do(cluster, "netstat -tnlp")


def test_a_client_that_speaks_http2_has_one_connection() -> None:
    assert do(today(), "ss -tnp | grep -c kubelet") == "1"


def test_the_card_of_a_machine_goes_down_and_up(cluster: Cluster) -> None:
    do(cluster, "ip link set eth0 down")
    assert cluster.network.is_away("n1")
    do(cluster, "ifconfig eth0 up")
    assert not cluster.network.is_disturbed("n1")


def test_a_link_is_slowed_by_tc(cluster: Cluster) -> None:
    do(cluster, "tc qdisc add dev eth0 root netem delay 1.5s")
    assert "delay 1500.0ms" in do(cluster, "tc qdisc show dev eth0")
    do(cluster, "tc qdisc del dev eth0 root")
    assert "netem" not in do(cluster, "tc qdisc show dev eth0")


def test_a_wall_is_built_with_iptables_and_torn_down(cluster: Cluster) -> None:
    do(cluster, "iptables -A OUTPUT -d 10.0.0.1 -j DROP")
    assert cluster.network.state.walls == {"n1": "to-apiserver"}
    do(cluster, "iptables -F")
    assert cluster.network.state.walls == {}
    note = run(cluster, "iptables -A INPUT -s 1.2.3.4 -j DROP", "n1").note
    assert note is not None


def test_iptables_lists_the_rules_of_kube_proxy(cluster: Cluster) -> None:
    services = do(cluster, "iptables -t nat -L KUBE-SERVICES -n").splitlines()
    assert services[0] == "Chain KUBE-SERVICES (2 references)"
    assert any("/* default/tomcat: cluster IP */ tcp dpt:8080" in line for line in services)
    assert "-P OUTPUT ACCEPT" in do(cluster, "iptables -t nat -S").splitlines()
    assert do(cluster, "iptables -t nat -L NOPE") == "iptables: No chain/target/match by that name."
