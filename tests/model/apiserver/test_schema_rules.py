"""`x-kubernetes-validations`: rules in the schemas of added kinds, in the words of the real server.

Examples of kubernetes.io, "CustomResourceDefinitions", and of test/e2e/apimachinery/
custom_resource_definition.go and crd_validation_rules.go.
"""

import json
from typing import Any

import pytest

from clustersim import Cluster
from tests.model.reports.typed import cluster_of, typed

Plain = dict[str, Any]


def definition(spec: Plain, *rules: Plain) -> Plain:
    schema = {"type": "object", "x-kubernetes-validations": list(rules), "properties": {"spec": spec}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "tabs", "singular": "tab", "kind": "Tab", "listKind": "TabList"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "tabs.x.io"},
        "spec": {"group": "x.io", "scope": "Namespaced", "names": names, "versions": [version]},
    }


def spec_of(rule: Plain, **properties: Plain) -> Plain:
    known = {"n": {"type": "integer"}, "m": {"type": "integer"}, "s": {"type": "string"}}
    return {"type": "object", "properties": {**known, **properties}, "x-kubernetes-validations": [rule]}


def applied(world: Cluster, manifest: Plain) -> str:
    return typed(world, f"kubectl apply -f -\n{json.dumps(manifest)}\n")


def ruled(spec: Plain, *rules: Plain) -> Cluster:
    world = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    told = applied(world, definition(spec, *rules))
    assert told.endswith("created"), told
    return world


def tab(world: Cluster, name: str = "a", **spec: Any) -> str:
    return applied(world, {"apiVersion": "x.io/v1", "kind": "Tab", "metadata": {"name": name}, "spec": spec})


def refused(told: str) -> str:
    return f'The Tab "a" is invalid: {told}'


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({}, "spec: Invalid value: failed rule: self.n <= self.m"),
        ({"message": " n is too large "}, "spec: Invalid value: n is too large"),
        ({"messageExpression": "'%d > %d'.format([self.n, self.m])"}, "spec: Invalid value: 3 > 2"),
        ({"messageExpression": "self.s", "message": "told"}, "spec: Invalid value: told"),
        ({"fieldPath": ".n", "message": "no"}, "spec.n: Invalid value: no"),
        ({"reason": "FieldValueForbidden", "message": "no"}, "spec: Forbidden: no"),
        ({"reason": "FieldValueRequired", "message": "no"}, "spec: Required value: no"),
    ],
)
def test_a_rule_refuses_with_its_message_its_reason_and_its_field(rule: Plain, told: str) -> None:
    world = ruled(spec_of({"rule": "self.n <= self.m", **rule}))
    assert tab(world, n=3, m=2) == refused(told)
    assert tab(world, n=2, m=2) == "tab.x.io/a created"


def test_a_rule_of_a_value_shows_the_value() -> None:
    world = ruled(
        {
            "type": "object",
            "properties": {"n": {"type": "integer", "x-kubernetes-validations": [{"rule": "self % 2 == 0"}]}},
        }
    )
    assert tab(world, n=3) == refused("spec.n: Invalid value: 3: failed rule: self % 2 == 0")


def test_a_rule_at_the_root_sees_the_name() -> None:
    world = ruled(
        spec_of({"rule": "true"}), {"rule": "self.metadata.name.startsWith('b') && self.kind == 'Tab'"}
    )
    assert tab(world, n=1).startswith(refused("<nil>: Invalid value: failed rule: self.metadata.name"))
    assert tab(world, "b", n=1) == "tab.x.io/b created"


def test_a_transition_is_judged_where_there_was_something_before() -> None:
    world = ruled(spec_of({"rule": "self.n >= oldSelf.n", "message": "n only grows"}))
    assert tab(world, n=3) == "tab.x.io/a created"
    assert tab(world, n=2).endswith(refused("spec: Invalid value: n only grows").partition(": ")[2])
    assert tab(world, n=4) == "tab.x.io/a configured"


