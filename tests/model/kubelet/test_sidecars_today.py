"""The kubelet of v1.36: sidecars and init containers, pauses before a stop, startup probes."""

from typing import Any

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta
from tests.model.kubelet.node_world import NodeWorld


def _world(until: float = 8) -> NodeWorld:
    world = NodeWorld("v1.36")
    world.run(until)
    return world


def _pod(world: NodeWorld, name: str) -> v1.Pod:
    pod = world.pod(name)
    assert pod is not None
    return pod


def _create(world: NodeWorld, name: str, spec: v1.PodSpec, annotations: dict[str, str] | None = None) -> None:
    metadata = ObjectMeta(name=name, namespace="default", annotations=annotations or {})
    world.ask("create", "pods", "default", name, v1.Pod(metadata=metadata, spec=spec))
    world.ask("bind", "pods", "default", name, "n1")


def _container(name: str, **fields: Any) -> v1.Container:
    return v1.Container(name=name, image=f"{name}:1", **fields)


def test_a_sidecar_starts_before_the_containers_and_stops_after_them() -> None:
    world = _world()
    spec = v1.PodSpec(
        containers=(_container("app"),), init_containers=(_container("mesh", restart_policy="Always"),)
    )
    _create(world, "web", spec)
    world.run(20)
    assert world.is_ready("web")
    assert [c.name for c in world.containers_of("web")] == ["mesh", "app"]
    world.delete_pod("web")
    world.run(30)
    stops = [e.after.name for e in world.engine.record if e.verb == "told-to-stop"]
    assert stops == ["app", "mesh"]


def _stopping(app: v1.Container, *sidecars: v1.Container, grace: int = 30) -> NodeWorld:
    world = _world()
    spec = v1.PodSpec(containers=(app,), init_containers=sidecars, termination_grace_period_seconds=grace)
    _create(world, "web", spec)
    world.run(20)
    assert world.is_ready("web")
    world.delete_pod("web")
    world.run(80)
    return world


def test_all_are_told_to_be_killed_at_once_and_a_hook_of_a_sidecar_waits_for_nobody() -> None:
    sleep = v1.LifecycleHandler(sleep=v1.SleepAction(seconds=8))
    app = _container("app", lifecycle=v1.Lifecycle(pre_stop=sleep))
    hook = v1.Lifecycle(pre_stop=v1.LifecycleHandler(sleep=v1.SleepAction(seconds=5)))
    world = _stopping(app, _container("mesh", restart_policy="Always", lifecycle=hook))
    [mesh] = world.container_times("told-to-stop", "mesh")
    [ended] = world.container_times("exited", "app")
    assert ended <= mesh <= ended + 0.1
    began = {round(e.t / 1_000_000, 1) for e in world.events("write", "events/") if "Killing" in str(e.after)}
    assert len(began) == 1


def test_a_sidecar_is_told_to_stop_when_its_grace_is_over_though_others_still_run() -> None:
    app = v1.Container(name="app", image="busybox", command=("sleep", "1d"))
    world = _stopping(app, _container("mesh", restart_policy="Always"), grace=10)
    [mesh], [told] = (world.container_times("told-to-stop", name) for name in ("mesh", "app"))
    assert 10 <= mesh - told <= 10.1


def test_sidecars_stop_from_the_last_to_the_first() -> None:
    sidecars = (_container(name, restart_policy="Always") for name in ("first", "second", "third"))
    world = _stopping(_container("app"), *sidecars)
    stops = [e.after.name for e in world.engine.record if e.verb == "told-to-stop"]
    assert stops == ["app", "third", "second", "first"]


def test_a_sidecar_that_ends_is_started_again_while_the_pod_stays_initialized() -> None:
    world = _world()
    spec = v1.PodSpec(
        containers=(_container("app"),), init_containers=(_container("mesh", restart_policy="Always"),)
    )
    _create(world, "web", spec)
    world.run(20)
    world.docker.crash(world.containers_of("web")[0].id)
    world.run(40)
    status = _pod(world, "web").status
    assert status.phase == "Running"
    assert status.init_container_statuses[0].restart_count == 1
    assert next(one for one in status.conditions if one.type == "Initialized").status == "True"


