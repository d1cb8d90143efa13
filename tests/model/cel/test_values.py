"""What expressions come to, most of them from the conformance tests of the language (cel-spec tests/simple)
and of the libraries of the API server (apiserver pkg/cel/library)."""

import pytest

from clustersim.apiserver.policies.functions import FUNCTIONS
from clustersim.cel.program import PER_CALL, WORK, CelError, CompileError, compiled
from clustersim.cel.types import DYN
from clustersim.cel.values import Meter, Work, from_json

OBJECT = from_json({"a": {"b": 1, "list": ["x", "y"], "nothing": None, "port": "80"}, "n": 5, "t": "ab"})


def value(source: str) -> object:
    program = compiled(source, {"o": DYN})
    return program.run({"o": OBJECT}, Meter(PER_CALL, Work(WORK)), FUNCTIONS)


@pytest.mark.parametrize(
    "source",
    [
        "1 + 2 * 3 == 7 && -7 / 2 == -3 && -7 % 2 == -1",
        "7u > 6u && 1 < 2.5 && dyn(2) == 2.0 && dyn(1) == 1u",
        "0x1F == 31 && 1e3 == 1000.0 && -9223372036854775808 < 0",
        "'a' + \"b\" == 'ab' && r'\\n' == '\\\\n' && '''x\ny''' == 'x\\ny' && b'\\xff' != b'\\xfe'",
        "[1, 2] + [3] == [1, 2, 3] && 2 in [1, 2] && 'k' in {'k': 1} && {'k': 1}.k == 1",
        "o.n > 3 ? true : o.missing == 1",
        "true || o.missing == 1",
        "o.missing == 1 || true",
        "!(false && o.missing == 1)",
        "has(o.a.b) && !has(o.a.nothing) && !has(o.c)",
        "[1, 2, 3].all(x, x > 0) && [1, 2].exists(x, x == 2) && [1, 2].exists_one(x, x == 2)",
        "[1, 2, 3].filter(x, x > 1).map(x, x * 2) == [4, 6] && [1, 2].map(x, x > 1, x) == [2]",
        "{'a': 1, 'b': 2}.all(k, k in ['a', 'b']) && {'a': 1}.transformMap(k, v, v + 1) == {'a': 2}",
        "[1, 2].exists(i, v, i == 1 && v == 2) && [3].transformList(i, v, i + v) == [3]",
        "o.?c.?d.orValue(7) == 7 && o.a.?b.hasValue() && optional.of(1).optMap(x, x + 1).value() == 2",
        "o[?'n'].value() == 5 && [?o.?c, 1] == [1] && {?'x': o.?c} == {}",
        "type(1) == int && type('a') != type(b'a') && type([]) == list",
        "int('7') == 7 && string(1.5) == '1.5' && double('2') == 2.0 && uint(3) == 3u && bool('true')",
        "duration('1h30m') == duration('90m') && string(duration('90s')) == '90s'",
        "timestamp('2024-01-02T03:04:05Z') + duration('1s') == timestamp('2024-01-02T03:04:06Z')",
        "timestamp('2024-01-02T03:04:05Z').getHours('02:00') == 5",
        "size('abc') == 3 && 'abc'.size() == 3 && size({'a': 1}) == 1",
        "'abcabc'.indexOf('c', 3) == 5 && 'abc'.lastIndexOf('a') == 0 && 'abc'.charAt(1) == 'b'",
        "'A-b'.lowerAscii() == 'a-b' && ' x '.trim() == 'x' && 'a,b'.split(',') == ['a', 'b']",
        "'aaa'.replace('a', 'b', 2) == 'bba' && 'hello'.substring(1, 3) == 'el'",
        "['a', 'b'].join('-') == 'a-b' && ['a', 'b'].join() == 'ab'",
        "'%s is %d, %.1f'.format(['x', dyn(3), dyn(2.25)]) == 'x is 3, 2.2' && strings.quote('a') == '\"a\"'",
        "'web-1'.matches('^web-[0-9]+$') && 'a1b22'.findAll('[0-9]+') == ['1', '22'] && 'x'.find('y') == ''",
        "[1, 2, 2].isSorted() && [1, 2].sum() == 3 && [3, 1].min() == 1 && ['a', 'b'].max() == 'b'",
        "[2, 1].sort() == [1, 2] && [1, 1].distinct() == [1] && [[1], [2]].flatten() == [1, 2]",
        "lists.range(3) == [0, 1, 2] && [1, 2, 3].slice(1, 2) == [2] && [1, 2].reverse() == [2, 1]",
        "sets.contains([1, 2], [1]) && sets.equivalent([1, 2], [2, 1]) && !sets.intersects([1], [2])",
        "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('50k').add(20) == quantity('50020')",
        "isQuantity('1.3Gi') && !isQuantity('200K') && quantity('50k').asInteger() == 50000",
        "quantity('200M').compareTo(quantity('0.2G')) == 0 && quantity('-1').sign() == -1",
        "ip('192.168.0.1').family() == 4 && isIP('::1') && !isIP('1.2.3') && ip('::1').isLoopback()",
        "ip.isCanonical('::1') && !ip.isCanonical('::0:1') && string(ip('10.0.0.1')) == '10.0.0.1'",
        "cidr('192.168.0.0/24').containsIP('192.168.0.7') && cidr('10.0.0.0/8').prefixLength() == 8",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')",
        "url('https://example.com:80/a?k=v').getPort() == '80' && isURL('/x') && !isURL('x y')",
        "url('https://e.com/a?k=1&k=2').getQuery() == {'k': ['1', '2']}",
        "url('http://[::1]:8').getHostname() == '::1'",
        "semver('1.2.3').isLessThan(semver('1.10.0')) && isSemver('v1.0', true)",
        "semver('1.2.3-a').major() == 1 && semver('1.0.0-a').isLessThan(semver('1.0.0'))",
        "!format.dns1123Label().validate('web').hasValue()",
        "format.dns1123Label().validate('We b').hasValue() && format.named('nope') == optional.none()",
    ],
)
def test_what_is_true(source: str) -> None:
    assert value(source) is True


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("o.missing.x", "no such key: missing"),
        ("o.a.list[2]", "index out of bounds: 2"),
        ("1 / (o.n - 5)", "division by zero"),
        ("1 % (o.n - 5)", "modulus by zero"),
        ("9223372036854775807 + o.n", "integer overflow"),
        ("o.n + o.t", "no such overload"),
        ("o.n && true", "no such overload"),
        ("'abc'.substring(9)", "index out of range: 9"),
        ("[].min()", "min called on empty list"),
        (
            "quantity('abc')",
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
        ("duration(dyn('x'))", 'time: invalid duration "x"'),
        ("optional.none().value()", "optional.none() dereference"),
        ("int('x')", 'strconv.ParseInt: parsing "x": invalid syntax'),
    ],
)
def test_what_ends_with_an_error(source: str, told: str) -> None:
    with pytest.raises(CelError) as error:
        value(source)
    assert str(error.value) == told


