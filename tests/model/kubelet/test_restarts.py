"""What is started again, and what a kubelet says when it kills a container for that."""

from typing import Any

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.core_v1 import HTTPGetAction, Probe
from clustersim.api.meta import ObjectMeta
from tests.model.kubelet.node_world import NodeWorld

PROBE = Probe(http_get=HTTPGetAction(port=8080), period_seconds=5)
RELEASES = ("v1.7", "v1.8", "v1.36")


def _world(release: str, **pod: Any) -> NodeWorld:
    world = NodeWorld(release)
    world.run(10)
    world.create_pod("web", **pod)
    world.run(40)
    return world


def _killing(world: NodeWorld) -> list[str]:
    found = [text for _, text, _ in world.notices("Killing")]
    uid = world.etcd.get("pods", "default/web").metadata.uid
    return [text.replace(uid, "UID") for text in found]


@pytest.mark.parametrize("release", RELEASES)
def test_a_pod_that_never_restarts_fails_when_its_probe_does(release: str) -> None:
    world = _world(release, liveness_probe=PROBE, restart_policy="Never")
    world.docker.set_serving(world.containers("web")[0].id, False)
    world.run(150)
    pod = world.pod("web")
    assert pod is not None
    assert pod.status.phase == "Failed"
    assert len(world.containers("web")) == 1
    assert world.status("web").restart_count == 0


@pytest.mark.parametrize(
    ("release", "told"),
    [
        (
            "v1.7",
            'Killing container with id docker://web:pod "web_default(UID)" container "web" is unhealthy, '
            "it will be killed and re-created.",
        ),
        (
            "v1.8",
            "Killing container with id docker://web:Container failed liveness probe.. "
            "Container will be killed and recreated.",
        ),
        ("v1.36", "Container web failed liveness probe, will be restarted"),
    ],
)
def test_each_release_says_in_its_words_that_a_probe_failed(release: str, told: str) -> None:
    world = _world(release, liveness_probe=PROBE)
    world.docker.set_serving(world.containers("web")[0].id, False)
    world.run(60)
    assert _killing(world) == [told]


@pytest.mark.parametrize(
    ("release", "before", "after"),
    [
        ("v1.7", 'Killing container with id docker://web:Pod "web" container "web" hash changed (',
         "), it will be killed and re-created."),
        ("v1.8", "Killing container with id docker://web:Container spec hash changed (",
         ").. Container will be killed and recreated."),
        ("v1.36", "Container web definition ", "changed, will be restarted"),
    ],
)  # fmt: skip
def test_each_release_says_in_its_words_that_a_container_has_another_image(
    release: str, before: str, after: str
) -> None:
    world = _world(release)
    body = {"spec": {"containers": [{"name": "web", "image": "tomcat:9"}]}}
    world.ask("patch", "pods", "default", "web", body, patch_type="strategic")
    world.run(80)
    [told] = _killing(world)
    assert told.startswith(before)
    assert told.endswith(after)
    assert world.status("web").image == "tomcat:9"


def test_two_containers_whose_probes_fail_are_killed_each_for_its_own_reason() -> None:
    world = NodeWorld("v1.36")
    world.run(10)
    containers = tuple(v1.Container(name=name, image="app:1", liveness_probe=PROBE) for name in ("a", "b"))
    pod = v1.Pod(metadata=ObjectMeta(name="web"), spec=v1.PodSpec(containers=containers))
    world.ask("create", "pods", "default", "web", pod)
    world.ask("bind", "pods", "default", "web", "n1")
    world.run(40)
    world.kubelet.kill()
    for container in world.containers():
        world.docker.set_serving(container.id, False)
    world.kubelet.start()
    world.run(80)
    assert sorted(_killing(world)) == [
        f"Container {name} failed liveness probe, will be restarted" for name in ("a", "b")
    ]


def test_today_a_sidecar_is_called_an_init_container_when_its_probe_fails() -> None:
    world = NodeWorld("v1.36")
    world.run(10)
    sidecar = v1.Container(name="log", image="app:1", liveness_probe=PROBE, restart_policy="Always")
    spec = v1.PodSpec(init_containers=(sidecar,), containers=(v1.Container(name="web", image="app:1"),))
    world.ask("create", "pods", "default", "web", v1.Pod(metadata=ObjectMeta(name="web"), spec=spec))
    world.ask("bind", "pods", "default", "web", "n1")
    world.run(40)
    world.docker.set_serving(world.containers("log")[0].id, False)
    world.run(60)
    assert _killing(world) == ["Init container log failed liveness probe"]


def test_today_a_pod_that_never_restarts_ends_with_its_sandbox_and_says_nothing_of_another() -> None:
    world = _world("v1.36", restart_policy="Never")
    [sandbox] = world.docker.disk.sandboxes
    world.docker.kill_sandbox(sandbox)
    world.run(90)
    pod = world.pod("web")
    assert pod is not None
    assert pod.status.phase == "Failed"
    assert not world.notices("SandboxChanged")
    assert _killing(world) == ["Stopping container web"]


@pytest.mark.parametrize(("release", "runs"), [("v1.7", 1), ("v1.8", 2), ("v1.36", 2)])
def test_with_another_sandbox_init_containers_run_again_but_in_v1_7(release: str, runs: int) -> None:
    world = NodeWorld(release)
    world.run(10)
    first = v1.Container(name="first", image="busybox:1", command=("sh", "-c", "sleep 1"))
    spec = v1.PodSpec(init_containers=(first,), containers=(v1.Container(name="web", image="app:1"),))
    world.ask("create", "pods", "default", "web", v1.Pod(metadata=ObjectMeta(name="web"), spec=spec))
    world.ask("bind", "pods", "default", "web", "n1")
    world.run(40)
    [sandbox] = world.docker.disk.sandboxes
    world.docker.kill_sandbox(sandbox)
    world.run(110)
    assert len(world.container_times("started", "first")) == runs
    assert len(world.container_times("started", "web")) == 2
    assert world.is_ready("web")


def test_today_an_init_container_is_restarted_by_a_rule_of_its_own() -> None:
    world = NodeWorld("v1.36")
    world.run(10)
    rule = v1.ContainerRestartRule(
        action="Restart", exit_codes=v1.ContainerRestartRuleOnExitCodes(operator="In", values=(42,))
    )
    first = v1.Container(
        name="first", image="busybox:1", command=("sh", "-c", "sleep 1; exit 42"), restart_policy="Never",
        restart_policy_rules=(rule,),
    )  # fmt: skip
    main = v1.Container(name="web", image="app:1")
    spec = v1.PodSpec(init_containers=(first,), containers=(main,), restart_policy="Never")
    world.ask("create", "pods", "default", "web", v1.Pod(metadata=ObjectMeta(name="web"), spec=spec))
    world.ask("bind", "pods", "default", "web", "n1")
    world.run(60)
    pod = world.pod("web")
    assert pod is not None
    assert pod.status.phase == "Pending"
    assert pod.status.init_container_statuses[0].restart_count >= 2
