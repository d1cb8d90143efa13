"""A room of one's own that begins where a class is."""

from typing import Any

import msgspec
from django.db import transaction

from visualizer.lessons.models import Course, Mode, Standing
from visualizer.lessons.standings import newest
from visualizer.rooms import log
from visualizer.rooms.models import CommandEntry, Room
from visualizer.rooms.registry import rooms


def copy_of(course: Course, owner: Any) -> Room:
    """A new room with the history of this one, up to what is shown there now."""
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
            speed=source.speed,
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
        Course.objects.create(room=room, lesson=course.lesson, text=course.text, mode=Mode.ALONE, left=source)
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
