"""DaemonSets: one pod on every node, ready or not."""

import pytest

from clustersim.api.apps import DaemonSetUpdateStrategy, RollingUpdateDaemonSet
from clustersim.api.core_v1 import (
    Container,
    ContainerPort,
    Pod,
    PodSpec,
    ResourceQuota,
    ResourceQuotaSpec,
    Taint,
)
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import daemon_set, settle, template


def nodes(world: ManagedWorld) -> list[str]:
    return sorted(pod.spec.node_name for pod in world.all("pods"))


def settled(**spec: object) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(daemon_set("agent", **spec), "daemonsets")
    settle(world)
    assert nodes(world) == ["n1", "n2", "n3"]
    return world


def test_the_controller_binds_its_pods_itself() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(daemon_set("agent"), "daemonsets")
    world.run(SECOND)
    assert nodes(world) == ["n1", "n2", "n3"]
    assert not [event for event in world.engine.record if event.verb == "bind"]
    assert {event.source.component for event in world.events("SuccessfulCreate")} == {"daemon-set"}
    assert world.get("daemonsets", "default/agent").status.desired_number_scheduled == 3


def test_a_node_that_joins_gets_its_pod() -> None:
    world = settled()
    world.join("n4")
    world.run(SECOND)
    assert nodes(world) == ["n1", "n2", "n3", "n4"]


def test_nodes_that_are_not_ready_or_cordoned_get_their_pod_too() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.handle(Request("patch", "nodes", name="n1", body={"spec": {"unschedulable": True}}))
    world.beats.say("n2", "False")
    world.run(10 * SECOND)
    world.create(daemon_set("agent"), "daemonsets")
    world.run(SECOND)
    assert nodes(world) == ["n1", "n2", "n3"]


def test_a_pod_that_is_being_deleted_still_holds_its_place() -> None:
    world = settled()
    mine = next(pod for pod in world.all("pods") if pod.spec.node_name == "n2")
    world.delete("pods", f"default/{mine.metadata.name}")
    world.run(600 * SECOND)
    assert nodes(world) == ["n1", "n2", "n3"]
    world.delete("pods", f"default/{mine.metadata.name}", grace=0)
    world.run(SECOND)
    assert nodes(world) == ["n1", "n2", "n3"]
    assert mine.metadata.uid not in [pod.metadata.uid for pod in world.all("pods")]


def test_a_taint_keeps_new_pods_away_and_lets_the_old_one_stay() -> None:
    world = settled()
    world.taint("n1", Taint(key="key", effect="NoSchedule"))
    world.run(SECOND)
    assert nodes(world) == ["n1", "n2", "n3"]
    mine = next(pod for pod in world.all("pods") if pod.spec.node_name == "n1")
    world.delete("pods", f"default/{mine.metadata.name}", grace=0)
    world.run(SECOND)
    assert nodes(world) == ["n2", "n3"]


def test_a_failed_pod_is_deleted_and_made_again() -> None:
    world = settled()
    mine = next(pod for pod in world.all("pods") if pod.spec.node_name == "n3")
    world.set_ready(mine.metadata.name, False, phase="Failed")
    settle(world)
    assert nodes(world) == ["n1", "n2", "n3"]
    assert world.get("pods", f"default/{mine.metadata.name}") is None
    assert world.events("FailedDaemonPod")


def test_through_extensions_v1beta1_a_new_template_waits_until_somebody_deletes_a_pod() -> None:
    world = settled()
    found = world.get("daemonsets", "default/agent")
    changed = replace(found, spec=replace(found.spec, template=template("agent", "j")))
    world.handle(Request("update", "daemonsets", "default", "agent", changed))
    settle(world)
    assert {pod.spec.containers[0].image for pod in world.all("pods")} == {"i"}
    assert world.get("daemonsets", "default/agent").status.updated_number_scheduled == 0


def test_a_rolling_update_takes_one_node_after_another() -> None:
    strategy = DaemonSetUpdateStrategy(
        type="RollingUpdate", rolling_update=RollingUpdateDaemonSet(max_unavailable=1)
    )
    world = settled(update_strategy=strategy)
    found = world.get("daemonsets", "default/agent")
    changed = replace(found, spec=replace(found.spec, template=template("agent", "j")))
    world.handle(Request("update", "daemonsets", "default", "agent", changed))
    world.run(60 * SECOND)
    assert len([pod for pod in world.all("pods") if pod.metadata.deletion_timestamp]) == 1
    settle(world, 60)
    assert {pod.spec.containers[0].image for pod in world.all("pods")} == {"j"}


