"""Writing: from a request's method, media type and body to a call of the API server, and its answer."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim import bounds
from clustersim.api.autoscaling import Scale
from clustersim.api.decoding import FieldValidation
from clustersim.api.errors import ApiError
from clustersim.api.registry import to_builtins
from clustersim.api.request import PatchType
from clustersim.apiserver import rehearsal
from clustersim.apiserver.bootstrap_roles import ROLE_RESOURCES
from clustersim.apiserver.calls import (
    GIVEN_BACK,
    GIVEN_BACK_TODAY,
    NOT_ALLOWED,
    NOT_SERVED,
    ApiCall,
    Asked,
    request_of,
)
from clustersim.apiserver.escalation import check_grant
from clustersim.apiserver.patching import NO_STRATEGIC
from clustersim.apiserver.pod_security.admission import warnings_of_security
from clustersim.apiserver.rehearsal import Outcome, check_reachable
from clustersim.apiserver.server import ApiServer
from clustersim.apiserver.unheeded import unheeded
from clustersim.apiserver.warnings import warnings_of
from clustersim.faults.api_request import CLIENT
from visualizer import workers
from visualizer.kubeapi import rights
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.discovery import served_by
from visualizer.kubeapi.duplicates import duplicate_fields, duplicate_keys
from visualizer.kubeapi.impersonation import roles_here
from visualizer.kubeapi.look import Shape, scale_body, shape_of, with_owners
from visualizer.kubeapi.media import negotiated
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import (
    APPLY,
    JSON,
    YAML_TYPES,
    HttpRequest,
    read_body,
    read_patch,
    with_short_body,
)
from visualizer.kubeapi.responses import Response, WireError, refusal, success
from visualizer.kubeapi.rooms import Place
from visualizer.rooms.running.requests import Refused

STRATEGIC: Final = "application/strategic-merge-patch+json"
PATCH_TYPES: Final[Mapping[str, PatchType]] = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    STRATEGIC: "strategic",
    "application/apply-patch+yaml": "apply",
}
VALIDATIONS: Final[Mapping[str, FieldValidation]] = {"Ignore": "Ignore", "Warn": "Warn", "Strict": "Strict"}
PAUSED: Final = "the room is paused: what follows from this happens when it goes on"
LONGEST_MANAGER: Final = 128
TOO_LARGE: Final = (
    "Request entity too large: limit is {most} (of this model; a real API server takes 3145728 bytes, and "
    "etcd objects of 1.5 MiB)"
)
"""Apiserver pkg/server/config.go MaxRequestBodyBytes, etcd --max-request-bytes."""


async def write(place: Place, caller: Caller, target: Target, request: HttpRequest) -> Response:
    """Carry a write out, or rehearse it. Raises WireError and ApiError."""
    check_served(place, target, request)
    negotiated(request.header("accept"))
    _check_length(request)
    try:
        request = await with_short_body(request)
    except workers.NotComputed:
        raise WireError(503, "the server is busy; try again in a moment") from None
    call = call_of(place, target, request)
    rights.check(place, caller, call)
    server = place.cluster.world.apiserver
    check_reachable(server)
    asked = _asked(call, server, duplicates(request, call))
    _check_grant(place, caller, asked)
    if dry_run(request, call):
        outcome = rehearsal.dry_run(server, asked.request, CLIENT)
    else:
        assert place.hub is not None
        try:
            outcome = await place.hub.runner.write(caller.name, call)
        except Refused as refused:
            raise WireError(503, refused.reason["en"]) from None
    return _answer(place, target, request, call, asked, outcome)


def _check_grant(place: Place, caller: Caller, asked: Asked) -> None:
    """Who asks in another's name gives by roles and bindings no more than the other has. Raises ApiError."""
    request = asked.request
    granting = request.resource in ROLE_RESOURCES and request.verb in ("create", "update", "patch")
    if caller.acting is None or not granting:
        return
    written = rehearsal.dry_run(place.cluster.world.apiserver, request, CLIENT).body
    check_grant(roles_here(place), caller.acting.somebody, request.resource, written)


def duplicates(request: HttpRequest, call: ApiCall) -> tuple[str, ...]:
    """What the body of an object says twice, in the server's words; nothing where nobody wants to know."""
    if call.validation == "Ignore" or call.verb not in ("create", "update", "patch") or not request.body:
        return ()
    if request.content_type in (*YAML_TYPES, APPLY):
        return duplicate_keys(request.body.decode())
    if request.content_type != JSON or call.verb == "patch":
        return ()
    return tuple(f'duplicate field "{path}"' for path in duplicate_fields(request.body))


