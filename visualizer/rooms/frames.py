"""The frames of the stage's WebSocket: one JSON object each, tagged by its ``type``.

What a browser sends is decoded by one tagged union, strictly: unknown fields, wrong types and values out of
range are refused. What the server sends is encoded once, whoever it goes to.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from visualizer.texts import Texts

MAX_FRAME: Final = 4096
"""Bytes of the largest frame a browser has reason to send."""
MAX_SNAPSHOT: Final = 512 * 1024
"""Bytes of the largest snapshot that goes through the WebSocket; larger ones are fetched over HTTP."""
SLOWEST: Final = 0.1
FASTEST: Final = 600.0

Seq = Annotated[int, Meta(ge=0, le=2**53)]
Time = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
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
    matter.
    """

    id: RequestId
    seen_t: Time
    do: Name
    target: Name | None = None
    args: Arguments = {}
    now: bool = False


class Transport(FromBrowser, frozen=True, tag="transport"):
    """Set the pace."""

    action: Literal["play", "pause", "speed", "next-event", "ease"]
    speed: Annotated[float, Meta(ge=SLOWEST, le=FASTEST)] | None = None
    on: bool = True


class Inspect(FromBrowser, frozen=True, tag="inspect"):
    """What is this part, how is it, what can be done to it?"""

    part: Name


FrameFromBrowser = Ack | Resync | Act | Transport | Inspect

_decoder: Final[msgspec.json.Decoder[FrameFromBrowser]] = msgspec.json.Decoder(FrameFromBrowser)
_encoder: Final = msgspec.json.Encoder()


def decode(frame: str | bytes) -> FrameFromBrowser:
    """Raises msgspec.ValidationError or msgspec.DecodeError."""
    return _decoder.decode(frame)


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
    """The command is written down and happens at t."""

    id: str
    t: int


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


class Presence(FromServer, frozen=True, tag="presence"):
    """How many are watching, and what this viewer may do is told when it joins."""

    viewers: int


class Welcome(FromServer, frozen=True, tag="welcome"):
    """What this viewer may do here; sent first, and again when it changes."""

    role: str
    can_act: bool
