"""What the viewers of a lesson are sent: everybody where it stands, each what they answered, the teacher
the class."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from django.utils import timezone

from clustersim.lesson import Ask, Step, Truth, plan
from clustersim.lesson.blind import cause_named
from clustersim.lesson.file.schema import INVENTORY
from visualizer.lessons import answers
from visualizer.lessons.advice import advice
from visualizer.lessons.blind_items import challenge_item, diagnosis_item
from visualizer.lessons.class_frames import AdviceItem, ClassFrame, PaceItem, ReflectionItem, StudentItem
from visualizer.lessons.codes import code_of
from visualizer.lessons.evidence import TypedLines
from visualizer.lessons.foreseen import Lesson as ForeseenLesson
from visualizer.lessons.frames import LessonFrame, OwnAnswers, OwnItem
from visualizer.lessons.lesson_items import gist, lesson_frame, poll_item, told
from visualizer.lessons.models import Answer, Course, Mode, Poll, Reflection, Student
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.lessons.roster import Roster
from visualizer.rooms.permissions import REVEALING
from visualizer.texts import Texts


@dataclass(frozen=True)
class Telling:
    """All that is known about the lesson of a room. here: the cookies of those who look."""

    room_lesson: RoomLesson
    row: Course
    polls: Mapping[str, Poll]
    answers: Sequence[Answer]
    roster: Roster
    reflections: Sequence[Reflection]
    here: Collection[str]
    class_on: bool
    typed: TypedLines
    foreseen: ForeseenLesson

    @property
    def alone(self) -> bool:
        return self.row.mode == Mode.ALONE

    @property
    def step(self) -> Step | None:
        return self.room_lesson.step

    def name_of(self, student: Student) -> Texts:
        """What to call a student."""
        return student.friendly_name if self.row.anonymous else student.name

    # --- to everybody

    def to_all(self, students: int) -> LessonFrame:
        """Where the lesson stands. students: how many are here."""
        room_lesson, step = self.room_lesson, self.step
        asks = [ask for _index, ask in room_lesson.lesson.asks() if ask.id in self.polls]
        frame = lesson_frame(
            room_lesson,
            self.row.mode,
            self.row.room_id,
            polls={ask.id: poll_item(room_lesson, ask, self.polls[ask.id], self.answers) for ask in asks},
            students=students,
            left=self.row.left.code if self.row.left is not None else "",
            plan=self.row.plan,
        )
        return msgspec.structs.replace(
            frame,
            confined=bool(self.row.task),
            class_on=self.class_on,
            allow=[act for act in frame.allow if not (room_lesson.blind and act in REVEALING)],
            own_copy=not self.alone and step is not None and step.own_copy,
            covered=room_lesson.blind,
            diagnosis=diagnosis_item(room_lesson, self.row),
            challenge=challenge_item(room_lesson, self.row),
            showing=self.row.showing.code if self.row.showing is not None else "",
            shown=self._is_shown(),
            whose=self._whose(),
            anonymous=self.row.anonymous,
            left_seconds=self._left_seconds(),
            open_until=self.row.open_until if not self.alone else None,
            reflections=[one.text for one in self._of_step() if one.shown],
        )

    def _left_seconds(self) -> float | None:
        ends = self.row.time_ends
        return None if ends is None else max(0, round((ends - timezone.now()).total_seconds()))

    def _is_shown(self) -> bool:
        return self.row.left is not None and self._shown_there() == self.row.room_id

    def _shown_there(self) -> int | None:
        left = self.row.left
        course = getattr(left, "course", None)
        return course.showing_id if course is not None else None

    def _whose(self) -> Texts | None:
        """The name beside the work on the projector: only with leave of the student, never in a class without
        names.
        """
        copy = getattr(self.row.room, "private_copy", None)
        if copy is None or not self._is_shown() or not copy.student.may_be_named:
            return None
        left = self.row.left
        assert left is not None
        name: Texts = copy.student.friendly_name if left.course.anonymous else copy.student.name
        return name

    # --- to each

    def to_one(self, who: str, *, leads: bool) -> OwnAnswers:
        """What this viewer answered."""
        student, step = self.roster.get(who), self.step
        asked = [ask for _index, ask in self.room_lesson.lesson.asks() if self.room_lesson.asked(ask.id)]
        copy = self.roster.copy_of(who)
        written = [one for one in self._of_step() if student is not None and one.student_id == student.pk]
        return OwnAnswers(
            leads=leads,
            nickname=student.nickname if student is not None else "",
            node=student.node if student is not None and self.row.mode == Mode.ROLES else "",
            name=self.name_of(student) if student is not None else None,
            may_be_named=student is not None and student.may_be_named,
            code=self._code(student),
            copy=copy.room.code if copy is not None and step is not None and copy.step == step.id else "",
            reflection=written[0].text if written else "",
            typed=self.typed.items(who) if self.room_lesson.blind else (),
            asks={ask.id: self._own_item(ask, answers.given_by(self.answers, ask.id, who)) for ask in asked},
        )

    def _code(self, student: Student | None) -> str:
        if student is None or self.room_lesson.lesson.kind != INVENTORY:
            return ""
        return student.code or code_of(student.who)

    def _own_item(self, ask: Ask, mine: list[Answer]) -> OwnItem:
        room_lesson = self.room_lesson
        last = answers.given(mine[-1].answer) if mine else None
        complete = len(mine) >= ask.rounds or (bool(mine) and last is None)
        poll = self.polls.get(ask.id)
        shown = complete if self.alone else poll is not None and poll.phase == Poll.Phase.REVEALED
        return OwnItem(
            given=[answers.given(answer.answer) for answer in mine],
            shown=answers.in_words(room_lesson, ask, last),
            told=told(room_lesson, ask, last) if shown and room_lesson.judged(ask.id) else None,
        )

    # --- to the teacher

    def to_teacher(self) -> ClassFrame:
        """Notes, and the class."""
        room_lesson, lesson, step = self.room_lesson, self.room_lesson.lesson, self.step
        after = plan.next_stop(lesson, self.row.plan, room_lesson.index, room_lesson.comes)
        ask = step.ask.id if step is not None and step.ask is not None else ""
        poll = self.polls.get(ask)
        round_ = poll.round if poll is not None else 1
        answered = {one.who for one in self.answers if one.ask == ask and one.round == round_}
        task = step.task if step is not None else None
        return ClassFrame(
            notes=room_lesson.texts(step.notes) if step is not None else None,
            following=room_lesson.texts(gist(lesson.steps[after])) if after is not None else None,
            students=[self._student(one, answered) for one in self.roster.everybody()],
            nodes=nodes(room_lesson),
            hints=[room_lesson.words(hint.text) for hint in task.hints] if task is not None else (),
            showing=self.row.showing.code if self.row.showing is not None else "",
            advice=self._advice(),
            reflections=[
                ReflectionItem(id=one.pk, name=self.name_of(one.student), text=one.text, shown=one.shown)
                for one in self._of_step()
            ],
            pace=self._pace(),
        )

    def _pace(self) -> PaceItem:
        lesson, index, name = self.room_lesson.lesson, self.room_lesson.index, self.row.plan
        planned = plan.stops(lesson, name)
        return PaceItem(
            plan=name,
            place=sum(stop <= index for stop in planned),
            steps=len(planned),
            minutes=plan.minutes(lesson, name, max(0, index)),
            all_minutes=plan.minutes(lesson, name),
        )

    def _student(self, student: Student, answered: Collection[str]) -> StudentItem:
        copy = self.roster.copies.get(student.pk)
        if self.step is None or copy is None or copy.step != self.step.id:
            copy = None
        return StudentItem(
            id=student.pk,
            name=self.name_of(student),
            node=student.node,
            here=student.who in self.here or copy is not None,
            answered=student.who in answered,
            task="" if copy is None else "done" if copy.done else "begun",
            hint=copy.hint if copy is not None else None,
            copy=copy.room.code if copy is not None else "",
            cause=self._cause(copy.cause) if copy is not None else None,
            right=copy.right if copy is not None else None,
            since=round((timezone.now() - copy.changed).total_seconds()) if copy is not None else 0,
        )

    def _advice(self) -> AdviceItem | None:
        step = self.step
        ask = step.ask if step is not None else None
        poll = self.polls.get(ask.id) if ask is not None else None
        if ask is None or poll is None or poll.phase == Poll.Phase.OPEN:
            return None
        known = self.room_lesson.lesson_run.progress.truths.get(ask.id)
        if known is None:
            known = self.foreseen[ask.id].truth if ask.id in self.foreseen else Truth()
        return advice(
            ask, known, [one for one in self.answers if one.ask == ask.id and one.round == poll.round]
        )

    def _cause(self, name: str) -> Texts | None:
        step = self.step
        if step is None or not name:
            return None
        cause = None if step.diagnosis is None else cause_named(step.diagnosis, name)
        return {"en": name, "zh": name} if cause is None else self.room_lesson.words(cause.text)

    def _of_step(self) -> list[Reflection]:
        step = self.step
        return [one for one in self.reflections if step is not None and one.step == step.id]


def nodes(room_lesson: RoomLesson) -> list[str]:
    """The nodes that students can own."""
    return [node for node in room_lesson.lesson_run.cluster.machines if node != "master"]
