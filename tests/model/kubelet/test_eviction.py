"""A node that runs out of memory or disk: its conditions, and who must go."""

import pytest

from clustersim.api.core_v1 import ResourceRequirements
from tests.model.kubelet.node_world import NodeWorld

RELEASES = ("v1.7", "v1.8", "v1.36")
ASKS = ResourceRequirements(requests={"memory": "200Mi"})


def _world(release: str) -> NodeWorld:
    world = NodeWorld(release)
    world.run(8)
    world.create_pod("modest", resources=ASKS)
    world.create_pod("greedy")
    world.create_pod("hungry")
    world.run(40)
    return world


def _phase(world: NodeWorld, name: str) -> tuple[str, str]:
    pod = world.pod(name)
    assert pod is not None
    return pod.status.phase, pod.status.reason


def _condition(world: NodeWorld, kind: str) -> str:
    node = world.etcd.get("nodes", "n1")
    return next(one.status for one in node.status.conditions if one.type == kind)


@pytest.mark.parametrize("release", RELEASES)
def test_below_100_mib_one_pod_goes_every_ten_seconds_those_that_asked_for_nothing_first(
    release: str,
) -> None:
    world = _world(release)
    world.machine.take_memory(1880)
    world.run(45)
    assert _phase(world, "greedy") == ("Failed", "Evicted")
    assert world.notices("EvictionThresholdMet")[0][1] == "Attempting to reclaim memory"
    assert _phase(world, "hungry")[0] == "Running"
    world.run(55)
    assert _phase(world, "hungry") == ("Failed", "Evicted")
    world.run(65)
    assert _phase(world, "modest") == ("Failed", "Evicted")


@pytest.mark.parametrize("release", RELEASES)
def test_memory_pressure_stays_for_five_minutes_after_it_was_last_seen(release: str) -> None:
    world = _world(release)
    world.machine.take_memory(1880)
    world.run(65)
    assert _condition(world, "MemoryPressure") == "True"
    world.machine.take_memory(0)
    world.run(340)
    assert _condition(world, "MemoryPressure") == "True"
    world.run(385)
    assert _condition(world, "MemoryPressure") == "False"


@pytest.mark.parametrize("release", RELEASES)
def test_from_90_percent_of_the_disk_on_there_is_disk_pressure_and_no_pod_is_taken_in(release: str) -> None:
    world = _world(release)
    world.machine.fill_disk(95)
    world.run(65)
    assert _condition(world, "DiskPressure") == "True"
    assert _condition(world, "MemoryPressure") == "False"
    world.create_pod("late", resources=ASKS)
    world.run(70)
    assert _phase(world, "late") == ("Failed", "Evicted")


@pytest.mark.parametrize("release", RELEASES)
def test_under_memory_pressure_only_pods_that_ask_for_memory_are_taken_in(release: str) -> None:
    world = _world(release)
    world.machine.take_memory(1880)
    world.run(90)
    world.machine.take_memory(0)
    world.create_pod("careful", resources=ASKS)
    world.create_pod("careless")
    world.run(120)
    assert _phase(world, "careful")[0] == "Running"
    assert _phase(world, "careless") == ("Failed", "Evicted")


@pytest.mark.parametrize("release", RELEASES)
def test_containers_of_an_evicted_pod_are_killed(release: str) -> None:
    world = _world(release)
    world.machine.take_memory(1880)
    world.run(56)
    assert [c.state for c in world.containers("greedy") if c.state == "running"] == []


@pytest.mark.parametrize(("release", "seconds"), [("v1.7", 0), ("v1.8", 0), ("v1.36", 2)])
def test_an_eviction_leaves_containers_no_time_but_today_two_seconds(release: str, seconds: int) -> None:
    world = _world(release)
    world.docker.delays = type(world.docker.delays)(stop=60_000_000)
    world.machine.take_memory(1880)
    world.run(56)
    [told] = world.container_times("told-to-stop", "greedy")
    [ended] = world.container_times("exited", "greedy")
    assert ended - told == pytest.approx(seconds, abs=0.05)


