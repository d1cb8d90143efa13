"""What will be right: a lesson played in a worker before the class comes to it.

From it the teacher learns how many are right before the run has answered, and questions of earlier lessons
are asked again with it.
"""

import hashlib
from typing import Final

import msgspec

from clustersim.lesson import Ask, Truth, load_lesson, play
from clustersim.lesson.file.schema import Text
from clustersim.lesson.judging import explanations
from visualizer import workers
from visualizer.texts import Texts

MOST_KEPT: Final = 200
SECONDS: Final = 30.0


class ForeseenOption(msgspec.Struct, frozen=True):
    """An option with the values of the run in its text."""

    id: str
    text: Texts
    reply: Texts | None


class Foreseen(msgspec.Struct, frozen=True):
    """A question, what is right in the run, and its texts with the values of the run."""

    truth: Truth
    text: Texts
    options: tuple[ForeseenOption, ...]
    explain: tuple[Texts, ...]


Lesson = dict[str, Foreseen]

_kept: dict[tuple[str, str], Lesson] = {}


async def foreseen(text: str, release: str) -> Lesson:
    """By question; empty where it takes too long."""
    key = (hashlib.blake2b(text.encode(), digest_size=16).hexdigest(), release)
    if key not in _kept:
        try:
            found = await workers.run(_play, text, release, owner="foreseen", seconds=SECONDS)
        except workers.NotComputed:
            return {}
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[key] = found
    return _kept[key]


def _play(text: str, release: str) -> Lesson:
    lesson = load_lesson(text)
    run = play(lesson, release)

    def words(one: Text) -> Texts:
        return {language: run.text(one, language) for language in ("en", "zh")}

    def item(ask: Ask, truth: Truth) -> Foreseen:
        return Foreseen(
            truth,
            words(ask.text),
            tuple(
                ForeseenOption(
                    option.id, words(option.text), words(option.reply) if option.reply is not None else None
                )
                for option in ask.options
            ),
            tuple(words(one) for one in explanations(ask, truth)),
        )

    truths = run.progress.truths
    return {ask.id: item(ask, truths[ask.id]) for _index, ask in lesson.asks() if ask.id in truths}
