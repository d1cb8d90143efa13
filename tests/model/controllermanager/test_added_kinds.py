"""The garbage collector looks at objects of added kinds from the round after their definition came."""

import pytest

from clustersim import Cluster, seconds
from clustersim.api.request import Request
from clustersim.apiserver.traits import TRAITS
from clustersim.client.informer import LISTING, OPENING
from clustersim.controllermanager import traits
from tests.definitions import definition, definition_of_old
from tests.model.reports.typed import cluster_of, typed

NEW = definition("Door")
OLD = definition_of_old("Door")
DEFINITION = {"v1.7": OLD, "v1.8": OLD, "v1.36": NEW}
ROUNDS = pytest.mark.parametrize("release", ["v1.8", "v1.36"])


def _made(cluster: Cluster, kind: str, name: str, owner: str = "", version: str = "v1") -> None:
    """An object, owned by another one ("door/front") or by nobody."""
    lines = f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\n"
    if owner:
        resource, _, of = owner.partition("/")
        uid = typed(cluster, f"kubectl get {owner} -o jsonpath={{.metadata.uid}}").strip()
        group, named = ("example.com/v1", "Door") if resource == "door" else ("v1", "ConfigMap")
        named = f"apiVersion: {group}, kind: {named}, name: {of}, uid: {uid}"
        lines += f"  ownerReferences: [{{{named}, blockOwnerDeletion: true}}]\n"
    assert "created" in typed(cluster, f"kubectl apply -f -\n{lines}")


