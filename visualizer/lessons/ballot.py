"""The polls and answers of one room's lesson: what may be answered and polled now, and what was."""

from typing import Final

from channels.db import database_sync_to_async
from django.utils.translation import gettext_lazy as _

from clustersim.lesson import Ask, Step
from visualizer.lessons import answers
from visualizer.lessons.class_frames import Polling
from visualizer.lessons.frames import Answered
from visualizer.lessons.lesson_driver import LessonDriver
from visualizer.lessons.models import Answer, Poll
from visualizer.lessons.poll_phases import POLL
from visualizer.lessons.refusals import LessonRefused
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.lessons.writer import Writer

NOT_ASKED: Final = _("This question has not been asked yet.")
LOCKED: Final = _("Your answer is locked.")


class Ballot:
    """Takes answers and polls, and keeps them. ``load`` and ``judge`` wait for the database."""

    def __init__(self, room: int, driver: LessonDriver) -> None:
        self._room = room
        self._driver = driver
        self.polls: dict[str, Poll] = {}
        self.answers: list[Answer] = []
        self._writer = Writer()

    @property
    def _room_lesson(self) -> RoomLesson:
        return self._driver.room_lesson

    def load(self) -> None:
        """What the database knows."""
        self.polls = {poll.ask: poll for poll in Poll.objects.filter(room_id=self._room)}
        self.answers = answers.of_room(self._room)
        self.tell_lesson()

    def judge(self) -> None:
        """Write down which answers are right, where the run has come to it."""
        self.answers = answers.of_room(self._room)
        answers.judge(self._room_lesson, self.answers)
        self.tell_lesson()

    @property
    def unjudged(self) -> bool:
        """Whether the run has yet to say of some answer that it is right or wrong."""
        return any(answer.right is None for answer in self.answers)

    def tell_lesson(self) -> None:
        """What was answered in the last rounds decides which steps come."""
        if any(step.when is not None for step in self._room_lesson.lesson.steps):
            self._room_lesson.answered(answers.of_last_rounds(self._room_lesson, self.answers))

    async def answer(self, who: str, frame: Answered, *, alone: bool) -> None:
        """Lock an answer. Raises LessonRefused."""
        ask = self._asked(frame.ask)
        if frame.answer is not None and not answers.valid(ask, frame.answer):
            raise LessonRefused(_("This is no answer to that question."))
        if alone:
            self._check_alone(who, ask, frame)
        else:
            self._check_open(ask, frame)
        locked = Answer(
            room_id=self._room,
            ask=ask.id,
            round=frame.round,
            who=who,
            answer=list(frame.answer) if isinstance(frame.answer, tuple) else frame.answer,
            words=answers.in_words(self._room_lesson, ask, frame.answer),
            confidence=frame.confidence if ask.confidence and frame.answer is not None else None,
        )
        if not await self._writer.write(locked):
            raise LessonRefused(LOCKED)
        self.answers.append(locked)
        self.tell_lesson()

    def _asked(self, name: str) -> Ask:
        ask = self._room_lesson.ask(name)
        if ask is None or not self._room_lesson.asked(ask.id):
            raise LessonRefused(NOT_ASKED)
        return ask

    def _check_alone(self, who: str, ask: Ask, frame: Answered) -> None:
        """Who learns alone answers each round once, and before the run does."""
        mine = answers.given_by(self.answers, ask.id, who)
        done = len(mine) >= ask.rounds or any(one.answer is None for one in mine)
        if done or frame.round != len(mine) + 1:
            raise LessonRefused(LOCKED)
        skipped, at_once = frame.answer is None, ask.judge_after == self._step_of(ask).id
        if self._room_lesson.judged(ask.id) and not at_once and not skipped:
            raise LessonRefused(_("The run has already answered this question."))

    def _check_open(self, ask: Ask, frame: Answered) -> None:
        """A class answers while the poll is open; to skip is an answer only where the question asks how sure
        one is.
        """
        poll = self.polls.get(ask.id)
        closed = poll is None or poll.phase != Poll.Phase.OPEN or poll.round != frame.round
        if closed or (frame.answer is None and not ask.confidence):
            raise LessonRefused(_("The question is not open."))

    def _step_of(self, ask: Ask) -> Step:
        lesson = self._room_lesson.lesson
        return next(lesson.steps[index] for index, one in lesson.asks() if one.id == ask.id)

    async def poll(self, frame: Polling) -> None:
        """Open, close or reveal a question, or ask it again. Raises LessonRefused."""
        ask = self._asked(frame.ask)
        poll = self.polls.get(ask.id) or Poll(room_id=self._room, ask=ask.id)
        phase, again = POLL.after(poll.phase, frame.action), frame.action == "again"
        if phase is None or (again and poll.round >= ask.rounds):
            raise LessonRefused(_("There is no second round."))
        if frame.action == "reveal" and not self._room_lesson.judged(ask.id):
            raise LessonRefused(_("The run has not come to the answer yet."))
        poll.round, poll.phase = poll.round + again, phase
        await database_sync_to_async(poll.save)()
        self.polls[ask.id] = poll
        await database_sync_to_async(self.judge)()
