"""The frame that says what keeps a room from going on."""

from visualizer.rooms.frames.stage import FromServer
from visualizer.texts import Texts


class Trouble(FromServer, frozen=True, tag="trouble"):
    """Shown for as long as it lasts, and told to whoever comes meanwhile. text: None, it is over. good: the
    last moment before the run failed, of this branch; None: nothing failed, the room only waits.
    """

    text: Texts | None
    branch: int | None = None
    good: int | None = None


OVER = Trouble(text=None)
