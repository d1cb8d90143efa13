"""Objects inside of objects of added kinds: what each says of itself and its metadata.

Source: v1.36.2 apiextensions-apiserver pkg/apiserver/schema/objectmeta/{algorithm,coerce,validation}.go.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.api.decoder import Decoder, WrongType
from clustersim.api.decoding_words import told
from clustersim.api.meta import ObjectMeta
from clustersim.api.structural import Schema
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.meta import check_metadata

EMBEDS: Final = "x-kubernetes-embedded-resource"


def check_embedded(errors: FieldErrors, schema: Schema, value: Any, path: str) -> None:
    """A value and all in it: first that what is said of objects can be read, and only then what it says."""
    found = FieldErrors(errors.release)
    _walk(found, schema, value, path, readable=False)
    if found:
        errors.causes += found.causes[:1]
    else:
        _walk(errors, schema, value, path, readable=True)


def _walk(errors: FieldErrors, schema: Any, value: Any, path: str, *, readable: bool) -> None:
    if not isinstance(schema, Mapping):
        return
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _walk(errors, schema.get("items"), item, f"{path}[{index}]", readable=readable)
    if not isinstance(value, Mapping):
        return
    if schema.get(EMBEDS):
        (_check_told if readable else _check_readable)(errors, value, path)
    known, others = schema.get("properties"), schema.get("additionalProperties")
    known = known if isinstance(known, Mapping) else {}
    for name, inner in value.items():
        if name in known:
            _walk(errors, known[name], inner, _below(path, name), readable=readable)
        else:
            _walk(errors, others, inner, f"{path}[{name}]", readable=readable)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _check_readable(errors: FieldErrors, value: Mapping[str, Any], path: str) -> None:
    for name in ("apiVersion", "kind"):
        if name in value and not isinstance(value[name], str):
            errors.invalid(_below(path, name), value[name], "must be a string")
    if "metadata" in value:
        try:
            _metadata(value["metadata"], errors.release)
        except WrongType as error:
            plain = value["metadata"]
            why = told(error, plain if isinstance(plain, Mapping) else {}, errors.release)
            errors.invalid(_below(path, "metadata"), plain, why)


def _metadata(plain: Any, release: str) -> ObjectMeta:
    found = Decoder(release, "v1").struct(ObjectMeta, {} if plain is None else plain, (), "")
    assert isinstance(found, ObjectMeta)
    return found


def _check_told(errors: FieldErrors, value: Mapping[str, Any], path: str) -> None:
    for name in ("apiVersion", "kind"):
        if name not in value:
            errors.required(_below(path, name))
        elif not value[name]:
            errors.invalid(_below(path, name), value[name], "must not be empty")
    version, kind = value.get("apiVersion") or "", value.get("kind") or ""
    if version.count("/") > 1:
        why = f"unexpected GroupVersion string: {version}"
        errors.invalid(_below(path, "apiVersion"), version, why)
    if kind and (reasons := names.dns_1035_label(kind.lower(), errors.release)):
        why = f"may have mixed case, but should otherwise match: {','.join(reasons)}"
        errors.invalid(_below(path, "kind"), kind, why)
    if "metadata" in value:
        metadata = _metadata(value["metadata"], errors.release)
        named = metadata if metadata.name else msgspec.structs.replace(metadata, name="fakename")
        found = FieldErrors(errors.release)
        check_metadata(found, named, names.path_segment, namespaced=bool(named.namespace))
        for cause in found.causes:
            errors.causes.append(msgspec.structs.replace(cause, field=_below(path, cause.field)))
