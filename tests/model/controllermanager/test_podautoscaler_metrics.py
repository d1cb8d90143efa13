"""Autoscalers of today: metrics that cannot be had, several of them, and pods that two autoscalers want."""

import pytest

from clustersim import Cluster, load_scenario, seconds
from clustersim.api.autoscaling_targets import Target, status_of
from clustersim.api.usage import PodUsage, Usage
from clustersim.controllermanager.podautoscaler.replicas import Calculation, CannotTellError, propose
from clustersim.engine.time import SECOND
from tests.model.controllermanager.test_podautoscaler import DEPLOYMENT, autoscaled, do, pod, sizes


def with_metrics(metrics: str, *, reference: str = "php", name: str = "php") -> str:
    return (
        "kubectl apply -f - <<E\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
        f"metadata: {{name: {name}}}\nspec:\n  maxReplicas: 5\n"
        f"  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {reference}}}\n"
        f"  metrics: {metrics}\nE"
    )


def told_by(cluster: Cluster, reason: str) -> str:
    return next(e.message for e in cluster.objects("events").values() if e.reason == reason)


EXTERNAL = "External, external: {metric: {name: queue, selector: {matchLabels: {q: a}}}"
OBJECT = (
    "Object, object: {metric: {name: hits}, target: {type: Value, value: 2k}, describedObject: "
    "{apiVersion: networking.k8s.io/v1, kind: Ingress, name: main}}"
)
NO_CUSTOM = (
    "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) "
    "registered"
)
NO_OBJECT = f"unable to get metric hits: Ingress on default main/{NO_CUSTOM}"
NO_PODS = f"unable to get metric packets: {NO_CUSTOM}"
NO_EXTERNAL = (
    "unable to get external metric default/queue/&LabelSelector{MatchLabels:map[string]string{q: a,},"
    "MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: the "
    "server could not find the requested resource (get queue.external.metrics.k8s.io)"
)


@pytest.mark.parametrize(
    ("metric", "told", "first", "cell", "line"),
    [
        (
            f"{EXTERNAL}, target: {{type: AverageValue, averageValue: '30'}}}}",
            NO_EXTERNAL,
            f"failed to get queue external metric value: failed to get queue external metric: {NO_EXTERNAL}",
            "<unknown>/30 (avg)",
            '"queue" (target average value):',
        ),
        (
            f"{EXTERNAL}, target: {{type: Value, value: '30'}}}}",
            NO_EXTERNAL,
            f"failed to get queue external metric value: failed to get external metric queue: {NO_EXTERNAL}",
            "<unknown>/30",
            '"queue" (target value):',
        ),
        (
            OBJECT,
            NO_OBJECT,
            f"failed to get object metric value: {NO_OBJECT}",
            "<unknown>/2k",
            '"hits" on Ingress/main (target value):',
        ),
        (
            "Pods, pods: {metric: {name: packets}, target: {type: AverageValue, averageValue: 1k}}",
            NO_PODS,
            f"failed to get pods metric value: {NO_PODS}",
            "<unknown>/1k",
            '"packets" on pods:',
        ),
    ],
)
def test_metrics_that_nobody_serves_are_told_as_the_real_one_does(
    metric: str, told: str, first: str, cell: str, line: str
) -> None:
    cluster = Cluster(load_scenario("release: v1.36\naddons: [metrics-server]\n"))
    cluster.run_until(seconds(60))
    do(cluster, DEPLOYMENT.format(version="apps/v1", program="runs"))
    do(cluster, with_metrics(f"[{{type: {metric}}}]"))
    cluster.run_until(seconds(100))
    kind = metric.partition(",")[0]
    assert told_by(cluster, f"FailedGet{kind}Metric") == told
    summary = "invalid metrics (1 invalid out of 1), first error is: "
    assert told_by(cluster, "FailedComputeMetricsReplicas") == summary + first
    assert cell in do(cluster, "kubectl get hpa php")
    assert line in do(cluster, "kubectl describe hpa php")
    (status,) = cluster.object("horizontalpodautoscalers", "default/php").status.current_metrics
    assert status.type == "", "an empty place, as the real one leaves it"


CPU = "{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}"


def test_one_metric_that_is_had_goes_up_and_never_down_without_the_others() -> None:
    cluster = Cluster(load_scenario("release: v1.36\naddons: [metrics-server]\n"))
    cluster.run_until(seconds(60))
    do(cluster, DEPLOYMENT.format(version="apps/v1", program="cpu 90m after 10s; cpu 5m after 300s"))
    other = "{type: Pods, pods: {metric: {name: packets}, target: {type: AverageValue, averageValue: 1k}}}"
    do(cluster, with_metrics(f"[{other}, {CPU}]"))
    assert [size for _at, size in sizes(cluster, until=280)] == [2, 4, 5]
    first, second = cluster.object("horizontalpodautoscalers", "default/php").status.current_metrics
    assert (first.type, second.type) == ("", "Resource"), "each in its own place"
    assert "<unknown>/1k, cpu: " in do(cluster, "kubectl get hpa php")
    assert [size for _at, size in sizes(cluster, until=1200)] == [2, 4, 5], "nothing is known of the other"


def test_two_autoscalers_of_the_same_pods_hold_each_other_up() -> None:
    cluster = autoscaled("v1.36", "cpu 90m after 60s")
    do(cluster, with_metrics(f"[{CPU}]", name="again"))
    cluster.run_until(seconds(200))
    why = "pods by selector app=php are controlled by multiple HPAs: [{again default} {php default}]"
    assert told_by(cluster, "AmbiguousSelector") == why
    told = {event.message for event in cluster.objects("events").values()}
    assert sum(why == message for message in told) == 1
    conditions = cluster.object("horizontalpodautoscalers", "default/again").status.conditions
    active = next(one for one in conditions if one.type == "ScalingActive")
    assert (active.status, active.reason) == ("False", "AmbiguousSelector")
    assert not sizes(cluster, until=140)


def test_a_container_that_no_pod_has_is_told() -> None:
    target = Target("ContainerResource", "cpu", "other", utilization=50)
    how = Calculation(tolerance=(0.1, 0.1), today=True)
    told = [PodUsage("a", 0, (("other", Usage(10, 0)),))]
    with pytest.raises(CannotTellError, match="container other not found in Pod a"):
        propose(how, target, 1, [pod("a")], told, 1_700_000_000 * SECOND)


@pytest.mark.parametrize(("today", "text"), [(True, "20Mi"), (False, "20971520")])
def test_memory_is_told_in_powers_of_two_today(today: bool, text: str) -> None:
    told = status_of(Target("Resource", "memory"), None, 20 * 2**20 * 1000, today=today).resource
    assert told is not None
    assert (told.current.average_value if told.current else told.current_average_value) == text
