"""What a schema refuses of an object of an added kind, word for word
(k8s.io/kube-openapi pkg/validation/validate and pkg/validation/errors; apiextensions-apiserver
pkg/apiserver/schema/listtype/validation.go).
"""

import pytest

from clustersim.api.structural import Schema
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.formats import is_of_format
from clustersim.apiserver.validation.list_types import check_lists
from clustersim.apiserver.validation.schema import check_schema
from tests.definitions import definition
from tests.model.reports.typed import cluster_of, typed

TODAY = "v1.36"
NEEDS_A, NEEDS_B = {"required": ["a"]}, {"required": ["b"]}
KEYED = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "port"]}


def told(schema: Schema, value: object) -> list[str]:
    errors = FieldErrors(TODAY)
    within = {"type": "object", "properties": {"spec": schema}}
    check_schema(errors, within, {"spec": value}, "")
    check_lists(errors, within, {"spec": value}, "")
    return [f"{cause.field}: {cause.message}" for cause in errors.causes]


@pytest.mark.parametrize(
    ("schema", "value", "wanted"),
    [
        (
            {"type": "object", "oneOf": [NEEDS_A, NEEDS_B]},
            {},
            [
                '<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). '
                "Found none valid",
                "spec.a: Required value",
            ],
        ),
        (
            {"type": "object", "oneOf": [NEEDS_A, NEEDS_B]},
            {"a": 1, "b": 2},
            [
                '<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). '
                "Found 2 valid alternatives"
            ],
        ),
        (
            {
                "type": "object",
                "anyOf": [NEEDS_A, {"properties": {"b": {"enum": ["x"]}}, "required": ["b"]}],
            },
            {"b": "y"},
            [
                '<nil>: Invalid value: "": "spec" must validate at least one schema (anyOf)',
                'spec.b: Unsupported value: "y": supported values: "x"',
            ],
        ),
        (
            {"type": "object", "allOf": [NEEDS_A, NEEDS_B]},
            {"a": 1},
            [
                "spec.b: Required value",
                '<nil>: Invalid value: "": "spec" must validate all the schemas (allOf)',
            ],
        ),
        (
            {"type": "object", "allOf": [NEEDS_A, NEEDS_B]},
            {},
            [
                "spec.a: Required value",
                "spec.b: Required value",
                '<nil>: Invalid value: "": "spec" must validate all the schemas (allOf). None validated',
            ],
        ),
        (
            {"type": "object", "not": NEEDS_A},
            {"a": 1},
            ['<nil>: Invalid value: "": "spec" must not validate the schema (not)'],
        ),
        (
            {"type": "string", "format": "date-time"},
            "today",
            ['spec: Invalid value: "today": spec in body must be of type date-time: "today"'],
        ),
        (
            {"type": "object", "minProperties": 2, **NEEDS_A},
            {"b": 1},
            ["spec: Invalid value: 2: spec in body should have at least 2 properties"],
        ),
        (
            {"type": "array", "minItems": 2, "items": {"type": "string"}},
            [1],
            [
                'spec[0]: Invalid value: "integer": spec[0] in body must be of type string: "integer"',
                "spec: Invalid value: 1: spec in body should have at least 2 items",
            ],
        ),
        (
            {"type": "string", "enum": ["x"]},
            5,
            [
                'spec: Invalid value: "integer": spec in body must be of type string: "integer"',
                'spec: Unsupported value: 5: supported values: "x"',
            ],
        ),
        (
            {"x-kubernetes-int-or-string": True},
            None,
            ['spec: Invalid value: "null": spec in body must be of type integer,string: "null"'],
        ),
        (
            {"type": "array", "x-kubernetes-list-type": "set"},
            ["a", "b", "a", "a", "b"],
            ['spec[2]: Duplicate value: "a"', 'spec[4]: Duplicate value: "b"'],
        ),
        (
            {"type": "array", **KEYED},
            [{"name": "a", "port": 1}, {"name": "a", "port": 2}, {"name": "b"}, {"name": "b", "x": 1}],
            ['spec[3]: Duplicate value: {"name":"b"}'],
        ),
        (
            {"type": "object", "additionalProperties": {"type": "array", "x-kubernetes-list-type": "set"}},
            {"one": [1, 1]},
            ["spec[one][1]: Duplicate value: 1"],
        ),
    ],
)
def test_what_does_not_fit_is_told(schema: Schema, value: object, wanted: list[str]) -> None:
    assert told(schema, value) == wanted


