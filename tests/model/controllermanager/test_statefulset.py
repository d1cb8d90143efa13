"""StatefulSets: at most one pod of each name, in order."""

from clustersim.api.apps import PARALLEL, StatefulSetUpdateStrategy
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import change_set, settle, stateful_set, template


def names(world: ManagedWorld) -> list[str]:
    return [pod.metadata.name for pod in world.all("pods")]


def settled(replicas: int = 3, **spec: object) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(stateful_set("db", replicas, **spec), "statefulsets")
    settle(world, 60)
    assert names(world) == [f"db-{number}" for number in range(replicas)]
    return world


def test_each_pod_waits_until_the_one_before_it_is_ready() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(stateful_set("db", 3), "statefulsets")
    world.run(60 * SECOND)
    assert names(world) == ["db-0"]
    world.bind("db-0", "n1", ready=False)
    world.run(60 * SECOND)
    assert names(world) == ["db-0"]
    world.set_ready("db-0", True)
    world.run(SECOND)
    assert names(world) == ["db-0", "db-1"]
    (event,) = [e for e in world.events("SuccessfulCreate") if "db-0" in e.message]
    assert event.message == "create Pod db-0 in StatefulSet db successful"
    assert event.source.component == "statefulset"


def test_a_lost_pod_is_never_replaced_while_its_object_is_there() -> None:
    world = settled()
    world.delete("pods", "default/db-1")
    world.run(3600 * SECOND)
    assert names(world) == ["db-0", "db-1", "db-2"]
    assert world.get("pods", "default/db-1").metadata.deletion_timestamp


def test_after_a_forced_deletion_the_same_name_comes_again() -> None:
    world = settled()
    before = world.get("pods", "default/db-1").metadata.uid
    world.delete("pods", "default/db-1", grace=0)
    world.run(SECOND)
    assert world.get("pods", "default/db-1").metadata.uid != before


def test_nothing_above_a_lost_pod_is_created() -> None:
    world = settled(2)
    world.delete("pods", "default/db-1")
    change_set(world, replicas=4)
    world.run(600 * SECOND)
    assert names(world) == ["db-0", "db-1"]
    assert len(world.decisions("wait-for-pod")) == 3


def test_parallel_does_not_wait_but_cannot_double_a_name_either() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(stateful_set("db", 3, pod_management_policy=PARALLEL), "statefulsets")
    world.run(SECOND)
    assert names(world) == ["db-0", "db-1", "db-2"]
    settle(world)
    world.delete("pods", "default/db-0")
    change_set(world, replicas=4)
    world.run(SECOND)
    assert names(world) == ["db-0", "db-1", "db-2", "db-3"]


def test_scaling_down_takes_the_highest_and_waits_for_each() -> None:
    world = settled()
    change_set(world, replicas=1)
    world.run(60 * SECOND)
    deleting = [p.metadata.name for p in world.all("pods") if p.metadata.deletion_timestamp]
    assert deleting == ["db-2"]
    settle(world)
    assert names(world) == ["db-0"]


def test_a_failed_pod_gives_its_name_to_the_next_one() -> None:
    world = settled()
    before = world.get("pods", "default/db-1").metadata.uid
    world.set_ready("db-1", False, phase="Failed")
    world.run(SECOND)
    assert world.get("pods", "default/db-1").metadata.uid != before


def test_through_apps_v1beta1_a_new_template_waits_until_somebody_deletes_a_pod() -> None:
    world = settled()
    change_set(world, template=template("db", "j"))
    settle(world)
    assert {pod.spec.containers[0].image for pod in world.all("pods")} == {"i"}
    world.delete("pods", "default/db-2")
    settle(world)
    assert world.get("pods", "default/db-2").spec.containers[0].image == "j"


def test_a_rolling_update_goes_from_the_highest_to_the_lowest() -> None:
    world = settled(update_strategy=StatefulSetUpdateStrategy(type="RollingUpdate"))
    change_set(world, template=template("db", "j"))
    settle(world, 60)
    assert {pod.spec.containers[0].image for pod in world.all("pods")} == {"j"}
    deleted = [event.rule.values["pod"] for event in world.decisions("delete-pod")]
    assert deleted == ["db-2", "db-1", "db-0"]
    status = world.get("statefulsets", "default/db").status
    assert status.current_revision == status.update_revision
    assert status.current_replicas == 3