def _world(release: str, at: float = 10) -> Cluster:
    """A door that owns a ConfigMap."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    cluster.run_until(seconds(at))
    typed(cluster, f"kubectl apply -f -\n{DEFINITION[release]}")
    _made(cluster, "Door", "front", version="example.com/v1")
    _made(cluster, "ConfigMap", "key", "door/front")
    return cluster


def _there(cluster: Cluster, name: str) -> bool:
    return "NotFound" not in typed(cluster, f"kubectl get {name}")


def _deleted(cluster: Cluster, propagation: str) -> None:
    """The door, past kubectl, which of old knew no such thing."""
    request = Request("delete", "doors.example.com", "default", "front", propagation=propagation)
    assert cluster.world.apiserver.handle(request, "somebody").ok


def _after(cluster: Cluster, wait: float) -> None:
    cluster.run_until(cluster.now + seconds(wait))


@ROUNDS
def test_what_a_deleted_object_owned_goes(release: str) -> None:
    cluster = _world(release)
    _after(cluster, 31)
    typed(cluster, "kubectl delete door front")
    _after(cluster, 2)
    assert not _there(cluster, "configmap/key")


@ROUNDS
def test_what_was_owned_before_the_first_round_goes_with_that_round(release: str) -> None:
    cluster = _world(release)
    typed(cluster, "kubectl delete door front")
    _after(cluster, 1)
    assert _there(cluster, "configmap/key")
    _after(cluster, 31)
    assert not _there(cluster, "configmap/key")


@ROUNDS
def test_an_owner_deleted_in_the_foreground_waits_for_what_it_owns(release: str) -> None:
    cluster = _world(release)
    _deleted(cluster, "Foreground")
    _after(cluster, 1)
    assert _there(cluster, "door/front")
    assert _there(cluster, "configmap/key")
    _after(cluster, 31)
    assert not _there(cluster, "door/front")
    assert not _there(cluster, "configmap/key")


@ROUNDS
def test_what_an_orphaned_deletion_leaves_has_no_owner_any_more(release: str) -> None:
    cluster = _world(release)
    _after(cluster, 31)
    _deleted(cluster, "Orphan")
    _after(cluster, 2)
    assert not _there(cluster, "door/front")
    _after(cluster, 40)
    assert _there(cluster, "configmap/key")
    assert not typed(cluster, "kubectl get configmap key -o jsonpath={.metadata.ownerReferences}").strip()


@ROUNDS
def test_an_object_of_an_added_kind_is_owned(release: str) -> None:
    cluster = _world(release)
    _made(cluster, "ConfigMap", "house")
    _made(cluster, "Door", "back", "configmap/house", "example.com/v1")
    _made(cluster, "Door", "cat", "door/back", "example.com/v1")
    _after(cluster, 31)
    typed(cluster, "kubectl delete configmap house")
    _after(cluster, 3)
    assert not _there(cluster, "door/back")
    assert not _there(cluster, "door/cat")
    assert _there(cluster, "door/front")


def _goes_on_as(cluster: Cluster, other: Cluster) -> None:
    for one in (cluster, other):
        _deleted(one, "Foreground")
        _after(one, 40)
        assert not _there(one, "configmap/key")
    assert other.state_hash() == cluster.state_hash()


@pytest.mark.parametrize("wait", [1, 31, 62])
def test_a_restored_world_goes_on_as_a_straight_one(wait: float) -> None:
    cluster = _world("v1.36")
    _after(cluster, wait)
    _goes_on_as(cluster, Cluster.restore(cluster.snapshot()))


@pytest.mark.parametrize("phase", [LISTING, OPENING])
def test_a_world_restored_while_objects_are_listed_goes_on_as_a_straight_one(phase: str) -> None:
    cluster = _world("v1.36")
    for _ in range(100_000):
        parts = cluster.world.controller_manager.state.parts
        found = parts.get("informer/doors.example.com")
        if found is not None and found.phase == phase:
            break
        _after(cluster, 0.0005)
    assert found is not None
    assert found.phase == phase
    _goes_on_as(cluster, Cluster.restore(cluster.snapshot()))


def test_a_world_restored_before_the_collector_restarts_goes_on_as_a_straight_one() -> None:
    cluster = _world("v1.36")
    _after(cluster, 31)
    cluster.world.controller_manager.kill()
    stopped = Cluster.restore(cluster.snapshot())
    for one in (cluster, stopped):
        one.world.controller_manager.start()
        _after(one, 20)
        one.world.controller_manager.connection_lost()
        _after(one, 10)
    _goes_on_as(cluster, stopped)


@ROUNDS
def test_a_restarted_collector_looks_at_once(release: str) -> None:
    cluster = _world(release)
    _after(cluster, 31)
    manager = cluster.world.controller_manager
    manager.kill()
    typed(cluster, "kubectl delete door front")
    manager.start()
    _after(cluster, 35)
    assert not _there(cluster, "configmap/key")


@ROUNDS
def test_a_definition_goes_and_comes_again(release: str) -> None:
    cluster = _world(release)
    _after(cluster, 31)
    typed(cluster, "kubectl delete crd doors.example.com")
    _after(cluster, 2)
    assert not _there(cluster, "configmap/key")
    _after(cluster, 40)
    typed(cluster, f"kubectl apply -f -\n{DEFINITION[release]}")
    _made(cluster, "Door", "front", version="example.com/v1")
    _made(cluster, "ConfigMap", "key", "door/front")
    _after(cluster, 31)
    typed(cluster, "kubectl delete door front")
    _after(cluster, 2)
    assert not _there(cluster, "configmap/key")


@pytest.mark.parametrize("propagation", ["Background", "Foreground", "Orphan"])
def test_v1_7_collects_nothing_of_added_kinds(propagation: str) -> None:
    cluster = _world("v1.7")
    _after(cluster, 31)
    _deleted(cluster, propagation)
    _after(cluster, 40)
    assert not _there(cluster, "door/front")
    assert _there(cluster, "configmap/key")


@pytest.mark.parametrize("of", [traits.V1_7, traits.V1_8, traits.V1_36], ids=lambda of: of.release)
def test_the_api_server_waits_for_a_collector_that_looks_at_added_kinds(of: traits.Traits) -> None:
    assert TRAITS[of.release].collects_added_kinds is of.collects_added_kinds
