"""A lesson played from beginning to end without anybody watching."""

from collections.abc import Mapping

from clustersim.cluster import Cluster
from clustersim.engine.time import Micros
from clustersim.explain.armed_rules import armed_rules_of
from clustersim.explain.subject import subject_of
from clustersim.i18n import Message, _
from clustersim.lesson.blind import Commitment, evidence
from clustersim.lesson.expressions.terms import Term, terms
from clustersim.lesson.file.loader import scenario_of
from clustersim.lesson.file.schema import Lesson, Task, TypeSpec
from clustersim.lesson.judging import Answer, right_one
from clustersim.lesson.progress import Entry
from clustersim.lesson.runner import LessonRun

Answers = Mapping[str, Answer | None]
"""By question; None: not sure."""


def play(
    lesson: Lesson,
    release: str = "",
    *,
    seed: int | None = None,
    profile: Mapping[str, Mapping[str, str]] | None = None,
    acting: bool = True,
    lot: int = 0,
    instead: Answers | None = None,
) -> LessonRun:
    """Run every step; the tasks are solved as the lesson says. Without `acting`, nothing at all is done.
    `lot`: decides what is drawn. `instead`: what is answered instead of what is right.
    """
    run = LessonRun(lesson, Cluster(scenario_of(lesson, release, seed, profile)), acting=acting)
    run.progress.lot = lot
    for index in range(len(lesson.steps)):
        play_on(run, index, instead)
    return run


def play_on(run: LessonRun, index: int, instead: Answers | None = None) -> bool:
    """Run a step to its end, if it comes for somebody who answers rightly, or as `instead` says; whether it
    does.
    """
    if found := comes(run, index, instead):
        play_step(run, index)
    return found


def comes(run: LessonRun, index: int, instead: Answers | None = None) -> bool:
    """Whether a step comes for somebody who answers so."""
    for ask_id in run.progress.asked:
        run.answered(ask_id, _answers(run, ask_id, instead or {}))
    return run.comes(index)


def _answers(run: LessonRun, ask_id: str, instead: Answers) -> tuple[Answer | None, ...]:
    if ask_id in instead:
        return (instead[ask_id],)
    truth = run.progress.truths.get(ask_id)
    return () if truth is None else (right_one(run.ask(ask_id), truth),)


def reach(run: LessonRun, index: int) -> None:
    """Start a step later than the present one, or the first after it that comes: everything before it that
    comes is played first, and a task that is not done yet is done.
    """
    if run.progress.step >= 0 and not run.progress.over and run.step.task is not None:
        _act_out(run, run.step.task, run.cluster.now)
    for earlier in range(run.progress.step + 1, index):
        if run.comes(earlier):
            play_step(run, earlier)
    run.start(next(step for step in range(index, len(run.lesson.steps)) if run.comes(step)))


def play_step(run: LessonRun, index: int) -> None:
    """Run one step to its end."""
    run.start(index)
    task = run.step.task
    if task is not None:
        _solve(run, task)
        return
    while not run.progress.over:
        if run.ripe:
            run.commit(known(run))
            continue
        stop = run.next_stop()
        run.advance(run.cluster.now if stop is None else stop)
    if run.acting and (part := run.why_not()) and not _is_awaited(run.cluster, part):
        _fail(run, "why", _("nothing is about to happen to {part}"), part=run.step.why_not)


def _is_awaited(cluster: Cluster, part: str) -> bool:
    """Whether a rule is armed for that part."""
    subject = subject_of(cluster, part)
    return subject is not None and any(True for _armed in armed_rules_of(cluster, subject))


def known(run: LessonRun) -> Commitment:
    """What somebody commits to who knows what was drawn."""
    return Commitment("", "", "", "") if run.drawn is None else evidence(run.cluster, run.drawn)


def _solve(run: LessonRun, task: Task) -> None:
    if run.progress.over:
        _fail(run, "task", _("the task is done before anybody has done anything"))
        return
    if not run.acting:
        return
    while not run.at_task and (stop := run.next_stop()) is not None:
        run.advance(stop)
    if task.hints and not run.hints():
        _fail(run, "task", _("no hint fits the beginning of the task"))
    _act_out(run, task, run.progress.began)


def _act_out(run: LessonRun, task: Task, began: Micros) -> None:
    for action in run.solution:
        if run.advance(began + action.at):
            done = action.type if isinstance(action, TypeSpec) else action.do
            _fail(run, "task", _("the task is done before its solution comes to {action}"), action=done)
            return
        run.carry_out(action)
    if not run.advance(run.cluster.now + task.limit):
        why = terms(task.done, run.look)
        _fail(run, "task", _("the solution does not do the task: {condition}"), why, condition=task.source)


def _fail(run: LessonRun, what: str, msgid: str, why: tuple[Term, ...] = (), **values: str) -> None:
    message = Message(msgid, values)
    run.progress.transcript.append(
        Entry(run.cluster.now, run.step.id, what, message.text(), False, message, why)
    )
