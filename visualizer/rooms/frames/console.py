"""The frames of the console, beside those of the stage: a command line, and what it printed.

What a line changes is given as clicks are: the room hears ``command`` s, and everybody sees what they do.
While a moment of the past is looked at (``t``, ``branch``), the console only looks.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from clustersim.bounds import LONGEST_PLACE
from clustersim.console import LONGEST_LINE, LONGEST_VARIABLE, MOST_VARIABLES, Follow
from visualizer.rooms.frames.stage import BranchId, FromBrowser, FromServer, RequestId, Time
from visualizer.texts import Texts

VariableName = Annotated[str, Meta(max_length=100)]
VariableValue = Annotated[str, Meta(max_length=LONGEST_VARIABLE)]


class Console(FromBrowser, frozen=True, tag="console"):
    """A line typed at ``where`` (a node, or empty for the workstation). ``complete``: only say what its last
    word may become. ``follow``: the line goes on from there; ``interrupt``: what it set going is to end.
    ``variables``: what the shell remembers of the lines before.
    """

    id: RequestId
    line: Annotated[str, Meta(max_length=LONGEST_LINE)]
    where: Annotated[str, Meta(max_length=LONGEST_PLACE)] = ""
    complete: bool = False
    follow: Follow | None = None
    interrupt: bool = False
    variables: Annotated[dict[VariableName, VariableValue], Meta(max_length=MOST_VARIABLES)] = {}
    t: Time | None = None
    branch: BranchId | None = None


class ConsoleOutput(FromServer, frozen=True, tag="console-output"):
    """``text`` in the program's words, ``note`` in the page's; ``where`` one is now; ``follow``: from
    where the line goes on, of what prints further while time passes. ``edit``: a text to change, after which
    the same line goes on with it below. ``candidates``: of a completion. ``variables``: what the shell
    remembers for the next line.
    """

    id: str
    text: str = ""
    note: Texts | None = None
    ok: bool = True
    where: str = ""
    follow: Follow | None = None
    edit: str | None = None
    candidates: Sequence[str] | None = None
    variables: dict[str, str] = {}
