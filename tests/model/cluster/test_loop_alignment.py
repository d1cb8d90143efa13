"""A scenario may tell where the periodic loops stand at zero."""

import msgspec

from clustersim import Cluster, default_scenario
from clustersim.engine.time import SECOND, seconds
from clustersim.loop_alignment import next_on_grid


def cluster_with(**phase):
    scenario = default_scenario("v1.8")
    return Cluster(msgspec.structs.replace(scenario, phase=msgspec.structs.replace(scenario.phase, **phase)))


def test_a_grid_goes_on_in_both_directions():
    assert next_on_grid(-100, 5, -3) == 0
    assert next_on_grid(-8, 5, -3) == -3
    assert next_on_grid(10, 5, -3) == 0


def test_the_monitor_passes_when_the_scenario_says_so():
    cluster = cluster_with(monitor_pass=seconds(-31.5), leader_since=seconds(-37.4))
    last = cluster.world.controller_manager.node_controller.state.last_pass
    assert -5 * SECOND < last < 0
    assert abs((last - seconds(-31.5)) % (5 * SECOND) - 0) < seconds(0.02)


def test_the_collector_passes_when_the_scenario_says_so():
    cluster = cluster_with(gc_pass=seconds(-36.4), leader_since=seconds(-37.4))
    cluster.run_until(10 * SECOND)
    loop = cluster.world.controller_manager.state.loops["pod-gc"]
    assert abs((loop.due - seconds(-36.4)) % (20 * SECOND)) < seconds(0.1)


def test_heartbeats_fall_where_one_was_seen():
    scenario = default_scenario("v1.7")
    nodes = tuple(
        msgspec.structs.replace(node, ready_at=seconds(-40), heartbeat_at=seconds(-1.5))
        for node in scenario.nodes
    )
    cluster = Cluster(msgspec.structs.replace(scenario, nodes=nodes))
    runs = cluster.record.state.runs["nodes/n1"]
    assert abs(runs[-1].last - seconds(-1.5)) < seconds(0.02)


def test_a_pass_visits_nodes_in_the_order_that_the_scenario_tells():
    cluster = cluster_with(visit_order=("n3", "n1"))
    visited = list(cluster.world.controller_manager.node_controller.monitor._visited())
    assert visited == ["n3", "n1", "n2"]
