"""The numbers of a rule as people read them."""

from typing import Final

from clustersim.engine.rules import Verdict
from clustersim.engine.time import MILLISECOND, Micros
from clustersim.flags import lasting
from clustersim.i18n import Message, Value

DURATIONS: Final = (
    "age",
    "delay",
    "grace",
    "limit",
    "period",
    "since",
    "timeout",
    "ttl",
    "wait",
)
"""Placeholders of rules whose values are simulated times in microseconds."""


def rule_message(verdict: Verdict) -> Message:
    """The rule's sentence with its numbers."""
    return Message(verdict.rule.text, readable(verdict.values))


def readable(values: dict[str, Value]) -> dict[str, Value | Message]:
    """The values with times as durations, cut to milliseconds; what never was is ∞ ago."""
    return {name: _readable(name, value) for name, value in values.items()}


def _readable(name: str, value: Value) -> Value | Message:
    if name in DURATIONS and isinstance(value, int) and not isinstance(value, bool):
        return lasting(rounded(value))
    if name in DURATIONS and value is None:
        return "∞"
    if isinstance(value, float):
        return f"{value:.4g}"
    return value


def rounded(time: Micros) -> Micros:
    """The time in whole milliseconds, unless it is shorter than one."""
    return time if abs(time) < MILLISECOND else round(time / MILLISECOND) * MILLISECOND
