"""CustomResourceDefinitions that are refused, row by row as in the table of the real server's own tests."""

from typing import Any

import pytest

from tests.model.apiserver.made import Plain, create

OBJECT: Plain = {"type": "object"}
SCHEMA = "spec.validation.openAPIV3Schema"


def told(schema: Any = OBJECT, **spec: Any) -> str:
    """Why a definition with that schema is refused."""
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "tabs", "singular": "tab", "kind": "Tab", "listKind": "TabList"}
    made = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "tabs.example.com"},
        "spec": {"group": "example.com", "scope": "Cluster", "names": names, "versions": [version]} | spec,
    }
    return create(made, "v1.36").message


def fields(**properties: Any) -> Plain:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"properties": {}}, f"{SCHEMA}.type: Required value: must not be empty at the root"),
        ({"type": "array", "items": OBJECT}, f'{SCHEMA}.type: Invalid value: "array": must be object at the'),
        (
            fields(a={}),
            f"{SCHEMA}.properties[a].type: Required value: must not be empty for specified object",
        ),
        (
            fields(a={"type": "array", "items": {}}),
            f"{SCHEMA}.properties[a].items.type: Required value: must not be empty for specified array items",
        ),
        (fields(a={"type": "bogus"}), f'{SCHEMA}.properties[a].type: Unsupported value: "bogus"'),
        (
            fields(a={"type": "string", "anyOf": [{"type": "string"}]}),
            f"{SCHEMA}.properties[a].anyOf[0].type: Forbidden: must be empty to be structural",
        ),
        (
            fields(a={"type": "string", "not": {"default": "x"}}),
            f"{SCHEMA}.properties[a].not.default: Forbidden: must be undefined to be structural",
        ),
        (
            fields(a={"type": "object", "x-kubernetes-embedded-resource": True}),
            "must not be empty if x-kubernetes-embedded-resource is true without",
        ),
        (
            fields(metadata={"type": "object", "properties": {"labels": OBJECT}}),
            "must not specify anything other than name and generateName",
        ),
        (
            fields(a={"type": "object", "properties": {"b": OBJECT}, "additionalProperties": OBJECT}),
            "additionalProperties and properties are mutual exclusive",
        ),
        (
            {"type": "object", "nullable": True},
            f"{SCHEMA}.nullable: Forbidden: nullable cannot be true at the",
        ),
        (
            {"type": "object", "additionalProperties": True},
            "additionalProperties: Forbidden: must not be used",
        ),
    ],
)
def test_schemas_say_of_every_field_of_which_type_it_is(schema: Plain, why: str) -> None:
    assert why in told(schema)


def test_numbers_or_texts_are_written_as_they_always_were() -> None:
    both = {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}
    metadata = {"type": "object", "properties": {"name": {"type": "string"}}}
    assert told(fields(a=both, metadata=metadata)) == ""


@pytest.mark.parametrize(
    ("conversion", "why"),
    [
        ({"strategy": "other"}, 'spec.conversion.strategy: Unsupported value: "other"'),
        ({"strategy": "Webhook"}, "webhookClientConfig: Required value: required when strategy is set to"),
        (
            {"strategy": "Webhook", "webhook": {"clientConfig": {}, "conversionReviewVersions": ["v1"]}},
            "exactly one of url or service is required",
        ),
        (
            {"strategy": "Webhook", "webhook": {"clientConfig": {"url": "http://a"}}},
            "'https' is the only allowed URL scheme; desired format: https://host[/path]",
        ),
        (
            {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v2"]}},
            'conversionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1',
        ),
        (
            {"strategy": "None", "webhook": {"clientConfig": {}}},
            "should not be set when strategy is not set to",
        ),
    ],
)
def test_versions_are_converted_by_a_hook_that_is_told_in_full(conversion: Plain, why: str) -> None:
    assert why in told(conversion=conversion)


def test_kinds_have_mixed_case_and_are_labels_otherwise() -> None:
    names = {"plural": "tabs", "singular": "tab", "kind": "T*b", "listKind": "TabList"}
    assert 'names.kind: Invalid value: "T*b": may have mixed case, but should otherwise match' in told(
        names=names
    )


LISTED = {"type": "array", "items": {"type": "object", "properties": {"k": {"type": "string"}}}}


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        (fields(a={"type": "array", "items": OBJECT, "uniqueItems": True}), "uniqueItems cannot be set to t"),
        (fields(a={**LISTED, "x-kubernetes-list-type": "bag"}), 'supported values: "atomic", "set", "map"'),
        (fields(a={**LISTED, "x-kubernetes-list-type": "set"}), "must be atomic as item of a list with"),
        (fields(a={**LISTED, "x-kubernetes-list-type": "map"}), "list-map-keys: Required value: must not be"),
        (
            fields(a={**LISTED, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]}),
            "items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys",
        ),
        (
            fields(a={**LISTED, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["j"]}),
            'x-kubernetes-list-map-keys: Invalid value: ["j"]: entries must all be names of item properties',
        ),
        (fields(a={"type": "string", "x-kubernetes-map-type": "atomic"}), "must be object if x-kubernetes-m"),
        (fields(a={"type": "string", "$ref": "#/x"}), "properties[a].$ref: Forbidden: $ref is not supported"),
    ],
)  # fmt: skip
def test_words_of_a_schema_hold_what_they_can(schema: Plain, why: str) -> None:
    assert why in told(schema)


