"""Pods from their binding to their end."""

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta
from clustersim.engine.time import SECOND
from clustersim.programs import PROGRAM, Exits
from tests.model.kubelet.node_world import NodeWorld


def started(release: str = "v1.7", until: float = 10, **options: object) -> NodeWorld:
    world = NodeWorld(release, **options)  # type: ignore[arg-type]
    world.run(until)
    return world


@pytest.mark.parametrize(("told", "code"), [("runs", 143), ("runs; stops with 0", 0)])
def test_a_container_that_is_told_to_stop_ends_with_the_code_of_its_program(told: str, code: int) -> None:
    world = started()
    metadata = ObjectMeta(name="web", namespace="default", annotations={f"{PROGRAM}web": told})
    spec = v1.PodSpec(containers=(v1.Container(name="web", image="web:1"),))
    world.ask("create", "pods", "default", "web", v1.Pod(metadata=metadata, spec=spec))
    world.ask("bind", "pods", "default", "web", "n1")
    world.run(20)
    world.delete_pod("web")
    world.run(25)
    (ended,) = (event for event in world.events("container") if event.verb == "exited")
    assert ended.after.exit_code == code


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_pod_that_has_ended_keeps_the_address_it_had(release: str) -> None:
    world = started(release)
    world.create_pod("web", exits=Exits(after_ms=5000, code=0), restart_policy="Never")
    world.run(16)
    address = world.pod("web").status.pod_ip
    assert address
    world.run(60)
    status = world.pod("web").status
    assert (status.phase, status.pod_ip) == ("Succeeded", address)


def test_a_pod_starts_by_the_steps_of_the_era() -> None:
    world = started()
    world.create_pod("web")
    world.run(20)
    told = [(reason, message) for reason, message, _ in world.notices() if "Node" not in reason][1:]
    assert told == [
        ("Pulling", 'pulling image "tomcat:8"'),
        ("Pulled", 'Successfully pulled image "tomcat:8"'),
        ("Created", "Created container"),
        ("Started", "Started container"),
    ]
    assert world.container_times("started") == [pytest.approx(12.2, abs=0.05)]


def test_a_pod_is_running_when_the_next_list_of_containers_shows_it() -> None:
    world = started()
    world.create_pod("web")
    world.run(12.2)
    pod = world.pod("web")
    assert pod is not None
    assert pod.status.phase == "Pending"
    waiting = pod.status.container_statuses[0].state.waiting
    assert waiting is not None
    assert waiting.reason == "ContainerCreating"
    world.run(13.3)
    pod = world.pod("web")
    assert pod is not None
    assert (pod.status.phase, pod.status.pod_ip) == ("Running", "172.17.1.2")
    assert [c.type for c in pod.status.conditions] == ["Initialized", "Ready", "PodScheduled"]


def test_an_image_that_is_there_is_not_pulled_again_unless_its_tag_is_latest() -> None:
    world = started()
    for index, image in enumerate(("nginx:1.13", "httpd")):
        world.create_pod(f"one{index}", image)
    world.run(25)
    for index, image in enumerate(("nginx:1.13", "httpd")):
        world.create_pod(f"two{index}", image)
    world.run(40)
    pulls = [(m, c) for _, m, c in world.notices("Pulling")]
    assert pulls == [
        ('pulling image "nginx:1.13"', 1),
        ('pulling image "httpd"', 1),
        ('pulling image "httpd"', 1),
    ]
    assert ("Pulled", 'Container image "nginx:1.13" already present on machine', 1) in world.notices("Pulled")


def test_an_image_that_may_not_be_pulled_is_told_to_be_missing() -> None:
    world = started()
    world.create_pod("web", "nginx:1.13", image_pull_policy="Never")
    world.run(20)
    assert world.notices("Pulling") == []
    assert world.notices("ErrImageNeverPull")
    (status,) = world.pod("web").status.container_statuses
    assert status.state.waiting.reason == "ErrImageNeverPull"


def test_images_are_pulled_one_after_another() -> None:
    world = started()
    for name in ("a", "b", "c"):
        world.create_pod(name, "nginx:1.13")
    world.run(20)
    starts = world.container_times("created")
    assert starts == [pytest.approx(t, abs=0.1) for t in (12.0, 13.5, 15.0)]