def test_who_is_evicted_today_is_a_target_of_disruption_by_its_kubelet() -> None:
    world = _world("v1.36")
    world.machine.take_memory(1880)
    world.run(56)
    pod = world.pod("greedy")
    assert pod is not None
    target = next(one for one in pod.status.conditions if one.type == "DisruptionTarget")
    assert (target.status, target.reason) == ("True", "TerminationByKubelet")
    assert "Threshold quantity: 100Mi" in pod.status.message


def _short_of_processes(release: str, *thresholds: str) -> NodeWorld:
    world = NodeWorld(release, kubelet={"eviction_hard": thresholds})
    world.run(8)
    world.create_pod("precious", priority=1000)
    world.create_pod("plain")
    world.run(40)
    world.machine.take_processes(32_000)
    world.run(46)
    return world


def test_where_process_ids_run_out_the_least_important_pod_goes_today() -> None:
    world = _short_of_processes("v1.36", "pid.available<10%")
    assert _phase(world, "plain") == ("Failed", "Evicted")
    assert _phase(world, "precious") == ("Running", "")
    pod = world.pod("plain")
    assert pod is not None
    wanted = "The node was low on resource: pids. Threshold quantity: 3276, available: 616. "
    assert pod.status.message == wanted
    assert world.notices("EvictionThresholdMet")[0][1] == "Attempting to reclaim pids"
    world.run(56)
    assert _condition(world, "PIDPressure") == "True"
    assert world.notices("NodeHasInsufficientPID")


def test_without_a_threshold_nobody_looks_at_process_ids() -> None:
    world = _short_of_processes("v1.36", "memory.available<100Mi")
    assert _condition(world, "PIDPressure") == "False"
    assert _phase(world, "plain") == ("Running", "")


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_kubelets_of_old_do_not_look_at_process_ids(release: str) -> None:
    world = _short_of_processes(release, "pid.available<10%")
    assert _phase(world, "plain") == ("Running", "")


def test_a_threshold_in_percent_is_told_as_an_amount() -> None:
    """A tenth of 100 GiB as a float32: 10737418400, not 10Gi."""
    world = _world("v1.36")
    world.machine.fill_disk(95)
    world.run(56)
    pod = next(pod for pod in map(world.pod, ("greedy", "hungry", "modest")) if pod and pod.status.message)
    assert "Threshold quantity: 10737418400, available: " in pod.status.message


@pytest.mark.parametrize("release", RELEASES)
def test_without_any_memory_left_the_kernel_kills_at_once(release: str) -> None:
    world = _world(release)
    world.run(42)
    world.machine.take_memory(2048)
    assert {c.pod for c in world.containers() if c.oom_killed} == {"greedy", "hungry", "modest"}
    world.run(45)
    pod = world.pod("greedy")
    assert pod is not None
    status = pod.status.container_statuses[0]
    ended = status.state.terminated or status.last_state.terminated
    assert ended is not None
    assert (ended.reason, ended.exit_code) == ("OOMKilled", 137)
    told = [one for one in world.etcd.range("events").values() if one.reason == "SystemOOM"]
    if release == "v1.36":
        assert not told
    else:
        assert {(one.involved_object.kind, one.message) for one in told} == {
            ("Node", "System OOM encountered")
        }


@pytest.mark.parametrize("release", RELEASES)
def test_a_lazy_world_under_pressure_leaves_the_same_trace_as_its_ticking_twin(release: str) -> None:
    traces = []
    for ticking in (False, True):
        world = NodeWorld(release, ticking=ticking)
        world.run(8)
        world.create_pod("greedy")
        world.create_pod("modest", resources=ASKS)
        world.run(33.3)
        world.machine.take_memory(1900)
        world.run(81)
        world.machine.take_memory(100)
        world.run(500)
        traces.append([(e.t, e.kind, e.actor, e.verb, e.object) for e in world.engine.record])
    assert traces[0] == traces[1]
