"""What functions there are and what they take, as the API server of v1.36 declares them: the standard ones,
texts, lists, sets, regular expressions, URLs, quantities, addresses, formats, versions, optional values
(apiserver pkg/cel/environment/base.go; cel-go common/stdlib, ext).

A line is a function and its type; `TYPE.NAME(...)` is called on something. A and B stand for any type.
"""

import re
from functools import lru_cache
from typing import Final

import msgspec

from clustersim.cel.types import Type

_OPERATORS: Final = """
_?_:_(bool, A, A) A
_&&_(bool, bool) bool
_||_(bool, bool) bool
!_(bool) bool
_==_(A, A) bool
_!=_(A, A) bool
@in(A, list(A)) bool
@in(A, map(A, B)) bool
_[_](list(A), int) A
_[_](map(A, B), A) B
_[_](optional_type(list(A)), int) optional_type(A)
_[_](optional_type(map(A, B)), A) optional_type(B)
_[?_](list(A), int) optional_type(A)
_[?_](map(A, B), A) optional_type(B)
_[?_](optional_type(list(A)), int) optional_type(A)
_[?_](optional_type(map(A, B)), A) optional_type(B)
-_(int) int
-_(double) double
_+_(int, int) int
_+_(uint, uint) uint
_+_(double, double) double
_+_(string, string) string
_+_(bytes, bytes) bytes
_+_(list(A), list(A)) list(A)
_+_(timestamp, duration) timestamp
_+_(duration, timestamp) timestamp
_+_(duration, duration) duration
_-_(int, int) int
_-_(uint, uint) uint
_-_(double, double) double
_-_(timestamp, timestamp) duration
_-_(timestamp, duration) timestamp
_-_(duration, duration) duration
_*_(int, int) int
_*_(uint, uint) uint
_*_(double, double) double
_/_(int, int) int
_/_(uint, uint) uint
_/_(double, double) double
_%_(int, int) int
_%_(uint, uint) uint
"""
_COMPARED: Final = ("bool", "string", "bytes", "timestamp", "duration")
_FUNCTIONS: Final = """
size(string) int
size(bytes) int
size(list(A)) int
size(map(A, B)) int
string.size() int
bytes.size() int
list(A).size() int
map(A, B).size() int
type(A) type(A)
dyn(A) dyn
bool(bool) bool
bool(string) bool
int(int) int
int(uint) int
int(double) int
int(string) int
int(timestamp) int
uint(uint) uint
uint(int) uint
uint(double) uint
uint(string) uint
double(double) double
double(int) double
double(uint) double
double(string) double
string(string) string
string(bool) string
string(int) string
string(uint) string
string(double) string
string(bytes) string
string(timestamp) string
string(duration) string
string(IP) string
string(CIDR) string
bytes(bytes) bytes
bytes(string) bytes
timestamp(timestamp) timestamp
timestamp(string) timestamp
timestamp(int) timestamp
duration(duration) duration
duration(string) duration
matches(string, string) bool
string.matches(string) bool
string.contains(string) bool
string.startsWith(string) bool
string.endsWith(string) bool
string.find(string) string
string.findAll(string) list(string)
string.findAll(string, int) list(string)
string.charAt(int) string
string.indexOf(string) int
string.indexOf(string, int) int
string.lastIndexOf(string) int
string.lastIndexOf(string, int) int
string.lowerAscii() string
string.upperAscii() string
string.trim() string
string.replace(string, string) string
string.replace(string, string, int) string
string.split(string) list(string)
string.split(string, int) list(string)
string.substring(int) string
string.substring(int, int) string
string.format(list(dyn)) string
strings.quote(string) string
list(string).join() string
list(string).join(string) string
list(int).isSorted() bool
list(uint).isSorted() bool
list(double).isSorted() bool
list(bool).isSorted() bool
list(duration).isSorted() bool
list(timestamp).isSorted() bool
list(string).isSorted() bool
list(bytes).isSorted() bool
list(int).sum() int
list(uint).sum() uint
list(double).sum() double
list(duration).sum() duration
list(int).min() int
list(uint).min() uint
list(double).min() double
list(bool).min() bool
list(duration).min() duration
list(timestamp).min() timestamp
list(string).min() string
list(bytes).min() bytes
list(int).max() int
list(uint).max() uint
list(double).max() double
list(bool).max() bool
list(duration).max() duration
list(timestamp).max() timestamp
list(string).max() string
list(bytes).max() bytes
list(A).indexOf(A) int
list(A).lastIndexOf(A) int
list(A).slice(int, int) list(A)
list(A).distinct() list(A)
list(A).reverse() list(A)
list(A).sort() list(A)
list(dyn).flatten() list(dyn)
list(dyn).flatten(int) list(dyn)
lists.range(int) list(int)
sets.contains(list(A), list(A)) bool
sets.equivalent(list(A), list(A)) bool
sets.intersects(list(A), list(A)) bool
url(string) URL
isURL(string) bool
URL.getScheme() string
URL.getHost() string
URL.getHostname() string
URL.getPort() string
URL.getEscapedPath() string
URL.getQuery() map(string, list(string))
quantity(string) QUANTITY
isQuantity(string) bool
QUANTITY.isInteger() bool
QUANTITY.asInteger() int
QUANTITY.asApproximateFloat() double
QUANTITY.sign() int
QUANTITY.add(QUANTITY) QUANTITY
QUANTITY.add(int) QUANTITY
QUANTITY.sub(QUANTITY) QUANTITY
QUANTITY.sub(int) QUANTITY
QUANTITY.isGreaterThan(QUANTITY) bool
QUANTITY.isLessThan(QUANTITY) bool
QUANTITY.compareTo(QUANTITY) int
ip(string) IP
isIP(string) bool
ip.isCanonical(string) bool
IP.family() int
IP.isUnspecified() bool
IP.isLoopback() bool
IP.isLinkLocalMulticast() bool
IP.isLinkLocalUnicast() bool
IP.isGlobalUnicast() bool
cidr(string) CIDR
isCIDR(string) bool
CIDR.containsIP(string) bool
CIDR.containsIP(IP) bool
CIDR.containsCIDR(string) bool
CIDR.containsCIDR(CIDR) bool
CIDR.ip() IP
CIDR.prefixLength() int
CIDR.masked() CIDR
semver(string) SEMVER
semver(string, bool) SEMVER
isSemver(string) bool
isSemver(string, bool) bool
SEMVER.major() int
SEMVER.minor() int
SEMVER.patch() int
SEMVER.isGreaterThan(SEMVER) bool
SEMVER.isLessThan(SEMVER) bool
SEMVER.compareTo(SEMVER) int
AUTHORIZER.path(string) PATH
PATH.check(string) DECISION
AUTHORIZER.serviceAccount(string, string) AUTHORIZER
AUTHORIZER.group(string) GROUP
GROUP.resource(string) RESOURCE
RESOURCE.subresource(string) RESOURCE
RESOURCE.namespace(string) RESOURCE
RESOURCE.name(string) RESOURCE
RESOURCE.fieldSelector(string) RESOURCE
RESOURCE.labelSelector(string) RESOURCE
RESOURCE.check(string) DECISION
DECISION.allowed() bool
DECISION.reason() string
DECISION.errored() bool
DECISION.error() string
format.named(string) optional_type(FORMAT)
FORMAT.validate(string) optional_type(list(string))
optional.of(A) optional_type(A)
optional.ofNonZeroValue(A) optional_type(A)
optional.none() optional_type(A)
optional_type(A).hasValue() bool
optional_type(A).value() A
optional_type(A).or(optional_type(A)) optional_type(A)
optional_type(A).orValue(A) A
timestamp.getFullYear() int
timestamp.getMonth() int
timestamp.getDate() int
timestamp.getDayOfMonth() int
timestamp.getDayOfWeek() int
timestamp.getDayOfYear() int
timestamp.getHours() int
timestamp.getMinutes() int
timestamp.getSeconds() int
timestamp.getMilliseconds() int
duration.getHours() int
duration.getMinutes() int
duration.getSeconds() int
duration.getMilliseconds() int
"""
FORMATS: Final = (
    "dns1123Label", "dns1123Subdomain", "dns1035Label", "qualifiedName", "dns1123LabelPrefix",
    "dns1123SubdomainPrefix", "dns1035LabelPrefix", "labelValue", "uri", "uuid", "byte", "date", "datetime",
)  # fmt: skip
NAMESPACES: Final = frozenset({"strings", "lists", "sets", "ip", "format", "optional"})
"""What stands before a point and is no value, but a part of a function's name."""
OPAQUE: Final = {
    "IP": "net.IP",
    "CIDR": "net.CIDR",
    "URL": "kubernetes.URL",
    "QUANTITY": "kubernetes.Quantity",
    "SEMVER": "kubernetes.Semver",
    "FORMAT": "kubernetes.NamedFormat",
    "AUTHORIZER": "kubernetes.authorization.Authorizer",
    "PATH": "kubernetes.authorization.PathCheck",
    "GROUP": "kubernetes.authorization.GroupCheck",
    "RESOURCE": "kubernetes.authorization.ResourceCheck",
    "DECISION": "kubernetes.authorization.Decision",
}
"""Types that are told by a name only."""


