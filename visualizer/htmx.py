"""One pattern for pages that talk to the server: every form works plainly; htmx changes the page in place.

docs/pages.md describes it.
"""

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks, for a part of a page that is there."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


def page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The fragment to htmx, the whole page (which includes the fragment) to everybody else. With a fragment
    go the messages there are; the page has a place for them.
    """
    if wants_fragment(request):
        text = render_to_string(fragment, context, request) + _messages(request)
        response = HttpResponse(text, status=status)
    else:
        response = render(request, page, context, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


def go(request: HttpRequest, to: Any, *args: Any) -> HttpResponse:
    """On to another page, after a form was sent."""
    response = redirect(to, *args)
    return HttpResponseClientRedirect(response.url) if wants_fragment(request) else response


def say(request: HttpRequest, to: Any, *args: Any) -> HttpResponse:
    """Only the messages: on the page where htmx is, else on the page to which this leads."""
    return HttpResponse(_messages(request)) if wants_fragment(request) else redirect(to, *args)


def _messages(request: HttpRequest) -> str:
    found = get_messages(request)
    return render_to_string("_messages.html", {"messages": found, "apart": True}) if len(found) else ""
