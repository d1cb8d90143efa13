"""Deployments roll one ReplicaSet out over another."""

from typing import Any

import pytest

from clustersim.api.apps import (
    Deployment,
    DeploymentCondition,
    DeploymentStrategy,
    ReplicaSet,
    RollbackConfig,
    RollingUpdateDeployment,
)
from clustersim.api.errors import forbidden
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.api.timestamp import rfc3339
from clustersim.apiserver.admission import PLUGINS, PLUGINS_OF_TODAY, PLUGINS_OF_V1_8
from clustersim.controllermanager.deployment import rolling, sets, templatehash
from clustersim.controllermanager.deployment.status import progress_due
from clustersim.controllermanager.podcontrol import CREATED_BY
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.engine.time import SECOND
from clustersim.etcd import Etcd
from clustersim.flags import ApiServerFlags
from clustersim.manifests import build_object
from clustersim.scenario_schema import ContainerSpec, ObjectSpec
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import deployment, replica_set, settle, template


def create(world: ManagedWorld, made: Deployment, api_version: str = "") -> None:
    world.handle(Request("create", "deployments", "default", "web", made, api_version=api_version))


def set_image(world: ManagedWorld, image: str) -> None:
    found = world.get("deployments", "default/web")
    changed = replace(found, spec=replace(found.spec, template=template("web", image)))
    world.handle(Request("update", "deployments", "default", "web", changed))


def scale(world: ManagedWorld, replicas: int) -> None:
    body = {"spec": {"replicas": replicas}}
    world.handle(Request("patch", "deployments", "default", "web", body=body))


def sizes(world: ManagedWorld) -> list[int]:
    return [found.spec.replicas for found in world.all("replicasets")]


def scalings(world: ManagedWorld) -> list[tuple[str, int]]:
    """Every change of a ReplicaSet's size, in order."""
    found = []
    for event in world.engine.record:
        if event.kind == "write" and event.object.startswith("replicasets/") and event.after is not None:
            before = event.before.spec.replicas if event.before is not None else 0
            if event.after.spec.replicas != before:
                found.append((event.after.metadata.name, event.after.spec.replicas))
    return found


def world_with(made: Deployment, api_version: str = "", **options: Any) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3", **options)
    create(world, made, api_version)
    settle(world)
    return world


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


def test_names_carry_a_number_in_v1_7_and_safe_letters_of_it_in_v1_8() -> None:
    (old,) = world_with(deployment("web", 1), release=ControllerManagerV17).all("replicasets")
    (new,) = world_with(deployment("web", 1), release=ControllerManagerV18).all("replicasets")
    assert old.metadata.name == f"web-{old.metadata.labels['pod-template-hash']}"
    number = new.metadata.labels["pod-template-hash"]
    assert number.isdigit()
    assert new.metadata.name == f"web-{templatehash.safe_encoded(number)}"


@pytest.mark.parametrize(
    ("name", "image", "v1_7", "v1_8"),
    [
        ("web", "nginx:1.12", "602561149", "79ccd74946"),
        ("web", "nginx:1.13", "72397344", "fcccc5c6c"),
        ("api", "nginx:1.12", "306276573", "b8b5596b"),
        ("api", "nginx:1.13", "1017666048", "8578dfd7f"),
    ],
)
def test_the_hash_in_a_name_is_the_recorded_one(name: str, image: str, v1_7: str, v1_8: str) -> None:
    containers = (ContainerSpec(name=name, image=image, port=8080),)
    spec = ObjectSpec(kind="Deployment", name=name, labels={"app": name}, containers=containers)
    made = build_object(spec)
    assert isinstance(made, Deployment)
    found = made.spec.template
    assert templatehash.V1_7.in_name(found) == v1_7
    assert templatehash.V1_8.in_name(found) == v1_8


@pytest.mark.parametrize(
    ("image", "name"), [("tomcat:8", "tomcat-7864df4f8f"), ("tomcat:9", "tomcat-6c988b9bbd")]
)
def test_v1_36_calls_a_replica_set_as_recorded_and_labels_its_pods_alike(image: str, name: str) -> None:
    containers = (ContainerSpec(name="tomcat", image=image, port=8080),)
    spec = ObjectSpec(kind="Deployment", name="tomcat", labels={"app": "tomcat"}, containers=containers)
    made = build_object(spec)
    assert isinstance(made, Deployment)
    found = sets.made_for(made, 1, templatehash.V1_36, "v1.36")
    assert found.metadata.name == name
    assert found.metadata.labels["pod-template-hash"] == name.removeprefix("tomcat-")


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


def test_undo_rolls_the_earlier_template_out_as_a_new_revision() -> None:
    world = world_with(deployment("web", 2))
    set_image(world, "j")
    settle(world, 60)
    found = world.get("deployments", "default/web")
    back = replace(found, spec=replace(found.spec, rollback_to=RollbackConfig()))
    world.handle(Request("update", "deployments", "default", "web", back))
    settle(world, 60)
    assert sizes(world) == [2, 0]
    found = world.get("deployments", "default/web")
    assert found.spec.rollback_to is None
    assert found.spec.template.spec.containers[0].image == "i"
    assert found.metadata.annotations[sets.REVISION] == "3"
    (event,) = world.events("DeploymentRollback")
    assert event.message == 'Rolled back deployment "web" to revision 1'


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


