"""Who may make one more room now: instructors as many as they like, a visitor and an address a certain number
an hour.

Visitors use up only their own share, and a school behind one address has enough for its classes.
"""

import secrets
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from visualizer.accounts.standing import is_instructor
from visualizer.rooms.entrance import address_of
from visualizer.rooms.flow import Allowances
from visualizer.rooms.roles import WHO

MOST_KEPT: Final = 10_000
HOUR: Final = 3600.0

CLOSED: Final = _("Visitors make no rooms here. Join one with its code.")
ENOUGH: Final = _("You made many rooms in the last hour. Go on in one, or try again in a few minutes.")
ENOUGH_HERE: Final = _("Many rooms were made from your network in the last hour. Try again in a few minutes.")


@cache
def allowances(an_hour: int) -> Allowances:
    """Of this process, one a limit."""
    return Allowances(an_hour / HOUR, an_hour, most=MOST_KEPT)


def visitor_of(request: HttpRequest) -> str:
    """The id of this visitor, which its cookie leads to; a new one at first."""
    return str(request.session.setdefault(WHO, secrets.token_hex(8)))


def why_no_room(request: HttpRequest) -> Promise | None:
    """Why this one makes no more rooms now; None if it may make one, which then counts."""
    if is_instructor(request.user):
        return None
    if not settings.VISITORS_MAKE_ROOMS:
        return CLOSED
    return why_not_one_more(request)


def why_not_one_more(request: HttpRequest) -> Promise | None:
    """The same of a room that a class gives its students, wherever visitors make none of their own."""
    if is_instructor(request.user):
        return None
    if not allowances(settings.ROOMS_PER_VISITOR).take(f"visitor/{visitor_of(request)}"):
        return ENOUGH
    if not allowances(settings.ROOMS_PER_ADDRESS).take(f"address/{address_of(request)}"):
        return ENOUGH_HERE
    return None


def owner_of(request: HttpRequest) -> Any:
    """The account to which what is made here belongs; None for a visitor."""
    return request.user if is_instructor(request.user) else None
