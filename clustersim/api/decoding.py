"""From what people and programs send to Structs, as the API server of each release decodes it.

Unknown fields are dropped (or told, where v1.36 is asked to be strict), and a value of the wrong type is
refused in the decoder's own words. What is accepted here may still be invalid; that is for the API server's
validation.
Sources: v1.36.2 sigs.k8s.io/json and apimachinery pkg/runtime/serializer/json; v1.7.5
github.com/ugorji/go/codec; v1.8.0 github.com/json-iterator/go.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.api_resources import RESOURCES
from clustersim.api.conversion import to_stored, to_struct_names
from clustersim.api.decoder import Corrupt, Decoder, Malformed, WrongType, check_depth, kept_plain
from clustersim.api.decoding_words import kind_of, restored, strict_error, told, told_corrupt
from clustersim.api.definitions import CustomObject, schema_of
from clustersim.api.errors import ApiError, Cause, Details, bad_request
from clustersim.api.goformat import go_text
from clustersim.api.jsoniter_words import refusal
from clustersim.api.meta import ApiObject, ApiStruct, ObjectMeta
from clustersim.api.structural import defaulted, pruned, without_nulls

FieldValidation = Literal["Ignore", "Warn", "Strict"]


class Decoded(msgspec.Struct, frozen=True):
    """An object, what kind it is, the version it came in, and what the server warns of."""

    obj: ApiObject
    resource: Resource
    api_version: str
    warnings: tuple[str, ...] = ()


def resource_for(api_version: str, kind: str, release: str) -> Resource | None:
    """What a manifest's apiVersion and kind mean in that release; None where it serves no such thing."""
    for resource in RESOURCES.values():
        served = (*resource.versions.get(release, ()), *resource.on_request.get(release, ()))
        if resource.kind == kind and api_version in served:
            return resource
    return None


def decode_object(
    plain: Any, release: str, *, validation: FieldValidation = "Ignore", expected: Resource | None = None
) -> Decoded:
    """The object of a request's body. Raises ApiError (400).

    expected: the resource of the request's address, with which the body must agree.
    """
    if not isinstance(plain, Mapping):
        raise bad_request(f"couldn't get version/kind; json parse error: {kind_of(plain)} is no object")
    api_version, kind = plain.get("apiVersion") or "", plain.get("kind") or ""
    if expected is not None and not kind:
        kind, api_version = expected.kind, api_version or expected.versions[release][0]
    if not isinstance(api_version, str) or not isinstance(kind, str) or not kind:
        raise bad_request("Object 'Kind' is missing")
    resource = resource_for(api_version, kind, release)
    if expected is not None and expected.definition is not None and kind == expected.kind:
        resource = expected
    if resource is None or (expected is not None and resource.plural != expected.plural):
        raise bad_request(f'no kind "{kind}" is registered for version "{api_version}"')
    if resource.definition is not None:
        obj, unknown = decode_custom(plain, resource, release, api_version)
    else:
        obj, unknown = decode_into(resource.type, plain, release, api_version)
    obj = to_stored(obj, release, api_version)
    warnings = tuple(f'unknown field "{path}"' for path in unknown)
    if warnings and validation == "Strict":
        handled = f'{kind} in version "{_version(api_version)}" cannot be handled as a {kind}'
        raise bad_request(f"{handled}: {strict_error(unknown)}")
    told = warnings if validation == "Warn" else ()
    return Decoded(obj, resource, api_version, told)


def decode_into(
    struct: type[ApiStruct], plain: Mapping[str, Any], release: str, api_version: str
) -> tuple[Any, tuple[str, ...]]:
    """A Struct from plain values, and the paths of fields that it does not have. Raises ApiError (400)."""
    check_depth(plain)
    decoder = Decoder(release, api_version)
    kind = struct.__name__
    plain = to_struct_names(kind, api_version, plain)
    handled = f'{kind} in version "{_version(api_version)}" cannot be handled as a {kind}: '
    try:
        return decoder.struct(struct, plain, (), "", root=True), tuple(decoder.unknown)
    except (WrongType, Malformed) as error:
        if release == "v1.8" and (words := refusal(plain, struct, api_version)):
            raise bad_request(handled + words) from None
        raise bad_request(handled + _told(error, plain, release)) from None


def _told(error: WrongType | Malformed, plain: Mapping[str, Any], release: str) -> str:
    if isinstance(error, WrongType):
        return told(error, plain, release)
    return told_corrupt(error, plain, release) if isinstance(error, Corrupt) else str(error)


def decode_custom(
    plain: Mapping[str, Any], resource: Resource, release: str, api_version: str
) -> tuple[CustomObject, tuple[str, ...]]:
    """An object of an added kind, and the paths of fields that its schema does not have: of definitions with
    several versions those are dropped, and what is missing is filled in. Raises ApiError (400)."""
    check_depth(plain)
    assert resource.definition is not None
    schema = schema_of(resource.definition, _version(api_version))
    body = {name: value for name, value in plain.items() if name not in ("kind", "apiVersion", "metadata")}
    head: dict[str, Any] = {"metadata": plain.get("metadata") or {}}
    obj, unknown = decode_into(_Head, head, release, api_version)
    content, lost = kept_plain(body, resource.kind, (), ""), list[str]()
    if resource.definition.spec.versions and not resource.definition.spec.preserve_unknown_fields:
        content, lost = pruned(schema, content, root=True)
        content = defaulted(schema, without_nulls(schema, content))
    found = CustomObject(
        metadata=obj.metadata,
        api_version=api_version,
        kind=resource.kind,
        resource=resource.plural,
        namespaced=resource.namespaced,
        content=content,
    )
    return found, (*unknown, *lost)


class _Head(ApiStruct, frozen=True, kw_only=True):
    """What every object has."""

    metadata: ObjectMeta = ObjectMeta()


def decode_patched(
    struct: type[ApiStruct],
    plain: Mapping[str, Any],
    release: str,
    api_version: str,
    *,
    strategic: Mapping[str, Any] | None,
    strict: bool = False,
) -> Any:
    """A Struct from what a patch left. strategic: the patch itself, if it was one of that type; strict:
    fields that there are not are refused. Raises ApiError: today 422 with what was patched; before, of a
    strategic patch, only what could not be restored, and of others as of a body (apiserver
    pkg/endpoints/handlers/patch.go; apimachinery pkg/runtime/converter.go).
    """
    if strategic is None and release != "v1.36":
        return decode_into(struct, plain, release, api_version)[0]
    check_depth(plain)
    named = to_struct_names(struct.__name__, api_version, plain)
    decoder = Decoder(release, api_version)
    try:
        found = decoder.struct(struct, named, (), "", root=True)
        if not (strict and decoder.unknown):
            return found
        why = strict_error(decoder.unknown)
    except WrongType as error:
        why = told(error, named, release) if strategic is None else restored(error)
    except Malformed as error:
        why = str(error)
    if release != "v1.36":
        raise ApiError(500, "", why)
    raise unfit_patch(plain, strategic, why)


def unfit_patch(plain: Any, strategic: Mapping[str, Any] | None, why: str) -> ApiError:
    """Today's refusal of a patch, with what it would have led to or, of a strategic one, the patch."""
    shown = json.dumps(plain, separators=(",", ":")) if strategic is None else go_text(dict(strategic))
    cause = Cause(
        "FieldValueInvalid", f"Invalid value: {json.dumps(shown, ensure_ascii=False)}: {why}", "patch"
    )
    return ApiError(422, "Invalid", f' "" is invalid: patch: {cause.message}', Details(causes=(cause,)))


def _version(api_version: str) -> str:
    return api_version.rpartition("/")[2]
