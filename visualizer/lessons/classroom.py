"""The lesson of a room as its viewers take part in it: what they say to it, and what comes of that."""

from typing import Any, Final

import msgspec
from channels.db import database_sync_to_async
from django.utils.translation import gettext_lazy as _

from clustersim.lesson.blind import Commitment
from visualizer.lessons import answers, commitments, standpoints
from visualizer.lessons.all_frames import AboutLesson
from visualizer.lessons.class_frames import AtDesk, ClassFrame, Polling
from visualizer.lessons.class_state import ClassState
from visualizer.lessons.codes import tidy_code
from visualizer.lessons.copy_progress import LESSON_CHANGED
from visualizer.lessons.desk import set_at_desk
from visualizer.lessons.foreseen import foreseen
from visualizer.lessons.frames import Answered, Committed, LessonFrame, Named, OwnAnswers, Reflected
from visualizer.lessons.lesson_driver import LessonDriver
from visualizer.lessons.models import Course, Reflection
from visualizer.lessons.refusals import LessonRefused
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.lessons.teller import Audience, Teller
from visualizer.lessons.telling import nodes
from visualizer.lessons.warm_ups import COUNT, PREFIX, earlier, step_of, with_warm_ups
from visualizer.owned import OwnedTasks
from visualizer.rooms.permissions import Actor
from visualizer.rooms.running.viewer import Viewer

NO_CLASS: Final = _("This room has no class.")


