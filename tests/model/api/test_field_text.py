"""Field selectors (apimachinery pkg/fields/selector_test.go)."""

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta
from clustersim.api.selectors import matches_fields, parse_field_selector


def chosen(selector: str) -> list[str]:
    """Of pods of each phase, those that it chooses."""
    phases = ("Pending", "Running", "Succeeded", "Failed")
    pods = [v1.Pod(metadata=ObjectMeta(name=one), status=v1.PodStatus(phase=one)) for one in phases]
    return [one.metadata.name for one in pods if matches_fields(parse_field_selector(selector), one)]


def test_a_field_may_differ_from_several_values() -> None:
    assert chosen("status.phase!=Running,status.phase!=Succeeded") == ["Pending", "Failed"]
    assert chosen("status.phase=Running,status.phase!=Succeeded") == ["Running"]
    assert chosen("status.phase=Running,status.phase==Running") == ["Running"]
    assert chosen("status.phase=Running,status.phase=Failed") == []


def test_the_first_sign_of_a_term_counts_and_values_have_others_behind_a_backslash() -> None:
    assert parse_field_selector(r"a=b\,c\=d\\") == {"a": "b,c=d\\"}
    for text, why in (
        ("a=b!=c", "unescaped character in value: 61"),
        (r"a=\b", r"invalid escape sequence: \b"),
        ("a=b\\", "invalid escape sequence: \\"),
    ):
        with pytest.raises(ValueError) as caught:
            parse_field_selector(text)
        assert str(caught.value) == f"invalid field selector: {why}"
