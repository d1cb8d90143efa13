"""Why something about a lesson is not done."""

from django.utils.functional import Promise

from visualizer.texts import Texts, texts


class LessonRefused(Exception):
    """A viewer asked for something about the lesson that is not possible; `reason` tells them why."""

    def __init__(self, reason: Promise) -> None:
        super().__init__(str(reason))
        self.reason: Texts = texts(reason)
