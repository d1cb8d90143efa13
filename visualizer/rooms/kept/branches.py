"""Branches in the database: the tree of a room, forks, moves and names."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from clustersim import Command, Scenario, engine_version
from clustersim.flags import format_duration
from clustersim.run import Given, Inputs
from visualizer.rooms.frames.branching import Branches, BranchItem
from visualizer.rooms.kept import log
from visualizer.rooms.models import Branch, CommandEntry, Room
from visualizer.texts import Texts, filled, texts

MOST: Final = 60
"""Branches of a room."""
MOST_TOLD: Final = 3
"""Differences that are spelled out."""


class TooMany(Exception):
    """The room has as many branches as it may."""


class NoSuchBranch(Exception):
    """The room has no such branch."""


def find(room: int, branch: int) -> Branch:
    """A branch of this room. Raises NoSuchBranch."""
    try:
        return Branch.objects.select_related("parent", "room").get(pk=branch, room_id=room)
    except Branch.DoesNotExist:
        raise NoSuchBranch(branch) from None


def called(branch: Branch) -> Texts:
    """Its name; without one, its place among the branches of the room."""
    if branch.name:
        return {"en": branch.name, "zh": branch.name}
    place = Branch.objects.filter(room_id=branch.room_id, pk__lte=branch.pk).count()
    return filled(_("branch %(n)s"), n=str(place))


class Forked(msgspec.Struct, frozen=True):
    """A branch to be made. `inherited`: how many of the parent's commands it shares, the rest is `commands`;
    `scenario`: its own, if it has one. `mark`: how far it has been played.
    """

    parent: int
    t: int
    inherited: int
    mark: int
    name: str = ""
    commands: tuple[Given, ...] = ()
    scenario: Any = None


def fork(lease: log.Lease, forked: Forked, *, moving: bool, move: bool) -> log.Lease:
    """Make a branch, and with `move` go on there; the lease is for the branch that the room then plays, or
    names the new branch. Raises log.LeaseLost, TooMany, NoSuchBranch.
    """
    with transaction.atomic():
        log.hold(lease, moving=moving)
        find(lease.room, forked.parent)
        count = Branch.objects.filter(room_id=lease.room).count()
        if count >= MOST:
            raise TooMany
        made = Branch.objects.create(
            room_id=lease.room,
            parent_id=forked.parent,
            forked_at=forked.t,
            inherited=forked.inherited,
            scenario=forked.scenario,
            name=forked.name,
            engine_version=engine_version(),
            mark=forked.mark,
        )
        CommandEntry.objects.bulk_create(
            CommandEntry(
                branch=made,
                seq=seq,
                t=given.t,
                actor=given.actor,
                command=msgspec.to_builtins(given.command),
                epoch=lease.epoch,
            )
            for seq, given in enumerate(forked.commands, 1)
        )
        new = msgspec.structs.replace(lease, branch=made.pk)
        if move:
            log.hold(lease, moving=moving, branch_id=made.pk)
        return new


def leave_out(lease: log.Lease, reasons: Mapping[int, Texts], *, moving: bool) -> None:
    """Take commands out of the log, by the ids of their entries, with the reasons why; they stay readable.
    They go from every branch that shares them, and whatever counts commands counts on. Raises
    log.LeaseLost.
    """
    with transaction.atomic():
        log.hold(lease, moving=moving)
        for entry, reason in reasons.items():
            _close_ranks(lease.room, entry)
            CommandEntry.objects.filter(pk=entry).update(left_out=reason)


def _close_ranks(room: int, entry: int) -> None:
    """Branches and standings that count commands up to a later one count one less."""
    found = list(Branch.objects.filter(room_id=room).select_related("parent", "room"))
    places = {branch.pk: _place(branch, entry) for branch in found}
    for branch in found:
        if (place := places[branch.pk]) is not None:
            branch.standings.filter(commands__gt=place).update(commands=models.F("commands") - 1)
        before = places.get(branch.parent_id or 0)
        if before is not None and branch.inherited is not None and before < branch.inherited:
            Branch.objects.filter(pk=branch.pk).update(inherited=models.F("inherited") - 1)


def _place(branch: Branch, entry: int) -> int | None:
    """Which of a branch's commands this is; None if it has no part in it."""
    entries = [logged.entry for logged in log.history(branch).commands]
    return entries.index(entry) if entry in entries else None


def move(lease: log.Lease, branch: int, *, moving: bool) -> log.Lease:
    """Go on with another branch of the room. Raises log.LeaseLost, NoSuchBranch."""
    with transaction.atomic():
        find(lease.room, branch)
        log.hold(lease, moving=moving, branch_id=branch)
    return msgspec.structs.replace(lease, branch=branch)


