"""Refusals, as the real server words them (apimachinery pkg/api/errors)."""

import msgspec


class Cause(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One of the reasons why an object is not valid, as `details.causes` of a Status has it."""

    reason: str = ""
    message: str = ""
    field: str = ""


class Details(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What a Status says beside its message. kind: for most reasons the resource, for Invalid the kind."""

    name: str = ""
    group: str = ""
    kind: str = ""
    causes: tuple[Cause, ...] = ()
    retry_after_seconds: int = 0


class ApiError(Exception):
    """A refusal: HTTP status, StatusReason and message as the real server words it."""

    def __init__(self, status: int, reason: str, message: str, details: Details | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message
        self.details = details


def not_found(resource: str, name: str, group: str = "") -> ApiError:
    """404. resource: as the message names it, "pods" or "deployments.apps"."""
    plural, _, of = resource.partition(".")
    return ApiError(
        404, "NotFound", f'{resource} "{name}" not found', Details(name=name, group=group or of, kind=plural)
    )


def already_exists(resource: str, name: str, *, deleted: bool = False) -> ApiError:
    """409 on create. deleted: the one that is there is on its way out."""
    going = "object is being deleted: " if deleted else ""
    plural, _, group = resource.partition(".")
    return ApiError(
        409,
        "AlreadyExists",
        f'{going}{resource} "{name}" already exists',
        Details(name=name, group=group, kind=plural),
    )


def conflict(resource: str, name: str, why: str = "") -> ApiError:
    """409 on a write that somebody else overtook."""
    text = (
        why or "the object has been modified; please apply your changes to the latest version and try again"
    )
    plural, _, group = resource.partition(".")
    return ApiError(
        409,
        "Conflict",
        f'Operation cannot be fulfilled on {resource} "{name}": {text}',
        Details(name=name, group=group, kind=plural),
    )


def invalid(kind: str, name: str, why: str, causes: tuple[Cause, ...] = (), group: str = "") -> ApiError:
    """422. kind: as the message names it, "Pod" or "Deployment.apps"."""
    short, _, of = kind.partition(".")
    return ApiError(
        422,
        "Invalid",
        f'{kind} "{name}" is invalid: {why}',
        Details(name=name, group=group or of, kind=short, causes=causes),
    )


def forbidden(resource: str, name: str, why: str) -> ApiError:
    """403."""
    plural, _, group = resource.partition(".")
    named = f'{resource} "{name}" is forbidden' if name else f"{resource} is forbidden"
    return ApiError(403, "Forbidden", f"{named}: {why}", Details(name=name, group=group, kind=plural))


def bad_request(message: str) -> ApiError:
    """400."""
    return ApiError(400, "BadRequest", message)


def too_many_requests(message: str, retry_after: int, causes: tuple[Cause, ...] = ()) -> ApiError:
    """429: not now."""
    return ApiError(429, "TooManyRequests", message, Details(causes=causes, retry_after_seconds=retry_after))
