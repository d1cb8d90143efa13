"""Commands: what people, lessons, scenarios and consoles ask of a cluster, one tagged form for all of
them."""

from typing import Any

import msgspec

from clustersim.i18n import Message, Value

Argument = str | int | float | bool


class Command(msgspec.Struct, frozen=True):
    """Do something to a target: `do` is a verb of the catalogue in clustersim/faults, `args` its arguments
    by name."""

    do: str
    target: str | None = None
    args: dict[str, Argument] = {}


class CommandError(ValueError):
    """A command that cannot be carried out; nothing has changed. `message` says why, in any language."""

    def __init__(self, msgid: str, /, **values: Value | Message) -> None:
        self.message = Message(msgid, values)
        super().__init__(str(self.message))

    def __reduce__(self) -> tuple[Any, ...]:
        """Into another process and back, with the message in every language."""
        return _again, (self.message,)


def _again(message: Message) -> CommandError:
    return CommandError(message.msgid, **message.values)
