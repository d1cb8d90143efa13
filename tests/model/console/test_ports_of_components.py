"""Who listens where on a machine, and says what of its health."""

import json

import pytest
from msgspec.structs import replace

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.console import run
from clustersim.flags import FlagError
from tests.model.console.machines import do, today


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario())


def test_controller_manager_and_scheduler_of_old_serve_plain_ports(cluster: Cluster) -> None:
    assert do(cluster, "curl 127.0.0.1:10251/healthz", "master") == "ok"
    assert do(cluster, "curl 127.0.0.1:10252/healthz?verbose", "master") == "[+]ping ok\nhealthz check passed"
    assert "wrong version number" in do(cluster, "curl -k https://127.0.0.1:10252/healthz", "master")
    assert "10257" not in do(cluster, "ss -tnlp", "master")


def test_controller_manager_and_scheduler_of_today_serve_tls_alone() -> None:
    cluster = today()
    assert do(cluster, "curl -k https://127.0.0.1:10257/healthz", "master") == "ok"
    assert do(cluster, "curl -k https://127.0.0.1:10259/readyz?verbose", "master").splitlines() == [
        "[+]leaderElection ok",
        "[+]shutdown ok",
        "[+]sched-handler-sync ok",
        "readyz check passed",
    ]
    assert "to an HTTPS server" in do(cluster, "curl 127.0.0.1:10257/healthz", "master")
    assert "certificate problem" in do(cluster, "curl https://127.0.0.1:10257/healthz", "master")
    assert "Connection refused" in do(cluster, "curl 127.0.0.1:10252/healthz", "master")
    assert do(cluster, "curl -k https://127.0.0.1:10257/livez", "master") == "404 page not found"
    listening = do(cluster, "ss -tnlp", "master")
    assert "*:10257" in listening
    assert "*:10259" in listening
    assert ":10251" not in listening
    assert ":8080" not in listening


def test_the_secure_port_is_where_its_flag_says() -> None:
    scenario = default_scenario("v1.36")
    texts = {"scheduler": {"secure-port": "0"}, "controller-manager": {"secure-port": "10300"}}
    cluster = Cluster(replace(scenario, flags=scenario.flags.with_texts(texts, "v1.36")))
    assert do(cluster, "curl -k https://127.0.0.1:10300/healthz", "master") == "ok"
    assert "10259" not in do(cluster, "ss -tnlp", "master")


def test_flags_of_the_other_era_are_unknown() -> None:
    with pytest.raises(FlagError):
        default_scenario("v1.36").flags.with_texts({"scheduler": {"port": "10251"}}, "v1.36")
    with pytest.raises(FlagError):
        default_scenario().flags.with_texts({"scheduler": {"secure-port": "10259"}}, "v1.7")


def test_an_api_server_whose_etcd_is_away_is_neither_live_nor_ready() -> None:
    cluster = today()
    assert do(cluster, "curl -k https://127.0.0.1:6443/livez/etcd", "master") == "ok"
    cluster.apply(Command("stop-etcd", "etcd"))
    assert "[-]etcd failed: reason withheld" in do(cluster, "curl -k https://127.0.0.1:6443/livez", "master")
    ready = do(cluster, "curl -k https://127.0.0.1:6443/readyz", "master")
    assert "[-]etcd-readiness failed: reason withheld" in ready
    assert ready.endswith("readyz check failed")
    assert do(cluster, "curl -k https://127.0.0.1:6443/livez/ping", "master") == "ok"


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_kube_proxy_tells_everybody_its_health_and_its_own_machine_how_it_writes(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    cluster.run_until(seconds(100))
    told = json.loads(do(cluster, "curl n1:10256/healthz", "n2"))
    assert told.get("nodeEligible", True)
    ages = [told[name].partition(".")[0] for name in ("lastUpdated", "currentTime")]
    day = "2026-11-22" if release == "v1.36" else "2017-09-26"
    assert f"{day} 07:01" < ages[0] <= ages[1] < f"{day} 07:02"
    assert do(cluster, "curl 127.0.0.1:10249/proxyMode", "n1") == "iptables"
    assert "Connection refused" in do(cluster, "curl n1:10249/proxyMode", "n2")
    cluster.apply(Command("stop-kube-proxy", "n1"))
    assert "Connection refused" in do(cluster, "curl 127.0.0.1:10256/healthz", "n1")


def test_a_node_that_is_to_go_is_not_eligible_but_its_kube_proxy_lives() -> None:
    cluster = today()
    do(cluster, "kubectl taint node n1 ToBeDeletedByClusterAutoscaler=1:NoSchedule", "")
    cluster.run_until(cluster.now + seconds(1))
    assert '"nodeEligible": false}' in do(cluster, "curl 127.0.0.1:10256/healthz", "n1")
    assert "nodeEligible" not in do(cluster, "curl 127.0.0.1:10256/livez", "n1")


def test_the_insecure_port_of_old_is_there_on_the_master_alone(cluster: Cluster) -> None:
    assert do(cluster, "curl 127.0.0.1:8080/healthz", "master") == "ok"
    assert "Connection refused" in do(cluster, "curl master:8080/healthz", "n1")
    assert do(cluster, "curl 127.0.0.1:8080/livez", "master") == "404 page not found"


def test_the_read_only_port_gives_pods_and_figures_until_v18_and_is_closed_today() -> None:
    old, today = Cluster(default_scenario("v1.7")), Cluster(default_scenario("v1.36"))
    pods = json.loads(run(old, "curl -s localhost:10255/pods", "n1").text)
    assert [pod["metadata"]["name"].startswith("tomcat-") for pod in pods["items"]] == [True]
    stats = json.loads(run(old, "curl -s http://localhost:10255/stats/summary", "n1").text)
    assert stats["node"]["nodeName"] == "n1"
    assert stats["pods"][0]["containers"][0]["memory"]["workingSetBytes"] == 8 << 20
    assert run(today, "curl -s localhost:10255/pods", "n1").text == (
        "curl: (7) Failed to connect to localhost port 10255: Connection refused"
    )


def test_port_10250_takes_anybody_until_v18_and_asks_who_one_is_today() -> None:
    for release, first in (("v1.7", "{"), ("v1.36", "Unauthorized")):
        cluster = Cluster(default_scenario(release))
        told = run(cluster, "curl -sk https://n1:10250/pods", "n2").text
        assert told.startswith(first)
