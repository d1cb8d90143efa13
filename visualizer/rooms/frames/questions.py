"""The frames of questions about a run, and of their answers: why, why not yet, what if, what will come."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from visualizer.rooms.frames.stage import (
    Arguments,
    BranchId,
    FromBrowser,
    FromServer,
    Name,
    RequestId,
    Seq,
    Time,
)
from visualizer.texts import Texts


class Why(FromBrowser, frozen=True, tag="why"):
    """Why did this event happen, or the newest change of this object or part ("nodes/n1", "n1.kubelet",
    "pod:<uid>", a deadline's "grace/n1") as of ``t``?
    """

    id: RequestId
    event: Seq | None = None
    object: Name | None = None
    t: Time | None = None
    branch: BranchId | None = None


class WhyNot(FromBrowser, frozen=True, tag="why-not"):
    """Why has nothing happened to this object or part yet, as of ``t``?"""

    id: RequestId
    object: Name
    t: Time | None = None
    branch: BranchId | None = None


class InputRef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An input of a run, as a link's ``inputs`` name it. command, action: ``index`` into the log or the
    scenario's actions; setting: ``component`` and ``flag``; release: nothing; message: ``index`` is the id
    of the event whose message is to be lost.
    """

    kind: Literal["command", "action", "setting", "release", "message"]
    index: Seq | None = None
    component: Name | None = None
    flag: Name | None = None


class WhatIf(FromBrowser, frozen=True, tag="what-if"):
    """A branch without this input, or with it changed: the arguments of a command or action (``t`` among
    them moves it), ``value`` of a setting or release.
    """

    id: RequestId
    input: InputRef
    instead: Arguments | None = None
    branch: BranchId | None = None


class Trial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command that is only tried."""

    do: Name
    target: Name | None = None
    args: Arguments = {}


class Foresee(FromBrowser, frozen=True, tag="foresee"):
    """What would these commands, given now (or at ``t``), lead to within ``ahead`` microseconds?"""

    id: RequestId
    commands: Annotated[tuple[Trial, ...], Meta(min_length=1, max_length=8)]
    t: Time | None = None
    branch: BranchId | None = None
    ahead: Annotated[int, Meta(ge=1_000_000, le=1_800_000_000)] = 420_000_000


class Explained(FromServer, frozen=True, tag="why"):
    """The chain from where it began to what was asked about: ``LinkItem`` s."""

    id: str
    t: int
    branch: int
    links: Sequence[Any]


class Awaited(FromServer, frozen=True, tag="why-not"):
    """What is armed or unmet, the next one to fire first: ``ArmedItem`` s."""

    id: str
    t: int
    branch: int
    object: str
    armed: Sequence[Any]


class Made(FromServer, frozen=True, tag="made"):
    """A branch that what-if made, and where it is compared with its parent."""

    id: str
    branch: int
    compare: str


class Foreseen(FromServer, frozen=True, tag="foresee"):
    """What the trials led to: ``BandItem`` s, of so many seeds."""

    id: str
    t: int
    seeds: int
    bands: Sequence[Any]


class Failed(FromServer, frozen=True, tag="failed"):
    """A question that has no answer, and why."""

    id: str
    reason: Texts


Question = Why | WhyNot | WhatIf | Foresee
