"""ReplicationControllers keep their pods at their number."""

from typing import Any

import pytest

from clustersim.api.core_v1 import Pod
from clustersim.api.errors import forbidden
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.apiserver.admission import PLUGINS, PLUGINS_OF_V1_8
from clustersim.controllermanager.pods import is_active
from clustersim.controllermanager.process import ControllerManagerV17, ControllerManagerV18
from clustersim.controllermanager.ranking import deletion_rank
from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.etcd import Etcd
from clustersim.flags import ApiServerFlags
from tests.model.controllermanager.managed_world import ManagedWorld


def active(world: ManagedWorld) -> list[Pod]:
    return [pod for pod in world.all("pods") if is_active(pod)]


def created_at(world: ManagedWorld) -> list[int]:
    writes = [e for e in world.engine.record if e.verb == "create" and e.object.startswith("pods/")]
    return [e.t for e in writes]


def running_world(**options: object) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3", **options)
    world.controller("web", 3)
    world.run(SECOND)
    for index, pod in enumerate(world.all("pods")):
        world.bind(pod.metadata.name, f"n{index + 1}")
        world.run(2 * SECOND)
    return world


def test_a_new_controller_gets_its_pods() -> None:
    world = ManagedWorld("n1")
    world.controller("web", 3)
    world.run(SECOND)
    pods = world.all("pods")
    assert len(pods) == 3
    for pod in pods:
        assert pod.metadata.name.startswith("web-")
        assert pod.metadata.labels == {"app": "web"}
        owner = pod.metadata.owner_references[0]
        assert (owner.kind, owner.name, owner.controller) == ("ReplicationController", "web", True)
        assert '"kind":"ReplicationController"' in pod.metadata.annotations["kubernetes.io/created-by"]
    messages = sorted(event.message for event in world.events("SuccessfulCreate"))
    assert messages == sorted(f"Created pod: {pod.metadata.name}" for pod in pods)


def test_v1_7_creates_all_pods_at_once() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV17)
    world.controller("web", 8)
    world.run(SECOND)
    times = created_at(world)
    assert len(times) == 8
    assert len(set(times)) == 1


def test_v1_8_creates_pods_in_batches_that_double() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV18)
    world.controller("web", 8)
    world.run(SECOND)
    times = created_at(world)
    assert [times.count(t) for t in sorted(dict.fromkeys(times))] == [1, 2, 4, 1]


