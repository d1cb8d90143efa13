"""Addresses and ranges of addresses, as fields hold them.

Source: v1.36.2 apimachinery pkg/util/validation/ip.go (gate StrictIPCIDRValidation, on since v1.36); v1.7.5,
v1.8.0 pkg/util/validation.
"""

import ipaddress
from functools import lru_cache
from typing import Final

_NO_ADDRESS: Final = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_NO_RANGE: Final = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


@lru_cache(maxsize=8192)
def ip_address(text: str, release: str) -> tuple[str, ...]:
    """What is wrong with an address."""
    address = sloppy(text)
    if release != "v1.36":
        return () if address is not None else ("must be a valid IP address, (e.g. 10.9.8.7)",)
    if address is None:
        return (_NO_ADDRESS,)
    if not _is_exact(text):
        return ("must not have leading 0s",)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return ("must not be an IPv4-mapped IPv6 address",)
    return ()


def canonical_address(text: str) -> tuple[str, ...]:
    """The same of one that has to be written as short as can be (v1.36)."""
    wrong = ip_address(text, "v1.36")
    shortest = str(sloppy(text))
    return wrong or (() if shortest == text else (f'must be in canonical form ("{shortest}")',))


def ip_range(text: str) -> tuple[str, ...]:
    """What is wrong with a range (v1.36)."""
    found = _sloppy_range(text)
    if found is None:
        return (_NO_RANGE,)
    address, length = found
    given, _slash, bits = text.partition("/")
    if not _is_exact(given) or (len(bits) > 1 and bits.startswith("0")):
        return ("must not have leading 0s in IP or prefix length",)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return ("must not have an IPv4-mapped IPv6 address",)
    if ipaddress.ip_network((address, length), strict=False).network_address != address:
        return ("must not have bits set beyond the prefix length",)
    return ()


def canonical_range(text: str) -> tuple[str, ...]:
    """The same of one that has to be written as short as can be (v1.36)."""
    if wrong := ip_range(text):
        return wrong
    shortest = str(ipaddress.ip_network(text, strict=False))
    return () if shortest == text else (f'must be in canonical form ("{shortest}")',)


def sloppy(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address whose numbers may begin with noughts (netutils.ParseIPSloppy)."""
    if not text.isascii() or "%" in text:
        return None
    head, colon, tail = text.rpartition(":")
    parts = tail.split(".")
    if len(parts) > 1 and all(part.isdigit() for part in parts):
        tail = ".".join(str(int(part[:20])) for part in parts)
    try:
        return ipaddress.ip_address(f"{head}{colon}{tail}")
    except ValueError:
        return None


def _is_exact(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _sloppy_range(text: str) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int] | None:
    given, slash, bits = text.partition("/")
    address = sloppy(given)
    if not slash or address is None or not (bits.isascii() and bits.isdigit()) or len(bits) > 6:
        return None
    return (address, int(bits)) if int(bits) <= address.max_prefixlen else None
