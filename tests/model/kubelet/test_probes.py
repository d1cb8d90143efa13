"""Probes: when a pod stops to be ready, and when a container is killed for not answering."""

import pytest

from clustersim.api.core_v1 import ContainerPort, ExecAction, HTTPGetAction, Probe
from clustersim.engine.time import SECOND
from clustersim.kubelet.prober import READINESS
from clustersim.programs import Exits
from clustersim.runtime.records import RUNNING
from tests.model.kubelet.node_world import NodeWorld

PROBE = Probe(http_get=HTTPGetAction(port=8080))


def running(seed: int = 1, *, ticking: bool = False, **probes: Probe) -> NodeWorld:
    world = NodeWorld(seed=seed, ticking=ticking)
    world.run(10)
    world.create_pod("web", **probes)
    world.run(40)
    return world


def test_a_pod_with_a_readiness_probe_is_ready_only_after_its_first_success() -> None:
    for seed in range(5):
        world = NodeWorld(seed=seed)
        world.run(10)
        world.create_pod("web", readiness_probe=PROBE)
        world.run(12.9)
        pod = world.pod("web")
        assert pod is not None
        assert not world.is_ready("web")
        world.run(23.5)
        assert world.is_ready("web")


def test_a_server_that_stops_to_answer_is_not_ready_after_three_probes() -> None:
    for seed in range(8):
        world = running(seed, readiness_probe=PROBE)
        world.docker.set_serving(world.containers("web")[0].id, False)
        world.run(40 + 19.9)
        assert world.is_ready("web")
        world.run(40 + 31)
        assert not world.is_ready("web")
        pod = world.pod("web")
        assert pod is not None
        assert pod.status.conditions[1].message == "containers with unready status: [web]"
        assert world.status("web").state.running is not None


def test_a_server_that_answers_again_is_ready_at_the_next_probe() -> None:
    world = running(readiness_probe=PROBE)
    container = world.containers("web")[0].id
    world.docker.set_serving(container, False)
    world.run(100)
    assert not world.is_ready("web")
    world.docker.set_serving(container, True)
    world.run(110.1)
    assert world.is_ready("web")


def test_a_failed_liveness_probe_has_the_container_killed_and_restarted() -> None:
    world = running(liveness_probe=PROBE)
    world.docker.set_serving(world.containers("web")[0].id, False)
    world.run(90)
    assert world.notices("Unhealthy")[0][1:] == (
        "Liveness probe failed: Get http://172.17.1.2:8080/: dial tcp 172.17.1.2:8080: getsockopt: "
        "connection refused",
        3,
    )
    assert world.journal("SyncLoop (container unhealthy)")
    assert any("is unhealthy, it will be killed and re-created." in text for _, text, _ in world.notices())
    assert world.status("web").restart_count == 1
    assert world.is_ready("web")


def test_nobody_probes_while_the_kubelet_is_stopped() -> None:
    world = running(readiness_probe=PROBE)
    world.kubelet.kill()
    world.docker.set_serving(world.containers("web")[0].id, False)
    world.run(300)
    assert world.is_ready("web")


def test_sleeping_probes_leave_the_same_trace_as_ticking_ones() -> None:
    traces = []
    for ticking in (False, True):
        world = running(ticking=ticking, readiness_probe=PROBE, liveness_probe=PROBE)
        world.docker.set_serving(world.containers("web")[0].id, False)
        world.run(200)
        traces.append([(e.t, e.actor, e.verb, e.object) for e in world.engine.record])
    assert traces[0] == traces[1]


def test_today_a_container_is_asked_whether_it_is_ready_as_soon_as_it_is_seen_to_run() -> None:
    for seed in range(5):
        world = NodeWorld("v1.36", seed=seed)
        world.run(40)
        world.create_pod("web", readiness_probe=PROBE)
        world.run(45.5)
        assert world.is_ready("web")


def test_workers_of_a_young_kubelet_begin_at_a_random_moment_in_every_release() -> None:
    for release in ("v1.7", "v1.8", "v1.36"):
        moments = []
        for seed in range(6):
            world = NodeWorld(release, seed=seed)
            world.run(10)
            world.create_pod("web", liveness_probe=Probe(http_get=HTTPGetAction(port=80), period_seconds=60))
            world.run(14)
            [worker] = world.kubelet.prober.state.workers.values()
            moments.append(worker.origin)
        assert len(set(moments)) == 6
        assert max(moments) - min(moments) > 10_000_000


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_pod_that_has_left_the_api_server_is_not_probed_even_if_its_node_cannot_forget_it(
    release: str,
) -> None:
    """Without a status there is nothing to probe (prober/worker.go doProbe)."""
    world = NodeWorld(release, ticking=True)
    world.run(10)
    world.create_pod("web", readiness_probe=PROBE)
    world.run(30)
    world.delete_pod("web")
    world.run(30.3)
    world.network.cut("n1")
    world.run(32.5)
    world.docker.kill()
    world.run(80)
    world.network.heal("n1")
    world.run(200)
    unhealthy = [e for e in world.etcd.range("events").values() if e.reason == "Unhealthy"]
    assert not [e for e in unhealthy if e.last_timestamp > "2017-09-26T07:00:40Z"]


def test_a_container_that_is_being_killed_is_not_probed_any_more() -> None:
    world = NodeWorld()
    world.run(10)
    world.create_pod("web", "busybox", command=("sleep", "3600"), liveness_probe=PROBE)
    while not (stops := world.container_times("told-to-stop", "web")):
        world.run(world.engine.now / SECOND + 1)
    world.run(stops[0] + 29)
    assert world.notices("Unhealthy")[0][2] == 3, "as often as it takes, and not while it has its time to end"


