"""Entering a room: it is opened if need be; otherwise the reason, in words and as the code that closes the
socket."""

from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from clustersim.recovery import Unbootable, reason
from visualizer import storage, trouble, workers
from visualizer.rooms.kept import log
from visualizer.rooms.lookup import NoSuchRoom, Stopped
from visualizer.rooms.registry import rooms
from visualizer.rooms.running.hub import STOPPED, TRY_AGAIN, Hub
from visualizer.texts import Texts, filled, texts

NOT_OPENED: Final = _("This room could not be opened. The server's log says why, under %(reference)s.")
UNBOOTABLE: Final = _(
    "The cluster of this room fails while it boots: %(why)s. The server's log says more, under %(reference)s."
)
TOO_MUCH_MEMORY: Final = _(
    "This room needs more than the %(megabytes)s MB of memory that this server gives to opening a room. "
    "Use fewer nodes or pods, or have its operator raise WORKER_MEMORY_MB."
)
TOO_SLOW: Final = _("This room takes longer to open than this server allows. Use fewer nodes or pods.")
NO_SUCH_ROOM: Final = 4404
OUT_OF_BOUNDS: Final = 4507
"""The room needs more than this server gives: it does no better the next time."""
UNUSABLE: Final = 4422
"""The room breaks before anything can be shown: nothing but another version of the model helps."""
TOO_MANY: Final = 4429


_references: Final[dict[str, tuple[str, str]]] = {}
"""By room why it did not open the last time, and the reference for that."""
MOST_REFERENCES: Final = 1000


def _reported(code: str, error: Exception) -> str:
    """The reference for what keeps a room shut: in the log once, however often its viewers try again."""
    why, reference = _references.get(code, ("", ""))
    if why != reason(error):
        reference = trouble.report("room does not open", error, room=code)
        if len(_references) >= MOST_REFERENCES:
            _references.clear()
        _references[code] = reason(error), reference
    return reference


class NoEntry(Exception):
    """Why a viewer cannot watch, and the code its connection is closed with."""

    def __init__(self, code: int, reason: Texts) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


async def enter(code: str) -> Hub:
    """The hub of a room, opened if it is not. Raises NoEntry."""
    try:
        hub = await rooms.open(code)
    except NoSuchRoom:
        raise NoEntry(NO_SUCH_ROOM, texts(_("There is no room with this code."))) from None
    except Stopped:
        raise NoEntry(STOPPED, texts(_("This room was stopped."))) from None
    except (log.Taken, log.LeaseLost):
        raise NoEntry(TRY_AGAIN, texts(_("This room runs in another process of the server."))) from None
    except DatabaseError as error:
        raise NoEntry(TRY_AGAIN, storage.why_not_written(error)) from None
    except workers.Busy:
        raise NoEntry(TRY_AGAIN, texts(_("Many rooms are opening. Try again in a moment."))) from None
    except workers.TooLarge:
        words = filled(TOO_MUCH_MEMORY, megabytes=str(settings.WORKER_MEMORY_MB))
        raise NoEntry(OUT_OF_BOUNDS, words) from None
    except workers.TooLong:
        raise NoEntry(OUT_OF_BOUNDS, texts(TOO_SLOW)) from None
    except Unbootable as why:
        words = filled(UNBOOTABLE, why=str(why), reference=_reported(code, why))
        raise NoEntry(UNUSABLE, words) from None
    except Exception as why:
        raise NoEntry(TRY_AGAIN, trouble.with_reference(NOT_OPENED, _reported(code, why))) from None
    _references.pop(code, None)
    if len(hub.viewers) >= settings.ROOM_MAX_VIEWERS:
        raise NoEntry(TOO_MANY, texts(_("This room is full.")))
    return hub