def _asked(call: ApiCall, server: ApiServer, twice: tuple[str, ...]) -> Asked:
    """The model's request. What the body says twice is warned of, or refused with all else that is wrong with
    its fields. Raises ApiError and WireError."""
    if not twice:
        return request_of(call, server)
    if call.validation != "Strict":
        asked = request_of(call, server)
        return msgspec.structs.replace(asked, warnings=(*asked.warnings, *twice))
    if twice[0].startswith("line "):
        of_yaml = "yaml: unmarshal errors:" + "".join(f"\n  {one}" for one in twice)
        if call.verb == "patch":
            raise WireError(400, f"error decoding YAML: error converting YAML to JSON: {of_yaml}")
        twice = (of_yaml,)
    asked = request_of(msgspec.structs.replace(call, validation="Warn"), server)
    kind = server.registry.storage.resource(call.resource).kind  # type: ignore[union-attr]
    version = call.api_version.rpartition("/")[2]
    handled = f'{kind} in version "{version}" cannot be handled as a {kind}'
    order = (*twice, *asked.warnings) if twice[0].startswith("yaml") else (*asked.warnings, *twice)
    raise WireError(400, f"{handled}: strict decoding error: {', '.join(order)}")


def _check_length(request: HttpRequest) -> None:
    if len(request.body) > bounds.LARGEST_MANIFEST:
        raise WireError(413, TOO_LARGE.format(most=bounds.LARGEST_MANIFEST))


def check_served(place: Place, target: Target, request: HttpRequest) -> None:
    """Refuse what is not there before its body is read. Raises WireError."""
    if target.resource == "bindings" and target.api_version == "v1" and not target.name:
        return
    resource = served_by(place.cluster).resource_of(target)
    added = resource is not None and resource.definition is not None
    if added and request.content_type == STRATEGIC:
        raise WireError(415, NO_STRATEGIC)
    release = place.cluster.world.release.name
    if resource is None or (
        target.subresource and target.subresource not in resource.subresources_in(release)
    ):
        raise WireError(404, NOT_SERVED)
    if target.verb in ("update", "patch") and not target.name:
        raise WireError(405, NOT_ALLOWED)
    if target.verb == "create" and target.name and not target.subresource:
        raise WireError(405, NOT_ALLOWED)


def call_of(place: Place, target: Target, request: HttpRequest) -> ApiCall:
    """The call that a request makes. Raises WireError."""
    today = place.cluster.world.release.name == "v1.36"
    patch_type: PatchType = "merge"
    if target.verb == "patch":
        patch_type = _patch_type(request, today=today)
        body = read_patch(request)
    else:
        served = served_by(place.cluster).resource_of(target)
        body = read_body(request, served.kind if served is not None else "Object")
    if target.verb in ("delete", "deletecollection"):
        body = _delete_options(request, body)
    resource, name, subresource = target.resource, target.name, target.subresource
    if resource == "bindings" and target.verb == "create":
        resource, subresource = "pods", "binding"
        metadata = body.get("metadata")
        name = str(metadata.get("name", "")) if isinstance(metadata, dict) else ""
    validation = VALIDATIONS.get(request.text("fieldValidation") or ("Warn" if today else "Ignore"))
    if validation is None:
        raise WireError(422, f'fieldValidation: Unsupported value: "{request.text("fieldValidation")[:50]}"')
    return ApiCall(
        verb=target.verb,  # type: ignore[arg-type]
        api_version=target.api_version,
        resource=resource,
        namespace=target.namespace,
        name=name,
        subresource=subresource,
        patch_type=patch_type,
        body=body,
        validation=validation if today else "Ignore",
        manager=_manager(request, patch_type) if today else "",
        force=request.flag("force"),
        labels=request.text("labelSelector"),
        fields=request.text("fieldSelector"),
    )


def _patch_type(request: HttpRequest, *, today: bool) -> PatchType:
    found = PATCH_TYPES.get(request.content_type)
    if found is None or (found == "apply" and not today):
        known = ", ".join(media for media, kind in PATCH_TYPES.items() if today or kind != "apply")
        raise WireError(
            415, f"the body of the request was in an unknown format - accepted media types include: {known}"
        )
    return found


