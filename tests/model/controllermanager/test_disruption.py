"""Zone states: when evictions slow down or stop, and what ends that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.api.topology import OLD_REGION, OLD_ZONE
from clustersim.controllermanager.node import zones
from clustersim.controllermanager.node.zones import FULL, INITIAL, NORMAL, PARTIAL, ZoneCount
from clustersim.engine.time import SECOND
from clustersim.flags import ControllerManagerFlags
from tests.model.controllermanager.managed_world import ManagedWorld

counts = st.builds(ZoneCount, st.integers(0, 120), st.integers(0, 120)).filter(lambda count: count.total > 0)
states = st.sampled_from([INITIAL, NORMAL, PARTIAL, FULL])


@pytest.mark.parametrize(
    ("ready", "not_ready", "state"),
    [
        (2, 1, NORMAL),
        (1, 2, NORMAL),
        (0, 3, FULL),
        (2, 3, PARTIAL),
        (3, 2, NORMAL),
        (0, 1, FULL),
        (27, 33, PARTIAL),
        (28, 32, NORMAL),
    ],
)
def test_state_of_a_zone(ready: int, not_ready: int, state: str) -> None:
    assert zones.zone_state(ZoneCount(ready, not_ready), 0.55) == state


def test_rate_of_a_partially_disrupted_zone_depends_on_its_size() -> None:
    flags = ControllerManagerFlags()
    assert zones.eviction_rate(PARTIAL, 50, flags) == 0
    assert zones.eviction_rate(PARTIAL, 51, flags) == 0.01
    assert zones.eviction_rate(NORMAL, 5, flags) == 0.1
    assert zones.eviction_rate(FULL, 5, flags) == 0.1


@given(counts)
def test_a_zone_is_fully_disrupted_exactly_when_no_node_is_ready(count: ZoneCount) -> None:
    assert (zones.zone_state(count, 0.55) == FULL) == (count.ready == 0)


@given(counts)
def test_one_more_node_that_is_ready_never_makes_a_zone_worse(count: ZoneCount) -> None:
    order = [NORMAL, PARTIAL, FULL]
    better = ZoneCount(count.ready + 1, count.not_ready)
    assert order.index(zones.zone_state(better, 0.55)) <= order.index(zones.zone_state(count, 0.55))


@given(
    st.dictionaries(st.sampled_from("abc"), states),
    st.dictionaries(st.sampled_from("abc"), counts, min_size=1),
)
def test_a_pass_leaves_every_counted_zone_in_the_state_of_its_count(
    before: dict[str, str], found: dict[str, ZoneCount]
) -> None:
    change = zones.disruption(before, found, 0.55)
    expected = {zone: zones.zone_state(count, 0.55) for zone, count in found.items()}
    old = {zone: before.get(zone, INITIAL) for zone in found}
    full = set(expected.values()) == {FULL}
    was_full = set(old.values()) == {FULL}
    if full and was_full:
        assert change is None
        return
    assert change is not None
    assert change.states == expected
    assert (change.entered, change.left) == (full, was_full)
    again = zones.disruption(change.states, found, 0.55)
    assert again is None or not again.changed


def world_of(*nodes: str, pods: int, **flags: object) -> ManagedWorld:
    world = ManagedWorld(*nodes, **flags)
    for index in range(pods):
        world.pod(f"p{index}", nodes[index])
    return world


def test_nothing_is_evicted_while_all_nodes_are_down() -> None:
    world = world_of("n1", "n2", "n3", pods=3)
    world.stop("n1", "n2", "n3")
    world.run(900 * SECOND)
    assert [world.condition(node) for node in ("n1", "n2", "n3")] == ["Unknown"] * 3
    assert not world.evicted_at()
    lines = [line.text for line in world.manager.journal]
    text = "detected that all Nodes are not-Ready. Entering master disruption mode."
    assert any(f"NodeController {text}" in line for line in lines)


def test_two_of_three_are_evicted() -> None:
    world = world_of("n1", "n2", "n3", pods=2)
    world.stop("n1", "n2")
    world.run(330 * SECOND)
    assert sorted(node for node, _ in world.evicted_at()) == ["n1", "n2"]


def test_three_of_five_are_not_evicted_until_one_is_back() -> None:
    world = world_of("n1", "n2", "n3", "n4", "n5", pods=3)
    world.stop("n1", "n2", "n3")
    world.run(900 * SECOND)
    assert not world.evicted_at()
    changes = [(e.before, e.after) for e in world.decisions("change-zone-state")]
    assert changes == [(INITIAL, NORMAL), (NORMAL, PARTIAL)]
    world.beats.say("n1", "True")
    world.wait(lambda: world.decisions("change-zone-state")[-1].after == NORMAL)
    normal = world.now / SECOND
    world.run(30 * SECOND)
    evicted = world.evicted_at()
    assert sorted(node for node, _ in evicted) == ["n2", "n3"]
    assert evicted[0][1] - normal == pytest.approx(10, abs=0.2)
    assert evicted[1][1] - normal == pytest.approx(20, abs=0.2)


def test_a_large_zone_goes_on_slowly() -> None:
    names = [f"n{i:02}" for i in range(60)]
    world = ManagedWorld(*names)
    world.stop(*names[:33])
    world.run(430 * SECOND)
    change = world.decisions("change-zone-state")[-1]
    assert (change.after, change.rule.values["rate"]) == (PARTIAL, 0.01)
    assert len(world.evicted_at()) <= 3


def test_one_back_before_the_time_of_the_others_restarts_their_clocks() -> None:
    world = world_of("n1", "n2", "n3", pods=3)
    world.stop("n1", "n2", "n3")
    world.run(100 * SECOND)
    world.beats.say("n1", "True")
    world.wait(lambda: bool(world.decisions("leave-master-disruption")))
    left = world.now / SECOND
    world.run(330 * SECOND)
    evicted = world.evicted_at()
    assert sorted(node for node, _ in evicted) == ["n2", "n3"]
    assert 300 <= evicted[0][1] - left < 305.3


def test_one_back_after_the_time_of_the_others_lets_them_go_ten_seconds_later() -> None:
    world = world_of("n1", "n2", "n3", pods=3)
    world.stop("n1", "n2", "n3")
    world.run(360 * SECOND)
    world.beats.say("n1", "True")
    world.wait(lambda: bool(world.decisions("leave-master-disruption")))
    left = world.now / SECOND
    world.run(30 * SECOND)
    evicted = world.evicted_at()
    assert sorted(node for node, _ in evicted) == ["n2", "n3"]
    assert evicted[0][1] - left == pytest.approx(10, abs=0.2)
    assert evicted[1][1] - left == pytest.approx(20, abs=0.2)


@pytest.mark.parametrize("name", ["master", "eu-master", "eu-master-7xc"])
def test_a_node_named_master_does_not_count(name: str) -> None:
    world = world_of("n1", name, pods=1)
    world.stop("n1")
    world.run(900 * SECOND)
    assert world.condition("n1") == "Unknown"
    assert not world.evicted_at()
    assert world.decisions("enter-master-disruption")


@pytest.mark.parametrize("name", ["m1", "master-1", "masterly"])
def test_a_node_of_another_name_does(name: str) -> None:
    world = world_of("n1", name, pods=1)
    world.stop("n1")
    world.run(330 * SECOND)
    assert [node for node, _ in world.evicted_at()] == ["n1"]


def test_one_full_zone_beside_a_healthy_one_is_evicted_at_the_usual_rate() -> None:
    world = ManagedWorld("n1")
    labels = {OLD_REGION: "r", OLD_ZONE: "b"}
    world.join("z1", "z2", "z3", "z4", labels=labels)
    world.run(10 * SECOND)
    world.stop("z1", "z2", "z3", "z4")
    world.run(360 * SECOND)
    changes = {e.object: e.after for e in world.decisions("change-zone-state")}
    assert changes == {"zones/": NORMAL, "zones/r:\0:b": FULL}
    assert sorted(node for node, _ in world.evicted_at()) == ["z1", "z2", "z3", "z4"]


def test_what_changed_the_nodes_is_the_cause_of_a_zones_new_state() -> None:
    world = world_of("n1", "n2", "n3", "n4", "n5", pods=0)
    world.stop("n1", "n2", "n3")
    world.wait(lambda: world.decisions("change-zone-state")[-1].after == PARTIAL)
    flips = world.decisions("mark-unknown")
    assert flips[-1].id in world.decisions("change-zone-state")[-1].causes
    world.beats.say("n1", "True")
    world.wait(lambda: world.decisions("change-zone-state")[-1].after == NORMAL)
    change = world.decisions("change-zone-state")[-1]
    back = world.engine.record.get(change.causes[0])
    assert (back.object, back.verb, back.actor) == ("nodes/n1", "patch-status", "beats")
