"""Who speaks to a room through the API, and what it may do there.

Whoever has a room's code may look, as on the page. To write, a visitor needs a token of its own, which is
good for a day and gives the rights that the visitor has in the room at that very moment.
"""

from typing import Final

import msgspec

from visualizer.kubeapi.impersonation import Impersonated
from visualizer.kubeapi.models import Token
from visualizer.lessons.visitors import actor_in
from visualizer.rooms.flow import Allowances
from visualizer.rooms.models import Room
from visualizer.rooms.permissions import Actor
from visualizer.rooms.roles import Role, role_of

PER_SECOND: Final = 50.0
BURST: Final = 300
"""What kubectl's own client allows itself."""
LONGEST_WAIT: Final = 10.0
"""Seconds that a request waits for its turn before it is refused. A real API server queues, too, and
refuses when the queues are full (API Priority and Fairness)."""
MOST_CALLERS: Final = 2_000


class Caller(msgspec.Struct, frozen=True):
    """Somebody who speaks to a room. key: for limits; actor: where it stands in the room; name: as the log
    has it; acting: the other in whose name it speaks.
    """

    key: str
    actor: Actor
    name: str = "kubectl"
    acting: Impersonated | None = None


def caller_of(room: Room, secret: str, address: str) -> Caller | None:
    """Who sends this; None if the token is not good here. Reads the database."""
    if not secret:
        return Caller(f"address/{address}", actor_in(room, Role.WATCH, ""))
    token = Token.objects.known(room, secret)
    if token is None:
        return None
    role = Role(token.role)
    if role is Role.STAFF and token.account is not None:
        role = role_of(token.account, room)
    if role is Role.ACT and not room.may_act:
        role = Role.WATCH
    return Caller(f"token/{token.pk}", actor_in(room, role, token.who), token.name or "kubectl")


def limits() -> Allowances:
    """So many requests a second for each caller, by its key."""
    return Allowances(PER_SECOND, BURST, most=MOST_CALLERS)
