from typing import Any

import pytest

from clustersim import Cluster, Command, default_scenario
from clustersim.api.apps import Deployment, DeploymentSpec
from clustersim.api.core_v1 import (
    Container,
    EndpointAddress,
    EndpointPort,
    Endpoints,
    EndpointSubset,
    Node,
    NodeCondition,
    NodeSpec,
    NodeStatus,
    Pod,
    PodCondition,
    PodSpec,
    PodStatus,
    PodTemplateSpec,
)
from clustersim.api.meta import ObjectMeta, OwnerReference, replace
from clustersim.engine.record import Event
from clustersim.engine.rules import Rule
from clustersim.narration import narrate
from clustersim.narration.acts import act_words
from clustersim.runtime.records import Container as DockerContainer


def told(before: Any, after: Any, ref: str = "pods/default/web-1") -> list[str]:
    event = Event(1, 0, "write", "kubelet@n1", "update", ref, before, after)
    return [str(sentence) for sentence in narrate(event)]


def happened(kind: str, verb: str, ref: str, **more: Any) -> list[str]:
    return [str(sentence) for sentence in narrate(Event(1, 0, kind, "user", verb, ref, **more))]


def node(ready: str, *, memory: str = "False", **spec: Any) -> Node:
    conditions = (
        NodeCondition(type="MemoryPressure", status=memory),
        NodeCondition(type="Ready", status=ready, reason="NodeStatusUnknown"),
    )
    return Node(
        metadata=ObjectMeta(name="n1"), spec=NodeSpec(**spec), status=NodeStatus(conditions=conditions)
    )


POD = Pod(
    metadata=ObjectMeta(name="web-1", namespace="default"),
    spec=PodSpec(containers=(Container(name="web", image="web"),), node_name="n1"),
    status=PodStatus(phase="Running", conditions=(PodCondition(type="Ready", status="True"),)),
)


def test_a_node_that_turns_unknown_is_told_with_its_reason() -> None:
    assert told(node("True"), node("Unknown", memory="Unknown"), "nodes/n1") == [
        "Node n1: Ready True becomes Unknown (NodeStatusUnknown).",
        "Node n1: MemoryPressure now Unknown.",
    ]


def test_a_heartbeat_is_not_told() -> None:
    assert told(node("True"), node("True"), "nodes/n1") == []


def test_cordoning_is_told() -> None:
    assert told(node("True"), node("True", unschedulable=True), "nodes/n1") == ["Node n1 is cordoned."]


def test_a_new_node_is_told() -> None:
    assert told(None, node("True"), "nodes/n1")[:2] == [
        "Node n1 is registered.",
        "Node n1: Ready is True (NodeStatusUnknown).",
    ]


def test_a_new_pod_that_is_bound_already_is_told_in_two_sentences() -> None:
    assert told(None, POD) == ["Pod web-1 is created.", "Pod web-1 is bound to n1."]


def test_an_eviction_is_told_by_reason_and_mark() -> None:
    lost = replace(POD, status=replace(POD.status, reason="NodeLost"))
    marked = replace(
        lost,
        metadata=replace(lost.metadata, deletion_timestamp="x", deletion_grace_period_seconds=30),
    )
    assert told(POD, lost) == ["Pod web-1 is given the reason NodeLost."]
    assert told(lost, marked) == ["Pod web-1 is marked for deletion, grace period 30 s."]
    assert told(marked, None) == ["Pod web-1 is gone."]


def test_a_pod_that_loses_its_readiness_is_told() -> None:
    conditions = (PodCondition(type="Ready", status="False"),)
    assert told(POD, replace(POD, status=replace(POD.status, conditions=conditions))) == [
        "Pod web-1 is not ready."
    ]


def test_endpoints_are_told_by_their_addresses() -> None:
    subset = EndpointSubset(addresses=(EndpointAddress(ip="10.1.0.2"),), ports=(EndpointPort(port=80),))
    meta = ObjectMeta(name="web", namespace="default")
    full, empty = Endpoints(metadata=meta, subsets=(subset,)), Endpoints(metadata=meta)
    assert told(empty, full, "endpoints/default/web") == ["Service web has 1 endpoint: 10.1.0.2:80"]
    assert told(full, full, "endpoints/default/web") == []


def test_many_endpoints_are_told_in_short() -> None:
    addresses = tuple(EndpointAddress(ip=f"10.1.0.{number}") for number in range(9))
    subset = EndpointSubset(addresses=addresses, ports=(EndpointPort(port=80),))
    meta = ObjectMeta(name="web", namespace="default")
    (sentence,) = told(None, Endpoints(metadata=meta, subsets=(subset,)), "endpoints/default/web")
    assert sentence.startswith("Service web has 9 endpoints: 10.1.0.0:80 ")
    assert sentence.endswith("10.1.0.5:80 +3")


