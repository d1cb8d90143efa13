"""Ports on which processes listen, and how they tell their health there (apiserver/pkg/server/healthz)."""

from enum import StrEnum
from typing import Final

import msgspec

LOOPBACK: Final = "127.0.0.1"

Checks = tuple[tuple[str, bool], ...]
"""What is looked at for a health check, and whether it is well."""

PING: Final[Checks] = (("ping", True),)


class Serves(StrEnum):
    """What is served on a port."""

    API = "api"
    INSECURE_API = "insecure-api"
    STORE = "store"
    PEERS = "peers"
    HEALTH = "health"
    NODE_HEALTH = "node-health"
    NODE_API = "node-api"
    READ_ONLY = "read-only"
    PROXY_HEALTH = "proxy-health"
    METRICS = "metrics"


class Listener(msgspec.Struct, frozen=True):
    """A port and the address it is bound to. secure: it speaks TLS only."""

    bind: str
    port: int
    serves: Serves
    secure: bool = False

    @property
    def scheme(self) -> str:
        """How its URLs begin."""
        return "https" if self.secure else "http"


class Health(msgspec.Struct, frozen=True):
    """An answer. status: HTTP status, 0 when there was none; body: what curl prints."""

    status: int
    body: str


def health(checks: Checks, *, name: str = "healthz", verbose: bool = False) -> Health:
    """What a health check answers: ok, or all it looked at where something is wrong or all is asked for."""
    failed = not all(ok for _, ok in checks)
    if not failed and not verbose:
        return Health(200, "ok")
    lines = [f"[+]{check} ok" if ok else f"[-]{check} failed: reason withheld" for check, ok in checks]
    lines.append(f"{name} check failed" if failed else f"{name} check passed")
    return Health(500 if failed else 200, "\n".join(lines))
