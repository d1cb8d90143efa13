"""Objects as somebody writes them, and an API server that is asked to make them."""

from typing import Any

from clustersim.api.decoding import decode_object
from clustersim.api.request import Request
from clustersim.api.status import Reply
from tests.model.worlds import ApiWorld

Plain = dict[str, Any]


def create(plain: Plain, release: str = "v1.8", world: ApiWorld | None = None) -> Reply:
    world = world or ApiWorld(release=release)
    decoded = decode_object(plain, release)
    namespace = decoded.obj.metadata.namespace
    request = Request(
        "create", decoded.resource.plural, namespace, body=decoded.obj, api_version=decoded.api_version
    )
    return world.apiserver.handle(request, "test")


def pod(name: str = "p", **spec: Any) -> Plain:
    spec.setdefault("containers", [{"name": "a", "image": "x"}])
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def container(**fields: Any) -> Plain:
    return pod(containers=[{"name": "a", "image": "x", **fields}])


def workload(kind: str, api_version: str, name: str = "web", **spec: Any) -> Plain:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod()["spec"]}
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": name},
        "spec": {"template": template, **spec},
    }


def service(**spec: Any) -> Plain:
    spec.setdefault("ports", [{"port": 80}])
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec}
