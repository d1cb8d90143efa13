"""What containers are told after their start, and users that they may not run as."""

import pytest

from clustersim.api import core_v1 as v1
from clustersim.engine.time import SECOND
from tests.model.kubelet.node_world import NodeWorld

RELEASES = ("v1.7", "v1.8", "v1.36")


def hooked(release: str, *command: str, grace: int = 5, **fields: object) -> NodeWorld:
    """A pod whose container runs that command after its start, created at 10 s."""
    world = NodeWorld(release)
    world.run(10)
    hook = v1.LifecycleHandler(exec=v1.ExecAction(command=command), **fields)  # type: ignore[arg-type]
    world.create_pod("web", grace=grace, lifecycle=v1.Lifecycle(post_start=hook))
    return world


def waiting(world: NodeWorld) -> v1.ContainerStateWaiting:
    found = world.status("web").state.waiting
    assert found is not None
    return found


def told_to_wait(world: NodeWorld, reason: str) -> bool:
    pod = world.pod("web")
    assert pod is not None
    found = [one.state.waiting for one in pod.status.container_statuses]
    return any(one is not None and one.reason == reason for one in found)


@pytest.mark.parametrize("release", RELEASES)
def test_a_pod_is_not_running_before_its_hook_has_ended(release: str) -> None:
    world = hooked(release, "sh", "-c", "sleep 20")
    world.run(30)
    assert waiting(world).reason == "ContainerCreating"
    world.run(36)
    assert world.status("web").ready
    assert world.status("web").restart_count == 0


@pytest.mark.parametrize(
    ("release", "reason", "message", "event"),
    [
        ("v1.7", "CrashLoopBackOff", "Back-off", ""),
        ("v1.8", "PostStartHookError", "", ""),
        ("v1.36", "PostStartHookError", "Exec lifecycle hook ([sh -c exit 3])", "PostStartHook failed"),
    ],
)
def test_a_failed_hook_kills_its_container(release: str, reason: str, message: str, event: str) -> None:
    world = hooked(release, "sh", "-c", "exit 3")
    while world.engine.now < 20 * SECOND and not told_to_wait(world, reason):
        world.run(world.engine.now / SECOND + 0.1)
    assert waiting(world).reason == reason
    told = waiting(world).message or ""
    assert message in told
    assert bool(told) == bool(message)
    ((first, _count), *_) = [(text, count) for _, text, count in world.notices("FailedPostStartHook")]
    assert first == event
    ((killing, _count), *_) = [(text, count) for _, text, count in world.notices("Killing")]
    assert killing.endswith("FailedPostStartHook")


@pytest.mark.parametrize("release", RELEASES)
def test_a_container_whose_hook_fails_is_started_again_with_back_off(release: str) -> None:
    world = hooked(release, "sh", "-c", "exit 1")
    world.run(60)
    starts = world.container_times("started")
    assert len(starts) >= 3
    assert starts[2] - starts[1] > 10
    assert not world.is_ready("web")


@pytest.mark.parametrize("release", RELEASES)
def test_a_hook_leaves_files_in_its_container(release: str) -> None:
    world = hooked(release, "sh", "-c", "echo Hello > /usr/share/message")
    world.run(20)
    (container,) = world.docker.disk.containers.values()
    found = container.file("/usr/share/message")
    assert found is not None
    assert found.text == "Hello\n"


@pytest.mark.parametrize("release", RELEASES)
def test_a_hook_ends_with_its_container(release: str) -> None:
    world = hooked(release, "sh", "-c", "sleep infinity")
    world.run(20)
    (container,) = world.docker.disk.containers.values()
    world.docker.crash(container.id)
    world.run(40)
    assert len(world.container_times("started")) == 2
    assert not world.docker.state.executing.get(container.id)


@pytest.mark.parametrize("release", RELEASES)
def test_a_pod_deleted_while_its_hook_runs_goes_when_its_container_has_ended(release: str) -> None:
    world = hooked(release, "sh", "-c", "sleep infinity")
    world.run(20)
    world.delete_pod("web")
    world.run(23)
    ended = bool(world.container_times("exited"))
    assert ended or world.pod("web") is not None


