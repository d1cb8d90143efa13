"""Deployments roll one ReplicaSet out over another."""

import pytest

from clustersim.api.apps import Deployment, DeploymentStrategy, ReplicaSet, RollingUpdateDeployment
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.controllermanager.deployment import rolling, sets
from clustersim.controllermanager.podcontrol import CREATED_BY
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV136,
)
from clustersim.engine.time import SECOND
from tests.model.controllermanager.deployments import create, set_image, sizes, world_with
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import deployment, replica_set, settle


def scale(world: ManagedWorld, replicas: int) -> None:
    body = {"spec": {"replicas": replicas}}
    world.handle(Request("patch", "deployments", "default", "web", body=body))


def scalings(world: ManagedWorld) -> list[tuple[str, int]]:
    """Every change of a ReplicaSet's size, in order."""
    found = []
    for event in world.engine.record:
        if event.kind == "write" and event.object.startswith("replicasets/") and event.after is not None:
            before = event.before.spec.replicas if event.before is not None else 0
            if event.after.spec.replicas != before:
                found.append((event.after.metadata.name, event.after.spec.replicas))
    return found


def test_a_new_deployment_gets_a_replica_set_of_its_size() -> None:
    world = world_with(deployment("web", 4))
    (only,) = world.all("replicasets")
    assert only.spec.replicas == 4
    assert only.metadata.owner_references[0].kind == "Deployment"
    assert only.metadata.annotations[sets.REVISION] == "1"
    assert world.get("deployments", "default/web").status.available_replicas == 4
    (event,) = world.events("ScalingReplicaSet")
    assert event.message == f"Scaled up replica set {only.metadata.name} to 4"
    assert event.source.component == "deployment-controller"


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV136])
def test_a_status_written_after_the_revision_in_one_step_is_out_of_date_and_written_again(
    release: type[ControllerManager],
) -> None:
    world = world_with(deployment("web", 2), release=release)
    told = [line for line in world.manager.journal if "Error syncing deployment" in line.text]
    assert told
    assert all("the object has been modified" in line.text for line in told)
    found = world.get("deployments", "default/web")
    assert found.metadata.annotations[sets.REVISION] == "1"
    assert found.status.updated_replicas == 2
    world.run(60 * SECOND)
    later = [line for line in world.manager.journal if "Error syncing deployment" in line.text]
    assert later == told


def test_v1_36_tells_both_sizes_of_a_replica_set() -> None:
    world = world_with(deployment("web", 4), release=ControllerManagerV136)
    (only,) = world.all("replicasets")
    (event,) = world.events("ScalingReplicaSet")
    assert event.message == f"Scaled up replica set {only.metadata.name} from 0 to 4"


def test_only_pods_of_old_releases_say_who_created_them() -> None:
    annotated = []
    for release in (ControllerManagerV17, ControllerManagerV136):
        world = world_with(deployment("web", 1), release=release)
        annotated += [CREATED_BY in pod.metadata.annotations for pod in world.all("pods")]
    assert annotated == [True, False]


@pytest.mark.parametrize(
    ("version", "replicas", "surge", "unavailable"),
    [
        ("extensions/v1beta1", 4, 1, 1),
        ("apps/v1beta1", 4, 1, 1),
        ("extensions/v1beta1", 10, 1, 1),
        ("apps/v1beta1", 10, 3, 2),
        ("apps/v1beta1", 1, 1, 0),
    ],
)
def test_surge_and_unavailable_depend_on_the_version_it_is_created_through(
    version: str, replicas: int, surge: int, unavailable: int
) -> None:
    world = ManagedWorld("n1")
    create(world, deployment("web", replicas), version)
    assert sets.fenceposts(world.get("deployments", "default/web")) == (surge, unavailable)


def test_history_and_deadline_depend_on_the_version_it_is_created_through() -> None:
    found = []
    for version in ("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"):
        world = ManagedWorld("n1")
        create(world, deployment("web", 1), version)
        spec = world.get("deployments", "default/web").spec
        found.append((spec.revision_history_limit, spec.progress_deadline_seconds))
    assert found == [(None, None), (2, 600), (10, 600)]


def test_ten_replicas_at_25_percent_never_want_more_than_13_nor_have_less_than_8() -> None:
    world = world_with(deployment("web", 10), "apps/v1beta1")
    start = world.now
    set_image(world, "j")
    most = 10
    for _ in range(40):
        settle(world, 1)
        most = max(most, sum(sizes(world)))
    assert sizes(world) == [0, 10]
    seen = [
        event.after.status.available_replicas
        for event in world.engine.record
        if event.kind == "write" and event.object == "deployments/default/web" and event.t > start
    ]
    assert (min(seen), most) == (8, 13)


def test_the_first_steps_are_three_new_and_then_two_old_less() -> None:
    world = world_with(deployment("web", 10), "apps/v1beta1")
    old = world.all("replicasets")[0].metadata.name
    set_image(world, "j")
    world.run(SECOND)
    new = world.all("replicasets")[1].metadata.name
    assert scalings(world)[1:3] == [(new, 3), (old, 8)]


def test_a_rollout_ends_with_everything_new_and_the_second_revision() -> None:
    world = world_with(deployment("web", 4))
    set_image(world, "j")
    settle(world, 60)
    assert sizes(world) == [0, 4]
    found = world.get("deployments", "default/web")
    assert found.metadata.annotations[sets.REVISION] == "2"
    assert found.status.updated_replicas == found.status.replicas == 4