def test_a_container_that_exits_at_once_waits_longer_and_longer() -> None:
    world = started()
    world.create_pod("crash", exits=Exits(after_ms=0, code=1))
    world.run(1500)
    ends = world.container_times("exited")
    starts = world.container_times("started")
    gaps = [start - end for start, end in zip(starts[1:], ends, strict=False)]
    for gap, wait in zip(gaps, (0, 10, 20, 40, 80, 160, 300, 300), strict=False):
        assert wait <= gap <= wait + 17
    assert world.notices("BackOff")[0][:2] == ("BackOff", "Back-off restarting failed container")


def test_crash_loop_back_off_shows_one_sync_late() -> None:
    world = started()
    world.create_pod("crash", exits=Exits(after_ms=2000, code=1))
    reasons: list[str] = []
    for tick in range(110, 600):
        world.run(tick / 10)
        state = world.status("crash").state
        told = state.waiting or state.terminated
        reason = told.reason if told else "Running"
        if not reasons or reasons[-1] != reason:
            reasons.append(reason)
    assert reasons[:7] == [
        "ContainerCreating",
        "Running",
        "Error",
        "Running",
        "Error",
        "CrashLoopBackOff",
        "Running",
    ]


def test_a_container_that_ran_long_is_restarted_at_once_and_counts_from_the_start() -> None:
    world = started()
    world.create_pod("slow", exits=Exits(after_ms=1_320_000, code=1))
    world.run(4100)
    starts, ends = world.container_times("started"), world.container_times("exited")
    assert len(ends) == 3
    assert all(start - end < 2.5 for start, end in zip(starts[1:], ends, strict=False))


def test_a_restart_of_the_kubelet_forgets_back_offs() -> None:
    world = started()
    world.create_pod("crash", exits=Exits(after_ms=100, code=1))
    world.run(250)
    before = len(world.container_times("started"))
    world.run(300)
    assert len(world.container_times("started")) == before
    world.kubelet.kill()
    world.kubelet.start()
    world.run(307)
    assert len(world.container_times("started")) == before + 1


def test_a_failing_pull_waits_a_second_and_a_half_then_backs_off() -> None:
    world = started()
    world.registry.refuse("shop:2.0")
    world.create_pod("shop", "shop:2.0")
    world.run(400)
    pulls = world.decisions("wait")
    assert pulls
    assert pulls[0].rule is not None
    assert pulls[0].rule.rule.id == "kubelet.image-pull"
    failed = world.notices("Failed")[0]
    assert failed[1] == (
        'Failed to pull image "shop:2.0": rpc error: code = 2 desc = Error response from daemon: '
        "manifest for shop:2.0 not found"
    )
    assert 5 <= failed[2] <= 7
    state = world.status("shop").state.waiting
    assert state is not None
    assert state.reason in ("ErrImagePull", "ImagePullBackOff")


def test_a_mended_image_helps_at_the_next_try() -> None:
    world = started()
    world.registry.refuse("shop:2.0")
    world.create_pod("shop", "shop:2.0")
    world.run(14)
    world.registry.allow("shop:2.0")
    world.run(40)
    assert world.is_ready("shop")


@pytest.mark.parametrize(("code", "phase", "reason"), [(0, "Succeeded", "Completed"), (3, "Failed", "Error")])
def test_a_pod_that_is_never_restarted_finishes(code: int, phase: str, reason: str) -> None:
    world = started()
    world.create_pod("job", exits=Exits(after_ms=3000, code=code), restart_policy="Never")
    world.run(60)
    pod = world.pod("job")
    assert pod is not None
    assert pod.status.phase == phase
    ended = pod.status.container_statuses[0].state.terminated
    assert ended is not None
    assert (ended.exit_code, ended.reason) == (code, reason)
    assert len(world.container_times("started")) == 1


def test_on_failure_restarts_only_failures() -> None:
    world = started()
    world.create_pod("good", exits=Exits(after_ms=1000, code=0), restart_policy="OnFailure")
    world.create_pod("bad", exits=Exits(after_ms=1000, code=1), restart_policy="OnFailure")
    world.run(60)
    assert len(world.container_times("started", "good")) == 1
    assert len(world.container_times("started", "bad")) > 1


def test_a_deleted_pod_gets_sigterm_at_once_and_leaves_when_it_has_ended() -> None:
    world = started()
    world.create_pod("web")
    world.run(20)
    world.delete_pod("web")
    world.run(20.1)
    assert world.container_times("told-to-stop") == [pytest.approx(20, abs=0.05)]
    world.run(24)
    assert world.pod("web") is None


def test_a_grace_shorter_than_the_program_needs_ends_in_sigkill() -> None:
    world = started()
    world.docker.delays = type(world.docker.delays)(stop=60 * SECOND)
    world.create_pod("web", grace=5)
    world.run(20)
    world.delete_pod("web")
    world.run(60)
    ended = next(e.after for e in world.events("container") if e.verb == "exited")
    assert ended.exit_code == 137
    assert world.container_times("exited") == [pytest.approx(25, abs=0.05)]