def test_a_pod_whose_label_is_changed_leaves_its_owner() -> None:
    owner = OwnerReference(api_version="v1", kind="ReplicationController", name="web", uid="u")
    owned = replace(POD, metadata=replace(POD.metadata, labels={"app": "web"}, owner_references=(owner,)))
    relabelled = replace(owned, metadata=replace(owned.metadata, labels={"app": "other"}))
    released = replace(relabelled, metadata=replace(relabelled.metadata, owner_references=()))
    assert told(owned, relabelled) == ["Pod web-1 now has the labels app=other."]
    assert told(relabelled, released) == ["Pod web-1 is no longer owned by web."]


def test_a_controller_is_told_when_it_wants_or_has_another_number_of_pods() -> None:
    template = PodTemplateSpec(spec=POD.spec)
    two = Deployment(metadata=ObjectMeta(name="web"), spec=DeploymentSpec(replicas=2, template=template))
    three = replace(two, spec=replace(two.spec, replicas=3))
    ready = replace(three, status=replace(three.status, ready_replicas=1))
    assert told(two, three) == ["Deployment web wants 3 pods."]
    assert told(three, ready) == ["Deployment web: 1 of 3 pods are ready."]
    assert told(ready, None) == ["Deployment web is deleted."]


def test_a_leader_s_renewal_is_not_told() -> None:
    meta = ObjectMeta(name="kube-scheduler", namespace="kube-system")
    assert told(None, Endpoints(metadata=meta), "endpoints/kube-system/kube-scheduler") == []


@pytest.mark.parametrize(
    ("kind", "verb", "ref", "sentence"),
    [
        ("process", "killed", "kubelet@n1", "kubelet@n1 is killed."),
        ("machine", "powered-off", "n1", "n1 loses power."),
        ("network", "cut", "n1", "n1 is cut off: every packet from and to it vanishes."),
        ("act", "stop-kubelet", "n1", "user: Stop the kubelet (n1)"),
        ("container", "unheard-of", "n1/c", "n1/c: unheard-of"),
    ],
)
def test_what_happens_outside_the_api_server_is_told(kind: str, verb: str, ref: str, sentence: str) -> None:
    assert happened(kind, verb, ref) == [sentence]


def test_an_act_is_told_with_its_arguments() -> None:
    assert happened("act", "scale", "rc/web", after={"replicas": 3}) == ["user: Scale (rc/web, replicas=3)"]
    given = {"grace_s": 5, "force": False}
    assert happened("act", "delete-pod", "web-1", after=given) == ["user: Delete the pod (web-1, grace_s=5)"]


def test_a_pod_that_was_named_by_its_uid_is_told_by_its_name() -> None:
    cluster = Cluster(default_scenario())
    pod = next(iter(cluster.objects("pods").values()))
    act = cluster.record.get(cluster.apply(Command("delete-pod", pod.metadata.uid)))
    assert isinstance(act, Event)
    assert act.object == pod.metadata.name


def test_a_container_is_told_with_its_pod() -> None:
    container = DockerContainer(
        id="c1",
        name="web",
        image="web",
        pod_uid="u1",
        pod="web-1",
        namespace="default",
        sandbox_id="s1",
        attempt=0,
        spec=POD.spec.containers[0],
        created_at=0,
        exit_code=143,
    )
    assert happened("container", "exited", "containers/n1/c1", after=container) == [
        "Container web of pod web-1 has ended with code 143."
    ]
    for runtime in ("docker", "containerd"):
        removed = Event(1, 0, "container", f"{runtime}@n1", "removed", "containers/n1/c1", before=container)
        assert [str(sentence) for sentence in narrate(removed)] == [
            f"{runtime} removes the record of container web of pod web-1."
        ]


def test_a_log_line_is_not_told() -> None:
    assert happened("log", "line", "kubelet@n1") == []


def test_a_decision_is_told_by_its_rule_with_the_numbers_people_read() -> None:
    rule = Rule("r", "c", "s", "Older ({age}) than {grace}.")
    verdict = rule.holds(age=40_002_345, grace=40_000_000)
    assert happened("decision", "x", "nodes/n1", rule=verdict) == ["Older (40.002s) than 40s."]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            {
                "verb": "create",
                "resource": "pods",
                "namespace": "default",
                "body": '{"metadata": {"name": "hi"}}',
            },
            "Send a request (create pods/default/hi)",
        ),
        (
            {"verb": "patch", "resource": "nodes", "name": "n1", "subresource": "status", "body": "[]"},
            "Send a request (patch nodes/n1/status)",
        ),
    ],
)
def test_a_request_of_a_client_is_told_by_what_it_asks_for(args: dict[str, str], told: str) -> None:
    assert act_words("api-request", "pods/default", {**args, "manager": "kubectl-run"}).text() == told
