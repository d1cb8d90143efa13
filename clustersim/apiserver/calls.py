"""What a client of the HTTP API asks to be changed, as plain values, and the model's request for it.

```
  POST    collection           create            POST  pods/NAME/binding      bind
  PUT     object               update            POST  pods/NAME/eviction     evict
  PATCH   object               patch             POST  deployments/NAME/rollback
  DELETE  object, collection   delete(collection)
  PUT     status, scale, finalize of an object   update-status, update-scale, finalize
  PATCH   status, scale of an object             patch
  PUT, PATCH  ephemeralcontainers, resize of a pod   update, patch
```
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.apps import RollbackConfig
from clustersim.api.autoscaling import Scale
from clustersim.api.core.binding import Binding
from clustersim.api.decoding import FieldValidation, decode_into, decode_object
from clustersim.api.errors import ApiError, bad_request
from clustersim.api.meta import ApiObject, ApiStruct, DeleteOptions
from clustersim.api.policy import Eviction
from clustersim.api.request import PatchType, Request
from clustersim.api.selectors import parse_field_selector, parse_label_selector
from clustersim.apiserver.label_words import why
from clustersim.apiserver.pod_parts import POD_PARTS
from clustersim.apiserver.server import ApiServer

CallVerb = Literal["create", "update", "patch", "delete", "deletecollection"]

NOT_SERVED: Final = "the server could not find the requested resource"
NOT_ALLOWED: Final = "the server does not allow this method on the requested resource"

GIVEN_BACK: Final = (
    "persistentvolumeclaims", "persistentvolumes", "pods", "podtemplates", "resourcequotas",
    "serviceaccounts",
)  # fmt: skip
"""Resources of which a deletion answers with what was deleted (their registries' ReturnDeletedObject) ..."""
GIVEN_BACK_TODAY: Final = (*GIVEN_BACK, "services")
"""... and those of v1.36."""


class ApiCall(msgspec.Struct, frozen=True):
    """A write as a client sends it. api_version, resource, namespace, name, subresource: its address;
    body: JSON values; validation: what becomes of unknown fields; manager: who is remembered for the fields
    that the write sets; force: an apply takes fields from others; labels, fields: selectors as texts, of a
    deletion of many.
    """

    verb: CallVerb
    api_version: str
    resource: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    patch_type: PatchType = "merge"
    body: Any = None
    validation: FieldValidation = "Ignore"
    manager: str = ""
    force: bool = False
    labels: str = ""
    fields: str = ""

    @property
    def object_ref(self) -> str:
        """What it is about, as events name it."""
        return "/".join(part for part in (self.resource, self.namespace, self.name) if part)


class Asked(msgspec.Struct, frozen=True):
    """The model's request, and what the server warns of."""

    request: Request
    warnings: tuple[str, ...] = ()


def request_of(call: ApiCall, server: ApiServer) -> Asked:
    """The request that a call stands for. Raises ApiError."""
    release, resource = server.release, server.registry.storage.resource(call.resource)
    if resource is None or call.api_version not in resource.versions.get(release, ()):
        raise ApiError(404, "NotFound", NOT_SERVED)
    if call.subresource:
        return _subresource(call, resource, release)
    match call.verb:
        case "create" | "update":
            return _object(call, resource, release)
        case "patch":
            strict = call.validation == "Strict"
            return Asked(_base(call, "patch", body=call.body, patch_type=call.patch_type, strict=strict))
        case "delete" | "deletecollection":
            return Asked(_deletion(call, release))


def _base(call: ApiCall, verb: Any, **more: Any) -> Request:
    return Request(
        verb,
        call.resource,
        call.namespace,
        call.name,
        api_version=call.api_version,
        manager=call.manager,
        force=call.force,
        **more,
    )


def _object(call: ApiCall, resource: Resource, release: str, verb: str = "") -> Asked:
    """Create, or one of the updates."""
    plain = call.body
    if isinstance(plain, Mapping):
        plain = {"apiVersion": call.api_version, "kind": resource.kind, **plain}
        if plain["apiVersion"] != call.api_version:
            raise bad_request(
                f"the API version in the data ({plain['apiVersion']}) does not match the expected API "
                f"version ({call.api_version})"
            )
    decoded = decode_object(plain, release, validation=call.validation, expected=resource)
    obj = decoded.obj
    if call.name:
        obj = _addressed(call, obj)
    elif resource.namespaced and obj.metadata.namespace not in ("", call.namespace):
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    request = _base(call, verb or call.verb, body=obj)
    if not call.name:
        request = msgspec.structs.replace(request, name=obj.metadata.name)
    return Asked(request, decoded.warnings)


def _addressed(call: ApiCall, obj: ApiObject) -> ApiObject:
    """The object of an update, which must be the one of the address."""
    metadata = obj.metadata
    if not metadata.name:
        raise bad_request("name must be provided")
    if metadata.name != call.name:
        raise bad_request(
            f"the name of the object ({metadata.name}) does not match the name on the URL ({call.name})"
        )
    if metadata.namespace not in ("", call.namespace):
        raise bad_request(
            f"the namespace of the object ({metadata.namespace}) does not match the namespace on the URL "
            f"({call.namespace})"
        )
    return obj


def _deletion(call: ApiCall, release: str) -> Request:
    options = _read(DeleteOptions, call.body or {})
    propagation = options.propagation_policy
    if options.orphan_dependents is not None:
        if propagation:
            raise bad_request("orphanDependents and deletionPropagation cannot be both set")
        propagation = "Orphan" if options.orphan_dependents else "Background"
    if propagation not in ("", "Orphan", "Background", "Foreground"):
        raise ApiError(
            422,
            "Invalid",
            'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: '
            f'"{propagation}": supported values: "Foreground", "Background", "Orphan", "nil"',
        )
    return _base(call, call.verb, **_chosen(call, release), **_how(options), propagation=propagation)


def _how(options: DeleteOptions) -> dict[str, Any]:
    conditions = options.preconditions
    return {
        "grace_seconds": options.grace_period_seconds,
        "uid": conditions.uid if conditions is not None else "",
        "version": conditions.resource_version if conditions is not None else "",
    }


def _chosen(call: ApiCall, release: str) -> dict[str, Any]:
    """What a deletion of many is limited to."""
    try:
        selector = parse_label_selector(call.labels)
        fields = parse_field_selector(call.fields)
    except ValueError as error:
        raise bad_request(why(error, release)) from None
    return {
        "label_selector": selector.match_labels,
        "expressions": selector.match_expressions,
        "field_selector": fields,
    }


def _read(struct: type[Any], body: Any) -> Any:
    """A struct that is never stored. Raises ApiError."""
    if not isinstance(body, Mapping):
        raise bad_request("the object provided is unrecognized (must be of type Object)")
    plain = {name: value for name, value in body.items() if name not in ("kind", "apiVersion")}
    return decode_into(struct, plain, "v1.36", "v1")[0]


# --- subresources ------------------------------------------------------------------------------------------


def _subresource(call: ApiCall, resource: Resource, release: str) -> Asked:
    """A write of a part of an object. Raises ApiError."""
    if call.subresource not in resource.subresources_in(release):
        raise ApiError(404, "NotFound", NOT_SERVED)
    if call.subresource in POD_PARTS and call.verb == "update":
        updated = _object(call, resource, release)
        request = msgspec.structs.replace(updated.request, subresource=call.subresource)
        return Asked(request, updated.warnings)
    if call.subresource in ("status", "scale", "approval", *POD_PARTS) and call.verb == "patch":
        patch = _base(call, "patch", body=call.body, patch_type=call.patch_type, subresource=call.subresource)
        return Asked(patch)
    if call.subresource in ("status", "approval") and call.verb == "update":
        return _object(call, resource, release, "update-status")
    if call.subresource == "finalize" and call.verb == "update":
        return _object(call, resource, release, "finalize")
    if (call.subresource, call.verb) not in _PARTS:
        raise ApiError(405, "MethodNotAllowed", NOT_ALLOWED)
    return Asked(_PARTS[call.subresource, call.verb](call))


def _scaling(call: ApiCall) -> Request:
    return _base(call, "update-scale", body=_read(Scale, call.body))


def _binding(call: ApiCall) -> Request:
    binding: Binding = _read(Binding, call.body)
    if not binding.target.name:
        raise ApiError(422, "Invalid", f'Binding "{call.name}" is invalid: target.name: Required value', None)
    return _base(call, "bind", body=binding.target.name)


def _eviction(call: ApiCall) -> Request:
    eviction: Eviction = _read(Eviction, call.body)
    options = eviction.delete_options or DeleteOptions()
    return _base(call, "evict", **_how(options), propagation=options.propagation_policy)


class _Rollback(ApiStruct, frozen=True, kw_only=True):
    """DeploymentRollback, of extensions/v1beta1 and apps/v1beta1."""

    name: str = ""
    rollback_to: RollbackConfig = RollbackConfig()
    updated_annotations: dict[str, str] = {}


def _rollback(call: ApiCall) -> Request:
    rollback: _Rollback = _read(_Rollback, call.body)
    return _base(call, "rollback", body=rollback.rollback_to)


_PARTS: Final[dict[tuple[str, str], Callable[[ApiCall], Request]]] = {
    ("scale", "update"): _scaling,
    ("binding", "create"): _binding,
    ("eviction", "create"): _eviction,
    ("rollback", "create"): _rollback,
}
