"""Ephemeral containers: put into a pod that runs, started once, never again, and never taken out."""

from typing import Any

import msgspec

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta
from clustersim.api.request import Request
from clustersim.kubectl import describe
from clustersim.programs import Exits, program_annotation
from tests.model.kubelet.node_world import NodeWorld


def _world(release: str = "v1.36", **pod: Any) -> NodeWorld:
    world = NodeWorld(release)
    world.run(8)
    world.create_pod("web", **pod)
    world.run(20)
    return world


def _put(world: NodeWorld, name: str = "debugger", **more: Any) -> Any:
    container = {"name": name, "image": "busybox:1.37", "command": ["sleep", "1d"], **more}
    body = {"spec": {"ephemeralContainers": [container]}}
    return _patch(world, body)


def _patch(world: NodeWorld, body: Any, subresource: str = "ephemeralcontainers") -> Any:
    world.engine.cause = 0
    asked = Request("patch", "pods", "default", "web", body, patch_type="strategic", subresource=subresource)
    return world.apiserver.handle(asked, "test")


def _pod(world: NodeWorld) -> v1.Pod:
    pod = world.pod("web")
    assert pod is not None
    return pod


def _statuses(world: NodeWorld) -> tuple[v1.ContainerStatus, ...]:
    return _pod(world).status.ephemeral_container_statuses


def _events(world: NodeWorld, path: str) -> list[tuple[str, str]]:
    found = sorted(world.etcd.range("events").values(), key=lambda one: int(one.metadata.resource_version))
    return [(one.reason, one.message) for one in found if one.involved_object.field_path == path]


def test_the_kubelet_starts_what_is_put_into_a_running_pod() -> None:
    world = _world()
    before = _pod(world).status.container_statuses[0].container_id
    assert _put(world).ok
    world.run(40)
    [status] = _statuses(world)
    assert status.state.running is not None
    assert (status.ready, status.started, status.restart_count) == (False, None, 0)
    plain = msgspec.to_builtins(status)
    assert "started" not in plain
    assert _pod(world).status.container_statuses[0].container_id == before
    told = _events(world, "spec.ephemeralContainers{debugger}")
    assert [reason for reason, _ in told] == ["Pulling", "Pulled", "Created", "Started"]


def test_what_ended_is_never_started_again_whatever_the_pods_policy() -> None:
    world = _world()
    assert _put(world, command=["sh", "-c", "sleep 3; exit 4"]).ok
    world.run(60)
    [status] = _statuses(world)
    assert status.state.terminated is not None
    assert (status.state.terminated.exit_code, status.restart_count) == (4, 0)
    world.kubelet.kill()
    world.kubelet.start()
    world.run(200)
    assert [one.name for one in world.docker.disk.containers.values()].count("debugger") == 1
    assert _statuses(world)[0].state.terminated is not None
    assert _pod(world).status.phase == "Running"
    assert world.is_ready("web")


def test_it_is_started_while_the_init_containers_are_not_through() -> None:
    world = NodeWorld("v1.36")
    world.run(8)
    init = v1.Container(name="first", image="busybox:1.37", command=("sleep", "1h"))
    main = v1.Container(name="web", image="tomcat:8")
    spec = v1.PodSpec(containers=(main,), init_containers=(init,))
    pod = v1.Pod(metadata=ObjectMeta(name="web", namespace="default"), spec=spec)
    world.ask("create", "pods", "default", "web", pod)
    world.ask("bind", "pods", "default", "web", world.name)
    world.run(20)
    assert _put(world).ok
    world.run(40)
    assert _statuses(world)[0].state.running is not None
    assert _pod(world).status.container_statuses[0].state.waiting is not None
    assert [reason for reason, _ in _events(world, "spec.initContainers{first}")][-1] == "Started"


def test_one_that_wants_to_see_a_container_that_was_never_made_is_not_started() -> None:
    world = NodeWorld("v1.36")
    world.run(8)
    world.registry.refuse("tomcat:8")
    world.create_pod("web")
    world.run(12)
    assert _put(world, targetContainerName="web").ok
    world.run(30)
    [status] = _statuses(world)
    assert status.state.waiting is not None
    assert status.state.waiting.reason == "CreateContainerConfigError"
    assert status.state.waiting.message == "unable to find target container web"


