"""Private rooms that begin where a class is: to explore, or to do a task of the class in."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from django.db import transaction

from clustersim.engine.time import Micros
from clustersim.lesson import load_lesson
from clustersim.lesson.blind import begins_in_a_copy
from visualizer.lessons.lesson_driver import TASK_SPEED
from visualizer.lessons.models import Course, Mode, PrivateCopy, Standing, Student
from visualizer.lessons.standings import before, newest
from visualizer.rooms.kept import log
from visualizer.rooms.models import Branch, CommandEntry, Room
from visualizer.rooms.registry import rooms


def copy_of(course: Course, owner: Any, *, task: str = "", riddle: str = "") -> Room:
    """A new room with the history of this one, up to what is shown there now. `task`: the step to which it is
    confined; a blind one begins in the copy, so that it draws for itself. `riddle`: what is to be found.
    """
    source = course.room
    assert source.branch is not None
    begins = _begins(course, source.branch)
    if task and not riddle and (earlier := _before_blind(course, source.branch, task)) is not None:
        begins = earlier
    with transaction.atomic():
        room = Room.objects.create(
            name=source.name,
            scenario=source.scenario if begins.history.scenario is None else begins.history.scenario,
            release=source.release,
            speed=TASK_SPEED if task else source.speed,
            playing=bool(task),
            owned_by=owner,
        )
        assert room.branch is not None
        _write_past(room.branch, begins)
        Course.objects.create(
            room=room,
            lesson=course.lesson,
            text=course.text,
            mode=Mode.ALONE,
            plan=course.plan,
            left=course.left if riddle else source,
            task=task,
            riddle=riddle,
        )
    return room


class _Beginning(NamedTuple):
    """Where a copy begins: at this time, after these commands, with the lesson standing there."""

    history: log.History
    t: Micros
    commands: Sequence[log.Logged]
    standing: Standing | None


def _begins(course: Course, branch: Branch) -> _Beginning:
    """At what is shown in the class now."""
    history, hub = log.history(branch), rooms.running(course.room.code)
    t = history.mark if hub is None else hub.runner.player.shown
    given = [logged for logged in history.commands if logged.t <= t]
    return _Beginning(history, t, given, newest(branch))


def _write_past(branch: Branch, begins: _Beginning) -> None:
    """Give a new branch what was done before, and the standing of the lesson."""
    branch.mark = begins.t
    branch.save(update_fields=["mark"])
    CommandEntry.objects.bulk_create(
        CommandEntry(
            branch=branch,
            seq=seq,
            t=logged.t,
            actor=logged.actor,
            command=msgspec.to_builtins(logged.command),
            epoch=0,
        )
        for seq, logged in enumerate(begins.commands, 1)
    )
    standing = begins.standing
    if standing is not None and standing.progress is not None:
        Standing.objects.create(
            branch=branch,
            t=standing.t,
            commands=standing.commands,
            step=standing.step,
            over=standing.over,
            progress=standing.progress,
        )


def _before_blind(course: Course, branch: Branch, task: str) -> _Beginning | None:
    """Where a class stood before a blind step, without progress if that was the beginning; None for a step
    that is not blind, or the first.
    """
    steps = load_lesson(course.text).steps
    index = [step.id for step in steps].index(task)
    if index == 0 or not begins_in_a_copy(steps[index]):
        return None
    stand, history = before(branch, index), log.history(branch)
    standing = Standing(
        t=stand.t, commands=stand.commands, step=index - 1, over=True, progress=stand.progress
    )
    return _Beginning(history, stand.t, history.commands[: stand.commands], standing)


def hand_over(code: str, text: str) -> None:
    """The fault that was made in this room is hidden in another one, for somebody else to find. Blocks."""
    course = Course.objects.select_related("room", "left").get(room__code=code)
    step = course.task or _present(course)
    course.handed = copy_of(course, course.room.owned_by, task=step, riddle=text.strip())
    course.save(update_fields=["handed"])


def _present(course: Course) -> str:
    standing = newest(course.room.branch) if course.room.branch is not None else None
    return load_lesson(course.text).steps[standing.step].id if standing is not None else ""


def private_copy(course: Course, student: Student, step: str) -> Room | None:
    """The student's copy of a class for this step, if there is one. Blocks."""
    branch = course.room.branch_id
    assert branch is not None
    mine = (
        PrivateCopy.objects.select_related("room")
        .filter(student=student, step=step, branch=branch, room__stopped=None)
        .first()
    )
    return None if mine is None else mine.room


def make_private_copy(course: Course, student: Student, step: str) -> Room:
    """A copy of a class as it is now, for its present step, for this student. Blocks."""
    branch = course.room.branch_id
    assert branch is not None
    room = copy_of(course, course.room.owned_by, task=step)
    PrivateCopy.objects.create(room=room, student=student, step=step, branch=branch)
    return room
