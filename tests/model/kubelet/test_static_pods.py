"""Static pods run from files on the node; the API server has only a mirror of them."""

import pytest

from clustersim.api.core_v1 import Container, Pod, PodSpec
from clustersim.api.meta import ObjectMeta
from clustersim.api.mirrors import MIRROR
from tests.model.kubelet.node_world import NodeWorld

RELEASES = ("v1.7", "v1.8", "v1.36")
EVERY = pytest.mark.parametrize("release", RELEASES)
PATH = "/etc/kubernetes/manifests/web.yaml"


def _file(image: str = "web:1") -> Pod:
    spec = PodSpec(containers=(Container(name="web", image=image),))
    return Pod(metadata=ObjectMeta(name="web"), spec=spec)


def _world(release: str, **options: bool) -> NodeWorld:
    world = NodeWorld(release, **options)  # type: ignore[arg-type]
    world.run(8)
    world.machine.put_manifest(PATH, _file())
    world.run(30)
    return world


def _mirror(world: NodeWorld) -> Pod:
    pod = world.pod("web-n1")
    assert pod is not None
    return pod


def _running(world: NodeWorld) -> list[str]:
    return [container.id for container in world.containers("web") if container.state == "running"]


@EVERY
def test_a_file_is_a_pod_that_runs_and_a_mirror_shows_it(release: str) -> None:
    world = _world(release)
    mirror = _mirror(world)
    assert mirror.status.phase == "Running"
    assert mirror.status.container_statuses[0].ready
    assert mirror.spec.node_name == "n1"
    [container] = world.containers("web")
    assert container.pod_uid == mirror.metadata.annotations[MIRROR] != mirror.metadata.uid


@EVERY
def test_a_static_pod_tolerates_everything_that_drives_pods_away(release: str) -> None:
    tolerations = _mirror(_world(release)).spec.tolerations
    assert [(one.operator, one.effect, one.key) for one in tolerations] == [("Exists", "NoExecute", "")]


@EVERY
def test_a_deleted_mirror_comes_back_and_its_containers_are_not_touched(release: str) -> None:
    world = _world(release)
    before, running = _mirror(world), _running(world)
    world.delete_pod("web-n1")
    world.run(45)
    after = _mirror(world)
    assert after.metadata.uid != before.metadata.uid
    assert not after.metadata.deletion_timestamp
    assert after.status.phase == "Running"
    assert _running(world) == running
    assert world.journal("Trying to delete pod" if release == "v1.36" else "because it is outdated")


@EVERY
def test_a_file_that_says_something_else_is_another_pod(release: str) -> None:
    world = _world(release)
    before = _running(world)
    world.machine.put_manifest(PATH, _file("web:2"))
    world.run(90)
    assert _mirror(world).spec.containers[0].image == "web:2"
    assert _mirror(world).status.phase == "Running"
    assert len(_running(world)) == 1
    assert _running(world) != before


@EVERY
def test_without_its_file_the_pod_is_killed_and_its_mirror_goes(release: str) -> None:
    world = _world(release)
    world.machine.put_manifest(PATH, None)
    world.run(70)
    assert world.pod("web-n1") is None
    assert _running(world) == []


@EVERY
def test_static_pods_start_without_an_api_server(release: str) -> None:
    world = NodeWorld(release)
    world.run(8)
    world.apiserver.kill()
    world.machine.put_manifest(PATH, _file())
    world.run(30)
    assert len(_running(world)) == 1
    assert world.pod("web-n1") is None
    world.apiserver.start()
    world.run(130)
    assert _mirror(world).status.phase == "Running"


@EVERY
def test_a_restarted_kubelet_adopts_the_containers_of_its_files(release: str) -> None:
    world = _world(release)
    before = _running(world)
    world.kubelet.kill()
    world.run(60)
    world.kubelet.start()
    world.run(100)
    assert _running(world) == before
    assert _mirror(world).status.container_statuses[0].restart_count == 0


