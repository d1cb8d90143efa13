"""Rooms of one's own that begin where a class is: to explore, or to do a task of the class in."""

from typing import Any

import msgspec
from django.db import transaction

from visualizer.lessons.lesson_driver import TASK_SPEED
from visualizer.lessons.models import Course, Mode, PrivateCopy, Standing, Student
from visualizer.lessons.standings import newest
from visualizer.rooms import log
from visualizer.rooms.models import CommandEntry, Room
from visualizer.rooms.registry import rooms


def copy_of(course: Course, owner: Any, *, task: str = "") -> Room:
    """A new room with the history of this one, up to what is shown there now. `task`: the step to which it is
    confined.
    """
    source = course.room
    assert source.branch is not None
    history, standing = log.history(source.branch), newest(source.branch)
    hub = rooms.running(source.code)
    t = history.mark if hub is None else hub.runner.player.shown
    given = [logged for logged in history.commands if logged.t <= t]
    scenario = history.scenario if history.scenario is not None else source.scenario
    with transaction.atomic():
        room = Room.objects.create(
            name=source.name,
            scenario=scenario,
            release=source.release,
            speed=TASK_SPEED if task else source.speed,
            playing=bool(task),
            owned_by=owner,
        )
        branch = room.branch
        assert branch is not None
        branch.mark = t
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
            for seq, logged in enumerate(given, 1)
        )
        Course.objects.create(
            room=room, lesson=course.lesson, text=course.text, mode=Mode.ALONE, left=source, task=task
        )
        if standing is not None:
            Standing.objects.create(
                branch=branch,
                t=standing.t,
                commands=standing.commands,
                step=standing.step,
                over=standing.over,
                progress=standing.progress,
            )
    return room


def private_copy(course: Course, student: Student, step: str) -> Room:
    """The student's copy of a class for its present step: the one there is, or a new one. Blocks."""
    branch = course.room.branch_id
    assert branch is not None
    found = PrivateCopy.objects.select_related("room").filter(
        student=student, step=step, branch=branch, room__stopped=None
    )
    if (mine := found.first()) is not None:
        return mine.room
    room = copy_of(course, course.room.owned_by, task=step)
    PrivateCopy.objects.create(room=room, student=student, step=step, branch=branch)
    return room
