"""The kubelet was away: what it keeps, what it kills, and when, after its return."""

import pytest

from tests.model.kubelet.node_world import NodeWorld


def away(release: str = "v1.7", *, until: float = 160) -> NodeWorld:
    """One pod runs; the kubelet is dead since 40 s."""
    world = NodeWorld(release)
    world.run(6)
    world.create_pod("web")
    world.run(40)
    world.kubelet.kill()
    world.run(until)
    return world


def evict(world: NodeWorld) -> None:
    """What the node controller does to a pod of a lost node."""
    world.patch_pod_status(
        "web", reason="NodeLost", message="Node n1 which was running pod web is unresponsive"
    )
    world.delete_pod("web")


def test_containers_run_on_without_a_kubelet() -> None:
    world = away()
    assert [c.state for c in world.containers()] == ["running"]


def test_pods_that_are_still_wanted_are_kept() -> None:
    world = away()
    before = world.containers()
    world.kubelet.start()
    world.run(230)
    assert world.containers() == before
    assert world.status("web").restart_count == 0
    assert [event.t // 1_000_000 for event in world.decisions("keep")] == [165]


def test_a_pod_marked_not_ready_is_ready_again_five_seconds_after_the_return() -> None:
    world = away()
    pod = world.pod("web")
    assert pod is not None
    conditions = tuple(
        c if c.type != "Ready" else type(c)(type="Ready", status="False") for c in pod.status.conditions
    )
    world.patch_pod_status("web", conditions=conditions)
    world.kubelet.start()
    world.run(165)
    assert not world.is_ready("web")
    world.run(165.3)
    assert world.is_ready("web")


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_evicted_pods_are_told_to_stop_five_seconds_after_the_start(release: str) -> None:
    world = away(release)
    evict(world)
    world.kubelet.start()
    world.run(300)
    (told,) = world.container_times("told-to-stop")
    assert 165.0 <= told <= 165.3
    assert world.notices("Killing")[0][1] == "Killing container with id docker://web:Need to kill Pod"


def test_an_evicted_pod_loses_the_reason_node_lost_before_it_goes() -> None:
    world = away()
    evict(world)
    world.kubelet.start()
    world.run(165.5)
    pod = world.pod("web")
    assert pod is not None
    assert pod.status.reason == ""
    assert pod.metadata.deletion_timestamp


def test_in_v1_7_the_pod_object_goes_right_after_its_containers() -> None:
    world = away()
    evict(world)
    world.kubelet.start()
    world.run(168)
    assert world.pod("web") is None
    assert world.containers("web")[0].state == "exited"


def test_in_v1_8_the_pod_object_stays_until_its_dead_containers_are_collected() -> None:
    world = away("v1.8")
    evict(world)
    world.kubelet.start()
    world.run(219)
    assert world.pod("web") is not None
    world.run(233)
    assert world.pod("web") is None
    assert world.container_times("removed") == [pytest.approx(220.2, abs=0.05)]


def test_dead_containers_are_collected_a_minute_after_the_start() -> None:
    world = away()
    evict(world)
    world.kubelet.start()
    world.run(300)
    assert world.container_times("removed") == [pytest.approx(220.2, abs=0.05)]


def test_containers_of_forgotten_pods_are_killed_with_their_own_grace_and_no_status_is_written() -> None:
    world = away()
    world.delete_pod("web", grace=0)
    last = world.engine.record.last_id
    world.kubelet.start()
    world.run(300)
    (told,) = world.container_times("told-to-stop")
    assert told == pytest.approx(166.2, abs=0.05)
    assert world.journal('Killing unwanted pod "web"')
    assert any("with 30 second grace period" in line for _, line in world.journal("Killing container"))
    assert not [
        e for e in world.engine.record.since(last) if e.object == "pods/default/web" and e.kind == "write"
    ]
    assert world.containers() == []


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_no_event_tells_that_a_pod_was_killed_which_the_api_server_had_forgotten(release: str) -> None:
    """Recorded: v1.7.5 and v1.8.0 node-deleted. What is pieced together from labels has no self link."""
    world = away(release)
    world.delete_pod("web", grace=0)
    world.kubelet.start()
    world.run(300)
    assert world.container_times("exited")
    assert not world.notices("Killing")


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_an_event_tells_that_a_pod_was_killed_which_left_the_api_server_before_the_kubelets_eyes(
    release: str,
) -> None:
    world = NodeWorld(release)
    world.create_pod("web")
    world.run(20)
    world.delete_pod("web", grace=0)
    world.run(60)
    assert len(world.notices("Killing")) == 1


def test_a_container_that_ended_meanwhile_is_restarted_at_once() -> None:
    world = away()
    world.docker.crash(world.containers()[0].id)
    world.run(200)
    assert [c.state for c in world.containers()] == ["exited"]
    world.kubelet.start()
    world.run(207)
    assert world.status("web").restart_count == 1
    assert world.is_ready("web")


def test_power_off_and_on_makes_everything_again_under_the_old_names() -> None:
    world = NodeWorld()
    world.run(6)
    world.create_pod("web")
    world.run(40)
    pod = world.pod("web")
    assert pod is not None
    address = pod.status.pod_ip
    world.machine.power_off()
    assert [(c.state, c.exit_code) for c in world.containers()] == [("exited", 255)]
    world.run(60)
    world.machine.power_on()
    world.run(65)
    assert world.is_ready("web"), "the API server believes in the dead pod for five seconds"
    world.run(67.5)
    pod = world.pod("web")
    assert pod is not None
    assert world.is_ready("web")
    assert world.status("web").restart_count == 1
    assert pod.status.pod_ip not in ("", address)
    assert world.container_times("started") == [pytest.approx(8.4, abs=0.5), pytest.approx(66.2, abs=0.3)]


def test_the_log_of_the_return_reads_like_the_real_one() -> None:
    world = away()
    evict(world)
    world.kubelet.start()
    world.run(300)
    lines = [line for t, line in world.journal() if t >= 160]
    wanted = [
        "Started kubelet v1.7.5",
        "Starting kubelet main sync loop.",
        "skipping pod synchronization - [container runtime is down PLEG is not healthy: pleg was last seen "
        "active 2562047h47m16.854775807s ago; threshold is 3m0s]",
        "Attempting to register node n1",
        "Node n1 was previously registered",
        'SyncLoop (ADD, "api"): "web_default(',
        "with 30 second grace period",
        'Type:"ContainerDied"',
        "fully terminated and removed from etcd",
    ]
    positions = [next(i for i, line in enumerate(lines) if text in line) for text in wanted]
    assert positions == sorted(positions)


@pytest.mark.parametrize(("release", "reset"), [("v1.7", False), ("v1.8", True), ("v1.36", True)])
def test_a_restart_leaves_cordon_taints_and_labels_but_since_v1_8_its_own_labels_are_reset(
    release: str, reset: bool
) -> None:
    world = NodeWorld(release)
    world.run(20)
    labels = {"kubernetes.io/hostname": "other", "rack": "7"}
    taint = {"key": "a", "effect": "NoSchedule"}
    spec = {"unschedulable": True, "taints": [taint]}
    world.ask("patch", "nodes", "", "n1", {"metadata": {"labels": labels}, "spec": spec})
    world.kubelet.kill()
    world.kubelet.start()
    world.run(40)
    node = world.node
    assert node is not None
    assert node.spec.unschedulable
    assert node.spec.taints[0].key == "a"
    assert node.metadata.labels["rack"] == "7"
    assert node.metadata.labels["kubernetes.io/hostname"] == ("n1" if reset else "other")


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_nothing_is_killed_before_it_is_known_what_is_wanted(release: str) -> None:
    world = NodeWorld(release)
    world.run(8)
    world.create_pod("web")
    world.run(30)
    world.kubelet.kill()
    world.delete_pod("web", grace=0)
    world.apiserver.kill()
    world.kubelet.start()
    world.run(150)
    assert [container.state for container in world.containers("web")] == ["running"]
    world.apiserver.start()
    world.run(230)
    assert not [one for one in world.containers("web") if one.state == "running"]