class Classroom:
    """Takes the answers and polls of one room's lesson, and sends its viewers what changed."""

    def __init__(self, audience: Audience, row: Course, driver: LessonDriver) -> None:
        self._audience = audience
        self._state = ClassState(row, driver)
        self._tasks = OwnedTasks(room=row.room_id)
        self._teller = Teller(audience, self._state, self._tasks)

    @property
    def room_lesson(self) -> RoomLesson:
        return self._state.room_lesson

    def close(self) -> None:
        """The room rests."""
        self._tasks.cancel()

    async def open(self) -> None:
        """What the database knows."""
        await self._state.load()
        if not self._state.alone:
            self._tasks.start(self._state.foresee())

    async def refresh(self) -> None:
        """Something about the lesson was changed elsewhere: in a private copy, or in the class of one."""
        await self._state.load()
        if self._state.row.task:
            await self._teller.tell_all()
        else:
            self._teller.tell_soon()

    # --- who may do what

    def allowed(self) -> tuple[tuple[str, ...], bool]:
        """The powers of the present step, and whether the lesson is over."""
        return standpoints.allowed(self.room_lesson)

    def standpoint(self, viewer: Viewer) -> Actor:
        """From where this viewer asks."""
        return standpoints.standpoint(self._state, viewer)

    def to_begin(self) -> int | None:
        """The blind step that a private copy begins as soon as somebody comes."""
        return standpoints.to_begin(self._state)

    # --- what is hidden

    async def typed(self, who: str, line: str, where: str, output: str) -> None:
        """Somebody typed this on the console while something is hidden."""
        if not self.room_lesson.blind:
            return
        self._state.typed.add(who, line, where, output)
        for viewer in list(self._audience.everybody()):
            if viewer.who == who:
                await self._teller.tell_own(viewer)

    def commitment(self, viewer: Viewer, frame: Committed) -> Commitment:
        """What this viewer commits to. Raises LessonRefused."""
        return commitments.commitment(self._state, viewer.who, frame)

    def check_challenge(self) -> None:
        """That something can be handed over now. Raises LessonRefused."""
        commitments.check_challenge(self._state)

    async def committed(self, committed: Commitment) -> None:
        """Nothing is hidden any more."""
        if self._state.row.riddle:
            self._state.row.solution = msgspec.to_builtins(committed)
            await self._state.save("solution")
        await self._teller.tell_all()

    # --- what viewers say; moves go through the runner and end in `moved`

    async def hear(self, viewer: Viewer, frame: AboutLesson) -> None:
        """Raises LessonRefused."""
        match frame:
            case Answered():
                await self._answered(viewer, frame)
            case Named():
                await self._named(viewer, frame)
            case Reflected():
                await self._reflected(viewer, frame)
            case _ if isinstance(frame, Polling | AtDesk):
                await self.set(frame)

    async def set(self, frame: Polling | AtDesk) -> None:
        """Something that the teacher sets at the desk. Raises LessonRefused."""
        if self._state.alone:
            raise LessonRefused(NO_CLASS)
        if isinstance(frame, Polling):
            await self._state.ballot.poll(frame)
            await self._teller.tell_all()
            return
        row, given = self._state.row, nodes(self.room_lesson)
        mode = row.mode
        codes = await database_sync_to_async(set_at_desk)(row, self._state.roster, given, frame)
        await self._state.load()
        if self._state.row.mode != mode:
            await self._audience.changed()
        await self._teller.tell_all()
        for code in codes:
            await self._audience.send_to(code, LESSON_CHANGED)

    async def _answered(self, viewer: Viewer, frame: Answered) -> None:
        await self._state.ballot.answer(viewer.who, frame, alone=self._state.alone)
        await self._tell_of(viewer)

    async def _named(self, viewer: Viewer, frame: Named) -> None:
        student = await self._state.student(viewer)
        if student is None:
            return
        if self._state.row.anonymous and frame.nickname.strip():
            raise LessonRefused(_("In this class nobody gives a name."))
        student.nickname, student.may_be_named = frame.nickname.strip(), frame.shown
        if frame.code is not None:
            student.code = tidy_code(frame.code)
        await database_sync_to_async(student.save)()
        await self._tell_of(viewer)
        if (copy := self._state.roster.copy_of(viewer.who)) is not None:
            await self._audience.send_to(copy.room.code, LESSON_CHANGED)

    async def _reflected(self, viewer: Viewer, frame: Reflected) -> None:
        student = await self._state.student(viewer)
        steps = self.room_lesson.lesson.steps
        if student is None or not any(step.id == frame.step and step.reflect for step in steps):
            raise LessonRefused(_("Nobody asks for this here."))
        await database_sync_to_async(Reflection.objects.update_or_create)(
            student=student, step=frame.step, defaults={"text": frame.text.strip(), "shown": False}
        )
        await self._state.load()
        await self._tell_of(viewer)

    async def _tell_of(self, viewer: Viewer) -> None:
        """Who did something hears of it at once, the others soon."""
        await self._teller.tell_own(viewer)
        self._teller.tell_soon()

    async def moved(self, step: int, *, back: bool) -> None:
        """The lesson went to a step: the projector is the class's again, what is asked from there on can be
        asked again."""
        self._state.row.showing = None
        await self._state.save("showing")
        if back:
            asks = [ask.id for index, ask in self.room_lesson.lesson.asks() if index >= step]
            await database_sync_to_async(answers.forget)(self._state.row.room_id, asks)
        await self._state.load()
        await self._teller.tell_all()
        for code in await database_sync_to_async(self._state.roster.open_copies)():
            await self._audience.send_to(code, LESSON_CHANGED)

    async def warm_up(self, viewer: Viewer) -> None:
        """Before the first step: the lesson opens with what these people got wrong in earlier ones."""
        row, lesson = self._state.row, self.room_lesson.lesson
        if self.room_lesson.index >= 0 or row.left_id is not None or lesson.steps[0].id.startswith(PREFIX):
            return
        everybody = self._state.roster.everybody()
        who = [viewer.who] if self._state.alone else [one.who for one in everybody]
        steps: list[dict[str, Any]] = []
        for one in await database_sync_to_async(earlier)(lesson, who, row.room_id):
            known = (await foreseen(one.text, one.lesson.releases[0])).get(one.ask)
            if known is not None and len(steps) < COUNT and (step := step_of(one, known)) is not None:
                steps.append(step)
        if steps and self.room_lesson.index < 0:
            row.text = with_warm_ups(row.text, steps)
            await self._state.save("text")
            self._state.driver.begin_with(row.text)

    # --- what viewers are told

    async def welcome(self, viewer: Viewer) -> None:
        """Everything about the lesson, for somebody who has just come."""
        await self._state.student(viewer)
        await self._teller.welcome(viewer)

    async def tell(self) -> None:
        """After a step of the runner: tell all where the lesson stands, if that changed."""
        await self._teller.tell_changes()

    def for_teacher(self) -> tuple[LessonFrame, ClassFrame]:
        """Where the lesson stands, and what the teacher is told."""
        view = self._teller.view()
        return view.to_all(self._teller.students_here()), view.to_teacher()

    def of_one(self, who: str) -> OwnAnswers:
        """What somebody without a connection is told."""
        return self._teller.view().to_one(who, leads=False)

    async def answer(self, viewer: Viewer, frame: Answered) -> None:
        """Somebody without a connection answers. Raises LessonRefused."""
        await self._state.student(viewer)
        await self._answered(viewer, frame)
