"""What keeps a room from going on: nothing can be written, or its run fails."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from visualizer.rooms.frames.trouble import OVER, Trouble
from visualizer.texts import Texts, filled

FAILS: Final = _(
    "The simulation fails right after %(good)s: %(why)s. The room stands at its last good moment. Do "
    "something that changes what comes, or go back and begin a branch. The server's log says more, under "
    "%(reference)s."
)
FAILED_ONCE: Final = _(
    "Something failed: %(why)s. The room was paused at its last good moment, %(good)s; play to try again. "
    "The server's log says more, under %(reference)s."
)
COVERED: Final = _("something that this step hides")


class Failing(NamedTuple):
    """The run of a branch fails at a time, and holds up to a good one. again: it fails there each time, so
    there is no use in playing on. reference: where the log says more.
    """

    branch: int
    at: int
    good: int
    why: str
    reference: str
    again: bool = True

    def words(self, *, covered: bool) -> Texts:
        """What people are told; `covered`: without what they are to find out."""
        why: str | Texts = filled(COVERED) if covered else self.why
        return filled(
            FAILS if self.again else FAILED_ONCE, good=_clock(self.good), why=why, reference=self.reference
        )


def _clock(t: int) -> str:
    """As the page shows it."""
    seconds = t // 1_000_000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


class Troubles:
    """Told to everybody when they come and when they are over."""

    def __init__(self, tell: Callable[[Trouble], Awaitable[None]], covered: Callable[[], bool]) -> None:
        """covered: whether viewers are to find out by themselves what the cluster does."""
        self._tell = tell
        self._covered = covered
        self.standing: Texts | None = None
        """Why nothing can be written: the room stands still."""
        self.failing: Failing | None = None
        """Where the run of the present branch fails."""

    @property
    def frame(self) -> Trouble:
        """What somebody who comes now is told."""
        if self.standing is not None:
            return Trouble(text=self.standing)
        if (failing := self.failing) is not None:
            text = failing.words(covered=self._covered())
            return Trouble(text=text, branch=failing.branch, good=failing.good)
        return OVER

    async def stand(self, why: Texts) -> None:
        """Nothing can be written."""
        self.standing = why
        await self._tell(self.frame)

    async def write_again(self) -> None:
        """What had to be written is."""
        self.standing = None
        await self._tell(self.frame)

    async def fail(self, failing: Failing) -> None:
        """The run fails."""
        self.failing = failing
        await self._tell(self.frame)

    async def go_on(self, branch: int, now: int, *, otherwise: bool = False) -> None:
        """The room stands there now. `otherwise`: it was given something, so its run has changed."""
        failing = self.failing
        if failing is not None and (otherwise or branch != failing.branch or now > failing.at):
            self.failing = None
            await self._tell(self.frame)
