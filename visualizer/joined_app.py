"""What is joined for a page straight from ASGI, as its other static files."""

from typing import Any, Final

from visualizer.joined import PREFIX, File, file_of

FOR_EVER: Final = b"public, max-age=31536000, immutable"
"""The address names the content."""
NOT_KEPT: Final = b"no-cache"


class JoinedFiles:
    """ASGI: what is joined under that path; anything else goes on to the application."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        file = _asked(scope["path"]) if scope["method"] in ("GET", "HEAD") else None
        if file is None:
            await self._application(scope, receive, send)
            return
        small = any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
        body = file.compressed if small else file.body
        headers = [
            (b"content-type", f'{file.kind}; charset="utf-8"'.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", FOR_EVER if scope["path"] == file.address else NOT_KEPT),
            (b"vary", b"accept-encoding"),
            (b"x-content-type-options", b"nosniff"),
            *([(b"content-encoding", b"gzip")] if small else []),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _asked(path: str) -> File | None:
    """A page of another release names another content: it gets today's."""
    if not path.startswith(PREFIX):
        return None
    try:
        return file_of(path.rpartition("/")[2])
    except KeyError:
        return None