def test_no_container_gets_less_than_two_seconds() -> None:
    world = started()
    world.docker.delays = type(world.docker.delays)(stop=60 * SECOND)
    world.create_pod("web", grace=1)
    world.run(20)
    world.delete_pod("web")
    world.run(60)
    assert world.container_times("exited") == [pytest.approx(22, abs=0.05)]


def test_a_pod_deleted_by_force_is_given_two_seconds() -> None:
    world = started()
    world.docker.delays = type(world.docker.delays)(stop=60 * SECOND)
    world.create_pod("web")
    world.run(30.5)
    world.delete_pod("web", grace=0)
    assert world.pod("web") is None
    world.run(60)
    (told,) = world.container_times("told-to-stop")
    assert 30.5 < told < 30.6
    assert world.container_times("exited") == [pytest.approx(told + 2, abs=0.01)]
    assert any("with 0 second grace period" in line for _, line in world.journal("Killing container"))


def test_a_foreign_edit_of_a_pod_status_is_undone_within_ten_seconds() -> None:
    world = started()
    world.create_pod("web")
    world.run(30)
    world.patch_pod_status("web", reason="NodeLost")
    world.run(41)
    pod = world.pod("web")
    assert pod is not None
    assert pod.status.reason == ""


def test_a_killed_container_is_restarted_within_two_seconds() -> None:
    world = started()
    world.create_pod("web")
    world.run(30)
    world.docker.crash(world.containers("web")[0].id)
    world.run(32.5)
    assert world.status("web").restart_count == 1 or len(world.container_times("started")) == 2


def test_a_killed_sandbox_means_new_containers_and_another_address() -> None:
    world = started()
    world.create_pod("web")
    world.run(30)
    sandbox = next(iter(world.docker.disk.sandboxes.values()))
    world.docker.kill_sandbox(sandbox.id)
    world.run(40)
    pod = world.pod("web")
    assert pod is not None
    assert world.notices("SandboxChanged")
    assert pod.status.pod_ip == "172.17.1.3"
    assert world.status("web").restart_count == 1


def test_an_out_of_memory_kill_is_told_as_such() -> None:
    world = started()
    world.create_pod("web", restart_policy="Never")
    world.run(30)
    world.docker.crash(world.containers("web")[0].id, oom_killed=True)
    world.run(40)
    ended = world.status("web").state.terminated
    assert ended is not None
    assert (ended.reason, ended.exit_code) == ("OOMKilled", 137)


def test_one_dead_predecessor_of_a_container_is_kept() -> None:
    world = started()
    world.create_pod("crash", exits=Exits(after_ms=100, code=1))
    world.run(200)
    dead = [c for c in world.containers("crash") if c.state == "exited"]
    assert len(dead) == 1
    assert dead[0].attempt >= 3


def test_restart_counts_outlive_the_kubelet_but_not_dockers_records() -> None:
    world = started()
    world.create_pod("crash", exits=Exits(after_ms=100, code=1))
    world.run(100)
    world.kubelet.kill()
    world.run(110)
    count = world.status("crash").restart_count
    world.kubelet.start()
    world.run(118)
    assert world.status("crash").restart_count == count + 1
    world.kubelet.kill()
    world.docker.kill()
    world.docker.lose_everything()
    world.docker.start()
    world.run(130)
    world.kubelet.start()
    world.run(140)
    assert world.containers("crash")[-1].attempt <= 1


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
@pytest.mark.parametrize(("pause", "sigterm", "sigkill"), [(10, 10, 30), (40, 30, 32)])
def test_the_hook_before_the_stop_takes_its_time_from_the_grace_but_two_seconds(
    release: str, pause: int, sigterm: int, sigkill: int
) -> None:
    world = started(release)
    world.docker.delays = type(world.docker.delays)(stop=3600 * SECOND)
    hook = v1.LifecycleHandler(exec=v1.ExecAction(command=("sh", "-c", f"sleep {pause}")))
    world.create_pod("stubborn", lifecycle=v1.Lifecycle(pre_stop=hook))
    world.run(20)
    world.delete_pod("stubborn")
    world.run(80)
    assert world.container_times("told-to-stop")[0] - 20 == pytest.approx(sigterm, abs=0.2)
    assert world.container_times("exited")[0] - 20 == pytest.approx(sigkill, abs=0.2)
