"""Is the server well? For load balancers and Prometheus."""

import hmac
import sys
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from visualizer import metrics as numbers
from visualizer import storage, trouble, workers
from visualizer.rooms.registry import rooms
from visualizer.texts import in_page_language

logger = structlog.get_logger()


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503; and what is wrong."""
    parts = {"database": storage.database_trouble(), "disk": "full" if storage.is_full() else ""}
    wrong = {name: why for name, why in parts.items() if why}
    found = {
        "status": "failing" if wrong else "ok",
        "wrong": wrong,
        "disk_free_mb": storage.free_bytes() >> 20,
        "rooms": rooms.states(),
        "queues": workers.queue_lengths(),
    }
    return JsonResponse(found, status=503 if wrong else 200)


def server_error(request: HttpRequest) -> HttpResponse:
    """What failed, with the reference under which the log has it; 503 where the server cannot write now."""
    error = sys.exc_info()[1]
    if isinstance(error, DatabaseError):
        status, told = 503, storage.why_not_written(error)
        logger.warning("request not answered", path=request.path, why=str(error))
    else:
        status, told = 500, trouble.failed("request failed", path=request.path)
    text = in_page_language(told)
    again = status == 503 and request.method == "GET"
    page = get_template("failed.html").render({"text": text, "again": again})
    answer = HttpResponse(page, status=status)
    if status == 503:
        answer["Retry-After"] = "5"
    if again:
        answer["Refresh"] = "5"  # browsers ask again by themselves
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was wrong with it, and what to do; without the request, of which even the host may be wrong."""
    status = 400
    match exception:
        case RequestDataTooBig() | TooManyFieldsSent() | TooManyFilesSent():
            status = 413
            text = _("This is more than a form may send: {most} MB. Shorten it, or send it in parts.")
        case DisallowedHost():
            text = _("This server does not know that name. Whoever runs it can add it to ALLOWED_HOSTS.")
        case _unreadable:
            text = _("The server cannot read what was sent. Go back, reload the page, and try again.")
    told = text.format(most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20)
    return HttpResponse(get_template("failed.html").render({"text": told}), status=status)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Why not, in words."""
    text = str(exception.args[0]) if exception.args else _("You may not do this.")
    return render(request, "failed.html", {"text": text}, status=403)


def not_signed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of a page of ours: that is too old, or the browser keeps no cookies."""
    text = _("The page was too old, or your browser keeps no cookies. Go back, reload it, and send it again.")
    return render(request, "failed.html", {"text": text}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """In the reader's language, with a way on."""
    return render(request, "failed.html", {"text": _("There is nothing at this address.")}, status=404)


def locked_out(request: HttpRequest, *_about: Any) -> HttpResponse:
    """Too many wrong passwords: when one can try again."""
    minutes = settings.AXES_COOLOFF_TIME // timedelta(minutes=1)
    return render(request, "locked_out.html", {"minutes": minutes}, status=429)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Metrics of this process, to whoever has the token; on a laptop to everybody."""
    if not _may_read_metrics(request):
        return HttpResponse(status=404)
    for state, count in rooms.states().items():
        numbers.rooms.labels(state=state).set(count)
    for lane, count in workers.queue_lengths().items():
        numbers.queues.labels(lane=lane).set(count)
    numbers.disk_free.set(storage.free_bytes())
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if not token:
        return not settings.PRODUCTION
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
