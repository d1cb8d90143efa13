"""The Deployment "web" as tests create and change it, and what is to be seen of it."""

from typing import Any

from clustersim.api.apps import Deployment
from clustersim.api.meta import replace
from clustersim.api.request import Request
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import settle, template


def create(world: ManagedWorld, made: Deployment, api_version: str = "") -> None:
    world.handle(Request("create", "deployments", "default", "web", made, api_version=api_version))


def set_image(world: ManagedWorld, image: str) -> None:
    found = world.get("deployments", "default/web")
    changed = replace(found, spec=replace(found.spec, template=template("web", image)))
    world.handle(Request("update", "deployments", "default", "web", changed))


def sizes(world: ManagedWorld) -> list[int]:
    return [found.spec.replicas for found in world.all("replicasets")]


def world_with(made: Deployment, api_version: str = "", **options: Any) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3", **options)
    create(world, made, api_version)
    settle(world)
    return world


def change_spec(world: ManagedWorld, **spec: Any) -> None:
    found = world.get("deployments", "default/web")
    changed = replace(found, spec=replace(found.spec, **spec))
    world.handle(Request("update", "deployments", "default", "web", changed))


def conditions(world: ManagedWorld) -> dict[str, tuple[str, str]]:
    status = world.get("deployments", "default/web").status
    return {found.type: (found.status, found.reason) for found in status.conditions}
