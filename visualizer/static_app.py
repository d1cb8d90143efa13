"""Static files straight from ASGI: none of them needs Django.

WhiteNoise knows the files and answers for each (validators, ranges, compressed variants). Its middleware is
synchronous: through it each file would cost a thread and all that Django does for a page.
"""

from typing import Any, Final

from whitenoise.middleware import WhiteNoiseMiddleware

NO_SNIFFING: Final = (b"x-content-type-options", b"nosniff")


class StaticFiles:
    """ASGI: the file of a path under STATIC_URL; anything else goes on to the application."""

    def __init__(self, application: Any) -> None:
        self._application = application
        whitenoise = WhiteNoiseMiddleware(application)
        self._find = whitenoise.find_file if whitenoise.autorefresh else whitenoise.files.get

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        file = self._find(scope["path"])
        if file is None:
            await self._application(scope, receive, send)
            return
        answer = file.get_response(scope["method"], _as_wsgi(scope["headers"]))
        headers = [(name.lower().encode(), str(value).encode("latin-1")) for name, value in answer.headers]
        status = int(answer.status)
        await send({"type": "http.response.start", "status": status, "headers": [*headers, NO_SNIFFING]})
        body = b""
        if answer.file is not None:
            with answer.file as content:
                body = content.read()
        await send({"type": "http.response.body", "body": body})


def _as_wsgi(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers as WhiteNoise reads them."""
    return {
        f"HTTP_{name.decode().upper().replace('-', '_')}": value.decode("latin-1") for name, value in headers
    }
