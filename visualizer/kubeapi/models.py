"""Who may speak to a room through the Kubernetes API: tokens, of which only a digest is kept."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visualizer.rooms.models import Room

LIFETIME: Final = timedelta(hours=12)
"""How long a token is good for: a school day."""
MOST_PER_ROOM: Final = 500
"""Tokens of one room that are good at the same time."""


class TooManyTokens(Exception):
    """The room has given out as many tokens as it may."""


class TokenManager(models.Manager["Token"]):
    """Gives tokens out and knows them again."""

    def issue(
        self, room: Room, role: str, *, who: str = "", account: Any = None, name: str = ""
    ) -> tuple["Token", str]:
        """A new token and its secret, which is told this once. Raises TooManyTokens."""
        if self.filter(room=room, revoked=None, expires__gt=timezone.now()).count() >= MOST_PER_ROOM:
            raise TooManyTokens
        secret = secrets.token_urlsafe(24)
        expires = timezone.now() + LIFETIME
        row = self.create(
            room=room,
            digest=digest(secret),
            role=role,
            who=who,
            account=account,
            name=name,
            expires=expires,
        )
        return row, secret

    def known(self, room: Room, secret: str) -> "Token | None":
        """The token with this secret, if it is good in this room now."""
        found = self.select_related("account").filter(
            room=room, digest=digest(secret), revoked=None, expires__gt=timezone.now()
        )
        return found.first()


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Token(models.Model):
    """One client's right to speak to one room, as its visitor and no longer than a day."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(_("role"), max_length=16)
    """What the visitor was when it asked; a room that no longer lets visitors act does not let tokens act."""
    who = models.CharField(max_length=32, blank=True)
    """The visitor's cookie: in a class its powers and its node are found by it."""
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    """Whose it is: staff no longer than the account is staff of the room."""
    name = models.CharField(_("name"), max_length=40, blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now)
    expires = models.DateTimeField(_("expires"))
    revoked = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = TokenManager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.room.code} {self.role} {self.name}".rstrip()
