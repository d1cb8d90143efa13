"""What is known of one room's lesson beside the run: its row, students, polls, what they wrote and typed."""

from collections.abc import Collection

from channels.db import database_sync_to_async

from visualizer.lessons.ballot import Ballot
from visualizer.lessons.copy_progress import class_at_task
from visualizer.lessons.evidence import TypedLines
from visualizer.lessons.foreseen import Lesson as ForeseenLesson
from visualizer.lessons.foreseen import foreseen
from visualizer.lessons.lesson_driver import LessonDriver
from visualizer.lessons.models import Course, Mode, Reflection, Student
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.lessons.roster import Roster
from visualizer.lessons.telling import Telling
from visualizer.rooms.roles import Role
from visualizer.rooms.running.viewer import Viewer


class ClassState:
    """Holds what the database knows of the lesson, and brings it up to date."""

    def __init__(self, row: Course, driver: LessonDriver) -> None:
        self.row = row
        self.driver = driver
        self.ballot = Ballot(row.room_id, driver)
        self.roster = Roster(row.room_id)
        self.typed = TypedLines()
        self._reflections: list[Reflection] = []
        self._class_on = False
        self._foreseen: ForeseenLesson = {}

    @property
    def room_lesson(self) -> RoomLesson:
        return self.driver.room_lesson

    @property
    def alone(self) -> bool:
        return self.row.mode == Mode.ALONE

    async def load(self) -> None:
        """Everything that the database knows."""
        await database_sync_to_async(self._load)()

    def _load(self) -> None:
        room = self.row.room_id
        self.row = Course.objects.select_related(
            "left__course", "showing", "handed", "room__private_copy__student"
        ).get(pk=room)
        self.ballot.load()
        self._reflections = list(Reflection.objects.select_related("student").filter(student__room_id=room))
        step = self.room_lesson.step
        self.roster.load(step.id if step is not None else "", self.driver.player.branch)
        self._class_on = bool(self.row.task) and not class_at_task(self.row)

    async def save(self, *fields: str) -> None:
        """These fields of the row."""
        await database_sync_to_async(self.row.save)(update_fields=fields)

    async def foresee(self) -> None:
        """What will be right, for the teacher's eyes."""
        self._foreseen = await foreseen(self.row.text, self.row.room.release)

    async def student(self, viewer: Viewer) -> Student | None:
        """The student of a class; none is made for teachers and for whoever learns alone."""
        if self.alone or viewer.role is Role.STAFF or not viewer.who:
            return None
        return await database_sync_to_async(self.roster.enrol)(viewer.who)

    def view(self, here: Collection[str]) -> Telling:
        """From which everybody is told. here: the cookies of those who look."""
        return Telling(
            room_lesson=self.room_lesson,
            row=self.row,
            polls=self.ballot.polls,
            answers=self.ballot.answers,
            roster=self.roster,
            reflections=self._reflections,
            here=here,
            class_on=self._class_on,
            typed=self.typed,
            foreseen=self._foreseen,
        )
