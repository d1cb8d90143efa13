"""The students of a class, as the database knows them: who they are, and which node each owns."""

from collections.abc import Sequence

from visualizer.lessons.models import Course, PrivateCopy, Student


class Roster:
    """The students of one room by cookie, and their private copies for the present task."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._students: dict[str, Student] = {}
        self.copies: dict[int, PrivateCopy] = {}
        """By student, of the step and branch last loaded."""

    def load(self, step: str, branch: int) -> None:
        """What the database knows. Blocks."""
        self._students = {one.who: one for one in Student.objects.filter(room_id=self._room)}
        copies = PrivateCopy.objects.select_related("room").filter(
            student__room_id=self._room, step=step, branch=branch, room__stopped=None
        )
        self.copies = {copy.student_id: copy for copy in copies}

    def open_copies(self) -> Sequence[str]:
        """The codes of all rooms that were copied from the class and can still be entered. Blocks."""
        found = Course.objects.filter(left_id=self._room, room__stopped=None)
        return list(found.values_list("room__code", flat=True))

    def get(self, who: str) -> Student | None:
        """The student of this cookie."""
        return self._students.get(who)

    def everybody(self) -> Sequence[Student]:
        """All students, in the order in which they came."""
        return tuple(self._students.values())

    def copy_of(self, who: str) -> PrivateCopy | None:
        """This student's copy for the present task."""
        student = self.get(who)
        return self.copies.get(student.pk) if student is not None else None

    def enrol(self, who: str) -> Student:
        """The student of this cookie, perhaps a new one. Blocks."""
        if who not in self._students:
            self._students[who] = Student.enrol(self._room, who)
        return self._students[who]

    def assign(self, student: int, node: str) -> None:
        """This student owns that node from now on; empty: none. Blocks."""
        for one in self.everybody():
            if one.pk == student and one.node != node:
                one.node = node
                one.save(update_fields=["node"])

    def deal(self, nodes: Sequence[str]) -> None:
        """Everybody who owns no node gets one: where there are more students than nodes, several share one.
        Without nodes, all are taken back. Blocks.
        """
        owned = [one.node for one in self.everybody()]
        for one in self.everybody():
            if not nodes:
                self.assign(one.pk, "")
            elif not one.node:
                self.assign(one.pk, min(nodes, key=lambda node: (owned.count(node), nodes.index(node))))
                owned.append(one.node)
