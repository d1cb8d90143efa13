"""What a caller may change through the API: the same as with clicks.

A request is as good as the verbs of the page that would do it, in the same room, mode and step. A student who
owns a node may change that node, and the pods that are on it, and nothing else.
"""

from collections.abc import Mapping
from typing import Final

from clustersim.api.registry import object_key
from clustersim.apiserver.authorization import Asked
from clustersim.apiserver.calls import ApiCall
from clustersim.cluster import Cluster
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.impersonation import by_roles
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.responses import WireError
from visualizer.kubeapi.rooms import Place
from visualizer.rooms.permissions import may
from visualizer.texts import texts

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


def why_not(place: Place, caller: Caller, call: ApiCall) -> str | None:
    """Why this caller may not send that; None if it may."""
    if place.hub is None:
        return "this is the past: it can only be looked at"
    node = node_of(call, place.cluster)
    refusals = [may(caller.actor, verb, node) for verb in verbs_of(call)]
    first = refusals[0]
    if first is not None and None not in refusals:
        return texts(first)["en"]
    what = f"{call.resource}/{call.subresource}" if call.subresource else call.resource
    return _without_role(place, caller, Asked(call.verb, _group(call), what, call.name, call.namespace))


def _group(call: ApiCall) -> str:
    return call.api_version.rpartition("/")[0]


def _without_role(place: Place, caller: Caller, asked: Asked) -> str | None:
    """Why the other in whose name it is may not, empty where the API server says no more of it; None if
    nobody else is named, or their roles let them."""
    if caller.acting is None:
        return None
    verdict = by_roles(place, caller.acting.somebody, asked)
    return None if verdict.allowed else verdict.reason


def why_not_look(place: Place, caller: Caller, asked: Asked | None = None) -> str | None:
    """Why this caller may not look here now: a step of a lesson may withhold what it asks for, and the other
    in whose name it is have no role for it."""
    powers = ("console",) if place.hub is not None else ("console", "rewind")
    refusals = [why for power in powers if (why := may(caller.actor, power)) is not None]
    if refusals:
        return texts(refusals[0])["en"]
    return None if asked is None else _without_role(place, caller, asked)


def check(place: Place, caller: Caller, call: ApiCall) -> None:
    """Raises WireError (403), as an authorizer refuses."""
    if (why := why_not(place, caller, call)) is not None:
        what = f"{call.resource}/{call.subresource}" if call.subresource else call.resource
        raise _forbidden(caller, call.verb, what, _group(call), call.namespace, call.name, why)


def check_look(place: Place, caller: Caller, target: Target) -> None:
    """The same for looking."""
    part = f"/{target.subresource}" if target.subresource else ""
    asked = Asked(target.verb, target.group, target.resource + part, target.name, target.namespace)
    if (why := why_not_look(place, caller, asked)) is not None:
        raise _forbidden(
            caller, target.verb, target.resource, target.group, target.namespace, target.name, why
        )


def _forbidden(
    caller: Caller, verb: str, resource: str, group: str, namespace: str, name: str, why: str
) -> WireError:
    resource = resource.partition(".")[0]
    qualified = f"{resource}.{group}" if group else resource
    named = f'{qualified} "{name}" is forbidden' if name else f"{qualified} is forbidden"
    scope = f' in the namespace "{namespace}"' if namespace else " at the cluster scope"
    what = f'cannot {verb} resource "{resource}" in API group "{group}"'
    user = caller.name if caller.acting is None else caller.acting.user
    message = f'{named}: User "{user}" {what}{scope}{f": {why}" if why else ""}'
    return WireError(403, message, details={"name": name, "group": group, "kind": resource.partition("/")[0]})
