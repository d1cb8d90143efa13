"""Priorities and gates at the door of v1.36."""

import pytest

from clustersim import Cluster, default_scenario
from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta
from clustersim.api.request import Request
from clustersim.api.scheduling import PriorityClass
from clustersim.api.status import Reply
from clustersim.kubectl.pods import pod_status_today
from tests.model.reports.typed import cluster_of, typed


def _cluster(release: str = "v1.36") -> Cluster:
    return Cluster(default_scenario(release))


def _create(cluster: Cluster, obj: v1.Pod | PriorityClass) -> Reply:
    resource = "pods" if isinstance(obj, v1.Pod) else "priorityclasses"
    request = Request("create", resource, obj.metadata.namespace, obj.metadata.name, obj)
    return cluster.world.apiserver.handle(request, "kubectl")


def _pod(name: str, **spec: object) -> v1.Pod:
    containers = (v1.Container(name="a", image="a:1"),)
    return v1.Pod(
        metadata=ObjectMeta(name=name, namespace="default"),
        spec=v1.PodSpec(containers=containers, **spec),  # type: ignore[arg-type]
    )


def test_a_pod_gets_the_number_of_its_class() -> None:
    cluster = _cluster()
    _create(cluster, PriorityClass(metadata=ObjectMeta(name="high"), value=1000))
    spec = _create(cluster, _pod("a", priority_class_name="high")).body.spec
    assert (spec.priority, spec.preemption_policy) == (1000, "PreemptLowerPriority")


def test_without_a_class_priority_is_zero_or_the_default_class() -> None:
    cluster = _cluster()
    assert _create(cluster, _pod("a")).body.spec.priority == 0
    _create(cluster, PriorityClass(metadata=ObjectMeta(name="usual"), value=7, global_default=True))
    spec = _create(cluster, _pod("b")).body.spec
    assert (spec.priority, spec.priority_class_name) == (7, "usual")


def test_a_class_that_nobody_made_is_refused() -> None:
    reply = _create(_cluster(), _pod("a", priority_class_name="high"))
    assert (reply.status, reply.message) == (
        403,
        'pods "a" is forbidden: no PriorityClass with name high was found',
    )


def test_a_number_of_ones_own_is_refused() -> None:
    reply = _create(_cluster(), _pod("a", priority=5))
    assert reply.message == (
        'pods "a" is forbidden: the integer value of priority (5) must not be provided in pod spec; '
        "priority admission controller computed 0 from the given PriorityClass name"
    )


def test_clusters_of_today_have_two_classes_of_their_own() -> None:
    values = {name: one.value for name, one in _cluster().objects("priorityclasses").items()}
    assert values == {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_older_ones_know_no_priorities(release: str) -> None:
    cluster = _cluster(release)
    assert cluster.objects("priorityclasses") == {}
    assert _create(cluster, _pod("a")).body.spec.priority is None


def test_a_gated_pod_says_so_and_cannot_be_bound() -> None:
    cluster = _cluster()
    gated = _create(cluster, _pod("a", scheduling_gates=(v1.PodSchedulingGate(name="wait"),))).body
    assert pod_status_today(gated) == "SchedulingGated"
    reply = cluster.world.apiserver.handle(Request("bind", "pods", "default", "a", "n1"), "somebody")
    assert reply.status == 409
    assert "has non-empty .spec.schedulingGates" in reply.message


# --- the alpha feature of v1.8 -----------------------------------------------------------------------------

ALPHA = """
release: v1.8
flags:
  apiserver:
    admission-control: Priority
    feature-gates: PodPriority=true
    runtime-config: scheduling.k8s.io/v1alpha1=true
"""
CLASS = """apiVersion: scheduling.k8s.io/v1alpha1
kind: PriorityClass
metadata: {name: high}
value: 1000
description: matters
"""


def _alpha(text: str = ALPHA) -> Cluster:
    return cluster_of(text)


def test_in_v1_8_a_pod_gets_the_number_of_its_class_where_the_gate_is_open() -> None:
    cluster = _alpha()
    _create(cluster, PriorityClass(metadata=ObjectMeta(name="high"), value=1000))
    assert _create(cluster, _pod("a", priority_class_name="high")).body.spec.priority == 1000
    assert _create(cluster, _pod("b")).body.spec.priority == 0
    assert _create(cluster, _pod("c", priority_class_name="system-node-critical")).body.spec.priority == (
        2_000_001_000
    )
    refused = _create(cluster, _pod("d", priority_class_name="low"))
    assert refused.message == (
        'failed to get default priority class low: priorityclass.scheduling.k8s.io "low" not found'
    )
    assert "must not be provided in pod spec" in _create(cluster, _pod("e", priority=5)).message


def test_in_v1_8_classes_are_bounded_and_one_is_the_default() -> None:
    cluster = _alpha()
    usual = PriorityClass(metadata=ObjectMeta(name="usual"), value=7, global_default=True)
    assert _create(cluster, usual).ok
    other = PriorityClass(metadata=ObjectMeta(name="other"), value=8, global_default=True)
    assert "PriorityClass usual is already marked as default" in _create(cluster, other).message
    huge = PriorityClass(metadata=ObjectMeta(name="huge"), value=2_000_000_000)
    assert "maximum allowed value of a user defined priority is 1000000000" in _create(cluster, huge).message
    assert _create(cluster, _pod("a")).body.spec.priority == 7


def test_without_the_gate_of_v1_8_priorities_are_dropped_without_a_word() -> None:
    pod = _create(_cluster("v1.8"), _pod("a", priority_class_name="high", priority=5)).body
    assert (pod.spec.priority, pod.spec.priority_class_name) == (None, "")


def test_the_classes_of_v1_8_are_served_only_if_they_are_asked_for() -> None:
    cluster = _alpha()
    assert "scheduling.k8s.io/v1alpha1" in typed(cluster, "kubectl api-versions").split()
    assert typed(cluster, f"kubectl create -f -\n{CLASS}") == 'priorityclass "high" created'
    assert typed(cluster, "kubectl get pc").split()[:3] == ["NAME", "AGE", "high"]
    described = typed(cluster, "kubectl describe priorityclass high")
    assert "Value:" in described
    assert "PreemptionPolicy" not in described
    plain = _alpha("release: v1.8")
    assert "scheduling.k8s.io/v1alpha1" not in typed(plain, "kubectl api-versions").split()
    refused = typed(plain, f"kubectl create -f -\n{CLASS}")
    assert "is none of the API versions of this release" in refused
    assert _create(plain, PriorityClass(metadata=ObjectMeta(name="high"), value=1)).status == 404
