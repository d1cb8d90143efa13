"""How often one address may try codes of rooms: guessing takes for ever, but a whole class may come in at
once.

A wrong code costs the same as a right one, so the cost gives nothing away.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from visualizer.rooms.flow import Allowances

PER_SECOND: Final = 5.0
BURST: Final = 1000
"""A school behind one address, all of whose pages come back at the same time."""
MOST_ADDRESSES: Final = 10_000
TRY_LATER: Final = _("Too many attempts from your network. Try again in a minute.")


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy as the proxy says."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return _address(forwarded, request.META.get("REMOTE_ADDR", ""))


def address_of_socket(scope: Mapping[str, Any]) -> str:
    """The same for a WebSocket."""
    headers = dict(scope["headers"])
    client = scope.get("client") or ("", 0)
    return _address(headers.get(b"x-forwarded-for", b"").decode("latin1"), str(client[0]))


def _address(forwarded: str, peer: str) -> str:
    trusted = settings.SECURE_PROXY_SSL_HEADER is not None and forwarded
    return forwarded.rpartition(",")[2].strip() if trusted else peer


entrance = Allowances(PER_SECOND, BURST, most=MOST_ADDRESSES)
"""The entrance of this process: tries by address."""
