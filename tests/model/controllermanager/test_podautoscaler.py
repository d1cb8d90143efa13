"""HorizontalPodAutoscalers: pods by what pods use, as each release limits it."""

import json

import pytest

from clustersim import Cluster, load_scenario, seconds
from clustersim.api.autoscaling import (
    HorizontalPodAutoscalerBehavior,
    HPAScalingPolicy,
    HPAScalingRules,
)
from clustersim.api.autoscaling_targets import Target
from clustersim.api.core_v1 import Container, Pod, PodCondition, PodSpec, PodStatus, ResourceRequirements
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.registry import to_builtins
from clustersim.api.usage import PodUsage, Usage
from clustersim.console import run
from clustersim.controllermanager.podautoscaler.limits import (
    Recent,
    limited_by,
    limited_of_old,
    limited_of_today,
    stabilized,
    stabilized_by,
)
from clustersim.controllermanager.podautoscaler.replicas import Calculation, CannotTellError, propose
from clustersim.engine.time import MINUTE, SECOND

ADDON = {"v1.7": "heapster", "v1.8": "heapster", "v1.36": "metrics-server"}
DEPLOYMENT = """kubectl create -f - <<E
apiVersion: {version}
kind: Deployment
metadata: {{name: php}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: php}}}}
  template:
    metadata:
      labels: {{app: php}}
      annotations: {{program.clustersim/php: {program}}}
    spec:
      containers:
      - name: php
        image: nginx
        resources: {{requests: {{cpu: 100m}}}}
E"""


def do(cluster: Cluster, line: str) -> str:
    answer = run(cluster, line)
    for command in answer.commands:
        cluster.apply(command)
    return answer.text


def autoscaled(release: str, program: str, *, addon: bool = True) -> Cluster:
    """A Deployment of one pod and its autoscaler (50 % of the CPU asked for, 1 to 5 pods), made at 60 s."""
    addons = f"addons: [{ADDON[release]}]\n" if addon else ""
    cluster = Cluster(load_scenario(f"release: {release}\n{addons}"))
    cluster.run_until(seconds(60))
    version = "apps/v1" if release == "v1.36" else "extensions/v1beta1"
    do(cluster, DEPLOYMENT.format(version=version, program=program))
    do(cluster, "kubectl autoscale deployment php --cpu-percent=50 --min=1 --max=5")
    return cluster


def sizes(cluster: Cluster, *, until: int) -> list[tuple[int, int]]:
    """When the autoscaler changed the number of pods, in seconds since it was made, and to which."""
    cluster.run_until(seconds(60 + until))
    return [
        (round(event.t / SECOND) - 60, event.rule.values["wanted"])
        for event in cluster.record
        if event.kind == "decision" and event.verb == "autoscale"
    ]


@pytest.mark.parametrize(("release", "period"), [("v1.7", 30), ("v1.8", 30), ("v1.36", 15)])
def test_an_autoscaler_is_first_looked_at_one_period_after_it_was_made(release: str, period: int) -> None:
    cluster = autoscaled(release, "runs")
    cluster.run_until(seconds(60 + period - 1))
    assert "<unknown>" in do(cluster, "kubectl get hpa php")
    assert not cluster.object("horizontalpodautoscalers", "default/php").status.conditions
    cluster.run_until(seconds(60 + period + 1))
    assert cluster.object("horizontalpodautoscalers", "default/php").status.conditions


