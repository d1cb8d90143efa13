"""What a room that teaches keeps besides its run: the lesson by value, where it stands, polls and answers."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visualizer.rooms.models import Branch, Room


class Mode(models.TextChoices):
    """Who leads: whoever is there; the teacher, for all; the teacher, and each student owns a node."""

    ALONE = "alone", _("alone")
    FOLLOW = "follow", _("follow")
    ROLES = "roles", _("roles")


class Course(models.Model):
    """A room from a lesson. The lesson is kept by value: later changes of its file are not felt here."""

    room = models.OneToOneField(Room, models.CASCADE, primary_key=True, related_name="course")
    lesson = models.CharField(_("lesson"), max_length=80)
    text = models.TextField(_("lesson file"))
    mode = models.CharField(_("mode"), max_length=8, choices=Mode, default=Mode.ALONE)
    left = models.ForeignKey(Room, models.SET_NULL, null=True, related_name="explorations")
    """The class that whoever explores here came from."""

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def __str__(self) -> str:
        return f"{self.room_id}/{self.lesson}"


class Standing(models.Model):
    """Where the lesson stood on a branch; the newest one that is not later than a time holds then."""

    branch = models.ForeignKey(Branch, models.CASCADE, related_name="standings")
    t = models.BigIntegerField()
    commands = models.PositiveIntegerField()
    """How many of the branch's commands had been given, its parents' included."""
    step = models.IntegerField()
    over = models.BooleanField()
    progress = models.JSONField()

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        ordering = ["branch", "pk"]

    def __str__(self) -> str:
        return f"{self.branch_id}: step {self.step} at {self.t}"


class Student(models.Model):
    """Somebody in a room, known by a cookie alone."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="students")
    who = models.CharField(max_length=32)
    nickname = models.CharField(_("nickname"), max_length=40, blank=True)
    node = models.CharField(_("node"), max_length=63, blank=True)
    """The node this student owns in mode roles."""

    class Meta:
        verbose_name = _("student")
        verbose_name_plural = _("students")
        constraints = [models.UniqueConstraint(fields=["room", "who"], name="one_student_per_cookie")]

    def __str__(self) -> str:
        return self.nickname or self.who[:6]


class Poll(models.Model):
    """A question put to a class: which round, and how far."""

    class Phase(models.TextChoices):
        """Answers are taken; no more are, and their distribution shows; the right one shows too."""

        OPEN = "open", _("open")
        LOCKED = "locked", _("locked")
        REVEALED = "revealed", _("revealed")

    room = models.ForeignKey(Room, models.CASCADE, related_name="polls")
    ask = models.CharField(max_length=80)
    round = models.PositiveSmallIntegerField(default=1)
    phase = models.CharField(max_length=8, choices=Phase, default=Phase.OPEN)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        constraints = [models.UniqueConstraint(fields=["room", "ask"], name="one_poll_per_question")]

    def __str__(self) -> str:
        return f"{self.ask}/{self.round}: {self.phase}"


class Answer(models.Model):
    """An answer to a question of the lesson; None: skipped. Locked when it is written, and never changed."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="answers")
    ask = models.CharField(max_length=80)
    round = models.PositiveSmallIntegerField()
    who = models.CharField(max_length=32)
    answer = models.JSONField(null=True)
    right = models.BooleanField(null=True)
    """None while the run has not come to it."""
    past = models.BooleanField(default=False)
    """The lesson went back to before the question."""
    written = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "ask", "round", "who"],
                condition=models.Q(past=False),
                name="one_answer_per_round",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ask}/{self.round}: {self.answer}"
