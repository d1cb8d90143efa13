"""A node that runs out of memory or disk: its conditions, and who must go."""

import re
from typing import Final

import pytest

from clustersim.api.core_v1 import PodStatus, ResourceRequirements, Toleration
from clustersim.api.meta import replace
from clustersim.api.quantity import parse_quantity
from clustersim.engine.time import SECOND
from clustersim.kubectl.describe.pod import pod_lines
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


def _evictions(world: NodeWorld) -> list[tuple[str, float]]:
    """Who had to go, and when."""
    return [(e.object.rpartition("/")[2], e.t / SECOND) for e in world.decisions("evict")]


@pytest.mark.parametrize(("release", "pause"), [("v1.7", 11), ("v1.8", 13), ("v1.36", 2)])
def test_below_100_mib_one_pod_goes_after_the_other_those_that_asked_for_nothing_first(
    release: str, pause: float
) -> None:
    """The next look comes when all of the pod is gone: old kubelets find nothing measured anew, and look ten
    seconds later; today's measure anew (v1.7.5, v1.36 pkg/kubelet/eviction/eviction_manager.go Start)."""
    world = _world(release)
    world.machine.take_memory(1880)
    world.run(45)
    assert _phase(world, "greedy") == ("Failed", "Evicted")
    assert world.notices("EvictionThresholdMet")[0][1] == "Attempting to reclaim memory"
    world.run(80)
    gone = _evictions(world)
    assert [name for name, _ in gone] == ["greedy", "hungry", "modest"]
    assert gone[1][1] - gone[0][1] == pytest.approx(pause, abs=0.1)


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_of_an_evicted_pod_old_kubelets_tell_nothing_else(release: str) -> None:
    """v1.7.5, v1.8.0 pkg/kubelet/eviction/eviction_manager.go, pkg/kubelet/pod_workers.go killPodNow."""
    world = _world(release)
    world.machine.take_memory(1880)
    world.run(50)
    pod = world.pod("greedy")
    assert pod is not None
    told = replace(pod.status, start_time=None)
    assert told == PodStatus(
        phase="Failed", reason="Evicted", message="The node was low on resource: memory.", start_time=None
    )
    assert not world.containers("greedy")
    assert "QoS Class:\tBestEffort" in pod_lines(pod, release, world.engine.now)


@pytest.mark.parametrize(("release", "count"), [("v1.7", 2), ("v1.36", 1)])
def test_today_a_share_of_0_or_100_percent_is_no_threshold(release: str, count: int) -> None:
    hard = ("memory.available<100%", "nodefs.available<10%")
    world = NodeWorld(release, kubelet={"eviction_hard": hard})
    assert len(world.kubelet.eviction.thresholds()) == count
    world.run(15)
    left = parse_quantity(world.etcd.get("nodes", "n1").status.allocatable["memory"])
    assert bool(left.nanos) is (release == "v1.36")


@pytest.mark.parametrize("release", RELEASES)
def test_of_two_that_asked_for_nothing_the_one_that_takes_more_goes(release: str) -> None:
    world = NodeWorld(release)
    world.run(8)
    world.create_pod("little")
    world.create_pod("much", program="memory 300Mi after 1s")
    world.run(40)
    world.machine.take_memory(1700)
    world.run(42)
    assert [name for name, _ in _evictions(world)] == ["much"]
    if release == "v1.36":
        pod = world.pod("much")
        assert pod is not None
        assert "Container much was using 300Mi, request is 0, has larger" in pod.status.message


SOFT: Final = {
    "eviction_soft": ("memory.available<500Mi",),
    "eviction_soft_grace_period": ("memory.available=25s",),
    "eviction_max_pod_grace_period": 5,
}


@pytest.mark.parametrize("release", RELEASES)
def test_a_soft_threshold_tells_pressure_at_once_and_evicts_later_with_grace(release: str) -> None:
    world = NodeWorld(release, kubelet=SOFT)
    world.docker.delays = type(world.docker.delays)(stop=60_000_000)
    world.run(8)
    world.create_pod("greedy")
    world.run(40)
    world.machine.take_memory(1600)
    world.run(55)
    assert _condition(world, "MemoryPressure") == "True"
    assert not _evictions(world)
    world.run(90)
    assert _evictions(world)[0][1] == pytest.approx(70.3, abs=0.2)  # 30 s after it was first seen
    [told] = world.container_times("told-to-stop", "greedy")
    [ended] = world.container_times("exited", "greedy")
    assert ended - told == pytest.approx(5, abs=0.05)


@pytest.mark.parametrize("release", RELEASES)
def test_once_a_pod_had_to_go_so_much_more_must_become_free(release: str) -> None:
    """Each of these takes a tenth of a GiB: without a minimum one is enough."""
    evicted = []
    for reclaim in ((), ("memory.available=150Mi",)):
        world = NodeWorld(release, kubelet={"eviction_minimum_reclaim": reclaim})
        world.run(8)
        for name in ("one", "two", "three"):
            world.create_pod(name, program="memory 100Mi after 1s")
        world.run(40)
        world.machine.take_memory(1670)
        world.run(90)
        evicted.append(len(_evictions(world)))
    # A kubelet of v1.7 has forgotten that when it looks again before anything was measured anew.
    assert evicted == ([1, 1] if release == "v1.7" else [1, 2])


