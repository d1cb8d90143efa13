"""StatefulSets keep their revisions; and what today's controller does otherwise than those of old."""

from typing import Any

import pytest

from clustersim.api.apps import (
    RollingUpdateStatefulSetStrategy,
    StatefulSet,
    StatefulSetOrdinals,
    StatefulSetStatus,
    StatefulSetUpdateStrategy,
)
from clustersim.api.core_v1 import (
    EmptyDirVolumeSource,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    Pod,
    PodCondition,
    PodStatus,
    Volume,
    VolumeResourceRequirements,
)
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.controllermanager.history import REVISION_LABEL, data_of
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV136,
)
from clustersim.controllermanager.statefulset.plan import Look, plan_steps
from clustersim.controllermanager.statefulset.status import completed
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import settle, stateful_set, template

RELEASES = (ControllerManagerV17, ControllerManagerV136)


def settled(release: type[ControllerManager], replicas: int = 3, **spec: Any) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3", release=release)
    spec.setdefault("update_strategy", StatefulSetUpdateStrategy(type="RollingUpdate"))
    world.create(stateful_set("db", replicas, **spec), "statefulsets")
    settle(world, 60)
    return world


def change(world: ManagedWorld, **spec: Any) -> None:
    found = world.get("statefulsets", "default/db")
    changed = replace(found, spec=replace(found.spec, **spec))
    world.handle(Request("update", "statefulsets", "default", "db", changed))


def images(world: ManagedWorld) -> dict[str, str]:
    return {pod.metadata.name: pod.spec.containers[0].image for pod in world.all("pods")}


