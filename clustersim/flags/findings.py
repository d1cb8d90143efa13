"""What there is to say about the value of a flag."""

import msgspec

from clustersim.i18n import Message, Value


class Finding(msgspec.Struct, frozen=True):
    """Something to say about the value of one flag."""

    component: str
    flag: str
    message: Message


def says(component: str, flag: str, msgid: str, **values: Value | Message) -> Finding:
    """A finding in these words."""
    return Finding(component, flag, Message(msgid, dict(values)))
