"""What clients ask the API server, as plain data."""

from typing import Any, Literal

import msgspec

Verb = Literal[
    "get", "list", "watch", "create", "update", "update-status", "patch", "patch-status", "delete", "bind"
]

WRITES: frozenset[str] = frozenset(
    {"create", "update", "update-status", "patch", "patch-status", "delete", "bind"}
)


class Request(msgspec.Struct, frozen=True):
    """One request.

    body: the object of create and update; for patch-status the status struct whose conditions are merged by
    type; for patch a JSON merge patch as dict; for bind the node's name. grace_seconds: None means the
    object's own. resource_version: of watch the revision after which changes are wanted. stream: of watch
    the client's name for it; routine: whether it is to hear of locks that were merely renewed.
    api_version: the version a workload is created through, empty for the one that its kind is stored in; its
    defaults hold.
    """

    verb: Verb
    resource: str
    namespace: str = ""
    name: str = ""
    body: Any = None
    grace_seconds: int | None = None
    uid: str = ""
    field_selector: dict[str, str] = {}
    label_selector: dict[str, str] = {}
    resource_version: int = 0
    stream: str = ""
    routine: bool = True
    api_version: str = ""


class ApiError(Exception):
    """A refusal: HTTP status, StatusReason and message as the real server words it."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message


def not_found(resource: str, name: str) -> ApiError:
    """404."""
    return ApiError(404, "NotFound", f'{resource} "{name}" not found')


def already_exists(resource: str, name: str) -> ApiError:
    """409 on create."""
    return ApiError(409, "AlreadyExists", f'{resource} "{name}" already exists')


def conflict(resource: str, name: str, why: str = "") -> ApiError:
    """409 on a write that somebody else overtook."""
    text = (
        why or "the object has been modified; please apply your changes to the latest version and try again"
    )
    return ApiError(409, "Conflict", f'Operation cannot be fulfilled on {resource} "{name}": {text}')


def invalid(resource: str, name: str, why: str) -> ApiError:
    """422."""
    return ApiError(422, "Invalid", f'{resource} "{name}" is invalid: {why}')


def forbidden(resource: str, name: str, why: str) -> ApiError:
    """403."""
    return ApiError(403, "Forbidden", f'{resource} "{name}" is forbidden: {why}')
