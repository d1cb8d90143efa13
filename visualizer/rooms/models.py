"""What a room is made of, in the database: everything needed to compute its run again, and nothing else.

A run is a pure function of scenario, settings and the commands with their simulated times, so these are kept
by value; the cluster itself is never stored. Simulated times are whole microseconds.
"""

from datetime import timedelta
from typing import Any, Final, Self

import msgspec
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clustersim import Scenario, engine_version
from visualizer.accounts.models import Owned, OwnedQuerySet
from visualizer.rooms.codes import LENGTH, new_code
from visualizer.rooms.states import FREE, HELD, STOPPED

LEASE: Final = timedelta(seconds=settings.ROOM_LEASE_SECONDS)
"""A room whose owner died is free after this long."""


class RoomQuerySet(OwnedQuerySet["Room"]):
    """Rooms, and how they are made."""

    def listed_for(self, user: Any) -> Self:
        """Those that this account reaches; the copies of a class's students are found in its record."""
        return self.reached_by(user).filter(private_copy=None)

    def open_with(self, scenario: Scenario, **fields: Any) -> "Room":
        """A new room in which this scenario begins."""
        return self.create(scenario=msgspec.to_builtins(scenario), release=scenario.release, **fields)


class Room(Owned):
    """A running cluster: its inputs by value, how fast it plays, and which process may run it."""

    code = models.CharField(_("code"), max_length=LENGTH, unique=True, default=new_code, editable=False)
    name = models.CharField(_("title"), max_length=80, blank=True, help_text=_("Empty: the scenario's own."))
    scenario = models.JSONField(
        _("scenario"),
        help_text=_("By value, all settings included: later changes of its source are not felt here."),
    )
    release = models.CharField(_("release"), max_length=16)
    may_act = models.BooleanField(
        _("visitors may act"),
        default=True,
        help_text=_(
            "Whoever has the code may break things and set the pace; otherwise only those who lead it may."
        ),
    )
    branch = models.ForeignKey("Branch", models.RESTRICT, null=True, editable=False, related_name="+")
    playing = models.BooleanField(_("playing"), default=False, editable=False)
    speed = models.FloatField(_("speed"), default=1.0, editable=False)
    ease = models.BooleanField(_("slows near a deadline"), default=False, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    stopped = models.DateTimeField(_("stopped"), null=True, editable=False)

    owner = models.CharField(max_length=80, blank=True, editable=False)
    """The process that may run the room until ``lease_until``."""
    lease_until = models.DateTimeField(default=timezone.now, editable=False)
    epoch = models.PositiveIntegerField(default=0, editable=False)
    """Counts the owners. Whoever writes names its epoch, so a process that lost the room can write nothing
    more.
    """

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def state(self) -> str:
        """A state of `ROOM`, as of now."""
        if self.stopped is not None:
            return STOPPED
        # A lease that ends too late to have been given by now was given before the clock was set back.
        left = self.lease_until - timezone.now()
        return HELD if timedelta(0) < left <= 2 * LEASE else FREE

    @property
    def title(self) -> str:
        """What people call it, in the language of the page."""
        titles = self.scenario.get("title", {})
        language = (get_language() or "en").partition("-")[0]
        return self.name or titles.get(language) or titles.get("en") or self.release

    def get_absolute_url(self) -> str:
        return reverse("room", args=[self.code])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new room gets its first branch, beginning at t=0."""
        super().save(*args, **kwargs)
        if self.branch is None:
            self.branch = Branch.objects.create(room=self, name="main", engine_version=engine_version())
            super().save(update_fields=["branch"])


class Branch(models.Model):
    """One history of a room. It shares its parent's commands up to ``forked_at``, or has all of its own."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="branches")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    forked_at = models.BigIntegerField(null=True)
    inherited = models.PositiveIntegerField(null=True)
    """How many of its parent's commands it shares; None: those up to ``forked_at``."""
    scenario = models.JSONField(null=True)
    """By value, where it differs from its parent's; then all commands are the branch's own."""
    name = models.CharField(max_length=80)
    engine_version = models.CharField(_("engine version"), max_length=32)
    """The model that computed it: another one may tell another history."""
    mark = models.BigIntegerField(default=0)
    """The write-ahead mark: nothing later than this has been shown to anybody."""

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True, forked_at__isnull=True)
                | models.Q(parent__isnull=False, forked_at__isnull=False),
                name="a_fork_has_parent_and_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.name}"


class CommandEntry(models.Model):
    """One command of a branch, written before the model heard of it."""

    branch = models.ForeignKey(Branch, models.CASCADE, related_name="commands")
    seq = models.PositiveIntegerField()
    t = models.BigIntegerField()
    actor = models.CharField(max_length=80)
    command = models.JSONField()
    epoch = models.PositiveIntegerField()
    written = models.DateTimeField(default=timezone.now)
    left_out = models.JSONField(_("left out"), null=True)
    """Why it is no part of the run although it was given: a sentence in every language."""

    class Meta:
        verbose_name = _("command")
        verbose_name_plural = _("commands")
        ordering = ["branch", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "seq"], name="one_command_per_seq"),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id}/{self.seq} at {self.t}"
