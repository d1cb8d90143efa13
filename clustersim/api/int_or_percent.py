"""Numbers that may be percentages: "25%" of a number of pods (apimachinery pkg/util/intstr)."""

import re
from typing import Final

from clustersim.api.meta import IntOrString

_PERCENT: Final = re.compile(r"\d+%\Z", re.ASCII)
_MOST_DIGITS: Final = 9


def is_percent(text: str) -> bool:
    """Digits and a percent sign."""
    return bool(_PERCENT.match(text))


def percent(value: IntOrString) -> int | None:
    """The percentage as a number, None for what is none. Of a longer one only the first digits
    count, which is far too much already."""
    return int(value[:-1][:_MOST_DIGITS]) if isinstance(value, str) and is_percent(value) else None


def resolve(value: IntOrString, total: int, *, round_up: bool) -> int:
    """The number that is meant (GetValueFromIntOrPercent). Raises ValueError for a text that is no
    percentage; validation lets none through."""
    if isinstance(value, int):
        return value
    share = percent(value)
    if share is None:
        raise ValueError(f"invalid value for IntOrString: invalid type: string is not a percentage: {value}")
    product = share * total
    return -(-product // 100) if round_up else product // 100
