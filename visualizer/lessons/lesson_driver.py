"""Moves a running room through its lesson: the part of a room's runner that only a room with a lesson has."""

import asyncio
import secrets
from typing import Any, Final

import msgspec
from channels.db import database_sync_to_async
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clustersim.lesson import Lesson, load_lesson
from clustersim.lesson.blind import NOBODYS, Commitment
from clustersim.lesson.expressions.typed_lines import TypedLine
from clustersim.run import Given, Inputs
from visualizer import workers
from visualizer.lessons import standings
from visualizer.lessons.models import Standing
from visualizer.lessons.room_lesson import RoomLesson, Stand, progress_of
from visualizer.rooms.computing.opening import take_over
from visualizer.rooms.computing.recalling import moment
from visualizer.rooms.feed import Feed
from visualizer.rooms.kept import branches, log
from visualizer.rooms.kept.background import holding_lease
from visualizer.rooms.kept.sources import Moment
from visualizer.rooms.models import Branch
from visualizer.rooms.running.letting_go import let_go
from visualizer.rooms.running.player import Player
from visualizer.texts import Texts, texts

TASK_SPEED: Final = 2.0
"""Simulated seconds per second while a learner works at a task, to begin with."""

DEVELOP_SPEED: Final = 100.0
"""The same while a fault that was drawn works, before anybody looks."""


class NotThere(Exception):
    """The lesson cannot go to that step, and why."""

    def __init__(self, reason: Texts) -> None:
        super().__init__(reason["en"])
        self.reason = reason


class LessonDriver:
    """Moves the lesson of a player, and writes down where it stands before anybody sees it. draws: what a
    blind step hides is drawn here; in a class that watches it is not.
    """

    def __init__(self, player: Player, text: str, *, draws: bool) -> None:
        self.player = player
        self._text = text
        self._draws = draws
        self._develops = False
        """What was drawn is at work, at the speed of the step; then comes the task."""

    @property
    def room_lesson(self) -> RoomLesson:
        room_lesson = self.player.room_lesson
        assert room_lesson is not None
        return room_lesson

    async def keep(self, lease: log.Lease) -> None:
        """Write down what the lesson did. Raises log.LeaseLost."""
        player = self.player
        if self.room_lesson.run is not player.run:
            player.room_lesson = await self._elsewhere(lease)
        room_lesson = self.room_lesson
        if room_lesson.ripe and self.player.speed == DEVELOP_SPEED:
            self.player.speed, self.player.playing = TASK_SPEED, False
        if self._develops and room_lesson.at_task:
            self._develops, self.player.speed = False, TASK_SPEED
        if room_lesson.changed:
            await database_sync_to_async(standings.keep)(
                lease, list(room_lesson.given), standing(room_lesson), moving=player.moving
            )
            room_lesson.kept()

    async def _elsewhere(self, lease: log.Lease) -> RoomLesson:
        """The lesson as it stood where the room is now: it went to another branch."""
        found = await database_sync_to_async(_newest)(lease.branch, self.player.now)
        progress = None if found is None else progress_of(found.progress)
        riddle = self.room_lesson.riddle
        return RoomLesson(self.room_lesson.lesson, self.player.run, progress, riddle=riddle)

    async def move(self, lease: log.Lease, step: int) -> log.Lease:
        """Begin a step; going back makes a branch. Returns the lease of the branch that is played now.
        Raises NotThere, log.LeaseLost.
        """
        if not 0 <= step < len(self.room_lesson.lesson.steps):
            raise NotThere(texts(_("The lesson has no such step.")))
        room_lesson = self.room_lesson
        unfound = room_lesson.blind and not room_lesson.over
        if room_lesson.riddle or (unfound and step > room_lesson.index):
            raise NotThere(texts(_("First find out what is hidden here: the step is not over.")))
        if self.room_lesson.follows(step):
            self.room_lesson.begin(step, self._lot())
        else:
            lease = await self._jump(lease, step)
        self._pace()
        return lease

    def begin_with(self, text: str) -> None:
        """The lesson is to begin as this text has it. Only before its first step."""
        self._text = text
        self.player.room_lesson = RoomLesson(load_lesson(text), self.player.run)

    def commit(self, committed: Commitment) -> None:
        """Somebody commits themselves, or hands over. Raises NotThere."""
        if not self.room_lesson.ripe:
            raise NotThere(texts(_("It is too early: let the time of this step pass first.")))
        self.room_lesson.commit(committed)
        self.player.playing = False

    def heard(self, typed: TypedLine) -> None:
        """Somebody typed a line; that may be what the step waits for."""
        self.room_lesson.heard(typed)
        if self.room_lesson.held:
            self.player.rest()

    def _lot(self) -> int:
        """Drawn by nothing that anybody could guess."""
        return secrets.randbits(30) if self._draws else NOBODYS

    def _pace(self) -> None:
        player, step = self.player, self.room_lesson.step
        assert step is not None
        player.rest()
        player.playing = self.room_lesson.moves
        self._develops = bool(step.draw)
        if step.run is not None:
            player.speed, player.ease = step.run.speed, step.run.slow_near_deadline
        elif step.diagnosis is not None:
            player.speed, player.ease = DEVELOP_SPEED, False
        elif step.own_copy:
            player.speed, player.ease = TASK_SPEED, False

    async def _jump(self, lease: log.Lease, step: int) -> log.Lease:
        """To a step earlier or later than the next one, on a run of its own that then replaces the room's."""
        player, room_lesson = self.player, self.room_lesson
        inputs = player.run.inputs
        back = step <= room_lesson.index
        if back:
            stand = await database_sync_to_async(_before)(lease.branch, step, player.now)
        else:
            stand = Stand(player.now, len(inputs.commands), room_lesson.builtins())
        try:
            reached = await holding_lease(
                lease,
                workers.run(
                    _reached, self._text, inputs, stand, step, self._lot(), owner=lease.room, seconds=60
                ),
            )
        except workers.NotComputed:
            raise NotThere(texts(_("This step takes more time or memory than there is."))) from None
        made = await reached.taken_over(room_lesson.lesson)
        try:
            lease = await database_sync_to_async(_replace)(lease, stand if back else None, made)
        except branches.TooMany:
            raise NotThere(texts(_("This room has too many branches. Open the lesson anew."))) from None
        left = player.show(made.run, lease.branch, await asyncio.to_thread(Feed, made.run.head))
        player.room_lesson = made
        made.kept()
        await asyncio.to_thread(let_go, left)
        return lease


