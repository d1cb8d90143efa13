"""What is said to happen happens, when it is said: asked 1, 10 and 60 s before, once it is armed."""

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import takewhile
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from clustersim import Cluster, Command, default_scenario
from clustersim.engine.record import Event
from clustersim.engine.time import SECOND, Micros
from clustersim.explain import ArmedRule, why, why_not
from clustersim.explain.ahead import ahead
from clustersim.explain.armed_rules import KUBELET_SILENT, NOBODY_BINDS, NOBODY_LOOKS
from clustersim.scenario_schema import ContainerSpec, ObjectSpec
from clustersim.view import build_view
from clustersim.view.explained import armed_items
from clustersim.view.scheduling import points_of
from tests.model.explain.recordings import REPEATABLE, run_of, shown_in

BEFORE = (1, 10, 60)
"""Seconds before it happens."""


@cache
def fired(name: str) -> dict[int, Event]:
    """The rules that fired on the way to the milestones of a recording."""
    head = run_of(name).head
    return {
        link.id: link.event
        for shown in shown_in(name)
        for link in why(head, shown.event).links
        if isinstance(link.event, Event) and link.event.rule is not None and link.event.rule.holds
    }


def next_of(events: list[Event], armed: ArmedRule, t: Micros) -> Micros | None:
    return next((e.t for e in events if e.t > t and e.object == armed.object), None)


def _until(t: Micros, cluster: Cluster) -> Iterator[Event]:
    """What happens until then if nobody acts: who asks for one rule need not wait for the others."""
    return takewhile(lambda event: event.t <= t, ahead(cluster))


class Said(NamedTuple):
    """What was said of a rule that fired, so many seconds before, and when it fired next."""

    before: int
    event: Event
    armed: ArmedRule
    actual: Micros | None


@cache
def asked(name: str) -> tuple[Said, ...]:
    """Of each rule that fired on the way to the milestones of a recording, asked along one run."""
    run = run_of(name)
    record = list(run.head.record)
    acts = [event.t for event in record if event.kind == "act"]
    moments = [
        (event.t - before * SECOND, before, event) for event in fired(name).values() for before in BEFORE
    ]
    cluster, found = run.at(0), []
    for t, before, event in sorted(moments, key=lambda moment: moment[0]):
        if t < 0 or any(t <= act <= event.t for act in acts) or event.rule is None:
            continue
        if event.verb.startswith("wait-for-"):
            continue  # it only says that it waits
        same = [e for e in record if e.rule is not None and e.rule.rule.id == event.rule.rule.id]
        cluster.run_until(t)
        with suppress(KeyError):
            for armed in why_not(cluster, event.object, None if before == 1 else _until(event.t, cluster)):
                if armed.verdict.rule.id == event.rule.rule.id and armed.object == event.object:
                    found.append(Said(before, event, armed, next_of(same, armed, t)))
    return tuple(found)


@pytest.mark.parametrize("name", REPEATABLE)
def test_a_rule_fires_when_it_was_said_to(name: str) -> None:
    wrong = [
        (said.before, said.event.object, said.armed.predicted, said.actual)
        for said in asked(name)
        if said.armed.predicted != said.actual
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "rule",
    [
        "node-controller.grace-exceeded",
        "node-controller.eviction-due-from-heartbeat",
        "pod-gc.terminated",
        "kubelet.pod-reclaimed",
    ],
)
def test_the_clocks_of_the_recordings_are_among_those_asked(rule: str) -> None:
    assert any(
        said.before == 1 and said.armed.verdict.rule.id == rule
        for name in REPEATABLE
        if name.partition("/")[2]
        in ("seed-run1.json", "terminated-pod-gc.json", "kubelet-back-before-eviction.json")
        for said in asked(name)
    )


# --- single objects


def disturbed(*commands: tuple[str, str], until: int) -> Cluster:
    cluster = Cluster(default_scenario("v1.7"))
    for do, target in commands:
        cluster.apply(Command(do, target or None))
    cluster.run_until(until * SECOND)
    return cluster


def rules(cluster: Cluster, name: str) -> dict[str, ArmedRule]:
    return {armed.verdict.rule.id: armed for armed in why_not(cluster, name)}


def test_a_silent_node_has_two_clocks_with_the_time_left() -> None:
    cluster = disturbed(("stop-kubelet", "n1"), until=20)
    grace = rules(cluster, "n1")["node-controller.grace-exceeded"]
    assert grace.predicted is not None
    assert grace.terms[0].left is not None
    assert grace.predicted > (grace.verdict.due or 0)
    cluster.run_until(grace.predicted - 1)
    assert build_view(cluster).nodes["n1"].state == "Ready"
    cluster.run_until(grace.predicted + SECOND)
    assert build_view(cluster).nodes["n1"].state == "Unknown"


def test_a_node_that_reports_is_never_marked() -> None:
    assert rules(disturbed(until=20), "n1")["node-controller.grace-exceeded"].predicted is None


