"""Profiles in the admin: the list, and from there the page on which timeouts are set."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from visualizer.profiles.models import Profile
from visualizer.rooms.owned_admin import OwnedAdmin
from visualizer.rooms.permissions import CHANGE


@admin.register(Profile)
class ProfileAdmin(OwnedAdmin, SimpleHistoryAdmin):  # type: ignore[misc]
    list_display = ("name", "release", "preset", "owned_by", "changes")
    list_filter = ("release", "preset")
    search_fields = ("name", "notes")

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("timeouts")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever may not change the settings says whose they are."""
        thing = self.get_object(request, object_id)
        if thing is not None and not self._may(request, (CHANGE,), thing):
            return redirect("sharing", "profiles.profile", object_id)
        return redirect("timeouts-edit", object_id)

    def has_delete_permission(self, request: HttpRequest, obj: Profile | None = None) -> bool:
        """Presets stay."""
        return not (obj is not None and obj.preset) and super().has_delete_permission(request, obj)

    @admin.display(description=_("differs from the release"))
    def changes(self, profile: Profile) -> str:
        return ", ".join(
            f"--{flag}={text}" for texts in profile.differences.values() for flag, text in texts.items()
        )
