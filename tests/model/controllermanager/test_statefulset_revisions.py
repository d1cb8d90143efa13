"""StatefulSets keep their revisions; and what today's controller does otherwise than those of old."""

from typing import Any

import pytest

from clustersim.api.apps import (
    RollingUpdateStatefulSetStrategy,
    StatefulSet,
    StatefulSetOrdinals,
    StatefulSetSpec,
    StatefulSetStatus,
    StatefulSetUpdateStrategy,
)
from clustersim.api.core_v1 import (
    Container,
    EmptyDirVolumeSource,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    Pod,
    PodCondition,
    PodSpec,
    PodStatus,
    PodTemplateSpec,
    Volume,
    VolumeResourceRequirements,
)
from clustersim.api.meta import LabelSelector, ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.controllermanager.history import REVISION_LABEL, data_of
from clustersim.controllermanager.pods import is_ready
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.controllermanager.statefulset.made import POD_NAME_LABEL
from clustersim.controllermanager.statefulset.plan import Look, plan_steps
from clustersim.controllermanager.statefulset.status import after_deletion, completed
from clustersim.controllermanager.statefulset.ways import V1_7, V1_8, V1_36, Ways
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import play_nodes, settle, stateful_set, template

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
    ("ways", "verbs"), [(V1_7, ["delete", "create"]), (V1_36, ["delete"])], ids=["v1.7", "v1.36"]
)
def test_what_failed_is_created_again_in_the_same_walk_only_in_old_releases(
    ways: Ways, verbs: list[str]
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
        ways,
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
        labels = {REVISION_LABEL: told[:3], POD_NAME_LABEL: name.replace("_", "-")}
        found[int(name[3:])] = Pod(
            metadata=ObjectMeta(name=name.replace("_", "-"), labels=labels),
            status=PodStatus(phase="Running", conditions=(ready,)),
        )
    return Look(owner, found, "old", "new", 0, V1_36)


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
    kept = data_of(template("web"), null_times=False)["spec"]["template"]
    assert list(kept) == ["$patch", "metadata", "spec"]
    assert list(kept["spec"]) == sorted(kept["spec"])
    assert list(kept["spec"]["containers"][0]) == sorted(kept["spec"]["containers"][0])


@pytest.mark.parametrize(
    ("release", "name", "label"),
    [
        (ControllerManagerV17, "test-", None),
        (ControllerManagerV18, "test-c77f6d978", None),
        (ControllerManagerV136, "test-776999688b", "776999688b"),
    ],
    ids=["v1.7", "v1.8", "v1.36"],
)
def test_a_revision_is_called_after_what_it_keeps(
    release: type[ControllerManager], name: str, label: str | None
) -> None:
    """The names are those of v1.36 pkg/controller/statefulset/testdata/compatibility_*.json."""
    world = ManagedWorld("n1", "n2", "n3", release=release)
    made = PodTemplateSpec(
        metadata=ObjectMeta(annotations={"test": "value"}, labels={"app": "foo"}),
        spec=PodSpec(containers=(Container(name="test", image="test"),)),
    )
    world.create(replace(stateful_set("test", 1), spec=foo_set(made)), "statefulsets")
    settle(world, 10)
    (revision,) = world.all("controllerrevisions")
    assert revision.metadata.name.startswith(name)
    labels = dict(revision.metadata.labels)
    told = labels.pop("controller.kubernetes.io/hash")
    assert labels == {"app": "foo"}
    assert told == label if label else told.isdigit()
    (pod,) = world.all("pods")
    assert pod.metadata.labels[REVISION_LABEL] == revision.metadata.name


def foo_set(made: PodTemplateSpec) -> StatefulSetSpec:
    return StatefulSetSpec(replicas=1, selector=LabelSelector(match_labels={"app": "foo"}), template=made)


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV18, ControllerManagerV136])
def test_a_set_made_anew_adopts_the_revisions_and_pods_that_the_last_one_left(
    release: type[ControllerManager],
) -> None:
    world = settled(release, 2)
    change(world, template=template("db", "new"))
    settle(world, 60)
    before = {one.metadata.uid for one in (*world.all("controllerrevisions"), *world.all("pods"))}
    world.handle(Request("delete", "statefulsets", "default", "db", propagation="Orphan"))
    settle(world, 10)
    assert not any(one.metadata.owner_references for one in world.all("controllerrevisions"))
    world.create(
        stateful_set("db", 2, update_strategy=StatefulSetUpdateStrategy(type="RollingUpdate")), "statefulsets"
    )
    change(world, template=template("db", "new"))
    settle(world, 60)
    uid = world.get("statefulsets", "default/db").metadata.uid
    assert {one.metadata.owner_references[0].uid for one in world.all("controllerrevisions")} == {uid}
    assert {one.metadata.uid for one in (*world.all("controllerrevisions"), *world.all("pods"))} <= before