def rename(room: int, branch: int, name: str) -> None:
    """Raises NoSuchBranch."""
    if not Branch.objects.filter(pk=branch, room_id=room).update(name=name):
        raise NoSuchBranch(branch)


def tree(room: int) -> Branches:
    """All branches of the room, parents before children."""
    found = Branch.objects.filter(room_id=room).select_related("parent", "room").order_by("pk")
    current = Room.objects.values_list("branch_id", flat=True).get(pk=room)
    by_id = {branch.pk: branch for branch in found}
    return Branches(
        current=current or 0,
        branches=[
            BranchItem(
                id=branch.pk,
                parent=branch.parent_id,
                forked_at=branch.forked_at,
                name=branch.name,
                end=branch.mark,
                differs=_differs(branch, by_id),
                other_engine=branch.engine_version != engine_version(),
            )
            for branch in found
        ],
    )


def _differs(branch: Branch, by_id: dict[int, Branch]) -> Texts:
    """What a branch has that its parent has not."""
    parts: list[str] = []
    if branch.scenario is not None:
        parent = by_id.get(branch.parent_id or 0)
        while parent is not None and parent.scenario is None and parent.parent_id is not None:
            parent = by_id.get(parent.parent_id)
        before = (parent.scenario if parent is not None else None) or branch.room.scenario
        parts += scenario_differences(before, branch.scenario)
        inherited = parent_commands(branch)
        own = [_command_text(entry) for entry in _own(branch)]
        parts += [f"+ {text}" for text in own if text not in inherited]
        parts += [f"- {text}" for text in inherited if text not in own]
    elif branch.parent_id is not None:
        own = [_command_text(entry) for entry in _own(branch)]
        left = parent_commands(branch)[branch.inherited or 0 :] if branch.inherited is not None else []
        parts += [f"+ {text}" for text in own if text not in left]
        parts += [f"- {text}" for text in left if text not in own]
    parts += [f"✕ {_command_text(entry)}" for entry in _own(branch, left_out=True)]
    if not parts:
        return texts(_("the same so far")) if branch.parent_id else texts(_("the beginning"))
    more = len(parts) - MOST_TOLD
    text = ", ".join(parts[:MOST_TOLD]) + (f" +{more}" if more > 0 else "")
    return {"en": text, "zh": text}


def _own(branch: Branch, *, left_out: bool = False) -> models.QuerySet[CommandEntry]:
    """The commands of the branch itself: those that are part of its run, or those that are not any more."""
    return branch.commands.filter(left_out__isnull=not left_out).order_by("seq")


def parent_commands(branch: Branch) -> list[str]:
    """The commands of a branch's parent, in words."""
    if branch.parent is None:
        return []
    return [words(logged.t, logged.command) for logged in log.history(branch.parent).commands]


def _command_text(entry: CommandEntry) -> str:
    return words(entry.t, msgspec.convert(entry.command, Command))


def words(t: int, command: Command) -> str:
    """A command and when it was given, to the millisecond."""
    return f"{' '.join(filter(None, (command.do, command.target)))} @ {format_duration(round(t, -3))}"


def scenario_differences(before: Any, after: Any) -> list[str]:
    """Release, settings and actions that differ between two scenarios."""
    old, new = msgspec.convert(before, Scenario), msgspec.convert(after, Scenario)
    parts = [] if old.release == new.release else [new.release]
    for component, flags in new.flags.texts(old.flags).items():
        parts += [f"{component} --{flag}={value}" for flag, value in flags.items()]
    gone = [action for action in old.all_actions() if action not in new.all_actions()]
    come = [action for action in new.all_actions() if action not in old.all_actions()]
    parts += [f"+ {words(a.at, Command(a.do, a.target))}" for a in come]
    parts += [f"- {words(a.at, Command(a.do, a.target))}" for a in gone]
    return parts


def shared(parent: Inputs, inputs: Inputs) -> int:
    """How many commands two runs have in common at their beginning."""
    count = 0
    for mine, theirs in zip(parent.commands, inputs.commands, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def forked_from(parent: int, before: Inputs, inputs: Inputs, t: int, mark: int, name: str = "") -> Forked:
    """The branch in which these inputs are run instead of the parent's."""
    if inputs.scenario != before.scenario:
        scenario = msgspec.to_builtins(inputs.scenario)
        return Forked(parent, t, 0, mark, name, inputs.commands, scenario)
    count = shared(before, inputs)
    return Forked(parent, t, count, mark, name, inputs.commands[count:])
