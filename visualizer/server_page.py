"""The page that tells an operator how the server is: what `/healthz` tells programs, in words."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clustersim import __version__, engine_version
from visualizer import storage, workers
from visualizer.accounts.standing import is_operator
from visualizer.rooms.registry import rooms


class Fact(NamedTuple):
    """One thing, how it is now, and what that means; wrong: somebody has to do something."""

    name: str
    now: str
    meaning: str
    wrong: bool = False


def facts() -> tuple[Fact, ...]:
    """Of this process, in the present language."""
    trouble, states, queues = storage.database_trouble(), rooms.states(), workers.queue_lengths()
    free = {"megabytes": storage.free_bytes() >> 20}
    return (
        Fact(
            _("Database"),
            trouble or _("can be written to"),
            _("While it cannot be written to, rooms stand still; nothing is lost."),
            bool(trouble),
        ),
        Fact(
            _("Disk"),
            _("%(megabytes)s MB free") % free,
            _("The database and what rooms open from are kept there."),
            storage.is_full(),
        ),
        Fact(_("Rooms that play"), str(states["playing"]), _("Each takes computing time.")),
        Fact(_("Rooms at rest"), str(states["resting"]), _("They take memory until nobody watches them.")),
        Fact(
            _("Rooms that stand still"),
            str(states["standing"]),
            _("They go on when the database can be written to."),
            states["standing"] > 0,
        ),
        Fact(
            _("Rooms whose simulation fails"),
            str(states["failed"]),
            _("They stand at their last good moment; the log says why, under the reference on their page."),
            states["failed"] > 0,
        ),
        Fact(
            _("Questions that wait or are computed"),
            str(queues[workers.Lane.QUESTIONS] + queues[workers.Lane.LARGE]),
            _("The past, causes, comparisons. More of them than workers wait in turn."),
        ),
        Fact(
            _("Rooms that are being opened"),
            str(queues[workers.Lane.OPENING]),
            _("Each is computed from its log, up to where it was left."),
        ),
        Fact(
            _("Version"),
            f"clustersim {__version__}",
            _("Rooms keep the version of the model: here %(engine)s.") % {"engine": engine_version()},
        ),
    )


@require_safe
@never_cache
def server(request: HttpRequest) -> HttpResponse:
    """The facts, to operators."""
    if not is_operator(request.user):
        raise PermissionDenied
    return render(request, "server.html", {"facts": facts()})
