"""What the kubelet waits for can be asked, and asking changes nothing."""

import pytest

from clustersim.engine.state import copy_state, digest
from clustersim.engine.time import SECOND
from clustersim.kubelet.armed_rules import armed_rules_of_node, armed_rules_of_pod
from clustersim.programs import Exits
from tests.model.kubelet.node_world import NodeWorld


def test_a_node_with_a_dead_docker_is_due_30_seconds_after_its_last_good_answer() -> None:
    world = NodeWorld()
    world.run(40)
    assert not list(armed_rules_of_node(world.kubelet))
    world.docker.kill()
    world.run(45)
    down, pleg = armed_rules_of_node(world.kubelet)
    assert down.rule.id == "kubelet.runtime-down"
    assert down.due is not None
    assert 35 + 30 <= down.due / SECOND <= 40 + 30
    assert pleg.rule.id == "kubelet.pleg-unhealthy"


def test_a_container_in_back_off_is_due_when_it_ends() -> None:
    world = NodeWorld()
    world.run(10)
    pod = world.create_pod("crash", exits=Exits(after_ms=100, code=1))
    world.run(31.5)
    (verdict,) = armed_rules_of_pod(world.kubelet, pod)
    assert verdict.rule.id == "kubelet.container-restart"
    assert verdict.due is not None
    ended = world.container_times("exited")[-1]
    assert verdict.values["delay"] == 20 * SECOND
    assert verdict.due / SECOND == pytest.approx(ended + 20)


def test_a_pull_in_back_off_is_due_when_it_ends() -> None:
    world = NodeWorld()
    world.run(10)
    world.registry.refuse("shop:2.0")
    pod = world.create_pod("shop", "shop:2.0")
    world.run(15)
    (verdict,) = armed_rules_of_pod(world.kubelet, pod)
    assert verdict.rule.id == "kubelet.image-pull"


def test_a_returned_kubelet_says_that_its_main_loop_sleeps() -> None:
    world = NodeWorld()
    world.run(2)
    (verdict,) = armed_rules_of_node(world.kubelet)
    assert verdict.rule.id == "kubelet.loop-awake"
    assert verdict.due is not None
    assert 5.1 < verdict.due / SECOND < 5.3


def test_a_deleted_pod_of_v1_8_waits_for_dockers_records() -> None:
    world = NodeWorld("v1.8")
    world.run(10)
    world.create_pod("web")
    world.run(70)
    world.delete_pod("web")
    world.run(75)
    pod = world.pod("web")
    assert pod is not None
    (verdict,) = armed_rules_of_pod(world.kubelet, pod)
    assert verdict.values == {"running": 0, "records": 1}


def test_asking_changes_nothing() -> None:
    world = NodeWorld()
    world.run(10)
    pod = world.create_pod("crash", exits=Exits(after_ms=100, code=1))
    world.run(30)
    before = digest(copy_state(world.kubelet.state), world.engine.state)
    list(armed_rules_of_pod(world.kubelet, pod))
    list(armed_rules_of_node(world.kubelet))
    assert digest(world.kubelet.state, world.engine.state) == before
