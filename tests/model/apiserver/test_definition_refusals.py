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
