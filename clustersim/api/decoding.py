"""From what people and programs send to Structs, as the API server of each release decodes it.

Numbers are quantities, `null` is nothing, unknown fields are dropped (or told, where v1.36 is asked to be
strict), and a value of the wrong type is refused in the decoder's own words. What is accepted here may still
be invalid; that is for the API server's validation.
Sources: v1.36.2 sigs.k8s.io/json and apimachinery pkg/runtime/serializer/json; v1.7.5 and v1.8.0
github.com/ugorji/go/codec.
"""

import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.api_resources import RESOURCES
from clustersim.api.conversion import to_stored, to_struct_names
from clustersim.api.definitions import CustomObject, schema_of
from clustersim.api.errors import ApiError, Cause, Details, bad_request
from clustersim.api.fields import fields_of
from clustersim.api.go_base64 import corrupt_at
from clustersim.api.goformat import go_text
from clustersim.api.meta import ApiObject, ApiStruct, ObjectMeta
from clustersim.api.quantity import QuantityError, canonical
from clustersim.api.structural import defaulted, pruned
from clustersim.api.timestamp import canonical_time

FieldValidation = Literal["Ignore", "Warn", "Strict"]

_BOUNDS: Final = {"int32": 2**31, "int64": 2**63}

POINTERS: Final = ("terminationGracePeriodSeconds", "defaultMode")
"""Fields that tell zero from nothing although the API fills them in: in Go they are pointers."""

DEEPEST: Final = 64
"""So deep no object of the API is; what comes deeper is refused before anything recurses."""


class Decoded(msgspec.Struct, frozen=True):
    """An object, what kind it is, the version it came in, and what the server warns of."""

    obj: ApiObject
    resource: Resource
    api_version: str
    warnings: tuple[str, ...] = ()


class WrongType(Exception):
    """A value that does not fit its field. path: field names without indexes, as Go tells them."""

    def __init__(self, value: Any, expected: str, struct: str, path: tuple[str, ...], pointer: str) -> None:
        super().__init__(expected)
        self.value = value
        self.expected = expected
        self.struct = struct
        self.path = path
        self.pointer = pointer


class Malformed(Exception):
    """A text that its field's own parser refuses: a quantity, a time."""


class Corrupt(Malformed):
    """A text that is no base64. text: what was given."""

    def __init__(self, text: str, place: int) -> None:
        super().__init__(f"illegal base64 data at input byte {place}")
        self.text = text


def resource_for(api_version: str, kind: str, release: str) -> Resource | None:
    """What a manifest's apiVersion and kind mean in that release; None where it serves no such thing."""
    for resource in RESOURCES.values():
        if resource.kind == kind and api_version in resource.versions.get(release, ()):
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
    if resource is None or (expected is not None and resource is not expected):
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
    decoder = _Decoder(release, api_version)
    kind = struct.__name__
    plain = to_struct_names(kind, api_version, plain)
    handled = f'{kind} in version "{_version(api_version)}" cannot be handled as a {kind}: '
    try:
        return decoder.struct(struct, plain, (), "", root=True), tuple(decoder.unknown)
    except WrongType as error:
        raise bad_request(handled + _told(error, plain, release)) from None
    except Corrupt as error:
        raise bad_request(handled + _told_corrupt(error, plain, release)) from None
    except Malformed as error:
        raise bad_request(handled + str(error)) from None


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
    content, lost = _plain(body, resource.kind, (), ""), list[str]()
    if resource.definition.spec.versions and not resource.definition.spec.preserve_unknown_fields:
        content, lost = pruned(schema, content, root=True)
        content = defaulted(schema, content)
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
    decoder = _Decoder(release, api_version)
    try:
        found = decoder.struct(struct, named, (), "", root=True)
        if not (strict and decoder.unknown):
            return found
        why = strict_error(decoder.unknown)
    except WrongType as error:
        why = _told(error, named, release) if strategic is None else _restored(error)
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


def strict_error(unknown: Sequence[str]) -> str:
    """What is said of fields that there are not, by their paths."""
    return "strict decoding error: " + ", ".join(f'unknown field "{path}"' for path in unknown)


def _restored(error: WrongType) -> str:
    """What Go's converter of unstructured values says of one that does not fit."""
    kind = {"number": "int64", "object": "map", "array": "slice"}.get(found := kind_of(error.value), found)
    if error.expected.startswith("map["):
        return f"cannot restore map from {kind}"
    if error.expected.startswith("[]"):
        return f"cannot restore slice from {kind}"
    if error.expected == "string" and kind == "int64":
        return "cannot convert int64 to string"
    if error.expected in ("string", "bool") or error.expected.startswith(("int", "uint", "float")):
        return f"unrecognized type: {error.expected}"
    return f"cannot restore struct from: {kind}"


