"""The lesson of a room as its viewers take part in it: answers, polls, students, and what each is sent."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final, Protocol

from channels.db import database_sync_to_async
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clustersim.lesson import Ask, Step
from visualizer.lessons import answers
from visualizer.lessons.frames import (
    AboutLesson,
    Answered,
    ClassFrame,
    Frame,
    Led,
    Named,
    OwnAnswers,
    OwnItem,
    Polling,
    StudentItem,
)
from visualizer.lessons.lesson_driver import LessonDriver
from visualizer.lessons.lesson_items import gist, lesson_frame, poll_item, told
from visualizer.lessons.models import Answer, Course, Mode, Poll, Student
from visualizer.lessons.poll_phases import POLL
from visualizer.lessons.powers import forbidden
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.lessons.writer import Writer
from visualizer.owned import OwnedTasks
from visualizer.rooms.frames import FromServer, encode
from visualizer.rooms.models import Room
from visualizer.rooms.permissions import Actor
from visualizer.rooms.roles import Role
from visualizer.rooms.viewer import Viewer
from visualizer.texts import Texts, texts

COUNT_SECONDS: Final = 0.3
"""Counts of answers are told at most this often."""


class Audience(Protocol):
    """The viewers of the room, to send frames to."""

    def everybody(self) -> Iterable[Viewer]: ...
    async def changed(self) -> None: ...
    async def try_to_say(self, viewer: Viewer, frame: str) -> None: ...


class LessonRefused(Exception):
    """A viewer asked for something about the lesson that is not possible; `reason` tells them why."""

    def __init__(self, reason: Promise) -> None:
        super().__init__(str(reason))
        self.reason: Texts = texts(reason)


class Classroom:
    """Takes the answers and polls of one room's lesson, and sends its viewers what changed."""

    def __init__(self, audience: Audience, row: Course, driver: LessonDriver) -> None:
        self._audience = audience
        self._row = row
        self._driver = driver
        self._polls: dict[str, Poll] = {}
        self._answers: list[Answer] = []
        self._students: dict[str, Student] = {}
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

    def _load(self) -> None:
        self._polls = {poll.ask: poll for poll in Poll.objects.filter(room_id=self._room)}
        self._answers = answers.of_room(self._room)
        self._students = {one.who: one for one in Student.objects.filter(room_id=self._room)}

    # --- who may do what

    def allowed(self) -> tuple[tuple[str, ...], bool]:
        """The powers of the present step, and whether the lesson is over."""
        step = self.room_lesson.step
        return tuple(step.allow) if step is not None else ("inspect",), self.room_lesson.free

    def standpoint(self, viewer: Viewer) -> Actor:
        allow, free = self.allowed()
        student = self._students.get(viewer.who)
        return Actor(
            role=viewer.role,
            mode=self._row.mode,
            allow=allow,
            free=free,
            node=student.node if student is not None else "",
            joined=student is not None,
        )

    def forbids(self, viewer: Viewer, frame: Frame) -> Texts | None:
        """Why this viewer may not ask for that."""
        reason = forbidden(self.standpoint(viewer), frame)
        return None if reason is None else texts(reason)

    # --- what viewers say; moves go through the runner and end in `moved`

    async def hear(self, viewer: Viewer, frame: AboutLesson) -> None:
        """Raises LessonRefused."""
        match frame:
            case Answered():
                await self._answered(viewer, frame)
            case Polling():
                await self._polled(frame)
            case Named():
                await self._named(viewer, frame.nickname.strip())
            case Led():
                await database_sync_to_async(self._lead_by)(frame.mode)
                await self._audience.changed()
                await self.tell_all()

    async def _answered(self, viewer: Viewer, frame: Answered) -> None:
        room_lesson, ask = self.room_lesson, self.room_lesson.ask(frame.ask)
        if ask is None or not room_lesson.asked(ask.id):
            raise LessonRefused(_("This question has not been asked yet."))
        skipped = frame.answer is None
        if not skipped and not answers.valid(ask, frame.answer):
            raise LessonRefused(_("This is no answer to that question."))
        if self._alone:
            mine = self._given(ask.id, viewer.who)
            done = len(mine) >= ask.rounds or any(one.answer is None for one in mine)
            if done or frame.round != len(mine) + 1:
                raise LessonRefused(_("Your answer is locked."))
            if room_lesson.judged(ask.id) and ask.judge_after != self._step_of(ask).id and not skipped:
                raise LessonRefused(_("The run has already answered this question."))
        else:
            poll = self._polls.get(ask.id)
            if skipped or poll is None or poll.phase != Poll.Phase.OPEN or poll.round != frame.round:
                raise LessonRefused(_("The question is not open."))
        answer = list(frame.answer) if isinstance(frame.answer, tuple) else frame.answer
        locked = Answer(room_id=self._room, ask=ask.id, round=frame.round, who=viewer.who, answer=answer)
        if not await self._writer.write(locked):
            raise LessonRefused(_("Your answer is locked."))
        self._answers.append(locked)
        await self._tell_own(viewer)
        self._tell_soon()

    def _step_of(self, ask: Ask) -> Step:
        lesson = self.room_lesson.lesson
        return next(lesson.steps[index] for index, one in lesson.asks() if one.id == ask.id)

    def _load_answers(self) -> None:
        self._answers = answers.of_room(self._room)
        answers.judge(self.room_lesson, self._answers)

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

    async def _named(self, viewer: Viewer, nickname: str) -> None:
        student = await self._student(viewer)
        if student is not None:
            student.nickname = nickname
            await database_sync_to_async(student.save)()
            await self._tell_own(viewer)
            self._tell_soon()

    async def _student(self, viewer: Viewer) -> Student | None:
        """The student of a class; none is made for teachers and for whoever learns alone."""
        if self._alone or viewer.role is Role.STAFF or not viewer.who:
            return None
        if viewer.who not in self._students:
            self._students[viewer.who] = await database_sync_to_async(self._enrol)(viewer.who)
        return self._students[viewer.who]

    def _enrol(self, who: str) -> Student:
        student = answers.student(self._room, who)
        if self._row.mode == Mode.ROLES and not student.node:
            self._students[who] = student
            self._give_nodes()
        return student

    def _lead_by(self, mode: str) -> None:
        if self._alone:
            return
        self._row.mode = mode
        self._row.save(update_fields=["mode"])
        Room.objects.filter(pk=self._room).update(may_act=mode == Mode.ROLES)
        if mode == Mode.ROLES:
            self._give_nodes()

    def _give_nodes(self) -> None:
        """Every student owns a node; where there are more students than nodes, several share one."""
        nodes = list(self.room_lesson.lesson_run.cluster.machines)
        nodes = [node for node in nodes if node != "master"]
        owned = [student.node for student in self._students.values()]
        for student in self._students.values():
            if not student.node:
                student.node = min(nodes, key=lambda node: (owned.count(node), nodes.index(node)))
                owned.append(student.node)
                student.save(update_fields=["node"])

    async def moved(self, step: int, *, back: bool) -> None:
        """The lesson went to a step; what is asked from there on can be asked again."""
        if back:
            asks = [ask.id for index, ask in self.room_lesson.lesson.asks() if index >= step]
            await database_sync_to_async(answers.forget)(self._room, asks)
            await database_sync_to_async(self._load)()
        await self.tell_all()

    # --- what viewers are told

    async def welcome(self, viewer: Viewer) -> None:
        """Everything about the lesson, for somebody who has just come."""
        await self._student(viewer)
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
            if any(answer.right is None for answer in self._answers):
                await database_sync_to_async(self._load_answers)()
            await self.tell_all()

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
        await self._audience.try_to_say(viewer, encode(self._own(viewer)))
        if viewer.role is Role.STAFF and not self._alone:
            await self._audience.try_to_say(viewer, encode(self._class()))

    def _given(self, ask: str, who: str) -> list[Answer]:
        return [answer for answer in self._answers if answer.ask == ask and answer.who == who]

    def _own(self, viewer: Viewer) -> FromServer:
        student = self._students.get(viewer.who)
        asked = [ask for _index, ask in self.room_lesson.lesson.asks() if self.room_lesson.asked(ask.id)]
        return OwnAnswers(
            leads=self.standpoint(viewer).leads,
            nickname=student.nickname if student is not None else "",
            node=student.node if student is not None and self._row.mode == Mode.ROLES else "",
            asks={ask.id: self._own_item(ask, self._given(ask.id, viewer.who)) for ask in asked},
        )

    def _own_item(self, ask: Ask, mine: list[Answer]) -> OwnItem:
        room_lesson = self.room_lesson
        last = answers.given(mine[-1].answer) if mine else None
        complete = len(mine) >= ask.rounds or (bool(mine) and last is None)
        poll = self._polls.get(ask.id)
        shown = complete if self._alone else poll is not None and poll.phase == Poll.Phase.REVEALED
        return OwnItem(
            given=[answers.given(answer.answer) for answer in mine],
            shown=answers.in_words(room_lesson, ask, last),
            told=told(room_lesson, ask, last) if shown and room_lesson.judged(ask.id) else None,
        )

    def _frame(self) -> str:
        room_lesson = self.room_lesson
        polls = {
            ask.id: poll_item(room_lesson, ask, self._polls[ask.id], self._answers)
            for _index, ask in room_lesson.lesson.asks()
            if ask.id in self._polls
        }
        return encode(
            lesson_frame(
                room_lesson,
                self._row.mode,
                self._room,
                polls=polls,
                students=sum(viewer.role is not Role.STAFF for viewer in self._audience.everybody()),
                left=self._row.left.code if self._row.left is not None else "",
            )
        )

    def _class(self) -> FromServer:
        room_lesson, steps = self.room_lesson, self.room_lesson.lesson.steps
        step = room_lesson.step
        next_step = steps[room_lesson.index + 1] if room_lesson.index + 1 < len(steps) else None
        ask = step.ask.id if step is not None and step.ask is not None else ""
        poll = self._polls.get(ask)
        round_ = poll.round if poll is not None else 1
        here = {viewer.who for viewer in self._audience.everybody()}
        answered = {one.who for one in self._answers if one.ask == ask and one.round == round_}
        return ClassFrame(
            notes=room_lesson.texts(step.notes) if step is not None else None,
            following=room_lesson.texts(gist(next_step)) if next_step is not None else None,
            students=[
                StudentItem(name=str(s), node=s.node, here=s.who in here, answered=s.who in answered)
                for s in self._students.values()
            ],
        )
