import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.engine.time import MINUTE, SECOND
from clustersim.flags import DurationError, format_duration, lasting, parse_duration

YEAR = 365 * 24 * 3600 * 1_000_000


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("40s", 40_000_000),
        ("5m", 300_000_000),
        ("1m0s", 60_000_000),
        ("1h30m", 5_400_000_000),
        ("1.5s", 1_500_000),
        (".5s", 500_000),
        ("300ms", 300_000),
        ("7us", 7),
        ("7µs", 7),
        ("1500ns", 1),
        ("0", 0),
        ("-10s", -10_000_000),
        ("+10s", 10_000_000),
    ],
)
def test_a_go_duration_is_read_as_go_reads_it(text: str, micros: int) -> None:
    assert parse_duration(text) == micros


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("40", "time: missing unit in duration 40"),
        ("", "time: invalid duration "),
        ("s", "time: invalid duration s"),
        ("4x", "time: unknown unit x in duration 4x"),
        ("4 s", "time: unknown unit  s in duration 4 s"),
        ("1m5", "time: missing unit in duration 1m5"),
        ("9999999999h", "time: invalid duration 9999999999h"),
    ],
)
def test_what_is_no_duration_is_refused_in_go_s_words(text: str, message: str) -> None:
    with pytest.raises(DurationError) as refused:
        parse_duration(text)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "0s"),
        (40_000_000, "40s"),
        (60_000_000, "1m0s"),
        (3_600_000_000, "1h0m0s"),
        (1_500_000, "1.5s"),
        (1_500, "1.5ms"),
        (7, "7µs"),
        (-60_000_000, "-1m0s"),
    ],
)
def test_a_duration_is_written_as_go_writes_it(micros: int, text: str) -> None:
    assert format_duration(micros) == text


@given(st.integers(min_value=-YEAR, max_value=YEAR))
def test_a_written_duration_reads_back(micros: int) -> None:
    assert parse_duration(format_duration(micros)) == micros


@given(st.text(max_size=80))
def test_no_text_fails_in_another_way_than_a_duration_error(text: str) -> None:
    with contextlib.suppress(DurationError):
        parse_duration(text)


@pytest.mark.parametrize(
    ("micros", "english", "chinese"),
    [
        (40 * SECOND, "40s", "40 秒"),
        (40_009_000, "40.009s", "40.009 秒"),
        (5 * MINUTE, "5m0s", "5 分钟"),
        (260 * SECOND, "4m20s", "4 分 20 秒"),
        (90 * MINUTE, "1h30m0s", "1 小时 30 分钟"),
        (300_000, "300ms", "300 毫秒"),
        (0, "0s", "0 秒"),
    ],
)
def test_in_a_sentence_a_duration_has_the_units_of_its_language(
    micros: int, english: str, chinese: str
) -> None:
    assert (lasting(micros).text("en"), lasting(micros).text("zh-hans")) == (english, chinese)
