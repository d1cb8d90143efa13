"""How many requests were answered, by method, resource and status (apiserver_request_count,
apiserver_request_total)."""

from functools import lru_cache
from typing import Final

_METHODS: Final = {
    "get": "GET", "get-scale": "GET", "list": "LIST", "watch": "WATCH", "delete": "DELETE",
    "deletecollection": "DELETECOLLECTION", "patch": "PATCH", "patch-status": "PATCH", "update": "PUT",
    "update-status": "PUT", "update-scale": "PUT", "finalize": "PUT",
}  # fmt: skip
"""What metrics call a verb; any other is a POST."""


@lru_cache(maxsize=4096)
def counter_of(method: str, resource: str, status: int) -> str:
    """Under what answers of that kind are counted."""
    return f"{method}/{resource}/{status}"


@lru_cache(maxsize=4096)
def counter_of_verb(verb: str, resource: str, status: int) -> str:
    """The same, by the verb."""
    return counter_of(_METHODS.get(verb, "POST"), resource, status)
