"""A published lesson: what everybody may take, by value, until it is published again or withdrawn."""

import secrets

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visualizer.accounts.models import Owned


def new_token() -> str:
    """The secret part of a link that nobody guesses."""
    return secrets.token_urlsafe(12)


class Publication(Owned):
    """A lesson in the library. Its id is nobody else's."""

    lesson = models.CharField(_("lesson"), max_length=80, unique=True)
    text = models.TextField(_("lesson file"))
    digest = models.CharField(_("content hash"), max_length=64)
    listed = models.BooleanField(_("listed"), default=False)
    """It stands in the catalogue; otherwise only who has the link finds it."""
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    published = models.DateTimeField(_("published"), default=timezone.now)

    class Meta:
        verbose_name = _("published lesson")
        verbose_name_plural = _("published lessons")
        ordering = ["lesson"]

    def __str__(self) -> str:
        return self.lesson

    def get_absolute_url(self) -> str:
        return reverse("shared-lesson", args=[self.token])
