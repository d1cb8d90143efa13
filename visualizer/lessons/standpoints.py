"""From where each viewer of a lesson asks: what the present step allows, and how far one may go alone."""

from visualizer.lessons.class_state import ClassState
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.rooms.permissions import Actor
from visualizer.rooms.running.viewer import Viewer


def allowed(room_lesson: RoomLesson) -> tuple[tuple[str, ...], bool]:
    """The powers of the present step, and whether the lesson is over."""
    step = room_lesson.step
    return tuple(step.allow) if step is not None else ("inspect",), room_lesson.free


def standpoint(state: ClassState, viewer: Viewer) -> Actor:
    """Of this viewer, now."""
    allow, free = allowed(state.room_lesson)
    student = state.roster.get(viewer.who)
    return Actor(
        role=viewer.role,
        mode=state.row.mode,
        allow=allow,
        free=free,
        node=student.node if student is not None else "",
        joined=student is not None,
        blind=state.room_lesson.blind,
        only_step=_only_step(state),
        last_step=_last_step(state),
    )


def _last_step(state: ClassState) -> int | None:
    """How far the class lets its students go by themselves."""
    left = state.row.left
    return left.course.open_until if left is not None else None


def _only_step(state: ClassState) -> str | None:
    """In a private copy nobody goes to another step than that of its task."""
    if state.row.riddle:
        return ""
    index = _task_of_copy(state)
    return str(index) if index is not None else None


def to_begin(state: ClassState) -> int | None:
    """The blind step that a private copy begins as soon as somebody comes."""
    index = _task_of_copy(state)
    return index if index is not None and index > state.room_lesson.index else None


def _task_of_copy(state: ClassState) -> int | None:
    ids = [step.id for step in state.room_lesson.lesson.steps]
    return ids.index(state.row.task) if state.row.task in ids else None
