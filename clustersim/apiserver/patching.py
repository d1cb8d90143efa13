"""Patches and server-side apply: from an object and a patch to the object that an update would bring."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.api import managed_fields
from clustersim.api.api_resource import Resource
from clustersim.api.autoscaling import Scale
from clustersim.api.conversion import to_struct_names
from clustersim.api.core_v1 import Event
from clustersim.api.declared import Kind
from clustersim.api.decoder import check_depth
from clustersim.api.decoding import decode_custom, decode_into, decode_patched, unfit_patch
from clustersim.api.decoding_words import strict_error
from clustersim.api.definitions import CustomObject
from clustersim.api.diff import LAST_APPLIED, last_applied
from clustersim.api.errors import ApiError, bad_request
from clustersim.api.field_paths import Path, repeated
from clustersim.api.fields import fields_of
from clustersim.api.managed_fields import shown
from clustersim.api.meta import ApiObject, replace
from clustersim.api.patch import DoesNotFit, json_patch, merge_patch, strategic_merge_patch
from clustersim.api.registry import resource_of, to_builtins
from clustersim.api.request import Request
from clustersim.api.timestamp import is_canonical, rfc3339
from clustersim.apiserver.field_owners import jsonlike, kind_of, part_of, silent_entries, written_down
from clustersim.apiserver.host import Host

KUBECTL: Final = "kubectl"
"""The manager of what `kubectl apply --server-side` sets."""


def version_of(request: Request, resource: Any, host: Host) -> str:
    """The version that a request is made through."""
    return request.api_version or str(resource.version_in(host.release))


NO_STRATEGIC: Final = (
    "the body of the request was in an unknown format - accepted media types include: "
    "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
)


def patched(request: Request, old: Any, host: Host, resource: Resource) -> Any:
    """The object after the patch. Raises ApiError."""
    if isinstance(old, CustomObject):
        return _patched_custom(request, old, host, resource)
    quickly = _annotated(request, old) if not isinstance(old, Event) else _counted(request, old)
    if quickly is not None:
        return quickly
    version = version_of(request, resource_of(old), host)
    if (quickly := _refilled(request, old, version, host)) is not None:
        return quickly
    plain = jsonlike(to_builtins(old, version))
    if request.patch_type == "apply":
        return _applied(request, old, plain, version, host, resource)
    new = _patch(request, type(old), plain, host.release)
    if not isinstance(new, Mapping):
        raise bad_request("a patch must leave an object")
    strategic = request.body if request.patch_type == "strategic" else None
    return decode_patched(type(old), new, host.release, version, strategic=strategic, strict=request.strict)


def _patched_custom(request: Request, old: CustomObject, host: Host, resource: Resource) -> Any:
    """The same of an added kind: nobody has told how its lists are merged."""
    version = request.api_version or resource.version_in(host.release)
    plain = jsonlike(to_builtins(old, version))
    if request.patch_type == "strategic":
        raise ApiError(415, "UnsupportedMediaType", NO_STRATEGIC)
    if request.patch_type == "apply":
        return _applied(request, old, plain, version, host, resource)
    new = _patch(request, type(old), plain, host.release)
    if not isinstance(new, Mapping):
        raise bad_request("a patch must leave an object")
    found, unknown = decode_custom(new, resource, host.release, version)
    if request.strict and unknown:
        raise unfit_patch(new, None, strict_error(unknown))
    return found


def _annotated(request: Request, old: Any) -> Any | None:
    """What controllers patch most, without reading the whole object anew: annotations that are only set."""
    body = request.body
    if request.patch_type != "merge" or request.manager or not isinstance(body, Mapping):
        return None
    metadata = body["metadata"] if body.keys() == {"metadata"} else None
    if not isinstance(metadata, Mapping) or metadata.keys() != {"annotations"}:
        return None
    told = metadata["annotations"]
    if not isinstance(told, Mapping) or not all(isinstance(text, str) for text in told.values()):
        return None
    return replace(old, metadata=replace(old.metadata, annotations={**old.metadata.annotations, **told}))


def _counted(request: Request, old: Event) -> Event | None:
    """An Event that happened once more, as those who record Events patch it (client-go tools/record)."""
    body = request.body
    if request.patch_type != "merge" or request.manager or not isinstance(body, Mapping):
        return None
    if body.keys() != {"count", "lastTimestamp", "message"}:
        return None
    count, at, message = body["count"], body["lastTimestamp"], body["message"]
    if type(count) is not int or not 0 < count < _MOST_COUNTED or not isinstance(message, str):
        return None
    if not isinstance(at, str) or not is_canonical(at):
        return None
    counted: Event = replace(old, count=count, last_timestamp=at, message=message)
    return counted


_MOST_COUNTED: Final = 1 << 31


def _refilled(request: Request, old: Any, version: str, host: Host) -> Any | None:
    """What sets texts and numbers of the object's own fields and nothing in them, as the count of an Event:
    only these are read anew. What does not fit is left to those who know the words for it.
    """
    body = request.body
    struct: type[ApiObject] = type(old)
    if request.patch_type != "merge" or request.manager or not isinstance(body, Mapping):
        return None
    known = fields_of(struct, host.release, version)
    if to_struct_names(struct.__name__, version, body) is not body:
        return None
    if not all(name in known and isinstance(value, str | int) for name, value in body.items()):
        return None
    try:
        new, _unknown = decode_into(struct, body, host.release, version)
    except ApiError:
        return None
    return replace(old, **{known[name].name: getattr(new, known[name].name) for name in body})


UNFIT: Final = "the server rejected our request due to an error in our request"


def _patch(request: Request, struct: type[ApiObject], plain: dict[str, Any], release: str) -> Any:
    check_depth(request.body)
    match request.patch_type:
        case "json":
            try:
                return json_patch(plain, request.body)
            except DoesNotFit as error:  # Today's answer does not say why.
                if release == "v1.36":
                    raise ApiError(422, "Invalid", UNFIT) from None
                raise ApiError(500, "", str(error)) from None
        case "strategic":
            return strategic_merge_patch(struct, plain, request.body)
        case _:
            if not isinstance(request.body, Mapping):
                raise bad_request("error decoding patch: json: cannot unmarshal into Go value of type map")
            return merge_patch(plain, request.body)


def patched_scale(request: Request, scale: Scale, release: str) -> Scale:
    """A Scale after a patch of it. Raises ApiError."""
    plain = jsonlike(msgspec.to_builtins(scale))
    new = _patch(request, Scale, plain, release)
    if not isinstance(new, Mapping):
        raise bad_request("a patch must leave an object")
    body = {key: value for key, value in new.items() if key not in ("kind", "apiVersion")}
    found: Scale = decode_into(Scale, body, "v1.36", "autoscaling/v1")[0]
    return found


# --- server-side apply -------------------------------------------------------------------------------


def _checked(request: Request) -> Mapping[str, Any]:
    if not request.manager:
        why = "fieldManager: Required value: is required for apply patch"
        raise bad_request(f'PatchOptions.meta.k8s.io "" is invalid: {why}')
    check_depth(request.body)
    if not isinstance(request.body, Mapping):
        raise bad_request("error decoding YAML: an object was expected")
    metadata = request.body.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    return request.body


def _decoded(plain: Mapping[str, Any], resource: Resource, host: Host, version: str) -> Any:
    """The object of a manifest that is applied. Raises ApiError, also for fields that there are not."""
    if resource.definition is not None:
        found, unknown = decode_custom(plain, resource, host.release, version)
    else:
        found, unknown = decode_into(resource.type, plain, host.release, version)
    told = [f".{path}: field not declared in schema" for path in unknown]
    twice = repeated(kind_of(found, version, host.etcd), plain)
    told += [f"{path}: duplicate entries for key {shown((step,))}" for path, step in twice]
    if told:
        why = told[0] if len(told) == 1 else "errors:\n" + "\n".join(f"  {one}" for one in told)
        metadata, group = found.metadata, "" if "/" in version else "/"
        what = f"({metadata.namespace or ''}/{metadata.name}; {group}{version}, Kind={resource.kind})"
        raise ApiError(500, "", f"failed to create typed patch object {what}: {why}")
    return found


def applied_new(request: Request, resource: Resource, host: Host) -> Any:
    """The object that applying a manifest creates. Raises ApiError."""
    body = _checked(request)
    version = version_of(request, resource, host)
    obj = _decoded(body, resource, host, version)
    applied = managed_fields.apply(
        kind_of(obj, version, host.etcd),
        {},
        body,
        (),
        manager=request.manager,
        api_version=version,
        time=rfc3339(host.now),
        force=request.force,
    )
    named = replace(
        obj.metadata, managed_fields=applied.managed_fields, name=obj.metadata.name or request.name
    )
    return replace(obj, metadata=named)


def _applied(
    request: Request, old: Any, plain: dict[str, Any], version: str, host: Host, resource: Resource
) -> Any:
    body, kind = _checked(request), kind_of(old, version, host.etcd)
    _decoded(body, resource, host, version)
    silent = silent_entries(old, host.etcd, host.release)
    applied = managed_fields.apply(
        kind,
        plain,
        jsonlike(body),
        (*old.metadata.managed_fields, *silent),
        manager=request.manager,
        api_version=version,
        time=rfc3339(host.now),
        force=request.force,
        part=part_of(request),
        ceded=_applied_by_client(kind, plain) if request.manager == KUBECTL else frozenset(),
    )
    obj = _decoded(applied.plain, resource, host, version)
    annotations = obj.metadata.annotations
    if request.manager == KUBECTL and LAST_APPLIED in annotations:
        annotations = {**annotations, LAST_APPLIED: last_applied(body)}
    entries = written_down(applied.managed_fields, silent)
    named = replace(obj.metadata, managed_fields=entries, annotations=annotations)
    return replace(obj, metadata=named)


def _applied_by_client(kind: Kind, plain: Mapping[str, Any]) -> frozenset[Path]:
    """What `kubectl apply` set by itself before, and nobody changed since: the same user may apply it anew
    on the server (apimachinery pkg/util/managedfields/internal/lastappliedmanager.go).
    """
    try:
        before = msgspec.json.decode(plain["metadata"].get("annotations", {}).get(LAST_APPLIED, "{}"))
    except msgspec.DecodeError:
        return frozenset()
    return managed_fields.set_alike(kind, before, plain) if isinstance(before, dict) else frozenset()
