"""Who may open a WebSocket: pages of this very site."""

from typing import Any
from urllib.parse import urlsplit

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http.request import split_domain_port, validate_host


class SameOrigin:
    """Refuses a WebSocket whose Origin is not the host it asks, port included. Browsers send cookies with it
    from anywhere.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if is_same_origin(dict(scope["headers"])):
            await self.application(scope, receive, send)
        else:
            await _Denier()(scope, receive, send)


def is_same_origin(headers: dict[bytes, bytes]) -> bool:
    """Whether Origin names the Host, and that is one of ours."""
    host = headers.get(b"host", b"").decode("latin1").lower()
    origin = urlsplit(headers.get(b"origin", b"").decode("latin1").lower())
    domain, _port = split_domain_port(host)
    return (
        origin.scheme in {"http", "https"}
        and origin.netloc == host
        and bool(domain)
        and validate_host(domain, settings.ALLOWED_HOSTS)
    )


class _Denier(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.close()
