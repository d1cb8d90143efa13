"""Quantities, addresses, URLs, versions and optional values (apiserver pkg/cel/library; cel-go
cel/library.go)."""

import re
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from clustersim.api.quantity import NANO, Quantity, QuantityError, parse_quantity
from clustersim.cel.declarations import FORMATS
from clustersim.cel.operators import no_overload
from clustersim.cel.syntax import CelError
from clustersim.cel.values import (
    CIDR,
    IP,
    LEAST,
    MOST,
    NOTHING,
    URL,
    Duration,
    Format,
    Optional,
    Semver,
    Timestamp,
)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise no_overload()
    return value


def _succeeds(read: Callable[..., Any]) -> Callable[..., bool]:
    """`isX`, of what reads an X."""

    def holds(*args: Any) -> bool:
        _text(args[0])
        try:
            read(*args)
        except CelError:
            return False
        return True

    return holds


# --- quantities --------------------------------------------------------------------------------------------


def _quantity(value: Any) -> Quantity:
    try:
        return parse_quantity(_text(value))
    except QuantityError as error:
        raise CelError(str(error)) from None


def _amount(value: Any) -> Quantity:
    """A quantity, or a whole number as one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Quantity(int(value) * NANO, "exponent")
    if not isinstance(value, Quantity):
        raise no_overload()
    return value


def _is_integer(value: Any) -> bool:
    return _amount(value).whole and LEAST <= value.nanos // NANO <= MOST


def _as_integer(value: Any) -> int:
    if not _is_integer(value):
        raise CelError("cannot convert value to integer")
    return int(value.nanos // NANO)


def _compared(a: Any, b: Any) -> int:
    if isinstance(a, Semver) and isinstance(b, Semver):
        one, other = _rank(a), _rank(b)
        return (one > other) - (one < other)
    one_amount, other_amount = _amount(a).nanos, _amount(b).nanos
    return (one_amount > other_amount) - (one_amount < other_amount)


def _sum(a: Any, b: Any) -> Quantity:
    return _amount(a).plus(_amount(b))


def _difference(a: Any, b: Any) -> Quantity:
    return _amount(a).plus(Quantity(-_amount(b).nanos, b.style if isinstance(b, Quantity) else "exponent"))


# --- versions ----------------------------------------------------------------------------------------------

_SEMVER: Final = re.compile(
    r"(0|[1-9]\d{0,18})\.(0|[1-9]\d{0,18})\.(0|[1-9]\d{0,18})"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?",
    re.ASCII,
)


def _semver(value: Any, normalize: Any = False) -> Semver:
    text = _text(value)
    if normalize and text:
        text = _normalized(text)
    found = _SEMVER.fullmatch(text)
    if found is None:
        few = text.count(".") < 2
        raise CelError("No Major.Minor.Patch elements found" if few else f'Invalid version "{text}"')
    numbers = (int(found[1]), int(found[2]), int(found[3]))
    return Semver(
        numbers,
        tuple(found[4].split(".")) if found[4] else (),
        tuple(found[5].split(".")) if found[5] else (),
    )


def _normalized(text: str) -> str:
    """With all three numbers, without a v before and noughts in front of them (library/semverlib.go)."""
    head, sign, rest = re.fullmatch(r"v?([0-9.]*)([-+]?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    parts = [*head.split("."), "0", "0"][: max(3, head.count(".") + 1)]
    return ".".join(part.lstrip("0") or "0" for part in parts) + sign + rest


def _rank(version: Semver) -> tuple[Any, ...]:
    pre = tuple((0, int(one), "") if one.isdecimal() else (1, 0, one) for one in version.pre)
    return (version.numbers, not version.pre, pre)


def _number_of(place: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not isinstance(value, Semver):
            raise no_overload()
        return value.numbers[place]

    return read


# --- addresses ---------------------------------------------------------------------------------------------


def _ip(value: Any) -> IP:
    text = _text(value)
    try:
        address = ip_address(text)
    except ValueError:
        why = f'ParseAddr("{text}"): unable to parse IP'
        raise CelError(f'IP Address "{text}" parse error during conversion from string: {why}') from None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise CelError(f'IP address "{text}" with zone value is not allowed')
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        raise CelError(f'IPv4-mapped IPv6 address "{text}" is not allowed')
    return IP(address)


def _a_ip(value: Any) -> IP:
    if not isinstance(value, IP):
        raise no_overload()
    return value


def _is_canonical(value: Any) -> bool:
    return bool(str(_ip(value).address) == value)


def _is_global(value: Any) -> bool:
    """As Go says: neither unspecified, nor of this machine or link, nor of many."""
    address = _a_ip(value).address
    return not (
        address.is_unspecified
        or address.is_loopback
        or address.is_multicast
        or address.is_link_local
        or str(address) == "255.255.255.255"
    )


def _cidr(value: Any) -> CIDR:
    text = _text(value)
    begun = "network address parse error during conversion from string"
    address, slash, length = text.partition("/")
    try:
        if not slash or not (length.isdecimal() and length.isascii()) or (length[0] == "0" and length != "0"):
            raise ValueError(text)
        found = _ip(address).address
        network = ip_network(f"{address}/{length}", strict=False)
    except (ValueError, CelError):
        raise CelError(f"{begun}: {begun}: netip.ParsePrefix(\"{text}\"): no '/'") from None
    return CIDR(found, network)


def _a_cidr(value: Any) -> CIDR:
    if not isinstance(value, CIDR):
        raise no_overload()
    return value


def _contains_ip(a: Any, b: Any) -> bool:
    return bool((_ip(b) if isinstance(b, str) else _a_ip(b)).address in _a_cidr(a).network)


def _contains_cidr(a: Any, b: Any) -> bool:
    one, other = _a_cidr(a).network, (_cidr(b) if isinstance(b, str) else _a_cidr(b)).network
    within = one.version == other.version and other.network_address in one
    return bool(within and one.prefixlen <= other.prefixlen)


def _masked(value: Any) -> CIDR:
    network = _a_cidr(value).network
    return CIDR(network.network_address, network)


def _ip_of(value: Any) -> IP:
    return IP(value.address) if isinstance(value, CIDR) else _ip(value)


# --- URLs --------------------------------------------------------------------------------------------------

_URL: Final = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):)?(?://(?P<host>[^/?#]*))?(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?",
    re.DOTALL,
)
_HOST: Final = re.compile(r"(?:[^@]*@)?(?P<name>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]*))?")
_LONE_PERCENT: Final = re.compile(r"%(?![0-9a-fA-F]{2})")


def _url(value: Any) -> URL:
    text = _text(value)
    begun = f'URL parse error during conversion from string: parse "{text}"'
    found = _URL.fullmatch(text)
    if found is None or not text:
        raise CelError(f"{begun}: empty url")
    scheme, host, path = (found[name] or "" for name in ("scheme", "host", "path"))
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in text):
        raise CelError(f"{begun}: net/url: invalid control character in URL")
    if not scheme and not text.startswith("/"):
        raise CelError(f"{begun}: invalid URI for request")
    if " " in host or _HOST.fullmatch(host) is None:
        raise CelError(f"{begun}: invalid character in host name")
    if (lone := _LONE_PERCENT.search(path)) is not None:
        raise CelError(f'{begun}: invalid URL escape "{path[lone.start() : lone.start() + 3]}"')
    query = parse_qs(found["query"] or "", keep_blank_values=True, max_num_fields=1000)
    pairs = tuple((name, tuple(values)) for name, values in query.items())
    return URL(text, scheme.lower(), host.rpartition("@")[2], path, pairs)


def _part(read: Callable[[URL], Any]) -> Callable[[Any], Any]:
    def of(value: Any) -> Any:
        if not isinstance(value, URL):
            raise no_overload()
        return read(value)

    return of


def _host_part(url: URL, part: str) -> str:
    found = _HOST.fullmatch(url.host)
    return unquote((found[part] or "").strip("[]")) if found is not None else ""


# --- optional values ---------------------------------------------------------------------------------------


def _optional(value: Any) -> Optional:
    if not isinstance(value, Optional):
        raise no_overload()
    return value


def _value(value: Any) -> Any:
    if not _optional(value).given:
        raise CelError("optional.none() dereference")
    return value.value


def _of_non_zero(value: Any) -> Optional:
    empty = value is None or value in (False, 0, "", b"", (), [], {}, Duration(0), Timestamp(0))
    return NOTHING if empty else Optional(value, True)


def _named_format(name: Any) -> Optional:
    return Optional(Format(_text(name)), True) if name in FORMATS else NOTHING


def _always(name: str) -> Callable[[], Format]:
    return lambda: Format(name)


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "quantity": _quantity,
    "isQuantity": _succeeds(_quantity),
    "isInteger": _is_integer,
    "asInteger": _as_integer,
    "asApproximateFloat": lambda a: _amount(a).nanos / NANO,
    "sign": lambda a: (_amount(a).nanos > 0) - (_amount(a).nanos < 0),
    "add": _sum,
    "sub": _difference,
    "isGreaterThan": lambda a, b: _compared(a, b) > 0,
    "isLessThan": lambda a, b: _compared(a, b) < 0,
    "compareTo": _compared,
    "semver": _semver,
    "isSemver": _succeeds(_semver),
    "major": _number_of(0),
    "minor": _number_of(1),
    "patch": _number_of(2),
    "ip": _ip_of,
    "isIP": _succeeds(_ip),
    "ip.isCanonical": _is_canonical,
    "family": lambda a: _a_ip(a).address.version,
    "isUnspecified": lambda a: _a_ip(a).address.is_unspecified,
    "isLoopback": lambda a: _a_ip(a).address.is_loopback,
    "isLinkLocalMulticast": lambda a: (
        _a_ip(a).address in ip_network("224.0.0.0/24" if a.address.version == 4 else "ff02::/16")
    ),
    "isLinkLocalUnicast": lambda a: _a_ip(a).address.is_link_local,
    "isGlobalUnicast": _is_global,
    "cidr": _cidr,
    "isCIDR": _succeeds(_cidr),
    "containsIP": _contains_ip,
    "containsCIDR": _contains_cidr,
    "prefixLength": lambda a: _a_cidr(a).network.prefixlen,
    "masked": _masked,
    "url": _url,
    "isURL": _succeeds(_url),
    "getScheme": _part(lambda url: url.scheme),
    "getHost": _part(lambda url: url.host),
    "getHostname": _part(lambda url: _host_part(url, "name")),
    "getPort": _part(lambda url: _host_part(url, "port")),
    "getEscapedPath": _part(lambda url: url.path),
    "getQuery": _part(lambda url: dict(url.query)),
    "format.named": _named_format,
    **{f"format.{name}": _always(name) for name in FORMATS},
    "optional.of": lambda a: Optional(a, True),
    "optional.ofNonZeroValue": _of_non_zero,
    "optional.none": lambda: NOTHING,
    "hasValue": lambda a: _optional(a).given,
    "value": _value,
    "or": lambda a, b: a if _optional(a).given else _optional(b),
    "orValue": lambda a, b: a.value if _optional(a).given else b,
}
