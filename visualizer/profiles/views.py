"""The page of timeouts: settings on the left, what they would do on the right, before anything is saved."""

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any, Final

import msgspec
from asgiref.sync import sync_to_async
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clustersim import RELEASES
from clustersim.flags import warnings
from visualizer import workers
from visualizer.accounts.models import OwnedQuerySet
from visualizer.htmx import page_or_fragment, say
from visualizer.profiles.applying import apply_to_rooms, restarts
from visualizer.profiles.effect import PHASES, Calm, Effect, Texts, Trial, back_at, calm, trials
from visualizer.profiles.fields import language, name_of
from visualizer.profiles.forms import ProfileForm, TrialForm
from visualizer.profiles.models import Profile
from visualizer.profiles.predicted_effect import draw
from visualizer.profiles.settings_page import components, gone, sliders
from visualizer.rooms.doors import check, instructors_only
from visualizer.rooms.making import owner_of
from visualizer.rooms.models import Room
from visualizer.rooms.permissions import CHANGE, NOT_YOURS

FIRST: Final = (7,)
"""The phases of the first answer; all of them follow."""
PART: Final = 5
"""So many phases are one piece of work."""
PER_PAGE: Final = 25
KEPT_SECONDS: Final = 24 * 3600


@instructors_only
@require_safe
def profiles(request: HttpRequest) -> HttpResponse:
    """Presets, and the profiles of this account and those shared with it."""
    wanted = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "release")}
    found = Profile.objects.usable_by(request.user).select_related("owned_by")
    for word in wanted["q"].split():
        found = found.filter(Q(name__icontains=word) | Q(notes__icontains=word))
    if wanted["release"]:
        found = found.filter(release=wanted["release"])
    by_age = Case(
        *(When(release=name, then=place) for place, name in enumerate(RELEASES)), default=len(RELEASES)
    )
    page = Paginator(found.order_by(by_age, "-preset", "name"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "wanted": wanted, "releases": tuple(RELEASES)}
    return page_or_fragment(request, "timeouts/list.html", "timeouts/_found.html", context)


@instructors_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One profile. A preset stays as it is: what is saved of it is a copy."""
    profile = _usable(request, pk) if pk is not None else _new(request)
    if request.method == "POST":
        form = ProfileForm(request.POST, instance=_own(request, profile))
        if form.is_valid():
            form.instance._change_reason = request.POST.get("reason", "")[:100]
            saved = form.save()
            messages.success(request, _("Saved."))
            for finding in warnings(saved.flags, saved.release):
                text = f"{finding.component} --{finding.flag}: {finding.message.text(language())}"
                messages.warning(request, text)
            return redirect("timeouts-edit", saved.pk)
    else:
        form = ProfileForm(instance=profile)
    context = {
        "profile": profile,
        "form": form,
        "sliders": sliders(form),
        "components": components(form),
        "gone": gone(form.release, language()),
        "rooms": _rooms(request, profile).order_by("-created")[:50],
        "history": _history(profile),
    }
    return render(request, "timeouts/edit.html", context)


def _new(request: HttpRequest) -> Profile:
    release = request.GET.get("release") or request.POST.get("release", "")
    return Profile(
        release=release if release in RELEASES else next(iter(RELEASES)), owned_by=owner_of(request)
    )


def _usable(request: HttpRequest, pk: int) -> Profile:
    """A preset, or a profile of this account's. Raises PermissionDenied."""
    profile = get_object_or_404(Profile.objects.prefetch_related("shared_with"), pk=pk)
    if not profile.preset:
        check(request.user, CHANGE, profile)
    return profile


def _own(request: HttpRequest, profile: Profile) -> Profile:
    return Profile(release=profile.release, owned_by=owner_of(request)) if profile.preset else profile


def _rooms(request: HttpRequest, profile: Profile) -> OwnedQuerySet[Room]:
    """The rooms in which this account may try it."""
    return Room.objects.listed_for(request.user).filter(stopped=None, release=profile.release)


@instructors_only
@require_POST
async def preview(request: HttpRequest) -> HttpResponse:
    """What the settings in the form would do. The first answer comes of one phase, the second of all."""
    return await sync_to_async(render)(
        request,
        "timeouts/_effect.html",
        await _previewed(request.POST, (await request.auser()).pk, complete="all" in request.GET),
    )


async def _previewed(data: QueryDict, account: int | None, *, complete: bool) -> dict[str, Any]:
    form = TrialForm(data)
    if not form.is_valid():
        return {"errors": form.errors}
    release, flags = form.cleaned_data["release"], form.flags()
    defaults = RELEASES[release].flags
    texts = flags.texts(defaults)
    back = back_at(flags, defaults)
    phases = tuple(range(PHASES)) if complete else FIRST

    async def tried(differences: Texts) -> Effect:
        return await _effect(release, differences, phases, back, account)

    try:
        if texts:
            old, new = await asyncio.gather(tried({}), tried(texts))
        else:
            old = new = await tried({})
    except workers.NotComputed:
        return {"busy": True}
    findings = [(f.component, f.flag, f.message.text(language())) for f in warnings(flags, release)]
    return {"drawing": draw(old, new, complete=complete), "findings": findings}


async def _effect(
    release: str, texts: Texts, phases: tuple[int, ...], back: float, account: int | None
) -> Effect:
    """What workers compute side by side: the calm, and the phases in parts."""

    async def computed(kind: Any, function: Callable[..., Any], *rest: Any) -> Any:
        return await _computed(kind, function, (release, texts, *rest), account)

    parts = [phases[place : place + PART] for place in range(0, len(phases), PART)]
    quiet, *tried = await asyncio.gather(
        computed(Calm, calm), *(computed(tuple[Trial, ...], trials, part, back) for part in parts)
    )
    return Effect(tuple(trial for part in tried for trial in part), quiet, back)


async def _computed(
    kind: Any, function: Callable[..., Any], arguments: tuple[Any, ...], account: int | None
) -> Any:
    """Computed once for the same content, however many ask."""
    content = msgspec.json.encode((function.__name__, *arguments))
    key = "effect/" + hashlib.sha256(content).hexdigest()
    if (known := await cache.aget(key)) is not None:
        return msgspec.json.decode(known, type=kind)
    owner = ("timeouts", account, str(arguments[1]))
    found = await workers.run(function, *arguments, owner=owner)
    await cache.aset(key, msgspec.json.encode(found), KEPT_SECONDS)
    return found


# --- rooms and history -------------------------------------------------------------------------------------


@instructors_only
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Restart what must be restarted in the chosen rooms."""
    profile = _usable(request, pk)
    chosen = _rooms(request, profile).filter(code__in=request.POST.getlist("room"))
    results = apply_to_rooms(profile, chosen, request.user.get_username())
    if not results:
        messages.error(request, _("Choose a room."))
    for ok, text in results:
        messages.add_message(request, messages.SUCCESS if ok else messages.ERROR, text)
    return say(request, "timeouts-edit", pk)


@instructors_only
@require_safe
def restarting(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """What would be restarted in one room."""
    profile = _usable(request, pk)
    room = get_object_or_404(_rooms(request, profile), code=code)
    return render(request, "timeouts/_restarts.html", {"components": restarts(profile, room)})


@instructors_only
@require_POST
def revert(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Back to an earlier version, as a new one."""
    profile = _usable(request, pk)
    if profile.preset:
        raise PermissionDenied(NOT_YOURS)
    earlier = get_object_or_404(profile.history, history_id=version)
    profile.differences, profile.notes = earlier.differences, earlier.notes
    profile._change_reason = _("back to the version of %(date)s") % {
        "date": f"{earlier.history_date:%F %H:%M}"
    }
    profile.save()
    messages.success(request, _("It is as it was then."))
    return redirect("timeouts-edit", pk)


def _history(profile: Profile) -> list[dict[str, Any]]:
    """Who changed what, the newest first: each version with what differs from the one before."""
    if profile._state.adding:
        return []
    versions = list(profile.history.select_related("history_user")[:30])
    found = []
    for place, version in enumerate(versions):
        before = versions[place + 1].differences if place + 1 < len(versions) else {}
        found.append({"version": version, "changes": list(_changes(before, version.differences))})
    return found


def _changes(before: Texts, after: Texts) -> Any:
    names = {
        name_of(component, flag)
        for texts in (before, after)
        for component in texts
        for flag in texts[component]
    }
    for name in sorted(names):
        component, flag = name.split("/")
        old, new = before.get(component, {}).get(flag), after.get(component, {}).get(flag)
        if old != new:
            yield flag, old, new
