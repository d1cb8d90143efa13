"""Pods of another size, while they run: what is done to containers, what is said, and what waits for room."""

from typing import Any

from clustersim.api import core_v1 as v1
from clustersim.api.request import Request
from clustersim.api.resources import requests_v136
from clustersim.programs import Exits
from clustersim.runtime.records import Container
from tests.model.kubelet.node_world import NodeWorld

Sizes = dict[str, dict[str, str]]


def _sizes(cpu: str, memory: str = "100Mi", *, limits: bool = False) -> Sizes:
    asked = {"cpu": cpu, "memory": memory}
    return {"requests": asked, "limits": asked} if limits else {"requests": asked}


def _world(cpu: str = "100m", memory: str = "100Mi", **pod: Any) -> NodeWorld:
    world = NodeWorld("v1.36")
    world.run(8)
    _create(world, "web", _sizes(cpu, memory), **pod)
    world.run(20)
    return world


def _create(world: NodeWorld, name: str, sizes: Sizes, **pod: Any) -> None:
    world.create_pod(name, resources=v1.ResourceRequirements(**sizes), **pod)


def _resize(world: NodeWorld, sizes: Sizes, name: str = "web", **more: Any) -> Any:
    world.engine.cause = 0
    body = {"spec": {"containers": [{"name": name, "resources": sizes, **more}]}}
    asked = Request("patch", "pods", "default", name, body, patch_type="strategic", subresource="resize")
    return world.apiserver.handle(asked, "test")


def _pod(world: NodeWorld, name: str = "web") -> v1.Pod:
    pod = world.pod(name)
    assert pod is not None
    return pod


def _condition(world: NodeWorld, kind: str, name: str = "web") -> v1.PodCondition | None:
    return next((one for one in _pod(world, name).status.conditions if one.type == kind), None)


def _events(world: NodeWorld) -> list[tuple[str, str]]:
    found = sorted(world.etcd.range("events").values(), key=lambda one: int(one.metadata.resource_version))
    return [(one.reason, one.message) for one in found if one.reason.startswith(("Resize", "Killing"))]


def _running(world: NodeWorld, name: str = "web") -> Container:
    return next(one for one in world.containers(name) if one.state == "running")


def test_a_pod_says_what_it_was_allocated_and_what_it_has() -> None:
    world = _world()
    status = _pod(world).status
    asked = {"cpu": "100m", "memory": "100Mi"}
    [container] = status.container_statuses
    assert container.allocated_resources == asked
    assert container.resources == v1.ResourceRequirements(requests=asked)
    assert (status.allocated_resources, status.resources) == (asked, v1.ResourceRequirements(requests=asked))


def test_a_container_gets_another_size_without_a_restart() -> None:
    world = _world()
    before = _running(world)
    assert _resize(world, _sizes("250m", "200Mi")).ok
    world.run(40)
    after = _running(world)
    assert (after.id, after.started_at) == (before.id, before.started_at)
    assert after.spec.resources.requests == {"cpu": "250m", "memory": "200Mi"}
    [status] = _pod(world).status.container_statuses
    assert status.restart_count == 0
    assert status.allocated_resources == {"cpu": "250m", "memory": "200Mi"}
    assert status.resources is not None
    assert status.resources.requests == {"cpu": "250m", "memory": "200Mi"}
    assert _condition(world, "PodResizeInProgress") is None
    sizes = '{"containers":[{"name":"web","resources":{"requests":{"cpu":"250m","memory":"200Mi"}}}]'
    assert _events(world) == [
        ("ResizeStarted", f'Pod resize started: {sizes},"generation":2}}'),
        ("ResizeCompleted", f'Pod resize completed: {sizes},"generation":2}}'),
    ]


def test_while_it_goes_on_the_pod_says_so() -> None:
    world = _world()
    assert _resize(world, _sizes("250m")).ok
    world.run(40)
    told = [
        [one.type for one in event.after.status.conditions if one.type.startswith("PodResize")]
        for event in world.engine.record
        if event.object == "pods/default/web" and event.kind == "write" and event.after is not None
    ]
    assert ["PodResizeInProgress"] in told
    assert told[-1] == []


