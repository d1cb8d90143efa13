"""The kubelet of v1.36: the phases of a pod, patches of status, what it finds after a restart."""

from itertools import pairwise

from clustersim.api import core_v1 as v1
from clustersim.api.meta import replace
from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.programs import Exits
from tests.model.kubelet.node_world import NodeWorld


def _world(until: float = 8) -> NodeWorld:
    world = NodeWorld("v1.36")
    world.run(until)
    return world


def _pod(world: NodeWorld, name: str) -> v1.Pod:
    pod = world.pod(name)
    assert pod is not None
    return pod


# --- pods --------------------------------------------------------------------------------------------------


def test_a_pod_waits_once_for_its_volumes_and_is_reported_right_after_its_start() -> None:
    world = _world()
    world.create_pod("web")
    world.run(12)
    pod = _pod(world, "web")
    started = world.containers("web")[0].started_at
    assert started is not None
    running = next(
        e.t
        for e in world.engine.record
        if e.object == "pods/default/web" and e.after is not None and e.after.status.phase == "Running"
    )
    assert running - started < SECOND // 10
    assert [one.type for one in pod.status.conditions] == [
        "PodReadyToStartContainers",
        "Initialized",
        "Ready",
        "ContainersReady",
        "PodScheduled",
    ]
    assert pod.status.container_statuses[0].started
    assert pod.status.container_statuses[0].container_id.startswith("containerd://")


def test_a_deleted_pod_ends_before_it_leaves_the_api() -> None:
    world = _world()
    world.create_pod("web")
    world.run(20)
    world.delete_pod("web")
    world.run(30)
    assert world.pod("web") is None
    phases = [
        e.after.status.phase
        for e in world.engine.record
        if e.object == "pods/default/web" and e.kind == "write" and e.after is not None
    ]
    assert phases[-1] in ("Succeeded", "Failed")


def test_killing_is_told_before_the_container_is_told_to_stop() -> None:
    world = _world()
    world.create_pod("web")
    world.run(20)
    world.delete_pod("web")
    world.run(30)
    told = [e for e in world.etcd.range("events").values() if e.reason == "Killing"]
    assert [e.message for e in told] == ["Stopping container web"]
    stops = [e.t for e in world.engine.record if e.verb == "told-to-stop"]
    events = [e.t for e in world.engine.record if e.verb == "create" and "Killing" in str(e.after)]
    assert events[0] - stops[0] < SECOND // 10


def test_a_pod_that_ran_to_its_end_is_succeeded_only_when_nothing_of_it_can_run() -> None:
    world = _world()
    world.create_pod("job", exits=Exits(after_ms=2000, code=0), restart_policy="Never")
    world.run(20)
    seen = []
    for event in world.engine.record:
        if event.object == "pods/default/job" and event.kind == "write" and event.after is not None:
            status = event.after.status
            ended = any(one.state.terminated for one in status.container_statuses)
            seen.append((ended, status.phase))
    assert (True, "Running") in seen
    assert seen[-1] == (True, "Succeeded")


def test_a_condition_of_somebody_else_outlives_the_patches_of_the_kubelet() -> None:
    world = _world()
    world.create_pod("web")
    world.run(20)
    pod = _pod(world, "web")
    gate = v1.PodCondition(type="example.com/gate", status="True")
    world.patch_pod_status("web", conditions=(*pod.status.conditions, gate))
    world.docker.crash(world.containers("web")[-1].id)
    world.run(40)
    conditions = _pod(world, "web").status.conditions
    assert gate in conditions
    assert next(one for one in conditions if one.type == "Ready").status == "True"


def test_what_a_controller_wrote_into_readiness_is_put_right_within_ten_seconds() -> None:
    world = _world()
    world.create_pod("web")
    world.run(20)
    conditions = tuple(
        replace(one, status="False") if one.type == "Ready" else one
        for one in _pod(world, "web").status.conditions
    )
    world.patch_pod_status("web", conditions=conditions)
    assert not world.is_ready("web")
    world.run(30.5)
    assert world.is_ready("web")


def test_containers_run_on_while_the_kubelet_is_away_and_are_kept_after_it() -> None:
    world = _world()
    world.create_pod("web")
    world.run(20)
    before = [c.id for c in world.containers("web")]
    world.kubelet.kill()
    world.run(140)
    world.kubelet.start()
    world.run(160)
    assert [c.id for c in world.containers("web")] == before
    assert world.is_ready("web")


def test_a_pod_that_nobody_knows_any_more_is_given_two_seconds() -> None:
    world = _world()
    world.create_pod("web")
    world.run(20)
    world.kubelet.kill()
    world.delete_pod("web", grace=0)
    world.kubelet.start()
    world.run(30)
    assert [c for c in world.containers("web") if c.state == "running"] == []
    assert any("orphaned pod" in line.text for line in world.kubelet.journal)


def test_pods_are_asked_for_a_second_after_the_start_when_the_node_is_known() -> None:
    world = _world()
    world.create_pod("web")
    world.run(20)
    world.kubelet.kill()
    world.delete_pod("web")
    world.kubelet.start()
    began = world.engine.now
    world.run(24)
    told = next(e.t for e in world.engine.record if e.verb == "told-to-stop")
    assert SECOND <= told - began <= 2 * SECOND