def standing(room_lesson: RoomLesson) -> Standing:
    """Where a room_lesson stands, not yet in the database."""
    return Standing(
        t=room_lesson.now,
        commands=len(room_lesson.run.commands),
        step=room_lesson.index,
        over=room_lesson.over,
        progress=room_lesson.builtins(),
    )


class Reached(msgspec.Struct, frozen=True):
    """A lesson at the beginning of a step, as a worker computed it: the run there, and what the lesson did on
    the way."""

    moment: Moment
    given: tuple[Given, ...]
    progress: Any

    async def taken_over(self, lesson: Lesson) -> RoomLesson:
        """The lesson to go on with, in this process."""
        run = await take_over(self.moment)
        return RoomLesson(lesson, run, progress_of(self.progress), list(self.given))


def _reached(text: str, inputs: Inputs, stand: Stand, step: int, lot: int) -> Reached:
    found = RoomLesson.at(text, inputs, stand)
    found.begin(step, lot)
    return Reached(moment(found.run, found.now), tuple(found.given), found.builtins())


def _replace(lease: log.Lease, back_to: Stand | None, room_lesson: RoomLesson) -> log.Lease:
    """Write down a room_lesson that replaces the room's; one that went back, on a branch of its own."""
    given: list[Given] = list(room_lesson.given)
    with transaction.atomic():
        if back_to is not None:
            name = room_lesson.lesson.steps[room_lesson.index].id
            forked = branches.Forked(lease.branch, back_to.t, back_to.commands, room_lesson.now, name)
            lease = branches.fork(lease, forked, moving=False, move=True)
        standings.keep(lease, given, standing(room_lesson), moving=False)
        log.write_mark(lease, room_lesson.now, moving=False)
    return lease


def _newest(branch: int, t: int) -> Standing | None:
    return standings.newest(Branch.objects.select_related("parent").get(pk=branch), t)


def _before(branch: int, step: int, t: int) -> Stand:
    return standings.before(Branch.objects.select_related("parent").get(pk=branch), step, t)