def _manager(request: HttpRequest, patch_type: PatchType) -> str:
    """Who is remembered for what is set: as it says, or the program's name; an apply has to say."""
    given = request.text("fieldManager")
    if not given and patch_type != "apply":
        given = request.header("user-agent").partition("/")[0]
        given = given or "unknown"
    if len(given) > LONGEST_MANAGER:
        raise WireError(422, f"fieldManager: Too long: may not be longer than {LONGEST_MANAGER}")
    return "".join(character for character in given if character.isprintable())


def _delete_options(request: HttpRequest, body: dict[str, Any]) -> dict[str, Any]:
    """What the body says, or else the query."""
    options = dict(body)
    grace = request.number("gracePeriodSeconds")
    if grace is not None:
        options.setdefault("gracePeriodSeconds", grace)
    if policy := request.text("propagationPolicy"):
        options.setdefault("propagationPolicy", policy)
    if request.text("orphanDependents"):
        options.setdefault("orphanDependents", request.flag("orphanDependents"))
    return options


def dry_run(request: HttpRequest, call: ApiCall) -> bool:
    """Whether nothing is to be stored. Raises WireError."""
    asked = list(request.query.get("dryRun", []))
    if call.verb in ("delete", "deletecollection") and isinstance(call.body, dict):
        told = call.body.get("dryRun") or []
        asked += [str(one) for one in told] if isinstance(told, list) else [str(told)]
    if any(one != "All" for one in asked):
        raise WireError(422, f'dryRun: Unsupported value: "{asked[0][:50]}": supported values: "All"')
    return bool(asked)


def _answer(
    place: Place, target: Target, request: HttpRequest, call: ApiCall, asked: Asked, outcome: Outcome
) -> Response:
    warnings = [*asked.warnings, *outcome.warnings]
    if call.verb in ("create", "update", "patch"):
        today = place.cluster.world.release.name == "v1.36"
        made = today and call.verb == "create" and not call.subresource
        warnings += warnings_of(call.resource, outcome.body) if made else unheeded(outcome.body)
        if today and not call.subresource:
            server, old = place.cluster.world.apiserver, None if made else outcome.body
            warnings += warnings_of_security(server.etcd, server.flags, call.resource, outcome.body, old)
    assert place.hub is not None
    if not place.hub.runner.player.moving:
        warnings.append(PAUSED)
    code, body = 200, _body(place, target, request, call, outcome)
    if call.verb == "create" or (call.patch_type == "apply" and not outcome.existed):
        code = 201
    return Response(code, body, warnings=tuple(warnings))


def _body(place: Place, target: Target, request: HttpRequest, call: ApiCall, outcome: Outcome) -> Any:
    if call.subresource in ("binding", "eviction", "rollback"):
        return success(code=201)
    if call.verb == "deletecollection":
        return _list(place, target, request, outcome.body)
    obj = outcome.body
    today = place.cluster.world.release.name == "v1.36"
    given_back = GIVEN_BACK_TODAY if today else GIVEN_BACK
    if call.verb == "delete" and not outcome.exists and call.resource not in given_back:
        details = {
            "name": call.name,
            "group": target.group,
            "kind": call.resource.partition(".")[0],
            "uid": obj.metadata.uid,
        }
        return success({key: value for key, value in details.items() if value})
    if isinstance(obj, Scale):
        return scale_body(target, obj)
    shape = _shape(place, target, request)
    return shape.encode(with_owners(place.cluster, shape, obj))


def _shape(place: Place, target: Target, request: HttpRequest) -> Shape:
    """The form that the answer is asked for in; a deletion's selectors have chosen already."""
    return shape_of(place.cluster, target, msgspec.structs.replace(request, query={}))


def _list(place: Place, target: Target, request: HttpRequest, objects: tuple[Any, ...]) -> dict[str, Any]:
    kind = _shape(place, target, request).resource.kind
    revision = place.cluster.world.etcd.store.revision
    items = [to_builtins(obj, target.api_version) for obj in objects]
    metadata = {"resourceVersion": str(revision)}
    return {"kind": f"{kind}List", "apiVersion": target.api_version, "metadata": metadata, "items": items}


def refused(error: ApiError) -> Response:
    """The API server's refusal on the wire."""
    details = msgspec.to_builtins(error.details) if error.details is not None else None
    return refusal(error.status, error.message, error.reason, details)
