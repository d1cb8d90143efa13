"""docker's answers, its records, and what survives its end."""

import pytest

from clustersim.api.core_v1 import Container as Spec
from clustersim.api.status import Reply
from clustersim.console.nodes.docker_inspection import info
from clustersim.docker.daemon import Docker
from clustersim.engine.actor import then
from clustersim.engine.engine import Engine
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.flags import DockerFlags, NetworkFlags, RuntimeDelays
from clustersim.images import ImageRegistry
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.programs import Exits, Program, Step
from clustersim.runtime.records import Container, Listing, Sandbox
from clustersim.runtime.usage import memory_available, memory_taken
from tests.model.worlds import Probe

LABELS = {"pod_uid": "u1", "pod": "web", "namespace": "default"}


class DockerWorld:
    """A machine with docker, and somebody who asks it."""

    def __init__(self, flags: DockerFlags | None = None, **machine: str) -> None:
        self.engine = Engine(1, 0)
        self.network = Network(self.engine, NetworkFlags())
        self.registry = ImageRegistry(self.engine)
        self.machine = Machine(self.engine, "n7", cpu_millicores=1000, memory_mib=1024)
        for name, value in machine.items():
            setattr(self.machine.state, name, value)
        self.docker = Docker(
            self.engine, self.network, self.machine, flags or DockerFlags(), RuntimeDelays(), self.registry
        )
        self.probe = Probe(self.engine, self.network, "probe", "n7")
        self.machine.services = [self.docker]
        for actor in (self.network, self.registry, self.machine, self.docker, self.probe):
            self.engine.add(actor)
        self.docker.start()
        self.probe.start()

    def run(self, duration: Micros) -> None:
        self.engine.run_until(self.engine.now + duration)

    def ask(self, method: str, *args: object, wait: Micros = 5 * SECOND) -> Reply:
        self.probe.call(
            "docker@n7", f"serve_{method}", *args, then=then(self.probe.keep), timeout=120 * SECOND
        )
        self.run(wait)
        reply = self.probe.last
        assert isinstance(reply, Reply)
        return reply

    def start_container(self, exits: Exits | None = None) -> Container:
        assert self.ask("pull", "tomcat:8").ok
        sandbox = self.ask("run_sandbox", Sandbox(id="", attempt=0, ip="", created_at=0, **LABELS)).body
        wanted = Container(
            id="",
            name="tomcat",
            image="tomcat:8",
            sandbox_id=sandbox.id,
            attempt=0,
            spec=Spec(name="tomcat", image="tomcat:8"),
            created_at=0,
            program=None if exits is None else Program((Step(exits.after_ms, "exit", str(exits.code)),)),
            **LABELS,
        )
        created = self.ask("create", wanted).body
        assert self.ask("start", created.id, wait=300 * MILLISECOND).ok
        return self.docker.disk.containers[created.id]


def test_calls_wait_while_docker_starts() -> None:
    world = DockerWorld()
    world.probe.call("docker@n7", "serve_version", then=then(world.probe.keep))
    world.run(490 * MILLISECOND)
    assert not world.probe.state.replies
    world.run(20 * MILLISECOND)
    assert world.probe.last.body == "cgroupfs"


def test_a_stopped_docker_refuses_at_once() -> None:
    world = DockerWorld()
    world.docker.kill()
    reply = world.ask("ps", wait=MILLISECOND)
    assert (reply.status, reply.reason) == (0, "ConnectionRefused")


def test_a_frozen_docker_never_answers_until_the_client_gives_up() -> None:
    world = DockerWorld()
    world.run(SECOND)
    world.docker.hang()
    world.probe.call("docker@n7", "serve_ps", then=then(world.probe.keep), timeout=120 * SECOND)
    world.run(119 * SECOND)
    assert not world.probe.state.replies
    world.run(2 * SECOND)
    assert world.probe.last.reason == "Timeout"


def test_memory_that_containers_take_is_free_again_when_they_have_ended() -> None:
    world = DockerWorld()
    free = memory_available(world.machine)
    short = world.start_container(Exits(60_000, 0))
    long = world.start_container()
    assert memory_available(world.machine) == free - memory_taken(short) - memory_taken(long)
    world.run(60 * SECOND)
    assert memory_available(world.machine) == free - memory_taken(long)
    world.docker.crash(long.id)
    assert memory_available(world.machine) == free


def test_calls_that_a_frozen_docker_kept_are_answered_when_it_goes_on() -> None:
    world = DockerWorld()
    world.run(SECOND)
    world.docker.hang()
    world.probe.call("docker@n7", "serve_ps", then=then(world.probe.keep), timeout=120 * SECOND)
    world.run(60 * SECOND)
    world.docker.resume()
    world.run(10 * MILLISECOND)
    assert world.probe.last.body == Listing((), ())


def test_a_list_that_hangs_leaves_the_rest_alone() -> None:
    world = DockerWorld()
    world.run(SECOND)
    world.docker.hang_list()
    assert world.ask("version").ok
    world.probe.call("docker@n7", "serve_ps", then=then(world.probe.keep), timeout=120 * SECOND)
    world.run(10 * SECOND)
    assert len(world.probe.state.replies) == 1
    world.docker.resume_list()
    world.run(SECOND)
    assert len(world.probe.state.replies) == 2


def test_a_container_carries_the_labels_of_its_pod_and_an_address_of_its_node() -> None:
    world = DockerWorld()
    container = world.start_container()
    assert container.docker_name == "k8s_tomcat_web_default_u1_0"
    assert next(iter(world.docker.disk.sandboxes.values())).ip == "172.17.7.2"