def test_scaling_takes_the_only_replica_set_to_the_new_size_at_once() -> None:
    world = world_with(deployment("web", 4))
    scale(world, 8)
    world.run(SECOND)
    assert sizes(world) == [8]
    scale(world, 2)
    world.run(SECOND)
    assert sizes(world) == [2]


def test_scaling_in_the_middle_of_a_rollout_is_shared_by_size() -> None:
    world = world_with(deployment("web", 10), "apps/v1beta1")
    set_image(world, "j")
    world.run(SECOND)
    assert sizes(world) == [8, 5]
    scale(world, 20)
    world.run(SECOND)
    assert sizes(world) == [15, 10]


def test_recreate_waits_until_no_old_pod_object_is_left() -> None:
    world = world_with(deployment("web", 3, strategy=DeploymentStrategy(type="Recreate")))
    set_image(world, "j")
    world.run(120 * SECOND)
    assert sizes(world) == [0]
    assert len(world.all("pods")) == 3
    assert world.decisions("wait-for-old-pods")
    settle(world)
    assert sizes(world) == [0, 3]
    assert len(world.all("pods")) == 3


@pytest.mark.parametrize(("release", "made"), [(ControllerManagerV17, False), (ControllerManagerV136, True)])
def test_an_old_pod_that_has_ended_holds_up_no_recreation_of_today(
    release: type[ControllerManager], made: bool
) -> None:
    world = ManagedWorld("n1", "n2", "n3", release=release)
    create(world, deployment("web", 2, strategy=DeploymentStrategy(type="Recreate")))
    settle(world)
    ended = world.all("pods")[0].metadata.name
    world.set_ready(ended, False, phase="Failed")
    settle(world)
    set_image(world, "j")
    settle(world)
    assert world.get("pods", f"default/{ended}") is not None
    assert (len(world.all("replicasets")) == 2) is made


def replica_set_of(name: str, replicas: int, available: int) -> ReplicaSet:
    made = replica_set(name, replicas)
    return replace(made, status=replace(made.status, replicas=replicas, available_replicas=available))


def test_old_pods_that_are_not_available_go_first() -> None:
    strategy = DeploymentStrategy(
        type="RollingUpdate", rolling_update=RollingUpdateDeployment(max_unavailable=1, max_surge=1)
    )
    wanted = deployment("web", 4, strategy=strategy)
    sick, well = replica_set_of("a", 2, 0), replica_set_of("b", 3, 3)
    changes = rolling.shrink_old(wanted, replica_set_of("c", 0, 0), [sick, well])
    assert [(change.name, change.replicas) for change in changes] == [("a", 0)]
    changes = rolling.shrink_old(wanted, replica_set_of("c", 2, 0), [replica_set_of("a", 5, 0)])
    assert [(change.name, change.replicas) for change in changes] == [("a", 3)], "no more than may be missing"


def rolled(replicas: int, surge: int | str = 0, unavailable: int | str = 1) -> Deployment:
    rolling_update = RollingUpdateDeployment(max_surge=surge, max_unavailable=unavailable)
    strategy = DeploymentStrategy(type="RollingUpdate", rolling_update=rolling_update)
    return deployment("web", replicas, strategy=strategy)


@pytest.mark.parametrize(
    ("before", "have", "wanted", "after"),
    [
        (rolled(10, 3), (3, 5, 5), rolled(20, 3), {"c": 9, "b": 9, "a": 5}),
        (rolled(3), (1, 1, 1), rolled(4), {"c": 2, "b": 1, "a": 1}),
        (rolled(4), (2, 2), rolled(3), {"a": 1, "b": 2}),
    ],
    ids=["shares are rounded", "the newest gets what is left", "the oldest gives"],
)
def test_replica_sets_share_a_new_size_and_of_equals_the_newest_grows_and_the_oldest_shrinks_first(
    before: Deployment, have: tuple[int, ...], wanted: Deployment, after: dict[str, int]
) -> None:
    known = [
        sets.sized(replica_set_of(name, size, size), before, size)
        for name, size in zip("abc", have, strict=False)
    ]
    changes = rolling.resize(wanted, known[-1], known[:-1])
    assert {change.name: change.replicas for change in changes} == after


def test_where_annotations_and_pods_are_gone_no_replica_set_gets_a_share() -> None:
    changes = rolling.resize(rolled(5), replica_set("b", 5), [replica_set("a", 5)])
    assert {change.name: change.replicas for change in changes} == {"a": 0, "b": 5}


def test_a_rollout_may_always_take_one_step() -> None:
    assert sets.fenceposts(rolled(3, "1%", "1%")) == (1, 0)
    assert sets.fenceposts(rolled(3, 0, "1%")) == (0, 1)


def test_statuses_of_v1_36_count_pods_that_are_being_deleted() -> None:
    world = world_with(deployment("web", 2), release=ControllerManagerV136)
    (pod, *_others) = world.all("pods")
    world.delete("pods", f"default/{pod.metadata.name}")
    world.run(SECOND)
    assert world.get("deployments", "default/web").status.terminating_replicas == 1
    settle(world, 10)
    assert world.get("deployments", "default/web").status.terminating_replicas == 0
    old = world_with(deployment("web", 2), release=ControllerManagerV17)
    assert old.get("deployments", "default/web").status.terminating_replicas is None
