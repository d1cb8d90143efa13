"""All lessons, for operators: drafts, to give to somebody else, and published ones, to take back."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from visualizer.library.models import Publication
from visualizer.rooms.owned_admin import OwnedAdmin
from visualizer.rooms.permissions import CHANGE
from visualizer.studio.models import Draft


@admin.register(Draft)
class DraftAdmin(OwnedAdmin):
    list_display = ("name", "owned_by", "changed", "is_published", "is_put_aside")
    list_filter = (("publication", admin.EmptyFieldListFilter), ("binned", admin.EmptyFieldListFilter))
    search_fields = ("name", "owned_by__username")
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are begun in the studio."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Draft | None = None) -> bool:
        """They are put aside in the studio, and nothing that was written is lost."""
        return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """To the lesson for who writes it, to whose it is for everybody else."""
        draft = self.get_object(request, object_id)
        if draft is not None and self._may(request, (CHANGE,), draft):
            return redirect("studio-form", object_id)
        return redirect("sharing", "studio.draft", object_id)

    @admin.display(description=_("published"), boolean=True)
    def is_published(self, draft: Draft) -> bool:
        return draft.publication_id is not None

    @admin.display(description=_("put aside"), boolean=True)
    def is_put_aside(self, draft: Draft) -> bool:
        return draft.binned is not None


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
