"""Blind steps in a file: nothing can be hidden from whoever has the file, and there is no console in it. So a
diagnosis becomes a question about what the stage shows, and a fault to be made is told as it stands.
"""

from typing import Final

import msgspec
from django.utils.translation import gettext_lazy as _

from clustersim.lesson.file.schema import Cause, Diagnosis
from visualizer.lessons.frames import AskItem, ChallengeItem, LessonFrame, OptionItem, Told
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.recordings.recording import Verdicts
from visualizer.texts import Texts, texts

NOTHING_TO_TYPE: Final = _(
    "In a file nothing is hidden, and nothing can be typed. Watch the fault at work, then say what it is."
)
NOTHING_TO_MAKE: Final = _("A file only plays. To do this, take the lesson in a room of your own.")
EVIDENCE: Final = _("This tells it apart: %(command)s prints %(shows)s")


def in_a_file(frame: LessonFrame, room_lesson: RoomLesson) -> LessonFrame:
    """The frame of a blind step as a file shows it; any other as it is."""
    step = room_lesson.step
    if step is None or (step.diagnosis is None and step.challenge is None):
        return frame
    if step.challenge is not None:
        item = ChallengeItem(text=room_lesson.words(step.challenge), ripe=False, code="")
        return msgspec.structs.replace(frame, say=texts(NOTHING_TO_MAKE), challenge=item)
    assert step.diagnosis is not None
    drawn = room_lesson.lesson_run.drawn
    if drawn is None:
        return msgspec.structs.replace(frame, say=room_lesson.words(step.diagnosis.text))
    return msgspec.structs.replace(
        frame,
        say=texts(NOTHING_TO_TYPE),
        ask=_ask(room_lesson, step.id, step.diagnosis),
        shows=[_evidence(drawn)] if room_lesson.over else (),
    )


def _ask(room_lesson: RoomLesson, name: str, diagnosis: Diagnosis) -> AskItem:
    return AskItem(
        id=name,
        kind="choice",
        text=room_lesson.words(diagnosis.text),
        unit={"en": "", "zh": ""},
        rounds=1,
        confidence=False,
        options=[OptionItem(id=one.id, text=room_lesson.words(one.text)) for one in diagnosis.causes],
    )


def _evidence(drawn: Cause) -> Texts:
    found = drawn.evidence
    command = f"{found.on}# {found.command}" if found.on else found.command
    values = {"command": command, "shows": found.shows}
    return {language: sentence % values for language, sentence in texts(EVIDENCE).items()}


def verdicts_on(room_lesson: RoomLesson) -> dict[str, Verdicts]:
    """What each cause comes to as an answer, once the fault has been at work."""
    step, drawn = room_lesson.step, room_lesson.lesson_run.drawn
    if step is None or step.diagnosis is None or drawn is None:
        return {}

    def told(chosen: Cause | None) -> Told:
        return Told(
            right=chosen is drawn,
            answer=room_lesson.words(drawn.text),
            reply=None if chosen is None or chosen is drawn else room_lesson.words(chosen.reply),
            explain=(room_lesson.words(drawn.explain),),
        )

    answers = {cause.id: told(cause) for cause in step.diagnosis.causes}
    return {step.id: Verdicts(answers=answers, ranges=(), other=told(None), skipped=told(None))}
