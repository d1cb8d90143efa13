"""Who speaks to a room through the API, and what it may do there.

Whoever has a room's code may look, as on the page. To write one needs a token: its visitor's own, good for a
day, with the rights that the visitor has in the room at that very moment.
"""

import time
from collections import OrderedDict
from typing import Final

import msgspec

from visualizer.kubeapi.models import Token
from visualizer.lessons.visitors import actor_in
from visualizer.rooms.flow import Allowance
from visualizer.rooms.models import Room
from visualizer.rooms.permissions import Actor
from visualizer.rooms.roles import Role

PER_SECOND: Final = 50.0
BURST: Final = 300
"""What kubectl's own client allows itself."""
MOST_CALLERS: Final = 2_000


class Caller(msgspec.Struct, frozen=True):
    """Somebody who speaks to a room. key: for limits; actor: where it stands in the room; name: as the log
    has it.
    """

    key: str
    actor: Actor
    name: str = "kubectl"


def caller_of(room: Room, secret: str, address: str) -> Caller | None:
    """Who sends this; None if the token is not good here. Reads the database."""
    if not secret:
        return Caller(f"address/{address}", actor_in(room, Role.WATCH, ""))
    token = Token.objects.known(room, secret)
    if token is None:
        return None
    role = Role(token.role)
    if role is Role.ACT and not room.may_act:
        role = Role.WATCH
    return Caller(f"token/{token.pk}", actor_in(room, role, token.who), token.name or "kubectl")


class Limits:
    """So many requests a second for each caller; the least recent callers are forgotten."""

    def __init__(self) -> None:
        self._allowances: OrderedDict[str, Allowance] = OrderedDict()

    def allows(self, caller: Caller) -> bool:
        allowance = self._allowances.pop(caller.key, None) or Allowance(PER_SECOND, BURST)
        self._allowances[caller.key] = allowance
        if len(self._allowances) > MOST_CALLERS:
            self._allowances.popitem(last=False)
        return allowance.take(time.monotonic())
