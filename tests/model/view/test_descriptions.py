"""What the page is told besides the view: sentences, messages on the wires, and what a part is."""

import msgspec
import pytest

from clustersim import Command, default_scenario
from clustersim.cluster import Cluster
from clustersim.engine.time import SECOND, seconds
from clustersim.scenario_schema import NodeSpec
from clustersim.view import describe_part, event_items, event_text, messages_since


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario("v1.7"))


PARTS = [
    "etcd", "apiserver", "controller-manager", "scheduler", "n1", "n1.kubelet", "n1.docker", "n1.kube-proxy",
    "n1.machine", "rc/default/tomcat", "svc/default/tomcat", "client",
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_described_in_both_languages(cluster: Cluster, part: str) -> None:
    info = describe_part(cluster, part)
    assert info is not None
    assert set(info.job) == {"en", "zh"}
    assert info.job["en"].endswith(".")


def test_describing_changes_nothing(cluster: Cluster) -> None:
    before = cluster.state_hash()
    for part in PARTS:
        describe_part(cluster, part)
    assert cluster.state_hash() == before


def test_what_does_not_exist_is_not_described(cluster: Cluster) -> None:
    for part in ("pod:nothing", "n9", "n1.nothing", "rc/default/nothing", "svc/default/nothing", "world"):
        assert describe_part(cluster, part) is None


def test_a_kubelet_has_flags_ports_health_log_and_something_to_do(cluster: Cluster) -> None:
    info = describe_part(cluster, "n1.kubelet")
    assert info is not None
    flags = {flag.name: flag for flag in info.flags}
    assert flags["node-status-update-frequency"].value == "10s"
    assert [port.port for port in info.ports] == [10248, 10250, 10255]
    assert info.health is not None
    assert (info.health.path, info.health.status) == ("127.0.0.1:10248/healthz", "ok")
    assert info.log
    assert "stop-kubelet" in [action.do for action in info.actions]
    assert "start-kubelet" not in [action.do for action in info.actions]


def test_todays_parts_speak_of_containerd() -> None:
    cluster = Cluster(default_scenario("v1.36"))
    for part in ("n1.kubelet", "n1.docker"):
        info = describe_part(cluster, part)
        assert info is not None
        said = [info.job, *(flag.help for flag in info.flags), *(port.what for port in info.ports)]
        said += [words for action in info.actions for words in (action.label, action.help)]
        assert not [words for words in said if "docker" in words["en"] + words["zh"]]
        assert part == "n1.kubelet" or "Freeze crictl ps" in [one.label["en"] for one in info.actions]


def test_tolerations_are_counted_in_seconds_as_the_api_server_takes_them(cluster: Cluster) -> None:
    info = describe_part(cluster, "apiserver")
    assert info is not None
    flags = {flag.name: (flag.value, flag.unit) for flag in info.flags}
    assert flags["default-unreachable-toleration-seconds"] == ("300", "seconds")


def test_a_stopped_kubelet_refuses_and_can_be_started(cluster: Cluster) -> None:
    cluster.apply(Command("stop-kubelet", "n1"))
    info = describe_part(cluster, "n1.kubelet")
    assert info is not None
    assert info.health is not None
    assert "Connection refused" in info.health.status
    assert [action.do for action in info.actions] == ["start-kubelet"]


def test_every_action_that_is_offered_can_be_done_as_offered_but_for_what_must_be_filled_in(
    cluster: Cluster,
) -> None:
    offered = []
    for part in PARTS:
        info = describe_part(cluster, part)
        assert info is not None
        offered += [action for action in info.actions if "" not in action.args.values()]
    assert len(offered) > 20
    for action in offered:
        copy = Cluster.restore(cluster.snapshot())
        copy.apply(Command(action.do, action.target, action.args))


def test_the_rules_of_a_node_are_shown_as_iptables_save_prints_them(cluster: Cluster) -> None:
    info = describe_part(cluster, "n1.kube-proxy")
    assert info is not None
    assert info.rules[0] == "*nat"
    assert any("KUBE-SVC-" in line and "0.33332999982" in line for line in info.rules)


def test_a_pending_pod_says_why(cluster: Cluster) -> None:
    for name in ("n1", "n2", "n3"):
        cluster.apply(Command("cordon", name))
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 4}))
    cluster.run_until(3 * SECOND)
    pod = next(pod for pod in cluster.objects("pods").values() if not pod.spec.node_name)
    info = describe_part(cluster, f"pod:{pod.metadata.uid}")
    assert info is not None
    assert "no nodes available to schedule pods" in info.notes[0]["en"]


