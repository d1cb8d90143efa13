"""Accounts in the admin: an operator makes them, gives them roles, and closes them. An operator cannot
give rights that it does not have, and cannot change the accounts of superusers."""

from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from visualizer.accounts.groups import INSTRUCTORS, MODELS, OPERATORS

ROLES: Final = {INSTRUCTORS: _("Instructors"), OPERATORS: _("Operators")}


def in_words(group: Any) -> str:
    """A role in the language of the page."""
    return str(ROLES.get(group.name, group.name))


class SignInForm(AdminAuthenticationForm):
    """A wrong password, said to teachers: they know of no staff."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": _("There is no account with this name and password. Capital letters count."),
    }


class RoleFilter(admin.SimpleListFilter):
    """Accounts by role."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ROLES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class RoleField(ModelMultipleChoiceField):
    """Roles by their words."""

    def label_from_instance(self, obj: Any) -> str:
        return in_words(obj)


admin.site.login_form = SignInForm
admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class AccountAdmin(UserAdmin):
    list_display = ("username", "first_name", "last_name", "roles", "is_active", "last_login")
    list_filter = ("is_active", RoleFilter)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Role"), {"fields": ("is_active", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        (_("Role"), {"fields": ("groups",)}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        found = super().get_queryset(request).prefetch_related("groups")
        return found if request.user.is_superuser else found.filter(is_superuser=False)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs |= {
                "queryset": Group.objects.filter(name__in=MODELS),
                "widget": CheckboxSelectMultiple,
                "help_text": "",
                "label": _("role"),
                "form_class": RoleField,
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Whoever has an account here signs in to the admin; what they find there their role says."""
        obj.is_staff = True
        super().save_model(request, obj, form, change)

    @admin.display(description=_("role"))
    def roles(self, account: User) -> str:
        names = [in_words(group) for group in account.groups.all()]
        return ", ".join([*([str(_("Superuser"))] if account.is_superuser else []), *names])
