"""The rules of a Service, as the kernel applies them and as iptables-save prints them."""

from collections import Counter
from typing import Any

import pytest

from clustersim.api.meta import replace
from clustersim.engine.random import RandomStream
from clustersim.engine.time import SECOND, Micros
from clustersim.kubeproxy import iptables_today
from clustersim.kubeproxy.iptables import iptables_save
from clustersim.kubeproxy.rules import compile_rules
from tests.model.kubeproxy.worlds import endpoints, service

THREE = ("172.17.1.2", "172.17.2.2", "172.17.3.2")


def test_each_of_n_endpoints_gets_its_share_of_new_connections() -> None:
    (rules,) = compile_rules(service(), endpoints(*THREE))
    stream = RandomStream(1, "test", {})
    chosen = Counter(backend.ip for _ in range(3000) if (backend := rules.choose(stream)))
    assert set(chosen) == set(THREE)
    assert all(900 < count < 1100 for count in chosen.values())


def test_probabilities_of_five_decimals_are_printed_as_the_kernel_keeps_them() -> None:
    (rules,) = compile_rules(service(), endpoints(*THREE))
    lines = iptables_save({"default/tomcat": (rules,)})
    chain = [line for line in lines if line.startswith(f"-A {rules.chain} ")]
    assert len(chain) == 3
    assert "--mode random --probability 0.33332999982 -j KUBE-SEP-" in chain[0]
    assert "--mode random --probability 0.50000000000 -j KUBE-SEP-" in chain[1]
    assert "--probability" not in chain[2]


def test_chain_names_are_sixteen_letters_of_a_hash() -> None:
    (rules,) = compile_rules(service("kubernetes", "10.0.0.1"), endpoints("10.0.0.10"))
    assert rules.chain.startswith("KUBE-SVC-")
    assert len(rules.chain) == len("KUBE-SVC-") + 16


def test_the_chain_of_a_named_port_is_the_one_every_cluster_has() -> None:
    from clustersim.kubeproxy.rules import PortRules

    rules = PortRules("default/kubernetes:https", "tcp", "10.0.0.1", 443, 0, ())
    assert rules.chain == "KUBE-SVC-NPX46M4PTMTKRN6Y"


def test_without_endpoints_connections_are_rejected() -> None:
    (rules,) = compile_rules(service(), endpoints())
    assert rules.choose(RandomStream(1, "test", {})) is None
    text = "\n".join(iptables_save({"default/tomcat": (rules,)}))
    assert 'has no endpoints" -m tcp --dport 8080 -j REJECT --reject-with icmp-port-unreachable' in text
    assert f":{rules.chain} - [0:0]" in text
    assert f"-A {rules.chain}" not in text
    assert rules.chain not in "\n".join(iptables_today.iptables_save({"default/tomcat": (rules,)}))


def test_a_headless_service_has_no_rules() -> None:
    assert compile_rules(service(cluster_ip="None"), endpoints(*THREE)) == ()


def test_the_same_objects_are_compiled_once() -> None:
    found, leads = service(), endpoints(*THREE)
    assert compile_rules(found, leads) is compile_rules(found, leads)
    assert compile_rules(found, leads) == compile_rules(service(), endpoints(*THREE))
    assert compile_rules(found, leads) != compile_rules(found, endpoints("172.17.9.9"))


def test_a_client_stays_with_its_endpoint_until_it_was_away_for_longer_than_it_is_remembered() -> None:
    (rules,) = compile_rules(service(), endpoints(*THREE))
    rules = replace(rules, affinity=100)
    recent: dict[str, dict[str, Micros]] = {}
    first = rules.choose_again(RandomStream(1, "test", {}), "10.1.1.1", recent, 0)
    for connection, t in enumerate((100, 200, 300), 2):
        stream = RandomStream(connection, "test", {})
        assert rules.choose_again(stream, "10.1.1.1", recent, t * SECOND) is first
    later = [
        rules.choose_again(RandomStream(seed, "test", {}), "10.1.1.1", {**recent}, 401 * SECOND)
        for seed in range(20)
    ]
    assert len(set(later)) > 1


@pytest.mark.parametrize("printed", [iptables_save, iptables_today.iptables_save])
def test_a_node_port_that_leads_nowhere_refuses(printed: Any) -> None:
    (rules,) = compile_rules(service(), endpoints(*THREE))
    rules = replace(rules, node_port=30080)
    found = [line for line in printed({"default/tomcat": (rules,)}) if "--dport 30080" in line]
    assert found
    assert all(line.startswith("-A KUBE-NODEPORTS ") for line in found)
    rules = replace(rules, backends=())
    (refused,) = (
        line for line in printed({"default/tomcat": (rules,)}) if "30080" in line and "REJECT" in line
    )
    assert "-m addrtype --dst-type LOCAL -m tcp --dport 30080" in refused


@pytest.mark.parametrize("printed", [iptables_save, iptables_today.iptables_save])
def test_rules_are_printed_chain_by_chain_in_the_order_of_their_names(printed: Any) -> None:
    one, other = (compile_rules(service(name), endpoints(*THREE)) for name in ("tomcat", "mysql"))
    lines = printed({"default/tomcat": one, "default/mysql": other})
    nat = lines[lines.index("*nat") :]
    nat = nat[: nat.index("COMMIT")]
    chains = [line[1:].split()[0] for line in nat if line.startswith(":")]
    assert chains[4:] == sorted(chains[4:])
    at = [chains.index(line.split()[1]) for line in nat if line.startswith("-A")]
    assert at == sorted(at)
