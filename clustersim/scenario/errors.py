"""What is wrong with a scenario file, and where: everything that can be told at once."""

from collections.abc import Callable
from typing import Final, TypeVar

from clustersim.i18n import Message, _, translate

S = TypeVar("S")
T = TypeVar("T")

MOST_TOLD: Final = 50
"""So many complaints of a file are told at most."""


class ScenarioError(ValueError):
    """A scenario that cannot be read; nothing of it was applied.

    source: the file's name; line, column: counted from 1; message: what is wrong, in any language; nearest:
    the valid name that looks most like the one in the file, or ""; others: what else is wrong in the file.
    """

    def __init__(self, message: Message, line: int, column: int, source: str = "", nearest: str = "") -> None:
        self.message = message
        self.line = line
        self.column = column
        self.source = source
        self.nearest = nearest
        self.others: tuple[ScenarioError, ...] = ()
        super().__init__(self.text())

    @property
    def all(self) -> tuple["ScenarioError", ...]:
        """Everything that is wrong in the file, as far as it could be read."""
        return (self, *self.others)

    def text(self, language: str = "en") -> str:
        """The whole complaint on one line: file:line:column: what is wrong; did you mean ...?"""
        return f"{self.source or '-'}:{self.line}:{self.column}: {self.said(language)}"

    def said(self, language: str = "en") -> str:
        """What is wrong, without where."""
        said = self.message.text(language)
        if not self.nearest:
            return said
        return translate(_("{said}; did you mean {nearest}?"), language, said=said, nearest=self.nearest)


class Complaints:
    """Collects complaints while reading goes on, so that an author sees several of them at once: what is read
    inside `with complaints:` may complain, and what comes after it goes on."""

    def __init__(self) -> None:
        self.errors: list[ScenarioError] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> bool:
        if not isinstance(error, ScenarioError):
            return False
        self.add(error)
        return True

    def add(self, error: ScenarioError) -> None:
        """One more, and what came with it."""
        self.errors += error.all

    def attempt(self, read: Callable[[S], T], value: S, default: T) -> T:
        """What `read` makes of a value; the default where it complains."""
        with self:
            return read(value)
        return default

    def together(self) -> ScenarioError:
        """The first complaint of at least one, with the others, in the order they stand in the file."""
        ordered = sorted(self.errors, key=lambda error: (error.line, error.column))
        first, *others = ordered[:MOST_TOLD]
        first.others = tuple(others)
        return first

    def raise_if_any(self) -> None:
        """Raises them together unless there was nothing to complain of."""
        if self.errors:
            raise self.together()
