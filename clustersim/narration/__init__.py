"""Turns events of the record into sentences for people, in any language.

`narrate(event)` gives the sentences of one event; none for what only goes on (a renewal, a count that
follows).
"""

from clustersim.engine.record import Event
from clustersim.i18n import Message
from clustersim.narration.happenings import narrate_happening
from clustersim.narration.writes import narrate_write

__all__ = ["narrate"]


def narrate(event: Event) -> tuple[Message, ...]:
    """The sentences that tell the event, in the order a person should read them."""
    return tuple(narrate_write(event) if event.kind == "write" else narrate_happening(event))
