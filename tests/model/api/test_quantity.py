"""Quantities: the grammar, the canonical form, and that nothing but QuantityError ever comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.api.quantity import (
    MAX_INT64,
    Quantity,
    QuantityError,
    binary_text,
    byte_count,
    canonical,
    millicores,
    parse_quantity,
)


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("1", "1"),
        ("1000m", "1"),
        ("0.5", "500m"),
        ("1500m", "1500m"),
        ("128m", "128m"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("512", "512"),
        ("1000000", "1M"),
        ("1073741824", "1073741824"),
        ("1e9", "1e9"),
        ("1e-1", "100e-3"),
        ("+5", "+5"),
        ("-1.5", "-1500m"),
        (".5", "500m"),
        ("5.", "5."),
        ("00100", "00100"),
        ("5.444T", "5.444T"),
        ("1E6", "1E6"),
        ("005.5k", "5500"),
        ("01000", "1k"),
        ("1.000", "1"),
        ("0", "0"),
        ("0Mi", "0"),
        ("0.5n", "1n"),
        ("1E", "1E"),
        ("1Ei", "1Ei"),
    ],
)
def test_a_quantity_is_stored_in_its_canonical_form(given_text: str, stored: str) -> None:
    assert canonical(given_text) == stored


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (1000, "1k"), (1536, "1536"), (3 << 20, "3Mi"), (5 << 40, "5Ti")]
)
def test_bytes_are_written_in_powers_of_1024(number: int, text: str) -> None:
    assert binary_text(number) == text


@pytest.mark.parametrize("text", ["", "-", "lots", "1KiB", "1 Gi", "1.2.3", "1mi", "10G5", "1e99999", "١"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(QuantityError):
        parse_quantity(text)


def test_the_refusal_is_that_of_the_api_server() -> None:
    with pytest.raises(QuantityError, match=r"quantities must match the regular expression '\^\(\[\+-\]"):
        parse_quantity("lots")


def test_cpu_and_memory_are_rounded_up_and_held_within_64_bits() -> None:
    assert millicores("0.0001") == 1
    assert byte_count("128m") == 1
    assert byte_count("1Gi") == 1 << 30
    assert byte_count("1e400") == MAX_INT64


@given(st.text(alphabet="0123456789.+-eEinumkKMGTPx ", max_size=12))
def test_a_canonical_form_is_its_own(text: str) -> None:
    try:
        stored = canonical(text)
    except QuantityError:
        return
    assert canonical(stored) == stored


@given(
    st.integers(0, 10**15),
    st.sampled_from(
        ["n", "u", "m", "", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "e3", "E2", "e-2"]
    ),
)
def test_the_canonical_form_has_the_same_value(number: int, suffix: str) -> None:
    quantity = parse_quantity(f"{number}{suffix}")
    assert parse_quantity(quantity.text()).nanos == quantity.nanos


@given(st.integers(-(10**20), 10**20), st.integers(-(10**20), 10**20))
def test_quantities_compare_as_numbers(one: int, other: int) -> None:
    assert (Quantity(one) < Quantity(other)) == (one < other)
