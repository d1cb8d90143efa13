"""jq behind a pipe: it prints what jq 1.7 prints, errors included, and no program holds the console up."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustersim import Cluster, default_scenario
from clustersim.console import Answer, run

CLUSTER = Cluster(default_scenario("v1.36"))
PODS = {
    "items": [
        {
            "metadata": {"name": "a", "labels": {"app": "web", "tier": "x"}},
            "spec": {"containers": [{"name": "c", "image": "web:1"}], "replicas": 3},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
        },
        {
            "metadata": {"name": "b", "labels": None},
            "spec": {"containers": [{"name": "c", "image": "db:2.5"}, {"name": "d", "image": "x"}]},
            "status": {"phase": "Pending"},
        },
    ],
    "n": [3, 1, 2.5, -1, None, True, "z", [1], {"a": 1}],
    "s": "Hello, World",
}


def answered(options: str, read: object = PODS) -> Answer:
    """Of a JSON behind a pipe."""
    return run(CLUSTER, f"echo '{json.dumps(read)}' | jq {options}")


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        (".items[].metadata.name", '"a"\n"b"'),
        (".items | length", "2"),
        (".items[-1].spec.containers[1].name, .items[5]", '"d"\nnull'),
        (".s[2:4], .n[:2]", '"ll"\n[3,1]'),
        ('[.items[] | select(.status.phase == "Running") | .metadata.name]', '["a"]'),
        (
            ".items[] | {name: .metadata.name, phase: .status.phase}",
            '{"name":"a","phase":"Running"}\n{"name":"b","phase":"Pending"}',
        ),
        ("[.items[].spec.containers[].image] | unique", '["db:2.5","web:1","x"]'),
        ('.items | map(.metadata.name) | join(",")', '"a,b"'),
        (r'.items[] | "\(.metadata.name) is \(.status.phase)"', '"a is Running"\n"b is Pending"'),
        (".items[] | [.metadata.name, .spec.replicas, true] | @csv", '"\\"a\\",3,true"\n"\\"b\\",,true"'),
        (
            '.items[0].metadata.labels | to_entries[] | "\\(.key)=\\(.value)"',
            '"app=web"\n"tier=x"',
        ),
        (".items[0].metadata.labels | with_entries(.value |= ascii_upcase)", '{"app":"WEB","tier":"X"}'),
        (
            ".items | group_by(.status.phase) | map({phase: .[0].status.phase, count: length})",
            '[{"phase":"Pending","count":1},{"phase":"Running","count":1}]',
        ),
        (".items | sort_by(.metadata.name) | reverse | .[].metadata.name", '"b"\n"a"'),
        ('.items[] | select(.metadata.labels.app // "none" | test("^w")) | .metadata.name', '"a"'),
        (
            '.items[] | select(any(.status.conditions[]?; .type == "Ready")).metadata.name',
            '"a"',
        ),
        ("[.items[].spec.containers | length] | add", "3"),
        ("del(.items[0].metadata, .items[1], .n)|.items|map(keys)", '[["spec","status"]]'),
        (".items[].spec.replicas += 1 | [.items[].spec.replicas]", "[4,1]"),
        (".n | sort", '[null,true,-1,1,2.5,3,"z",[1],{"a":1}]'),
        ("10 / 4, 10 / 5, 5 % 3, -5 % 3, 1e3", "2.5\n2\n2\n-2\n1000"),
        ("[.n[] | try tonumber catch empty]", "[3,1,2.5,-1]"),
        (
            '.s | sub("o"; "0"), gsub("o"; "0"), [scan("[a-z]+")]',
            '"Hell0, World"\n"Hell0, W0rld"\n["ello","orld"]',
        ),
        ('"2017-10-05T09:00:00Z" | fromdate, (fromdate | todate)', '1507194000\n"2017-10-05T09:00:00Z"'),
        ("reduce .n[0:3][] as $x (0; . + $x)", "6.5"),
        ("[foreach range(3) as $i (0; . + $i; [$i, .])]", "[[0,0],[1,1],[2,3]]"),
        (". as {s: $s, n: [$a, $b]} | [$s, $a, $b]", '["Hello, World",3,1]'),
        ("def double(f): f * 2; .n[0] | double(.), double(. + 1)", "6\n8"),
        ("label $out | 1, break $out, 2", "1"),
        ("[limit(3; 1 | repeat(. * 2))], first(.n[]), [range(0; 10; 4)]", "[1,2,4]\n3\n[0,4,8]"),
        ("[{a: [1, {b: 2}]} | paths]", '[["a"],["a",0],["a",1],["a",1,"b"]]'),
        ("[1, 2, 3] | (.[] | select(. == 2)) |= empty", "[1,3]"),
        ('{a: {b: 1}} * {a: {c: 2}}, "ab" * 2, [1, 2, 1] - [1]', '{"a":{"b":1,"c":2}}\n"abab"\n[2]'),
        ('walk(if type == "object" then del(.metadata) else . end) | .items[0] | keys', '["spec","status"]'),
    ],
)
def test_jq_prints_what_the_real_one_prints(program: str, printed: str) -> None:
    assert answered(f"-c '{program}'").text == printed


@pytest.mark.parametrize(
    ("program", "code", "told"),
    [
        (".s.x", 5, 'jq: error (at <stdin>:1): Cannot index string with "x"'),
        (".items.x", 5, 'jq: error (at <stdin>:1): Cannot index array with "x"'),
        (".s[]", 5, 'jq: error (at <stdin>:1): Cannot iterate over string ("Hello, World")'),
        (".items[1].metadata.labels | keys", 5, "jq: error (at <stdin>:1): null (null) has no keys"),
        ("{} + 1", 5, "jq: error (at <stdin>:1): object ({}) and number (1) cannot be added"),
        ('error("no pods")', 5, "jq: error (at <stdin>:1): no pods"),
        (
            "pods(1)",
            3,
            "jq: error: pods/1 is not defined at <top-level>, line 1:\npods(1)\njq: 1 compile error",
        ),
        ("$x", 3, "jq: error: $x is not defined at <top-level>, line 1:\n$x\njq: 1 compile error"),
        (
            ".a |",
            3,
            "jq: error: syntax error, unexpected $end (Unix shell quoting issues?) at <top-level>, line 1:\n"
            ".a |\njq: 1 compile error",
        ),
    ],
)
def test_what_is_wrong_is_told_in_the_words_of_jq(program: str, code: int, told: str) -> None:
    assert answered(f"'{program}'; echo $?").text == f"{told}\n{code}"


def test_what_comes_before_an_error_is_printed() -> None:
    answer = answered("-c '.[] | .a'", [{"a": 1}, {"a": 2}, 3])
    assert answer.text == '1\n2\njq: error (at <stdin>:1): Cannot index number with "a"'
    assert answered("-c '.[] | .a' 2> /dev/null", [{"a": 1}, 3]).text == "1"


def test_a_table_for_people_is_no_json() -> None:
    told = run(CLUSTER, "kubectl get rc | jq .; echo $?").text
    assert told == "jq: parse error: Invalid numeric literal at line 1, column 5\n2"


def test_what_kubectl_prints_as_json_is_read() -> None:
    names = run(CLUSTER, "kubectl get nodes -o json | jq -r '.items[].metadata.name'").text
    assert names.split("\n") == sorted(CLUSTER.machines)
    assert run(CLUSTER, "kubectl get svc tomcat -o json | jq .spec.ports[0].port").text.isdigit()


def test_options_say_what_is_read_and_how_it_is_printed() -> None:
    assert answered("'.items[0].spec.containers'").text.split("\n")[:3] == ["[", "  {", '    "name": "c",']
    assert answered("-S -c '{b: 1, a: 2}'").text == '{"a":2,"b":1}'
    assert answered("--tab '{a: 1}'").text == '{\n\t"a": 1\n}'
    assert answered("-j '.n[0], .s'").text == "3Hello, World"
    assert (
        answered("-r --arg who b '.items[] | select(.metadata.name == $who).status.phase'").text == "Pending"
    )
    assert answered("-n --argjson x '[1]' '$x[0] + 1'").text == "2"
    assert run(CLUSTER, "printf '1\\n2\\n' | jq -s -c .").text == "[1,2]"
    assert run(CLUSTER, "printf 'a\\nb\\n' | jq -R -c '[., length]'").text == '["a",1]\n["b",1]'


def test_the_exit_code_tells_whether_something_was_found() -> None:
    codes = [answered(f"-e '{program}' > /dev/null; echo $?").text for program in (".s", ".nothing", "empty")]
    assert codes == ["0", "1", "4"]
    assert run(CLUSTER, "echo '{}' | jq -e .a > /dev/null || echo none").text == "none"


def test_now_is_the_time_of_the_cluster() -> None:
    shown = run(CLUSTER, "date -u +%Y-%m-%dT%H:%M:%SZ && jq -n -r 'now | floor | todate'").text.split("\n")
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    "program",
    [
        "def f: f; f",
        "[range(1e9)]",
        "until(false; .)",
        "[recurse([., .])] | length",
        "reduce range(60) as $i (1; [., .]) | . == .",
        'reduce range(99) as $i ("a"; . + .)',
        "reduce range(9999) as $i (0; [.])",
        '"a" * 1e9',
        ".[1e12] = 1",
        "[range(1e5)] | map(. + 1) | sort",
        f"{'(' * 300}1{')' * 300}",
        ". | " * 300 + ".",
        "if 1 then " * 200,
    ],
)
def test_no_program_goes_on_for_ever(program: str) -> None:
    """It is told within the steps that there are, or refused."""
    answer = answered(f"-c '{program}'", None)
    assert not answer.ok
    assert answer.text or answer.note


WORDS = st.sampled_from(
    [
        *(
            ".",
            "..",
            ".a",
            '."b"',
            "[",
            "]",
            "{",
            "}",
            "(",
            ")",
            "|",
            ",",
            ";",
            ":",
            "=",
            "|=",
            "+=",
            "//",
            "?",
        ),
        *(
            "==",
            "<",
            "+",
            "-",
            "*",
            "/",
            "%",
            "and",
            "or",
            "not",
            "if",
            "then",
            "else",
            "end",
            "try",
            "catch",
            "as",
        ),
        *(
            "$x",
            "def",
            "f",
            "reduce",
            "foreach",
            "label",
            "break",
            "1",
            "-1",
            "1e400",
            '"t"',
            '"\\(.)"',
            "@csv",
        ),
        *(
            "@base64d",
            "map(",
            "select(",
            "sort",
            "keys",
            "length",
            "add",
            "to_entries",
            "paths",
            "del(",
            "range(9)",
        ),
        *(
            "splits(",
            "test(",
            "nan",
            "infinite",
            "tojson",
            "fromjson",
            "error",
            "empty",
            "first",
            "limit(2;",
            ".[1:]",
        ),
        *("flatten", "join(", "has(", "contains(", "todate", "gmtime", "mktime", "implode", "input", "walk("),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_whatever_is_asked_is_answered(program: str) -> None:
    assert isinstance(answered(f"-c '{program}'", {"a": [1, "x", None], "b": {"c": -1.5}}), Answer)
