"""What a kubelet makes of a docker that is down, frozen or does not list."""

import pytest

from clustersim.engine.time import SECOND
from clustersim.flags import DockerFlags
from tests.model.kubelet.node_world import NodeWorld


def node_turned(world: NodeWorld, status: str, after: float) -> float:
    """When Ready took that status, in seconds."""
    for event in world.events("write", "nodes/n1"):
        ready = event.after and next((c for c in event.after.status.conditions if c.type == "Ready"), None)
        if event.t >= after * SECOND and ready is not None and ready.status == status:
            return event.t / SECOND
    raise AssertionError(f"Ready never became {status}")


def test_a_stopped_docker_makes_the_node_not_ready_within_25_to_40_seconds() -> None:
    for stop in (31, 33, 36, 38):
        world = NodeWorld()
        world.run(stop)
        world.docker.kill()
        world.run(stop + 60)
        assert 25 <= node_turned(world, "False", stop) - stop <= 40.1
        assert world.condition().reason == "KubeletNotReady"
        assert world.condition().message == "container runtime is down"


def test_after_three_minutes_the_message_gains_the_container_list() -> None:
    world = NodeWorld()
    world.run(30)
    world.docker.kill()
    world.run(230)
    assert world.condition().message.startswith(
        "container runtime is down,PLEG is not healthy: pleg was last seen active 3m"
    )


def test_a_stopped_docker_ends_its_containers_and_they_are_made_again_with_other_addresses() -> None:
    world = NodeWorld()
    world.create_pod("web")
    world.run(30)
    pod = world.pod("web")
    assert pod is not None
    address = pod.status.pod_ip
    world.docker.kill()
    assert [c.state for c in world.containers("web")] == ["exited"]
    world.run(100)
    world.docker.start()
    world.run(120)
    pod = world.pod("web")
    assert pod is not None
    assert world.condition().status == "True"
    assert world.is_ready("web")
    assert world.status("web").restart_count == 1
    assert pod.status.pod_ip != address
    assert world.notices("SandboxChanged")


def test_a_docker_that_stops_tells_its_containers_and_kills_those_that_do_not_heed_it() -> None:
    world = NodeWorld()
    world.create_pod("web")
    world.create_pod("said", program="stops with 0")
    world.create_pod("deaf", "busybox", command=("sleep", "1d"))
    world.run(30)
    world.docker.kill()
    codes = {one.name: one.exit_code for one in world.containers() if one.state == "exited"}
    assert codes == {"web": 143, "said": 0, "deaf": 137}


def test_with_live_restore_containers_outlive_the_daemon() -> None:
    world = NodeWorld(docker=DockerFlags(live_restore=True))
    world.create_pod("web")
    world.run(30)
    before = world.containers("web")
    world.docker.kill()
    world.run(100)
    world.docker.start()
    world.run(130)
    assert world.containers("web") == before
    assert world.status("web").restart_count == 0
    assert world.condition().status == "True"


def test_a_docker_that_does_not_list_makes_the_node_not_ready_after_three_minutes() -> None:
    world = NodeWorld()
    world.run(30)
    world.docker.hang_list()
    world.run(230)
    assert 179 <= node_turned(world, "False", 30) - 30 <= 190.1
    assert world.condition().message.startswith("PLEG is not healthy")


def test_health_of_the_kubelet_says_nothing_of_docker_but_its_main_loop_stands_still() -> None:
    world = NodeWorld()
    world.run(30)
    world.docker.hang_list()
    turned = None
    for second in range(31, 600):
        world.run(second)
        assert world.kubelet.healthz().body == "ok"
        if turned is None and world.kubelet.healthz(10255).status == 500:
            turned = second - 30
    assert turned is not None
    assert 480 <= turned <= 545