def test_old_replica_sets_beyond_the_limit_are_deleted_when_the_rollout_is_over() -> None:
    world = world_with(deployment("web", 1, revision_history_limit=1))
    for image in ("j", "k", "l"):
        set_image(world, image)
        settle(world, 40)
    assert sizes(world) == [0, 1]


def test_a_rollout_that_makes_no_progress_is_reported_after_its_deadline() -> None:
    world = ManagedWorld("n1")
    create(world, deployment("web", 1, progress_deadline_seconds=60))
    world.run(90 * SECOND)
    conditions = world.get("deployments", "default/web").status.conditions
    progressing = next(found for found in conditions if found.type == "Progressing")
    assert (progressing.status, progressing.reason) == ("False", "ProgressDeadlineExceeded")


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


def test_a_rollout_may_always_take_one_step() -> None:
    assert sets.fenceposts(rolled(3, "1%", "1%")) == (1, 0)
    assert sets.fenceposts(rolled(3, 0, "1%")) == (0, 1)


def test_a_rollout_that_has_timed_out_is_over() -> None:
    def due(reason: str) -> int | None:
        condition = DeploymentCondition(
            type="Progressing", status="False", reason=reason, last_update_time=rfc3339(0)
        )
        found = deployment("web", 1, progress_deadline_seconds=60)
        return progress_due(replace(found, status=replace(found.status, conditions=(condition,))))

    assert due("ReplicaSetUpdated") == 60 * SECOND
    assert due("ProgressDeadlineExceeded") is None


def test_a_rollout_back_to_what_is_there_progresses_too() -> None:
    world = world_with(deployment("web", 2, progress_deadline_seconds=600))
    set_image(world, "j")
    settle(world, 60)
    set_image(world, "i")
    world.run(SECOND)
    assert conditions(world)["Progressing"] == ("True", "ReplicaSetUpdated")


def conditions(world: ManagedWorld) -> dict[str, tuple[str, str]]:
    status = world.get("deployments", "default/web").status
    return {found.type: (found.status, found.reason) for found in status.conditions}


def change_spec(world: ManagedWorld, **spec: Any) -> None:
    found = world.get("deployments", "default/web")
    changed = replace(found, spec=replace(found.spec, **spec))
    world.handle(Request("update", "deployments", "default", "web", changed))


def test_a_paused_deployment_with_a_deadline_says_so_and_does_not_roll() -> None:
    world = world_with(deployment("web", 2, progress_deadline_seconds=600))
    change_spec(world, paused=True)
    world.run(SECOND)
    assert conditions(world)["Progressing"] == ("Unknown", "DeploymentPaused")
    set_image(world, "j")
    settle(world, 20)
    assert len(world.all("replicasets")) == 1
    change_spec(world, paused=False)
    settle(world, 40)
    assert conditions(world)["Progressing"] == ("True", "NewReplicaSetAvailable")
    assert len(world.all("replicasets")) == 2


