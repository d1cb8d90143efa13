"""How nodes are scored, and how a choice among equals is made."""

from clustersim.api import core_v1 as v1
from clustersim.api.meta import LabelSelector, replace
from clustersim.api.resources import Resources, nonzero_request, pod_request
from clustersim.api.topology import OLD_REGION, OLD_ZONE
from clustersim.scheduler.cache import CacheState, NodeInfo, SchedulerCache
from clustersim.scheduler.framework.plugins.image_locality import points_for
from clustersim.scheduler.priorities import (
    NOT_A_NUMBER_AS_INTEGER,
    PREFER_AVOID_ANNOTATION,
    balanced_allocation,
    inter_pod_affinity,
    least_requested,
    prefer_avoid,
    selector_spread,
    taint_toleration,
)
from clustersim.scheduler.select_host import select_host
from tests.model.scheduler.worlds import HOSTNAME, node, pod

MIB = 1024 * 1024
WEB = (LabelSelector(match_labels={"app": "web"}),)


def _infos(nodes: tuple[v1.Node, ...], pods: dict[str, list[v1.Pod]]) -> list[NodeInfo]:
    cache = SchedulerCache(CacheState())
    for one in nodes:
        cache.set_node(one)
    for name, there in pods.items():
        for found in there:
            cache.add(replace(found, spec=replace(found.spec, node_name=name)))
    return list(cache.nodes())


def test_a_container_without_requests_counts_100_millicores_and_200_mib_for_scores_only() -> None:
    assert nonzero_request(pod("a")) == Resources(100, 200 * MIB)
    assert pod_request(pod("a")) == Resources(0, 0)
    assert nonzero_request(pod("a", {"cpu": "0", "memory": "0"})) == Resources(0, 0)


def test_least_requested_cuts_off_each_part_before_the_mean() -> None:
    assert least_requested(Resources(100, 200 * MIB), Resources(2000, 4096 * MIB)) == 9
    assert least_requested(Resources(3000, 0), Resources(2000, 4096 * MIB)) == 5


def test_a_full_node_is_not_balanced() -> None:
    assert balanced_allocation(Resources(2000, 2048), Resources(2000, 4096)) == 0
    assert balanced_allocation(Resources(1000, 2048), Resources(2000, 4096)) == 10


def test_terminating_pods_and_other_namespaces_do_not_spread() -> None:
    gone = pod("gone")
    gone = replace(gone, metadata=replace(gone.metadata, deletion_timestamp="2017-09-26T07:00:30Z"))
    away = pod("away")
    away = replace(away, metadata=replace(away.metadata, namespace="other"))
    infos = _infos((node("n1"), node("n2"), node("n3")), {"n1": [gone], "n2": [away], "n3": [pod("here")]})
    assert selector_spread(pod("new"), infos, WEB) == [10, 10, 0]


def test_zones_weigh_two_thirds_of_spreading() -> None:
    nodes = tuple(
        node(name, labels={OLD_ZONE: zone}) for name, zone in (("n1", "a"), ("n2", "a"), ("n3", "b"))
    )
    infos = _infos(nodes, {"n1": [pod("there")]})
    assert selector_spread(pod("new"), infos, WEB) == [0, 3, 10]


def test_zones_without_any_pod_of_the_kind_divide_zero_by_zero() -> None:
    infos = _infos(
        (node("n1", labels={OLD_ZONE: "a", OLD_REGION: "r"}), node("n2", labels={OLD_ZONE: "b"})), {}
    )
    assert selector_spread(pod("new"), infos, WEB) == [NOT_A_NUMBER_AS_INTEGER] * 2


def test_zones_are_alike_for_a_pod_that_nobody_selects() -> None:
    nodes = (node("n1", labels={OLD_ZONE: "a", OLD_REGION: "r"}), node("n2"))
    assert selector_spread(pod("new"), _infos(nodes, {}), ()) == [10, 10]


def test_prefer_no_schedule_taints_cost_points() -> None:
    taint = v1.Taint(key="old", effect="PreferNoSchedule")
    infos = _infos((node("n1", taints=(taint,)), node("n2")), {})
    assert taint_toleration(pod("new"), infos) == [0, 10]
    assert taint_toleration(
        pod("new", tolerations=(v1.Toleration(key="old", operator="Exists"),)), infos
    ) == [10, 10]


def test_among_equals_the_counter_walks_from_the_last_name() -> None:
    names, equal = ["n1", "n2", "n3"], [38, 38, 38]
    assert [select_host(names, equal, counter).node for counter in range(4)] == ["n3", "n2", "n1", "n3"]


def test_a_node_can_ask_to_be_avoided_by_the_pods_of_a_controller() -> None:
    asks = '{"preferAvoidPods":[{"podSignature":{"podController":{"uid":"uid-web"}}}]}'
    wary = node("n1")
    wary = replace(wary, metadata=replace(wary.metadata, annotations={PREFER_AVOID_ANNOTATION: asks}))
    assert prefer_avoid(pod("a", owner="web"), wary) == 0
    assert prefer_avoid(pod("a", owner="other"), wary) == 10
    assert prefer_avoid(pod("a"), wary) == 10
    assert prefer_avoid(pod("a", owner="web"), node("n2")) == 10
    owned = pod("a", owner="web")
    reference = replace(owned.metadata.owner_references[0], kind="StatefulSet")
    owned = replace(owned, metadata=replace(owned.metadata, owner_references=(reference,)))
    assert prefer_avoid(owned, wary) == 10, "of sets with names nobody asks"


def test_wishes_to_be_near_are_measured_from_nothing_and_not_from_the_least() -> None:
    wishes = tuple(
        v1.WeightedPodAffinityTerm(
            weight=weight,
            pod_affinity_term=v1.PodAffinityTerm(
                label_selector=LabelSelector(match_labels={"app": app}), topology_key=HOSTNAME
            ),
        )
        for app, weight in (("web", 10), ("db", 40))
    )
    likes = v1.PodAffinity(preferred_during_scheduling_ignored_during_execution=wishes)
    asked = pod("new", affinity=v1.Affinity(pod_affinity=likes))
    infos = _infos((node("n1"), node("n2")), {"n1": [pod("a")], "n2": [pod("b", app="db")]})
    assert inter_pod_affinity(asked, infos, infos) == [2, 10]


def test_today_large_images_draw_pods_and_small_ones_do_not() -> None:
    assert points_for([23 * MIB], [1.0], 1) == 0
    assert points_for([1000 * MIB], [1.0], 1) == 100
    assert points_for([5000 * MIB], [1.0], 1) == 100
    assert points_for([1000 * MIB], [1 / 3], 1) == (1000 // 3 - 23) * 100 // 977
    assert points_for([1000 * MIB, 0], [1.0, 0.0], 2) < 50, "more containers, more to win"
