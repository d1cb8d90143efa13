"""The shell inside a container: what it prints on both outputs, and the code with which it ends."""

import contextlib
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim import Cluster, default_scenario, seconds
from clustersim.console import exec_in
from clustersim.shell.budget import MOST_COMMANDS
from clustersim.shell.expanding import Memory
from clustersim.shell.ran import Ran
from clustersim.shell.words import ShellError


@cache
def standing() -> Cluster:
    cluster = Cluster(default_scenario("v1.36"))
    cluster.run_until(seconds(5))
    return cluster


@pytest.fixture
def cluster() -> Cluster:
    return standing()


def sh(cluster: Cluster, script: str, stdin: str = "", memory: Memory | None = None) -> Ran:
    pod = next(pod for pod in cluster.objects("pods").values() if pod.metadata.name.startswith("tomcat"))
    name = pod.spec.containers[0].name
    command = ("sh", "-c", script)
    return exec_in(cluster, "default", pod.metadata.name, name, command, stdin=stdin, memory=memory).ran


@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ("echo one; echo two", "one\ntwo\n"),
        ("echo -n one", "one"),
        ("printf '%s=%d\\n' a 1", "a=1\n"),
        ("for i in $(seq 1 3); do echo $i; done", "1\n2\n3\n"),
        ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done", "1\n2\n3\n"),
        ("until false; do echo once; break; done; echo after", "once\nafter\n"),
        ("for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done", "1\n3\n"),
        ("if [ -f /none ]; then echo yes; elif true; then echo else; fi", "else\n"),
        ("true && echo and || echo or", "and\n"),
        ("false && echo and || echo or", "or\n"),
        ("! true || echo negated", "negated\n"),
        ('x="a  b"; echo $x; echo "$x"', "a b\na  b\n"),
        ("echo '$HOME' \"${none:-default}\" ${none}x", "$HOME default x\n"),
        ("echo $(echo inner `echo innermost`)", "inner innermost\n"),
        ("echo a b c | tr a-z A-Z | wc -w", "3\n"),
        ("seq 5 | grep -c .", "5\n"),
        ("(echo a; echo b) | sort -r", "b\na\n"),
        ("{ echo a; echo b; } > /tmp/f; cat /tmp/f", "a\nb\n"),
        ("echo a > /tmp/g; echo b >> /tmp/g; wc -l < /tmp/g", "2\n"),
        ("echo text | base64 | base64 -d", "text\n"),
        ("echo text | gzip | gunzip", "text\n"),
        ("cd /tmp && pwd", "/tmp\n"),
        ("sh -c 'echo $((7 / 2)) $((-7 % 3))'", "3 -1\n"),
        ("ls /none 2>/dev/null; echo $?", "2\n"),
        ("echo a > /tmp/t; touch /tmp/t /tmp/new; cat /tmp/t /tmp/new; ls /tmp/new", "a\n/tmp/new\n"),
        ("touch /etc /tmp && echo $?; ls / | grep -c tmp", "0\n1\n"),
        ("cd /etc; ls -l | grep -c resolv.conf; ls | grep -c resolv.conf", "1\n1\n"),
        ("ls -d /etc /tmp", "/etc\n/tmp\n"),
        ("ls / | grep -E '^(bin|etc|proc|usr)$'", "bin\netc\nproc\nusr\n"),
        ("echo # a comment", "\n"),
        ("echo out; echo err >&2", "out\n"),
    ],
)
def test_a_script_prints_what_a_shell_prints(cluster: Cluster, script: str, printed: str) -> None:
    assert sh(cluster, script).out == printed


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("true", 0),
        ("false", 1),
        ("sleep 1; exit 3", 3),
        ("exit 256", 0),
        ("nosuch", 127),
        ("date foo", 1),
        ("false; true", 0),
        ("set -e; false; true", 1),
        ("set -e; false || true; exit 4", 4),
        ("echo one | grep two", 1),
        ("[ 1 -eq 2 ]", 1),
        ("[ a", 2),
        ("(exit 5); exit $?", 5),
        ("cat /none", 1),
        ("fi", 2),
        ("do", 2),
        ("echo $((1/0))", 2),
    ],
)
def test_a_script_ends_with_the_code_of_its_last_command(cluster: Cluster, script: str, code: int) -> None:
    assert sh(cluster, script).code == code


def test_errors_go_to_the_other_output(cluster: Cluster) -> None:
    assert sh(cluster, "echo out; cat /none; echo err >&2").err.splitlines() == [
        "cat: /none: No such file or directory",
        "err",
    ]


def test_a_program_reads_what_it_is_sent(cluster: Cluster) -> None:
    assert sh(cluster, "sort | uniq -c", "b\na\nb\n").out == "      1 a\n      2 b\n"


def test_a_shell_remembers_its_variables_from_line_to_line(cluster: Cluster) -> None:
    memory = Memory()
    sh(cluster, "x=1; cd /tmp", memory=memory)
    assert sh(cluster, "echo $x $(pwd)", memory=memory).out == "1 /tmp\n"


@pytest.mark.parametrize(
    "script", ["for i in 1 2; do", "if true; then", "echo 'open", "echo $(date", "true &&"]
)
def test_a_script_that_goes_on_is_unfinished(cluster: Cluster, script: str) -> None:
    with pytest.raises(ShellError) as caught:
        sh(cluster, script)
    assert caught.value.unfinished


@pytest.mark.parametrize(
    "script",
    [
        "while true; do date; done",
        "while true; do sh -c 'while true; do :; done'; done",
        "for i in $(seq 9999); do seq 9999 > /dev/null; done",
        "x=a; while true; do x=$x$x; done",
        "while true; do echo $(echo $(echo a)); done",
        "until [ $((i=2)) ]; do :; done; while :; do curl -s http://tomcat:8080; done",
    ],
)
def test_what_goes_on_for_ever_is_cut_off(cluster: Cluster, script: str) -> None:
    ran = sh(cluster, script)
    assert ran.code == 130 or "arithmetic" in ran.err
    assert len(ran.out) < 300_000


def test_a_loop_is_cut_off_after_so_many_commands(cluster: Cluster) -> None:
    assert sh(cluster, "while true; do echo a; done").out.count("a") <= MOST_COMMANDS


def test_deep_scripts_are_refused(cluster: Cluster) -> None:
    assert sh(cluster, "(" * 500 + "true" + ")" * 500).err == "sh: too deep\n"
    assert sh(cluster, f"echo $(({'(' * 90}1{')' * 90}))").out == "1\n"


TYPED = st.sampled_from(
    [
        *"ab1 ;|&<>()$`'\"\\#!{}=\n[]*?-+/",
        *(f" {word} " for word in ("for", "in", "do", "done", "if", "then", "fi", "sh -c")),
    ]
)


@given(st.lists(TYPED, max_size=40).map("".join), st.sampled_from(["", "text\n"]))
def test_nothing_that_is_typed_breaks_a_shell(script: str, stdin: str) -> None:
    cluster = standing()
    with contextlib.suppress(ShellError):
        assert 0 <= sh(cluster, script, stdin).code < 256
