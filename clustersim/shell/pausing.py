"""Where a script stands that pauses, as plain data: it goes on from there, and what is done stays done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import msgspec

from clustersim.bounds import LONGEST_LINE, MOST_HELD

DEEPEST_PLACE: Final = 100
_MOST: Final = 10_000

Text = Annotated[str, msgspec.Meta(max_length=MOST_HELD)]
Variables = dict[Annotated[str, msgspec.Meta(max_length=1000)], Text]


class Frame(msgspec.Struct, frozen=True, omit_defaults=True):
    """One level of a script that pauses, the list, pipe or loop of which so much is done.

    at: which of its parts it stands in. left: words that a loop has still to go over. stdin: what its
    commands read; out: what is held for the next of the pipe, or for a file. text: a script of its own that
    runs here (`ssh n1 '...'`), at that place, with these variables and that exit code.
    """

    at: Annotated[int, msgspec.Meta(ge=0, le=_MOST)] = 0
    left: Annotated[tuple[Text, ...], msgspec.Meta(max_length=_MOST)] = ()
    stdin: Text = ""
    out: Text = ""
    text: Annotated[str, msgspec.Meta(max_length=LONGEST_LINE)] = ""
    place: Annotated[str, msgspec.Meta(max_length=200)] = ""
    variables: Annotated[Variables, msgspec.Meta(max_length=1000)] = {}
    code: int = 0
    errexit: bool = False


class Paused(Exception):
    """The script pauses, for so many milliseconds. frames: where, the innermost first."""

    def __init__(self, milliseconds: int) -> None:
        super().__init__()
        self.milliseconds = milliseconds
        self.frames: list[Frame] = []


@contextmanager
def standing(frame: Frame) -> Iterator[None]:
    """If it pauses in there, this is where."""
    try:
        yield
    except Paused as paused:
        paused.frames.append(frame)
        raise


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a whole script stands; frames: the outermost level first. spent: how much it has done since
    simulated time last passed."""

    frames: Annotated[tuple[Frame, ...], msgspec.Meta(max_length=DEEPEST_PLACE)]
    spent: Annotated[int, msgspec.Meta(ge=0, le=_MOST)] = 0
