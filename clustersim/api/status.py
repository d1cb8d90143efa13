"""Answers of the API server, and of a network that cannot reach it."""

from typing import Any

import msgspec

from clustersim.api.errors import Details


class Reply(msgspec.Struct, frozen=True, gc=False):
    """What a call ends with. status: HTTP status, 0 when no answer came; reason: the StatusReason, or the
    transport failure. details: of a refusal, what it is about. continue_: of a list, where the rest of it is.

    Transport failures: ConnectionRefused, ConnectionReset, Timeout.
    """

    status: int
    body: Any = None
    reason: str = ""
    message: str = ""
    resource_version: int = 0
    details: Details | None = None
    continue_: str = ""

    @property
    def ok(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    @property
    def unreachable(self) -> bool:
        """No answer came at all."""
        return self.status == 0

    @classmethod
    def transport(cls, reason: str, message: str) -> "Reply":
        """A failure below HTTP."""
        return cls(0, None, reason, message)