@pytest.mark.parametrize(
    ("release", "told", "summary"),
    [
        (
            "v1.7",
            "unable to get metrics for resource cpu: failed to get pod resource metrics: the server could "
            "not find the requested resource (get services http:heapster:)",
            "failed to get cpu utilization: ",
        ),
        (
            "v1.36",
            "failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics "
            "from resource metrics API: the server could not find the requested resource "
            "(get pods.metrics.k8s.io)",
            "invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ",
        ),
    ],
)
def test_without_its_addon_an_autoscaler_says_why_it_cannot_tell(
    release: str, told: str, summary: str
) -> None:
    cluster = autoscaled(release, "cpu 90m after 10s", addon=False)
    assert sizes(cluster, until=120) == []
    messages = {event.reason: event.message for event in cluster.objects("events").values()}
    assert messages["FailedGetResourceMetric"] == told
    assert messages["FailedComputeMetricsReplicas"] == summary + told
    conditions = cluster.object("horizontalpodautoscalers", "default/php").status.conditions
    active = next(one for one in conditions if one.type == "ScalingActive")
    assert (active.status, active.reason) == ("False", "FailedGetResourceMetric")
    assert active.message == f"the HPA was unable to compute the replica count: {told}"


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_until_v1_8_a_change_forbids_the_next_for_a_while(release: str) -> None:
    found = sizes(autoscaled(release, "cpu 90m after 10s; cpu 5m after 480s"), until=1000)
    assert [size for _at, size in found] == [2, 4, 5, 3]
    first, second, third, fourth = (at for at, _size in found)
    assert min(second - first, third - second) >= 180
    assert fourth - third >= 300


def test_today_what_was_wanted_in_the_last_five_minutes_keeps_the_pods() -> None:
    cluster = autoscaled("v1.36", "cpu 90m after 10s; cpu 5m after 120s")
    found = sizes(cluster, until=1200)
    assert [size for _at, size in found][:3] == [2, 4, 5]
    assert found[2][0] <= 90
    assert found[-1][1] == 1
    assert found[3][0] >= 120 + 300
    text = do(cluster, "kubectl describe hpa php")
    assert "resource cpu on pods  (as a percentage of request):  5% (5m) / 50%" in text
    assert "New size: 2; reason: cpu resource utilization (percentage of request) above target" in text
    assert "cpu: 5%/50%" in do(cluster, "kubectl get hpa php")


def test_a_busy_loop_is_scaled_up_to_the_maximum() -> None:
    cluster = Cluster(load_scenario("release: v1.36\naddons: [metrics-server]\n"))
    cluster.run_until(seconds(60))
    text = DEPLOYMENT.format(version="apps/v1", program="").replace(
        "        image: nginx", "        image: busybox\n        command: [sh, -c, 'while true; do :; done']"
    )
    do(cluster, text)
    do(cluster, "kubectl autoscale deployment php --cpu-percent=50 --min=1 --max=5")
    assert sizes(cluster, until=240)[-1][1] == 5
    assert "1000m" in do(cluster, "kubectl top pod")


def test_without_autoscalers_the_controller_does_nothing() -> None:
    cluster = Cluster(load_scenario("release: v1.36\naddons: [metrics-server]\n"))
    cluster.run_until(seconds(300))
    loops = {loop.name: loop for loop in cluster.world.controller_manager.control_loops()}
    assert loops["horizontal-pod-autoscaler"].last_active is None


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_autoscaling_v1_tells_conditions_in_annotations(release: str) -> None:
    cluster = autoscaled(release, "cpu 90m after 10s")
    cluster.run_until(seconds(200))
    plain = to_builtins(cluster.object("horizontalpodautoscalers", "default/php"), "autoscaling/v1")
    told = plain["metadata"]["annotations"]
    conditions = json.loads(told["autoscaling.alpha.kubernetes.io/conditions"])
    assert [one["type"] for one in conditions] == ["AbleToScale", "ScalingActive", "ScalingLimited"]
    assert json.loads(told["autoscaling.alpha.kubernetes.io/current-metrics"]) == [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "currentAverageUtilization": 90, "currentAverageValue": "90m"},
        }
    ]
    assert plain["status"]["currentCPUUtilizationPercentage"] == 90
    assert "conditions" not in plain["status"]


# --- how many it takes -------------------------------------------------------------------------------------


