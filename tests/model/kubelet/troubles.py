"""Random trouble for a node: what may happen to a kubelet, its docker, its machine and its pods."""

import random
from collections.abc import Callable

from clustersim.api.core_v1 import Container, HTTPGetAction, Pod, PodSpec, Probe
from clustersim.api.meta import ObjectMeta
from clustersim.programs import Exits
from tests.model.kubelet.node_world import NodeWorld

PROBE = Probe(http_get=HTTPGetAction(port=80))
PROGRAMS = (
    None,
    None,
    Exits(after_ms=0, code=1),
    Exits(after_ms=1500, code=0),
    Exits(after_ms=30_000, code=1),
)


def create(world: NodeWorld, chance: random.Random) -> None:
    if world.apiserver.running:
        world.create_pod(
            f"p{world.engine.record.last_id}",
            chance.choice(("a:1", "b:1", "busybox")),
            exits=chance.choice(PROGRAMS),
            restart_policy=chance.choice(("Always", "Always", "Never", "OnFailure")),
            readiness_probe=chance.choice((None, None, PROBE)),
        )


def delete(world: NodeWorld, chance: random.Random) -> None:
    pods = list(world.etcd.range("pods").values())
    if pods and world.apiserver.running:
        world.delete_pod(chance.choice(pods).metadata.name, grace=chance.choice((None, 0, 5)))


def crash(world: NodeWorld, chance: random.Random) -> None:
    if running := [c for c in world.containers() if c.state == "running"]:
        world.docker.crash(chance.choice(running).id)


def lose_sandbox(world: NodeWorld, chance: random.Random) -> None:
    if ready := [s for s in world.docker.disk.sandboxes.values() if s.ready]:
        world.docker.kill_sandbox(chance.choice(ready).id)


def start_if_powered(process: str) -> Callable[[NodeWorld, random.Random], None]:
    def start(world: NodeWorld, _: random.Random) -> None:
        if world.machine.state.powered:
            getattr(world, process).start()

    return start


def list_hangs(world: NodeWorld, _: random.Random) -> None:
    if world.docker.running:
        world.docker.hang_list()


def list_works(world: NodeWorld, _: random.Random) -> None:
    if world.docker.running:
        world.docker.resume_list()


TROUBLES: tuple[Callable[[NodeWorld, random.Random], object], ...] = (
    create,
    create,
    delete,
    crash,
    lose_sandbox,
    lambda world, _: world.kubelet.kill(),
    start_if_powered("kubelet"),
    lambda world, _: world.docker.kill(),
    start_if_powered("docker"),
    lambda world, _: world.docker.hang(),
    lambda world, _: world.docker.resume(),
    list_hangs,
    list_works,
    lambda world, _: world.machine.power_off(),
    lambda world, _: world.machine.power_on(),
    lambda world, _: world.network.cut("n1"),
    lambda world, _: world.network.heal("n1"),
    lambda world, _: world.apiserver.kill(),
    lambda world, _: world.apiserver.start(),
)


def put_manifest(world: NodeWorld, chance: random.Random) -> None:
    spec = PodSpec(containers=(Container(name="own", image=chance.choice(("own:1", "own:2"))),))
    world.machine.put_manifest("/manifests/own.yaml", Pod(metadata=ObjectMeta(name="own"), spec=spec))


def delete_mirror(world: NodeWorld, chance: random.Random) -> None:
    if world.apiserver.running and world.pod("own-n1") is not None:
        world.delete_pod("own-n1", grace=chance.choice((None, 0)))


TROUBLES_OF_THE_MACHINE: tuple[Callable[[NodeWorld, random.Random], object], ...] = (
    *TROUBLES,
    put_manifest,
    put_manifest,
    delete_mirror,
    lambda world, _: world.machine.put_manifest("/manifests/own.yaml", None),
    lambda world, chance: world.machine.fill_disk(chance.choice((30, 84, 86, 91))),
    lambda world, chance: world.machine.fill_disk(chance.choice((30, 84, 86, 91))),
)
"""And files and disks of the machine."""


def trouble(
    world: NodeWorld,
    seed: int,
    troubles: tuple[Callable[[NodeWorld, random.Random], object], ...] = TROUBLES,
) -> float:
    """Up to twenty troubles at random moments; returns when the last one was, in seconds."""
    chance = random.Random(seed)
    t = 0.0
    for _ in range(chance.randint(5, 20)):
        t += chance.choice((0.5, 3, 20, 70)) * chance.random()
        world.run(t)
        chance.choice(troubles)(world, chance)
    return t


def repair(world: NodeWorld) -> None:
    """Mend everything that can be mended, and start the kubelet anew."""
    for mend in (
        world.machine.power_on,
        world.docker.resume,
        world.docker.start,
        world.apiserver.start,
    ):
        mend()
    world.network.heal("n1")
    world.docker.resume_list()
    world.kubelet.kill()
    world.kubelet.start()
