"""The desk of a class as plain forms: what the teacher sets is posted here. Its consequences are sent over
the socket, like everything that happens in a room."""

from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec
from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from visualizer.htmx import say
from visualizer.lessons.class_frames import AtDesk, Polling
from visualizer.lessons.frames import Move
from visualizer.lessons.refusals import LessonRefused
from visualizer.lessons.room_lesson import LESSON
from visualizer.lessons.views import taught
from visualizer.rooms.registry import rooms
from visualizer.rooms.running.requests import Refused
from visualizer.texts import in_page_language

KINDS: Final[Mapping[str, Any]] = {
    kind.__struct_config__.tag: kind for kind in (Move, Polling, *get_args(AtDesk))
}
"""What can be set, by the `do` of its form: the same that may be said over the socket."""


@require_POST
@login_required
def set_at_desk(request: HttpRequest, code: str) -> HttpResponse:
    """Set something; what is wrong with it is said among the messages."""
    course = taught(request, code)
    try:
        async_to_sync(_set)(course.room.code, _frame(request.POST))
    except (KeyError, msgspec.ValidationError):
        messages.error(request, _("This cannot be set."))
    except (LessonRefused, Refused) as refused:
        messages.error(request, in_page_language(refused.reason))
    return say(request, "class", course.room.code)


def _frame(data: Mapping[str, str]) -> Any:
    """What a form says. Raises KeyError, msgspec.ValidationError."""
    kind = KINDS[data.get("do", "")]
    given = {name: data[name] for name in kind.__struct_encode_fields__ if name in data}
    return msgspec.convert(given | {"type": data["do"]}, kind, strict=False)


async def _set(code: str, frame: Any) -> None:
    hub = await rooms.open(code)
    if hub.classroom is None:
        raise LessonRefused(_("This room has no class."))
    if isinstance(frame, Move):
        await hub.move(LESSON, frame)
    else:
        await hub.classroom.set(frame)
