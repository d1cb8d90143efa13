"""The frames of the stage's WebSocket: one JSON object each, tagged by its ``type``.

What a browser sends is decoded by one tagged union (``visualizer.lessons.all_frames``), strictly: unknown
fields, wrong types and values out of range are refused. What the server sends is encoded once, whoever it
goes to.

**Time.** Ticks never stop, whatever a viewer looks at; the page goes on applying them to its live view, and
so always knows where the room stands. To look back it sends ``look`` with a time (and a branch, if not the
room's): it gets one ``past`` frame, to be drawn instead of the live view, for this viewer only. While one
scrubs only the newest ``look`` is answered. ``look`` with ``step`` goes to the previous or next event from
``t``. ``live`` gives up looking, and is answered with a ``snapshot``. ``inspect``, ``why`` and ``why-not``
take ``t`` and ``branch`` too.

**Branches.** ``command`` with ``at`` acts in the past: the room forks there, moves to the new branch and does
it. ``fork`` only forks, ``switch`` moves the room to a branch that was left, ``rename`` names one. Whoever is
there hears ``notice`` (who did what) and ``branches`` (the tree), and gets a ``snapshot`` whose ``branch``
differs from the one before. ``branches`` also comes after ``welcome``, and to whoever asks by ``tree``. A
link to a moment is the room's address with ``?branch=..&t=..&select=..``: the page itself sends ``look`` for
it once it has its snapshot.

**Why.** ``why`` asks for an event by its id, or for the newest change of an object or part; ``why-not`` for
an object or part. A link of a chain has ``inputs`` if something behind it can be taken away or changed:
``what-if`` sends one of them back (kind, index, component, flag), with ``instead`` as the changed values
(none: without it). That makes a branch that the room does not move to; ``made`` says which, and where the
comparison is. ``foresee`` tries commands in
hidden copies over many seeds and changes nothing. Each is answered by a frame with its ``id``: of the same
type, or ``made``, or ``failed`` with the reason. The items inside answers are in ``clustersim.view.answers``.

Beside the socket, by HTTP (branch: the room's, if left out; times in microseconds):
``/rooms/CODE/past.json?branch=&t=`` a ``past`` frame; ``/rooms/CODE/timeline.json?branch=&since=&until=`` a
``Timeline``; ``/rooms/CODE/run.json?branch=`` the run as a file; ``POST /import/`` such a file as ``run``;
``/compare/?a=CODE:BRANCH&b=CODE:BRANCH&t=`` the page and ``/compare.json?…`` its data, a ``Comparison``.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from visualizer.texts import Texts

MAX_FRAME: Final = 8192
"""Characters of the largest frame that a browser sends, except for what is pasted into the console."""
MAX_PASTED: Final = 768 * 1024
"""Characters of a frame with a console line: 256 KiB of text, with what JSON escapes in it."""
MAX_SNAPSHOT: Final = 512 * 1024
"""Bytes of the largest snapshot that goes through the WebSocket; larger ones are fetched over HTTP."""
SLOWEST: Final = 0.1
FASTEST: Final = 600.0

Seq = Annotated[int, Meta(ge=0, le=2**53)]
Time = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
BranchId = Annotated[int, Meta(ge=1, le=2**53)]
RequestId = Annotated[str, Meta(min_length=1, max_length=64)]
Value = bool | int | float | Annotated[str, Meta(max_length=500)]
Arguments = Annotated[dict[Annotated[str, Meta(max_length=80)], Value], Meta(max_length=64)]


class FromBrowser(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True, tag_field="type"
):
    """What a viewer may say."""


class Ack(FromBrowser, frozen=True, tag="ack"):
    """Everything up to this seq is drawn."""

    seq: Seq


class Resync(FromBrowser, frozen=True, tag="resync"):
    """A seq is missing: send a snapshot."""


class Act(FromBrowser, frozen=True, tag="command"):
    """Do something to the cluster; ``seen_t`` is the time the sender was looking at, ``now`` that it does not
    matter. ``at``: act in the past of the branch, in a fork of it.
    """

    id: RequestId
    seen_t: Time
    do: Name
    target: Name | None = None
    args: Arguments = {}
    now: bool = False
    at: Time | None = None
    branch: BranchId | None = None


class Transport(FromBrowser, frozen=True, tag="transport"):
    """Set the pace."""

    action: Literal["play", "pause", "speed", "next-event", "ease"]
    speed: Annotated[float, Meta(ge=SLOWEST, le=FASTEST)] | None = None
    on: bool = True


class Inspect(FromBrowser, frozen=True, tag="inspect"):
    """What is this part, how is it, what can be done to it?"""

    part: Name
    t: Time | None = None
    branch: BranchId | None = None


class Look(FromBrowser, frozen=True, tag="look"):
    """Show me the past: as it was at ``t``, or at the event before or after ``t``."""

    t: Time
    step: Literal["previous", "next"] | None = None
    branch: BranchId | None = None


class Live(FromBrowser, frozen=True, tag="live"):
    """Back to what the room shows."""


FrameOfStage = Ack | Resync | Act | Transport | Inspect | Look | Live

_encoder: Final = msgspec.json.Encoder()


def encode(frame: "FromServer") -> str:
    """The text every viewer gets: text frames cost Daphne a third less than binary ones."""
    return _encoder.encode(frame).decode()


class FromServer(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type"):
    """What viewers are told."""


class Pace(FromServer, frozen=True):
    """Where and how fast the room is: ``rate`` is what is achieved, ``speed`` what was asked for."""

    seq: int
    t: int
    rate: float
    speed: float
    playing: bool
    ease: bool
    eased: bool


class Snapshot(Pace, frozen=True, tag="snapshot"):
    """Everything, to begin with or to begin again; ``href`` instead of the view where it is too large for a
    frame.
    """

    branch: int
    epoch: int
    view: Any
    events: Sequence[Any]
    href: str | None = None


class Tick(Pace, frozen=True, tag="tick"):
    """What happened since the tick before."""

    events: Sequence[Any]
    messages: Sequence[Any]
    changes: Any


class Accepted(FromServer, frozen=True, tag="accepted"):
    """The command (or fork, switch, rename) is written down and happens at t, in this branch."""

    id: str
    t: int
    branch: int


class Rejected(FromServer, frozen=True, tag="rejected"):
    """The command is not done; ``offer`` says what could be done instead."""

    id: str
    reason: Texts
    offer: Literal["now"] | None = None


class Error(FromServer, frozen=True, tag="error"):
    """Something about the connection or the last frame is wrong."""

    message: Texts


class Inspected(FromServer, frozen=True, tag="inspect"):
    """The answer to inspect."""

    part: str
    data: Any
    t: int | None = None


class Past(FromServer, frozen=True, tag="past"):
    """A branch as it was at ``t``; ``head`` is how far it goes. ``events``: the newest up to ``t``;
    ``event``: the one that a step led to. ``href`` instead of the view where it is too large for a frame.
    """

    t: int
    branch: int
    head: int
    view: Any
    events: Sequence[Any]
    event: int | None = None
    href: str | None = None


class Notice(FromServer, frozen=True, tag="notice"):
    """Something that concerns everybody. kept: the room went to another branch; what was before is kept."""

    text: Texts
    branch: int
    t: int
    kept: bool = False


class Opening(FromServer, frozen=True, tag="opening"):
    """The room is being opened. phase: boot, replay, handover, or waiting for its turn; share: how much of
    the phase is done, left: seconds that it still takes, None where that is not known.
    """

    phase: str
    share: float | None
    left: float | None


class Presence(FromServer, frozen=True, tag="presence"):
    """How many are watching, and what this viewer may do is told when it joins."""

    viewers: int


class Welcome(FromServer, frozen=True, tag="welcome"):
    """What this viewer may do here; sent first, and again when it changes."""

    role: str
    can_act: bool
