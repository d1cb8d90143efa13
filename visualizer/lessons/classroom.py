"""The lesson of a room as its viewers take part in it: answers, polls, students, and what each is sent."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final, Protocol

import msgspec
from channels.db import database_sync_to_async
from django.utils.translation import gettext_lazy as _

from clustersim.lesson.blind import Commitment, cause_named
from visualizer.lessons import answers
from visualizer.lessons.all_frames import AboutLesson
from visualizer.lessons.ballot import Ballot
from visualizer.lessons.class_frames import AtDesk, ClassFrame, Polling
from visualizer.lessons.codes import tidy_code
from visualizer.lessons.copy_progress import LESSON_CHANGED, Progress, class_at_task
from visualizer.lessons.desk import set_at_desk
from visualizer.lessons.evidence import TypedLines
from visualizer.lessons.foreseen import Lesson as ForeseenLesson
from visualizer.lessons.foreseen import foreseen
from visualizer.lessons.frames import Answered, Committed, LessonFrame, Named, OwnAnswers, Reflected
from visualizer.lessons.lesson_driver import LessonDriver
from visualizer.lessons.models import Course, Mode, Reflection, Student
from visualizer.lessons.refusals import LessonRefused
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.lessons.roster import Roster
from visualizer.lessons.telling import Telling, nodes
from visualizer.lessons.warm_ups import COUNT, PREFIX, earlier, step_of, with_warm_ups
from visualizer.owned import OwnedTasks
from visualizer.rooms.frames.stage import encode
from visualizer.rooms.permissions import Actor
from visualizer.rooms.roles import Role
from visualizer.rooms.running.viewer import Viewer

NO_CLASS: Final = _("This room has no class.")
COUNT_SECONDS: Final = 0.3
"""Counts of answers are told at most this often."""


class Audience(Protocol):
    """The viewers of the room, to send frames to."""

    def everybody(self) -> Iterable[Viewer]: ...
    async def changed(self) -> None: ...
    async def try_to_say(self, viewer: Viewer, frame: str) -> None: ...
    async def send_to(self, code: str, message: str) -> None: ...


class Classroom:
    """Takes the answers and polls of one room's lesson, and sends its viewers what changed."""

    def __init__(self, audience: Audience, row: Course, driver: LessonDriver) -> None:
        self._audience = audience
        self._row = row
        self._driver = driver
        self._ballot = Ballot(row.room_id, driver)
        self._reflections: list[Reflection] = []
        self._roster = Roster(row.room_id)
        self._progress = Progress(row.room_id, row.task) if row.task else None
        self._class_on = False
        self._typed = TypedLines()
        self._foreseen: ForeseenLesson = {}
        self._said = ""
        self._marked: tuple[Any, ...] = ()
        self._telling: asyncio.Task[None] | None = None
        self._tasks = OwnedTasks(room=row.room_id)

    @property
    def room_lesson(self) -> RoomLesson:
        return self._driver.room_lesson

    @property
    def _room(self) -> int:
        return self._row.room_id

    @property
    def _alone(self) -> bool:
        return self._row.mode == Mode.ALONE

    def close(self) -> None:
        """The room rests."""
        self._tasks.cancel()

    async def open(self) -> None:
        """What the database knows."""
        await database_sync_to_async(self._load)()
        if not self._alone:
            self._tasks.start(self._foresee())

    async def _foresee(self) -> None:
        """What will be right, for the teacher's eyes."""
        self._foreseen = await foreseen(self._row.text, self._row.room.release)

    def _load(self) -> None:
        self._row = Course.objects.select_related(
            "left__course", "showing", "handed", "room__private_copy__student"
        ).get(pk=self._room)
        self._ballot.load()
        self._reflections = list(
            Reflection.objects.select_related("student").filter(student__room_id=self._room)
        )
        self._load_copies()
        self._class_on = bool(self._row.task) and not class_at_task(self._row)

    def _load_copies(self) -> None:
        step = self.room_lesson.step
        self._roster.load(step.id if step is not None else "", self._driver.player.branch)

    async def refresh(self) -> None:
        """Something about the lesson was changed elsewhere: in a private copy, or in the class of one."""
        await database_sync_to_async(self._load)()
        if self._row.task:
            await self.tell_all()
        else:
            self._tell_soon()

    # --- who may do what

    def allowed(self) -> tuple[tuple[str, ...], bool]:
        """The powers of the present step, and whether the lesson is over."""
        step = self.room_lesson.step
        return tuple(step.allow) if step is not None else ("inspect",), self.room_lesson.free

    def standpoint(self, viewer: Viewer) -> Actor:
        allow, free = self.allowed()
        student = self._roster.get(viewer.who)
        return Actor(
            role=viewer.role,
            mode=self._row.mode,
            allow=allow,
            free=free,
            node=student.node if student is not None else "",
            joined=student is not None,
            blind=self.room_lesson.blind,
            only_step=self._only_step(),
            last_step=self._last_step(),
        )

    def _last_step(self) -> int | None:
        """How far the class lets its students go by themselves."""
        left = self._row.left
        return left.course.open_until if left is not None else None

    def _only_step(self) -> str | None:
        """In a private copy nobody goes to another step than that of its task."""
        if self._row.riddle:
            return ""
        ids = [step.id for step in self.room_lesson.lesson.steps]
        return str(ids.index(self._row.task)) if self._row.task in ids else None

    def to_begin(self) -> int | None:
        """The blind step that a private copy begins as soon as somebody comes."""
        ids = [step.id for step in self.room_lesson.lesson.steps]
        index = ids.index(self._row.task) if self._row.task in ids else -1
        return index if index > self.room_lesson.index else None

    async def warm_up(self, viewer: Viewer) -> None:
        """Before the first step: the lesson opens with what these people got wrong in earlier ones."""
        row, lesson = self._row, self.room_lesson.lesson
        if self.room_lesson.index >= 0 or row.left_id is not None or lesson.steps[0].id.startswith(PREFIX):
            return
        who = [viewer.who] if self._alone else [one.who for one in self._roster.everybody()]
        steps: list[dict[str, Any]] = []
        for one in await database_sync_to_async(earlier)(lesson, who, self._room):
            known = (await foreseen(one.text, one.lesson.releases[0])).get(one.ask)
            if known is not None and len(steps) < COUNT and (step := step_of(one, known)) is not None:
                steps.append(step)
        if steps and self.room_lesson.index < 0:
            row.text = with_warm_ups(row.text, steps)
            await database_sync_to_async(row.save)(update_fields=["text"])
            self._driver.begin_with(row.text)

    # --- what is hidden

    async def typed(self, who: str, line: str, where: str, output: str) -> None:
        """Somebody typed this on the console while something is hidden."""
        if not self.room_lesson.blind:
            return
        self._typed.add(who, line, where, output)
        for viewer in list(self._audience.everybody()):
            if viewer.who == who:
                await self._tell_own(viewer)

    def commitment(self, viewer: Viewer, frame: Committed) -> Commitment:
        """What this viewer commits to. Raises LessonRefused."""
        step = self.room_lesson.step
        if not self.room_lesson.blind or step is None:
            raise LessonRefused(_("Nothing is hidden here."))
        diagnosis = step.diagnosis
        if not self._row.riddle and (diagnosis is None or cause_named(diagnosis, frame.cause) is None):
            raise LessonRefused(_("This is none of the causes."))
        found = self._typed.commitment(viewer.who, frame.cause, frame.line, frame.where)
        if found is None:
            raise LessonRefused(_("Type the command on the console first: what it prints is the evidence."))
        return found

    def check_challenge(self) -> None:
        """That something can be handed over now. Raises LessonRefused."""
        step = self.room_lesson.step
        challenged = step is not None and step.challenge is not None and not self._row.riddle
        if not challenged or not self.room_lesson.ripe:
            raise LessonRefused(_("There is nothing to hand over here."))

    async def committed(self, committed: Commitment) -> None:
        """Nothing is hidden any more."""
        if self._row.riddle:
            self._row.solution = msgspec.to_builtins(committed)
            await database_sync_to_async(self._row.save)(update_fields=["solution"])
        await self.tell_all()

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
        if isinstance(frame, Polling):
            await self._polled(frame)
            return
        if self._alone:
            raise LessonRefused(NO_CLASS)
        given, mode = nodes(self.room_lesson), self._row.mode
        codes = await database_sync_to_async(set_at_desk)(self._row, self._roster, given, frame)
        await database_sync_to_async(self._load)()
        if self._row.mode != mode:
            await self._audience.changed()
        await self.tell_all()
        for code in codes:
            await self._audience.send_to(code, LESSON_CHANGED)

    async def _answered(self, viewer: Viewer, frame: Answered) -> None:
        await self._ballot.answer(viewer.who, frame, alone=self._alone)
        await self._tell_own(viewer)
        self._tell_soon()

    async def _polled(self, frame: Polling) -> None:
        if self._alone:
            raise LessonRefused(NO_CLASS)
        await self._ballot.poll(frame)
        await self.tell_all()

    async def _named(self, viewer: Viewer, frame: Named) -> None:
        student = await self._student(viewer)
        if student is None:
            return
        if self._row.anonymous and frame.nickname.strip():
            raise LessonRefused(_("In this class nobody gives a name."))
        student.nickname, student.may_be_named = frame.nickname.strip(), frame.shown
        if frame.code is not None:
            student.code = tidy_code(frame.code)
        await database_sync_to_async(student.save)()
        await self._tell_own(viewer)
        self._tell_soon()
        if (copy := self._roster.copy_of(viewer.who)) is not None:
            await self._audience.send_to(copy.room.code, LESSON_CHANGED)

    async def _reflected(self, viewer: Viewer, frame: Reflected) -> None:
        student = await self._student(viewer)
        steps = self.room_lesson.lesson.steps
        if student is None or not any(step.id == frame.step and step.reflect for step in steps):
            raise LessonRefused(_("Nobody asks for this here."))
        await database_sync_to_async(Reflection.objects.update_or_create)(
            student=student, step=frame.step, defaults={"text": frame.text.strip(), "shown": False}
        )
        await database_sync_to_async(self._load)()
        await self._tell_own(viewer)
        self._tell_soon()

    async def _student(self, viewer: Viewer) -> Student | None:
        """The student of a class; none is made for teachers and for whoever learns alone."""
        if self._alone or viewer.role is Role.STAFF or not viewer.who:
            return None
        return await database_sync_to_async(self._roster.enrol)(viewer.who)

    async def moved(self, step: int, *, back: bool) -> None:
        """The lesson went to a step: the projector is the class's again, what is asked from there on can be
        asked again."""
        self._row.showing = None
        await database_sync_to_async(self._row.save)(update_fields=["showing"])
        if back:
            asks = [ask.id for index, ask in self.room_lesson.lesson.asks() if index >= step]
            await database_sync_to_async(answers.forget)(self._room, asks)
        await database_sync_to_async(self._load)()
        await self.tell_all()
        for code in await database_sync_to_async(self._roster.open_copies)():
            await self._audience.send_to(code, LESSON_CHANGED)

    # --- what viewers are told

    async def welcome(self, viewer: Viewer) -> None:
        """Everything about the lesson, for somebody who has just come."""
        await self._student(viewer)
        await self._tell_class()
        await self._audience.try_to_say(viewer, self._frame())
        await self._tell_own(viewer)
        if not self._alone:
            self._tell_soon()

    async def tell(self) -> None:
        """After a step of the runner: tell all where the lesson stands, if that changed."""
        room_lesson = self.room_lesson
        hints = len(room_lesson.hints()) and tuple(hint["en"] for hint in room_lesson.hints())
        marked = (*room_lesson.mark(), hints, room_lesson.lesson_run.focus(), id(room_lesson))
        if marked != self._marked:
            self._marked = marked
            self._ballot.tell_lesson()
            await self._tell_class()
            if self._ballot.unjudged:
                await database_sync_to_async(self._ballot.judge)()
            await self.tell_all()

    async def _tell_class(self) -> None:
        """The class hears how far the task of this private copy is."""
        left, progress = self._row.left, self._progress
        if left is not None and progress is not None and await progress.keep(self.room_lesson):
            await self._audience.send_to(left.code, LESSON_CHANGED)

    async def tell_all(self) -> None:
        """Tell everybody everything."""
        frame = self._frame()
        for viewer in list(self._audience.everybody()):
            if frame != self._said:
                await self._audience.try_to_say(viewer, frame)
            await self._tell_own(viewer)
        self._said = frame

    def _tell_soon(self) -> None:
        if self._telling is None or self._telling.done():
            self._telling = self._tasks.start(self._tell_later())

    async def _tell_later(self) -> None:
        await asyncio.sleep(COUNT_SECONDS)
        frame = self._frame()
        for viewer in list(self._audience.everybody()):
            if frame != self._said:
                await self._audience.try_to_say(viewer, frame)
            if viewer.role is Role.STAFF:
                await self._tell_own(viewer)
        self._said = frame

    async def _tell_own(self, viewer: Viewer) -> None:
        view = self._view()
        own = view.to_one(viewer.who, leads=self.standpoint(viewer).leads)
        await self._audience.try_to_say(viewer, encode(own))
        if viewer.role is Role.STAFF and not self._alone:
            await self._audience.try_to_say(viewer, encode(view.to_teacher()))

    def for_teacher(self) -> tuple[LessonFrame, ClassFrame]:
        """Where the lesson stands, and what the teacher is told."""
        view = self._view()
        return view.to_all(self._students_here()), view.to_teacher()

    def of_one(self, who: str) -> OwnAnswers:
        """What somebody without a connection is told."""
        return self._view().to_one(who, leads=False)

    async def answer(self, viewer: Viewer, frame: Answered) -> None:
        """Somebody without a connection answers. Raises LessonRefused."""
        await self._student(viewer)
        await self._answered(viewer, frame)

    def _students_here(self) -> int:
        return sum(viewer.role is not Role.STAFF for viewer in self._audience.everybody())

    def _frame(self) -> str:
        return encode(self._view().to_all(self._students_here()))

    def _view(self) -> Telling:
        return Telling(
            room_lesson=self.room_lesson,
            row=self._row,
            polls=self._ballot.polls,
            answers=self._ballot.answers,
            roster=self._roster,
            reflections=self._reflections,
            here=[viewer.who for viewer in self._audience.everybody()],
            class_on=self._class_on,
            typed=self._typed,
            foreseen=self._foreseen,
        )
