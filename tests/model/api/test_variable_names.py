"""$(NAME) in commands and values; rows of third_party/forked/golang/expansion/expand_test.go."""

import pytest

from clustersim.api.variable_names import expanded, variables_in

KNOWN = {"A": "a", "B": "b", "REF": "$(A)", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("$(A)-1-$(B)", "a-1-b"),
        ("$(REF)", "$(A)"),
        ("___$(EMPTY)___", "______"),
        ("$(UNKNOWN)", "$(UNKNOWN)"),
        ("$$(A)_$$$(A)", "$(A)_$a"),
        ("$(A$(B))", "$(A$(B))"),
        ("$(foo$$var)", "$(foo$$var)"),
        ("f000-$(A", "f000-$(A"),
        ("$()", "$()"),
        ("foo$$", "foo$"),
    ],
)
def test_a_name_goes_up_to_the_next_parenthesis_that_closes(text: str, told: str) -> None:
    assert expanded(text, KNOWN) == told


def test_names_that_are_written_with_two_dollars_are_none() -> None:
    assert variables_in("$$(A)/$(B)/$()") == ["B"]
