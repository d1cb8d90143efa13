"""DaemonSets of today: the scheduler binds their pods, updates may surge, failures slow replacement down."""

from typing import Any

import pytest

from clustersim.api.apps import DaemonSetUpdateStrategy, RollingUpdateDaemonSet
from clustersim.api.core_v1 import Pod, PodCondition, PodStatus, Taint
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.controllermanager.daemonset.nodes import Place, target_node
from clustersim.controllermanager.daemonset.scheduled import ScheduledDaemonSetsController
from clustersim.controllermanager.daemonset.update import Look, replaced
from clustersim.controllermanager.process import ControllerManagerV17, ControllerManagerV136
from clustersim.engine.time import MINUTE, SECOND
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


def test_an_old_pod_that_is_not_ready_does_not_wait_for_the_surging_one() -> None:
    world = world_with("n1", update_strategy=rolling(max_surge=1, max_unavailable=0))
    change(world, template=template("agent", "new"))
    world.run(SECOND)
    old, new = sorted(on(world, "n1"), key=lambda pod: not pod.spec.node_name)
    world.bind(new.metadata.name, "n1", ready=False)
    world.run(SECOND)
    assert not world.get("pods", f"default/{old.metadata.name}").metadata.deletion_timestamp
    world.set_ready(old.metadata.name, False)
    world.run(SECOND)
    assert world.get("pods", f"default/{old.metadata.name}").metadata.deletion_timestamp


WANTED, LEFT = Place(wanted=True, keeps=True), Place(wanted=False, keeps=True)


def look_at(strategy: DaemonSetUpdateStrategy, places: dict[str, Place], **ready: bool) -> Look:
    """A set with an old pod on each of its nodes, ready or not."""
    pods = {
        node: [
            Pod(
                metadata=ObjectMeta(name=node),
                status=PodStatus(conditions=(PodCondition(type="Ready", status=str(ready[node])),)),
            )
        ]
        for node in places
    }
    return Look(daemon_set("agent", update_strategy=strategy), places, pods, "new", 0)


def doomed(look: Look) -> list[str]:
    return [pod.metadata.name for pod, _why in replaced(look).delete]


def test_where_no_pod_is_wanted_any_more_it_stays_until_all_that_are_wanted_are_available() -> None:
    surge, places = rolling(max_surge=1, max_unavailable=0), {"n1": WANTED, "n2": LEFT}
    assert doomed(look_at(surge, places, n1=True, n2=True)) == ["n2"]
    assert doomed(look_at(surge, places, n1=False, n2=True)) == []


def test_an_update_replaces_one_pod_at_least_where_any_is_wanted() -> None:
    none = rolling(max_unavailable=0)
    assert doomed(look_at(none, {"n1": WANTED, "n2": WANTED}, n1=True, n2=True)) == ["n1"]
    assert doomed(look_at(none, {"n1": LEFT}, n1=True)) == []


@pytest.mark.parametrize("host_network", [False, True])
def test_only_pods_on_the_nodes_own_network_tolerate_that_there_is_no_other(host_network: bool) -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    made = daemon_set("agent")
    pods = template("agent", host_network=host_network)
    world.create(replace(made, spec=replace(made.spec, template=pods)), "daemonsets")
    world.run(SECOND)
    (pod,) = world.all("pods")
    keys = [one.key for one in pod.spec.tolerations]
    assert ("node.kubernetes.io/network-unavailable" in keys) is host_network


def failed_again(world: ManagedWorld) -> int:
    """The set's pod fails; how many seconds until it is replaced."""
    (pod,) = [found for found in world.all("pods") if not found.metadata.deletion_timestamp]
    name, begun = pod.metadata.name, world.now
    if not pod.spec.node_name:
        world.bind(name, "n1")
    world.set_ready(name, False, phase="Failed")
    world.wait(lambda: world.get("pods", f"default/{name}") is None)
    waited = (world.now - begun) // SECOND
    world.wait(lambda: world.all("pods"))
    return waited


def test_failures_are_forgotten_after_half_an_hour_of_calm() -> None:
    world = world_with("n1")
    assert [failed_again(world) for _ in range(2)] == [0, 1]
    world.run(20 * MINUTE)
    assert [failed_again(world) for _ in range(2)] == [0, 4], "twenty minutes are not enough"
    world.run(31 * MINUTE)
    assert [failed_again(world) for _ in range(2)] == [0, 1]


def test_what_keeps_failing_is_replaced_after_growing_pauses() -> None:
    world = world_with("n1")
    assert [failed_again(world) for _ in range(4)] == [0, 1, 2, 4]


def test_after_a_change_of_the_template_failures_count_anew() -> None:
    world = world_with("n1")
    assert [failed_again(world) for _ in range(4)] == [0, 1, 2, 4]
    change(world, template=template("agent", "j"))
    world.run(SECOND)
    assert failed_again(world) == 0


def test_a_pod_that_has_ended_and_is_being_deleted_is_not_waited_for() -> None:
    world = world_with("n1")
    (pod,) = on(world, "n1")
    metadata = replace(pod.metadata, finalizers=("example.com/audit",))
    world.handle(Request("update", "pods", "default", pod.metadata.name, replace(pod, metadata=metadata)))
    world.set_ready(pod.metadata.name, False, phase="Failed")
    world.run(2 * SECOND)
    assert [bool(one.metadata.deletion_timestamp) for one in on(world, "n1")] == [True, False]


def test_of_two_pods_on_a_node_the_one_that_is_bound_stays() -> None:
    world = world_with("n1")
    (bound,) = on(world, "n1")
    older = replace(bound.metadata, name="agent-0", creation_timestamp="2017-09-26T06:00:00Z")
    waiting = replace(bound, metadata=older, spec=replace(bound.spec, node_name=""))
    controller = world.manager.controllers["daemonset-controller"]
    assert isinstance(controller, ScheduledDaemonSetsController)
    assert min([waiting, bound], key=controller.order) is bound


def test_pods_of_every_release_carry_the_hash_of_their_revision() -> None:
    for release in (ControllerManagerV17, ControllerManagerV136):
        world = ManagedWorld("n1", release=release)
        world.create(daemon_set("agent"), "daemonsets")
        world.run(SECOND)
        (revision,) = world.all("controllerrevisions")
        label = "controller-revision-hash"
        assert [pod.metadata.labels[label] for pod in world.all("pods")] == [revision.metadata.labels[label]]
        assert revision.metadata.owner_references[0].kind == "DaemonSet"


def test_pods_are_deleted_when_all_that_are_missing_are_created() -> None:
    """syncNodes: first all creations, and then the deletions."""
    world = ManagedWorld("n1", "n2", release=ControllerManagerV136)
    label(world, "n1", role="edge")
    made = daemon_set("agent")
    chosen = template("agent", node_selector={"role": "edge"})
    world.create(replace(made, spec=replace(made.spec, template=chosen)), "daemonsets")
    schedule(world)
    label(world, "n1")
    label(world, "n2", role="edge")
    world.run(5 * SECOND)
    created, deleted = world.decisions("create-pod")[-1], world.decisions("delete-pod")[0]
    assert created.t < deleted.t


def label(world: ManagedWorld, node: str, **labels: str) -> None:
    found = world.get("nodes", node)
    changed = replace(found, metadata=replace(found.metadata, labels=labels))
    world.handle(Request("update", "nodes", name=node, body=changed))
