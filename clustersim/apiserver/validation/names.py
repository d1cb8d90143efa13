"""The rules of names, label keys and values, ports (apimachinery pkg/util/validation/validation.go).

Each rule gives the reasons why a text breaks it, none if it does not. The same names come again and again.
"""

import ipaddress
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from clustersim.api.variable_names import C_IDENTIFIER, VARIABLE, is_variable_name
from clustersim.apiserver.validation.ips import canonical_address, sloppy

Rule = Callable[[str, str], Sequence[str]]
"""The reasons why a text breaks it, in the words of a release."""

_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_LABEL}(\.{_LABEL})*"
_WILDCARD: Final = rf"\*\.{_SUBDOMAIN}"
_DNS_1035: Final = "[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED: Final = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE: Final = f"({_QUALIFIED})?"
_CONFIG_KEY: Final = r"[-._a-zA-Z0-9]+"
_PERCENT: Final = "[0-9]+%"
_HEADER: Final = "[-A-Za-z0-9]+"
_REASON: Final = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?"


def _told(told: str, pattern: str, *examples: str) -> str:
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{told} (e.g. {shown}regex used for validation is '{pattern}')"


_is_subdomain: Final = re.compile(_SUBDOMAIN, re.ASCII).fullmatch


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


def too_long(limit: int, release: str = "") -> str:
    """The reason for a text over its limit; of labels today's release says bytes (apimachinery
    pkg/api/validate/content)."""
    return f"must be no more than {limit} {'bytes' if release == 'v1.36' else 'characters'}"


@lru_cache(maxsize=8192)
def dns_label(text: str, release: str) -> tuple[str, ...]:
    """A name without dots: of containers, volumes, namespaces."""
    reasons = [too_long(63)] if len(text) > 63 else []
    if release == "v1.36" and not _matches(_LABEL, text) and _is_subdomain(text):
        reasons.append("must not contain dots")
    elif not _matches(_LABEL, text):
        what = "a lowercase RFC 1123 label" if release == "v1.36" else "a DNS-1123 label"
        told = (
            f"{what} must consist of lower case alphanumeric characters or '-', and must start and end with "
            "an alphanumeric character"
        )
        reasons.append(_told(told, _LABEL, "my-name", "123-abc"))
    return tuple(reasons)


def dns_subdomain(text: str, release: str) -> tuple[str, ...]:
    """A name that may have dots: of most objects, which are new, so that nothing is remembered of it."""
    if len(text) <= 253 and _is_subdomain(text):
        return ()
    reasons = [too_long(253)] if len(text) > 253 else []
    if not _matches(_SUBDOMAIN, text):
        what = "a lowercase RFC 1123 subdomain" if release == "v1.36" else "a DNS-1123 subdomain"
        told = (
            f"{what} must consist of lower case alphanumeric characters, '-' or '.', and must start and end "
            "with an alphanumeric character"
        )
        reasons.append(_told(told, _SUBDOMAIN, "example.com"))
    return tuple(reasons)


def ip_address_name(text: str, release: str) -> tuple[str, ...]:
    """A name that is an address, written as short as can be (pkg/apis/networking/validation
    ValidateIPAddressName)."""
    return canonical_address(text)


def anything(_text: str, _release: str) -> tuple[str, ...]:
    """Of requests for certificates (ValidateCertificateRequestName)."""
    return ()


def wildcard_subdomain(text: str, release: str) -> tuple[str, ...]:
    """A name with a star for its first part: of the hosts of an Ingress."""
    reasons = [too_long(253)] if len(text) > 253 else []
    if not _matches(_WILDCARD, text):
        told = (
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which "
            "must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric "
            "character"
        )
        reasons.append(_told(told, _WILDCARD, "*.example.com"))
    return tuple(reasons)


