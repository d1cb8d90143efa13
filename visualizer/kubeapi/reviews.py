"""Questions about one's own rights: `kubectl auth can-i`, `auth can-i --list`, `auth whoami`."""

from typing import Any, Final

from clustersim.api.api_resources import RESOURCES as KINDS
from clustersim.apiserver.calls import NOT_ALLOWED, ApiCall
from visualizer.kubeapi import rights
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest, read_body
from visualizer.kubeapi.responses import Response, WireError
from visualizer.kubeapi.rooms import Place

RESOURCES: Final = ("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews")
VERSIONS: Final = (
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "authentication.k8s.io/v1",
)
_READS: Final = ("get", "list", "watch")
_WRITES: Final = ("create", "update", "patch", "delete", "deletecollection")


def review(place: Place, caller: Caller, target: Target, request: HttpRequest) -> Response:
    """The answer to a question about oneself. Raises WireError."""
    if target.verb != "create":
        raise WireError(405, NOT_ALLOWED)
    body = read_body(request)
    spec = body.get("spec")
    spec = spec if isinstance(spec, dict) else {}
    match target.resource:
        case "selfsubjectaccessreviews":
            return _answer("SelfSubjectAccessReview", target, spec, _access(place, caller, spec))
        case "selfsubjectrulesreviews":
            return _answer("SelfSubjectRulesReview", target, spec, _rules(place, caller))
        case _:
            user = {"username": caller.name, "groups": ["system:authenticated"]}
            return _answer("SelfSubjectReview", target, None, {"userInfo": user})


def _answer(kind: str, target: Target, spec: Any, status: dict[str, Any]) -> Response:
    head: dict[str, Any] = {"kind": kind, "apiVersion": target.api_version, "metadata": {}}
    if spec is not None:
        head["spec"] = spec
    return Response(201, {**head, "status": status})


def _access(place: Place, caller: Caller, spec: dict[str, Any]) -> dict[str, Any]:
    asked = spec.get("resourceAttributes")
    if not isinstance(asked, dict):
        return {"allowed": True} if spec.get("nonResourceAttributes") else {"allowed": False}
    values = {name: value for name, value in asked.items() if isinstance(value, str)}
    verb, resource = values.get("verb", ""), values.get("resource", "")
    if verb in _READS:
        why = rights.why_not_look(place, caller)
        return {"allowed": True} if why is None else {"allowed": False, "reason": why}
    if verb not in _WRITES and verb != "*":
        return {"allowed": False, "reason": f"this API server knows no verb {verb[:50]}"}
    version = values.get("version", "")
    call = ApiCall(
        verb="create" if verb == "*" else verb,  # type: ignore[arg-type]
        api_version="/".join(part for part in (values.get("group", ""), version) if part),
        resource=resource,
        namespace=values.get("namespace", ""),
        name=values.get("name", ""),
        subresource=values.get("subresource", ""),
    )
    why = rights.why_not(place, caller, call)
    return {"allowed": True} if why is None else {"allowed": False, "reason": why}


def _rules(place: Place, caller: Caller) -> dict[str, Any]:
    """What the caller may do, kind by kind."""
    release = place.cluster.world.release.name
    rules = []
    reads = _READS if rights.why_not_look(place, caller) is None else ()
    for resource in KINDS.values():
        if release not in resource.versions:
            continue
        group, _slash, _version = resource.version_in(release).rpartition("/")
        verbs = [*reads, *(verb for verb in _WRITES if _may(place, caller, resource.plural, verb))]
        rules.append({"verbs": verbs, "apiGroups": [group], "resources": [resource.plural]})
    return {"resourceRules": rules, "nonResourceRules": [], "incomplete": False}


def _may(place: Place, caller: Caller, resource: str, verb: Any) -> bool:
    return rights.why_not(place, caller, ApiCall(verb, "v1", resource)) is None
