"""How the pages of instructors ask the table of permissions."""

from typing import Any

from django.contrib.auth.decorators import user_passes_test
from django.core.exceptions import PermissionDenied

from visualizer.accounts.models import Owned
from visualizer.accounts.standing import stands
from visualizer.rooms.permissions import MAKE, may_on


def check(user: Any, act: str, thing: Owned | None = None) -> None:
    """Raises PermissionDenied with the reason if this account may not do that."""
    if (reason := may_on(stands(user, thing), act)) is not None:
        raise PermissionDenied(reason)


def _is_let_in(user: Any) -> bool:
    if user.is_authenticated:
        check(user, MAKE)
    return bool(user.is_authenticated)


instructors_only = user_passes_test(_is_let_in)
"""For views: whoever is not signed in is asked to, whoever is no instructor is told so."""