def test_a_program_with_an_end_of_its_own_ends_with_its_code() -> None:
    world = DockerWorld()
    container = world.start_container(Exits(after_ms=3000, code=4))
    world.run(4 * SECOND)
    ended = world.docker.disk.containers[container.id]
    assert ended.finished_at is not None
    assert container.started_at is not None
    assert (ended.exit_code, ended.finished_at - container.started_at) == (4, 3 * SECOND)


@pytest.mark.parametrize(("live_restore", "state"), [(False, "exited"), (True, "running")])
def test_live_restore_decides_whether_containers_outlive_the_daemon(live_restore: bool, state: str) -> None:
    world = DockerWorld(DockerFlags(live_restore=live_restore))
    container = world.start_container()
    world.docker.kill()
    assert world.docker.disk.containers[container.id].state == state


def test_programs_that_outlived_the_daemon_still_end_at_their_time() -> None:
    world = DockerWorld(DockerFlags(live_restore=True))
    container = world.start_container(Exits(after_ms=20_000, code=0))
    world.docker.kill()
    world.run(5 * SECOND)
    world.docker.start()
    world.run(20 * SECOND)
    ended = world.docker.disk.containers[container.id]
    assert container.started_at is not None
    assert ended.finished_at == container.started_at + 20 * SECOND


def test_without_power_everything_ends_with_code_255_whatever_live_restore_says() -> None:
    world = DockerWorld(DockerFlags(live_restore=True))
    container = world.start_container()
    world.machine.power_off()
    ended = world.docker.disk.containers[container.id]
    assert (ended.state, ended.exit_code) == ("exited", 255)
    assert "tomcat:8" in world.docker.disk.images


def test_lost_records_leave_nothing() -> None:
    world = DockerWorld()
    world.start_container()
    world.docker.kill()
    world.docker.lose_everything()
    world.docker.start()
    assert world.ask("ps").body == Listing((), ())
    assert world.ask("images").body == ()


def test_an_obedient_program_ends_with_143_and_a_stubborn_one_with_137() -> None:
    codes = []
    for grace in (30 * SECOND, 500 * MILLISECOND):
        world = DockerWorld()
        container = world.start_container()
        assert world.ask("stop", container.id, grace).ok
        codes.append(world.docker.disk.containers[container.id].exit_code)
    assert codes == [143, 137]


def test_stopping_what_has_stopped_tells_nobody_anything() -> None:
    world = DockerWorld()
    container = world.start_container()
    for _ in range(2):
        assert world.ask("stop", container.id, 30 * SECOND).ok
    assert [e.verb for e in world.engine.record if e.kind == "container"] == [
        "created",
        "started",
        "told-to-stop",
        "exited",
    ]


def test_a_registry_that_refuses_does_so_after_the_time_of_a_pull() -> None:
    world = DockerWorld()
    world.run(SECOND)
    world.registry.refuse("shop:2.0")
    world.probe.call("docker@n7", "serve_pull", "shop:2.0", then=then(world.probe.keep))
    world.run(1490 * MILLISECOND)
    assert not world.probe.state.replies
    world.run(20 * MILLISECOND)
    assert world.probe.last.message == "Error response from daemon: manifest for shop:2.0 not found"


@pytest.mark.parametrize(
    ("driver", "kernel", "filesystem", "works"),
    [
        ("overlay2", "4.4.0-96-generic", "ext4", True),
        ("overlay2", "3.13.0-24-generic", "ext4", False),
        ("overlay2", "3.10.0-693.el7.x86_64", "xfs", True),
        ("overlay2", "3.10.0-327.el7.x86_64", "xfs", False),
        ("overlay2", "4.4.0-96-generic", "xfs ftype=0", True),
        ("overlay", "3.18.0", "ext4", True),
        ("overlay", "3.10.0-514.el7.x86_64", "xfs", True),
        ("overlay", "3.10.0-123.el7.x86_64", "xfs", False),
        ("overlay", "3.13.0-32-generic", "ext4", False),
        ("overlay2", "4.4.0-96-generic", "btrfs", False),
        ("devicemapper", "3.10.0-327.el7.x86_64", "xfs ftype=0", True),
        ("aufs", "4.4.0-96-generic", "ext4", True),
        ("aufs", "3.10.0-693.el7.x86_64", "xfs", False),
    ],
)
def test_a_storage_driver_the_machine_cannot_do_keeps_docker_from_starting(
    driver: str, kernel: str, filesystem: str, works: bool
) -> None:
    world = DockerWorld(DockerFlags(storage_driver=driver), kernel=kernel, filesystem=filesystem)
    world.run(SECOND)
    assert world.docker.running == works
    if not works:
        assert "error initializing graphdriver" in world.docker.journal[-1].text


@pytest.mark.parametrize(
    ("driver", "filesystem", "told"),
    [
        ("overlay2", "xfs", [" Backing Filesystem: xfs", " Supports d_type: true"]),
        ("overlay", "xfs ftype=0", [" Backing Filesystem: xfs", " Supports d_type: false"]),
        ("devicemapper", "xfs ftype=0", [" Backing Filesystem: xfs"]),
    ],
)
def test_docker_info_says_of_overlays_whether_the_filesystem_tells_types(
    driver: str, filesystem: str, told: list[str]
) -> None:
    world = DockerWorld(DockerFlags(storage_driver=driver), filesystem=filesystem)
    lines = info(world.docker).splitlines()
    assert [line for line in lines if line.startswith((" Backing Filesystem", " Supports d_type"))] == told


def test_an_overlay_on_xfs_without_types_starts_with_a_warning() -> None:
    world = DockerWorld(filesystem="xfs ftype=0")
    world.run(SECOND)
    assert world.docker.running
    assert "formatted without d_type support" in world.docker.journal[-1].text
