"""The lesson of a room as its viewers take part in it: answers, polls, students, and what each is sent."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final, Protocol

import msgspec
from channels.db import database_sync_to_async
from django.utils.translation import gettext_lazy as _

from clustersim.lesson import Ask, Step, load_lesson
from clustersim.lesson.blind import Commitment, cause_named
from visualizer.lessons import answers
from visualizer.lessons.codes import tidy_code
from visualizer.lessons.copy_progress import LESSON_CHANGED, Progress
from visualizer.lessons.desk import set_at_desk
from visualizer.lessons.evidence import TypedLines
from visualizer.lessons.foreseen import Lesson as ForeseenLesson
from visualizer.lessons.foreseen import foreseen
from visualizer.lessons.frames import (
    AboutLesson,
    Answered,
    AtDesk,
    ClassFrame,
    Committed,
    LessonFrame,
    Named,
    OwnAnswers,
    Polling,
    Reflected,
)
from visualizer.lessons.lesson_driver import LessonDriver
from visualizer.lessons.models import Answer, Course, Mode, Poll, PrivateCopy, Reflection, Student
from visualizer.lessons.poll_phases import POLL
from visualizer.lessons.refusals import LessonRefused
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.lessons.roster import Roster
from visualizer.lessons.standings import newest
from visualizer.lessons.telling import Telling, nodes
from visualizer.lessons.warm_ups import COUNT, PREFIX, earlier, step_of, with_warm_ups
from visualizer.lessons.writer import Writer
from visualizer.owned import OwnedTasks
from visualizer.rooms.frames import encode
from visualizer.rooms.permissions import Actor
from visualizer.rooms.roles import Role
from visualizer.rooms.viewer import Viewer

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
        self._polls: dict[str, Poll] = {}
        self._answers: list[Answer] = []
        self._reflections: list[Reflection] = []
        self._roster = Roster(row.room_id)
        self._progress = Progress(row.room_id, row.task) if row.task else None
        self._class_on = False
        self._typed = TypedLines()
        self._foreseen: ForeseenLesson = {}
        self._said = ""
        self._marked: tuple[Any, ...] = ()
        self._telling: asyncio.Task[None] | None = None
        self._writer = Writer()
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
        self._polls = {poll.ask: poll for poll in Poll.objects.filter(room_id=self._room)}
        self._answers = answers.of_room(self._room)
        self._reflections = list(
            Reflection.objects.select_related("student").filter(student__room_id=self._room)
        )
        self._hear_answers()
        self._load_copies()
        self._class_on = bool(self._row.task) and not _class_at(self._row)

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
            raise LessonRefused(_("This room has no class."))
        given, mode = nodes(self.room_lesson), self._row.mode
        codes = await database_sync_to_async(set_at_desk)(self._row, self._roster, given, frame)
        await database_sync_to_async(self._load)()
        if self._row.mode != mode:
            await self._audience.changed()
        await self.tell_all()
        for code in codes:
            await self._audience.send_to(code, LESSON_CHANGED)

    async def _answered(self, viewer: Viewer, frame: Answered) -> None:
        room_lesson, ask = self.room_lesson, self.room_lesson.ask(frame.ask)
        if ask is None or not room_lesson.asked(ask.id):
            raise LessonRefused(_("This question has not been asked yet."))
        skipped = frame.answer is None
        if not skipped and not answers.valid(ask, frame.answer):
            raise LessonRefused(_("This is no answer to that question."))
        if self._alone:
            mine = self._view().given(ask.id, viewer.who)
            done = len(mine) >= ask.rounds or any(one.answer is None for one in mine)
            if done or frame.round != len(mine) + 1:
                raise LessonRefused(_("Your answer is locked."))
            if room_lesson.judged(ask.id) and ask.judge_after != self._step_of(ask).id and not skipped:
                raise LessonRefused(_("The run has already answered this question."))
        else:
            poll = self._polls.get(ask.id)
            closed = poll is None or poll.phase != Poll.Phase.OPEN or poll.round != frame.round
            if closed or (skipped and not ask.confidence):
                raise LessonRefused(_("The question is not open."))
        answer = list(frame.answer) if isinstance(frame.answer, tuple) else frame.answer
        locked = Answer(
            room_id=self._room,
            ask=ask.id,
            round=frame.round,
            who=viewer.who,
            answer=answer,
            confidence=frame.confidence if ask.confidence and not skipped else None,
        )
        if not await self._writer.write(locked):
            raise LessonRefused(_("Your answer is locked."))
        self._answers.append(locked)
        self._hear_answers()
        await self._tell_own(viewer)
        self._tell_soon()

    def _step_of(self, ask: Ask) -> Step:
        lesson = self.room_lesson.lesson
        return next(lesson.steps[index] for index, one in lesson.asks() if one.id == ask.id)

    def _load_answers(self) -> None:
        self._answers = answers.of_room(self._room)
        answers.judge(self.room_lesson, self._answers)
        self._hear_answers()

    def _hear_answers(self) -> None:
        """What was answered in the last rounds decides which steps come."""
        if any(step.when is not None for step in self.room_lesson.lesson.steps):
            self.room_lesson.answered(answers.of_last_rounds(self.room_lesson, self._answers))

    async def _polled(self, frame: Polling) -> None:
        ask = self.room_lesson.ask(frame.ask)
        if self._alone or ask is None or not self.room_lesson.asked(ask.id):
            raise LessonRefused(_("This question has not been asked yet."))
        poll = self._polls.get(ask.id) or Poll(room_id=self._room, ask=ask.id)
        phase, again = POLL.after(poll.phase, frame.action), frame.action == "again"
        if phase is None or (again and poll.round >= ask.rounds):
            raise LessonRefused(_("There is no second round."))
        if frame.action == "reveal" and not self.room_lesson.judged(ask.id):
            raise LessonRefused(_("The run has not come to the answer yet."))
        poll.round, poll.phase = poll.round + again, phase
        await database_sync_to_async(poll.save)()
        self._polls[ask.id] = poll
        await database_sync_to_async(self._load_answers)()
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
        """The lesson went to a step; what is asked from there on can be asked again."""
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
            self._hear_answers()
            await self._tell_class()
            if any(answer.right is None for answer in self._answers):
                await database_sync_to_async(self._load_answers)()
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
            polls=self._polls,
            answers=self._answers,
            roster=self._roster,
            reflections=self._reflections,
            here=[viewer.who for viewer in self._audience.everybody()],
            class_on=self._class_on,
            typed=self._typed,
            foreseen=self._foreseen,
        )


def _class_at(row: Course) -> bool:
    """Whether the class of a private copy is still at the task."""
    copy = PrivateCopy.objects.filter(room_id=row.room_id).first()
    left = row.left
    if copy is None or left is None or left.branch_id != copy.branch:
        return False
    standing = newest(left.branch) if left.branch is not None else None
    steps = load_lesson(row.text).steps
    return standing is not None and standing.step >= 0 and steps[standing.step].id == copy.step
