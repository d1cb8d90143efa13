"""Every frame that a browser may send, and how it is read: strictly, by its type."""

from typing import Final

import msgspec

from visualizer.lessons.class_frames import ByTeacher
from visualizer.lessons.frames import Answered, Committed, HandedOver, Move, Named, Reflected
from visualizer.rooms.frames.branching import BranchChange, Tree
from visualizer.rooms.frames.console import Console
from visualizer.rooms.frames.looking import Closer, GiveUp
from visualizer.rooms.frames.questions import Question
from visualizer.rooms.frames.stage import FrameOfStage

ByStudent = Answered | Named | Reflected
Blind = Committed | HandedOver
AboutLesson = Move | ByTeacher | ByStudent | Blind
Frame = FrameOfStage | Closer | GiveUp | BranchChange | Tree | Question | AboutLesson | Console

_decoder: Final[msgspec.json.Decoder[Frame]] = msgspec.json.Decoder(Frame)


def decode(text: str | bytes) -> Frame:
    """Raises msgspec.ValidationError or msgspec.DecodeError."""
    return _decoder.decode(text)
