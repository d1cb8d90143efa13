"""What a page learns of a blind step: its question while something is hidden, and afterwards the outcome."""

import hashlib

from django.utils.translation import gettext_lazy as _

from clustersim.lesson.blind import Commitment, Verdict
from clustersim.lesson.file.schema import Cause, Diagnosis
from visualizer.lessons.frames import ChallengeItem, DiagnosisItem, OptionItem, OutcomeItem
from visualizer.lessons.models import Course, Mode
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.texts import texts

NEIGHBOURS = _(
    "Somebody made a fault here. What is wrong? Say it in your own words, with a command that shows it."
)


def diagnosis_item(room_lesson: RoomLesson, row: Course) -> DiagnosisItem | None:
    """What is to be found out; None in a step in which nothing is."""
    if row.riddle:
        return _riddle(room_lesson, row)
    step = room_lesson.step
    if step is None or step.diagnosis is None:
        return None
    if room_lesson.lesson_run.drawn is None:
        return _to_come(room_lesson, step.diagnosis, row)
    verdict = room_lesson.lesson_run.verdict
    committed = room_lesson.lesson_run.progress.committed.get(step.id)
    return DiagnosisItem(
        text=room_lesson.words(step.diagnosis.text),
        causes=_options(room_lesson, step.diagnosis, row.room_id),
        ripe=room_lesson.ripe,
        blind=room_lesson.blind,
        outcome=_outcome(room_lesson, verdict, committed)
        if verdict is not None and committed is not None
        else None,
    )


def _to_come(room_lesson: RoomLesson, diagnosis: Diagnosis, row: Course) -> DiagnosisItem | None:
    """A class is told what each student is to find out in a copy of their own."""
    if row.mode == Mode.ALONE or row.task:
        return None
    text, causes = room_lesson.words(diagnosis.text), _options(room_lesson, diagnosis, row.room_id)
    return DiagnosisItem(text=text, causes=causes, ripe=False, blind=False, outcome=None)


def _options(room_lesson: RoomLesson, diagnosis: Diagnosis, room: int) -> list[OptionItem]:
    """The causes in an order of the room's own, that tells nothing."""

    def place(cause: Cause) -> bytes:
        return hashlib.blake2b(f"{room}/{cause.id}".encode(), digest_size=8).digest()

    ordered = sorted(diagnosis.causes, key=place)
    return [OptionItem(id=cause.id, text=room_lesson.words(cause.text)) for cause in ordered]


def _outcome(room_lesson: RoomLesson, verdict: Verdict, committed: Commitment) -> OutcomeItem:
    drawn, chosen = verdict.drawn, verdict.chosen
    mistaken = chosen is not None and not verdict.right
    return OutcomeItem(
        right=verdict.right,
        tells=verdict.tells,
        drawn=room_lesson.words(drawn.text),
        chosen=room_lesson.words(chosen.text) if chosen is not None else {"en": "–", "zh": "–"},
        line=committed.line,
        where=committed.where,
        output=committed.output,
        reply=room_lesson.words(chosen.reply) if chosen is not None and mistaken else None,
        explain=room_lesson.words(drawn.explain),
        command=drawn.evidence.command,
        on=drawn.evidence.on,
        shows=drawn.evidence.shows,
    )


def _riddle(room_lesson: RoomLesson, row: Course) -> DiagnosisItem:
    solved = row.solution
    return DiagnosisItem(
        text=texts(NEIGHBOURS),
        causes=(),
        ripe=room_lesson.ripe,
        blind=room_lesson.blind,
        outcome=None
        if solved is None
        else OutcomeItem(
            right=None,
            tells=None,
            drawn={"en": row.riddle, "zh": row.riddle},
            chosen={"en": solved["cause"], "zh": solved["cause"]},
            line=solved["line"],
            where=solved["where"],
            output=solved["output"],
        ),
    )


def challenge_item(room_lesson: RoomLesson, row: Course) -> ChallengeItem | None:
    """What somebody is to make for somebody else; None where nobody is."""
    step = room_lesson.step
    if row.riddle or step is None or step.challenge is None:
        return None
    code = row.handed.code if row.handed is not None else ""
    return ChallengeItem(text=room_lesson.words(step.challenge), ripe=room_lesson.ripe, code=code)
