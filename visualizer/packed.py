"""Large answers: made and compressed in a thread, so that no room waits for it meanwhile."""

import asyncio
import gzip
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

JSON: Final = "application/json"
LEVEL: Final = 4
"""Of gzip: a megabyte takes a few milliseconds."""
SMALL: Final = 1000
"""Bytes that are not worth the trouble."""


async def packed_json(request: HttpRequest, made: Callable[[], str | bytes]) -> HttpResponse:
    """What `made` returns, as JSON; compressed for those who can read that."""
    body, packed = await asyncio.to_thread(
        _packed, made, "gzip" in request.headers.get("accept-encoding", "")
    )
    response = HttpResponse(body, content_type=JSON)
    patch_vary_headers(response, ("Accept-Encoding",))
    if packed:
        response["Content-Encoding"] = "gzip"
    return response


def _packed(made: Callable[[], str | bytes], wanted: bool) -> tuple[bytes, bool]:
    found = made()
    body = found.encode() if isinstance(found, str) else found
    if not wanted or len(body) < SMALL:
        return body, False
    return gzip.compress(body, LEVEL, mtime=0), True
