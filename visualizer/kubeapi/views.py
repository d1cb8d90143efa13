"""The page on which a visitor gets a kubeconfig of its own, and a teacher withdraws them all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from visualizer.kubeapi.address import PREFIX
from visualizer.kubeapi.models import Token, TooManyTokens
from visualizer.rooms.codes import tidy
from visualizer.rooms.making import visitor_of
from visualizer.rooms.models import Room
from visualizer.rooms.roles import Role, role_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kubectl(request: HttpRequest, code: str) -> HttpResponse:
    """How to use one's own kubectl here. With POST: a token, told this once."""
    room = get_object_or_404(Room, code=tidy(code), stopped=None)
    role = role_of(request.user, room)
    context = {"room": room, "can_act": role.can_act, "staff": role is Role.STAFF}
    address = server = request.build_absolute_uri(f"{PREFIX}{room.code}")
    if request.method == "POST":
        who = visitor_of(request)
        account = request.user if request.user.is_authenticated else None
        name = "" if account is None else account.get_username()
        try:
            token, secret = Token.objects.issue(room, role, who=who, account=account, name=name)
        except TooManyTokens:
            messages.error(request, _("This room has given out as many tokens as it may. Try again later."))
        else:
            server = f"{server}/token/{secret}"
            context |= {"token": token}
    if role is Role.STAFF:
        context["tokens"] = Token.objects.filter(room=room, revoked=None, expires__gt=timezone.now()).count()
    return render(request, "kubectl.html", {**context, "server": server, "address": address})


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """No token of this room is good any more."""
    room = get_object_or_404(Room, code=tidy(code))
    if role_of(request.user, room) is Role.STAFF:
        Token.objects.filter(room=room, revoked=None).update(revoked=timezone.now())
        messages.success(request, _("All tokens of this room were withdrawn."))
    else:
        messages.error(request, _("Only the teacher does this."))
    return redirect("kubectl", room.code)