def pod(name: str, *, cpu: str = "100m", ready: str = "True", since: str = "1970-01-01T00:00:00Z") -> Pod:
    asked = ResourceRequirements(requests={"cpu": cpu} if cpu else {})
    start = "1970-01-01T00:00:00Z"
    condition = PodCondition(type="Ready", status=ready, last_transition_time=since)
    return Pod(
        metadata=ObjectMeta(name=name, namespace="default"),
        spec=PodSpec(containers=(Container(name="c", image="i", resources=asked),)),
        status=PodStatus(phase="Running", conditions=(condition,), start_time=start),
    )


def wanted(
    pods: list[Pod], used: dict[str, int], *, today: bool = True, percent: int = 50, current: int = 0
) -> int:
    now = 1_700_000_000 * SECOND
    how = Calculation(
        tolerance=(0.1, 0.1), initialization=5 * MINUTE, readiness_delay=30 * SECOND, today=today
    )
    told = [PodUsage(name, now, (("c", Usage(cpu, 0)),)) for name, cpu in used.items()]
    target = Target("Resource", "cpu", utilization=percent)
    return propose(how, target, current or len(pods), pods, told, now).replicas


@pytest.mark.parametrize("today", [False, True])
def test_a_tenth_more_or_less_changes_nothing(today: bool) -> None:
    pods = [pod("a"), pod("b")]
    assert wanted(pods, {"a": 54, "b": 54}, today=today) == 2
    assert wanted(pods, {"a": 56, "b": 56}, today=today) == 3
    assert wanted(pods, {"a": 25, "b": 25}, today=today) == 1
    assert wanted(pods, {"a": 45, "b": 45}, today=today) == 2
    assert wanted(pods, {"a": 55, "b": 55}, today=today) == (2 if today else 3), "as floats have it"


@pytest.mark.parametrize("today", [False, True])
def test_pods_that_would_turn_the_direction_round_change_nothing(today: bool) -> None:
    assert wanted([pod("a"), pod("b")], {"a": 40}, today=today) == 2
    pods = [pod("a"), pod("b"), pod("c"), pod("d")]
    assert wanted(pods, {"a": 40, "b": 40}, today=today, percent=200) == (3 if today else 2), (
        "today what is missing uses the target at least"
    )


def test_today_a_metric_above_its_target_never_makes_pods_fewer_than_there_are() -> None:
    pods = [pod("a"), pod("b"), pod("c")]
    told = {"a": 100, "b": 100}
    assert wanted(pods, told, today=True, current=5) == 5
    assert wanted(pods, told, today=False, current=5) == 4


def test_today_a_pod_that_stopped_to_be_ready_long_after_its_start_counts() -> None:
    late = pod("b", ready="False", since="1970-01-01T00:10:00Z")
    assert wanted([pod("a"), late], {"a": 100, "b": 100}) == 4
    early = pod("b", ready="False", since="1970-01-01T00:00:20Z")
    assert wanted([pod("a"), early], {"a": 100, "b": 100}) == 2


@pytest.mark.parametrize("today", [False, True])
def test_pods_that_were_not_measured_hold_every_step_back(today: bool) -> None:
    pods = [pod("a"), pod("b"), pod("c")]
    assert wanted(pods, {"a": 100, "b": 100}, today=today) == 4, "idle on the way up"
    assert wanted(pods, {"a": 10, "b": 10}, today=today) == 3, "busy on the way down"
    assert wanted(pods, {"a": 50}, today=today) == 3, "and they do not count exactly at the target"


def test_what_a_pod_asks_for_as_a_whole_is_what_its_use_is_compared_with() -> None:
    def whole(name: str, requests: dict[str, str]) -> Pod:
        found = pod(name, cpu="")
        return replace(found, spec=replace(found.spec, resources=ResourceRequirements(requests=requests)))

    assert wanted([whole("a", {"cpu": "100m"})], {"a": 100}) == 2
    with pytest.raises(CannotTellError, match="missing pod-level request for cpu in Pod a"):
        wanted([whole("a", {"memory": "1Gi"})], {"a": 100})


