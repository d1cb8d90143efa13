"""Label selectors that are none, and numbers in labels (apimachinery pkg/labels/selector_test.go)."""

import pytest

from clustersim.api.label_text import requirements
from clustersim.api.selectors import meets
from clustersim.apiserver.label_words import why

NO_NUMBER = "for 'Gt', 'Lt' operators, the value must be an integer"
NO_LABEL = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
    "for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


def refused(text: str, release: str = "v1.36") -> str:
    with pytest.raises(ValueError) as caught:
        requirements(text)
    return why(caught.value, release)


def test_every_wrong_value_of_a_selector_is_told_with_its_place() -> None:
    assert (
        refused("x=a||y") == f'unable to parse requirement: values[0][x]: Invalid value: "a||y": {NO_LABEL}'
    )
    one = f'values[0][x]: Invalid value: "-": {NO_LABEL}'
    assert refused("x>-") == (
        f'unable to parse requirement: [values[0]: Invalid value: "-": {NO_NUMBER}, {one}]'
    )
    other = f'values[2][x]: Invalid value: "b-": {NO_LABEL}'
    assert refused("x in (b-,a,-)") == f"unable to parse requirement: [{one}, {other}]"
    assert '"a\\"b"' in refused('x=a"b')
    assert "name part must be no more than 63 bytes; " in refused("é" * 32)


def test_selectors_of_old_are_refused_with_the_first_wrong_value() -> None:
    for release in ("v1.7", "v1.8"):
        assert refused("x>-", release) == f"unable to parse requirement: {NO_NUMBER}"
        assert refused("x in (b-,-)", release).startswith(
            'unable to parse requirement: invalid label value "-": '
        )


def test_what_is_expected_in_a_list_of_values_depends_on_where() -> None:
    first, later = "',', ')' or identifier", "',', or identifier"
    assert refused("x in (") == f"unable to parse requirement: found '', expected: {first}"
    assert refused("x in (a,") == f"unable to parse requirement: found '', expected: {later}"
    assert refused("x in (,=)") == f"unable to parse requirement: found '=', expected: {later}"


def test_labels_compare_as_whole_numbers_of_64_bits() -> None:
    most = str((1 << 63) - 1)
    assert requirements(f"x<{most}")[0].values == (most,)
    assert NO_NUMBER in refused(f"x<{1 << 63}")
    assert meets({"x": "8"}, "x", "Gt", ["7"])
    assert meets({"x": "-8"}, "x", "Lt", ["7"])
    assert not meets({"x": "1_0"}, "x", "Gt", ["7"])
    assert not meets({"x": str(1 << 63)}, "x", "Gt", ["7"])