@pytest.mark.parametrize("release", RELEASES)
def test_every_template_is_a_revision_and_going_back_makes_an_old_one_the_newest(
    release: type[ControllerManager],
) -> None:
    world = settled(release)
    old = world.get("statefulsets", "default/db").spec.template
    change(world, template=template("db", "new"))
    settle(world, 60)
    assert sorted(found.revision for found in world.all("controllerrevisions")) == [1, 2]
    change(world, template=old)
    settle(world, 60)
    assert sorted(found.revision for found in world.all("controllerrevisions")) == [2, 3]
    assert set(images(world).values()) == {"i"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_partition_keeps_the_lower_pods_at_their_revision_also_when_they_are_made_anew(
    release: type[ControllerManager],
) -> None:
    rolling = RollingUpdateStatefulSetStrategy(partition=2)
    strategy = StatefulSetUpdateStrategy(type="RollingUpdate", rolling_update=rolling)
    world = settled(release, update_strategy=strategy)
    change(world, template=template("db", "new"))
    settle(world, 60)
    assert images(world) == {"db-0": "i", "db-1": "i", "db-2": "new"}
    world.delete("pods", "default/db-0", grace=0)
    settle(world, 60)
    assert images(world)["db-0"] == "i"


def test_todays_events_begin_with_a_capital_and_name_todays_source() -> None:
    world = settled(ControllerManagerV136, 1)
    (event,) = world.events("SuccessfulCreate")
    assert event.message == "Create Pod db-0 in StatefulSet db successful"
    assert event.source.component == "statefulset-controller"


@pytest.mark.parametrize(
    ("recreates", "verbs"), [(True, ["delete", "create"]), (False, ["delete"])], ids=["v1.7", "v1.36"]
)
def test_what_failed_is_created_again_in_the_same_walk_only_in_old_releases(
    recreates: bool, verbs: list[str]
) -> None:
    world = settled(ControllerManagerV136, 1)
    world.set_ready("db-0", False, phase="Failed")
    owner, pod = world.get("statefulsets", "default/db"), world.get("pods", "default/db-0")
    look = Look(
        owner,
        {0: pod},
        "db-1",
        "db-1",
        world.now,
        recreates=recreates,
        counts_apart=recreates,
        counts_more=not recreates,
    )
    assert [step.verb for step in plan_steps(look).steps] == verbs
    before = pod.metadata.uid
    world.run(SECOND)
    assert world.get("pods", "default/db-0").metadata.uid != before


def test_min_ready_seconds_hold_the_next_pod_up() -> None:
    world = ManagedWorld("n1", "n2", "n3", release=ControllerManagerV136)
    world.create(stateful_set("db", 2, min_ready_seconds=20), "statefulsets")
    world.run(SECOND)
    world.bind("db-0", "n1")
    world.run(15 * SECOND)
    assert list(images(world)) == ["db-0"]
    assert world.get("statefulsets", "default/db").status.available_replicas == 0
    world.run(7 * SECOND // 2)
    assert list(images(world)) == ["db-0"]
    world.run(7 * SECOND // 4)
    assert list(images(world)) == ["db-0", "db-1"]
    assert world.get("statefulsets", "default/db").status.available_replicas == 1


def test_ordinals_may_start_elsewhere() -> None:
    world = settled(ControllerManagerV136, 2, ordinals=StatefulSetOrdinals(start=5))
    assert list(images(world)) == ["db-5", "db-6"]
    change(world, ordinals=StatefulSetOrdinals(start=6))
    settle(world, 60)
    assert sorted(images(world)) == ["db-6", "db-7"]


@pytest.mark.parametrize("release", RELEASES)
def test_the_claims_of_a_pod_come_before_it_and_outlive_it(release: type[ControllerManager]) -> None:
    wanted = PersistentVolumeClaimSpec(
        access_modes=("ReadWriteOnce",), resources=VolumeResourceRequirements(requests={"storage": "1Gi"})
    )
    claim = PersistentVolumeClaim(metadata=ObjectMeta(name="data"), spec=wanted)
    pods = template(
        "db", volumes=tuple(Volume(name=name, empty_dir=EmptyDirVolumeSource()) for name in ("data", "tmp"))
    )
    world = ManagedWorld("n1", "n2", "n3", release=release)
    made = stateful_set("db", 2, volume_claim_templates=(claim,))
    world.create(replace(made, spec=replace(made.spec, template=pods)), "statefulsets")
    settle(world, 60)
    assert [found.metadata.name for found in world.all("persistentvolumeclaims")] == [
        "data-db-0",
        "data-db-1",
    ]
    volume, other = world.get("pods", "default/db-1").spec.volumes
    assert volume.persistent_volume_claim.claim_name == "data-db-1", "instead of that of the template"
    assert other.name == "tmp"
    change(world, replicas=0)
    settle(world, 60)
    assert len(world.all("persistentvolumeclaims")) == 2


def test_a_large_parallel_set_asks_for_500_pods_at_a_time() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(stateful_set("db", 4_000, pod_management_policy="Parallel"), "statefulsets")
    world.run(SECOND)
    assert 0 < len(world.all("pods")) <= 500
    assert len(plan_steps(look_at(stateful_set("db", 4_000, pod_management_policy="Parallel"))).steps) == 500


def look_at(owner: StatefulSet, **pods: str) -> Look:
    """A set whose pods (db_0) are of a revision and ready, "old+" or "new", or not, "new-"."""
    found = {}
    for name, told in pods.items():
        ready = PodCondition(type="Ready", status=str(told.endswith("+")))
        labels = {REVISION_LABEL: told[:3]}
        found[int(name[3:])] = Pod(
            metadata=ObjectMeta(name=name.replace("_", "-"), labels=labels),
            status=PodStatus(phase="Running", conditions=(ready,)),
        )
    return Look(owner, found, "old", "new", 0, recreates=False, counts_apart=False, counts_more=True)


def steps(look: Look) -> list[tuple[str, str]]:
    return [(step.verb, step.pod) for step in plan_steps(look).steps]


ROLLING = StatefulSetUpdateStrategy(type="RollingUpdate")


def test_on_the_way_down_only_the_first_pod_that_is_not_well_may_go_before_it_is() -> None:
    owner = stateful_set("db", 1)
    assert steps(look_at(owner, db_0="old+", db_1="old+", db_2="old-")) == [("delete", "db-2")]
    waits = look_at(owner, db_0="old+", db_1="old-", db_2="old-")
    assert (steps(waits), plan_steps(waits).waits is None) == ([], False)


def test_an_update_waits_for_the_pod_that_it_has_replaced_last() -> None:
    owner = stateful_set("db", 3, update_strategy=ROLLING)
    assert steps(look_at(owner, db_0="old+", db_1="old+", db_2="new+")) == [("delete", "db-1")]
    parallel = stateful_set("db", 3, update_strategy=ROLLING, pod_management_policy="Parallel")
    assert steps(look_at(parallel, db_0="old+", db_1="old+", db_2="new-")) == []


def test_a_partition_counts_from_the_first_ordinal() -> None:
    partition = RollingUpdateStatefulSetStrategy(partition=1)
    strategy = StatefulSetUpdateStrategy(type="RollingUpdate", rolling_update=partition)
    owner = stateful_set("db", 2, update_strategy=strategy, ordinals=StatefulSetOrdinals(start=5))
    assert steps(look_at(owner, db_5="old+", db_6="old+")) == [("delete", "db-6")]
    assert steps(look_at(owner, db_5="old+", db_6="new+")) == []


def test_an_update_is_over_when_every_pod_is_new_and_ready() -> None:
    owner = stateful_set("db", 2, update_strategy=ROLLING)
    almost = StatefulSetStatus(
        replicas=2, updated_replicas=2, ready_replicas=1, current_revision="old", update_revision="new"
    )
    assert completed(owner, almost).current_revision == "old"
    assert completed(owner, replace(almost, ready_replicas=2)).current_revision == "new"


def test_a_revision_keeps_a_template_in_the_order_of_its_names() -> None:
    """Clients compare it byte for byte (pkg/controller/daemon/update.go Match)."""
    kept = data_of(template("web"))["spec"]["template"]
    assert list(kept) == ["$patch", "metadata", "spec"]
    assert list(kept["spec"]) == sorted(kept["spec"])
    assert list(kept["spec"]["containers"][0]) == sorted(kept["spec"]["containers"][0])
