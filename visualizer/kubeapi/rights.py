"""What a caller may change through the API: the same as with clicks.

A request is as good as the verbs of the page that would do it, in the same room, mode and step. A student who
owns a node may change that node, and the pods that are on it, and nothing else.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from clustersim.api.registry import object_key
from clustersim.apiserver.calls import ApiCall
from clustersim.cluster import Cluster
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.responses import WireError
from visualizer.kubeapi.rooms import Place
from visualizer.rooms.frames import Act

if TYPE_CHECKING:
    from visualizer.rooms.viewer import Viewer

_CHANGE: Final = ("apply", "set-image", "rollout-undo", "label")
_VERBS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("nodes", "patch"): ("cordon", "uncordon", "taint", "untaint", "label"),
    ("nodes", "update"): ("cordon", "uncordon", "taint", "untaint", "label"),
    ("nodes", "delete"): ("delete-node",),
    ("pods", "delete"): ("delete-pod", "drain"),
    ("pods/eviction", "create"): ("delete-pod", "drain"),
}
"""The verbs of the page that do what a request does ..."""
_ANY: Final[Mapping[str, tuple[str, ...]]] = {
    "create": ("create", "apply"),
    "update": _CHANGE,
    "patch": _CHANGE,
    "delete": ("delete",),
    "deletecollection": ("delete",),
}
"""... and those that do it to any other resource."""


def verbs_of(call: ApiCall) -> tuple[str, ...]:
    """The verbs of the page that would do it."""
    if call.subresource == "scale":
        return ("scale",)
    what = f"{call.resource}/{call.subresource}" if call.subresource else call.resource
    return _VERBS.get((what, call.verb)) or _ANY[call.verb]


def node_of(call: ApiCall, cluster: Cluster) -> str | None:
    """The node that a request is about: itself, or the one on which its pod is."""
    if call.resource == "nodes":
        return call.name or None
    if call.resource == "pods" and call.name:
        pod = cluster.object("pods", object_key(call.namespace, call.name))
        return pod.spec.node_name or None if pod is not None else None
    return None


def refusal(place: Place, caller: Caller, call: ApiCall) -> str | None:
    """Why this caller may not send that; None if it may."""
    if place.hub is None:
        return "this is the past: it can only be looked at"
    if not caller.role.can_act:
        return "here one can only look; a token with more rights is on the room's page"
    classroom = place.hub.classroom
    if classroom is None:
        return None
    node, why = node_of(call, place.cluster), ""
    for verb in verbs_of(call):
        act = Act(id="", seen_t=0, do=verb, target=node)
        # A caller has a role and a cookie, which is all that is asked of a viewer here.
        forbidden = classroom.forbids(cast("Viewer", caller), act)
        if forbidden is None:
            return None
        why = forbidden["en"]
    return why


def check(place: Place, caller: Caller, call: ApiCall) -> None:
    """Raises WireError (403), as an authorizer refuses."""
    why = refusal(place, caller, call)
    if why is None:
        return
    group = call.api_version.rpartition("/")[0]
    what = f"{call.resource}/{call.subresource}" if call.subresource else call.resource
    qualified = f"{what}.{group}" if group else what
    named = f'{qualified} "{call.name}" is forbidden' if call.name else f"{qualified} is forbidden"
    scope = f' in the namespace "{call.namespace}"' if call.namespace else " at the cluster scope"
    message = (
        f'{named}: User "{caller.name}" cannot {call.verb} resource "{what}" in API group "{group}"'
        f"{scope}: {why}"
    )
    raise WireError(403, message, details={"name": call.name, "group": group, "kind": call.resource})
