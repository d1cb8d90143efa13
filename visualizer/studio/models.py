"""Lessons being written: their text, which alone counts, and every version of it."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visualizer.accounts.models import Owned, OwnedQuerySet
from visualizer.library.models import Publication
from visualizer.rooms.models import Room


class Draft(Owned):
    """A lesson that an instructor writes. `revision` counts what was saved of it."""

    name = models.CharField(_("title"), max_length=120)
    """What the lists call it: the title of the lesson when it could last be read."""
    text = models.TextField(_("lesson file"))
    revision = models.PositiveIntegerField(default=1)
    changed = models.DateTimeField(_("changed"), default=timezone.now)
    binned = models.DateTimeField(_("put aside"), null=True)
    """When its owner put it aside; it can be taken back, it is never deleted."""
    publication = models.OneToOneField(
        Publication, models.SET_NULL, null=True, related_name="draft", verbose_name=_("published lesson")
    )

    objects = OwnedQuerySet["Draft"].as_manager()

    class Meta:
        verbose_name = _("lesson draft")
        verbose_name_plural = _("lesson drafts")
        ordering = ["-changed"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("studio-edit", args=[self.pk])


class Version(models.Model):
    """A text that a draft had, or that somebody wanted it to have."""

    class Kind(models.TextChoices):
        """How it came to be."""

        BEGUN = "begun", _("begun")
        WRITTEN = "written", _("written")
        CONFLICT = "conflict", _("written at the same time")
        RESTORED = "restored", _("taken back")
        PUBLISHED = "published", _("published")

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="versions")
    revision = models.PositiveIntegerField()
    text = models.TextField()
    kind = models.CharField(max_length=10, choices=Kind)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    written = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["draft", "pk"]

    def __str__(self) -> str:
        return f"{self.draft_id}/{self.revision}"


class Recording(Owned):
    """A lesson being recorded in a room, whose log says what was done. steps: those closed so far, each with
    its branch."""

    room = models.OneToOneField(Room, models.CASCADE, related_name="recording")
    base = models.TextField()
    """The lesson file whose cluster the room has."""
    steps = models.JSONField(default=list)

    objects = OwnedQuerySet["Recording"].as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")

    def __str__(self) -> str:
        return str(self.room_id)