MORE = (
    "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', "
    "'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
)
NO_LIST = "expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)"


@pytest.mark.parametrize(
    ("source", "place", "told"),
    [
        ("foo.bar", "1:1", "undeclared reference to 'foo' (in container '')"),
        ("1 + 'a'", "1:3", "found no matching overload for '_+_' applied to '(int, string)'"),
        ("'a'.size(1)", "1:9", "found no matching overload for 'size' applied to 'string.(int)'"),
        ("nope(1)", "1:5", "undeclared reference to 'nope' (in container '')"),
        ("[1, 'a']", "1:5", "expected type 'int' but found 'string'"),
        ("1.all(x, true)", "1:1", NO_LIST),
        ("o.a ==", "1:7", MORE),
        ("has(o)", "1:5", "invalid argument to has() macro"),
        ("o.a b", "1:5", "Syntax error: extraneous input 'b' expecting <EOF>"),
    ],
)
def test_what_does_not_compile(source: str, place: str, told: str) -> None:
    with pytest.raises(CompileError) as error:
        compiled(source, {"o": DYN})
    mark = "." * (int(place[2:]) - 1) + "^"
    assert str(error.value) == f"ERROR: <input>:{place}: {told}\n | {source}\n | {mark}"


def test_a_place_is_told_by_its_line() -> None:
    with pytest.raises(CompileError) as error:
        compiled("'\u00e9' ==\n o.x.y(", {"o": DYN})
    assert str(error.value) == f"ERROR: <input>:2:8: {MORE}\n |  o.x.y(\n | .......^"


@pytest.mark.parametrize(
    ("source", "cost"),
    [
        ("o.n", 2),
        ("has(o.n)", 1),
        ("o.n > 3", 3),
        ("[1, 2]", 10),
        ("{'a': 1}", 30),
        ("'abcdefghijklmnopqrst'.startsWith('a')", 2),
        ("'abcdefghij'.matches('abcdefgh')", 4),
        ("size(o.a.list) == 2", 5),
    ],
)
def test_what_an_evaluation_costs(source: str, cost: int) -> None:
    """apiserver pkg/cel/library/cost_test.go, cel-go interpreter/runtimecost_test.go"""
    meter = Meter(PER_CALL, Work(WORK))
    compiled(source, {"o": DYN}).run({"o": OBJECT}, meter, FUNCTIONS)
    assert meter.cost == cost


@pytest.mark.parametrize(
    "source",
    [
        "lists.range(1000).all(a, lists.range(1000).all(b, lists.range(1000).all(c, true)))",
        "lists.range(100000000).size() > 0",
        "'a'" + ".replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')" * 8 + " == ''",
        "lists.range(3000).distinct().size() == 0",
        "lists.range(2000).map(x, 'aaaaaaaaaaaaaaaaaaaaaaaaaa'.matches('(a|a|a|a|a|a|a|a)*b')).size() == 0",
        "lists.range(900).map(x, lists.range(900000)).size() == 0",
    ],
)
def test_what_would_take_too_much_is_ended(source: str) -> None:
    with pytest.raises(CelError, match="operation cancelled: actual cost limit exceeded"):
        value(source)


@pytest.mark.parametrize(
    "source", ["(" * 5000 + "1" + ")" * 5000, "-" * 100_001, "1" + "+1" * 5000, "o" + ".a" * 5000, "[" * 300]
)
def test_what_nests_too_deep_is_refused(source: str) -> None:
    with pytest.raises(CompileError):
        compiled(source, {"o": DYN})


@pytest.mark.parametrize(
    ("source", "place", "function"),
    [
        ("duration('x') == o.n", 10, "duration"),
        ("timestamp('x') == o.n", 11, "timestamp"),
        ("o.t.matches('(')", 13, "matches"),
    ],
)
def test_texts_that_a_function_cannot_read_are_found_before(source: str, place: int, function: str) -> None:
    with pytest.raises(CompileError) as error:
        compiled(source, {"o": DYN})
    assert str(error.value).startswith(f"ERROR: <input>:1:{place}: invalid {function} argument")
