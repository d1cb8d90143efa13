"""Published manifests are read as kubectl's converter reads them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.yaml_documents import LONGEST, ManifestError, read_documents


def plain(text: str) -> list[Any]:
    return [document.plain for document in read_documents(text)]


def test_documents_comments_and_empty_ones() -> None:
    text = "# a comment\na: 1\n---\n# nothing\n---\nb: 2\n--- # more\nc: 3\n"
    assert plain(text) == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert [document.line for document in read_documents(text)] == [1, 5, 7]


def test_a_list_counts_as_its_items() -> None:
    assert plain("kind: List\nitems:\n- kind: A\n- kind: B\n") == [{"kind": "A"}, {"kind": "B"}]
    assert plain('{"kind": "List", "items": [{"kind": "A"}]}') == [{"kind": "A"}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0x1F", 31),
        ("0777", 511),
        ("0b11", 3),
        ("1_000", 1000),
        ("-5", -5),
        ("yes", True),
        ("Off", False),
        ("~", None),
        ("", None),
        ("1e3", 1000),
        ("0.5", 0.5),
        ("'1'", "1"),
        ('"yes"', "yes"),
        ("1:30", "1:30"),
        ("2017-01-01", "2017-01-01"),
        ("100m", "100m"),
        (".inf", ".inf"),
        ("08", 8),
        ("v1", "v1"),
    ],
)
def test_plain_values_are_those_of_yaml_1_1(text: str, value: object) -> None:
    assert plain(f"a: {text}") == [{"a": value}]


def test_anchors_merge_keys_and_keys_that_are_no_texts() -> None:
    assert plain("a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}") == [
        {"a": {"b": 1}, "c": {"b": 1}, "d": {"b": 1, "e": 2}}
    ]
    assert plain("80: a\ntrue: b") == [{"80": "a", "true": "b"}]


def test_byte_order_marks_carriage_returns_and_json() -> None:
    assert plain("\ufeffa: 1\r\nb: 2\r\n") == [{"a": 1, "b": 2}]
    assert plain('{"a": {"b": [1, null]}}') == [{"a": {"b": [1, None]}}]


def test_errors_tell_the_line_of_the_whole_text() -> None:
    with pytest.raises(ManifestError) as error:
        read_documents("a: 1\n---\nb: 1\n  c: d\n")
    assert (error.value.message, error.value.line) == ("mapping values are not allowed in this context", 4)


def test_the_last_of_two_equal_keys_counts() -> None:
    assert plain("a: 1\na: 2\n") == [{"a": 2}]


def test_what_a_few_lines_could_blow_up_to_is_bounded() -> None:
    bomb = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    with pytest.raises(ManifestError, match="excessive aliasing"):
        read_documents(bomb)
    with pytest.raises(ManifestError):
        read_documents("[" * 5000)
    with pytest.raises(ManifestError, match="more than"):
        read_documents("a" * (LONGEST + 1))


@given(st.text("ab:-[]{}&*!|>'\"\n #,~0129.x", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_documents(text)
    except ManifestError:
        return


MANY = "{}," * 1000 + "{}"


@pytest.mark.parametrize("text", ["a: 1\n---\n" * 1001, f'{{"kind": "List", "items": [{MANY}]}}'])
def test_what_holds_more_objects_than_anybody_makes_at_once_is_refused(text: str) -> None:
    with pytest.raises(ManifestError, match="more than 1000 objects"):
        read_documents(text)
