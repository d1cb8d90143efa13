"""Profiles in the admin, and how they reach rooms."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clustersim.flags import COMPONENTS, Origin, catalogue, warnings
from visualizer.profiles.applying import apply
from visualizer.profiles.fields import language, name_of
from visualizer.profiles.forms import ProfileForm, TrialForm
from visualizer.profiles.models import Profile
from visualizer.profiles.predicted_effect import effect
from visualizer.rooms import log
from visualizer.rooms.lookup import NoSuchRoom, Stopped
from visualizer.rooms.models import Room
from visualizer.rooms.runner import Refused


@admin.register(Profile)
class ProfileAdmin(admin.ModelAdmin):
    form = ProfileForm
    list_display = ("name", "release", "changes", "apply_link")
    list_filter = ("release",)
    search_fields = ("name", "notes")

    def get_form(
        self, request: HttpRequest, obj: Profile | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return ProfileForm

    def get_fieldsets(self, request: HttpRequest, obj: Profile | None = None) -> Any:
        """Flags component by component; then, folded, what is compiled in and what is only of the model."""
        fieldsets: list[tuple[str | None, dict[str, Any]]] = [
            (None, {"fields": ("name", "release", "notes")})
        ]
        for component in COMPONENTS:
            fieldsets.append((component, {"fields": names(component, Origin.FLAG)}))
        for component in COMPONENTS:
            title = _("%(component)s: compiled in, and of the model") % {"component": component}
            fields = names(component, Origin.CONSTANT, Origin.MODEL)
            fieldsets.append((title, {"fields": fields, "classes": ("collapse",)}))
        return [fieldset for fieldset in fieldsets if fieldset[1]["fields"]]

    def save_model(self, request: HttpRequest, obj: Profile, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for finding in warnings(obj.flags):
            text = f"{finding.component} --{finding.flag}: {finding.message.text(language())}"
            self.message_user(request, text, messages.WARNING)

    @admin.display(description=gettext_lazy("differs from the release"))
    def changes(self, profile: Profile) -> str:
        return ", ".join(
            f"--{flag}={text}" for texts in profile.differences.values() for flag, text in texts.items()
        )

    @admin.display(description=gettext_lazy("apply"))
    def apply_link(self, profile: Profile) -> str:
        address = reverse("admin:profiles_profile_apply", args=[profile.pk])
        return format_html('<a href="{}">{}</a>', address, _("Apply to rooms"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.apply_view)
        foresee = self.admin_site.admin_view(self.foresee_view)
        return [
            path("<int:pk>/apply/", view, name="profiles_profile_apply"),
            path("foresee/", foresee, name="profiles_profile_foresee"),
            *super().get_urls(),
        ]

    def foresee_view(self, request: HttpRequest) -> HttpResponse:
        """What the settings in the form would change; nothing is saved."""
        if request.method != "POST" or not self.has_change_permission(request):
            return redirect("admin:profiles_profile_changelist")
        form = TrialForm(request.POST)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What these settings would change"),
            "opts": self.opts,
        }
        if form.is_valid():
            flags = form.flags()
            context["rows"] = effect(form.cleaned_data["release"], flags, language())
            context["findings"] = [(f.component, f.flag, f.message.text(language())) for f in warnings(flags)]
        else:
            context["errors"] = form.errors
        return TemplateResponse(request, "admin/profiles/foresee.html", context)

    def apply_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose rooms, then restart their components with the profile's flags."""
        profile = get_object_or_404(Profile, pk=pk)
        rooms = Room.objects.filter(stopped=None, release=profile.release)
        if request.method == "POST" and self.has_change_permission(request):
            self._apply(request, profile, rooms.filter(code__in=request.POST.getlist("room")))
            return redirect("admin:profiles_profile_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Apply %(name)s to rooms") % {"name": profile},
            "opts": self.opts,
            "profile": profile,
            "rooms": rooms,
            "findings": [(f.component, f.flag, f.message.text(language())) for f in warnings(profile.flags)],
        }
        return TemplateResponse(request, "admin/profiles/apply.html", context)

    def _apply(self, request: HttpRequest, profile: Profile, rooms: QuerySet[Room]) -> None:
        for room in rooms:
            try:
                restarted = async_to_sync(apply)(room.code, profile.flags, request.user.get_username())
            except Refused as refused:
                self.message_user(request, f"{room.code}: {refused.reason['en']}", messages.ERROR)
            except (log.LeaseLost, log.Taken, NoSuchRoom, Stopped):
                self.message_user(
                    request, _("%(room)s does not run here.") % {"room": room.code}, messages.ERROR
                )
            else:
                self.message_user(request, told(room, restarted), messages.SUCCESS)


def names(component: str, *origins: Origin) -> tuple[str, ...]:
    """The form's names of a component's settings of these origins."""
    return tuple(
        name_of(component, info.flag)
        for info in catalogue()
        if info.component == component and info.origin in origins
    )


def told(room: Room, restarted: list[str]) -> str:
    """What happened in a room."""
    if not restarted:
        return _("%(room)s: nothing changed, all settings were the same.") % {"room": room.code}
    return _("%(room)s: restarted with new flags: %(components)s.") % {
        "room": room.code,
        "components": ", ".join(restarted),
    }