def test_a_pod_is_ready_only_when_its_sidecars_are() -> None:
    world = _world()
    probe = v1.Probe(tcp_socket=v1.TCPSocketAction(port=80), period_seconds=2)
    mesh = _container("mesh", restart_policy="Always", readiness_probe=probe)
    _create(world, "web", v1.PodSpec(containers=(_container("app"),), init_containers=(mesh,)))
    world.run(11)
    world.docker.set_serving(world.containers_of("web")[0].id, serving=False)
    world.run(30)
    assert not world.is_ready("web")
    world.docker.set_serving(world.containers_of("web")[0].id, serving=True)
    world.run(40)
    assert world.is_ready("web")


def test_a_pause_before_the_stop_is_part_of_the_grace() -> None:
    world = _world()
    sleep = v1.LifecycleHandler(sleep=v1.SleepAction(seconds=5))
    _create(world, "web", v1.PodSpec(containers=(_container("app", lifecycle=v1.Lifecycle(pre_stop=sleep)),)))
    world.run(20)
    world.delete_pod("web")
    world.run(24)
    assert not [e for e in world.engine.record if e.verb == "told-to-stop"]
    world.run(26)
    assert [e for e in world.engine.record if e.verb == "told-to-stop"]


def test_a_container_is_neither_ready_nor_probed_before_its_startup_probe_succeeds() -> None:
    world = _world()
    probe = v1.Probe(tcp_socket=v1.TCPSocketAction(port=80), period_seconds=5, failure_threshold=100)
    _create(
        world,
        "web",
        v1.PodSpec(containers=(_container("app", startup_probe=probe, liveness_probe=probe),)),
    )
    world.run(11)
    world.docker.set_serving(world.containers_of("web")[0].id, serving=False)
    world.run(30)
    assert not world.is_ready("web")
    world.docker.set_serving(world.containers_of("web")[0].id, serving=True)
    world.run(45)
    assert world.is_ready("web")


# --- all releases ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_init_containers_run_one_after_another_before_the_others(release: str) -> None:
    world = NodeWorld(release)
    world.run(8)
    ends = {f"program.clustersim/{name}": "exit 0 after 3000ms" for name in ("first", "second")}
    spec = v1.PodSpec(
        containers=(_container("app"),), init_containers=(_container("first"), _container("second"))
    )
    _create(world, "web", spec, ends)
    world.run(12.5)
    status = _pod(world, "web").status
    assert status.phase == "Pending"
    assert [one.name for one in status.init_container_statuses] == ["first", "second"]
    waiting = status.container_statuses[0].state.waiting
    assert waiting is not None
    assert waiting.reason == "PodInitializing"
    initialized = next(one for one in status.conditions if one.type == "Initialized")
    assert (initialized.status, initialized.reason) == ("False", "ContainersNotInitialized")
    world.run(40)
    assert world.is_ready("web")
    assert [c.name for c in world.containers_of("web")] == ["first", "second", "app"]


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_an_init_container_that_fails_is_tried_again_or_ends_the_pod(release: str) -> None:
    world = NodeWorld(release)
    world.run(8)
    fails = {"program.clustersim/first": "exit 1 after 1000ms"}
    for name, policy in (("again", "Always"), ("once", "Never")):
        spec = v1.PodSpec(
            containers=(_container("app"),), init_containers=(_container("first"),), restart_policy=policy
        )
        _create(world, name, spec, fails)
    world.run(70)
    assert _pod(world, "once").status.phase == "Failed"
    assert _pod(world, "again").status.phase == "Pending"
    assert _pod(world, "again").status.init_container_statuses[0].restart_count >= 2
