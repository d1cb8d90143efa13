"""A class: a room, its teacher and its students, as far as the socket is concerned."""

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client

from tests.web.pupils import Pupil
from visualizer.rooms.models import Room

GUESS_TIME, GUESS_WHO, KILL = 1, 2, 3
TASK, LAST = 7, 8
ASK = "q-notready"


class Classroom:
    """A room, its teacher, and whoever joins."""

    def __init__(self, room: Room, staff: User) -> None:
        self.room = room
        self.staff = staff
        self.people: list[Pupil] = []

    async def join(self) -> Pupil:
        self.people.append(await Pupil(self.room, Client()).join())
        return self.people[-1]

    async def teach(self) -> Pupil:
        """A session of the staff, on whatever device."""
        client = Client()
        await sync_to_async(client.force_login)(self.staff)
        self.people.append(await Pupil(self.room, client).join())
        return self.people[-1]


async def polled(person: Pupil, phase: str, round_: int = 1) -> dict[str, object]:
    """The poll as this person hears of it."""
    while True:
        lesson = await person.hear("lesson")
        poll: dict[str, object] = lesson["polls"].get(ASK, {})
        if poll.get("phase") == phase and poll["round"] == round_:
            return poll
