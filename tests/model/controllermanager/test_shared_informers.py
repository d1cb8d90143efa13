"""Who is told of changes of pods."""

from typing import Any

from clustersim.api.core_v1 import Container, EmptyDirVolumeSource, Pod, PodSpec, Volume
from clustersim.api.meta import ObjectMeta
from tests.model.controllermanager.managed_world import ManagedWorld


def _pod(name: str, *volumes: Volume) -> Pod:
    spec = PodSpec(containers=(Container(name="c", image="i"),), volumes=volumes)
    return Pod(metadata=ObjectMeta(name=name, namespace="default"), spec=spec)


def test_who_minds_volumes_is_told_only_of_pods_that_have_some() -> None:
    world = ManagedWorld("n1")
    of_all: list[str] = []
    of_volumes: list[str] = []

    def noting(names: list[str]) -> Any:
        return lambda old, new: names.append((new or old).metadata.name)

    shared = world.manager.shared
    shared.get("pods", noting(of_all))
    shared.get("pods", noting(of_volumes), of_volumes=True)
    world.create(_pod("plain"), "pods")
    world.create(_pod("with", Volume(name="v", empty_dir=EmptyDirVolumeSource())), "pods")
    world.run(1_000_000)
    assert (of_all, of_volumes) == (["plain", "with"], ["with"])
