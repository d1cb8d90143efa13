"""Lazy loops against ticking twins, copies of the state, and what idleness costs."""

from collections.abc import Callable

import pytest

from clustersim.engine.state import copy_state, digest
from clustersim.programs import Exits
from tests.model.kubelet.node_world import NodeWorld
from tests.model.kubelet.troubles import TROUBLES_OF_THE_MACHINE, repair, trouble

RELEASES = ("v1.7", "v1.8", "v1.36")


def nothing(world: NodeWorld) -> None:
    world.run(300)


def pods_come_and_go(world: NodeWorld) -> None:
    world.run(12.345)
    world.create_pod("web")
    world.create_pod("crash", exits=Exits(after_ms=1700, code=1))
    world.run(100.01)
    world.delete_pod("web")
    world.run(130.003)
    world.docker.crash(world.containers("crash")[-1].id)
    world.run(300)


def kubelet_away(world: NodeWorld) -> None:
    world.run(12)
    world.create_pod("web")
    world.create_pod("db")
    world.run(50.123)
    world.kubelet.kill()
    world.run(90)
    world.delete_pod("web")
    world.delete_pod("db", grace=0)
    world.run(120.777)
    world.kubelet.start()
    world.run(300)


def docker_stopped(world: NodeWorld) -> None:
    world.run(12)
    world.create_pod("web")
    world.run(50.123)
    world.docker.kill()
    world.run(101)
    world.delete_pod("web")
    world.run(120.777)
    world.docker.start()
    world.run(300)


def docker_frozen(world: NodeWorld) -> None:
    world.run(12)
    world.create_pod("web")
    world.run(50.123)
    world.docker.hang()
    world.run(100)
    world.docker.resume()
    world.run(300)


def power_lost(world: NodeWorld) -> None:
    world.run(12)
    world.create_pod("web")
    world.run(50.123)
    world.machine.power_off()
    world.run(61)
    world.machine.power_on()
    world.run(300)


def started_without_an_api(world: NodeWorld) -> None:
    world.run(12)
    world.apiserver.kill()
    world.kubelet.kill()
    world.kubelet.start()
    world.run(50)
    world.apiserver.start()
    world.run(150.003)
    world.docker.kill()
    world.run(300)


STORIES = [
    nothing,
    pods_come_and_go,
    kubelet_away,
    docker_stopped,
    docker_frozen,
    power_lost,
    started_without_an_api,
]


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
@pytest.mark.parametrize("story", STORIES)
def test_a_lazy_world_leaves_the_same_trace_as_its_ticking_twin(
    story: Callable[[NodeWorld], None], release: str
) -> None:
    traces = []
    for ticking in (False, True):
        world = NodeWorld(release, ticking=ticking)
        story(world)
        trace = [(e.t, e.kind, e.actor, e.verb, e.object) for e in world.engine.record]
        traces.append((trace, world.engine.record.state.runs, world.kubelet.status.journal))
    assert traces[0] == traces[1]


@pytest.mark.parametrize("seed", [*range(16), 16252, 22323, 22334, 23499, 108773, 234160, 235142])
def test_random_trouble_leaves_the_same_trace_lazy_or_ticking(seed: int) -> None:
    traces = []
    for ticking in (False, True):
        world = NodeWorld(RELEASES[seed % 3], seed=seed, ticking=ticking)
        world.run(trouble(world, seed) + 200)
        traces.append([(e.t, e.kind, e.actor, e.verb, e.object) for e in world.engine.record])
    assert traces[0] == traces[1]


@pytest.mark.parametrize("seed", [*range(200, 211), 500240, 510275, 84003964, 86001928])
def test_files_and_full_disks_leave_the_same_trace_lazy_or_ticking(seed: int) -> None:
    traces = []
    for ticking in (False, True):
        world = NodeWorld(RELEASES[seed % 3], seed=seed, ticking=ticking)
        world.run(trouble(world, seed, TROUBLES_OF_THE_MACHINE) + 200)
        traces.append([(e.t, e.kind, e.actor, e.verb, e.object) for e in world.engine.record])
    assert traces[0] == traces[1]


@pytest.mark.parametrize("seed", range(100, 116))
def test_after_repair_a_node_runs_what_is_wanted_and_nothing_else(seed: int) -> None:
    world = NodeWorld(RELEASES[seed % 3], seed=seed)
    world.run(trouble(world, seed) + 20)
    repair(world)
    world.run(world.engine.now / 1_000_000 + 900)
    assert world.condition().status == "True"
    wanted = {p.metadata.uid: p for p in world.etcd.range("pods").values()}
    assert not [p.metadata.name for p in wanted.values() if p.metadata.deletion_timestamp]
    assert {c.pod_uid for c in world.containers() if c.state == "running"} <= set(wanted)
    for pod in wanted.values():
        if pod.spec.restart_policy == "Always" and not pod.metadata.annotations:
            assert world.is_ready(pod.metadata.name)
    kubelet = world.kubelet
    assert not kubelet.container_killer.state.jobs
    assert not kubelet.status_manager.state.queue


def test_an_idle_node_costs_only_its_heartbeats() -> None:
    world = NodeWorld()
    world.create_pod("web")
    world.run(100)
    before = world.engine.handled
    world.run(1100)
    per_heartbeat = (world.engine.handled - before) / 100
    assert per_heartbeat < 6


@pytest.mark.parametrize("moment", [3.0, 10.3, 11.7, 55.2, 120.9, 121.9])
def test_a_copy_of_the_state_goes_on_like_the_original(moment: float) -> None:
    original = NodeWorld()
    original.run(8)
    original.create_pod("web")
    original.run(50)
    original.kubelet.kill()
    original.delete_pod("web")
    original.kubelet.start()
    original.run(max(moment, 50))
    copy = NodeWorld()
    copy.engine.restore(copy_state(original.engine.state))
    copy.engine.record.state = copy_state(original.engine.record.state)
    for name, actor in original.engine.actors.items():
        copy.engine.actors[name].load({part: copy_state(state) for part, state in actor.save().items()})
    copy.etcd.store = copy_state(original.etcd.store)
    original.run(300)
    copy.run(300)
    states = [
        digest(*(state for actor in world.engine.actors.values() for state in actor.save().values()))
        for world in (original, copy)
    ]
    assert states[0] == states[1]
