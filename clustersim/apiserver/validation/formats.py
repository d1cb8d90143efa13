"""Formats of texts in the schemas of added kinds
(apiextensions-apiserver pkg/apiserver/validation/formats.go; k8s.io/kube-openapi pkg/validation/strfmt;
github.com/asaskevich/govalidator).

A format that is not known here is not looked at, as there.
"""

import datetime
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Final

from clustersim.apiserver.validation.names import dns_label, dns_subdomain
from clustersim.flags.duration import DurationError, parse_duration

_MARK: Final = r"[a-zA-Z0-9$+<=>^`|~\u0080-\U0010ffff]"
_HEX: Final = "[0-9a-f]"
_RGB: Final = r"\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*"
_CARD: Final = re.compile(
    r"4[0-9]{12}([0-9]{3})?|5[1-5][0-9]{14}|6(011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}"
    r"|3(0[0-5]|[68][0-9])[0-9]{11}|(2131|1800|35\d{3})\d{11}"
)
_TIME: Final = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})")
_URI: Final = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*:)?(?P<rest>.*)", re.DOTALL)
_SPELLED: Final = re.compile(r"(\d+)\s*([a-zµ]+)", re.IGNORECASE)
_UNITS: Final = re.compile(
    r"ns|nano(second)?s?|us|µs|micro(second)?s?|ms|milli(second)?s?|s|sec|seconds?|m|min|minutes?"
    r"|h|hr|hours?|d|days?|w|wk|weeks?",
    re.IGNORECASE,
)
_WEIGHTS: Final = {10: (10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 13: (1, 3) * 6 + (1,)}


def _written(pattern: str, flags: re.RegexFlag = re.ASCII) -> Callable[[str], bool]:
    compiled = re.compile(pattern, flags)
    return lambda text: compiled.fullmatch(text) is not None


def _uuid(third: str = _HEX, fourth: str = _HEX) -> Callable[[str], bool]:
    pattern = f"{_HEX}{{8}}-?{_HEX}{{4}}-?{third}{_HEX}{{3}}-?{fourth}{_HEX}{{3}}-?{_HEX}{{12}}"
    return _written(pattern, re.IGNORECASE)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _is_cidr(text: str) -> bool:
    address, slash, length = text.partition("/")
    most = "128" if ":" in address else "32"
    return bool(slash) and _is_address(address) and length.isdecimal() and int(length) <= int(most)


def _is_uri(text: str) -> bool:
    """url.ParseRequestURI"""
    match = _URI.fullmatch(text)
    if match is None or any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        return False
    rest = match["rest"]
    if re.search(r"%(?![0-9a-fA-F]{2})", rest.partition("?")[0]):
        return False
    if match["scheme"]:
        authority = rest.removeprefix("//").partition("/")[0] if rest.startswith("//") else ""
        return " " not in authority
    return text == "*" or text.startswith("/")


_ADDRESS: Final = _written(
    r'("[^"]+"|[^\s@,;:<>()\[\]".]+(\.[^\s@,;:<>()\[\]".]+)*)@[^\s@,;:<>()]+', re.NOFLAG
)


def _is_email(text: str) -> bool:
    """net/mail.ParseAddress, as far as people write addresses."""
    match = re.fullmatch(r"[^<>@]*<([^<>]*)>|([^<>]*)", text.strip())
    return match is not None and _ADDRESS((match[1] or match[2] or "").strip())


_HOSTNAME: Final = _written(
    rf"{_MARK}((-?{_MARK}{{0,62}})?)"
    rf"|({_MARK}(([a-zA-Z0-9$+<=>^`|~\u0080-\U0010ffff-]{{0,61}}{_MARK})?)\.)+{_MARK}(-?{_MARK}){{1,62}}",
    re.NOFLAG,
)


def _is_hostname(text: str) -> bool:
    sized = len(text.encode()) <= 255 and all(len(part.encode()) <= 63 for part in text.split("."))
    return sized and _HOSTNAME(text)


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2006-01-02")


def _is_moment(text: str) -> bool:
    day, _, rest = text.lower().partition("t")
    match = _TIME.fullmatch(rest)
    return _is_date(day) and match is not None and match[1] <= "23" and match[2] <= "59" and match[3] <= "59"


def _is_duration(text: str) -> bool:
    try:
        parse_duration(text)
    except DurationError:
        spelled = _SPELLED.findall(text) if len(text) <= _LONGEST_DURATION else []
        return bool(spelled) and all(_UNITS.fullmatch(unit) for _, unit in spelled)
    return True


def _is_isbn(length: int) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        bare = re.sub(r"[\s-]+", "", text)
        if len(bare) != length or re.fullmatch(r"\d+X?" if length == 10 else r"\d+", bare) is None:
            return False
        digits = [10 if letter == "X" else int(letter) for letter in bare]
        return (
            sum(a * b for a, b in zip(digits, _WEIGHTS[length], strict=True)) % (11 if length == 10 else 10)
            == 0
        )

    return fits


def _is_card(text: str) -> bool:
    digits = re.sub(r"[^0-9]+", "", text)
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return (
        sum(number - 9 * (number > 9) for number in doubled) % 10 == 0 and _CARD.fullmatch(digits) is not None
    )


_FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "bsonobjectid": _written(r"[0-9a-fA-F]{24}"),
    "uri": _is_uri,
    "email": _is_email,
    "hostname": _is_hostname,
    "ipv4": lambda text: "." in text and _is_address(text),
    "ipv6": lambda text: ":" in text and _is_address(text),
    "cidr": _is_cidr,
    "mac": _written(
        r"(?:[0-9a-fA-F]{2}(?P<by>[:-])[0-9a-fA-F]{2}(?:(?P=by)[0-9a-fA-F]{2}){4}(?:(?:(?P=by)[0-9a-fA-F]{2}){2}"
        r"|(?:(?P=by)[0-9a-fA-F]{2}){14})?|[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2}(?:\.[0-9a-fA-F]{4}"
        r"|(?:\.[0-9a-fA-F]{4}){7})?)"
    ),
    "uuid": _uuid(),
    "uuid3": _uuid("3"),
    "uuid4": _uuid("4", "[89ab]"),
    "uuid5": _uuid("5", "[89ab]"),
    "isbn": lambda text: _is_isbn(10)(text) or _is_isbn(13)(text),
    "isbn10": _is_isbn(10),
    "isbn13": _is_isbn(13),
    "creditcard": _is_card,
    "ssn": _written(r"\d{3}[- ]?\d{2}[- ]?\d{4}"),
    "hexcolor": _written(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
    "rgbcolor": _written(rf"rgb\({_RGB},{_RGB},{_RGB}\)"),
    "byte": _written(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"),
    "date": _is_date,
    "datetime": _is_moment,
    "duration": _is_duration,
}


def is_of_format(text: str, wanted: str, release: str) -> bool:
    """Whether a text is what a format says; what no format says anything about is."""
    name = wanted.replace("-", "")
    if name == "k8sshortname":
        return not dns_label(text, release)
    if name == "k8slongname":
        return not dns_subdomain(text, release)
    return name not in _FORMATS or len(text) > _LONGEST or _FORMATS[name](text)


_LONGEST: Final = 10_000
_LONGEST_DURATION: Final = 64