def test_in_v1_7_an_annotation_of_a_pod_says_that_it_is_not_ready_yet() -> None:
    owner = stateful_set("db", 2)
    pod = Pod(
        metadata=ObjectMeta(name="db-0", annotations={"pod.alpha.kubernetes.io/initialized": "false"}),
        status=PodStatus(phase="Running", conditions=(PodCondition(type="Ready", status="True"),)),
    )
    for ways, verbs in ((V1_7, []), (V1_8, ["create"])):
        look = Look(owner, {0: pod}, "old", "old", 0, ways)
        assert [step.verb for step in plan_steps(look).steps] == verbs


def test_a_pod_that_was_deleted_is_not_counted_any_more_in_old_releases() -> None:
    before = StatefulSetStatus(
        replicas=3, current_replicas=2, updated_replicas=1, current_revision="old", update_revision="new"
    )
    failed = after_deletion(before, "new", again=True)
    assert (failed.replicas, failed.current_replicas, failed.updated_replicas) == (2, 2, 0)
    surplus = after_deletion(before, "old", again=False)
    assert (surplus.replicas, surplus.current_replicas, surplus.updated_replicas) == (3, 1, 1)


@pytest.mark.parametrize(("release", "kept"), [(ControllerManagerV18, False), (ControllerManagerV136, True)])
def test_claims_keep_the_labels_of_their_template_only_today(
    release: type[ControllerManager], kept: bool
) -> None:
    claim = PersistentVolumeClaim(
        metadata=ObjectMeta(name="data", labels={"tier": "disk"}),
        spec=PersistentVolumeClaimSpec(
            access_modes=("ReadWriteOnce",), resources=VolumeResourceRequirements(requests={"storage": "1Gi"})
        ),
    )
    world = settled(release, 1, volume_claim_templates=(claim,))
    labels = world.get("persistentvolumeclaims", "default/data-db-0").metadata.labels
    assert labels == {"app": "db", **({"tier": "disk"} if kept else {})}


@pytest.mark.parametrize("release", RELEASES)
def test_a_parallel_set_updates_one_pod_after_another(release: type[ControllerManager]) -> None:
    """Parallel does not hold for updates: a pod that has just been made is waited for."""
    world = settled(release, 4, pod_management_policy="Parallel")
    change(world, template=template("db", "new"))
    missing = []
    for _ in range(60):
        world.run(SECOND // 20)
        pods = [pod for pod in world.all("pods") if not pod.metadata.deletion_timestamp]
        missing.append(4 - sum(is_ready(pod) for pod in pods))
        play_nodes(world)
    assert set(images(world).values()) == {"new"}
    assert max(missing) == 1


def test_what_was_made_anew_in_the_same_walk_is_not_deleted_for_the_update() -> None:
    owner = stateful_set("db", 1, pod_management_policy="Parallel", update_strategy=ROLLING)
    pod = Pod(
        metadata=ObjectMeta(name="db-0", labels={REVISION_LABEL: "old"}), status=PodStatus(phase="Failed")
    )
    look = Look(owner, {0: pod}, "old", "new", 0, V1_7)
    assert [step.verb for step in plan_steps(look).steps] == ["delete", "create"]


@pytest.mark.parametrize(("release", "told"), [(ControllerManagerV18, 0), (ControllerManagerV136, 1)])
def test_today_the_label_that_tells_a_pods_name_is_put_right(
    release: type[ControllerManager], told: int
) -> None:
    world = settled(release, 2)
    label = {"metadata": {"labels": {"statefulset.kubernetes.io/pod-name": "somebody"}}}
    world.handle(Request("patch", "pods", "default", "db-0", label))
    settle(world, 10)
    found = world.get("pods", "default/db-0").metadata.labels["statefulset.kubernetes.io/pod-name"]
    assert found == ("db-0" if told else "somebody")
    assert len(world.events("SuccessfulUpdate")) == told
