"""Where a pod wants to be, by node, by pod and by port: the same wishes in every release."""

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.meta import LabelSelector
from clustersim.engine.time import SECOND
from tests.model.scheduler.worlds import HOSTNAME, SchedulerWorld, node, pod

RELEASES = ("v1.7", "v1.8", "v1.36")
ZONE = "failure-domain.beta.kubernetes.io/zone"
THREE = (node("n1", labels={ZONE: "a"}), node("n2", labels={ZONE: "a"}), node("n3", labels={ZONE: "b"}))


def _node_affinity(key: str, operator: str, *values: str) -> v1.Affinity:
    requirement = v1.NodeSelectorRequirement(key=key, operator=operator, values=values)
    required = v1.NodeSelector(node_selector_terms=(v1.NodeSelectorTerm(match_expressions=(requirement,)),))
    return v1.Affinity(
        node_affinity=v1.NodeAffinity(required_during_scheduling_ignored_during_execution=required)
    )


def _term(app: str, key: str = HOSTNAME) -> v1.PodAffinityTerm:
    return v1.PodAffinityTerm(label_selector=LabelSelector(match_labels={"app": app}), topology_key=key)


def _near(app: str, key: str = HOSTNAME) -> v1.Affinity:
    terms = (_term(app, key),)
    return v1.Affinity(pod_affinity=v1.PodAffinity(required_during_scheduling_ignored_during_execution=terms))


def _far(app: str, key: str = HOSTNAME) -> v1.Affinity:
    terms = (_term(app, key),)
    return v1.Affinity(
        pod_anti_affinity=v1.PodAntiAffinity(required_during_scheduling_ignored_during_execution=terms)
    )


def _no_fit(world: SchedulerWorld, name: str) -> str:
    events = [event for event in world.events("FailedScheduling") if event.involved_object.name == name]
    return events[0].message


@pytest.mark.parametrize("release", RELEASES)
def test_required_node_affinity_picks_the_zone(release: str) -> None:
    world = SchedulerWorld(*THREE, release=release)
    world.create(pod("a", affinity=_node_affinity(ZONE, "In", "b")))
    world.create(pod("b", affinity=_node_affinity(ZONE, "NotIn", "a")))
    world.create(pod("c", affinity=_node_affinity(HOSTNAME, "Gt", "1")))
    assert (world.where("a"), world.where("b"), world.where("c")) == ("n3", "n3", "")


def test_unmet_node_affinity_has_each_releases_words() -> None:
    for release, words in (
        ("v1.8", "No nodes are available that match all of the predicates: MatchNodeSelector (3)."),
        ("v1.36", "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."),
    ):
        world = SchedulerWorld(*THREE, release=release)
        world.create(pod("a", affinity=_node_affinity(ZONE, "Exists")), pod("b"))
        world.create(pod("c", affinity=_node_affinity(ZONE, "DoesNotExist")))
        assert world.where("a")
        assert _no_fit(world, "c").startswith(words)


@pytest.mark.parametrize("release", RELEASES)
def test_preferred_node_affinity_draws_without_binding(release: str) -> None:
    requirement = v1.NodeSelectorRequirement(key=HOSTNAME, operator="In", values=("n2",))
    wish = v1.PreferredSchedulingTerm(
        weight=100, preference=v1.NodeSelectorTerm(match_expressions=(requirement,))
    )
    affinity = v1.Affinity(
        node_affinity=v1.NodeAffinity(preferred_during_scheduling_ignored_during_execution=(wish,))
    )
    world = SchedulerWorld(*THREE, release=release)
    world.create(pod("a", affinity=affinity), pod("b", affinity=affinity))
    assert (world.where("a"), world.where("b")) == ("n2", "n2")


@pytest.mark.parametrize("release", RELEASES)
def test_anti_affinity_to_its_own_kind_leaves_one_pod_per_node(release: str) -> None:
    world = SchedulerWorld(*THREE, release=release)
    world.create(*(pod(f"p{number}", affinity=_far("web")) for number in range(4)))
    assert sorted(world.where(f"p{number}") for number in range(3)) == ["n1", "n2", "n3"]
    assert world.where("p3") == ""