def test_today_images_need_15_percent_of_the_disk() -> None:
    """v1.36 pkg/kubelet/eviction/defaults_linux.go."""
    for release, pressure in (("v1.7", "False"), ("v1.8", "False"), ("v1.36", "True")):
        world = _world(release)
        world.machine.fill_disk(87)
        world.run(65)
        assert _condition(world, "DiskPressure") == pressure


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


@pytest.mark.parametrize("release", RELEASES)
def test_nothing_of_an_evicted_pod_is_ready_any_more(release: str) -> None:
    world = _world(release)
    world.machine.take_memory(1880)
    world.run(60)
    pod = world.pod("greedy")
    assert pod is not None
    assert not any(one.ready for one in pod.status.container_statuses)
    assert pod.status.start_time
    if release != "v1.36":
        assert (pod.status.container_statuses, pod.status.pod_ip) == ((), "")


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
    world.run(41.5)
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


def test_today_critical_pods_are_taken_in_and_stay_whatever_is_short() -> None:
    """v1.36 pkg/kubelet/eviction/eviction_manager.go Admit, evictPod."""
    world = NodeWorld("v1.36")
    world.run(8)
    world.create_pod("critical", priority=2_000_000_000)
    world.create_pod("plain", resources=ASKS)
    world.run(40)
    world.machine.take_memory(1960)
    world.run(60)
    assert [name for name, _ in _evictions(world)] == ["plain"]
    world.create_pod("another", priority=2_000_000_000)
    world.run(65)
    assert _phase(world, "another") == ("Running", "")


@pytest.mark.parametrize(("release", "taken"), [("v1.7", False), ("v1.8", False), ("v1.36", True)])
def test_today_who_tolerates_the_taint_is_taken_in_though_memory_is_short(release: str, taken: bool) -> None:
    world = _world(release)
    world.machine.take_memory(1880)
    world.run(90)
    world.machine.take_memory(0)
    tolerant = Toleration(key="node.kubernetes.io/memory-pressure", operator="Exists", effect="NoSchedule")
    world.create_pod("tolerant", tolerations=(tolerant,))
    world.run(120)
    assert (_phase(world, "tolerant")[0] == "Running") is taken


@pytest.mark.parametrize(("release", "taken"), [("v1.7", True), ("v1.8", True), ("v1.36", False)])
def test_who_asked_for_memory_was_taken_in_by_old_kubelets_though_the_disk_is_full(
    release: str, taken: bool
) -> None:
    """v1.7.5, v1.8.0 pkg/kubelet/eviction/eviction_manager.go Admit."""
    world = NodeWorld(release)
    world.run(8)
    world.machine.take_memory(1980)
    world.machine.fill_disk(95)
    world.run(60)
    assert (_condition(world, "MemoryPressure"), _condition(world, "DiskPressure")) == ("True", "True")
    world.machine.take_memory(0)
    world.machine.fill_disk(10)
    world.create_pod("careful", resources=ASKS)
    world.run(90)
    assert (_phase(world, "careful")[0] == "Running") is taken


@pytest.mark.parametrize(
    ("release", "told"),
    [
        (
            "v1.7",
            [
                "eviction manager: attempting to reclaim memory",
                "eviction manager: must evict pod(s) to reclaim memory",
                "eviction manager: pods ranked for eviction: greedy_default(UID), hungry_default(UID), "
                "modest_default(UID)",
                "eviction manager: pod greedy_default(UID) is evicted successfully",
                "eviction manager: pods greedy_default(UID) evicted, waiting for pod to be cleaned up",
                "eviction manager: pods greedy_default(UID) successfully cleaned up",
            ],
        ),
        (
            "v1.36",
            [
                '"Eviction manager: attempting to reclaim" resourceName="memory"',
                '"Eviction manager: must evict pod(s) to reclaim" resourceName="memory"',
                '"Eviction manager: pods ranked for eviction" '
                'pods=["default/greedy","default/hungry","default/modest"]',
                '"Eviction manager: pod is evicted successfully" pod="default/greedy"',
                '"Eviction manager: pods evicted, waiting for pod to be cleaned up" pods=["default/greedy"]',
                '"Eviction manager: pods successfully cleaned up" pods=["default/greedy"]',
            ],
        ),
    ],
)
def test_the_journal_tells_an_eviction_step_by_step(release: str, told: list[str]) -> None:
    world = _world(release)
    world.machine.take_memory(1880)
    world.run(48)
    lines = [re.sub(r"\([-0-9a-f]{36}\)", "(UID)", text) for _, text in world.journal("viction manager")]
    assert [line.partition("] ")[2] for line in lines][: len(told)] == told