@lru_cache(maxsize=8192)
def service_name(text: str, release: str) -> Sequence[str]:
    """Of Services; today it may begin with a digit (v1.36, gate RelaxedServiceNameValidation)."""
    return dns_label(text, release) if release == "v1.36" else dns_1035_label(text, release)


def stateful_set_name(text: str, release: str) -> Sequence[str]:
    """Of StatefulSets; today without dots, since it begins the names of hosts."""
    return dns_label(text, release) if release == "v1.36" else dns_subdomain(text, release)


def dns_1035_label(text: str, release: str) -> tuple[str, ...]:
    """A name that begins with a letter: of Services."""
    reasons = [too_long(63)] if len(text) > 63 else []
    if not _matches(_DNS_1035, text):
        told = (
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
            "alphabetic character, and end with an alphanumeric character"
        )
        reasons.append(_told(told, _DNS_1035, "my-name", "abc-123"))
    return tuple(reasons)


def fully_qualified(text: str, release: str) -> list[str]:
    """What is wrong with a name that has a domain (IsFullyQualifiedName)."""
    if reasons := dns_subdomain(text, release):
        return [",".join(reasons)]
    if text.count(".") < len(".."):
        return ["should be a domain with at least three segments separated by dots"]
    return []


def path_segment(text: str, release: str) -> list[str]:
    """A name that may hold almost anything: of roles, PriorityClasses' system names, Leases of old."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return [f"may not contain '{sign}'" for sign in "/%" if sign in text]


_HTTP_PATH: Final = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"


def domain_prefixed_path(text: str, release: str) -> tuple[tuple[str, str], ...]:
    """What is wrong with a name such as example.com/controller: the part and the reason (v1.36)."""
    host, _, path = text.partition("/")
    if not host or not path:
        return ((text, 'must be a domain-prefixed path (such as "acme.io/foo")'),)
    reasons = [(host, why) for why in dns_subdomain(host, release)]
    if not _matches(_HTTP_PATH, path):
        reasons.append((path, f"Invalid path (regex used for validation is '{_HTTP_PATH}')"))
    return tuple(reasons)


@lru_cache(maxsize=8192)
def qualified_name(text: str, release: str) -> tuple[str, ...]:
    """A label key, with or without a prefix."""
    told = _told(
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        "alphanumeric character",
        _QUALIFIED,
        "MyName",
        "my.name",
        "123-abc",
    )
    parts = text.split("/")
    if len(parts) > 2:
        extra = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        what = "a valid label key" if release == "v1.36" else "a qualified name"
        return (f"{what} {told}{extra}",)
    reasons = []
    if len(parts) == 2:
        if not parts[0]:
            reasons.append("prefix part must be non-empty")
        else:
            whys = dns_subdomain(parts[0], release)
            reasons += [f"prefix part {why.replace(too_long(253), too_long(253, release))}" for why in whys]
    name = parts[-1]
    if not name:
        reasons.append("name part must be non-empty")
    elif len(name.encode()) > 63:
        reasons.append(f"name part {too_long(63, release)}")
    if not _matches(_QUALIFIED, name):
        reasons.append(f"name part {told}")
    return tuple(reasons)


@lru_cache(maxsize=8192)
def label_value(text: str, release: str) -> tuple[str, ...]:
    """The value of a label."""
    reasons = [too_long(63, release)] if len(text.encode()) > 63 else []
    if not _matches(_VALUE, text):
        told = (
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
            "and must start and end with an alphanumeric character"
        )
        reasons.append(_told(told, _VALUE, "MyValue", "my_value", "12345"))
    return tuple(reasons)


def variable_name(text: str, release: str) -> Sequence[str]:
    """The name of an environment variable."""
    good = is_variable_name(text, release)
    if release == "v1.36":
        if not text:
            return ["environment variable name must be non-empty"]
        if not good:
            return [
                "a valid environment variable name must consist only of printable ASCII characters other "
                "than '='"
            ]
        return []
    if release == "v1.7":
        told = (
            "a valid C identifier must start with alphabetic character or '_', followed by a string of "
            "alphanumeric characters or '_'"
        )
        return [] if good else [_told(told, C_IDENTIFIER, "my_name", "MY_NAME", "MyName")]
    told = (
        "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', "
        "and must not start with a digit"
    )
    return [] if good else [_told(told, VARIABLE, "my.env-name", "MY_ENV.NAME", "MyEnvName1")]


@lru_cache(maxsize=8192)
def config_key(text: str, release: str) -> tuple[str, ...]:
    """A key of a ConfigMap or Secret."""
    reasons = [too_long(253)] if len(text) > 253 else []
    if not _matches(_CONFIG_KEY, text):
        told = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
        reasons.append(_told(told, _CONFIG_KEY, "key.name", "KEY_NAME", "key-name"))
    if text in (".", ".."):
        reasons.append(f"must not be '{text}'")
    elif text.startswith(".."):
        reasons.append("must not start with '..'")
    return tuple(reasons)


def header_name(text: str, _release: str) -> list[str]:
    """The name of a header of HTTP."""
    told = "a valid HTTP header must consist of alphanumeric characters or '-'"
    return [] if _matches(_HEADER, text) else [_told(told, _HEADER, "X-Header-Name")]


def condition_reason(text: str) -> list[str]:
    """Why a condition is as it is, in a word."""
    told = (
        "a condition reason must start with alphabetic character, optionally followed by a string of "
        "alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'"
    )
    examples = ("my_name", "MY_NAME", "MyName", "ReasonA,ReasonB", "ReasonA:ReasonB")
    return [] if _matches(_REASON, text) else [_told(told, _REASON, *examples)]


def percentage(text: str) -> list[str]:
    """A percentage such as "25%"."""
    told = "a valid percent string must be a numeric string followed by an ending '%'"
    return [] if _matches(_PERCENT, text) else [_told(told, _PERCENT, "1%", "93%")]


def port_number(number: int) -> list[str]:
    """A port."""
    return [] if 1 <= number <= 65535 else ["must be between 1 and 65535, inclusive"]


@lru_cache(maxsize=8192)
def port_name(text: str, release: str) -> tuple[str, ...]:
    """The name of a container's port."""
    reasons = [too_long(15)] if len(text) > 15 else []
    if not _matches("[-a-z0-9]+" if release == "v1.36" else "[-a-z0-9]*", text):
        reasons.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", text):
        reasons.append("must contain at least one letter (a-z)")
    if "--" in text:
        reasons.append("must not contain consecutive hyphens")
    if text.startswith("-") or text.endswith("-"):
        reasons.append("must not begin or end with a hyphen")
    return tuple(reasons)


_SPECIAL: Final = (
    (ipaddress.ip_network("127.0.0.0/8"), "loopback", ", ::1/128"),
    (ipaddress.ip_network("169.254.0.0/16"), "link-local", ", fe80::/10"),
    (ipaddress.ip_network("224.0.0.0/24"), "link-local multicast", ", ff02::/10"),
)

_SPECIAL_OF_6: Final = {
    "loopback": ipaddress.ip_network("::1/128"),
    "link-local": ipaddress.ip_network("fe80::/10"),
    "link-local multicast": ipaddress.ip_network("ff02::/16"),
}


@lru_cache(maxsize=8192)
def common_address(text: str, release: str) -> tuple[str, ...]:
    """Why an address is none for anybody else's use (ValidateNonSpecialIP)."""
    address = sloppy(text)
    if address is None:
        return ()
    if address.is_unspecified:
        return (f"may not be unspecified ({text if release == 'v1.36' else '0.0.0.0'})",)  # noqa: S104
    for network, name, also in _SPECIAL:
        if address in network or (address.version == 6 and address in _SPECIAL_OF_6[name]):
            return (f"may not be in the {name} range ({network}{also if release == 'v1.36' else ''})",)
    return ()
