"""Where the students of a class come in."""

from django.conf import settings
from django.http import HttpRequest

from visualizer.environment import address_on_network
from visualizer.rooms.models import Room


def address_of(request: HttpRequest, room: Room) -> str:
    """Where students find the room. A laptop that is asked for by its own name has another for others."""
    host = request.get_host()
    name, colon, port = host.partition(":")
    network = address_on_network()
    if name in ("localhost", "127.0.0.1") and network and network in settings.ALLOWED_HOSTS:
        return f"{request.scheme}://{network}{colon}{port}{room.get_absolute_url()}"
    return request.build_absolute_uri(room.get_absolute_url())
