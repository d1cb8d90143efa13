"""What kubectl prints where the API server says no (v1.7 pkg/kubectl/cmd/util/helpers.go checkErr)."""

import re
from typing import Final

from clustersim.api.errors import ApiError
from clustersim.console.answer import Said


class Refused(Said):
    """The API server says no. error: its answer."""

    def __init__(self, error: ApiError, doing: str = "") -> None:
        super().__init__(refusal(error, doing))
        self.error = error
        self.doing = doing


_INVALID: Final = re.compile(r'(\w+)(?:\.[\w.]+)? "([^"]*)" is invalid: (.*)', re.DOTALL)
_CAUSE: Final = re.compile(
    r", (?=(?:[A-Za-z<]|\[\])[-\w.%\[\]/>]*: (?:Invalid value|Required value|Duplicate value|"
    r"Unsupported value|Forbidden|Not found|Internal error|Too long|Too many))"
)


_LIST: Final = re.compile(r"\[(?!\]: )")
"""Several causes are told in brackets; "[]" is a field."""


def _causes(error: ApiError) -> list[str]:
    """Each once."""
    causes = error.details.causes if error.details is not None else ()
    return list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))


def _told(causes: list[str]) -> str:
    return causes[0] if len(causes) == 1 else "\n" + "\n".join(f"* {cause}" for cause in causes)


def refusal(error: ApiError, doing: str = "") -> str:
    """What kubectl prints of a refusal (pkg/kubectl/cmd/util/helpers.go checkErr): of what is not valid the
    causes, one a line where there are several."""
    invalid = _INVALID.match(error.message) if error.reason == "Invalid" else None
    if invalid is not None:
        kind, name, told = invalid.groups()
        causes = _causes(error) or (_CAUSE.split(told[1:-1]) if _LIST.match(told) else [told])
        return f'The {kind} "{name}" is invalid: {_told(causes)}'
    if error.reason == "Invalid" and error.message.startswith(' "" is invalid: '):
        return f"The request is invalid: {error.message.partition(' is invalid: ')[2]}"
    if error.reason == "Invalid" and error.message.startswith("the server rejected our request"):
        return f"The request is invalid: {error.message}"
    if error.reason == "Invalid" and error.details is not None and (causes := _causes(error)):
        return f'The {error.details.kind} "{error.details.name}" is invalid: {_told(causes)}'
    prefix = f"{doing}: " if doing else ""
    if not error.reason:
        return f"Error from server: {prefix}{error.message}"
    return f"Error from server ({error.reason}): {prefix}{error.message}"
