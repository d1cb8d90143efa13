"""A lesson on paper: its steps, questions and answers, as they are in the first of its releases."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from clustersim.lesson import Ask, AskKind, Lesson, LessonRun, Step, Text, load_lesson, play
from clustersim.lesson.expressions.kinds import unit_word
from clustersim.lesson.file.schema import Cause
from clustersim.lesson.judging import explanations
from visualizer.lessons.part_names import part_names

GO_ON: Final = 70
LOOK_AGAIN: Final = 35
"""Percent of a class that is right: above the one go on, below the other look again before the reveal."""


class OptionOnPaper(NamedTuple):
    """An option, whether it is right, and what is said to who chose it."""

    text: str
    right: bool
    reply: str


class AskOnPaper(NamedTuple):
    """A question with its answer. number: it is answered by a number in `unit`."""

    number: int
    text: str
    kind: str
    unit: str
    rounds: int
    options: Sequence[OptionOnPaper]
    answer: str
    explain: Sequence[str]
    traps: Sequence[str]


class StepOnPaper(NamedTuple):
    """A step for the teacher. place: from 1."""

    place: int
    core: bool
    say: str
    notes: str
    ask: AskOnPaper | None
    task: str
    reflect: str
    shows: Sequence[str]


class Handout(NamedTuple):
    """A lesson on paper."""

    title: str
    goal: str
    minutes: int
    short: int
    release: str
    steps: Sequence[StepOnPaper]


def handout(text: str, language: str) -> Handout:
    """Of the lesson in this file. Plays it: to be called in a worker."""
    lesson = load_lesson(text)
    run = play(lesson, lesson.releases[0])
    return Handout(
        title=lesson.title.raw(language),
        goal=run.text(lesson.goal, language),
        minutes=lesson.minutes,
        short=sum(step.core for step in lesson.steps),
        release=lesson.releases[0],
        steps=[_step(run, place, step, language) for place, step in enumerate(lesson.steps, 1)],
    )


def _step(run: LessonRun, place: int, step: Step, language: str) -> StepOnPaper:
    def said(text: Text | None) -> str:
        return "" if text is None else run.text(text, language)

    return StepOnPaper(
        place=place,
        core=step.core,
        say=said(step.say),
        notes=said(step.notes),
        ask=None if step.ask is None else _ask(run, step.ask, language),
        task=said(_to_do(step)),
        reflect=said(step.reflect),
        shows=[
            *(said(check.say) for check in step.checks if check.say is not None),
            *(f"{said(cause.text)}: {_evidence(cause)}" for cause in _causes(step)),
        ],
    )


def _to_do(step: Step) -> Text | None:
    """What somebody does in it."""
    if step.task is not None:
        return step.task.text
    return step.diagnosis.text if step.diagnosis is not None else step.challenge


def _causes(step: Step) -> Sequence[Cause]:
    return () if step.diagnosis is None else step.diagnosis.causes


def _evidence(cause: Cause) -> str:
    """The command that tells a cause apart, and what it prints."""
    where = f"{cause.evidence.on}# " if cause.evidence.on else "$ "
    return f"{where}{cause.evidence.command} → {cause.evidence.shows}"


def _ask(run: LessonRun, ask: Ask, language: str) -> AskOnPaper:
    truth = run.progress.truths.get(ask.id)
    right = () if truth is None else truth.right

    def said(text: Text | None) -> str:
        return "" if text is None else run.text(text, language)

    return AskOnPaper(
        number=_number(run.lesson, ask),
        text=said(ask.text),
        kind=ask.kind,
        unit=unit_word(ask.unit, language),
        rounds=ask.rounds,
        options=[
            OptionOnPaper(
                said(option.text), ask.kind is not AskKind.ORDER and option.id in right, said(option.reply)
            )
            for option in ask.options
        ],
        answer=part_names(right, ask.kind.between, run.cluster)[language]
        if ask.kind is AskKind.POINT
        else run.right_answer(ask.id, language),
        explain=[] if truth is None else [said(text) for text in explanations(ask, truth)],
        traps=[said(trap.reply) for trap in ask.traps],
    )


def _number(lesson: Lesson, ask: Ask) -> int:
    """The how-manieth question it is."""
    return [one.id for _index, one in lesson.asks()].index(ask.id) + 1
