"""The ReplicaSets of a Deployment: what they are called, which revision they are of, which are kept."""

import pytest

from clustersim.api.apps import Deployment, DeploymentStrategy, RollbackConfig
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.controllermanager.deployment import sets, templatehash
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.controllermanager.traits import V1_36
from clustersim.manifests import build_object
from clustersim.scenario_schema import ContainerSpec, ObjectSpec
from tests.model.controllermanager.deployments import change_spec, create, set_image, sizes, world_with
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import deployment, replica_set, settle


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
    found = sets.made_for(made, 1, V1_36)
    assert found.metadata.name == name
    assert found.metadata.labels["pod-template-hash"] == name.removeprefix("tomcat-")


def test_old_replica_sets_beyond_the_limit_are_deleted_when_the_rollout_is_over() -> None:
    world = world_with(deployment("web", 1, revision_history_limit=1))
    for image in ("j", "k", "l"):
        set_image(world, image)
        settle(world, 40)
    assert sizes(world) == [0, 1]


def test_today_the_lowest_revisions_go_first_and_not_the_oldest_sets() -> None:
    world = ManagedWorld("n1", "n2", "n3", release=ControllerManagerV136)
    create(world, deployment("web", 1, revision_history_limit=1), "apps/v1")
    settle(world, 30)
    for image in ("j", "i", "k"):
        set_image(world, image)
        settle(world, 40)
    images = {found.spec.template.spec.containers[0].image for found in world.all("replicasets")}
    assert images == {"i", "k"}, "j is of revision 2, i of revision 3 although it is older"


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


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV18, ControllerManagerV136])
@pytest.mark.parametrize("strategy", ["RollingUpdate", "Recreate"])
def test_the_revision_follows_also_while_the_deployment_is_paused(
    release: type[ControllerManager], strategy: str
) -> None:
    """getAllReplicaSetsAndSyncRevision comes before everything else."""
    world = world_with(deployment("web", 1, strategy=DeploymentStrategy(type=strategy)), release=release)
    set_image(world, "j")
    settle(world, 40)
    change_spec(world, paused=True)
    settle(world, 5)
    set_image(world, "i")
    found = world.get("deployments", "default/web")
    annotations = {**found.metadata.annotations, "kubernetes.io/change-cause": "back"}
    told = replace(found, metadata=replace(found.metadata, annotations=annotations))
    world.handle(Request("update", "deployments", "default", "web", told))
    settle(world, 5)
    by_image = {one.spec.template.spec.containers[0].image: one for one in world.all("replicasets")}
    assert sets.revision_of(by_image["i"]) == 3
    assert by_image["i"].metadata.annotations["kubernetes.io/change-cause"] == "back"
    assert sets.revision_of(world.get("deployments", "default/web")) == 3
    assert {image: one.spec.replicas for image, one in by_image.items()} == {"i": 0, "j": 1}


def test_a_paused_deployment_does_not_go_back() -> None:
    world = world_with(deployment("web", 1), release=ControllerManagerV18)
    set_image(world, "j")
    settle(world, 40)
    change_spec(world, paused=True, rollback_to=RollbackConfig(revision=1))
    settle(world, 5)
    assert world.get("deployments", "default/web").spec.template.spec.containers[0].image == "j"
    change_spec(world, paused=False)
    settle(world, 40)
    assert world.get("deployments", "default/web").spec.template.spec.containers[0].image == "i"


def test_an_annotation_asks_for_what_was_the_field_rollback_to() -> None:
    world = world_with(deployment("web", 1), release=ControllerManagerV136)
    set_image(world, "j")
    settle(world, 40)
    found = world.get("deployments", "default/web")
    asked = {**found.metadata.annotations, sets.ROLLBACK_TO: "0"}
    changed = replace(found, metadata=replace(found.metadata, annotations=asked))
    world.handle(Request("update", "deployments", "default", "web", changed))
    settle(world, 40)
    found = world.get("deployments", "default/web")
    assert found.spec.template.spec.containers[0].image == "i"
    assert sets.ROLLBACK_TO not in found.metadata.annotations
    assert world.events("DeploymentRollback")[0].message == 'Rolled back deployment "web" to revision 1'
