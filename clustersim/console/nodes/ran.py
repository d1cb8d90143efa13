"""What a program inside a container comes to."""

from typing import NamedTuple

from clustersim.i18n import Message


class Ran(NamedTuple):
    """What it printed, on both outputs, and its exit code; note: what the page adds. Bytes that are no text
    stand in it as lone surrogates (PEP 383)."""

    out: str = ""
    err: str = ""
    code: int = 0
    note: Message | None = None
