"""Words of a schema that hold what they cannot: such a definition cannot be read at all
(apiextensions-apiserver pkg/apis/apiextensions/v1 types_jsonschema.go; encoding/json)."""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.errors import bad_request

_TEXTS: Final = (
    "type", "format", "pattern", "title", "description", "x-kubernetes-list-type", "x-kubernetes-map-type",
)  # fmt: skip
_COUNTS: Final = ("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties")
_NUMBERS: Final = ("maximum", "minimum", "multipleOf")
_SWITCHES: Final = (
    "exclusiveMaximum", "exclusiveMinimum", "uniqueItems", "nullable", "x-kubernetes-int-or-string",
    "x-kubernetes-embedded-resource", "x-kubernetes-preserve-unknown-fields",
)  # fmt: skip
_LISTS_OF_TEXTS: Final = ("required", "x-kubernetes-list-map-keys")
_LISTS_OF_SCHEMAS: Final = ("allOf", "anyOf", "oneOf")
_RULES: Final = "x-kubernetes-validations"
_OF_RULES: Final = ("rule", "message", "messageExpression", "reason", "fieldPath")
_KINDS: Final = {
    **dict.fromkeys(_TEXTS, (str, "string")),
    **dict.fromkeys(_COUNTS, (int, "int64")),
    **dict.fromkeys(_NUMBERS, (int | float, "float64")),
    **dict.fromkeys(_SWITCHES, (bool, "bool")),
}
_DEEPEST: Final = 100
_HANDLED: Final = (
    'CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: json: cannot '
    "unmarshal"
)


def check_keywords(schema: Any, path: str, depth: int = 0) -> None:
    """Raises ApiError (400)."""
    if schema is None or depth > _DEEPEST:
        return
    if not isinstance(schema, Mapping):
        raise _unfit(schema, path, "v1.JSONSchemaProps")
    for name, value in schema.items():
        here, kind = f"{path}.{name}", _KINDS.get(name)
        if value is None:
            continue
        if kind is not None and (
            not isinstance(value, kind[0]) or isinstance(value, bool) != (kind[0] is bool)
        ):
            raise _unfit(value, here, kind[1])
        _check_word(name, value, here)
        for inner in _schemas_in(name, value, here):
            check_keywords(inner, here, depth + 1)


def _check_word(name: str, value: Any, path: str) -> None:
    if name in _LISTS_OF_TEXTS:
        for one in _items(value, path, "[]string"):
            if not isinstance(one, str):
                raise _unfit(one, path, "string")
    elif name == "enum":
        _items(value, path, "[]v1.JSON")
    elif name == _RULES:
        _check_rules(value, path)


def _schemas_in(name: str, value: Any, path: str) -> list[Any]:
    """The schemas that a word holds."""
    if name == "properties":
        if not isinstance(value, Mapping):
            raise _unfit(value, path, "map[string]v1.JSONSchemaProps")
        return list(value.values())
    if name in _LISTS_OF_SCHEMAS:
        return _items(value, path, "[]v1.JSONSchemaProps")
    single = name in ("items", "not") or (name == "additionalProperties" and not isinstance(value, bool))
    return [value] if single else []


def _items(value: Any, path: str, kind: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise _unfit(value, path, kind)
    return list(value)


def _check_rules(value: Any, path: str) -> None:
    for rule in _items(value, path, "v1.ValidationRules"):
        if not isinstance(rule, Mapping):
            raise _unfit(rule, path, "v1.ValidationRule")
        for name in _OF_RULES:
            if not isinstance(rule.get(name, ""), str | None):
                raise _unfit(rule[name], f"{path}.{name}", "string")
        if not isinstance(rule.get("optionalOldSelf"), bool | None):
            raise _unfit(rule["optionalOldSelf"], f"{path}.optionalOldSelf", "bool")


def _unfit(value: Any, path: str, kind: str) -> Exception:
    told = "object" if isinstance(value, Mapping) else "array"
    if isinstance(value, bool):
        told = "bool"
    elif isinstance(value, int | float):
        told = "number"
    elif isinstance(value, str):
        told = "string"
    return bad_request(f"{_HANDLED} {told} into Go struct field JSONSchemaProps.{path} of type {kind}")
