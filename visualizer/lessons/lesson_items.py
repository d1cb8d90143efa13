"""Where a lesson stands, its steps, questions and polls, as the frames and items that go to the page."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from clustersim.lesson import Ask, Step, Text
from clustersim.lesson.plan import WHOLE, stops
from visualizer.lessons import answers
from visualizer.lessons.frames import AskItem, BarItem, LessonFrame, OptionItem, PollItem, StepItem, Told
from visualizer.lessons.models import Answer, Poll
from visualizer.lessons.room_lesson import RoomLesson


def what(step: Step) -> str:
    """What kind of step it is, in a word."""
    for name in ("ask", "task", "diagnosis", "challenge", "reflect"):
        if getattr(step, name) is not None:
            return name
    return "run" if step.moves else "say"


def gist(step: Step) -> Text | None:
    """What a step is about, in short."""
    if step.ask is not None:
        return step.ask.text
    if step.task is not None:
        return step.task.text
    if step.diagnosis is not None:
        return step.diagnosis.text
    return step.challenge or step.say or step.reflect


def ask_item(room_lesson: RoomLesson, ask: Ask, room: int) -> AskItem:
    """A question; its options in an order of the room's own: the file's would often begin with the right
    one.
    """

    ask = room_lesson.lesson_run.whole(ask)

    def place(option: str) -> bytes:
        return hashlib.blake2b(f"{room}/{ask.id}/{option}".encode(), digest_size=8).digest()

    options = sorted(ask.options, key=lambda option: place(option.id))
    return AskItem(
        id=ask.id,
        kind=ask.kind,
        text=room_lesson.words(ask.text),
        unit=answers.unit_words(ask),
        rounds=ask.rounds,
        confidence=ask.confidence,
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
        unsure=0 if hidden else sum(one.answer is None for one in rounds[poll.round]),
        bars=() if hidden else bars(poll.round),
        before=() if hidden or poll.round == 1 else bars(1),
    )


def awaited(room_lesson: RoomLesson) -> list[Ask]:
    """What was asked before the present step, while it runs, and the run has not answered yet."""
    step = room_lesson.step
    if room_lesson.over or step is None or not step.moves:
        return []
    return [
        ask
        for index, ask in room_lesson.lesson.asks()
        if index < room_lesson.index and room_lesson.asked(ask.id) and not room_lesson.judged(ask.id)
    ]


def revealed(room_lesson: RoomLesson) -> list[Ask]:
    """What was asked before, and the present step has answered."""
    step = room_lesson.step
    if step is None or not room_lesson.over:
        return []
    return [
        ask for _index, ask in room_lesson.lesson.asks() if ask.judge_after == step.id and ask is not step.ask
    ]


def speaks_of_requests(steps: Sequence[Step]) -> bool:
    return any(part == "client" or part.startswith("svc/") for step in steps for part in step.focus)


def told(room_lesson: RoomLesson, ask: Ask, answer: Any) -> Told:
    """What an answer to a question came to, now that the run has answered it; None: skipped."""
    right, reply = room_lesson.right(ask, answer)
    return Told(
        right=right,
        answer=room_lesson.right_answer(ask),
        reply=reply,
        explain=room_lesson.explained(ask),
        order=room_lesson.right_order(ask),
    )


def lesson_frame(
    room_lesson: RoomLesson,
    mode: str,
    room: int,
    *,
    polls: Mapping[str, PollItem],
    students: int = 0,
    left: str = "",
    plan: str = WHOLE,
) -> LessonFrame:
    """Where the lesson stands. room: decides the order of options; left: the class to go back to."""
    lesson, step, run = room_lesson.lesson, room_lesson.step, room_lesson.lesson_run
    asks = [ask for _index, ask in lesson.asks()]
    own = None if step is None else step.ask
    planned = stops(lesson, plan)
    return LessonFrame(
        lesson=lesson.id,
        title=room_lesson.words(lesson.title),
        goal=room_lesson.words(lesson.goal),
        mode=mode,
        steps=[
            StepItem(id=one.id, what=what(one), planned=index in planned and room_lesson.comes(index))
            for index, one in enumerate(lesson.steps)
        ],
        step=room_lesson.index,
        over=room_lesson.over,
        free=room_lesson.free,
        moves=step is not None and (step.moves or step.own_copy),
        say=room_lesson.texts(step.say) if step is not None else None,
        shows=room_lesson.shows(),
        focus=run.focus() if step is not None else (),
        requests=speaks_of_requests(lesson.steps[: room_lesson.index + 1]),
        ask=ask_item(room_lesson, own, room) if own is not None else None,
        awaits=[ask_item(room_lesson, ask, room) for ask in awaited(room_lesson)],
        reveals=[ask_item(room_lesson, ask, room) for ask in revealed(room_lesson)],
        task=room_lesson.texts(step.task.text) if step is not None and step.task is not None else None,
        hints=room_lesson.hints(),
        reflect=room_lesson.texts(step.reflect) if step is not None else None,
        why=run.why() if step is not None and room_lesson.over else 0,
        why_not=run.why_not() if step is not None and room_lesson.over else "",
        allow=step.allow if step is not None else (),
        polls=dict(polls),
        judged=[ask.id for ask in asks if room_lesson.judged(ask.id)],
        students=students,
        left=left,
    )