def test_an_optional_old_value_is_asked_for_at_the_creation_too() -> None:
    rule = {"rule": "oldSelf.hasValue() || self.n == 1", "optionalOldSelf": True, "message": "begins at 1"}
    world = ruled(spec_of(rule))
    assert tab(world, n=2) == refused("spec: Invalid value: begins at 1")
    assert tab(world, n=1) == "tab.x.io/a created"
    assert tab(world, n=2) == "tab.x.io/a configured"


ITEM = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "n": {"type": "integer"}},
    "required": ["name"],
}


def test_items_of_a_list_with_keys_are_compared_with_what_they_were() -> None:
    items = {**ITEM, "x-kubernetes-validations": [{"rule": "self.n == oldSelf.n", "message": "stays"}]}
    by_name = {
        "type": "array",
        "items": items,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
    }
    world = ruled(spec_of({"rule": "true"}, list=by_name))
    assert tab(world, list=[{"name": "x", "n": 1}, {"name": "z", "n": 2}]).endswith("created")
    told = tab(world, list=[{"name": "z", "n": 2}, {"name": "x", "n": 3}])
    assert told.endswith("spec.list[1]: Invalid value: stays")


def test_what_was_wrong_before_and_is_not_changed_is_let_be() -> None:
    world = ruled(
        spec_of({"rule": "true"}, inner={"type": "object", "properties": {"k": {"type": "integer"}}})
    )
    assert tab(world, n=1, inner={"k": 5}).endswith("created")
    stricter = {
        "type": "object",
        "properties": {"k": {"type": "integer"}},
        "x-kubernetes-validations": [{"rule": "self.k < 5", "message": "less"}],
    }
    assert applied(world, definition(spec_of({"rule": "true"}, inner=stricter))).endswith("configured")
    assert tab(world, n=2, inner={"k": 5}).endswith("configured")
    assert tab(world, n=2, inner={"k": 6}).endswith("spec.inner: Invalid value: less")


def test_values_have_the_types_of_their_schema() -> None:
    typed_ = {
        "when": {"type": "string", "format": "date-time"},
        "long": {"type": "string", "format": "duration"},
        "port": {"x-kubernetes-int-or-string": True},
        "some": {"type": "object", "additionalProperties": {"type": "number"}},
        "name-space": {"type": "string"},
        "namespace": {"type": "string"},
    }
    rule = (
        "self.when < timestamp('2030-01-01T00:00:00Z') && self.long == duration('1h') && "
        "type(self.port) == int && self.some.all(k, self.some[k] > 0.5) && "
        "self.name__dash__space == 'a' && self.__namespace__ == 'b'"
    )
    world = ruled(spec_of({"rule": rule}, **typed_))
    spec = {"when": "2024-01-01T00:00:00Z", "long": "60m", "port": 80, "some": {"a": 1}}
    assert tab(world, **spec, **{"name-space": "a", "namespace": "b"}) == "tab.x.io/a created"


def test_rules_are_not_looked_at_where_the_schema_does_not_hold() -> None:
    spec = {**spec_of({"rule": "self.n == 1"}), "required": ["s"]}
    told = tab(ruled(spec), n=2)
    assert "spec.s: Required value" in told
    assert "some validation rules were not checked because the object was invalid" in told
    assert "failed rule" not in told


