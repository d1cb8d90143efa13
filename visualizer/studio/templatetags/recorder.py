"""The recorder on the stage: shown to whoever records a lesson in this room."""

from typing import Any

from django import template

from visualizer.rooms.models import Room
from visualizer.studio.recording import recorded, recording_in

register = template.Library()


@register.inclusion_tag("studio/recorder.html", takes_context=True)
def recorder(context: dict[str, Any], room: Room) -> dict[str, Any]:
    """Nothing, for everybody else."""
    request = context["request"]
    found = recording_in(room, request.user)
    return {
        "recording": found,
        "number": len(recorded(found)[0].closed) + 1 if found else 0,
        "request": request,
    }
