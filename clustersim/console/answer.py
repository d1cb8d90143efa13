"""What the console answers: the program's own words, the page's words beside them, and what is to be done."""

from typing import Final

import msgspec

from clustersim.command import Command
from clustersim.i18n import Message, Value

WORKSTATION: Final = ""
"""Where kubectl is; any other place is the name of a node."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Of one command line.

    text: what the program prints, in its own language and words. note: what this page adds, in the reader's.
    commands: what is to be done to the cluster, in order; the text holds if all of it is accepted.
    where: the place one is at afterwards. follow: where changes are printed further on from: the revision of
    the store (`kubectl get -w`) or the moment of a journal (`journalctl -f`); None: the command has ended.
    edit: a text for people to change; the same line with the changed text below it goes on.
    """

    text: str = ""
    note: Message | None = None
    ok: bool = True
    commands: tuple[Command, ...] = ()
    where: str = WORKSTATION
    follow: int | None = None
    edit: str | None = None


class Said(Exception):
    """A command that ends at once with a message of its own, or a note of the page."""

    def __init__(self, text: str = "", *, note: str | None = None, **values: Value) -> None:
        super().__init__(text or note)
        self.text = text
        self.note = None if note is None else Message(note, values)

    def answer(self, where: str) -> Answer:
        """The same as an answer."""
        return Answer(text=self.text, note=self.note, ok=False, where=where)
