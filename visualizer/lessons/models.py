"""What a room that teaches keeps besides its run: the lesson by value, where it stands, polls and answers."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clustersim.lesson import plan
from visualizer.lessons.friendly_names import free_number, friendly_name
from visualizer.rooms.models import Branch, Room
from visualizer.texts import Texts


class Mode(models.TextChoices):
    """Who leads: whoever is there; the teacher, for all; the teacher, and each student owns a node."""

    ALONE = "alone", _("alone")
    FOLLOW = "follow", _("follow")
    ROLES = "roles", _("roles")


class Plan(models.TextChoices):
    """How much of the lesson a class takes."""

    WHOLE = plan.WHOLE, _("whole lesson")
    SHORT = plan.SHORT, _("short form")


class Course(models.Model):
    """A room from a lesson. The lesson is kept by value: later changes of its file are not felt here."""

    room = models.OneToOneField(Room, models.CASCADE, primary_key=True, related_name="course")
    lesson = models.CharField(_("lesson"), max_length=80)
    text = models.TextField(_("lesson file"))
    mode = models.CharField(_("mode"), max_length=8, choices=Mode, default=Mode.ALONE)
    left = models.ForeignKey(Room, models.SET_NULL, null=True, related_name="explorations")
    """The class that whoever explores here came from."""
    task = models.CharField(max_length=80, blank=True)
    """The step of the class whose task is done here; empty: the whole lesson is free to explore."""
    showing = models.ForeignKey(Room, models.SET_NULL, null=True, related_name="+")
    """The student's copy that the projector shows in place of the class."""
    riddle = models.TextField(_("riddle"), blank=True)
    """What is wrong here, in the words of who made it: hidden with all that shows it until it is solved."""
    solution = models.JSONField(null=True)
    """What somebody committed to as the answer of the riddle."""
    handed = models.ForeignKey(Room, models.SET_NULL, null=True, related_name="+")
    """The room in which somebody else looks for the fault that was made here."""
    open_until = models.PositiveIntegerField(null=True)
    """The last step to which students go by themselves in rooms of their own; None: they go as they like."""
    plan = models.CharField(_("plan"), max_length=8, choices=Plan, default=Plan.WHOLE)
    time_ends = models.DateTimeField(null=True)
    """When the time ends that the teacher gave."""
    anonymous = models.BooleanField(_("anonymous"), default=False)
    """No nicknames are taken, and none that were given are shown."""

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
    """The node this student owns in mode roles; empty: none was assigned yet."""
    number = models.PositiveIntegerField(default=0)
    """Of the friendly name."""
    may_be_named = models.BooleanField(default=False)
    """The projector may show the name beside this student's work."""
    code = models.CharField(_("code"), max_length=40, blank=True)
    """What the student keeps, so that answers given before and after a course can be paired."""

    class Meta:
        verbose_name = _("student")
        verbose_name_plural = _("students")
        constraints = [models.UniqueConstraint(fields=["room", "who"], name="one_student_per_cookie")]

    def __str__(self) -> str:
        return self.name["en"]

    @property
    def name(self) -> Texts:
        """The nickname, or a friendly name."""
        return {"en": self.nickname, "zh": self.nickname} if self.nickname else self.friendly_name

    @property
    def friendly_name(self) -> Texts:
        return friendly_name(self.number)

    @classmethod
    def enrol(cls, room: int, who: str) -> "Student":
        """The student of this cookie, with a friendly name that nobody else in the room has."""
        taken = cls.objects.filter(room_id=room).values_list("number", flat=True)
        number = free_number(who, frozenset(taken))
        return cls.objects.get_or_create(room_id=room, who=who, defaults={"number": number})[0]


class PrivateCopy(models.Model):
    """A student's own copy of a class's room, in which a task of the class is done."""

    room = models.OneToOneField(Room, models.CASCADE, primary_key=True, related_name="private_copy")
    student = models.ForeignKey(Student, models.CASCADE, related_name="copies")
    step = models.CharField(max_length=80)
    branch = models.PositiveBigIntegerField()
    """The branch of the class that it was copied from: on another one the task is another."""
    done = models.BooleanField(default=False)
    hint = models.PositiveSmallIntegerField(null=True)
    """Which of the task's hints fits the copy as it is now."""
    cause = models.CharField(max_length=80, blank=True)
    """What was drawn in a blind step."""
    right = models.BooleanField(null=True)
    """Whether that was what the student committed to; None: not committed yet."""
    changed = models.DateTimeField(default=timezone.now)
    """When something of this changed."""

    class Meta:
        verbose_name = _("private copy")
        verbose_name_plural = _("private copies")

    def __str__(self) -> str:
        return f"{self.student}: {self.step}"


class Reflection(models.Model):
    """What a student of a class wrote where a step asks to reflect."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="reflections")
    step = models.CharField(max_length=80)
    text = models.TextField(_("text"))
    shown = models.BooleanField(default=False)
    """The teacher shows it to everybody."""

    class Meta:
        verbose_name = _("reflection")
        verbose_name_plural = _("reflections")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["student", "step"], name="one_reflection_per_step")]

    def __str__(self) -> str:
        return f"{self.student}, {self.step}: {self.text[:40]}"


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
    words = models.JSONField(null=True)
    """The same as a person reads it, by language: what the run gave to choose from, only the run knows. None:
    from before this was kept."""
    right = models.BooleanField(null=True)
    """None while the run has not come to it."""
    confidence = models.PositiveSmallIntegerField(null=True)
    """How sure: 1 guessed, 2 fairly sure, 3 certain; None: not asked."""
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
