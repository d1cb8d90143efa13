"""Sends the viewers of a lesson what changed: to all where it stands, to each what is their own."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final, Protocol

from channels.db import database_sync_to_async

from visualizer.lessons.class_state import ClassState
from visualizer.lessons.copy_progress import LESSON_CHANGED, Progress
from visualizer.lessons.standpoints import standpoint
from visualizer.lessons.telling import Telling
from visualizer.owned import OwnedTasks
from visualizer.rooms.frames.stage import encode
from visualizer.rooms.roles import Role
from visualizer.rooms.running.viewer import Viewer

COUNT_SECONDS: Final = 0.3
"""Counts of answers are told at most this often."""


class Audience(Protocol):
    """The viewers of the room, to send frames to."""

    def everybody(self) -> Iterable[Viewer]: ...
    async def changed(self) -> None: ...
    async def try_to_say(self, viewer: Viewer, frame: str) -> None: ...
    async def send_to(self, code: str, message: str) -> None: ...


class Teller:
    """Tells the audience of one room; what all have heard already is not said again."""

    def __init__(self, audience: Audience, state: ClassState, tasks: OwnedTasks) -> None:
        self._audience = audience
        self._state = state
        self._tasks = tasks
        self._progress = Progress(state.row.room_id, state.row.task) if state.row.task else None
        self._said = ""
        self._marked: tuple[Any, ...] = ()
        self._telling: asyncio.Task[None] | None = None

    async def welcome(self, viewer: Viewer) -> None:
        """Everything about the lesson, for somebody who has just come."""
        await self._tell_class()
        await self._audience.try_to_say(viewer, self._frame())
        await self.tell_own(viewer)
        if not self._state.alone:
            self.tell_soon()

    async def tell_changes(self) -> None:
        """After a step of the runner: tell all where the lesson stands, if that changed."""
        room_lesson, ballot = self._state.room_lesson, self._state.ballot
        hints = len(room_lesson.hints()) and tuple(hint["en"] for hint in room_lesson.hints())
        marked = (*room_lesson.mark(), hints, room_lesson.lesson_run.focus(), id(room_lesson))
        if marked == self._marked:
            return
        self._marked = marked
        ballot.tell_lesson()
        await self._tell_class()
        if ballot.unjudged:
            await database_sync_to_async(ballot.judge)()
        await self.tell_all()

    async def _tell_class(self) -> None:
        """The class hears how far the task of this private copy is."""
        left, progress = self._state.row.left, self._progress
        if left is not None and progress is not None and await progress.keep(self._state.room_lesson):
            await self._audience.send_to(left.code, LESSON_CHANGED)

    async def tell_all(self) -> None:
        """Tell everybody everything."""
        await self._tell(self._audience.everybody())

    def tell_soon(self) -> None:
        """Counts change with every answer: everybody hears of them, but not of each."""
        if self._telling is None or self._telling.done():
            self._telling = self._tasks.start(self._tell_later())

    async def _tell_later(self) -> None:
        await asyncio.sleep(COUNT_SECONDS)
        await self._tell(viewer for viewer in self._audience.everybody() if viewer.role is Role.STAFF)

    async def _tell(self, own: Iterable[Viewer]) -> None:
        """Everybody hears where the lesson stands, if that is new; these also what is their own."""
        frame, chosen = self._frame(), {id(viewer) for viewer in own}
        for viewer in list(self._audience.everybody()):
            if frame != self._said:
                await self._audience.try_to_say(viewer, frame)
            if id(viewer) in chosen:
                await self.tell_own(viewer)
        self._said = frame

    async def tell_own(self, viewer: Viewer) -> None:
        """What this viewer answered and may do; the teacher also hears of the class."""
        view = self.view()
        own = view.to_one(viewer.who, leads=standpoint(self._state, viewer).leads)
        await self._audience.try_to_say(viewer, encode(own))
        if viewer.role is Role.STAFF and not self._state.alone:
            await self._audience.try_to_say(viewer, encode(view.to_teacher()))

    def view(self) -> Telling:
        """All that there is to tell now."""
        return self._state.view([viewer.who for viewer in self._audience.everybody()])

    def students_here(self) -> int:
        """How many look who do not teach."""
        return sum(viewer.role is not Role.STAFF for viewer in self._audience.everybody())

    def _frame(self) -> str:
        return encode(self.view().to_all(self.students_here()))
