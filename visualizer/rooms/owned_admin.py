"""Things that somebody owns, in the admin: everybody sees what the table of permissions lets them."""

from collections.abc import Iterable
from typing import Any, Final

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest

from visualizer.accounts.groups import INSTRUCTORS
from visualizer.accounts.models import Owned
from visualizer.accounts.standing import is_operator, stands
from visualizer.rooms.permissions import CHANGE, DELETE, LIST, SHARE, STOP, may_on

OWNERSHIP: Final = ("owned_by", "shared_with")


def instructors() -> QuerySet[User]:
    """Those to whom things can belong."""
    role = Q(groups__name=INSTRUCTORS) | Q(is_superuser=True)
    return User.objects.filter(role, is_active=True, is_staff=True).distinct().order_by("username")


class OwnedAdmin(admin.ModelAdmin):
    """Lists what one reaches; who may only share sees the rest and cannot change it."""

    own_fields: tuple[str, ...] = ()
    """Fields that only those who may change the thing can."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: Any = super().get_queryset(request).select_related("owned_by")
        reached: QuerySet[Any] = found if is_operator(request.user) else found.reached_by(request.user)
        return reached

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and self._may(request, (LIST,), obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._may(request, (CHANGE, STOP, SHARE), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may(request, (DELETE,), obj)

    def _may(self, request: HttpRequest, acts: Iterable[str], thing: Owned | None) -> bool:
        if thing is None:
            return True
        standings = stands(request.user, thing)
        return any(may_on(standings, act) is None for act in acts)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        fixed = () if self._may(request, (CHANGE,), obj) else self.own_fields
        return fixed if self._may(request, (SHARE,), obj) else (*fixed, *OWNERSHIP)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owned_by":
            kwargs["queryset"] = instructors()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "shared_with":
            kwargs |= {"queryset": instructors(), "widget": CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.owned_by = request.user
        super().save_model(request, obj, form, change)
