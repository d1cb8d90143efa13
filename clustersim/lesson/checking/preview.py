"""One step as learners will see it, with the values of the run in its texts."""

import msgspec

from clustersim.cluster import Cluster
from clustersim.lesson.expressions.kinds import unit_word
from clustersim.lesson.file.loader import load_lesson, scenario_of
from clustersim.lesson.file.schema import Text
from clustersim.lesson.play import play_on, play_step
from clustersim.lesson.runner import LessonRun


class Shown(msgspec.Struct, frozen=True):
    """What a step shows, in one language. t: when it ends; shows: what its checks said; right, explain: as
    they are once the run has come to the answer, perhaps some steps later.
    """

    step: str
    t: int
    say: str = ""
    notes: str = ""
    shows: tuple[str, ...] = ()
    question: str = ""
    kind: str = ""
    unit: str = ""
    options: tuple[str, ...] = ()
    right: str = ""
    explain: str = ""
    task: str = ""
    hints: tuple[str, ...] = ()
    reflect: str = ""


def show(text: str, release: str, index: int, language: str) -> Shown:
    """The step of a readable lesson, after everything before it was played."""
    lesson = load_lesson(f"{text}\n")
    run = LessonRun(lesson, Cluster(scenario_of(lesson, release)))
    for earlier in range(index):
        play_on(run, earlier)
    run.start(index)
    step = run.step

    def said(one: Text | None) -> str:
        return run.text(one, language) if one is not None else ""

    hints = tuple(said(hint) for hint in run.hints())
    play_step(run, index)
    done = {entry.text for entry in run.progress.transcript if entry.what == "check" and entry.ok}
    shown = Shown(
        step=step.id,
        t=run.cluster.now,
        say=said(step.say),
        notes=said(step.notes),
        shows=tuple(said(check.say) for check in step.checks if check.say and check.source in done),
        task=said(step.task.text) if step.task is not None else "",
        hints=hints,
        reflect=said(step.reflect),
    )
    ask = step.ask
    if ask is None:
        return shown
    asked = msgspec.structs.replace(
        shown,
        question=said(ask.text),
        kind=str(ask.kind),
        unit=unit_word(ask.unit, language),
        options=tuple(said(option.text) for option in ask.options),
    )
    for later in range(index + 1, lesson.step_index(ask.judge_after) + 1):
        play_on(run, later)
    right = run.right_answer(ask.id, language)
    return msgspec.structs.replace(asked, right=right, explain=said(ask.explain))
