"""The digits of pi, by Machin's formula, in whole numbers."""

from functools import lru_cache

_GUARD = 10
"""Digits more than are wanted, in which errors stay."""


@lru_cache(maxsize=4)
def digits_of_pi(count: int) -> str:
    """So many digits, the one before the point among them, as `perl -Mbignum=bpi` prints them."""
    one = 10 ** (count + _GUARD)
    pi = 4 * (4 * _arctangent_of_one_over(5, one) - _arctangent_of_one_over(239, one))
    rounded = (pi // 10**_GUARD + 5) // 10
    text = str(rounded)
    return text if count < 2 else f"{text[0]}.{text[1:]}"


def _arctangent_of_one_over(x: int, one: int) -> int:
    term, total, divisor, sign = one // x, 0, 1, 1
    while term:
        total += sign * (term // divisor)
        term //= x * x
        divisor, sign = divisor + 2, -sign
    return total
