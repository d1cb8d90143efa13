"""Which verbs there are, and for which resources and subresources."""

from typing import Final

from clustersim.api.api_resource import Resource
from clustersim.api.api_resources import RESOURCES
from clustersim.api.errors import ApiError
from clustersim.api.request import READS, WRITES, Request
from clustersim.apiserver.pod_parts import POD_PARTS

_OF_OBJECTS: Final = frozenset({"get", "list", "create", "update", "patch", "delete", "deletecollection"})
_OF_SUBRESOURCES: Final = {
    "update-status": "status",
    "patch-status": "status",
    "bind": "binding",
    "evict": "eviction",
    "finalize": "finalize",
    "get-scale": "scale",
    "update-scale": "scale",
    "rollback": "rollback",
}


BUILT_IN: Final = frozenset(
    (verb, resource.plural, subresource)
    for resource in RESOURCES.values()
    for verb in (READS | WRITES) - {"watch"}
    for subresource in ("", *resource.subresources)
    if _OF_SUBRESOURCES.get(verb, "") in ("", *resource.subresources)
    and (verb not in _OF_OBJECTS or verb in resource.verbs)
)
"""Verb, resource and subresource of what needs no second look."""


def check_served(request: Request, resource: Resource, release: str) -> None:
    """404 for a subresource that the kind does not have, 405 for a verb that it does not know."""
    subresource = _OF_SUBRESOURCES.get(request.verb, request.subresource)
    if subresource and subresource not in resource.subresources_in(release):
        raise ApiError(404, "NotFound", "the server could not find the requested resource")
    if resource.definition is not None and (subresource or request.verb in resource.verbs):
        return
    if subresource in POD_PARTS and request.verb in ("get", "update", "patch"):
        return
    why = "the server does not allow this method on the requested resource"
    raise ApiError(405, "MethodNotAllowed", why)
