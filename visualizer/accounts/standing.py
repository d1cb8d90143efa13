"""What somebody is to a thing that has an owner."""

from enum import StrEnum
from typing import Any

from visualizer.accounts.models import Owned


class Standing(StrEnum):
    """owner: it is theirs; colleague: shared with them; instructor: may have things of their own; operator:
    manages accounts; visitor: everybody, signed in or not.
    """

    VISITOR = "visitor"
    INSTRUCTOR = "instructor"
    COLLEAGUE = "colleague"
    OWNER = "owner"
    OPERATOR = "operator"


def is_instructor(user: Any) -> bool:
    """May make rooms, profiles and lessons that are theirs."""
    return bool(user.has_perm("rooms.add_room"))


def is_operator(user: Any) -> bool:
    """May manage accounts."""
    return bool(user.has_perm("auth.change_user"))


def stands(user: Any, thing: Owned | None = None) -> frozenset[Standing]:
    """All standings of an account (perhaps anonymous), towards this thing if there is one. Reads the groups
    of the account from the database.
    """
    found = {Standing.VISITOR}
    if is_instructor(user):
        found.add(Standing.INSTRUCTOR)
    if is_operator(user):
        found.add(Standing.OPERATOR)
    if thing is not None and (mine := towards(user, thing)) is not None:
        found.add(mine)
    return frozenset(found)


def towards(user: Any, thing: Owned) -> Standing | None:
    """Owner or colleague, or neither. Reads nothing where those with whom it is shared were prefetched. A
    superuser stands as an owner does.
    """
    if not (user.is_active and user.is_staff):
        return None
    if user.is_superuser or thing.owned_by_id == user.pk:
        return Standing.OWNER
    return Standing.COLLEAGUE if any(one.pk == user.pk for one in thing.shared_with.all()) else None
