"""Refusals, as the real server words them (apimachinery pkg/api/errors)."""


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