@pytest.mark.parametrize(("release", "calls"), [(ControllerManagerV17, 8), (ControllerManagerV18, 3)])
def test_when_a_quota_has_room_for_one_more_v1_8_stops_after_the_second_batch(
    release: type, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def quota(etcd: Etcd, flags: ApiServerFlags, resource: str, obj: Any) -> Any:
        if resource == "pods":
            asked.append(obj)
            if len(asked) > 1:
                raise forbidden("pods", obj.metadata.name, "exceeded quota: pods")
        return obj

    for plugins in (PLUGINS, PLUGINS_OF_V1_8):
        monkeypatch.setitem(plugins, "ResourceQuota", quota)
    world = ManagedWorld("n1", release=release, admission=("ResourceQuota",))
    world.controller("web", 8)
    world.wait(lambda: world.decisions("create-pods"))
    world.wait(lambda: world.manager.parts["queue/replication-controller"].state.failures)
    assert len(asked) == calls
    assert len(world.all("pods")) == 1
    world.run(SECOND)
    assert world.events("FailedCreate")[0].message.startswith("Error creating: pods")


def test_a_pod_that_is_being_deleted_is_replaced_before_it_is_gone() -> None:
    world = running_world()
    doomed = world.all("pods")[0].metadata.name
    world.delete("pods", f"default/{doomed}")
    world.run(100 * MILLISECOND)
    assert len(world.all("pods")) == 4
    assert len(active(world)) == 3


def test_a_pod_that_is_merely_not_ready_is_not_replaced() -> None:
    world = running_world()
    world.set_ready(world.all("pods")[0].metadata.name, False)
    world.run(60 * SECOND)
    assert len(world.all("pods")) == 3
    status = world.get("replicationcontrollers", "default/web").status
    assert (status.replicas, status.ready_replicas, status.available_replicas) == (3, 2, 2)


def test_a_pod_that_has_ended_is_replaced() -> None:
    world = running_world()
    world.set_ready(world.all("pods")[0].metadata.name, False, "Failed")
    world.run(SECOND)
    assert len(active(world)) == 3
    assert len(world.all("pods")) == 4


def test_scaling_down_deletes_the_pod_that_is_not_ready() -> None:
    world = running_world()
    victim = world.all("pods")[1].metadata.name
    world.set_ready(victim, False)
    world.scale("web", 2)
    world.run(SECOND)
    assert victim not in [pod.metadata.name for pod in active(world)]
    assert [event.message for event in world.events("SuccessfulDelete")] == [f"Deleted pod: {victim}"]


def test_of_equal_pods_the_one_that_was_ready_for_the_shortest_time_goes_first() -> None:
    world = running_world()
    youngest = world.all("pods")[2].metadata.name
    world.scale("web", 2)
    world.run(SECOND)
    assert youngest not in [pod.metadata.name for pod in active(world)]


def test_unassigned_pods_go_before_assigned_and_pending_before_running() -> None:
    world = ManagedWorld("n1")
    unassigned = world.pod("a")
    running, not_ready = world.pod("b", "n1"), world.pod("c", "n1", ready=False)
    pending = replace(not_ready, status=replace(not_ready.status, phase="Pending"))
    ranked = sorted((running, not_ready, pending, unassigned), key=deletion_rank)
    assert ranked == [unassigned, pending, not_ready, running]


def test_status_follows_the_pods_and_the_generation() -> None:
    world = running_world()
    status = world.get("replicationcontrollers", "default/web").status
    assert (status.replicas, status.ready_replicas, status.fully_labeled_replicas) == (3, 3, 3)
    assert status.observed_generation == 1
    world.scale("web", 5)
    world.run(SECOND)
    status = world.get("replicationcontrollers", "default/web").status
    assert (status.replicas, status.ready_replicas, status.observed_generation) == (5, 3, 2)


def test_an_orphan_that_is_selected_is_adopted_and_counts() -> None:
    world = ManagedWorld("n1")
    world.pod("stray", "n1", labels={"app": "web"})
    world.controller("web", 2)
    world.run(SECOND)
    assert len(world.all("pods")) == 2
    assert world.get("pods", "default/stray").metadata.owner_references[0].name == "web"


def test_a_pod_whose_label_is_changed_is_released_and_replaced() -> None:
    world = running_world()
    pod = world.all("pods")[0]
    changed = replace(pod, metadata=replace(pod.metadata, labels={"app": "other"}))
    world.handle(Request("update", "pods", "default", pod.metadata.name, changed))
    world.run(SECOND)
    assert len(world.all("pods")) == 4
    assert world.get("pods", f"default/{pod.metadata.name}").metadata.owner_references == ()


def test_no_more_pods_are_created_while_the_first_ones_are_not_yet_seen() -> None:
    world = ManagedWorld("n1")
    world.controller("web", 3)
    for _ in range(20):
        world.run(MILLISECOND)
        world.scale("web", 3)
        found = world.get("replicationcontrollers", "default/web")
        changed = replace(found, metadata=replace(found.metadata, labels={"n": str(world.now)}))
        world.handle(Request("update", "replicationcontrollers", "default", "web", changed))
    world.run(SECOND)
    assert len(world.all("pods")) == 3


def test_at_most_the_burst_is_created_in_one_round() -> None:
    world = ManagedWorld("n1", replica_burst=5, kube_api_qps=1000.0, kube_api_burst=1000)
    world.controller("web", 12)
    world.run(5 * SECOND)
    rounds = [event.rule.values["difference"] for event in world.decisions("create-pods")]
    assert rounds == [5, 5, 2]


def test_what_was_created_is_caused_by_the_deletion_it_makes_up_for() -> None:
    world = running_world()
    doomed = world.all("pods")[0].metadata.name
    world.delete("pods", f"default/{doomed}")
    world.run(100 * MILLISECOND)
    decision = world.decisions("create-pods")[-1]
    cause = world.engine.record.get(decision.causes[0])
    assert (cause.verb, cause.object) == ("delete", f"pods/default/{doomed}")
    assert decision.rule.values["active"] == 2
