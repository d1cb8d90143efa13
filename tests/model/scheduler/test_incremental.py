"""The choice without a look at every node is that of the plain scheduler, whatever happened before."""

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustersim.api import core_v1 as v1
from clustersim.api.meta import LabelSelector, replace
from clustersim.api.resources import requests_v136
from clustersim.api.topology import OLD_ZONE
from clustersim.releases import release_named
from clustersim.scheduler.cache import CacheState, SchedulerCache, kind_of
from clustersim.scheduler.decision import Decision, decide
from clustersim.scheduler.framework.candidate import candidate as framework_candidate
from clustersim.scheduler.framework.cycle import schedule, visiting_order
from clustersim.scheduler.framework.owners import default_selector
from clustersim.scheduler.framework.plugin import Snapshot
from clustersim.scheduler.framework.plugins import DEFAULT
from clustersim.scheduler.framework.plugins.pod_topology_spread import ZONE
from clustersim.scheduler.incremental.fifo_choice import FifoChoice
from clustersim.scheduler.incremental.framework_choice import FrameworkChoice
from clustersim.scheduler.incremental.index import ClusterIndex
from clustersim.scheduler.incremental.shapes import Shapes, rank_descending
from clustersim.scheduler.incremental.spreading import Spreading
from clustersim.scheduler.priorities import PREFER_AVOID_ANNOTATION, selectors_of
from tests.model.scheduler.worlds import HOSTNAME, node, pod, service

APPS = ("web", "db", "lone")
SERVICES = (service("web"), service("db"))
TAINTS = (
    (),
    (v1.Taint(key="a", effect="PreferNoSchedule"),),
    (v1.Taint(key="a", effect="NoSchedule"),),
)
FAR_FROM_DB = v1.Affinity(
    pod_anti_affinity=v1.PodAntiAffinity(
        required_during_scheduling_ignored_during_execution=(
            v1.PodAffinityTerm(
                label_selector=LabelSelector(match_labels={"app": "db"}), topology_key=HOSTNAME
            ),
        )
    )
)
SHAPES: tuple[dict[str, Any], ...] = (
    {},
    {"requests": {"cpu": "700m", "memory": "512Mi"}},
    {"requests": {"cpu": "1"}, "node_selector": {"disk": "ssd"}},
    {"tolerations": (v1.Toleration(key="a", operator="Exists"),)},
    {"ports": (v1.ContainerPort(container_port=80, host_port=80),)},
    {"affinity": FAR_FROM_DB},
)

names = st.integers(1, 7).map("n{}".format)
nodes = st.builds(
    lambda name, cpu, zone, taints, ready, ssd: node(
        name,
        cpu,
        "2Gi",
        pods="4",
        ready=ready,
        taints=taints,
        labels=({OLD_ZONE: zone, ZONE: zone} if zone else {}) | ({"disk": "ssd"} if ssd else {}),
    ),
    names,
    st.sampled_from(("1", "2", "4")),
    st.sampled_from(("", "a", "b")),
    st.sampled_from(TAINTS),
    st.sampled_from(("True", "True", "Unknown")),
    st.booleans(),
)
pods = st.builds(lambda app, shape: (app, shape), st.sampled_from(APPS), st.sampled_from(range(len(SHAPES))))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("node"), nodes),
        st.tuples(st.just("gone"), names),
        st.tuples(st.just("pod"), pods),
        st.tuples(st.just("pod"), pods),
        st.tuples(st.just("end"), st.integers(0, 30)),
        st.tuples(st.just("terminate"), st.integers(0, 30)),
    ),
    max_size=60,
)


