"""Answers on the wire: JSON bodies, and every refusal as a Status (apimachinery pkg/apis/meta/v1)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

REASONS: Final[Mapping[int, str]] = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    409: "Conflict",
    410: "Expired",
    413: "RequestEntityTooLarge",
    415: "UnsupportedMediaType",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


class Response(msgspec.Struct, frozen=True):
    """A whole answer. body: anything msgspec encodes, or bytes as they are; warnings: texts of Warning
    headers.
    """

    code: int
    body: Any
    content_type: str = "application/json"
    warnings: tuple[str, ...] = ()
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def encoded(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else msgspec.json.encode(self.body) + b"\n"


class WireError(Exception):
    """A request that is refused before the model's API server hears of it."""

    def __init__(
        self, code: int, message: str, *, reason: str | None = None, details: Any = None, continue_: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = REASONS.get(code, HTTPStatus(code).phrase) if reason is None else reason
        self.details = details
        self.continue_ = continue_

    def response(self) -> Response:
        body = status_body(self.code, str(self), self.reason, self.details)
        if self.continue_:
            body["metadata"] = {"continue": self.continue_}
        return _refused(self.code, body, self.details)


def status_body(code: int, message: str, reason: str | None = None, details: Any = None) -> dict[str, Any]:
    """A Status of failure. reason: that of its code if nothing is said; a real server has none for errors
    that it does not know.
    """
    body: dict[str, Any] = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
    }
    if told := REASONS.get(code, "") if reason is None else reason:
        body["reason"] = told
    if told_more := {name: value for name, value in (details or {}).items() if value}:
        body["details"] = told_more
    body["code"] = code
    return body


def refusal(code: int, message: str, reason: str | None = None, details: Any = None) -> Response:
    """A refusal as clients print it."""
    return _refused(code, status_body(code, message, reason, details), details)


def _refused(code: int, body: dict[str, Any], details: Any) -> Response:
    later = isinstance(details, dict) and details.get("retryAfterSeconds")
    headers = ((b"retry-after", str(later).encode()),) if later else ()
    return Response(code, body, headers=headers)


def success(details: Any = None, code: int = 0) -> dict[str, Any]:
    """A Status of success: what deleting something that is gone at once answers."""
    body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    if details:
        body["details"] = details
    if code:
        body["code"] = code
    return body
