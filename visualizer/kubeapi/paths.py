"""What a request's method and path mean: verb, group, version, namespace, resource, name, subresource
(apiserver pkg/endpoints/request/requestinfo.go).
"""

from collections.abc import Mapping
from typing import Final

import msgspec

METHODS: Final[Mapping[str, str]] = {
    "POST": "create",
    "GET": "get",
    "HEAD": "get",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
}


class Target(msgspec.Struct, frozen=True):
    """What a request is about. Empty texts stand for what the path does not name."""

    verb: str
    group: str
    version: str
    resource: str = ""
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def api_version(self) -> str:
        """ "v1", "apps/v1": as objects name it."""
        return f"{self.group}/{self.version}" if self.group else self.version


def parse_target(method: str, path: str, *, watch: bool = False) -> Target | None:
    """The target of a path below `/api` or `/apis`, None if it names none. Namespaces are objects as well
    as places: `/api/v1/namespaces/x` is the object, `/api/v1/namespaces/x/pods` what is in it.
    """
    verb = METHODS.get(method)
    parts = [part for part in path.split("/") if part]
    match parts:
        case ["api", version, *rest]:
            group = ""
        case ["apis", group, version, *rest]:
            pass
        case _:
            return None
    if verb is None:
        return None
    namespace = ""
    if len(rest) > 2 and rest[0] == "namespaces" and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    resource, name, subresource, *more = [*rest, "", "", ""][: max(3, len(rest))]
    if more and subresource != "proxy":
        return None
    if not name:
        verb = {"get": "watch" if watch else "list", "delete": "deletecollection"}.get(verb, verb)
    elif watch:
        verb = "watch"
    return Target(verb, group, version, resource, namespace, name, subresource)