def test_a_rollout_that_is_paused_stays_paused_whatever_its_pods_do() -> None:
    world = ManagedWorld("n1", "n2", "n3", release=ControllerManagerV136)
    create(world, deployment("web", 3, progress_deadline_seconds=600), "apps/v1")
    settle(world, 40)
    set_image(world, "j")
    world.run(SECOND // 2)
    change_spec(world, paused=True)
    world.run(SECOND)
    before = len(transitions(world))
    settle(world, 40)
    assert conditions(world)["Progressing"] == ("Unknown", "DeploymentPaused")
    assert transitions(world)[before:] == [], "nothing else was said in between"


def transitions(world: ManagedWorld) -> list[str]:
    """What was said of the rollout, in order, each time it was another reason than before."""
    found: list[str] = []
    for event in world.engine.record:
        if event.kind == "write" and event.object == "deployments/default/web" and event.after is not None:
            reasons = [one.reason for one in event.after.status.conditions if one.type == "Progressing"]
            if reasons and reasons != found[-1:]:
                found += reasons
    return found


def test_the_largest_deadline_is_none() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    create(world, deployment("web", 1, progress_deadline_seconds=2**31 - 1), "apps/v1")
    settle(world, 20)
    assert "Progressing" not in conditions(world)


def test_today_the_lowest_revisions_go_first_and_not_the_oldest_sets() -> None:
    world = ManagedWorld("n1", "n2", "n3", release=ControllerManagerV136)
    create(world, deployment("web", 1, revision_history_limit=1), "apps/v1")
    settle(world, 30)
    for image in ("j", "i", "k"):
        set_image(world, image)
        settle(world, 40)
    images = {found.spec.template.spec.containers[0].image for found in world.all("replicasets")}
    assert images == {"i", "k"}, "j is of revision 2, i of revision 3 although it is older"


def test_pods_that_cannot_be_created_are_a_condition_of_the_replica_set_and_of_its_deployment() -> None:
    world = ManagedWorld("n1", admission=("NamespaceLifecycle",))
    create(world, deployment("web", 0), "apps/v1beta1")
    settle(world, 5)
    namespace = world.get("namespaces", "default")
    ending = replace(namespace, status=replace(namespace.status, phase="Terminating"))
    world.handle(Request("update-status", "namespaces", "", "default", ending))
    change_spec(world, replicas=2)
    world.run(SECOND)
    (found,) = world.all("replicasets")
    (failure,) = found.status.conditions
    assert (failure.type, failure.reason) == ("ReplicaFailure", "FailedCreate")
    assert "is being terminated" in failure.message
    assert conditions(world)["ReplicaFailure"] == ("True", "FailedCreate")


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


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV136])
def test_a_new_replica_set_has_the_highest_old_revision_and_one_more(
    release: type[ControllerManager],
) -> None:
    world = world_with(deployment("web", 1), release=release)
    revision = "deployment.kubernetes.io/revision"

    def revisions() -> list[str]:
        return sorted(found.metadata.annotations[revision] for found in world.all("replicasets"))

    assert revisions() == ["1"]
    set_image(world, "j")
    settle(world, 20)
    assert revisions() == ["1", "2"]
    set_image(world, "i")
    settle(world, 20)
    assert revisions() == ["2", "3"], "the first one is used again, as the third"
    histories = [found.metadata.annotations.get(sets.REVISION_HISTORY) for found in world.all("replicasets")]
    assert sorted(histories, key=str) == ["1", None]
    assert world.get("deployments", "default/web").metadata.annotations[revision] == "3"


def test_a_replica_set_of_nobody_is_adopted_with_its_revision() -> None:
    """test/e2e/apps/deployment.go testRollingUpdateDeployment."""
    world = ManagedWorld("n1", "n2", "n3")
    orphan = replica_set("web", 1)
    labels, annotations = {"app": "web"}, {"deployment.kubernetes.io/revision": "3546343826724305832"}
    metadata = replace(orphan.metadata, labels=labels, annotations=annotations)
    world.create(replace(orphan, metadata=metadata), "replicasets")
    settle(world)
    world.create(deployment("web", 1), "deployments")
    settle(world)
    found = world.get("deployments", "default/web")
    adopted = world.get("replicasets", "default/web")
    assert [owner.uid for owner in adopted.metadata.owner_references] == [found.metadata.uid]
    told = found.metadata.annotations["deployment.kubernetes.io/revision"]
    assert told == "3546343826724305832"  # Its template is that of the Deployment.


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV18, ControllerManagerV136])
def test_a_replica_set_that_cannot_be_made_is_told_of_in_a_condition_and_an_event(
    release: type[ControllerManager], monkeypatch: pytest.MonkeyPatch
) -> None:
    """v1.7.5, v1.8.0, v1.36 pkg/controller/deployment/sync.go getNewReplicaSet."""

    def none(etcd: Etcd, flags: ApiServerFlags, resource: str, obj: Any) -> Any:
        if resource == "replicasets":
            raise forbidden("replicasets", "web", "exceeded quota")
        return obj

    for plugins in (PLUGINS, PLUGINS_OF_V1_8, PLUGINS_OF_TODAY):
        monkeypatch.setitem(plugins, "ResourceQuota", none)
    world = ManagedWorld("n1", release=release, admission=("ResourceQuota",))
    create(world, deployment("web", 2, progress_deadline_seconds=600), "apps/v1beta1")
    world.run(SECOND)
    [told] = {one.message for one in world.all("events") if one.reason == "ReplicaSetCreateError"}
    assert told.startswith('Failed to create new replica set "web-')
    assert told.endswith("exceeded quota")
    found = world.get("deployments", "default/web")
    condition = next(one for one in found.status.conditions if one.type == "Progressing")
    assert (condition.status, condition.reason, condition.message) == ("False", "ReplicaSetCreateError", told)


def test_who_waits_for_progress_for_the_first_time_has_found_a_replica_set() -> None:
    """v1.7.5, v1.36 pkg/controller/deployment/sync.go getNewReplicaSet; v1.7 of extensions/v1beta1 has no
    deadline."""
    world = ManagedWorld("n1")
    create(world, deployment("web", 1), "extensions/v1beta1")
    world.run(5 * SECOND)
    body = {"spec": {"progressDeadlineSeconds": 600}}
    world.handle(Request("patch", "deployments", "default", "web", body=body))
    world.run(5 * SECOND)
    reasons = [
        one.reason
        for event in world.engine.record
        if event.kind == "write" and event.object == "deployments/default/web" and event.after is not None
        for one in event.after.status.conditions
        if one.type == "Progressing"
    ]
    assert reasons[0] == "FoundNewReplicaSet"
