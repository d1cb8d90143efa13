"""Steps, questions and polls as items of the frames that go to the page."""

import hashlib
from collections.abc import Sequence

from clustersim.lesson import Ask, Step, Text
from visualizer.lessons import answers
from visualizer.lessons.frames import AskItem, BarItem, OptionItem, PollItem
from visualizer.lessons.models import Answer, Poll
from visualizer.lessons.room_lesson import RoomLesson


def what(step: Step) -> str:
    """What kind of step it is, in a word."""
    for name in ("ask", "task", "reflect"):
        if getattr(step, name) is not None:
            return name
    return "run" if step.moves else "say"


def gist(step: Step) -> Text | None:
    """What a step is about, in short."""
    if step.ask is not None:
        return step.ask.text
    if step.task is not None:
        return step.task.text
    return step.say or step.reflect


def ask_item(room_lesson: RoomLesson, ask: Ask, room: int) -> AskItem:
    """A question; its options in an order of the room's own: the file's would often begin with the right
    one.
    """

    def place(option: str) -> bytes:
        return hashlib.blake2b(f"{room}/{ask.id}/{option}".encode(), digest_size=8).digest()

    options = sorted(ask.options, key=lambda option: place(option.id))
    return AskItem(
        id=ask.id,
        kind=ask.kind,
        text=room_lesson.words(ask.text),
        unit=ask.unit,
        rounds=ask.rounds,
        options=[OptionItem(id=option.id, text=room_lesson.words(option.text)) for option in options],
    )


def poll_item(room_lesson: RoomLesson, ask: Ask, poll: Poll, given: Sequence[Answer]) -> PollItem:
    """A question of a class; how it was answered only when it is locked, what is right when revealed."""
    rounds = {n: [one for one in given if one.ask == ask.id and one.round == n] for n in (1, 2)}
    hidden = poll.phase == Poll.Phase.OPEN
    revealed = poll.phase == Poll.Phase.REVEALED and room_lesson.judged(ask.id)

    def bars(number: int) -> Sequence[BarItem]:
        return answers.bars(room_lesson, ask, rounds[number], revealed=revealed)

    return PollItem(
        phase=poll.phase,
        round=poll.round,
        answered=len(rounds[poll.round]),
        bars=() if hidden else bars(poll.round),
        before=() if hidden or poll.round == 1 else bars(1),
    )
