"""What the console answers: the program's own words, the page's words beside them, and what is to be done."""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec.structs import replace

from clustersim.command import Command
from clustersim.i18n import Message, Value
from clustersim.shell.pausing import Place
from clustersim.shell.ran import Failed

WORKSTATION: Final = ""
"""Where kubectl is; any other place is the name of a node."""

MOST_WAITED_FOR: Final = 500
"""Objects that one command waits for."""


MOST_COLUMNS: Final = 50
Width = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class Follow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a command stands that goes on printing while simulated time passes.

    since: what it has seen: a revision of the store, or the moment of a journal. began: when it was typed.
    waits_for: the objects it still waits for, each as "resource/namespace/name/uid". acts: those by which it
    acts on the cluster; told: how many facts of them it has told. step: which command of its line it is; ok:
    whether the one before it went well. redraws: what it prints stands in place of what it has printed.
    at_once: no time needs to pass: what was asked for is to be done, and then the line goes on from that
    command. place: where a script stands. widths: of the columns of a table that goes on; None: its first
    line is still to be printed.
    """

    since: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    began: Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)] = 0
    waits_for: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_WAITED_FOR)] = ()
    acts: Annotated[tuple[int, ...], msgspec.Meta(max_length=MOST_WAITED_FOR)] = ()
    told: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    step: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    ok: bool = True
    redraws: bool = False
    at_once: bool = False
    place: Place | None = None
    widths: Annotated[tuple[Width, ...], msgspec.Meta(max_length=MOST_COLUMNS)] | None = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Of one command line.

    text: what the program prints, in its own language and words. note: what this page adds, in the reader's.
    commands: what is to be done to the cluster, in order; the text holds if all of it is accepted.
    where: the place one is at afterwards. follow: from where it goes on printing; None: it has ended.
    edit: a text for people to change; the same line with the changed text below it goes on. code: the exit
    code of a program inside a container. complaints: what goes to the standard error, where the program
    prints to both; None: the whole text, if it failed. variables: what the shell remembers for the next line.
    """

    text: str = ""
    complaints: str | None = None
    note: Message | None = None
    ok: bool = True
    commands: tuple[Command, ...] = ()
    where: str = WORKSTATION
    follow: Follow | None = None
    edit: str | None = None
    code: int = 0
    variables: dict[str, str] = {}

    @property
    def status(self) -> int:
        """The exit code."""
        return self.code or int(not self.ok)

    @property
    def streams(self) -> tuple[str, str]:
        """What is printed to the standard output and to the standard error."""
        if self.complaints is not None:
            return self.text, self.complaints
        return (self.text, "") if self.ok else ("", self.text)

    def behind(self, earlier: "Answer") -> "Answer":
        """The same, behind what the line has said before."""
        text = "\n".join(part for part in (earlier.text, self.text) if part)
        return replace(self, text=text, note=self.note or earlier.note)

    def done(self, acts: Sequence[int]) -> "Answer":
        """The same, once its commands were done: by these acts of the record."""
        if self.follow is None or self.follow.acts or self.follow.at_once or self.follow.place is not None:
            return self
        return replace(self, follow=replace(self.follow, acts=tuple(acts)))


class Said(Failed):
    """A command that ends at once with a message of its own, or a note of the page."""

    def __init__(self, text: str = "", *, note: str | None = None, **values: Value | Message) -> None:
        super().__init__(text, None if note is None else Message(note, values))

    def __str__(self) -> str:
        return self.text or (self.note.text() if self.note is not None else "")

    def answer(self, where: str) -> Answer:
        """The same as an answer."""
        return Answer(text=self.text, note=self.note, ok=False, where=where)
