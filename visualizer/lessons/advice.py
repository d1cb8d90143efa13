"""What the share of right answers suggests to the teacher, as peer instruction has it."""

from collections.abc import Sequence
from typing import Final

from clustersim.lesson import Ask, Truth
from clustersim.lesson.judging import is_right
from visualizer.lessons import answers
from visualizer.lessons.class_frames import AdviceItem
from visualizer.lessons.models import Answer

LOOK_AGAIN: Final = 35
"""Below this share, in percent, few know why: discussing would spread what is wrong."""
GO_ON: Final = 70
"""Above it, most know: discussing takes time and brings little."""


def advice(ask: Ask, truth: Truth, given: Sequence[Answer]) -> AdviceItem | None:
    """Of the answers of one round; None without any."""
    if not given or not truth.known:
        return None
    right = sum(one.answer is not None and is_right(ask, answers.given(one.answer), truth) for one in given)
    percent = round(100 * right / len(given))
    what = "look" if percent < LOOK_AGAIN else "go" if percent > GO_ON else "discuss"
    return AdviceItem(percent=percent, what=what)
