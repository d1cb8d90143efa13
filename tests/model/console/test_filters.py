"""What stands behind a pipe does what it does in a shell."""

import re

import pytest

from clustersim.console.answer import Said
from clustersim.console.shell.filters import FILTERS
from clustersim.console.shell.redirections import plain_words

PODS = """NAME      READY   STATUS    RESTARTS   AGE
web-b     1/1     Running   0          1m
web-a     0/1     Pending   12         3m
db-0      1/1     Running   3          2m"""


def piped(command: str, text: str = PODS) -> str:
    name, *rest = plain_words(command)
    return FILTERS[name](rest, text).text


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("grep -c Running", "2"),
        ("grep -v NAME | wc", None),
        ("grep -ic running", "2"),
        ("grep -o 'web-.'", "web-b\nweb-a"),
        ("grep -E 'web-a|db' -c", "2"),
        ("grep -n Pending", "3:web-a     0/1     Pending   12         3m"),
        ("wc -l", "4"),
        ("head -n 1", "NAME      READY   STATUS    RESTARTS   AGE"),
        ("head -1", "NAME      READY   STATUS    RESTARTS   AGE"),
        ("tail -1", "db-0      1/1     Running   3          2m"),
        ("awk '{print $1}'", "NAME\nweb-b\nweb-a\ndb-0"),
        ("awk 'NR>1 {print $1\"/\"$3, $NF}'", "web-b/Running 1m\nweb-a/Pending 3m\ndb-0/Running 2m"),
        ("awk '$3 != \"Running\" && NR>1 {print $1}'", "web-a"),
        ("awk '/Pending/ {print $1}'", "web-a"),
        ("awk '$4 > 2 && NR > 1 {print $1}'", "web-a\ndb-0"),
        ("awk 'END{print NR}'", "4"),
        ("cut -c 1-3", "NAM\nweb\nweb\ndb-"),
        ("sed -n 2p", "web-b     1/1     Running   0          1m"),
        ("sed 1d | x", None),
    ],
)
def test_filters_print_what_a_shell_prints(command: str, printed: str | None) -> None:
    if printed is not None:
        assert piped(command) == printed


def test_lines_are_sorted_by_column_and_number() -> None:
    rows = "\n".join(PODS.splitlines()[1:])
    assert [line.split()[0] for line in piped("sort", rows).splitlines()] == ["db-0", "web-a", "web-b"]
    assert [line.split()[0] for line in piped("sort -k4 -n -r", rows).splitlines()] == [
        "web-a",
        "db-0",
        "web-b",
    ]
    assert piped("uniq -c", "a\na\nb") == "      2 a\n      1 b"


def test_texts_are_rewritten() -> None:
    assert piped("sed s/web/www/", "web web") == "www web"
    assert piped("sed 's/web/[&]/g'", "web web") == "[web] [web]"
    assert piped("tr ' ' '\\n'", "a b") == "a\nb"
    assert piped("tr -d ,", "a,b") == "ab"
    assert piped("cut -d: -f2", "a:b:c") == "b"
    assert piped("column -t", "a bb\nccc d") == "a    bb\nccc  d"


@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ("'s/b/x\\n  y/'", "a/x\n  y\na x\n  y\n1 1"),
        ("s|a/b|c|", "c\na b\n1 1"),
        ("'s/\\//&&/;s/1/2/g'", "a//b\na b\n2 2"),
        ("-e s/a/b/ -e '$d'", "b/b\nb b"),
        ("'/a b/!d'", "a b"),
        ("2q", "a/b\na b"),
        ("'/a b/a more: 1'", "a/b\na b\nmore: 1\n1 1"),
        ("'1i\\  more: 1'", "  more: 1\na/b\na b\n1 1"),
        ("'$c\\\nend'", "a/b\na b\nend"),
        ("-n 's/b/&&/p'", "a/bb\na bb"),
        ("p", "a/b\na/b\na b\na b\n1 1\n1 1"),
    ],
)
def test_sed_does_what_gnu_sed_does(script: str, printed: str) -> None:
    """Compared with GNU sed 4.9."""
    assert piped(f"sed {script}", "a/b\na b\n1 1") == printed


@pytest.mark.parametrize(
    ("script", "place", "told"),
    [
        ("s/a/b", 5, "unterminated `s' command"),
        ("s/a/b/k", 7, "unknown option to `s'"),
        ("2dd", 3, "extra characters after command"),
        ("2", 1, "missing command"),
        ("k", 1, "unknown command: `k'"),
    ],
)
def test_sed_says_where_a_script_is_wrong(script: str, place: int, told: str) -> None:
    with pytest.raises(Said, match=re.escape(f"sed: -e expression #1, char {place}: {told}")):
        piped(f"sed {script}")


def test_no_script_of_sed_makes_lines_without_end() -> None:
    doubling = ";".join(["s/a/aa/g"] * 30)
    with pytest.raises(Said, match="sed: memory exhausted"):
        piped(f"sed '{doubling}'", "a")


@pytest.mark.parametrize(
    "command",
    ["grep", "grep -E '('", "awk 'x{'", "cut", "head -n x", "sed N", "sed 's/a/\\1/'", "tr a", "sort -kx"],
)
def test_what_is_not_understood_is_said(command: str) -> None:
    with pytest.raises(Said):
        piped(command)
