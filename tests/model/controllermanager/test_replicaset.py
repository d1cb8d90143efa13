"""ReplicaSets keep their pods at their number, by the same rules as ReplicationControllers."""

from typing import Any

import pytest

from clustersim.api.errors import forbidden
from clustersim.api.meta import LabelSelector, replace
from clustersim.api.request import Request
from clustersim.apiserver.admission import PLUGINS, PLUGINS_OF_V1_8
from clustersim.controllermanager.pods import is_active
from clustersim.controllermanager.process import ControllerManagerV17, ControllerManagerV18
from clustersim.engine.time import SECOND
from clustersim.etcd import Etcd
from clustersim.flags import ApiServerFlags
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import replica_set, settle


def test_a_replica_set_of_three_has_four_objects_while_one_is_being_deleted() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(replica_set("web", 3), "replicasets")
    settle(world)
    lost = world.all("pods")[0].metadata.name
    world.delete("pods", f"default/{lost}")
    world.run(SECOND)
    assert world.get("pods", f"default/{lost}").metadata.deletion_timestamp
    assert len(world.all("pods")) == 4
    assert len([pod for pod in world.all("pods") if is_active(pod)]) == 3


def test_a_pod_that_is_only_not_ready_is_not_replaced() -> None:
    world = ManagedWorld("n1", "n2", "n3")
    world.create(replica_set("web", 3), "replicasets")
    settle(world)
    world.set_ready(world.all("pods")[0].metadata.name, False)
    world.run(60 * SECOND)
    assert len(world.all("pods")) == 3
    assert world.get("replicasets", "default/web").status.ready_replicas == 2


def test_its_pods_name_it_as_their_controller() -> None:
    world = ManagedWorld("n1")
    world.create(replica_set("web", 1), "replicasets")
    world.run(SECOND)
    (pod,) = world.all("pods")
    owner = pod.metadata.owner_references[0]
    assert (owner.api_version, owner.kind, owner.name) == ("extensions/v1beta1", "ReplicaSet", "web")
    (event,) = world.events("SuccessfulCreate")
    assert event.source.component == "replicaset-controller"


@pytest.mark.parametrize(
    ("release", "calls"), [(ControllerManagerV17, 8), (ControllerManagerV18, 3)], ids=["v1.7", "v1.8"]
)
def test_with_room_for_one_pod_v1_7_asks_for_all_and_v1_8_stops_after_three(
    release: type, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def one_pod_only(etcd: Etcd, flags: ApiServerFlags, resource: str, obj: Any) -> Any:
        if resource == "pods":
            tried.append(etcd.now)
            if len(tried) > 1:
                raise forbidden("pods", "web", "exceeded quota")
        return obj

    for plugins in (PLUGINS, PLUGINS_OF_V1_8):
        monkeypatch.setitem(plugins, "ResourceQuota", one_pod_only)
    world = ManagedWorld("n1", release=release, admission=("ResourceQuota",))
    world.create(replica_set("web", 8), "replicasets")
    world.wait(lambda: len(world.decisions("create-pods")) == 2)
    again = world.decisions("create-pods")[1].t
    assert len([t for t in tried if t < again]) == calls


def test_a_selector_that_its_template_does_not_match_is_refused() -> None:
    world = ManagedWorld("n1")
    made = replica_set("web", 1)
    wrong = replace(made, spec=replace(made.spec, selector=LabelSelector(match_labels={"app": "other"})))
    reply = world.handle(Request("create", "replicasets", "default", "web", wrong))
    assert reply.status == 422
    assert "`selector` does not match template `labels`" in reply.message
