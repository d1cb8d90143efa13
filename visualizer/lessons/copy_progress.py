"""How far the task of a private copy has come: written down, and sent to the class."""

from typing import Final, NamedTuple

from channels.db import database_sync_to_async
from django.utils import timezone

from clustersim.lesson import load_lesson
from visualizer.lessons.models import Course, PrivateCopy
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.lessons.standings import newest

LESSON_CHANGED: Final = "room.lesson"
"""The message of the channel layer: something in the database about this room's lesson changed."""


class Far(NamedTuple):
    """How far: the fields of a private copy."""

    done: bool
    hint: int | None
    cause: str
    right: bool | None


class Progress:
    """Tells how far the task of a private copy is: into the database, and from there to the class."""

    def __init__(self, room: int, task: str) -> None:
        self._room = room
        self._task = task
        self._told: Far | None = None

    async def keep(self, room_lesson: RoomLesson) -> bool:
        """Write it down if it changed; whether it did."""
        done = _done(room_lesson, self._task)
        step, run = room_lesson.step, room_lesson.lesson_run
        verdict = None if step is None else run.verdict
        now = Far(
            done,
            None if done else _hint(room_lesson),
            "" if step is None else run.progress.drawn.get(step.id, ""),
            verdict.right if verdict is not None else None,
        )
        if now == self._told:
            return False
        self._told = now
        await database_sync_to_async(_write)(self._room, now)
        return True


def _done(room_lesson: RoomLesson, task: str) -> bool:
    step = room_lesson.step
    return step is not None and step.id == task and room_lesson.over


def _hint(room_lesson: RoomLesson) -> int | None:
    step = room_lesson.step
    if step is None or step.task is None:
        return None
    hints = enumerate(step.task.hints)
    return next((place for place, hint in hints if room_lesson.lesson_run.holds(hint.when)), None)


def _write(room: int, far: Far) -> None:
    values = far._asdict()
    PrivateCopy.objects.filter(pk=room).exclude(**values).update(**values, changed=timezone.now())


def class_at_task(row: Course) -> bool:
    """Whether the class of a private copy is still at the task."""
    copy = PrivateCopy.objects.filter(room_id=row.room_id).first()
    left = row.left
    if copy is None or left is None or left.branch_id != copy.branch:
        return False
    standing = newest(left.branch) if left.branch is not None else None
    steps = load_lesson(row.text).steps
    return standing is not None and standing.step >= 0 and steps[standing.step].id == copy.step
