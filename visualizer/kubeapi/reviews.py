"""Questions about rights and names: `kubectl auth can-i`, `auth can-i --list`, `auth whoami`, and what
others may do by their roles. They are answered, and kept nowhere."""

from typing import Any, Final

from clustersim.api.api_resources import RESOURCES as KINDS
from clustersim.api.timestamp import rfc3339
from clustersim.apiserver.authorization import Asked, Verdict, rules_for, somebody, told_rules
from clustersim.apiserver.calls import NOT_ALLOWED, ApiCall
from visualizer.kubeapi import rights
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.impersonation import by_roles, roles_here
from visualizer.kubeapi.look import stored
from visualizer.kubeapi.media import negotiated
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest, read_body
from visualizer.kubeapi.responses import Response, WireError
from visualizer.kubeapi.rooms import Place
from visualizer.kubeapi.service_account_tokens import token_request, token_review

RESOURCES: Final = (
    "selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews", "subjectaccessreviews",
    "localsubjectaccessreviews", "tokenreviews",
)  # fmt: skip
VERSIONS: Final = (
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1beta1",
)
_READS: Final = ("get", "list", "watch")
_WRITES: Final = ("create", "update", "patch", "delete", "deletecollection")


def review(place: Place, caller: Caller, target: Target, request: HttpRequest) -> Response:
    """The answer to a question about oneself. Raises WireError."""
    if target.verb != "create":
        raise WireError(405, NOT_ALLOWED)
    negotiated(request.header("accept"), forms=False)
    body = read_body(request)
    spec = body.get("spec")
    spec = spec if isinstance(spec, dict) else {}
    match target.resource:
        case "selfsubjectaccessreviews":
            return _answer("SelfSubjectAccessReview", target, spec, _access(place, caller, spec))
        case "selfsubjectrulesreviews":
            return _answer("SelfSubjectRulesReview", target, spec, _rules(place, caller, spec))
        case "subjectaccessreviews":
            return _answer("SubjectAccessReview", target, spec, _access_of(place, spec))
        case "localsubjectaccessreviews":
            _check_namespace(target, spec)
            return _answer("LocalSubjectAccessReview", target, spec, _access_of(place, spec))
        case "tokenreviews":
            status = token_review(place.cluster, spec)
            return _answer("TokenReview", target, spec, status)
        case _:
            own = {"username": caller.name, "groups": ["system:authenticated"]}
            user = own if caller.acting is None else caller.acting.user_info
            made = {"creationTimestamp": rfc3339(place.cluster.now)}
            return _answer("SelfSubjectReview", target, None, {"userInfo": user}, made)


def _answer(
    kind: str, target: Target, spec: Any, status: dict[str, Any], metadata: dict[str, Any] | None = None
) -> Response:
    head: dict[str, Any] = {"kind": kind, "apiVersion": target.api_version, "metadata": metadata or {}}
    if spec is not None:
        head["spec"] = spec
    return Response(201, {**head, "status": status})


def _check_namespace(target: Target, spec: dict[str, Any]) -> None:
    asked = spec.get("resourceAttributes")
    if not isinstance(asked, dict) or asked.get("namespace") != target.namespace:
        field = "spec.resourceAttributes.namespace"
        raise WireError(
            422,
            f'LocalSubjectAccessReview.authorization.k8s.io "" is invalid: {field}: Invalid value: '
            "must match metadata.namespace",
        )


def _access_of(place: Place, spec: dict[str, Any]) -> dict[str, Any]:
    """What somebody else may do: as their roles have it."""
    user, groups = spec.get("user") or "", spec.get("groups") or []
    if not isinstance(user, str) or not isinstance(groups, list) or not (user or groups):
        raise WireError(422, "spec.user: Required value: at least one of user or group must be specified")
    who = somebody(user, [str(one) for one in groups])
    return _told(by_roles(place, who, _asked(spec)))


def _told(verdict: Verdict) -> dict[str, Any]:
    return {"allowed": verdict.allowed, **({"reason": verdict.reason} if verdict.reason else {})}


def _asked(spec: dict[str, Any]) -> Asked:
    asked, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if not isinstance(asked, dict):
        path = path if isinstance(path, dict) else {}
        return Asked(str(path.get("verb") or ""), path=str(path.get("path") or ""))
    values = {name: str(asked.get(name) or "") for name in ("verb", "group", "resource", "name", "namespace")}
    if part := asked.get("subresource"):
        values["resource"] += f"/{part}"
    return Asked(**values)


def _access(place: Place, caller: Caller, spec: dict[str, Any]) -> dict[str, Any]:
    asked = spec.get("resourceAttributes")
    if not isinstance(asked, dict):
        if caller.acting is not None:
            return _told(by_roles(place, caller.acting.somebody, _asked(spec)))
        return {"allowed": True} if spec.get("nonResourceAttributes") else {"allowed": False}
    values = {name: value for name, value in asked.items() if isinstance(value, str)}
    verb, resource = values.get("verb", ""), values.get("resource", "")
    if verb in _READS:
        part = f"/{values['subresource']}" if values.get("subresource") else ""
        place_of = (values.get(name, "") for name in ("name", "namespace"))
        wanted = Asked(verb, values.get("group", ""), resource + part, *place_of)
        why = rights.why_not_look(place, caller, wanted)
        return {"allowed": True} if why is None else {"allowed": False, "reason": why}
    if verb not in _WRITES and verb != "*":
        if caller.acting is not None:
            return _told(by_roles(place, caller.acting.somebody, _asked(spec)))
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


def _rules(place: Place, caller: Caller, spec: dict[str, Any]) -> dict[str, Any]:
    """What the caller may do, kind by kind; of the other in whose name it asks, rule by rule."""
    if caller.acting is not None:
        namespace = str(spec.get("namespace") or "")
        return told_rules(rules_for(roles_here(place), caller.acting.somebody, namespace))
    release = place.cluster.world.release.name
    rules = []
    for resource in KINDS.values():
        if release not in resource.versions:
            continue
        group, _slash, _version = resource.version_in(release).rpartition("/")
        asked = Asked("get", group, resource.plural)
        reads = _READS if rights.why_not_look(place, caller, asked) is None else ()
        verbs = [*reads, *(verb for verb in _WRITES if _may(place, caller, resource.plural, verb))]
        rules.append({"verbs": verbs, "apiGroups": [group], "resources": [resource.plural]})
    return {"resourceRules": rules, "nonResourceRules": [], "incomplete": False}


def _may(place: Place, caller: Caller, resource: str, verb: Any) -> bool:
    return rights.why_not(place, caller, ApiCall(verb, "v1", resource)) is None


def makes_tokens(place: Place) -> bool:
    """Whether service accounts' tokens are made when they are asked for, as today."""
    return "token" in KINDS["serviceaccounts"].subresources_in(place.cluster.world.release.name)


def token(place: Place, caller: Caller, target: Target, request: HttpRequest) -> Response:
    """A token of a service account, for whoever may make objects there. Raises WireError."""
    if target.verb != "create":
        raise WireError(405, NOT_ALLOWED)
    call = ApiCall("create", target.api_version, target.resource, target.namespace, target.name)
    rights.check(place, caller, call)
    account = stored(place.cluster, target, KINDS["serviceaccounts"])
    return Response(201, token_request(place.cluster, account, read_body(request)))