def test_a_container_made_anew_is_not_ready_before_it_has_answered() -> None:
    world = running(readiness_probe=PROBE)
    pod = world.pod("web")
    assert pod is not None
    world.docker.crash(world.containers("web")[0].id)
    while world.containers("web")[-1].state != RUNNING:
        world.run(world.engine.now / SECOND + 0.1)
    anew = world.containers("web")[-1].id
    world.docker.set_serving(anew, False)
    for _ in range(25):
        world.run(world.engine.now / SECOND + 1)
        assert not world.is_ready("web")
        assert (anew, True) not in world.kubelet.prober.told(pod.metadata.uid, READINESS).values()


def test_a_container_that_waits_for_its_next_start_does_not_count_as_ready() -> None:
    world = NodeWorld()
    world.run(10)
    often = Probe(http_get=HTTPGetAction(port=8080), period_seconds=1)
    uid = world.create_pod("web", exits=Exits(8000, 1), readiness_probe=often).metadata.uid

    def told() -> list[bool]:
        return [ready for _id, ready in world.kubelet.prober.told(uid, READINESS).values()]

    world.run(27)
    assert (world.status("web").restart_count, told()) == (1, [True])
    world.run(33)
    assert world.status("web").state.terminated is not None
    assert told() == [False]


def test_today_a_pod_that_ends_is_still_asked_whether_it_is_ready() -> None:
    world = NodeWorld("v1.36")
    world.run(10)
    script = ("sh", "-c", "touch /tmp/ready; sleep 60; rm /tmp/ready; sleep 3600")
    probe = Probe(exec=ExecAction(command=("cat", "/tmp/ready")), period_seconds=2)
    world.create_pod("web", "busybox", grace=60, command=script, readiness_probe=probe)
    world.run(40)
    world.delete_pod("web")
    world.run(60)
    assert world.is_ready("web")
    world.run(90)
    assert not world.is_ready("web")


def _asked(world: NodeWorld) -> list[float]:
    """When a failing probe was told of, in seconds since the pod was made."""
    told = {f"events/default/{key.partition('/')[2]}" for key, one in world.etcd.range("events").items()
            if one.reason == "Unhealthy"}  # fmt: skip
    return [event.t / 1_000_000 for event in world.events("write") if event.object in told]


def test_probes_of_v1_7_keep_to_the_moment_at_which_their_pod_came_those_of_v1_8_to_their_first_one() -> None:
    for release, on_grid in (("v1.7", True), ("v1.8", False)):
        phases = set()
        for seed in range(4):
            world = NodeWorld(release, seed=seed)
            world.run(20)
            world.create_pod("web", "nginx:1", readiness_probe=Probe(http_get=HTTPGetAction(port=81)))
            world.run(80)
            phases.add(round(_asked(world)[-1] % 10, 1))
        assert (len(phases) == 1) is on_grid


@pytest.mark.parametrize(
    ("release", "text"),
    [
        ("v1.7", "Get https://172.17.1.2:8443/ok: dial tcp 172.17.1.2:8443: getsockopt: connection refused"),
        ("v1.36", 'Get "https://10.244.1.2:8443/ok": dial tcp 10.244.1.2:8443: connect: connection refused'),
    ],
)
def test_a_probe_that_fails_names_scheme_and_number_of_its_port(release: str, text: str) -> None:
    world = NodeWorld(release)
    world.run(20)
    probe = Probe(http_get=HTTPGetAction(path="/ok", port="admin", scheme="HTTPS"))
    world.create_pod(
        "web", "nginx:1", command=("sleep", "1d"), readiness_probe=probe,
        ports=(ContainerPort(name="admin", container_port=8443),),
    )  # fmt: skip
    world.run(60)
    assert world.notices("Unhealthy")[0][1] == f"Readiness probe failed: {text}"


@pytest.mark.parametrize(("release", "failures"), [("v1.7", [3, 5, 7]), ("v1.36", [3, 6, 9])])
def test_of_a_container_that_was_killed_old_kubelets_count_one_failure_already(
    release: str, failures: list[int]
) -> None:
    world = NodeWorld(release)
    world.run(20)
    probe = Probe(http_get=HTTPGetAction(port=81), period_seconds=5)
    world.create_pod("web", "nginx:1", grace=1, liveness_probe=probe)
    killed: list[int] = []
    for t in range(21, 140):
        world.run(t)
        stops = len(world.container_times("told-to-stop"))
        if stops > len(killed):
            killed.append(sum(count for *_, count in world.notices("Unhealthy")))
    assert killed[:3] == failures


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_when_a_kubelet_starts_again_only_those_of_today_take_for_ready_what_was(release: str) -> None:
    world = NodeWorld(release)
    world.run(20)
    started = {"startup_probe": PROBE} if release == "v1.36" else {}
    world.create_pod("web", readiness_probe=PROBE, **started)
    world.run(60)
    assert world.is_ready("web")
    world.kubelet.kill()
    world.run(65)
    world.kubelet.start()
    world.run(100)
    told = [one.after.status.container_statuses[0].ready for one in world.events("write", "pods/default/web")
            if one.t > 65_000_000]  # fmt: skip
    assert (False in told) is (release != "v1.36")
    assert world.is_ready("web")