def test_without_a_controller_manager_nobody_looks() -> None:
    cluster = disturbed(("stop-kubelet", "n1"), ("stop-controller-manager", ""), until=60)
    assert {armed.frozen for armed in why_not(cluster, "n1")} <= {NOBODY_LOOKS}


def test_a_pod_that_nobody_can_stop_waits_for_its_kubelet() -> None:
    cluster = disturbed(("stop-kubelet", "n1"), until=400)
    pod = next(p for p in build_view(cluster).nodes["n1"].pods if p.deleting)
    armed = rules(cluster, f"pod:{pod.uid}")["kubelet.pod-reclaimed"]
    assert armed.frozen == KUBELET_SILENT
    assert armed.predicted is None
    assert armed.verdict.values["running"] == 1


def test_a_pod_without_a_node_shows_the_funnel() -> None:
    container = ContainerSpec(name="huge", image="huge:1", requests={"cpu": "64"})
    huge = ObjectSpec(kind="Pod", name="huge", containers=(container,))
    scenario = default_scenario("v1.7")
    cluster = Cluster(replace(scenario, objects=(*scenario.objects, huge)))
    armed = rules(cluster, "pods/default/huge")["scheduler.fits-nowhere"]
    assert armed.funnel is not None
    assert sorted(rejection.node for rejection in armed.funnel.rejected) == ["n1", "n2", "n3"]


def test_in_v136_the_funnel_names_filters_and_scores_by_plugin() -> None:
    container = ContainerSpec(name="huge", image="huge:1", requests={"cpu": "64"})
    huge = ObjectSpec(kind="Pod", name="huge", containers=(container,))
    scenario = default_scenario("v1.36")
    cluster = Cluster(replace(scenario, objects=(*scenario.objects, huge)))
    armed = rules(cluster, "pods/default/huge")["scheduler.waits-for-change"]
    assert armed.verdict.values["plugins"] == "NodeResourcesFit"
    (item,) = armed_items(cluster, [armed])
    assert item.funnel is not None
    assert {one.failed for one in item.funnel.nodes} == {("NodeResourcesFit: Insufficient cpu",)}


def test_in_v136_a_placed_pods_points_are_told_by_plugin_and_weight() -> None:
    scenario = default_scenario("v1.36")
    cluster = Cluster(scenario)
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 4}))
    cluster.run_until(5 * SECOND)
    attempts = cluster.world.scheduler.state.attempts.by_pod.values()
    scored = next(attempt for attempt in attempts if len(attempt.scores) > 1)
    points = points_of(scored.scores[0], scored.common)
    assert points["TaintToleration x 3"] == 100
    assert set(points) >= {"NodeResourcesFit", "PodTopologySpread x 2", "ImageLocality"}


def test_without_a_scheduler_a_pod_stays_without_a_node() -> None:
    cluster = disturbed(("stop-scheduler", ""), until=1)
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 4}))
    cluster.run_until(5 * SECOND)
    pod = build_view(cluster).workloads["rc/default/tomcat"].pending[0]
    assert rules(cluster, f"pod:{pod.uid}")["scheduler.not-tried"].frozen == NOBODY_BINDS


def test_an_owner_whose_pods_are_on_a_lost_node_waits_for_their_eviction() -> None:
    cluster = disturbed(("stop-kubelet", "n1"), until=100)
    found = rules(cluster, "rc/default/tomcat")
    replaced = found["replication-controller.too-few"].predicted
    evicted = found["node-controller.eviction-due-from-heartbeat"].predicted
    assert replaced is not None
    assert evicted is not None
    assert evicted < replaced < evicted + SECOND


def test_nothing_is_awaited_of_an_owner_that_has_what_it_wants() -> None:
    assert why_not(disturbed(until=20), "rc/default/tomcat") == ()


def test_asking_changes_nothing() -> None:
    cluster = disturbed(("stop-kubelet", "n1"), until=100)
    before = cluster.state_hash()
    why_not(cluster, "n1")
    assert cluster.state_hash() == before


def test_a_pod_of_a_deleted_node_waits_for_the_collector() -> None:
    cluster = disturbed(("delete-node", "n1"), until=1)
    pod = next(p for p in cluster.objects("pods").values() if p.spec.node_name == "n1")
    armed = rules(cluster, f"pod:{pod.metadata.uid}")["pod-gc.orphaned"]
    assert armed.predicted is not None
    cluster.run_until(armed.predicted + SECOND)
    assert cluster.object("pods", f"default/{pod.metadata.name}") is None


def test_a_deployment_answers_for_its_replica_sets() -> None:
    container = ContainerSpec(name="web", image="web:1")
    web = ObjectSpec(
        kind="Deployment",
        name="web",
        replicas=2,
        selector={"app": "web"},
        labels={"app": "web"},
        containers=(container,),
    )
    cluster = Cluster(replace(default_scenario("v1.7"), objects=(web,), clients=()))
    node = next(p.spec.node_name for p in cluster.objects("pods").values())
    cluster.apply(Command("stop-kubelet", node))
    cluster.run_until(100 * SECOND)
    found = rules(cluster, "deployment/default/web")
    assert found["replicaset-controller.too-few"].predicted is not None
