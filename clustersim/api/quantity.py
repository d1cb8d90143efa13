"""Resource quantities: "500m", "2", "256Mi", "1e3".

The whole grammar, its canonical form and its limits as apimachinery pkg/api/resource has them (v1.7.5,
v1.8.0 and v1.36.2 agree). Texts are checked where objects enter the API server; behind it a
quantity cannot be wrong.
"""

import re
from functools import lru_cache, total_ordering
from typing import Final

import msgspec

MAX_INT64: Final = 2**63 - 1
NANO: Final = 10**9

MAX_EXPONENT: Final = 1000
"""Go takes any exponent that fits 32 bits, and computes for hours; here it ends."""

FORMAT_WRONG: Final = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
SUFFIX_WRONG: Final = "unable to parse quantity's suffix"
NUMERIC_WRONG: Final = "unable to parse numeric part of quantity"

_PARTS: Final = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)\Z", re.ASCII)
_EXPONENT: Final = re.compile(r"[eE]([-+]?\d+)\Z", re.ASCII)
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_SUFFIX: Final = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_SUFFIX: Final = {exponent: suffix for suffix, exponent in _BINARY.items()}


class QuantityError(ValueError):
    """A text that is no quantity; its message is the API server's."""


@total_ordering
class Quantity(msgspec.Struct, frozen=True):
    """A number in billionths, and how people like it written: "si", "binary" or "exponent"."""

    nanos: int
    style: str = "si"

    def __lt__(self, other: "Quantity") -> bool:
        return self.nanos < other.nanos

    def scaled(self, scale: int) -> int:
        """In units of 10**-scale, rounded up as the API server does, and held within 64 bits."""
        value: int = -(-self.nanos * 10**scale // NANO)
        return max(-MAX_INT64 - 1, min(MAX_INT64, value))

    @property
    def whole(self) -> bool:
        """No fraction of one."""
        return self.nanos % NANO == 0

    def plus(self, other: "Quantity") -> "Quantity":
        """The sum, in this one's style unless that is zero."""
        return Quantity(self.nanos + other.nanos, self.style if self.nanos else other.style)

    def text(self) -> str:
        """The canonical form (Quantity.CanonicalizeBytes)."""
        whole = self.whole
        if self.style == "binary" and whole and abs(self.nanos) >= 1024 * NANO:
            number, exponent = self.nanos // NANO, 0
            while number % 1024 == 0 and exponent < 60:
                number, exponent = number // 1024, exponent + 10
            return f"{number}{_BINARY_SUFFIX.get(exponent, '')}"
        if not self.nanos:
            return "0"
        number, exponent = self.nanos, -9
        while number % 1000 == 0 and (exponent < 18 or self.style == "exponent"):
            number, exponent = number // 1000, exponent + 3
        if self.style == "exponent":
            return f"{number}e{exponent}" if exponent else str(number)
        return f"{number}{_DECIMAL_SUFFIX[exponent]}"


@lru_cache(maxsize=8192)
def parse_quantity(text: str) -> Quantity:
    """The quantity of a text. Raises QuantityError."""
    parts = _PARTS.match(text)
    if not text or parts is None or not text.strip("+-"):
        raise QuantityError(FORMAT_WRONG)
    sign, whole, fraction, suffix = parts.groups(default="")
    if not (whole or fraction) and (len(text) > len(sign) + 1 or "." not in text):
        raise QuantityError(NUMERIC_WRONG if suffix in (*_DECIMAL, *_BINARY) else FORMAT_WRONG)
    if len(whole) + len(fraction) > MAX_EXPONENT:
        raise QuantityError(NUMERIC_WRONG)
    digits, places = int(whole + fraction or "0"), len(fraction)
    style, ten, two = unit(suffix)
    nanos = _ceil(digits * 2**two, ten + 9 - places)
    if style == "binary":
        if 0 < nanos < NANO:
            style = "si"
        nanos = min(nanos, MAX_INT64 * NANO)
    return Quantity(-nanos if sign == "-" else nanos, style)


def unit(suffix: str) -> tuple[str, int, int]:
    """Style, power of ten and power of two."""
    if suffix in _DECIMAL:
        return "si", _DECIMAL[suffix], 0
    if suffix in _BINARY:
        return "binary", 0, _BINARY[suffix]
    exponent = _EXPONENT.match(suffix)
    if exponent is None or len(exponent[1]) > 6 or abs(int(exponent[1])) > MAX_EXPONENT:
        raise QuantityError(SUFFIX_WRONG)
    return "exponent", int(exponent[1]), 0


def _ceil(number: int, exponent: int) -> int:
    power: int = 10 ** abs(exponent)
    return number * power if exponent >= 0 else -(-number // power)


def canonical(text: str) -> str:
    """What the API makes of a text: its canonical form, except for texts that ParseQuantity keeps, such as
    5.444T. Raises QuantityError."""
    quantity = parse_quantity(text)
    return text if _is_kept(text) else quantity.text()


_MOST_DIGITS: Final = 18
_MOST_BINARY_DIGITS: Final = 15
_NANO: Final = 9


def _is_kept(text: str) -> bool:
    """Decimal numbers of few digits whose last place a suffix has, without noughts at either end (v1.36.2
    pkg/api/resource/quantity.go, as since v1.2)."""
    parts = _PARTS.match(text)
    assert parts is not None
    _sign, whole, fraction, suffix = parts.groups(default="")
    style, ten, two = unit(suffix)
    number = whole.lstrip("0") or whole[:1]
    digits, scale = number + fraction, ten - len(fraction)
    if style == "binary":
        few = len(number) + two * 3 // 10 < _MOST_BINARY_DIGITS
        return few and not fraction and two % 10 == 0 and int(number) & 7 != 0
    if not digits or len(digits) > _MOST_DIGITS:
        return False
    return scale >= -_NANO and scale % 3 == 0 and not digits.endswith("000") and digits[0] != "0"


@lru_cache(maxsize=8192)
def millicores(text: str) -> int:
    """CPU in thousandths, rounded up. Raises QuantityError."""
    return parse_quantity(text).scaled(3)


@lru_cache(maxsize=8192)
def byte_count(text: str) -> int:
    """Memory in bytes, or a count, rounded up. Raises QuantityError."""
    return parse_quantity(text).scaled(0)


def binary_text(number: int) -> str:
    """A number of bytes in powers of 1024, canonical."""
    return Quantity(number * NANO, "binary").text()
