"""dockerd that is killed outright (kill -9): its containers have shims, which do not end with it.

Source: docker 1.13 libcontainerd/client_linux.go Restore.
"""

from clustersim.api.meta import replace
from clustersim.engine.actor import then
from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.flags import DockerFlags
from clustersim.programs import Program
from clustersim.runtime.records import EXITED, RUNNING
from tests.model.docker.test_daemon import DockerWorld


def test_containers_run_on_until_the_next_daemon_stops_them() -> None:
    world = DockerWorld()
    container = world.start_container()
    world.docker.kill_outright()
    world.run(60 * SECOND)
    assert world.docker.disk.containers[container.id].state == RUNNING
    assert all(sandbox.ready for sandbox in world.docker.disk.sandboxes.values())
    world.docker.start()
    world.run(5 * SECOND)
    ended = world.docker.disk.containers[container.id]
    assert (ended.state, ended.exit_code) == (EXITED, 143)
    assert not any(sandbox.ready for sandbox in world.docker.disk.sandboxes.values())
    assert world.ask("version").ok


def test_what_does_not_heed_the_next_daemon_is_killed_after_ten_seconds_and_calls_wait_so_long() -> None:
    world = DockerWorld()
    container = world.start_container()
    deaf = Program(stops=False)
    world.docker.disk.containers[container.id] = replace(container, program=deaf)
    world.docker.kill_outright()
    world.docker.start()
    started = world.engine.now
    world.probe.call("docker@n7", "serve_version", then=then(world.probe.keep), timeout=60 * SECOND)
    world.run(10 * SECOND)
    assert world.docker.disk.containers[container.id].state == RUNNING
    assert not world.docker.prompt
    world.run(SECOND)
    ended = world.docker.disk.containers[container.id]
    assert (ended.state, ended.exit_code) == (EXITED, 137)
    assert ended.finished_at == started + DockerFlags().start_delay + 10 * SECOND
    assert world.docker.prompt


def test_with_live_restore_the_next_daemon_takes_them_over() -> None:
    world = DockerWorld(DockerFlags(live_restore=True))
    container = world.start_container()
    world.docker.kill_outright()
    world.docker.start()
    world.run(15 * SECOND)
    assert world.docker.disk.containers[container.id].state == RUNNING


def test_without_power_they_end_all_the_same() -> None:
    world = DockerWorld()
    container = world.start_container()
    world.docker.kill_outright()
    world.machine.power_off()
    world.run(100 * MILLISECOND)
    assert world.docker.disk.containers[container.id].state == EXITED