def test_a_node_without_room_gets_no_pod_and_people_are_told() -> None:
    world = ManagedWorld("n1", "n2")
    world.stop("n1")
    found = world.get("nodes", "n1")
    full = replace(found.status, allocatable={"cpu": "2", "memory": "2Gi", "pods": "0"})
    world.handle(Request("update-status", "nodes", name="n1", body=replace(found, status=full)))
    world.create(daemon_set("agent"), "daemonsets")
    world.run(SECOND)
    assert nodes(world) == ["n2"]
    why = "Node didn't have enough resource: pods, requested: 1, used: 0, capacity: 0"
    assert world.events("FailedPlacement")[0].message == f'failed to place pod on "n1": {why}'
    assert world.get("daemonsets", "default/agent").status.desired_number_scheduled == 2


@pytest.mark.parametrize(
    ("release", "told", "borne"),
    [
        (ControllerManagerV17, "default/n1 on node {pod}", []),
        (ControllerManagerV18, "default/{pod} on node n1", ["disk-pressure", "memory-pressure"]),
    ],
)
def test_what_pods_bear_and_how_failed_ones_are_told_of(
    release: type[ControllerManager], told: str, borne: list[str]
) -> None:
    world = ManagedWorld("n1", release=release)
    world.create(daemon_set("agent"), "daemonsets")
    world.run(SECOND)
    (pod,) = world.all("pods")
    keys = [one.key for one in pod.spec.tolerations if one.effect == "NoSchedule"]
    assert [key.rpartition("/")[2] for key in keys] == borne
    world.set_ready(pod.metadata.name, False, phase="Failed")
    world.run(SECOND)
    (event, *_others) = world.events("FailedDaemonPod")
    where = told.format(pod=pod.metadata.name)
    assert event.message == f"Found failed daemon pod {where}, will try to kill it"


@pytest.mark.parametrize(("release", "wanted"), [(ControllerManagerV18, 0), (ControllerManagerV136, 1)])
def test_a_set_whose_pods_are_refused_says_how_many_it_wants_only_today(
    release: type[ControllerManager], wanted: int
) -> None:
    world = ManagedWorld("n1", release=release, admission=("ResourceQuota",))
    none = ResourceQuota(
        metadata=ObjectMeta(name="none", namespace="default"), spec=ResourceQuotaSpec(hard={"pods": "0"})
    )
    world.create(none, "resourcequotas")
    world.run(SECOND)
    world.create(daemon_set("agent"), "daemonsets")
    world.run(5 * SECOND)
    assert world.events("FailedCreate")
    assert world.get("daemonsets", "default/agent").status.desired_number_scheduled == wanted


def test_a_node_whose_port_somebody_has_is_none_that_is_wanted() -> None:
    world = ManagedWorld("n1", "n2")
    port = (ContainerPort(container_port=80, host_port=80),)
    spec = PodSpec(containers=(Container(name="c", image="i", ports=port),), node_name="n1")
    world.create(Pod(metadata=ObjectMeta(name="web", namespace="default"), spec=spec), "pods")
    made = daemon_set("agent")
    asked = replace(made.spec.template, spec=replace(spec, node_name=""))
    world.create(replace(made, spec=replace(made.spec, template=asked)), "daemonsets")
    world.run(2 * SECOND)
    assert [pod.spec.node_name for pod in world.all("pods") if pod.metadata.name != "web"] == ["n2"]
    assert world.get("daemonsets", "default/agent").status.desired_number_scheduled == 1


def test_revisions_that_pods_are_of_count_among_the_old_ones_that_may_stay() -> None:
    """Of a live one and another, where one may stay, the other goes (cleanupHistory)."""
    world = settled(revision_history_limit=1, update_strategy=DaemonSetUpdateStrategy(type="OnDelete"))
    for image in ("two", "three"):
        found = world.get("daemonsets", "default/agent")
        changed = replace(found, spec=replace(found.spec, template=template("agent", image)))
        world.handle(Request("update", "daemonsets", "default", "agent", changed))
        settle(world, 10)
    assert sorted(found.revision for found in world.all("controllerrevisions")) == [1, 3]


def test_an_update_takes_old_pods_also_from_nodes_that_are_wanted_no_more() -> None:
    """A taint lets them stay, and the update does not (getAllDaemonSetPods)."""
    strategy = DaemonSetUpdateStrategy(
        type="RollingUpdate", rolling_update=RollingUpdateDaemonSet(max_unavailable=1)
    )
    world = settled(update_strategy=strategy)
    world.taint("n3", Taint(key="k", effect="NoSchedule"))
    found = world.get("daemonsets", "default/agent")
    changed = replace(found, spec=replace(found.spec, template=template("agent", "j")))
    world.handle(Request("update", "daemonsets", "default", "agent", changed))
    settle(world, 60)
    assert nodes(world) == ["n1", "n2"]
    assert {pod.spec.containers[0].image for pod in world.all("pods")} == {"j"}