def test_a_frozen_docker_blocks_the_heartbeat_too() -> None:
    world = NodeWorld()
    world.run(25)
    world.docker.hang()
    world.run(30 + 100)
    assert world.condition().last_heartbeat_time == "2017-09-26T07:00:20Z"
    world.docker.resume()
    world.run(131)
    assert world.condition().message == "container runtime is down"
    world.run(145)
    assert world.condition().status == "True"


def test_without_docker_the_kubelet_exits_and_is_started_again() -> None:
    world = NodeWorld()
    world.run(15)
    world.kubelet.kill()
    world.docker.kill()
    world.kubelet.start()
    world.run(16)
    assert not world.kubelet.running
    assert world.journal()[-1][1].endswith(
        "failed to run Kubelet: failed to create kubelet: failed to get docker version: "
        "Cannot connect to the Docker daemon. Is the docker daemon running on this host?"
    )
    world.docker.start()
    world.run(30)
    assert world.kubelet.running


def test_another_cgroup_driver_ends_the_kubelet() -> None:
    world = NodeWorld(docker=DockerFlags(cgroup_driver="systemd"))
    world.run(1)
    assert not world.kubelet.running
    text = 'kubelet cgroup driver: "cgroupfs" is different from docker cgroup driver: "systemd"'
    assert text in world.journal()[-1][1]


def test_no_pod_is_started_or_killed_while_the_runtime_is_down() -> None:
    world = NodeWorld()
    world.run(20)
    world.docker.kill()
    world.run(60)
    world.create_pod("late")
    world.run(100)
    pod = world.pod("late")
    assert pod is not None
    assert pod.status.phase == "Pending"
    assert world.journal("skipping pod synchronization - [container runtime is down]")


def test_garbage_collection_tells_every_minute_that_docker_is_away() -> None:
    world = NodeWorld()
    world.run(20)
    world.docker.kill()
    world.run(190)
    assert [count for _, _, count in world.notices("ContainerGCFailed")] == [3]


HERE = "Cannot connect to the Docker daemon. Is the docker daemon running on this host?"
THERE = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"


@pytest.mark.parametrize(
    ("release", "told", "raw"),
    [
        ("v1.7", f"rpc error: code = 2 desc = {HERE}", HERE),
        ("v1.8", f"rpc error: code = Unknown desc = {THERE}", THERE),
    ],
)
def test_what_fails_without_docker_is_told_as_grpc_and_dockers_client_of_the_release_say_it(
    release: str, told: str, raw: str
) -> None:
    """v1.7.5, v1.8.0 dockershim/docker_service.go Status; kk#72533, moby#38642 show v1.8 and later."""
    world = NodeWorld(release=release)
    world.run(20)
    world.docker.kill()
    world.run(90)
    assert {message for _, message, _ in world.notices("ContainerGCFailed")} == {told}
    assert world.journal(f"GenericPLEG: Unable to retrieve pods: {told}")
    assert world.journal(
        "Container runtime not ready: RuntimeReady=false reason:DockerDaemonNotReady "
        f"message:docker: failed to get docker version: {raw}"
    )


@pytest.mark.parametrize(("release", "code"), [("v1.7", "4"), ("v1.8", "DeadlineExceeded")])
def test_a_docker_that_does_not_list_is_late(release: str, code: str) -> None:
    """kk#54381 shows v1.7."""
    world = NodeWorld(release=release)
    world.run(20)
    world.docker.hang_list()
    world.run(200)
    late = f"rpc error: code = {code} desc = context deadline exceeded"
    assert world.journal(f"GenericPLEG: Unable to retrieve pods: {late}")


def test_healthz_refuses_when_the_kubelet_is_dead() -> None:
    world = NodeWorld()
    world.run(20)
    world.kubelet.kill()
    assert world.kubelet.healthz().status == 0
    assert "Connection refused" in world.kubelet.healthz().body


def test_verbose_health_lists_the_checks() -> None:
    world = NodeWorld()
    world.run(20)
    assert world.kubelet.healthz(verbose=True).body == "[+]ping ok\nhealthz check passed"