def check_depth(value: Any) -> None:
    """Refuse values in values beyond all reason, before anything follows them down. Raises ApiError (400)."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, Mapping | list | tuple)
            for inner in (one.values() if isinstance(one, Mapping) else one)
        ]
        if not level:
            return
    raise bad_request("json: exceeded max depth")


def _version(api_version: str) -> str:
    return api_version.rpartition("/")[2]


def _told(error: WrongType, plain: Mapping[str, Any], release: str) -> str:
    """The decoder's words: those of today name the field, the old one's the place in the text."""
    if release == "v1.36":
        kind = kind_of(error.value)
        if kind == "number" and error.expected.startswith("int"):
            kind = f"number {_number(error.value)}"
        field = f"Go struct field {error.struct}.{'.'.join(error.path)}" if error.path else "Go value"
        return f"json: cannot unmarshal {kind} into {field} of type {error.expected}"
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), default=str)
    found = json.dumps(error.value, sort_keys=True, separators=(",", ":"), default=str)
    name = json.dumps(error.path[-1]) if error.path else ""
    place = text.find(f":{found}", max(text.find(name), 0)) + 1
    wanted = {"string": '"', "bool": "t' or 'f"}.get(error.expected, "")
    if error.expected.startswith("[]"):
        wanted = "["
    elif not wanted and not error.expected.startswith("int"):
        wanted = "{"
    if wanted:
        return f"[pos {place}]: json: expect char '{wanted}' but got char '{found[:1]}'"
    return f"[pos {place}]: json: invalid number: {found}"


def _told_corrupt(error: Corrupt, plain: Mapping[str, Any], release: str) -> str:
    """The old decoder names the text, and the place where it ended."""
    if release == "v1.36":
        return str(error)
    body = json.dumps(plain, sort_keys=True, separators=(",", ":"), default=str)
    found = json.dumps(error.text)
    place = body.find(f":{found}") + 1 + len(found)
    return f"[pos {place}]: json: error decoding base64 binary '{error.text}': {error}"


def kind_of(value: Any) -> str:
    """What JSON calls a value of this type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, Mapping) else "array"


def _number(value: Any) -> str:
    """A number as JSON writes it: whole floats without a fraction."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)


@lru_cache(maxsize=1024)
def field_hints(struct: type[ApiStruct]) -> dict[str, Any]:
    """The types of a Struct's fields with their annotations."""
    return typing.get_type_hints(struct, include_extras=True)


@lru_cache(maxsize=1024)
def _filled(struct: type[ApiStruct]) -> frozenset[str]:
    """The texts and numbers whose zero is as good as absent, since the API fills them in."""
    found = []
    for field in msgspec.structs.fields(struct):
        factory = field.default_factory
        if callable(factory) and field.encode_name not in POINTERS:
            default = factory()
            if default and isinstance(default, str | int):
                found.append(field.encode_name)
    return frozenset(found)


class _Decoder:
    """One pass over one body."""

    def __init__(self, release: str, api_version: str) -> None:
        self.release = release
        self.api_version = api_version
        self.unknown: list[str] = []

    def struct(
        self, struct: type[ApiStruct], plain: Any, path: tuple[str, ...], pointer: str, *, root: bool = False
    ) -> Any:
        """A Struct from a mapping."""
        if not isinstance(plain, Mapping) or len(path) > DEEPEST:
            raise WrongType(plain, f"v1.{struct.__name__}", struct.__name__, path, pointer)
        known, hints = fields_of(struct, self.release, self.api_version), field_hints(struct)
        filled = _filled(struct)
        values: dict[str, Any] = {}
        for name, value in plain.items():
            field = known.get(name) if isinstance(name, str) else None
            here = f"{pointer}.{name}" if pointer else str(name)
            if field is None:
                if not (name in ("kind", "apiVersion") and (root or issubclass(struct, ApiObject))):
                    self.unknown.append(here)
            elif value is not None:
                found = self.value(hints[field.name], value, struct.__name__, (*path, name), here)
                if found or name not in filled:
                    values[field.name] = found
        return struct(**values)

    def value(self, hint: Any, value: Any, owner: str, path: tuple[str, ...], pointer: str) -> Any:
        """A value of a field."""
        hint, format_ = stripped(hint)
        if hint is Any:
            return _plain(value, owner, path, pointer)
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return self._one_of(hint, value, owner, path, pointer)
        if origin is tuple:
            return self._items(get_args(hint)[0], value, owner, path, pointer)
        if origin is dict:
            return self._entries(get_args(hint)[1], value, owner, path, pointer)
        if isinstance(hint, type) and issubclass(hint, ApiStruct):
            if not isinstance(value, Mapping):
                raise WrongType(value, f"v1.{hint.__name__}", owner, path, pointer)
            return self.struct(hint, value, path, pointer)
        return _scalar(
            hint, format_, value, lambda expected: WrongType(value, expected, owner, path, pointer)
        )

    def _one_of(self, hint: Any, value: Any, owner: str, path: tuple[str, ...], pointer: str) -> Any:
        choices = [choice for choice in get_args(hint) if choice is not type(None)]
        if len(choices) == 1:
            return self.value(choices[0], value, owner, path, pointer)
        if dict in [get_origin(choice) for choice in choices] and isinstance(value, Mapping):
            return self._entries(str, value, owner, path, pointer)
        if isinstance(value, str):
            return _clean(value)
        wrong = WrongType(value, "intstr.IntOrString", owner, path, pointer)
        return _scalar(int, "int32", value, lambda _expected: wrong)

    def _items(self, hint: Any, value: Any, owner: str, path: tuple[str, ...], pointer: str) -> Any:
        if not isinstance(value, list | tuple):
            raise WrongType(value, f"[]{_go_name(hint)}", owner, path, pointer)
        return tuple(
            self.value(hint, _zero(hint) if item is None else item, owner, path, f"{pointer}[{index}]")
            for index, item in enumerate(value)
        )

    def _entries(self, hint: Any, value: Any, owner: str, path: tuple[str, ...], pointer: str) -> Any:
        if not isinstance(value, Mapping):
            raise WrongType(value, f"map[string]{_go_name(hint)}", owner, path, pointer)
        return {
            _clean(str(key)): self.value(
                hint, _zero(hint) if inner is None else inner, owner, path, f"{pointer}.{key}"
            )
            for key, inner in value.items()
        }


