"""What a program inside a container comes to."""

from typing import NamedTuple, Protocol

from clustersim.i18n import Message
from clustersim.shell.pausing import Frame


class Ran(NamedTuple):
    """What it printed, on both outputs, and its exit code; note: what the page adds. Bytes that are no text
    stand in it as lone surrogates (PEP 383). pause: milliseconds that are to pass before what stands after it
    runs; 0: what it has asked for is to be done first. inner: it is a script that is to run in its place.
    """

    out: str = ""
    err: str = ""
    code: int = 0
    note: Message | None = None
    pause: int | None = None
    inner: Frame | None = None


class Files(Protocol):
    """The files that a program sees."""

    def text(self, path: str) -> str | None:
        """What is in a file; None: there is no such file. Raises Failed where nobody knows."""

    def write(self, path: str, text: str | None) -> None:
        """Make a file, or remove it (None). Raises Failed where that cannot be."""

    def is_directory(self, path: str) -> bool:
        """Whether it is a directory, as far as that is known."""


class Failed(Exception):
    """A program that ends at once with a message of its own, or a note of the page."""

    def __init__(self, text: str = "", note: Message | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.note = note
