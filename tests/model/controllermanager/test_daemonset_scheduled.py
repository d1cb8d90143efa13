"""DaemonSets of today: the scheduler binds their pods, updates may surge, failures slow replacement down."""

from typing import Any

from clustersim.api.apps import DaemonSetUpdateStrategy, RollingUpdateDaemonSet
from clustersim.api.core_v1 import Pod, Taint
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.controllermanager.daemonset.nodes import target_node
from clustersim.controllermanager.process import ControllerManagerV17, ControllerManagerV136
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import daemon_set, template


def world_with(*nodes: str, **spec: Any) -> ManagedWorld:
    world = ManagedWorld(*(nodes or ("n1", "n2", "n3")), release=ControllerManagerV136)
    world.create(daemon_set("agent", **spec), "daemonsets")
    schedule(world)
    return world


def schedule(world: ManagedWorld, *, ready: bool = True) -> None:
    """Do what the scheduler and the kubelets would, for as long as something comes."""
    for _ in range(20):
        world.run(SECOND)
        for pod in world.all("pods"):
            if pod.metadata.deletion_timestamp:
                world.delete("pods", f"default/{pod.metadata.name}", grace=0)
            elif not pod.spec.node_name:
                world.bind(pod.metadata.name, target_node(pod), ready=ready)


def rolling(**numbers: int) -> DaemonSetUpdateStrategy:
    return DaemonSetUpdateStrategy(type="RollingUpdate", rolling_update=RollingUpdateDaemonSet(**numbers))


def change(world: ManagedWorld, **spec: Any) -> None:
    found = world.get("daemonsets", "default/agent")
    changed = replace(found, spec=replace(found.spec, **spec))
    world.handle(Request("update", "daemonsets", "default", "agent", changed))


def on(world: ManagedWorld, node: str) -> list[Pod]:
    return [pod for pod in world.all("pods") if target_node(pod) == node]


def test_a_pod_is_meant_for_its_node_by_an_affinity_and_bound_by_the_scheduler() -> None:
    world = ManagedWorld("n1", "n2", release=ControllerManagerV136)
    world.create(daemon_set("agent"), "daemonsets")
    world.run(SECOND)
    assert [pod.spec.node_name for pod in world.all("pods")] == ["", ""]
    assert sorted(map(target_node, world.all("pods"))) == ["n1", "n2"]
    (event, *_others) = world.events("SuccessfulCreate")
    assert event.source.component == "daemonset-controller"


def test_a_cordoned_node_and_a_lost_one_get_their_pod_all_the_same() -> None:
    world = ManagedWorld("n1", "n2", release=ControllerManagerV136)
    world.taint("n1", Taint(key="node.kubernetes.io/unschedulable", effect="NoSchedule"))
    world.taint("n2", Taint(key="node.kubernetes.io/unreachable", effect="NoExecute"))
    world.create(daemon_set("agent"), "daemonsets")
    world.run(SECOND)
    assert sorted(map(target_node, world.all("pods"))) == ["n1", "n2"]


def test_a_taint_that_is_not_tolerated_takes_the_pod_away_only_if_it_evicts() -> None:
    world = world_with("n1", "n2")
    world.taint("n1", Taint(key="gpu", effect="NoSchedule"))
    schedule(world)
    assert len(world.all("pods")) == 2
    assert world.get("daemonsets", "default/agent").status.number_misscheduled == 1
    world.taint("n1", Taint(key="gpu", effect="NoExecute"))
    schedule(world)
    assert sorted(map(target_node, world.all("pods"))) == ["n2"]


def test_a_rolling_update_replaces_one_node_at_a_time() -> None:
    world = world_with(update_strategy=rolling(max_unavailable=1))
    change(world, template=template("agent", "new"))
    world.run(SECOND)
    assert sum(bool(pod.metadata.deletion_timestamp) for pod in world.all("pods")) == 1
    schedule(world)
    assert {pod.spec.containers[0].image for pod in world.all("pods")} == {"new"}
    assert len(world.all("controllerrevisions")) == 2


def test_with_a_surge_the_new_pod_is_ready_before_the_old_one_goes() -> None:
    world = world_with("n1", "n2", update_strategy=rolling(max_surge=1, max_unavailable=0))
    change(world, template=template("agent", "new"))
    world.run(SECOND)
    assert len(world.all("pods")) == 3
    assert not any(pod.metadata.deletion_timestamp for pod in world.all("pods"))
    (new,) = [pod for pod in world.all("pods") if not pod.spec.node_name]
    world.bind(new.metadata.name, target_node(new))
    world.run(SECOND)
    old = next(pod for pod in on(world, target_node(new)) if pod.metadata.name != new.metadata.name)
    assert old.metadata.deletion_timestamp
    schedule(world)
    assert {pod.spec.containers[0].image for pod in world.all("pods")} == {"new"}
    assert len(world.all("pods")) == 2


def test_what_keeps_failing_is_replaced_after_growing_pauses() -> None:
    world = world_with("n1")
    replaced = []
    for _ in range(4):
        (pod,) = [p for p in world.all("pods") if not p.metadata.deletion_timestamp]
        if not pod.spec.node_name:
            world.bind(pod.metadata.name, "n1")
        world.set_ready(pod.metadata.name, False, phase="Failed")
        failed_at = world.now
        name = pod.metadata.name
        world.wait(lambda name=name: world.get("pods", f"default/{name}") is None)
        replaced.append((world.now - failed_at) // SECOND)
        world.wait(lambda: world.all("pods"))
    assert replaced == [0, 1, 2, 4]


def test_pods_of_every_release_carry_the_hash_of_their_revision() -> None:
    for release in (ControllerManagerV17, ControllerManagerV136):
        world = ManagedWorld("n1", release=release)
        world.create(daemon_set("agent"), "daemonsets")
        world.run(SECOND)
        (revision,) = world.all("controllerrevisions")
        label = "controller-revision-hash"
        assert [pod.metadata.labels[label] for pod in world.all("pods")] == [revision.metadata.labels[label]]
        assert revision.metadata.owner_references[0].kind == "DaemonSet"
