"""A profile: the settings that differ from a release's defaults."""

from typing import Any, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from clustersim import RELEASES
from clustersim.flags import Flags
from visualizer.accounts.models import Owned, OwnedQuerySet


class ProfileQuerySet(OwnedQuerySet["Profile"]):
    """Presets, and profiles that somebody owns."""

    def usable_by(self, user: Any) -> Self:
        """Those that this account may look at and apply."""
        return self.filter(models.Q(preset=True) | models.Q(pk__in=self.reached_by(user).values("pk")))


class Profile(Owned):
    """Settings of every component under a name."""

    name = models.CharField(_("name"), max_length=80)
    release = models.CharField(
        _("release"), max_length=16, choices=[(name, name) for name in RELEASES], default=next(iter(RELEASES))
    )
    notes = models.TextField(_("notes"), blank=True)
    preset = models.BooleanField(_("preset"), default=False, editable=False)
    """Comes with the product and stays as it is; whoever changes it saves a copy."""
    differences = models.JSONField(default=dict, editable=False)
    """{component: {flag: text}}, each text as on a command line."""

    objects = ProfileQuerySet.as_manager()
    history: Any = HistoricalRecords()
    _change_reason: str
    """Why it is saved, for the history."""

    class Meta:
        verbose_name = _("cluster profile")
        verbose_name_plural = _("cluster profiles")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["owned_by", "name"],
                name="an_owner_has_one_profile_of_a_name",
                condition=models.Q(owned_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Its name; a preset's in the language of the page."""
        return gettext(self.name) if self.preset else self.name

    @property
    def about(self) -> str:
        """Its notes, likewise."""
        return gettext(self.notes) if self.preset and self.notes else self.notes

    def get_absolute_url(self) -> str:
        return reverse("timeouts-edit", args=[self.pk])

    @property
    def flags(self) -> Flags:
        """All settings. Raises FlagError if one is no longer known."""
        return RELEASES[self.release].flags.with_texts(self.differences)