@pytest.mark.parametrize("today", [False, True])
def test_pods_that_are_not_ready_count_as_idle_on_the_way_up(today: bool) -> None:
    pods = [pod("a"), pod("b", ready="False")]
    assert wanted(pods, {"a": 100, "b": 100}, today=today) == 2


@pytest.mark.parametrize(
    ("today", "text"),
    [
        (False, "missing request for cpu on container c in pod default/b"),
        (True, "missing request for cpu in container c of Pod b"),
    ],
)
def test_a_pod_that_asks_for_nothing_cannot_be_compared(today: bool, text: str) -> None:
    with pytest.raises(CannotTellError, match=text):
        wanted([pod("a"), pod("b", cpu="")], {"a": 1, "b": 1}, today=today)


# --- how many there may be ---------------------------------------------------------------------------------


def test_a_step_goes_to_twice_the_pods_or_to_four() -> None:
    assert limited_of_today(1, 9, 1, 20)[:3] == (4, True, "ScaleUpLimit")
    assert limited_of_today(3, 9, 1, 20)[:3] == (6, True, "ScaleUpLimit")
    assert limited_of_today(3, 9, 1, 5)[:3] == (5, True, "TooManyReplicas")
    assert limited_of_old(3, 9, 1, 20)[:3] == (6, True, "ScaleUpLimit")
    assert limited_of_old(3, 1, 2, 20)[:3] == (2, True, "TooFewReplicas")


def test_until_v1_8_a_large_step_may_go_beyond_the_maximum() -> None:
    assert limited_of_old(1, 9, 1, 3).replicas == 4


def test_policies_of_today_say_how_many_pods_may_come_in_which_time() -> None:
    one_a_minute = HPAScalingRules(
        select_policy="Max", policies=(HPAScalingPolicy(type="Pods", value=1, period_seconds=60),)
    )
    behavior = HorizontalPodAutoscalerBehavior(scale_up=one_a_minute, scale_down=one_a_minute)
    now = 100 * SECOND
    assert limited_by(behavior, 3, 9, (1, 20), Recent(), now)[:3] == (4, True, "ScaleUpLimit")
    lately = Recent(ups=((now - 30 * SECOND, 1),))
    assert limited_by(behavior, 4, 9, (1, 20), lately, now).replicas == 4
    assert limited_by(behavior, 4, 1, (1, 20), Recent(), now)[:3] == (3, True, "ScaleDownLimit")
    both = (*one_a_minute.policies, HPAScalingPolicy(type="Percent", value=100, period_seconds=60))
    for select, fewest, most in (("Max", 2, 8), ("Min", 3, 5)):
        rules = HPAScalingRules(select_policy=select, policies=both)
        half = HPAScalingPolicy(type="Percent", value=50, period_seconds=60)
        down = HPAScalingRules(select_policy=select, policies=(one_a_minute.policies[0], half))
        behavior = HorizontalPodAutoscalerBehavior(scale_up=rules, scale_down=down)
        assert limited_by(behavior, 4, 9, (1, 20), Recent(), now).replicas == most
        assert limited_by(behavior, 4, 1, (1, 20), Recent(), now).replicas == fewest


def test_what_was_wanted_exactly_a_window_ago_still_counts_and_with_policies_no_more() -> None:
    now, window = 1000 * SECOND, 300 * SECOND
    recent = Recent(wanted=((now - window, 5),))
    assert stabilized(1, recent, window, now).replicas == 5
    assert stabilized_by((0, window), 1, 5, recent, now).replicas == 1


def test_a_window_upwards_takes_the_lowest_that_was_wanted() -> None:
    now = 100 * SECOND
    recent = Recent(wanted=((now - 10 * SECOND, 2), (now - 90 * SECOND, 1)))
    found = stabilized_by((60 * SECOND, 0), 8, 2, recent, now)
    assert (found.replicas, found.reason) == (2, "ScaleUpStabilized")
