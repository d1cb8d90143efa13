"""Whatever is done to the cluster, lazy loops do what ticking ones do, and controllers reach their goals."""

from hypothesis import given, settings
from hypothesis import strategies as st

from clustersim.api.core_v1 import Taint
from clustersim.controllermanager.pods import is_active
from clustersim.controllermanager.process import (
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from tests.model.controllermanager.managed_world import ManagedWorld

TAINT = Taint(key="k", effect="NoExecute")
NODES = ("n1", "n2", "n3", "n4", "n5")
node_acts = st.tuples(
    st.sampled_from(["stop", "back", "unready", "delete", "taint", "untaint"]), st.sampled_from(NODES)
)
manager_acts = st.sampled_from(["restart", "kill", "hang", "resume"]).map(lambda act: (act, "manager"))
other_acts = st.sampled_from([("scale", "2"), ("scale", "7"), ("blink", "apiserver")])
steps = st.lists(
    st.tuples(st.integers(0, 90 * SECOND), st.one_of(node_acts, node_acts, manager_acts, other_acts)),
    min_size=1,
    max_size=8,
)
releases = st.sampled_from([ControllerManagerV17, ControllerManagerV18, ControllerManagerV136])


def do(world: ManagedWorld, act: str, target: str) -> None:
    if act == "stop":
        world.stop(target)
    elif act == "back":
        come_back(world, target, "True")
    elif act == "unready":
        come_back(world, target, "False")
    elif act == "delete":
        world.stop(target)
        world.delete("nodes", target)
    elif act.endswith("taint"):
        if world.get("nodes", target) is not None:
            world.taint(target, *([TAINT] if act == "taint" else []))
    elif act == "scale":
        world.scale("web", int(target))
    elif act == "restart":
        world.manager.kill()
        world.manager.start()
    elif target == "manager":
        getattr(world.manager, act)()
    else:
        world.apiserver.kill()
        world.run(50 * MILLISECOND)
        world.apiserver.start()


def come_back(world: ManagedWorld, node: str, status: str) -> None:
    if world.get("nodes", node) is None:
        world.beats.join(node, status=status)
    else:
        world.beats.say(node, status)


def played(schedule: list[tuple[Micros, tuple[str, str]]], release: type, *, ticking: bool) -> ManagedWorld:
    world = ManagedWorld(*NODES, release=release, ticking=ticking, pod_eviction_timeout=60 * SECOND)
    world.controller("web", 5)
    world.service("web")
    world.run(SECOND)
    for name, pod in zip(NODES, world.all("pods"), strict=True):
        world.bind(pod.metadata.name, name)
    for delay, (act, target) in schedule:
        world.run(delay)
        do(world, act, target)
    world.manager.resume()
    world.manager.start()
    world.run(120 * SECOND)
    return world


@settings(max_examples=15, deadline=None)
@given(steps, releases)
def test_lazy_and_ticking_runs_leave_the_same_trace(
    schedule: list[tuple[Micros, tuple[str, str]]], release: type
) -> None:
    traces = [
        [
            (e.id, e.t, e.actor, e.verb, e.object, e.causes)
            for e in played(schedule, release, ticking=t).engine.record
        ]
        for t in (False, True)
    ]
    assert traces[0] == traces[1]


@settings(max_examples=25, deadline=None)
@given(steps, releases)
def test_in_the_end_there_are_as_many_active_pods_as_wanted(
    schedule: list[tuple[Micros, tuple[str, str]]], release: type
) -> None:
    world = played(schedule, release, ticking=False)
    wanted = world.get("replicationcontrollers", "default/web").spec.replicas
    pods = [pod for pod in world.all("pods") if is_active(pod)]
    assert len(pods) == wanted
    status = world.get("replicationcontrollers", "default/web").status
    assert status.replicas == wanted
    listed = {
        address.target_ref.name
        for subset in world.get("endpoints", "default/web").subsets
        for address in (*subset.addresses, *subset.not_ready_addresses)
    }
    assert listed <= {pod.metadata.name for pod in world.all("pods")}


@settings(max_examples=25, deadline=None)
@given(steps, releases)
def test_no_node_is_evicted_twice_without_having_been_ready_or_the_controller_restarted(
    schedule: list[tuple[Micros, tuple[str, str]]], release: type
) -> None:
    world = played(schedule, release, ticking=False)
    pending: dict[str, bool] = {}
    for event in world.engine.record:
        node = event.object.removeprefix("nodes/")
        if event.verb == "queue-eviction":
            assert node not in pending
            pending[node] = True
        elif event.verb in ("cancel-eviction", "killed", "exited", "enter-master-disruption") or (
            event.verb == "delete" and event.object.startswith("nodes/")
        ):
            pending.pop(node, None) if event.object.startswith("nodes/") else pending.clear()
