"""All published lessons, for operators, who can take one back."""

from django.contrib import admin
from django.http import HttpRequest

from visualizer.library.models import Publication
from visualizer.rooms.owned_admin import OwnedAdmin


@admin.register(Publication)
class PublicationAdmin(OwnedAdmin):
    list_display = ("lesson", "owned_by", "listed", "published")
    list_filter = ("listed",)
    search_fields = ("lesson", "owned_by__username")
    fields = ("lesson", "owned_by", "listed", "published", "digest", "text")
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are published in the studio."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Publication | None = None) -> bool:
        """They are published anew in the studio."""
        return False
