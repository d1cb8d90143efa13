"""One pattern for pages that htmx changes in place: a view renders its page, or only the fragment of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The fragment to htmx, the whole page (which includes the fragment) to everybody else."""
    asked_by_htmx = bool(getattr(request, "htmx", False))
    return render(request, fragment if asked_by_htmx else page, context, status=status)
