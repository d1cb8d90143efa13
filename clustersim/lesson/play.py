"""A lesson played from beginning to end without anybody watching."""

from collections.abc import Mapping

from clustersim.cluster import Cluster
from clustersim.engine.time import Micros
from clustersim.explain.armed_rules import armed_rules_of
from clustersim.explain.subject import subject_of
from clustersim.i18n import Message, _
from clustersim.lesson.blind import Commitment, evidence
from clustersim.lesson.loader import scenario_of
from clustersim.lesson.runner import Entry, LessonRun
from clustersim.lesson.schema import Lesson, Task
from clustersim.lesson.terms import Term, terms


def play(
    lesson: Lesson,
    release: str = "",
    *,
    seed: int | None = None,
    profile: Mapping[str, Mapping[str, str]] | None = None,
    acting: bool = True,
    lot: int = 0,
) -> LessonRun:
    """Run every step; the tasks are solved as the lesson says. Without `acting`, nothing at all is done.
    `lot`: decides what is drawn.
    """
    run = LessonRun(lesson, Cluster(scenario_of(lesson, release, seed, profile)), acting=acting)
    run.progress.lot = lot
    for index in range(len(lesson.steps)):
        play_step(run, index)
    return run


def reach(run: LessonRun, index: int) -> None:
    """Start a step later than the present one: everything before it is played first, and a task that is not
    done yet is done.
    """
    if run.progress.step >= 0 and not run.progress.over and run.step.task is not None:
        _act_out(run, run.step.task, run.cluster.now)
    for earlier in range(run.progress.step + 1, index):
        play_step(run, earlier)
    run.start(index)


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
    if task.hints and not run.hints():
        _fail(run, "task", _("no hint fits the beginning of the task"))
    _act_out(run, task, run.progress.began)


def _act_out(run: LessonRun, task: Task, began: Micros) -> None:
    for action in task.solution:
        if run.advance(began + action.at):
            _fail(run, "task", _("the task is done before its solution comes to {action}"), action=action.do)
            return
        run.do(action)
    if not run.advance(run.cluster.now + task.limit):
        why = terms(task.done, run.look)
        _fail(run, "task", _("the solution does not do the task: {condition}"), why, condition=task.source)


def _fail(run: LessonRun, what: str, msgid: str, why: tuple[Term, ...] = (), **values: str) -> None:
    message = Message(msgid, values)
    run.progress.transcript.append(
        Entry(run.cluster.now, run.step.id, what, message.text(), False, message, why)
    )
