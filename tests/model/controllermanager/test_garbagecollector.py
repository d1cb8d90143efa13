"""What nobody owns any more is collected."""

from clustersim.api.core_v1 import Pod
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import deployment, replica_set, settle


def test_a_deleted_deployment_takes_its_replica_sets_and_pods_with_it() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(deployment("web", 3), "deployments")
    settle(world)
    world.delete("deployments", "default/web")
    world.run(5 * SECOND)
    assert world.all("replicasets") == []
    assert all(pod.metadata.deletion_timestamp for pod in world.all("pods"))
    settle(world)
    assert world.all("pods") == []
    owners = [event.rule.values["owner"] for event in world.decisions("collect")]
    assert owners[0] == "Deployment web"
    assert all(owner.startswith("ReplicaSet web-") for owner in owners[1:])


def test_a_pod_of_another_owner_stays() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    for name in ("web", "api"):
        world.create(replica_set(name, 2), "replicasets")
    settle(world)
    world.delete("replicasets", "default/web")
    settle(world)
    left: list[Pod] = world.all("pods")
    assert [pod.metadata.labels["app"] for pod in left] == ["api", "api"]


def test_what_lost_its_owner_while_nobody_looked_is_collected_after_a_restart() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(replica_set("web", 2), "replicasets")
    settle(world)
    world.manager.kill()
    world.delete("replicasets", "default/web")
    world.run(SECOND)
    world.manager.start()
    world.run(30 * SECOND)
    assert all(pod.metadata.deletion_timestamp for pod in world.all("pods"))


def test_pods_without_an_owner_are_left_alone() -> None:
    world = ManagedWorld("n1")
    world.pod("lone", "n1")
    world.run(60 * SECOND)
    assert len(world.all("pods")) == 1