def test_a_log_line_looks_like_glog(cluster: Cluster) -> None:
    info = describe_part(cluster, "scheduler")
    assert info is not None
    assert info.log[0].startswith("I0926 06:5")
    assert "Successfully assigned" in "\n".join(info.log)


def test_the_story_of_a_lost_node_is_told_with_its_numbers(cluster: Cluster) -> None:
    before = cluster.record.last_id
    cluster.apply(Command("stop-kubelet", "n3"))
    cluster.run_until(seconds(50))
    items = event_items(cluster.record.since(before))
    assert [item.kind for item in items][:2] == ["act", "process"]
    assert all(item.text["en"] and item.text["zh"] for item in items)
    decision = next(item for item in items if item.kind == "decision")
    assert decision.node == "n3"
    assert decision.rule is not None
    assert decision.rule.id == "node-controller.grace-exceeded"
    assert "40s" in decision.text["en"]
    event = next(event for event in cluster.record.since(before) if event.id == decision.id)
    assert event_text(event, "en") == decision.text["en"]


def test_messages_fly_from_real_senders_to_real_receivers(cluster: Cluster) -> None:
    last, t = cluster.record.last_id, cluster.now
    cluster.run_until(seconds(11))
    heartbeats = [m for m in messages_since(cluster, last, t) if m.kind == "heartbeat"]
    assert {m.from_ for m in heartbeats} == {"kubelet@n1", "kubelet@n2", "kubelet@n3"}
    assert {m.to for m in heartbeats} == {"apiserver"}
    last, t = cluster.record.last_id, cluster.now
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 4}))
    cluster.run_until(seconds(11.5))
    told = {(m.from_, m.to, m.kind) for m in messages_since(cluster, last, t)}
    assert ("controller-manager", "apiserver", "request") in told
    assert ("apiserver", "etcd", "request") in told
    assert ("apiserver", "scheduler", "watch") in told
    assert ("scheduler", "apiserver", "request") in told


def test_watches_into_a_cut_hang(cluster: Cluster) -> None:
    cluster.apply(Command("cut-network", "n1"))
    cluster.run_until(seconds(30))
    last, t = cluster.record.last_id, cluster.now
    cluster.run_until(seconds(60))
    outcomes = {m.outcome for m in messages_since(cluster, last, t) if m.to == "kubelet@n1"}
    assert outcomes == {"hung"}


def test_heartbeats_into_a_cut_hang(cluster: Cluster) -> None:
    cluster.apply(Command("cut-network", "n1"))
    last, t = cluster.record.last_id, cluster.now
    cluster.run_until(seconds(30))
    sent = [m for m in messages_since(cluster, last, t) if m.from_ == "kubelet@n1"]
    assert ("heartbeat", "hung") in {(m.kind, m.outcome) for m in sent}
    assert not [m for m in sent if m.outcome == "ok"]


def test_of_many_nodes_equal_messages_are_told_together() -> None:
    nodes = tuple(NodeSpec(name=f"n{number}") for number in range(1, 46))
    cluster = Cluster(msgspec.structs.replace(default_scenario(), nodes=nodes))
    last, t = cluster.record.last_id, cluster.now
    cluster.run_until(seconds(11))
    (told,) = (m for m in messages_since(cluster, last, t) if m.kind == "heartbeat")
    assert (told.from_, told.label, told.count) == ("kubelet@*", "PATCH status Node *", 1)
    assert sorted(told.nodes) == sorted(node.name for node in nodes)


def test_requests_of_callers_end_in_pods(cluster: Cluster) -> None:
    cluster.run_until(seconds(5))
    traffic = [m for m in messages_since(cluster, cluster.record.last_id, 0) if m.kind == "traffic"]
    uids = {f"pod:{pod.metadata.uid}" for pod in cluster.objects("pods").values()}
    assert traffic
    assert {m.to for m in traffic} <= uids
    assert sum(m.count for m in traffic) == 10
