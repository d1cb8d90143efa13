"""The addresses of sandboxes, given out of a range one after another."""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Network
from typing import Final

FIRST_ADDRESS: Final = 2
RESERVED: Final = 3
"""Of a node's range the network, the bridge and the broadcast have addresses of their own."""


def next_address(cidr: str, last: int, taken: Collection[str]) -> tuple[str, int]:
    """The next one after the last that is free (allocators go round), and its number; "" and the last where
    none is.
    """
    span = _size(cidr) - RESERVED
    for step in range(1, span + 1):
        candidate = FIRST_ADDRESS + (last - FIRST_ADDRESS + step) % span
        address = _address(cidr, candidate)
        if address not in taken:
            return address, candidate
    return "", last


@lru_cache(maxsize=1 << 14)
def _size(cidr: str) -> int:
    return IPv4Network(cidr).num_addresses


@lru_cache(maxsize=1 << 14)
def _first(cidr: str) -> tuple[str, int]:
    """The first three bytes of a range's addresses as a text, and the fourth."""
    stem, _, last = str(IPv4Network(cidr)[0]).rpartition(".")
    return stem, int(last)


def _address(cidr: str, number: int) -> str:
    """The address of that number in a range."""
    stem, last = _first(cidr)
    if last + number < 1 << 8:
        return f"{stem}.{last + number}"
    return str(IPv4Network(cidr)[number])