def test_an_error_of_a_rule_is_told_with_the_rule() -> None:
    world = ruled(spec_of({"rule": "self.n > 0"}))
    assert tab(world, m=1) == refused(
        'spec: Invalid value: "object": no such key: n evaluating rule: self.n > 0'
    )


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"rule": "self.nope > 1"}, "compilation failed: ERROR: <input>:1:5: undefined field 'nope'"),
        ({"rule": "self.n"}, "cel expression must evaluate to a bool"),
        ({"rule": "self.n + self.s == 1"}, "found no matching overload for '_+_' applied to '(int, string)'"),
        ({"rule": "true", "messageExpression": "self.n"}, "messageExpression must evaluate to a string"),
        (
            {"rule": "true", "messageExpression": "self.q"},
            "messageExpression compilation failed: ERROR: <input>",
        ),
        ({"rule": ""}, "x-kubernetes-validations[0].rule: Required value: rule is not specified"),
        ({"rule": "true", "fieldPath": ".q"}, '.fieldPath: Invalid value: ".q": must be a valid path'),
        ({"rule": "true", "reason": "Why"}, '.reason: Unsupported value: "Why": supported values: '),
        ({"rule": "true", "message": "a\nb"}, ".message: Invalid value"),
        ({"rule": "true", "optionalOldSelf": True}, "may not be set if oldSelf is not used in rule"),
    ],
)
def test_what_a_rule_cannot_say(rule: Plain, told: str) -> None:
    world = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    found = applied(world, definition(spec_of(rule)))
    assert found.startswith('The CustomResourceDefinition "tabs.x.io" is invalid')
    assert "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0]" in found
    assert told in found


def test_what_an_item_of_a_plain_list_was_nobody_can_tell() -> None:
    items = {**ITEM, "x-kubernetes-validations": [{"rule": "self.n == oldSelf.n"}]}
    world = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    told = applied(world, definition(spec_of({"rule": "true"}, list={"type": "array", "items": items})))
    assert "oldSelf cannot be used on the uncorrelatable portion of the schema within" in told


def test_no_pattern_of_a_schema_can_hold_a_server_up() -> None:
    slow = {"type": "string", "pattern": "^(a|a|aa)*(a|a)*$"}
    world = ruled(spec_of({"rule": "true"}, slow=slow))
    assert "should match" in tab(world, slow="a" * 60 + "b")


@pytest.mark.parametrize(
    ("word", "value", "told"),
    [
        ("required", 1.5, "cannot unmarshal number into Go struct field JSONSchemaProps."),
        ("required", [{"a": 1}], "cannot unmarshal object into Go struct field JSONSchemaProps."),
        ("properties", [1], "of type map[string]v1.JSONSchemaProps"),
        ("maxLength", "a", "cannot unmarshal string into Go struct field JSONSchemaProps."),
        ("enum", 5, "of type []v1.JSON"),
        ("x-kubernetes-validations", [{"rule": 5}], "of type string"),
    ],
)
def test_a_schema_whose_words_hold_what_they_cannot_is_not_read(word: str, value: Any, told: str) -> None:
    world = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    found = applied(world, definition({**spec_of({"rule": "true"}), word: value}))
    assert found.startswith("Error from server (BadRequest)")
    assert told in found


def test_a_rule_that_may_cost_too_much_is_refused_with_what_would_help() -> None:
    world = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    texts: Plain = {"type": "array", "items": {"type": "string"}}
    rule = {"rule": "self.all(x, self.exists(y, y.contains(x)))"}
    told = applied(world, definition({"type": "object", "properties": {"l": {**texts, **validated(rule)}}}))
    place = "spec.validation.openAPIV3Schema.properties[spec].properties[l].x-kubernetes-validations[0].rule"
    assert f"{place}: Forbidden: estimated rule cost exceeds budget by factor of more than 100x" in told
    assert "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays" in told
    assert f"{place}: Forbidden: contributed to estimated rule cost total exceeding cost limit" in told
    short = {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 10}, **validated(rule)}
    assert applied(world, definition({"type": "object", "properties": {"l": short}})).endswith("created")


def validated(rule: Plain) -> Plain:
    return {"x-kubernetes-validations": [rule]}


def test_a_field_may_be_called_like_a_word_of_the_language() -> None:
    named = spec_of({"rule": "has(self.namespace) && self.namespace == 'a'"}, namespace={"type": "string"})
    world = ruled(named)
    assert tab(world, namespace="a").endswith("created")
    assert "failed rule: has(self.namespace)" in tab(world, namespace="b")
