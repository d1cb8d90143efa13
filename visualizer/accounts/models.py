"""Ownership: a thing has an owner, and colleagues with whom it is shared."""

from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

M = TypeVar("M", bound=models.Model, covariant=True)


class OwnedQuerySet(models.QuerySet[M]):
    """Things that somebody owns."""

    def reached_by(self, user: Any) -> Self:
        """The account's own and those shared with it; all of them for a superuser, none for visitors."""
        if not (user.is_active and user.is_staff):
            return self.none()
        if user.is_superuser:
            return self
        shared = self.model._default_manager.filter(shared_with=user).values("pk")
        return self.filter(models.Q(owned_by=user) | models.Q(pk__in=shared))


class Owned(models.Model):
    """What an instructor makes: theirs until they share it. Nobody's where a visitor made it."""

    owned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("belongs to"),
    )
    shared_with = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name=_("shared with"),
        help_text=_("They see it among their own, lead it and change it; only its owner deletes it."),
    )

    class Meta:
        abstract = True