def test_a_policy_may_ask_for_a_restart() -> None:
    policy = (v1.ContainerResizePolicy(resource_name="memory", restart_policy="RestartContainer"),)
    world = _world(resize_policy=policy)
    before = _running(world)
    assert _resize(world, _sizes("200m", "100Mi")).ok
    world.run(40)
    assert _running(world).id == before.id
    assert _resize(world, _sizes("200m", "300Mi")).ok
    world.run(60)
    after = _running(world)
    assert after.id != before.id
    assert after.spec.resources.requests["memory"] == "300Mi"
    assert _pod(world).status.container_statuses[0].restart_count == 1
    assert ("Killing", "Container web resize requires restart") in _events(world)


def test_a_size_for_which_there_is_no_room_waits_until_somebody_leaves() -> None:
    world = _world("1")
    _create(world, "other", _sizes("800m"))
    world.run(40)
    assert _resize(world, _sizes("1500m")).ok
    world.run(60)
    pending = _condition(world, "PodResizePending")
    assert pending is not None
    lacking = "Node didn't have enough resource: cpu, requested: 1500, used: 800, capacity: 2000"
    assert (pending.status, pending.reason, pending.message) == ("True", "Deferred", lacking)
    assert pending.observed_generation == 2
    [status] = _pod(world).status.container_statuses
    assert status.allocated_resources["cpu"] == "1"
    assert _events(world) == [
        (
            "ResizeDeferred",
            'Pod resize OutOfcpu: {"containers":[{"name":"web","resources":{"requests":{"cpu":"1500m",'
            f'"memory":"100Mi"}}}}}}],"generation":2,"error":"{lacking}"}}',
        )
    ]
    world.delete_pod("other", 1)
    world.run(80)
    assert _condition(world, "PodResizePending") is None
    assert _running(world).spec.resources.requests["cpu"] == "1500m"


def test_a_size_for_which_there_was_no_room_is_tried_again_every_three_minutes() -> None:
    world = _world("1")
    _create(world, "other", _sizes("800m"))
    world.run(40)
    assert _resize(world, _sizes("1500m")).ok
    world.run(41)
    world.machine.cpu_millicores = 4000
    world.run(215)
    assert _condition(world, "PodResizePending") is not None
    world.run(230)
    assert _condition(world, "PodResizePending") is None
    assert _running(world).spec.resources.requests["cpu"] == "1500m"


def test_who_takes_back_what_it_asked_for_waits_no_more() -> None:
    world = _world("1")
    assert _resize(world, _sizes("3")).ok
    world.run(40)
    assert _condition(world, "PodResizePending") is not None
    assert _resize(world, _sizes("1")).ok
    world.run(60)
    assert _condition(world, "PodResizePending") is None
    assert _running(world).spec.resources.requests["cpu"] == "1"


def test_a_kubelet_that_starts_anew_knows_what_was_allocated() -> None:
    world = _world("1")
    _create(world, "busy", _sizes("500m"))
    world.run(25)
    assert _resize(world, _sizes("2")).ok
    world.run(40)
    before = _running(world)
    world.kubelet.kill()
    world.kubelet.start()
    world.run(80)
    assert _running(world).id == before.id
    assert _pod(world).status.phase == "Running"
    assert _pod(world).status.container_statuses[0].allocated_resources["cpu"] == "1"
    pending = _condition(world, "PodResizePending")
    assert pending is not None
    assert pending.reason == "Deferred"


def test_no_limit_goes_below_what_is_taken() -> None:
    world = NodeWorld("v1.36")
    world.run(8)
    _create(world, "web", _sizes("100m", "400Mi", limits=True))
    world.run(20)
    assert _resize(world, _sizes("100m", "100Mi", limits=True)).ok
    world.run(50)
    assert _running(world).spec.resources.limits["memory"] == "400Mi"
    condition = _condition(world, "PodResizeInProgress")
    assert condition is not None
    assert (condition.reason, condition.message) == (
        "Error",
        "cannot decrease memory limits: [attempting to set pod memory limit (104857600) below current usage "
        '(209715200), attempting to set container "web" memory limit (104857600) below current usage '
        "(209715200)]",
    )
    assert [reason for reason, _ in _events(world)] == ["ResizeStarted", "ResizeError"]
    assert _resize(world, _sizes("100m", "300Mi", limits=True)).ok
    world.run(80)
    assert _running(world).spec.resources.limits["memory"] == "300Mi"
    assert _condition(world, "PodResizeInProgress") is None


