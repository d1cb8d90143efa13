"""A lesson played from beginning to end by itself: what a room would have kept of it."""

from typing import Final, NamedTuple

from clustersim.engine.time import SECOND, Micros
from clustersim.lesson import Lesson
from clustersim.lesson.play import comes, known
from clustersim.run import Inputs, Run
from visualizer.lessons.catalogue import scenario
from visualizer.lessons.room_lesson import RoomLesson, Stand

PACE: Final = SECOND // 2

LOT: Final = 3
"""Decides what is drawn in a blind step: the same every time."""


class Played(NamedTuple):
    """A run, and where its lesson stood on the way."""

    inputs: Inputs
    until: Micros
    stands: tuple[Stand, ...]


def played(lesson: Lesson, release: str) -> Played:
    """All of a lesson; its tasks are solved as it says itself. Raises ValueError where that does not solve
    them.
    """
    run = Run(Inputs(scenario(lesson, release)))
    room_lesson = RoomLesson(lesson, run)
    stands: list[Stand] = []

    def keep() -> None:
        room_lesson.kept()
        stands.append(Stand(run.now, len(run.commands), room_lesson.builtins()))

    for index, step in enumerate(lesson.steps):
        if not comes(room_lesson.lesson_run, index):
            continue
        room_lesson.begin(index, LOT)
        keep()
        began, solution = run.now, list(room_lesson.lesson_run.solution)
        last = began + max((action.at for action in solution), default=0)
        while room_lesson.moves:
            if step.task is not None and run.now > last + step.task.limit:
                raise ValueError(f"the solution does not do the task: {step.task.source}")
            if room_lesson.ripe:
                room_lesson.commit(known(room_lesson.lesson_run))
            while solution and began + solution[0].at <= run.now:
                room_lesson.lesson_run.carry_out(solution.pop(0))
            next_action = began + solution[0].at if solution else run.now + PACE
            room_lesson.run_until(min(run.now + PACE, next_action))
            if room_lesson.changed:
                keep()
    return Played(run.inputs, run.now, tuple(stands))