def test_it_does_not_hold_up_a_pod_that_has_come_to_its_end() -> None:
    world = _world(exits=Exits(after_ms=30_000, code=0), restart_policy="Never")
    assert _put(world).ok
    world.run(90)
    assert _pod(world).status.phase == "Succeeded"
    assert _statuses(world)[0].state.terminated is not None


def test_describe_shows_it() -> None:
    world = _world()
    assert _put(world, targetContainerName="web").ok
    world.run(40)
    lines = list(describe.pod.pod_lines(_pod(world), "v1.36", world.engine.now))
    place = lines.index("Ephemeral Containers:")
    assert lines[place + 1] == "  debugger:"
    assert "    State:\tRunning" in lines[place:]
    assert "    Ready:\tFalse" in lines[place:]
    assert lines.index("Containers:") < place < lines.index("Conditions:")


def test_a_program_of_its_own_is_told_by_the_pods_annotation() -> None:
    world = NodeWorld("v1.36")
    world.run(8)
    world.create_pod("web")
    world.run(20)
    told = program_annotation("debugger", Exits(after_ms=2000, code=7))
    assert _patch(world, {"metadata": {"annotations": told}}, "").ok
    assert _put(world).ok
    world.run(40)
    ended = _statuses(world)[0].state.terminated
    assert ended is not None
    assert ended.exit_code == 7


# --- what the API server says ----------------------------------------------------------------------------


def test_it_can_be_neither_removed_nor_changed() -> None:
    world = _world()
    assert _put(world).ok
    removed = world.apiserver.handle(
        Request(
            "patch",
            "pods",
            "default",
            "web",
            [{"op": "remove", "path": "/spec/ephemeralContainers/0"}],
            patch_type="json",
            subresource="ephemeralcontainers",
        ),
        "test",
    )
    assert removed.message == (
        'Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers '
        '"debugger" may not be removed\n'
    )
    changed = _put(world, image="busybox:1.36")
    assert changed.message.startswith(
        'Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers '
        '"debugger" may not be changed\n'
    )
    assert len(_pod(world).spec.ephemeral_containers) == 1


def test_what_such_a_container_may_not_have_is_refused() -> None:
    world = _world()
    port = {"ports": [{"containerPort": 80}]}
    assert _put(world, **port).message == (
        'Pod "web" is invalid: spec.ephemeralContainers[0].ports: Forbidden: '
        "cannot be set for an Ephemeral Container"
    )
    limits = {"resources": {"limits": {"cpu": "1"}}}
    assert "[0].resources: Forbidden" in _put(world, **limits).message
    assert _put(world, name="web").message == (
        'Pod "web" is invalid: spec.ephemeralContainers[0].name: Duplicate value: "web"'
    )
    assert _put(world, targetContainerName="db").message == (
        'Pod "web" is invalid: spec.ephemeralContainers[0].targetContainerName: Not found: "db"'
    )


def test_it_comes_in_by_its_own_door_alone() -> None:
    world = _world()
    body = {"spec": {"ephemeralContainers": [{"name": "debugger", "image": "busybox"}]}}
    refused = _patch(world, body, "")
    assert refused.status == 422
    assert "spec: Forbidden: pod updates may not change fields other than" in refused.message
    looking = v1.EphemeralContainer(name="debugger", image="busybox")
    spec = v1.PodSpec(
        containers=(v1.Container(name="web", image="tomcat:8"),), ephemeral_containers=(looking,)
    )
    pod = v1.Pod(metadata=ObjectMeta(name="other", namespace="default"), spec=spec)
    created = world.apiserver.handle(Request("create", "pods", "default", "other", pod), "test")
    assert created.message == (
        'Pod "other" is invalid: spec.ephemeralContainers: Forbidden: cannot be set on create'
    )


def test_what_else_the_request_says_is_left_out() -> None:
    world = _world()
    body = {
        "metadata": {"labels": {"a": "b"}},
        "spec": {"ephemeralContainers": [{"name": "debugger", "image": "busybox"}], "nodeName": "n9"},
    }
    assert _patch(world, body).ok
    pod = _pod(world)
    assert (pod.spec.node_name, "a" in pod.metadata.labels) == (world.name, False)
    [one] = pod.spec.ephemeral_containers
    assert (one.image_pull_policy, one.termination_message_policy) == ("Always", "File")
    assert pod.metadata.generation == 2


def test_the_older_releases_do_not_know_the_address() -> None:
    for release in ("v1.7", "v1.8"):
        refused = _put(_world(release))
        assert (refused.status, refused.reason) == (404, "NotFound")