TEXT = {"type": "string"}
INSIDE = {
    "type": "object",
    "x-kubernetes-embedded-resource": True,
    "x-kubernetes-preserve-unknown-fields": True,
}


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        (
            fields(a={"type": "integer", "default": "x"}),
            f'{SCHEMA}.properties[a].default: Invalid value: "string":  in body must be of type integer: "st',
        ),
        (fields(a={"type": "string", "enum": ["b"], "default": "c"}), 'default: Unsupported value: "c": sup'),
        (
            fields(a={**fields(b=TEXT), "default": {"c": 1}}),
            'properties[a].default: Invalid value: {"c":1}: must not have unknown fields',
        ),
        (
            fields(a={**fields(b=TEXT), "default": {"b": 1}}),
            'default.b: Invalid value: "integer": b in body must be of type string: "integer"',
        ),
        (
            fields(a={"type": "integer", "default": 1, "x-kubernetes-validations": [{"rule": "self > 1"}]}),
            "properties[a].default: Invalid value: 1: failed rule: self > 1",
        ),
        (
            fields(metadata=fields(name={"type": "string", "default": "x"})),
            "properties[name].default: Forbidden: must not be set in top-level metadata",
        ),
        (fields(a={**INSIDE, "default": {"kind": "A"}}), "default.apiVersion: Required value"),
        (
            fields(a={**INSIDE, "properties": {"kind": {"type": "string", "default": "%"}}}),
            'default: Invalid value: "%": must result in valid metadata: kind: Invalid value: "%": may have ',
        ),
        (
            fields(a={**INSIDE, "properties": {"metadata": {"type": "object", "default": {"name": 42}}}}),
            "json: cannot unmarshal number into Go struct field ObjectMeta.name of type string",
        ),
    ],
)  # fmt: skip
def test_defaults_are_values_that_their_schema_lets_in(schema: Plain, why: str) -> None:
    assert why in told(schema)


def test_a_default_that_fits_is_taken() -> None:
    whole = {**fields(b={"type": "integer"}), "default": {"b": 1}}
    assert told(fields(a={"type": "string", "default": "x"}, c=whole)) == ""


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (".spec.color", ""),
        (
            ".spec.colour",
            'Invalid value: ".spec.colour": is an invalid path: does not refer to a valid field',
        ),
        (".spec", "must point to a field of type string, boolean or integer. Enum string fields and strings"),
        (".spec['color']", "is an invalid path: array notation is not allowed"),
        ("spec.color", "is an invalid path: expected [ or . but got: spec"),
        (".metadata.name", "must not point to fields in metadata"),
        ("", "selectableFields[0].jsonPath: Required value"),
    ],
)
def test_objects_are_selected_by_fields_that_there_are(path: str, why: str) -> None:
    schema = fields(spec=fields(color=TEXT), metadata=fields(name=TEXT))
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "selectableFields": [{"jsonPath": path}],
    }
    said = told(versions=[version])
    assert why in said
    assert bool(why) == bool(said)


def test_a_schema_beside_a_status_of_its_own_says_little_at_its_root() -> None:
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {**fields(a=TEXT), "oneOf": [{"required": ["a"]}]}},
        "subresources": {"status": {}},
    }
    said = told(versions=[version])
    assert '"Type":"object","Nullable":false' in said
    assert "only [Description Type Format Title Maximum ExclusiveMaximum Minimum" in said


def test_a_warning_of_a_version_is_for_one_that_goes() -> None:
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": OBJECT}}
    said = told(versions=[{**version, "deprecationWarning": "soon"}])
    assert 'deprecationWarning: Invalid value: "soon": can only be set for deprecated versions' in said
    assert "cannot set to true, set x-kubernetes-preserve-unknown-fields" in told(preserveUnknownFields=True)
