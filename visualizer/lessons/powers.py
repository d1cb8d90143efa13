"""What the frames of a viewer ask for, in the words of the table of permissions."""

from collections.abc import Iterator
from typing import Final, get_args

import msgspec
from django.utils.functional import Promise

from visualizer.lessons.all_frames import Blind, Frame
from visualizer.lessons.class_frames import ByTeacher
from visualizer.lessons.frames import Move
from visualizer.rooms.frames import branching, questions, stage
from visualizer.rooms.frames.console import Console
from visualizer.rooms.frames.looking import Closer
from visualizer.rooms.permissions import LEAD, OWN, SEE, TEACH, Actor, may
from visualizer.texts import Texts, texts

_TRANSPORT: Final = {"play": "play", "pause": "play", "speed": "speed", "ease": "speed", "next-event": "step"}
_POWERS: Final[dict[type, str]] = {
    Console: "console",
    stage.Inspect: "inspect",
    stage.Look: "rewind",
    questions.Why: "why",
    questions.WhyNot: "why",
    branching.Fork: "fork",
    branching.Switch: "fork",
    branching.Rename: "fork",
    questions.WhatIf: "fork",
    questions.Foresee: "fork",
    **dict.fromkeys(get_args(ByTeacher), TEACH),
    **dict.fromkeys(get_args(Blind), OWN),
}


class Asked(msgspec.Struct, frozen=True):
    """An act, and at what it is aimed."""

    act: str
    target: str | None = None
    past: bool = False


def asked_by(frame: Frame) -> Iterator[Asked]:
    """All that a frame asks for."""
    if isinstance(frame, stage.Act):
        yield Asked(frame.do, frame.target, frame.at is not None)
        return
    if isinstance(frame, Move):
        yield Asked(LEAD, str(frame.step))
        return
    if isinstance(frame, stage.Transport):
        yield Asked(_TRANSPORT[frame.action])
        return
    yield Asked(_POWERS.get(type(frame), SEE))
    if isinstance(frame, stage.Inspect | Closer | Console) and frame.t is not None:
        yield Asked("rewind")


def forbidden(who: Actor, frame: Frame) -> Promise | None:
    """Why this viewer may not ask for that; None if it may."""
    reasons = (may(who, asked.act, asked.target, past=asked.past) for asked in asked_by(frame))
    return next((reason for reason in reasons if reason is not None), None)


def refusal(who: Actor, frame: Frame) -> Texts | None:
    """The same in every language."""
    reason = forbidden(who, frame)
    return None if reason is None else texts(reason)
