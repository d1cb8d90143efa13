"""All lessons that are being written, for operators: whose they are, and giving them to somebody else."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

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