def test_a_container_lost_without_a_record_counts_as_restarted_once() -> None:
    world = _world()
    world.create_pod("web")
    world.run(20)
    world.machine.power_off()
    world.docker.lose_everything()
    world.run(25)
    world.machine.power_on()
    world.run(40)
    status = _pod(world, "web").status.container_statuses[0]
    assert status.restart_count == 1
    assert status.last_state.terminated is not None
    assert status.last_state.terminated.reason == "ContainerStatusUnknown"


def test_a_crash_loop_is_looked_at_when_its_back_off_ends_and_up_to_half_of_it_later() -> None:
    world = _world()
    world.create_pod("crash", exits=Exits(after_ms=2000, code=1))
    world.run(240)
    starts = [e.t for e in world.engine.record if e.verb == "started" and e.kind == "container"]
    gaps = [(later - earlier) / SECOND - 2 for earlier, later in pairwise(starts)]
    assert gaps[0] < 2
    for gap, wanted in zip(gaps[1:4], (10, 20, 40), strict=True):
        assert wanted <= gap <= 1.5 * wanted + 2


def test_an_image_that_cannot_be_pulled_is_tried_at_syncs_ten_to_sixteen_seconds_apart() -> None:
    world = _world()
    world.registry.refuse("broken:1")
    world.create_pod("bad", image="broken:1")
    world.run(150)
    tries = world.decisions("wait")
    gaps = [(later.t - earlier.t) / SECOND for earlier, later in pairwise(tries)]
    assert min(gaps) >= 10
    assert all(gap <= 32 for gap in gaps), "a pull in between takes one of the syncs"


def test_a_pull_that_succeeds_does_not_forget_how_long_the_image_was_backed_off() -> None:
    world = _world()
    world.registry.refuse("broken:1")
    world.create_pod("bad", image="broken:1")
    world.run(30)
    world.registry.allow("broken:1")
    world.run(60)
    assert world.is_ready("bad")
    backoff = world.kubelet.images.state.backoff
    assert [entry.delay for entry in backoff.entries.values()] == [20 * SECOND]


def test_the_words_of_today() -> None:
    world = _world()
    world.registry.refuse("broken:1")
    world.create_pod("web", image="shop:2")
    world.create_pod("bad", image="broken:1")
    world.run(40)
    messages = {e.message for e in world.etcd.range("events").values()}
    assert "Container created" in messages
    assert "Container started" in messages
    assert 'Pulling image "shop:2"' in messages
    assert 'Back-off pulling image "broken:1"' in messages
    assert "Error: ErrImagePull" in messages
    assert any(text.startswith('Successfully pulled image "shop:2" in 1.5s') for text in messages)


# --- sidecars, hooks, probes -------------------------------------------------------------------------------


def test_pods_of_a_node_with_a_range_get_their_addresses_from_it() -> None:
    world = _world()
    spec = {"podCIDR": "10.32.7.0/26", "podCIDRs": ["10.32.7.0/26"]}
    world.ask("patch", "nodes", "", "n1", {"spec": spec})
    world.create_pod("web")
    world.run(20)
    assert _pod(world, "web").status.pod_ip == "10.32.7.2"


def test_without_an_api_server_a_reflector_of_today_waits_longer_and_longer_up_to_a_minute() -> None:
    """0.8 s, doubling to 30 s, each up to twice as long at random."""
    world = NodeWorld("v1.36")
    world.run(5)
    world.apiserver.kill()
    pauses: dict[int, int] = {}
    for _ in range(400):
        world.run(world.engine.now / SECOND + 0.5)
        state = world.kubelet.state.parts["informer/nodes"]
        if state.paused_at is not None:
            pauses.setdefault(state.pauses, state.paused_at)
    waits = [b - a for a, b in pairwise(pauses.values())]
    firsts = [min(800 * MILLISECOND << number, 30 * SECOND) for number in list(pauses)[:-1]]
    assert len(waits) >= 7
    assert all(least <= wait <= 2 * least + SECOND for wait, least in zip(waits, firsts, strict=True))


def _lost_and_back(pods: int) -> NodeWorld:
    """Pods whose node was away: a controller has said that they are not ready, and has deleted them. The
    runtime takes no time, as that of the recordings."""
    world = _world()
    world.docker.delays = replace(world.docker.delays, stop=0)
    names = [f"web-{number}" for number in range(pods)]
    for name in names:
        world.create_pod(name)
    world.run(30)
    world.kubelet.kill()
    world.run(31)
    for name in names:
        conditions = tuple(
            replace(one, status="False") if one.type == "Ready" else one
            for one in _pod(world, name).status.conditions
        )
        world.patch_pod_status(name, conditions=conditions)
        world.delete_pod(name)
    world.run(40)
    world.kubelet.start()
    world.run(45)
    return world


def test_a_kubelet_that_is_back_says_that_lost_pods_are_ready_before_it_tells_their_end() -> None:
    world = _lost_and_back(3)
    for name in ("web-0", "web-1", "web-2"):
        told = []
        for event in world.engine.record:
            if event.object == f"pods/default/{name}" and event.t > 40 * SECOND and event.after is not None:
                ready = next(one for one in event.after.status.conditions if one.type == "Ready")
                told.append((event.after.status.phase, ready.status))
        assert told[0] == ("Running", "True")
        assert ("Failed", "False") in told


def test_lost_pods_are_gone_a_second_and_a_half_after_their_kubelet_has_started() -> None:
    world = _lost_and_back(1)
    gone = next(e.t for e in world.engine.record if e.verb == "remove" and e.object == "pods/default/web-0")
    assert 41.4 * SECOND < gone < 41.8 * SECOND