def test_unmet_anti_affinity_has_each_releases_words() -> None:
    for release, words in (
        (
            "v1.7",
            "No nodes are available that match all of the following predicates:: MatchInterPodAffinity (3).",
        ),
        ("v1.8", "No nodes are available that match all of the predicates: MatchInterPodAffinity (3)."),
        ("v1.36", "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules."),
    ):
        world = SchedulerWorld(*THREE, release=release)
        world.create(*(pod(f"p{number}", affinity=_far("web")) for number in range(4)))
        assert _no_fit(world, "p3").startswith(words)


@pytest.mark.parametrize("release", RELEASES)
def test_a_running_pod_keeps_away_those_it_must_be_far_from(release: str) -> None:
    world = SchedulerWorld(*THREE, release=release)
    world.create(pod("alone", app="db", affinity=_far("web", ZONE)))
    empty = "b" if world.where("alone") in ("n1", "n2") else "a"
    world.create(pod("a"), pod("b"))
    zones = {"n1": "a", "n2": "a", "n3": "b"}
    assert {zones[world.where(name)] for name in ("a", "b")} == {empty}
    world.create(pod("c", node_selector={HOSTNAME: world.where("alone")}))
    assert world.where("c") == ""


@pytest.mark.parametrize("release", RELEASES)
def test_affinity_brings_pods_into_the_same_zone(release: str) -> None:
    world = SchedulerWorld(*THREE, release=release)
    world.create(pod("db", app="db", node_selector={HOSTNAME: "n1"}))
    world.create(pod("a", affinity=_near("db", ZONE)), pod("b", affinity=_near("db", ZONE)))
    assert {world.where("a"), world.where("b")} <= {"n1", "n2"}
    world.create(pod("c", affinity=_near("cache")))
    assert world.where("c") == ""


@pytest.mark.parametrize("release", RELEASES)
def test_the_first_of_pods_that_want_to_be_together_may_go_anywhere(release: str) -> None:
    world = SchedulerWorld(*THREE, release=release)
    world.create(pod("a", affinity=_near("web")), pod("b", affinity=_near("web")))
    assert world.where("a") == world.where("b") != ""


@pytest.mark.parametrize("release", RELEASES)
def test_preferred_anti_affinity_is_given_up_when_there_is_no_other_way(release: str) -> None:
    wish = v1.WeightedPodAffinityTerm(weight=100, pod_affinity_term=_term("web"))
    affinity = v1.Affinity(
        pod_anti_affinity=v1.PodAntiAffinity(preferred_during_scheduling_ignored_during_execution=(wish,))
    )
    world = SchedulerWorld(*THREE, release=release)
    world.create(*(pod(f"p{number}", affinity=affinity) for number in range(4)))
    assert sorted(world.where(f"p{number}") for number in range(3)) == ["n1", "n2", "n3"]
    assert world.where("p3")


@pytest.mark.parametrize("release", RELEASES)
def test_a_host_port_is_taken_once_per_node(release: str) -> None:
    ports = (v1.ContainerPort(container_port=80, host_port=8080),)
    world = SchedulerWorld(*THREE, release=release)
    world.create(*(pod(f"p{number}", ports=ports) for number in range(4)))
    assert sorted(world.where(f"p{number}") for number in range(4)) == ["", "n1", "n2", "n3"]
    words = "PodFitsHostPorts (3)" if release != "v1.36" else "3 node(s) didn't have free ports"
    assert words in _no_fit(world, "p3")


def test_v136_tells_protocols_and_addresses_apart_where_v18_goes_by_number() -> None:
    tcp = (v1.ContainerPort(container_port=53, host_port=53),)
    udp = (v1.ContainerPort(container_port=53, host_port=53, protocol="UDP"),)
    for release, where in (("v1.8", ""), ("v1.36", "n1")):
        world = SchedulerWorld(node("n1"), release=release)
        world.create(pod("a", ports=tcp), pod("b", ports=udp))
        assert world.where("b") == where


def test_v136_tries_again_at_once_when_the_port_is_free() -> None:
    ports = (v1.ContainerPort(container_port=80, host_port=8080),)
    world = SchedulerWorld(node("n1"), release="v1.36")
    world.create(pod("a", ports=ports), pod("b", ports=ports))
    world.run(20 * SECOND)
    world.ask("delete", "pods", "default", "a", grace_seconds=0)
    world.run(SECOND // 10)
    assert world.where("b") == "n1"