class _Story:
    """Applies steps to a cache and, at each pod, holds both choices against each other."""

    def __init__(self, release: str, zones: bool) -> None:
        kind = release_named(release).components["scheduler"]
        self.policy = kind.policy
        self.state = CacheState()
        self.index = ClusterIndex(self.state, SERVICES)
        self.cache = SchedulerCache(self.state, follower=self.index)
        self.choice = FifoChoice(self.policy, self.index)
        self.zones = zones
        self.counter = 0
        self.bound: list[v1.Pod] = []

    def apply(self, kind: str, what: Any) -> None:
        if kind == "node":
            self.cache.set_node(what if self.zones else _without_zone(what))
        elif kind == "gone" and self.cache.node(what) is not None:
            self.cache.remove_node(what)
        elif kind == "pod":
            app, shape = what
            self._schedule(pod(f"p{len(self.bound)}-{self.counter}", app=app, **SHAPES[shape]))
        elif kind == "end" and what < len(self.bound):
            self.cache.remove(self.bound.pop(what))
        elif kind == "terminate" and what < len(self.bound):
            old = self.bound[what]
            metadata = replace(old.metadata, deletion_timestamp="2017-09-26T07:00:30Z")
            self.bound[what] = replace(old, metadata=metadata)
            self.cache.add(self.bound[what])

    def _schedule(self, new: v1.Pod) -> None:
        selectors = selectors_of(new, SERVICES)
        plain = decide(new, self.cache.nodes(), selectors, self.policy, self.counter)
        quick = self.choice.decide(new, self.counter) or self._looked(new, plain)
        assert (quick.choice, quick.message, quick.nodes) == (plain.choice, plain.message, plain.nodes)
        assert quick.fitting == plain.fitting
        if plain.choice is not None:
            self.counter += 1
            assert quick.scores[0] in plain.scores
            placed = replace(new, spec=replace(new.spec, node_name=plain.choice.node))
            self.bound.append(placed)
            self.cache.assume(placed)

    def _looked(self, new: v1.Pod, plain: Decision) -> Decision:
        """Every node was looked at: allowed only where affinity has something to say about the pod."""
        running = [*self.bound, new]
        about = new.metadata.labels["app"] == "db" and any(one.spec.affinity for one in running)
        assert new.spec.affinity is not None or about
        return plain


def _without_zone(one: v1.Node) -> v1.Node:
    labels = {key: value for key, value in one.metadata.labels.items() if key not in (ZONE, OLD_ZONE)}
    return replace(one, metadata=replace(one.metadata, labels=labels))


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
@settings(max_examples=150, deadline=None)
@given(steps=steps, zones=st.booleans())
def test_every_choice_of_the_fifo_scheduler_is_the_plain_one(
    release: str, steps: list[tuple[str, Any]], zones: bool
) -> None:
    story = _Story(release, zones)
    for name in ("n1", "n2", "n3"):
        story.apply("node", node(name))
    for kind, what in steps:
        story.apply(kind, what)


class _FrameworkStory(_Story):
    """The same for v1.36, where visits end early."""

    def __init__(self, zones: bool, images: bool) -> None:
        self.state = CacheState()
        self.index = ClusterIndex(self.state, SERVICES)
        self.cache = SchedulerCache(self.state, requests_v136, self.index)
        self.quick = FrameworkChoice(self.index)
        self.zones = zones
        self.images = images
        self.counter = 0
        self.start = 0
        self.bound = []

    def apply(self, kind: str, what: Any) -> None:
        if kind == "node" and self.images and what.metadata.labels.get("disk"):
            image = v1.ContainerImage(names=("image:latest",), size_bytes=400 * 2**20)
            what = replace(what, status=replace(what.status, images=(image,)))
        super().apply(kind, what)

    def _schedule(self, new: v1.Pod) -> None:
        snapshot = Snapshot(visiting_order(self.cache.nodes()), default_selector(new, SERVICES))
        plain = schedule(framework_candidate(new), snapshot, DEFAULT, self.start)
        quick = self.quick.decide(new, self.start)
        if quick is None and plain.choice is None:
            return
        quick = quick or self._looked(new, plain)
        assert (quick.choice, quick.nodes, quick.visited) == (plain.choice, plain.nodes, plain.visited)
        assert quick.fitting == plain.fitting
        assert plain.choice is not None
        assert quick.scores[0] in plain.scores
        self.counter += 1
        self.start = (self.start + plain.visited) % plain.nodes
        placed = replace(new, spec=replace(new.spec, node_name=plain.choice.node))
        self.bound.append(placed)
        self.cache.assume(placed)


