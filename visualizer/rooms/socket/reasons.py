"""What a viewer is told when a question has no answer."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from clustersim import CommandError
from visualizer import trouble, workers
from visualizer.rooms.computing.answering import NoAnswer
from visualizer.rooms.kept.branches import NoSuchBranch, TooMany
from visualizer.rooms.kept.log import LeaseLost
from visualizer.rooms.running.requests import REASONS, Refused
from visualizer.texts import Texts, texts

TOO_MUCH: Final = _("Too many questions at once. Ask again in a moment.")
TOO_LONG: Final = _("This takes more time or memory than there is for a question.")


def reason_of(error: Exception, what: str, room: str) -> Texts:
    """Why it failed; what: how the log calls a failure that nobody expected."""
    match error:
        case Refused():
            return error.reason
        case NoAnswer():
            return texts(error.reason)
        case CommandError():
            return texts(error.message)
        case NoSuchBranch() | TooMany() | LeaseLost():
            return texts(REASONS[type(error)])
        case workers.Busy():
            return texts(TOO_MUCH)
        case workers.NotComputed():
            return texts(TOO_LONG)
    return trouble.failed(what, room=room)
