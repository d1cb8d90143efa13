"""Our regular expressions find what Python's find, in time that no pattern can blow up."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.regex import Regex, RegexError

PATTERNS = (
    "a", "^a", "a$", "^$", "a*", "a+b", "ab?c", "(ab)+", "a|b", "^(a|b)+$", "[ab]c", "[^ab]", "a.c", "a{2}",
    "a{1,2}b", "a{2,}", r"\d+", r"\w\s", r"\bab\b", "(a|ab)(c|bcd)", "x*", "((a)b)?c", r"a\.b", "[a-c]+b",
)  # fmt: skip


@given(st.sampled_from(PATTERNS), st.text("abcdx1 .", max_size=12))
def test_a_line_matches_where_python_says_so(pattern: str, text: str) -> None:
    ours, theirs = Regex(pattern).search(text), re.search(pattern, text)
    assert (ours is None) == (theirs is None)
    if ours is not None and theirs is not None:
        assert ours[0] == theirs.start()
        assert ours[1] >= theirs.end()


def test_basic_expressions_escape_what_extended_ones_do_not() -> None:
    assert Regex(r"a\|b", extended=False).search("xb") == (1, 2)
    assert Regex("a|b", extended=False).search("xb") is None
    assert Regex("a+", extended=False).search("a+") == (0, 2)


def test_patterns_that_would_take_for_ever_elsewhere_end() -> None:
    assert Regex("(a+)+$").search("a" * 500 + "b") is None
    assert Regex("a*" * 20 + "b").search("a" * 200) is None


@pytest.mark.parametrize("pattern", ["(", ")", "[", "a" * 300, "\\", "(((a{100}){100}){100}){100}", "[z-a]"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(RegexError):
        Regex(pattern)


def test_case_can_be_ignored() -> None:
    assert Regex("RUNNING", ignore_case=True).search("x Running") == (2, 9)
    assert Regex("[R]un", ignore_case=True).search("run") == (0, 3)


@pytest.mark.parametrize(
    ("pattern", "text", "holds"),
    [
        (r"^[\w.\-/]+$", "a.b-c/d", True),
        (r"[\t\n]", "tn", False),
        (r"\Aab\z", "ab", True),
        (r"(?i)^ABC$", "abc", True),
        (r"^(?P<n>\d+)$", "\u0663", False),
        (r"^.{2,300}$", "a", False),
        ("a.b", "a\nb", False),
        ("^a+?b??$", "aab", True),
        ("^(a+)+$", "aa", True),
        ("^a{,2}+$", "a{,2}}", True),
    ],
)
def test_patterns_are_read_as_go_reads_them(pattern: str, text: str, holds: bool) -> None:
    assert (Regex(pattern, go=True).search(text) is not None) is holds


@pytest.mark.parametrize("pattern", ["(?=a)", r"\q", "(?!b)", "a++", "a**", "a{2}{3}", "a+?*"])
def test_what_go_does_not_read_is_none(pattern: str) -> None:
    with pytest.raises(RegexError):
        Regex(pattern, go=True)