@pytest.mark.parametrize(
    ("release", "reason", "told"),
    [
        ("v1.7", "container has runAsNonRoot and image will run as root", ""),
        ("v1.8", "CreateContainerConfigError", "container has runAsNonRoot and image will run as root"),
        (
            "v1.36",
            "CreateContainerConfigError",
            'container has runAsNonRoot and image will run as root (pod: "web_default(',
        ),
    ],
)
def test_an_image_of_root_is_no_container_that_must_not_be_root(release: str, reason: str, told: str) -> None:
    world = NodeWorld(release)
    world.run(10)
    world.create_pod("web", "nginx:1.13", security_context=v1.SecurityContext(run_as_non_root=True))
    world.run(20)
    assert waiting(world).reason == reason
    assert told in (waiting(world).message or "")
    assert not world.container_times("created")


@pytest.mark.parametrize(
    ("image", "context", "releases"),
    [
        ("nginx:1.13", {"run_as_user": 1000}, RELEASES),
        ("nginx:1.13", {"run_as_user": 0}, ()),
        ("bitnami/redis:7", {}, RELEASES),
        ("prom/prometheus:v2", {}, ("v1.7", "v1.8")),
    ],
)
def test_who_is_not_root_may_run(image: str, context: dict[str, int], releases: tuple[str, ...]) -> None:
    for release in RELEASES:
        world = NodeWorld(release)
        world.run(10)
        rights = v1.SecurityContext(run_as_non_root=True, **context)  # type: ignore[arg-type]
        world.create_pod("web", image, security_context=rights)
        world.run(20)
        assert bool(world.container_times("started")) == (release in releases), release


def stopped_with(release: str, hook: v1.LifecycleHandler, grace: int = 30) -> NodeWorld:
    """A pod with that hook before its stop, deleted at 20 s."""
    world = NodeWorld(release)
    world.run(10)
    world.create_pod("web", grace=grace, lifecycle=v1.Lifecycle(pre_stop=hook))
    world.run(20)
    world.delete_pod("web")
    world.run(40)
    return world


NOBODY = v1.HTTPGetAction(path="/x", port="nobody")
FAILING = (
    (v1.LifecycleHandler(exec=v1.ExecAction(command=("sh", "-c", "exit 3"))), ""),
    (v1.LifecycleHandler(http_get=NOBODY), ""),
    (v1.LifecycleHandler(tcp_socket=v1.TCPSocketAction(port=80)), "Cannot run handler"),
)


@pytest.mark.parametrize(("hook", "words"), FAILING)
@pytest.mark.parametrize("release", RELEASES)
def test_a_hook_before_the_stop_that_fails_is_told_and_stops_nothing(
    release: str, hook: v1.LifecycleHandler, words: str
) -> None:
    world = stopped_with(release, hook)
    ((_, told, _count),) = list(world.notices("FailedPreStopHook"))
    assert told.startswith("PreStopHook failed" if release == "v1.36" else words)
    assert bool(told) == (release == "v1.36" or bool(words))
    assert world.container_times("told-to-stop")[0] - 20 == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize("release", RELEASES)
def test_a_hook_that_has_no_time_is_not_said_to_have_failed(release: str) -> None:
    slow = v1.LifecycleHandler(exec=v1.ExecAction(command=("sh", "-c", "sleep 60; exit 1")))
    assert not list(stopped_with(release, slow, grace=5).notices("FailedPreStopHook"))


@pytest.mark.parametrize("release", RELEASES)
def test_a_request_after_the_start_fails_where_nobody_listens(release: str) -> None:
    world = NodeWorld(release)
    world.run(10)
    asked = v1.LifecycleHandler(http_get=v1.HTTPGetAction(path="/x", port=9999))
    lifecycle = v1.Lifecycle(post_start=asked)
    world.create_pod("web", image="nginx", lifecycle=lifecycle)
    world.run(20)
    ((_, told, _count),) = world.notices("FailedPostStartHook")
    assert told == ("PostStartHook failed" if release == "v1.36" else "")
    if release == "v1.36":
        assert 'Get "http://' in (waiting(world).message or "")
