"""Where a request goes: which room, with whose token, now or at a moment of a branch.

    /k8s/CODE/...                                 as whoever has the code: looking
    /k8s/CODE/token/SECRET/...                    as the visitor who was given that token
    /k8s/CODE/branches/N/at/T/...                 a moment of a branch, in simulated seconds: looking only

kubectl sends no Authorization header over plain HTTP, so the token stands in the address; where it may, a
client sends it as a bearer instead. A bearer beside the token of the address may be a service account's,
and is not looked at.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from clustersim.digits import is_whole

PREFIX: Final = "/k8s/"
BEARER: Final = "bearer "
FURTHEST: Final = 2.0**40
"""Seconds; no moment lies further."""


class Moment(msgspec.Struct, frozen=True):
    """A moment of a branch; t in simulated seconds."""

    branch: int
    t: float


class Address(msgspec.Struct, frozen=True):
    """base: the path up to and without the API's own part; path: that part, "/api/v1/nodes"."""

    code: str
    base: str
    path: str
    secret: str = ""
    moment: Moment | None = None


def parse_address(path: str, headers: Mapping[bytes, bytes]) -> Address | None:
    """The address of a request, None if it is none."""
    if not path.startswith(PREFIX):
        return None
    code, _slash, rest = path.removeprefix(PREFIX).partition("/")
    base, secret, moment = f"{PREFIX}{code}", "", None
    match rest.split("/", 2):
        case ["token", secret, *more]:
            base, rest = f"{base}/token/{secret}", "".join(more)
        case _:
            pass
    match rest.split("/", 4):
        case ["branches", number, "at", t, *more]:
            moment = _moment(number, t)
            if moment is None:
                return None
            base, rest = f"{base}/branches/{number}/at/{t}", "".join(more)
        case _:
            pass
    sent = headers.get(b"authorization", b"").decode("latin1")
    if sent.lower().startswith(BEARER) and not secret:
        secret = sent[len(BEARER) :].strip()
    tidy = "/" + "/".join(part for part in rest.split("/") if part)
    return Address(code, base, tidy, secret, moment) if code else None


def _moment(number: str, t: str) -> Moment | None:
    try:
        at = float(t)
    except ValueError:
        return None
    if not (is_whole(number) and len(number) < 16 and abs(at) < FURTHEST):
        return None
    return Moment(int(number), at)
