"""Tokens in the admin: who may speak to which room; there they are withdrawn, too."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visualizer.accounts.standing import is_operator
from visualizer.kubeapi.models import Token
from visualizer.rooms.models import Room


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):
    list_display = ("room", "role", "name", "created", "expires", "revoked")
    list_filter = ("role",)
    search_fields = ("room__code", "name")
    list_select_related = ("room",)
    actions = ("withdraw",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Token]:
        """Of the rooms that one reaches."""
        found = super().get_queryset(request)
        return (
            found
            if is_operator(request.user)
            else found.filter(room__in=Room.objects.reached_by(request.user))
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        return obj is None and super().has_change_permission(request)

    @admin.action(description=_("Withdraw the selected tokens"), permissions=["change"])
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Token]) -> None:
        """They are good no more, at once."""
        chosen.filter(revoked=None).update(revoked=timezone.now())
