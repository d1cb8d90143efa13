"""Somebody who watches a room."""

from typing import Protocol

from visualizer.rooms.flow import Window
from visualizer.rooms.roles import Role


class Gone(Exception):
    """The connection was lost: nobody is there to be told anything."""


class Viewer(Protocol):
    """Somebody's connection. who: the visitor's cookie."""

    who: str
    window: Window

    @property
    def role(self) -> Role: ...
    async def say(self, frame: str) -> None: ...
    async def welcome(self) -> None: ...
    async def end(self, code: int) -> None: ...


class Left:
    """In place of a viewer that has left: whoever tells it something finds it gone, and nobody holds on to
    the connection.
    """

    who = ""

    async def say(self, frame: str) -> None:
        raise Gone

    async def answer(self, frame: object) -> None:
        raise Gone

    def forbids(self, frame: object) -> None:
        raise Gone
