"""Requests in another's name: `kubectl --as`, and the headers that it sends.

Such a request may do no more than its sender may, and no more than the roles of the other allow. Source:
v1.36 apiserver pkg/endpoints/filters/impersonation.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from clustersim.apiserver.authorization import (
    Asked,
    Roles,
    Somebody,
    Verdict,
    decide,
    roles_of,
    somebody,
)
from visualizer.kubeapi.responses import WireError
from visualizer.kubeapi.rooms import Place

_USER: Final = b"impersonate-user"
_GROUP: Final = b"impersonate-group"
_UID: Final = b"impersonate-uid"
_EXTRA: Final = b"impersonate-extra-"
_ANONYMOUS: Final = "system:anonymous"
_UNAUTHENTICATED: Final = "system:unauthenticated"


class Impersonated(msgspec.Struct, frozen=True):
    """Somebody in whose name a request is. extra: what else is said of them, by key."""

    user: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Mapping[str, tuple[str, ...]] = {}

    @property
    def somebody(self) -> Somebody:
        """For the authorizer."""
        return Somebody(self.user, self.groups)

    @property
    def user_info(self) -> dict[str, Any]:
        """As a review tells of them."""
        told = {"username": self.user, "uid": self.uid, "groups": list(self.groups)}
        extra = {key: list(values) for key, values in self.extra.items()}
        return {name: value for name, value in (*told.items(), ("extra", extra)) if value}


def impersonated(headers: Iterable[tuple[bytes, bytes]]) -> Impersonated | None:
    """Whom the headers of a request name. Raises WireError where they say something of nobody."""
    user, uid = "", ""
    groups: list[str] = []
    extra: dict[str, tuple[str, ...]] = {}
    for name, value in headers:
        text = value.decode("latin1")
        if name == _USER:
            user = text
        elif name == _UID:
            uid = text
        elif name == _GROUP:
            groups.append(text)
        elif name.startswith(_EXTRA):
            key = unquote(name.removeprefix(_EXTRA).decode("latin1")).lower()
            extra[key] = (*extra.get(key, ()), text)
    if not user:
        if groups or uid or extra:
            raise WireError(500, "Internal error occurred: requested groups, uid or extra of no user")
        return None
    if user == _ANONYMOUS:
        return Impersonated(user, (*groups, _UNAUTHENTICATED), uid, extra)
    more = [one for one in somebody(user, ()).groups if one not in groups]
    return Impersonated(user, (*groups, *more), uid, extra)


def by_roles(place: Place, who: Somebody, asked: Asked) -> Verdict:
    """Whether the roles of somebody let them do that."""
    return decide(roles_here(place), who, asked)


def roles_here(place: Place) -> Roles:
    """The roles of the cluster that was asked."""
    cluster = place.cluster
    return roles_of(cluster.world.etcd, cluster.release, cluster.flags.apiserver)
