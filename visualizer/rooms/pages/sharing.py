"""The page on which an owner shares a thing with colleagues."""

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clustersim.digits import is_whole
from visualizer.accounts.models import Owned
from visualizer.accounts.standing import stands
from visualizer.htmx import go, page_or_fragment, wants_fragment
from visualizer.rooms.doors import check
from visualizer.rooms.models import Room
from visualizer.rooms.owned_admin import instructors
from visualizer.rooms.permissions import LIST, SHARE, may_on
from visualizer.rooms.running.hub import announce_change


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sharing(request: HttpRequest, model: str, pk: int) -> HttpResponse:
    """With whom a thing is shared. model: as in Django, "rooms.room"."""
    thing = get_object_or_404(_kind(model), pk=pk)
    check(request.user, LIST, thing)
    if request.method == "POST":
        check(request.user, SHARE, thing)
        if "give" in request.POST:
            return _give(request, thing, model)
        _change(request, thing)
        if not wants_fragment(request):
            return go(request, "sharing", model, pk)
    shared = thing.shared_with.order_by("username")
    context = {
        "thing": thing,
        "model": model,
        "back": thing.get_absolute_url(),
        "shared": shared,
        "others": instructors().exclude(pk=thing.owned_by_id or 0),
        "may_share": may_on(stands(request.user, thing), SHARE) is None,
        "colleagues": instructors().exclude(pk__in=[thing.owned_by_id or 0, *(one.pk for one in shared)]),
    }
    return page_or_fragment(request, "sharing/page.html", "sharing/_shared.html", context)


def _kind(model: str) -> Any:
    """The model of this name, if its things are owned."""
    try:
        found = apps.get_model(model)
    except (LookupError, ValueError):
        raise Http404 from None
    if not issubclass(found, Owned):
        raise Http404
    return found


def _give(request: HttpRequest, thing: Any, model: str) -> HttpResponse:
    """To somebody else, who is its owner from now on."""
    account = instructors().filter(username=request.POST.get("to", "")).first()
    if account is None:
        messages.error(request, _("There is no instructor of this name."))
        return go(request, "sharing", model, thing.pk)
    try:
        with transaction.atomic():
            thing.owned_by = account
            thing.save(update_fields=["owned_by"])
            thing.shared_with.remove(account)
    except IntegrityError:
        messages.error(request, _("They have one of this name already."))
        return go(request, "sharing", model, thing.pk)
    if isinstance(thing, Room):
        announce_change(thing)
    messages.success(request, _("It belongs to %(name)s now.") % {"name": account.username})
    return go(request, "landing")


def _change(request: HttpRequest, thing: Any) -> None:
    account = instructors().filter(username=request.POST.get("with", "")).first()
    if is_whole(end := request.POST.get("end", "")):
        thing.shared_with.remove(int(end))
    elif account is None:
        messages.error(request, _("There is no instructor of this name."))
    else:
        thing.shared_with.add(account)
    if isinstance(thing, Room):
        announce_change(thing)
