"""The people to whom a running room is shown, as its runner knows them."""

from typing import Protocol

from visualizer.rooms.frames.trouble import Trouble
from visualizer.texts import Texts


class Audience(Protocol):
    """Everybody in the room, in whatever process."""

    async def publish(self, seq: int, tick: str) -> None:
        """A tick, encoded."""

    async def notify(self, told: list[Texts]) -> None:
        """What has just happened to the room."""

    async def worry(self, trouble: Trouble) -> None:
        """What keeps the room from going on, or that it is over."""

    async def gone(self, reason: Texts) -> None:
        """The room ends here against its will."""
