"""Rooms in the admin: made, listed, shared, opened and stopped."""

from typing import Any

import msgspec
from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clustersim import RELEASES, Scenario, ScenarioError, default_scenario
from clustersim.bounds import LARGEST_FILE
from clustersim.i18n import Message
from clustersim.scenario.document import parse
from clustersim.scenario.loader import read_scenario
from visualizer.rooms.models import Room
from visualizer.rooms.owned_admin import OWNERSHIP, OwnedAdmin
from visualizer.rooms.running.hub import announce_change
from visualizer.rooms.states import FREE, HELD, STOPPED
from visualizer.rooms.stopping import stop


class NewRoomForm(forms.ModelForm):
    """A room begins with the default cluster of a release, or with the cluster of a scenario file."""

    release = forms.ChoiceField(label=_("Release"), choices=[(release, release) for release in RELEASES])
    file = forms.FileField(
        label=_("Scenario file"),
        required=False,
        help_text=_(
            "YAML; the cluster, its release and its timed actions are taken from it. Empty: the default."
        ),
    )

    class Meta:
        model = Room
        fields = ("name", "release", "may_act")

    def clean(self) -> dict[str, Any]:
        """The scenario, read as a whole or refused with line, column and reason."""
        cleaned: dict[str, Any] = super().clean() or {}
        file = cleaned.get("file")
        if file is None:
            cleaned["scenario"] = default_scenario(release=cleaned.get("release", next(iter(RELEASES))))
            return cleaned
        try:
            cleaned["scenario"] = read_scenario_file(file)
        except ScenarioError as error:
            for one in error.all:
                self.add_error("file", one.text(get_language() or "en"))
        return cleaned


def read_scenario_file(file: UploadedFile) -> Scenario:
    """The scenario of an uploaded file. Raises ScenarioError."""
    if (file.size or 0) > LARGEST_FILE:
        raise ScenarioError(Message(gettext("the file is too large")), 1, 1, file.name or "")
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError(Message("not UTF-8"), 1, 1, file.name or "") from None
    return read_scenario(parse(text, file.name or ""))


@admin.register(Room)
class RoomAdmin(OwnedAdmin):
    list_display = ("code", "title", "release", "state", "enter", "owned_by", "may_act", "created")
    list_filter = ("release",)
    search_fields = ("code", "name")
    actions = ("open_rooms", "stop_rooms")
    own_fields = ("name", "may_act")

    def get_form(
        self, request: HttpRequest, obj: Room | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else NewRoomForm

    def get_fields(self, request: HttpRequest, obj: Room | None = None) -> Any:
        return (
            ("code", "name", "release", "may_act", *OWNERSHIP, "state", "created", "enter")
            if obj
            else ("name", "release", "file", "may_act")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> Any:
        always = ("code", "release", "state", "created", "enter") if obj else ()
        return (*always, *super().get_readonly_fields(request, obj))

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        if change:
            # Only these: what the running room wrote meanwhile stays.
            obj.save(update_fields=("name", "may_act", "owned_by"))
        else:
            scenario: Scenario = form.cleaned_data["scenario"]
            obj.scenario, obj.release = msgspec.to_builtins(scenario), scenario.release
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        announce_change(form.instance)

    @admin.display(description=_("title"), ordering="name")
    def title(self, room: Room) -> str:
        return room.title

    @admin.display(description=_("state"))
    def state(self, room: Room) -> str:
        return str({STOPPED: _("stopped"), HELD: _("playing"), FREE: _("paused")}[room.state])

    @admin.display(description=_("open"))
    def enter(self, room: Room) -> str:
        if room.state == STOPPED:
            return "-"
        return format_html('<a href="{}">{}</a>', room.get_absolute_url(), _("Open"))

    @admin.action(description=_("Open the selected rooms"), permissions=["change"])
    def open_rooms(self, request: HttpRequest, chosen: QuerySet[Room]) -> HttpResponse | None:
        """Rooms that were stopped can be entered again; a single one is entered at once."""
        count = chosen.filter(stopped__isnull=False).update(stopped=None)
        if chosen.count() == 1:
            return redirect(chosen.get())
        said = ngettext("%(count)d room was opened.", "%(count)d rooms were opened.", count)
        self.message_user(request, said % {"count": count})
        return None

    @admin.action(description=_("Stop the selected rooms"), permissions=["change"])
    def stop_rooms(self, request: HttpRequest, chosen: QuerySet[Room]) -> None:
        """Nobody can enter, viewers are sent away; the log is kept."""
        running = list(chosen.filter(stopped=None))
        count = len(running)
        for room in running:
            stop(room)
        said = ngettext("%(count)d room was stopped.", "%(count)d rooms were stopped.", count)
        self.message_user(request, said % {"count": count})
