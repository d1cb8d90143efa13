"""The page of a room over HTTP, from a thread of the tests: its files, its words, and nothing behind it."""

import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from visualizer.joined import PREFIX, file_of

ROOT = Path(__file__).resolve().parents[2]
ROOM_PATH = "/rooms/ABC234/"
LANGUAGE = "lang"
"""The cookie that says in which language a page is wanted."""
NOT_HERE = b"Not here."
"""Chromium does not go to a page that is missing and has nothing to say."""


@contextmanager
def room_pages() -> Iterator[str]:
    """The address at which the page can be had, one language a cookie, until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        body, content_type = _static(path) if path.startswith("/static/") else _page(path, self._language())
        shown = NOT_HERE if body is None else body
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(shown)))
        self.end_headers()
        self.wfile.write(shown)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """What is fetched is no news."""

    def _language(self) -> str:
        for cookie in self.headers.get("Cookie", "").split("; "):
            name, _, value = cookie.partition("=")
            if name == LANGUAGE:
                return value
        return "en"


@cache
def _static(path: str) -> tuple[bytes | None, str]:
    file = ROOT / path.lstrip("/")
    kind = mimetypes.guess_type(file.name)[0] or "text/plain"
    return (file.read_bytes() if file.is_file() else None), kind


@cache
def _page(path: str, language: str) -> tuple[bytes | None, str]:
    with translation.override(language):
        request = RequestFactory().get(path)
        if path == ROOM_PATH:
            request.user = AnonymousUser()
            context = {
                "room": {"code": "ABC234", "title": "A room"},
                "ws_path": "/ws/rooms/ABC234/",
                "can_act": True,
            }
            return render_to_string("room.html", context, request=request).encode(), "text/html"
        if path.startswith(PREFIX):
            file = file_of(path.rpartition("/")[2])
            return file.body, file.kind
        return None, "text/plain"