class Overload(msgspec.Struct, frozen=True):
    """One way to call a function. member: on something, which is the first of its arguments."""

    member: bool
    args: tuple[Type, ...]
    result: Type


@lru_cache(maxsize=1)
def overloads() -> dict[str, tuple[Overload, ...]]:
    """Of each function by its name."""
    compared = [f"{sign}({one}, {one}) bool" for sign in _ORDERS for one in _COMPARED]
    numbers = ("int", "uint", "double")
    compared += [f"{sign}({a}, {b}) bool" for sign in _ORDERS for a in numbers for b in numbers]
    parts = (one for one in _FUNCTIONS.split("\n") if one.startswith("timestamp.get"))
    compared += [one.replace("()", "(string)") for one in parts]
    formats = [f"format.{name}() FORMAT" for name in FORMATS]
    found: dict[str, list[Overload]] = {}
    for line in (*_OPERATORS.split("\n"), *compared, *_FUNCTIONS.split("\n"), *formats):
        if line:
            name, overload = _read(line)
            found.setdefault(name, []).append(overload)
    return {name: tuple(ways) for name, ways in found.items()}


_ORDERS: Final = ("_<_", "_<=_", "_>_", "_>=_")
_MEMBER: Final = re.compile(r"(?P<target>[A-Za-z_]+(?:\(.*?\))?)\.(?P<name>[A-Za-z]+)\(")


def _read(line: str) -> tuple[str, Overload]:
    member = _MEMBER.match(line)
    opening = line.index("(", member.end() - 1) if member else line.index("(")
    closing = _closing(line, opening)
    args = _types(line[opening + 1 : closing])
    result = _type(line[closing + 2 :])
    if member is None or member["target"] in NAMESPACES:
        return line[:opening], Overload(False, args, result)
    return member["name"], Overload(True, (_type(member["target"]), *args), result)


def _closing(text: str, opening: int) -> int:
    depth = 0
    for index in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if not depth:
            return index
    raise ValueError(text)


def _types(text: str) -> tuple[Type, ...]:
    found, depth, begin = [], 0, 0
    for index, char in enumerate(text):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and not depth:
            found.append(_type(text[begin:index]))
            begin = index + 1
    return (*found, _type(text[begin:])) if text else ()


def _type(text: str) -> Type:
    name, opening, inner = text.strip().partition("(")
    return Type(OPAQUE.get(name, name), _types(inner[:-1]) if opening else ())
