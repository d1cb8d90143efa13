"""What clients ask the API server, as plain data."""

from typing import Any, Literal

import msgspec

Verb = Literal[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "update-status",
    "patch",
    "patch-status",
    "delete",
    "bind",
    "evict",
    "finalize",
]

WRITES: frozenset[str] = frozenset(
    {
        "create",
        "update",
        "update-status",
        "patch",
        "patch-status",
        "delete",
        "bind",
        "evict",
        "finalize",
    }
)


class Request(msgspec.Struct, frozen=True):
    """One request.

    body: the object of create and update; for patch-status the status struct whose conditions are merged by
    type; for patch a JSON merge patch as dict; for bind the node's name. grace_seconds: None means the
    object's own; propagation: what becomes of what the object owns, Orphan, Background or Foreground, empty
    for the default of its version. resource_version: of watch the revision after which changes are wanted.
    stream: of watch the client's name for it; routine: whether it is to hear of locks that were merely
    renewed.
    api_version: the version a workload is created through, empty for the one that its kind is stored in; its
    defaults hold.
    """

    verb: Verb
    resource: str
    namespace: str = ""
    name: str = ""
    body: Any = None
    grace_seconds: int | None = None
    propagation: str = ""
    uid: str = ""
    field_selector: dict[str, str] = {}
    label_selector: dict[str, str] = {}
    resource_version: int = 0
    stream: str = ""
    routine: bool = True
    api_version: str = ""
