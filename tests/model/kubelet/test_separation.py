"""A kubelet that cannot be reached, or does not move: what goes on and what catches up."""

from clustersim.programs import Exits
from tests.model.kubelet.node_world import NodeWorld


def running(**options: object) -> NodeWorld:
    world = NodeWorld(**options)  # type: ignore[arg-type]
    world.run(10)
    world.create_pod("web")
    world.run(40)
    return world


def test_a_cut_off_kubelet_restarts_what_it_knows() -> None:
    world = running()
    world.network.cut("n1")
    world.docker.crash(world.containers("web")[0].id)
    world.run(45)
    assert [c.state for c in world.containers("web")] == ["exited", "running"]
    assert world.status("web").restart_count == 0


def test_what_happened_in_a_cut_is_reported_after_it() -> None:
    world = running()
    world.network.cut("n1")
    world.docker.crash(world.containers("web")[0].id)
    world.run(70)
    world.network.heal("n1")
    world.run(200)
    assert world.status("web").restart_count == 1
    assert world.is_ready("web")


def test_what_happened_without_an_api_server_is_reported_within_seconds_of_its_return() -> None:
    world = running()
    world.apiserver.kill()
    world.docker.crash(world.containers("web")[0].id)
    world.run(100)
    world.apiserver.start()
    world.run(112)
    assert world.status("web").restart_count == 1
    assert world.is_ready("web")


def test_pods_run_on_without_an_api_server() -> None:
    world = running()
    world.apiserver.kill()
    world.run(400)
    assert [c.state for c in world.containers()] == ["running"]
    assert world.kubelet.healthz().body == "ok"


def test_a_pod_deleted_without_its_kubelet_hearing_of_it_goes_when_it_does() -> None:
    world = running()
    world.network.cut("n1")
    world.delete_pod("web")
    world.run(100)
    assert world.containers()[0].state == "running"
    world.network.heal("n1")
    world.run(200)
    assert world.pod("web") is None


def test_a_frozen_kubelet_is_silent_and_its_containers_run_on() -> None:
    world = running()
    world.kubelet.hang()
    world.run(100)
    assert world.condition().last_heartbeat_time == "2017-09-26T07:00:30Z"
    assert world.containers()[0].state == "running"
    assert world.kubelet.healthz().body.startswith("curl: (28)")
    world.kubelet.resume()
    world.run(101)
    assert world.condition().last_heartbeat_time == "2017-09-26T07:01:40Z"


def test_a_resumed_kubelet_takes_up_what_it_missed() -> None:
    world = running()
    world.kubelet.hang()
    world.delete_pod("web")
    world.create_pod("late", exits=Exits(after_ms=1000, code=0), restart_policy="Never")
    world.run(100)
    world.kubelet.resume()
    world.run(130)
    assert world.pod("web") is None
    late = world.pod("late")
    assert late is not None
    assert late.status.phase == "Succeeded"


def test_a_kubelet_without_an_api_server_registers_as_soon_as_there_is_one() -> None:
    world = NodeWorld()
    world.apiserver.kill()
    world.run(60)
    assert world.journal('Unable to register node "n1" with API server')
    world.apiserver.start()
    world.run(68)
    assert world.condition().status == "True"