@pytest.mark.parametrize(
    ("format_", "right", "wrong"),
    [
        ("uri", "https://kubernetes.io/docs?a=b", "kubernetes.io"),
        ("email", "Jane <jane@example.com>", "jane"),
        ("hostname", "node-1.example.com", "node_1"),
        ("ipv4", "10.0.0.1", "::1"),
        ("ipv6", "fd00::1", "10.0.0.1"),
        ("cidr", "10.0.0.1/8", "10.0.0.0"),
        ("mac", "00:00:5e:00:53:01", "00:00:5e:00-53:01"),
        ("uuid", "123e4567-e89b-12d3-a456-426614174000", "123e4567"),
        ("uuid4", "123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
        ("isbn", "978-0321751041", "978-0321751042"),
        ("isbn10", "0321751043", "0321751044"),
        ("creditcard", "4111 1111 1111 1111", "4111 1111 1111 1112"),
        ("hexcolor", "#FfFfFf", "white"),
        ("rgbcolor", "rgb(255, 0, 12)", "rgb(256,0,0)"),
        ("byte", "aGVsbG8=", "hello"),
        ("date", "2026-02-28", "2026-02-30"),
        ("date-time", "2014-12-15T19:30:20.000Z", "2014-12-15"),
        ("duration", "22 ns", "soon"),
        ("duration", "1h30m", "1"),
        ("k8s-short-name", "web-1", "web.one"),
        ("k8s-long-name", "web.one", "Web"),
    ],
)
def test_a_format_holds(format_: str, right: str, wrong: str) -> None:
    assert is_of_format(right, format_, TODAY)
    assert not is_of_format(wrong, format_, TODAY)


def test_a_format_that_nobody_knows_is_not_looked_at() -> None:
    assert is_of_format("anything", "telephone", TODAY)
    assert is_of_format("anything", "int32", TODAY)


DEFINED = """\
type: object
properties:
  spec:
    type: object
    oneOf: [{required: [key]}, {required: [code]}]
    properties:
      key: {type: string, format: uuid}
      code: {type: string}
"""


def test_they_are_refused_at_the_console() -> None:
    cluster = cluster_of(f"release: {TODAY}\nnodes: 1\nobjects: []\n")
    assert "created" in typed(cluster, f"kubectl apply -f -\n{definition('Door', schema=DEFINED)}")
    mine = "apiVersion: example.com/v1\nkind: Door\nmetadata: {name: mine}\nspec: "
    assert typed(cluster, f"kubectl apply -f -\n{mine}{{key: mine}}") == (
        'The Door "mine" is invalid: spec.key: Invalid value: "mine": '
        'spec.key in body must be of type uuid: "mine"'
    )
    assert typed(cluster, f"kubectl apply -f -\n{mine}{{}}").splitlines() == [
        'The Door "mine" is invalid: ',
        '* <nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid',
        "* spec.key: Required value",
    ]


WHOLE = """\
type: object
required: [metadata, kind, spec]
properties:
  apiVersion: {type: string}
  kind: {type: string}
  metadata: {type: object, properties: {name: {type: string, maxLength: 6}}}
  spec: {type: object}
"""


def test_a_schema_is_asked_about_the_whole_object_and_may_restrict_its_name() -> None:
    cluster = cluster_of(f"release: {TODAY}\nnodes: 1\nobjects: []\n")
    assert "created" in typed(cluster, f"kubectl apply -f -\n{definition('Door', schema=WHOLE)}")
    door = "apiVersion: example.com/v1\nkind: Door\nspec: {}\nmetadata: {name: "
    assert typed(cluster, f"kubectl apply -f -\n{door}front}}") == "door.example.com/front created"
    assert typed(cluster, f"kubectl apply -f -\n{door}backyard}}") == (
        'The Door "backyard" is invalid: metadata.name: Too long: may not be more than 6 bytes'
    )