def test_a_pod_whose_size_changes_counts_by_the_most_of_all() -> None:
    world = _world("1")
    _create(world, "busy", _sizes("500m"))
    world.run(25)
    assert _resize(world, _sizes("2")).ok
    world.run(40)
    assert requests_v136(_pod(world)).counted.cpu == 2000
    assert _resize(world, _sizes("500m")).ok
    pod = _pod(world)
    assert pod.spec.containers[0].resources.requests["cpu"] == "500m"
    assert requests_v136(pod).counted.cpu == 1000
    world.run(60)
    assert requests_v136(_pod(world)).counted.cpu == 500


def test_what_has_ended_says_nothing_of_resizes() -> None:
    world = _world("1", exits=Exits(after_ms=60_000, code=0), restart_policy="Never")
    assert _resize(world, _sizes("3")).ok
    world.run(40)
    assert _condition(world, "PodResizePending") is not None
    world.run(100)
    assert _pod(world).status.phase == "Succeeded"
    assert _condition(world, "PodResizePending") is None


# --- what the API server says ----------------------------------------------------------------------------


def test_the_class_of_a_pod_may_not_change_with_its_size() -> None:
    world = _world()
    refused = _resize(world, {"limits": {"cpu": "100m", "memory": "100Mi"}})
    assert refused.message == (
        'Pod "web" is invalid: spec: Invalid value: "Burstable": '
        "Pod QOS Class may not change as a result of resizing"
    )


def test_nothing_but_sizes_changes_at_that_address() -> None:
    world = _world()
    assert _resize(world, _sizes("200m"), image="tomcat:9").ok
    assert _pod(world).spec.containers[0].image == "tomcat:8"
    disk = {"requests": {"cpu": "100m", "memory": "100Mi", "ephemeral-storage": "1Gi"}}
    assert _resize(world, disk).message == (
        'Pod "web" is invalid: spec: Forbidden: only cpu and memory resources are mutable'
    )
    body = [{"op": "remove", "path": "/spec/containers/0/resources/requests/cpu"}]
    asked = Request("patch", "pods", "default", "web", body, patch_type="json", subresource="resize")
    assert world.apiserver.handle(asked, "test").message == (
        'Pod "web" is invalid: spec.containers[0].resources.requests: Forbidden: '
        "resource requests cannot be removed"
    )
    plain = Request(
        "patch",
        "pods",
        "default",
        "web",
        {"spec": {"containers": [{"name": "web", "resources": _sizes("300m")}]}},
        patch_type="strategic",
    )
    assert "spec: Forbidden: pod updates may not change" in world.apiserver.handle(plain, "test").message


def test_the_older_releases_do_not_know_the_address() -> None:
    for release in ("v1.7", "v1.8"):
        world = NodeWorld(release)
        world.run(8)
        world.create_pod("web")
        assert _resize(world, _sizes("1")).status == 404


def test_what_got_past_the_api_server_and_is_more_than_the_node_has_waits_like_any_other() -> None:
    world = _world()
    assert _resize(world, _sizes("3")).ok
    world.run(22)
    found = _condition(world, "PodResizePending")
    assert found is not None
    told = "Node didn't have enough resource: cpu, requested: 3000, used: 0, capacity: 2000"
    assert (found.status, found.reason, found.message) == ("True", "Deferred", told)
    [(reason, message)] = _events(world)
    assert reason == "ResizeDeferred"
    assert message.startswith("Pod resize OutOfcpu: ")
    assert told in message
    assert _resize(world, _sizes("200m")).ok
    world.run(25)
    assert _condition(world, "PodResizePending") is None
    assert _running(world).spec.resources.requests["cpu"] == "200m"


def test_others_go_for_a_critical_pod_that_grows() -> None:
    """v1.36 pkg/kubelet/preemption/preemption.go HandleAdmissionFailure, for adding and resizing."""
    world = _world(priority=2_000_000_000)
    _create(world, "other", _sizes("1500m"))
    world.run(40)
    assert _resize(world, _sizes("1000m")).ok
    world.run(100)
    assert _pod(world, "other").status.reason == "Preempting"
    assert _pod(world).status.container_statuses[0].allocated_resources["cpu"] == "1"
    assert _condition(world, "PodResizePending") is None
