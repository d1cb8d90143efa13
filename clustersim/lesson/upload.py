"""A lesson that somebody brings: read, bounded, checked as the shipped ones are. Plain data in, plain data
out, to be computed in a worker.
"""

from typing import Final

import msgspec

from clustersim.lesson.check import check
from clustersim.lesson.errors import LessonError
from clustersim.lesson.loader import load_lesson

LARGEST: Final = 256 * 1024
"""Characters of a lesson file."""


class Verdict(msgspec.Struct, frozen=True):
    """What the check found. id: the lesson's, empty where it cannot be read; complaints: what is wrong, each
    with its place in the language asked for; failures: what went otherwise than the lesson says, by release.
    """

    id: str = ""
    complaints: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        """It can be opened, even if its check fails."""
        return bool(self.id)


def examine(text: str, language: str) -> Verdict:
    """Read and check a lesson."""
    try:
        lesson = load_lesson(text)
    except LessonError as error:
        return Verdict(complaints=tuple(one.text(language) for one in error.errors))
    return Verdict(lesson.id, failures=check(lesson).failures)
