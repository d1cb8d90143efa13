"""The command log: the only thing of a run that is written down, and who may write it.

Every write names the owner and the epoch it was given when it claimed the room, and touches the room's row
with them in the same transaction: a process that was thought dead and came back changes nothing.
"""

import os
import secrets
import socket
from datetime import timedelta
from typing import Any, Final

import msgspec
import structlog
from django.db import models, transaction
from django.utils import timezone

from clustersim import Command
from clustersim.run import Given
from visualizer.rooms.models import LEASE, Branch, CommandEntry, Room
from visualizer.rooms.states import CLAIM, CLAIM_AGAIN, ROOM

logger = structlog.get_logger()

PROCESS: Final = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
"""This process, as owner of rooms."""


class LeaseLost(Exception):
    """Another process runs the room now; what this one holds of it is worth nothing."""


class Taken(Exception):
    """Another process runs the room, and is alive."""


class Lease(msgspec.Struct, frozen=True):
    """The right to run a room."""

    room: int
    branch: int
    epoch: int
    owner: str = PROCESS


class Logged(msgspec.Struct, frozen=True):
    """A command and the simulated time at which the model hears of it."""

    t: int
    actor: str
    command: Command
    entry: int = 0


class History(msgspec.Struct, frozen=True):
    """All that is needed to compute a branch again, up to the mark. scenario: None is the room's."""

    commands: tuple[Logged, ...]
    mark: int
    scenario: Any = None

    def given(self) -> tuple[Given, ...]:
        """The commands as a run takes them."""
        return tuple(Given(logged.t, logged.command, logged.actor) for logged in self.commands)


def claim(room: Room) -> Lease:
    """Become the owner of a room that has none, or whose owner's lease ran out. Raises Taken."""
    if ROOM.after(room.state, CLAIM_AGAIN if room.owner == PROCESS else CLAIM) is None:
        raise Taken(room.code)
    now = timezone.now()
    past = models.Q(lease_until__lte=now) | models.Q(lease_until__gt=now + 2 * LEASE)
    free = past | models.Q(owner=PROCESS)
    won = Room.objects.filter(free, pk=room.pk, epoch=room.epoch).update(
        owner=PROCESS, epoch=room.epoch + 1, lease_until=now + LEASE
    )
    if not won:
        raise Taken(room.code)
    assert room.branch_id is not None
    return Lease(room.pk, room.branch_id, room.epoch + 1)


def hold(lease: Lease, *, moving: bool, **fields: Any) -> None:
    """Write fields of the room as its owner. A room at rest needs no lease: the epoch guards it. Raises
    LeaseLost.
    """
    until = timezone.now() + (LEASE if moving else timedelta(0))
    held = Room.objects.filter(pk=lease.room, owner=lease.owner, epoch=lease.epoch)
    if not held.update(lease_until=until, **fields):
        raise LeaseLost(lease.room)


def write_mark(lease: Lease, mark: int, *, moving: bool, **fields: Any) -> None:
    """From now on times up to the mark may be shown. Raises LeaseLost."""
    with transaction.atomic():
        hold(lease, moving=moving, **fields)
        Branch.objects.filter(pk=lease.branch).update(mark=mark)


def append(lease: Lease, t: int, actor: str, command: Command, *, moving: bool) -> None:
    """Log a command to happen at t. Raises LeaseLost."""
    with transaction.atomic():
        hold(lease, moving=moving)
        entries = CommandEntry.objects.filter(branch_id=lease.branch)
        last = entries.aggregate(last=models.Max("seq"))["last"] or 0
        entries.create(
            branch_id=lease.branch,
            seq=last + 1,
            t=t,
            actor=actor,
            command=msgspec.to_builtins(command),
            epoch=lease.epoch,
        )


def history(branch: Branch) -> History:
    """The commands of a branch and of those it was forked from, in order."""
    own = tuple(
        Logged(entry.t, entry.actor, msgspec.convert(entry.command, Command), entry.pk)
        for entry in branch.commands.filter(left_out__isnull=True).order_by("seq")
    )
    if branch.parent is None or branch.scenario is not None:
        return History(own, branch.mark, branch.scenario)
    before = history(branch.parent)
    shared = before.commands
    if branch.inherited is not None:
        shared = shared[: branch.inherited]
    elif branch.forked_at is not None:
        shared = tuple(logged for logged in shared if logged.t <= branch.forked_at)
    return History((*shared, *own), branch.mark, before.scenario)
