"""Every request has an id, through HTTP, socket and model, and every line of the log names the id it
belongs to."""

import secrets
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from typing import Any, Final

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

_current: ContextVar[str] = ContextVar("request", default="")
HEADER: Final = "X-Request-ID"


def current() -> str:
    """The id of what is being answered; empty outside."""
    return _current.get()


def begin(request: str = "") -> str:
    """From now on this is being answered, in the present task or thread; a new one if it has no id."""
    _current.set(request or secrets.token_hex(4))
    return current()


def add_request(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For structlog: every line says what it belongs to."""
    if current():
        event.setdefault("request", current())
    return event


@sync_and_async_middleware
def request_ids(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Gives every HTTP request its id, and tells it in the answer."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponse:
            name = begin()
            response: HttpResponse = await get_response(request)
            response.headers[HEADER] = name
            return response

        return answer_async

    def answer(request: HttpRequest) -> HttpResponse:
        name = begin()
        response: HttpResponse = get_response(request)
        response.headers[HEADER] = name
        return response

    return answer