@EVERY
def test_a_mirror_that_was_evicted_while_the_kubelet_was_away_is_made_anew(release: str) -> None:
    world = _world(release)
    before = _running(world)
    world.kubelet.kill()
    world.run(60)
    world.delete_pod("web-n1")
    world.kubelet.start()
    world.run(100)
    assert not _mirror(world).metadata.deletion_timestamp
    assert _running(world) == before


@EVERY
def test_a_lazy_kubelet_with_static_pods_leaves_the_trace_of_its_ticking_twin(release: str) -> None:
    traces = []
    for ticking in (False, True):
        world = _world(release, ticking=ticking)
        world.apiserver.kill()
        world.run(45)
        world.machine.put_manifest(PATH, _file("web:2"))
        world.run(60)
        world.apiserver.start()
        world.run(150)
        world.delete_pod("web-n1")
        world.run(200)
        world.machine.put_manifest(PATH, None)
        world.run(300)
        traces.append([(e.t, e.kind, e.actor, e.verb, e.object) for e in world.engine.record])
    assert traces[0] == traces[1]


def test_todays_mirrors_belong_to_their_node() -> None:
    world = _world("v1.36")
    [owner] = _mirror(world).metadata.owner_references
    assert world.node is not None
    assert (owner.kind, owner.name, owner.uid) == ("Node", "n1", world.node.metadata.uid)
    assert owner.controller


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_old_mirrors_belong_to_nobody(release: str) -> None:
    assert _mirror(_world(release)).metadata.owner_references == ()


def test_todays_kubelet_makes_no_mirror_before_it_knows_its_node() -> None:
    world = NodeWorld("v1.36")
    world.kubelet.kill()
    world.run(1)
    world.machine.put_manifest(PATH, _file())
    world.kubelet.start()
    world.run(20)
    assert world.journal("Unable to register mirror pod because node is not registered yet")
    [owner] = _mirror(world).metadata.owner_references
    assert world.node is not None
    assert owner.uid == world.node.metadata.uid


@EVERY
def test_a_mirror_that_could_not_be_deleted_goes_when_the_api_server_is_back(release: str) -> None:
    world = _world(release)
    world.apiserver.kill()
    world.machine.put_manifest(PATH, None)
    world.run(60)
    assert world.pod("web-n1") is not None
    assert world.journal("Failed deleting a mirror pod")
    world.apiserver.start()
    world.run(65)
    assert world.pod("web-n1") is None


def _slow(seconds: int) -> Pod:
    """A pod whose container has to be killed."""
    container = Container(name="web", image="busybox", command=("sleep", f"{seconds}d"))
    return Pod(
        metadata=ObjectMeta(name="web"),
        spec=PodSpec(containers=(container,), termination_grace_period_seconds=20),
    )


def _with(pod: Pod) -> NodeWorld:
    world = NodeWorld("v1.36")
    world.run(8)
    world.machine.put_manifest(PATH, pod)
    world.run(30)
    return world


def test_today_a_changed_static_pod_waits_until_the_one_before_is_over() -> None:
    world = _with(_slow(1))
    world.machine.put_manifest(PATH, _slow(2))
    world.run(90)
    [ended] = world.container_times("exited")
    created = world.container_times("created")[-1]
    assert 49.9 <= ended <= 51.5
    assert ended < created <= ended + 16
    assert len(_running(world)) == 1


def test_today_of_several_changes_only_the_last_one_starts() -> None:
    world = _with(_slow(1))
    for turn in (2, 3, 4):
        world.machine.put_manifest(PATH, _slow(turn))
        world.run(30 + turn)
    world.run(90)
    assert [one.spec.command[1] for one in world.containers("web") if one.state == "running"] == ["4d"]
    assert len(world.container_times("created")) == 2


def test_today_a_file_that_is_put_back_while_its_pod_ends_is_a_pod_again() -> None:
    world = _with(_slow(1))
    world.machine.put_manifest(PATH, None)
    world.run(40)
    world.machine.put_manifest(PATH, _slow(1))
    world.run(70)
    assert len(_running(world)) == 1
    assert _mirror(world).status.phase == "Running"