def stripped(hint: Any) -> tuple[Any, str]:
    """A type without its annotations, and the format that they name."""
    if get_origin(hint) is not Annotated:
        return hint, ""
    inner, *notes = get_args(hint)
    for note in notes:
        if isinstance(note, msgspec.Meta) and note.extra:
            return inner, str(note.extra["format"])
    return inner, ""


def _plain(value: Any, owner: str, path: tuple[str, ...], pointer: str, depth: int = 0) -> Any:
    """A value that the API keeps as it is, so long as it is JSON and not too deep."""
    if depth > DEEPEST:
        raise WrongType(value, "v1.RawExtension", owner, path, pointer)
    if isinstance(value, Mapping):
        return {
            _clean(str(key)): _plain(inner, owner, path, pointer, depth + 1) for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_plain(inner, owner, path, pointer, depth + 1) for inner in value]
    if value is None or isinstance(value, int | float):
        return value
    return _clean(str(value))


def _zero(hint: Any) -> Any:
    """What `null` inside a list or map is."""
    inner, format_ = stripped(hint)
    if format_ == "quantity":
        return "0"
    if inner is str:
        return ""
    if inner is int:
        return 0
    return {} if isinstance(inner, type) and issubclass(inner, ApiStruct) else []


def _go_name(hint: Any) -> str:
    inner, format_ = stripped(hint)
    if isinstance(inner, type) and issubclass(inner, ApiStruct):
        return f"v1.{inner.__name__}"
    return format_ if inner is int else "resource.Quantity" if format_ == "quantity" else "string"


def _scalar(hint: Any, format_: str, value: Any, wrong: Callable[[str], WrongType]) -> Any:
    """A text, number or truth value."""
    if hint is bool:
        if not isinstance(value, bool):
            raise wrong("bool")
        return value
    if hint is int:
        return _integer(format_ or "int32", value, wrong)
    if hint is float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong("float64")
        return float(value)
    if format_ == "quantity":
        return _quantity(value, wrong)
    if not isinstance(value, str):
        raise wrong("string")
    if format_ in ("date-time", "micro-time"):
        try:
            return canonical_time(value, micro=format_ == "micro-time")
        except ValueError as error:
            raise Malformed(str(error)) from None
    if format_ == "byte" and (place := corrupt_at(value)) is not None:
        raise Corrupt(value, place)
    return _clean(value)


def _clean(text: str) -> str:
    """A text without halves of characters, as Go reads it."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _integer(format_: str, value: Any, wrong: Callable[[str], WrongType]) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(format_)
    if isinstance(value, float) and not value.is_integer():
        raise wrong(format_)
    bound = _BOUNDS[format_]
    if not -bound <= value < bound:
        raise wrong(format_)
    return int(value)


def _quantity(value: Any, wrong: Callable[[str], WrongType]) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong("resource.Quantity")
    try:
        return canonical(value.strip() if isinstance(value, str) else _number(value))
    except QuantityError as error:
        raise Malformed(str(error)) from None