@pytest.mark.parametrize("enough", [1, 2, 3, 100])
@settings(max_examples=100, deadline=None)
@given(steps=steps, zones=st.booleans(), images=st.booleans())
def test_every_choice_of_the_framework_is_the_plain_one(
    enough: int, steps: list[tuple[str, Any]], zones: bool, images: bool
) -> None:
    story = _FrameworkStory(zones, images)
    cycle = "clustersim.scheduler.framework.cycle.wanted_nodes"
    choice = "clustersim.scheduler.incremental.framework_choice.wanted_nodes"

    def limited(nodes: int) -> int:
        return min(nodes, enough)

    with patch(cycle, limited), patch(choice, limited):
        for name in ("n1", "n2", "n3", "n4", "n5"):
            story.apply("node", node(name))
        for kind, what in steps:
            story.apply(kind, what)


@settings(max_examples=200)
@given(
    lists=st.lists(st.sets(st.integers(0, 40)), min_size=1, max_size=4),
    taken=st.sets(st.integers(0, 40)),
    further=st.sets(st.integers(0, 40)),
)
def test_a_rank_among_sorted_lists_is_that_of_all_put_together(
    lists: list[set[int]], taken: set[int], further: set[int]
) -> None:
    seen: set[int] = set()
    parts = []
    for one in lists:
        parts.append(sorted(f"{name:02}" for name in one - seen))
        seen |= one
    without = sorted(f"{name:02}" for name in taken & seen)
    others = sorted(f"{name:02}" for name in further - seen)
    together = sorted([name for part in parts for name in part if name not in without] + others, reverse=True)
    for rank, name in enumerate(together):
        assert rank_descending(parts, without, others, rank) == name


HEARTBEAT = v1.NodeCondition(type="Ready", status="True", last_heartbeat_time="2017-09-26T07:00:30Z")


@pytest.mark.parametrize(
    ("part", "field", "value", "matters"),
    [
        ("metadata", "labels", {"a": "b"}, True),
        ("metadata", "annotations", {"a": "b"}, True),
        ("spec", "unschedulable", True, True),
        ("status", "allocatable", {"cpu": "1"}, True),
        ("status", "images", (v1.ContainerImage(names=("image",), size_bytes=1),), True),
        ("status", "conditions", (v1.NodeCondition(type="Ready", status="False"),), True),
        ("status", "conditions", (v1.NodeCondition(type="OutOfDisk", status="True"),), True),
        ("status", "conditions", (HEARTBEAT,), False),
        ("status", "phase", "Running", False),
    ],
)
def test_a_node_is_looked_at_again_when_anything_has_changed_that_a_scheduler_looks_at(
    part: str, field: str, value: object, matters: bool
) -> None:
    index = ClusterIndex(CacheState())
    old = node("n1")
    index.node_set(None, old, "n1")
    seen = index.changes
    new = replace(old, **{part: replace(getattr(old, part), **{field: value})})
    index.node_set(old, new, "n1")
    assert index.changed_since(seen) == (["n1"] if matters else [])


def test_a_node_that_begins_to_ask_to_be_avoided_has_every_node_looked_at() -> None:
    story = _Story("v1.8", zones=False)
    story.apply("node", node("n1"))
    assert story.choice.decide(pod("a"), 0) is not None
    asks = replace(
        node("n1"), metadata=replace(node("n1").metadata, annotations={PREFER_AVOID_ANNOTATION: "x"})
    )
    story.apply("node", asks)
    assert story.choice.decide(pod("a"), 0) is None


def test_the_shapes_that_were_asked_for_last_are_kept() -> None:
    shapes: Shapes[str, object] = Shapes()
    with patch("clustersim.scheduler.incremental.shapes.SHAPES_KEPT", 2):
        first = shapes.get("a", object)
        shapes.get("b", object)
        assert shapes.get("a", object) is first
        shapes.get("c", object)
        assert shapes.get("a", object) is first


def test_a_group_that_nobody_asks_for_any_more_is_counted_no_longer() -> None:
    spreading, kind = Spreading(), kind_of(pod("a"))
    selectors = [(LabelSelector(match_labels={"app": "web"}),), (LabelSelector(match_labels={"app": "db"}),)]
    with patch("clustersim.scheduler.incremental.spreading.GROUPS_KEPT", 1):
        spreading.count("n1", kind, 1)
        for _ in range(2):
            assert spreading.group("default", selectors[0]) == {"n1": 1}
            assert spreading.group("default", selectors[1]) == {}
        spreading.count("n1", kind, 1)
        assert [len(groups) for groups in spreading.groups_of.values()] == [0]
        assert spreading.group("default", selectors[0]) == {"n1": 2}
