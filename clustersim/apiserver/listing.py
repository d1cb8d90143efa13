"""What a list answers with: selection by namespace, labels and fields, in order of their keys, in pieces."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.api_resources import RESOURCES
from clustersim.api.errors import ApiError, bad_request
from clustersim.api.registry import key_of
from clustersim.api.request import Request
from clustersim.api.selectors import matches_fields, matches_labels, meets_all, unselectable


class Page(msgspec.Struct, frozen=True):
    """A list, or a piece of one, and where the rest of it is."""

    items: tuple[Any, ...]
    continue_: str = ""


def select(
    objects: Mapping[str, Any], request: Request, keys: Iterable[str], resource: Resource | None = None
) -> Page:
    """The objects that a request selects. keys: of those that it can be about; resource: what they are, where
    it is not built in. Raises ApiError (400) for a field that cannot be selected by."""
    prefix = f"{request.namespace}/" if request.namespace else ""
    fields, labels, expressions = request.field_selector, request.label_selector, request.expressions
    start = _start(request.continue_)
    check_fields(request, resource)
    found = tuple(
        objects[key]
        for key in sorted(keys)
        if key.startswith(prefix)
        and key > start
        and (not fields or matches_fields(fields, objects[key]))
        and (not labels or matches_labels(labels, objects[key].metadata.labels))
        and (not expressions or meets_all(expressions, objects[key].metadata.labels))
    )
    if not 0 < request.limit < len(found):
        return Page(found)
    items = found[: request.limit]
    return Page(items, continue_token(key_of(items[-1])))


def check_fields(request: Request, resource: Resource | None = None) -> None:
    """Refuse fields that objects of the kind cannot be selected by. Raises ApiError (400)."""
    for field in request.field_selector:
        if why := unselectable(resource or RESOURCES[request.resource], field):
            raise bad_request(why)


def continue_token(last: str) -> str:
    """Where the next piece of a list goes on: behind the object of that key."""
    return base64.urlsafe_b64encode(last.encode()).decode()


def _start(token: str) -> str:
    if not token:
        return ""
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, ValueError):
        raise ApiError(400, "BadRequest", "continue key is not valid: invalid token") from None
