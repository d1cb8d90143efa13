"""What rules cost at most, by how large values can be: rows of v1.36.2
apiextensions-apiserver pkg/apiserver/schema/cel/compilation_test.go (TestCostEstimation)."""

from typing import Any

import pytest

from clustersim.apiserver.policies.rules import compile_rule, variables_of
from clustersim.apiserver.policies.schema_bounds import bound_of, repeated
from clustersim.apiserver.policies.schemas import type_of

Plain = dict[str, Any]
NUMBERS: Plain = {"type": "array", "items": {"type": "number"}}
TEXT: Plain = {"type": "string"}
SHORT: Plain = {"type": "string", "maxLength": 10}
MOMENTS: Plain = {"type": "object", "additionalProperties": {"type": "string", "format": "date-time"}}
BOTH: Plain = {"x-kubernetes-int-or-string": True}


def fields(**properties: Plain) -> Plain:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("schema", "rule", "cost"),
    [
        (NUMBERS, "self.all(x, true)", 4718591),
        (NUMBERS | {"maxItems": 10}, "self.all(x, true)", 32),
        (NUMBERS, "self.all(x, self.all(y, true))", 7421701914624),
        (NUMBERS, "self.all(x, self.all(y, self.all(z, true)))", 11673320338545967103),
        (NUMBERS, "self.all(x, x == 0.0)", 6291454),
        (NUMBERS, "self[1] == 0.0", 2),
        ({"type": "array", "items": TEXT}, "self[1] == self[1]", 314577),
        ({"type": "array", "items": NUMBERS}, "self.all(x, true)", 3145727),
        ({"type": "array", "items": TEXT}, "self.isSorted() == true", 329854432052),
        ({"type": "array", "items": SHORT, "maxItems": 10}, "self.join(' ') == 'aa bb'", 43),
        ({"type": "array", "items": BOTH}, "self[0] == 5", 3),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "self.all(x, true)", 1348169),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "has(self.x)", 1),
        ({"type": "object", "additionalProperties": TEXT}, "self.all(x, x.contains(self[x]))", 2752507),
        (MOMENTS, "self.all(x, true)", 349526),
        (MOMENTS, 'self["a"] == self["b"]', 8),
        (TEXT, "self.contains('test')", 314574),
        (SHORT, "self.contains('test')", 5),
        (TEXT, "self.startsWith('test')", 2),
        (TEXT, 'size(self + "hello") > size("hello")', 314578),
        (SHORT, "self.find('[0-9]+') == ''", 11),
        (TEXT, "self.matches('x')", 314574),
        (TEXT | {"enum": ["A", "LongValue"]}, "self.contains('A')", 2),
        (TEXT | {"format": "byte", "maxLength": 0}, "self == b'x'", 1),
        (BOTH | {"maxLength": 20}, "isQuantity(self)", 9),
        (fields(a=TEXT, b=SHORT), "self.a.split(self.b) == []", 629160),
        (
            fields(str=TEXT, before={**TEXT, "maxLength": 2}, after={**TEXT, "maxLength": 4}),
            "self.str.replace(self.before, self.after) == 'does not matter'",
            629154,
        ),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "oldSelf.size() == self.size()", 5),
    ],
)  # fmt: skip
def test_a_rule_costs_what_its_values_may_hold(schema: Plain, rule: str, cost: int) -> None:
    kind, bound = type_of(schema), bound_of(schema)
    assert kind is not None
    assert bound is not None
    told = {"rule": rule}
    assert compile_rule(told, kind).most(variables_of(told, kind), bound) == cost


def test_the_smaller_a_value_the_more_of_them_fit_into_a_request() -> None:
    text, number = bound_of(TEXT), bound_of({"type": "integer"})
    assert text is not None
    assert number is not None
    assert (repeated(text), repeated(number)) == (1048576, 1572864)
