"""Who may do what: one table, asked by every door. The socket, the pages, the console and the Kubernetes API
name the act; here it is decided. A page only leaves out what would be refused.

An act in a room is a power (``POWERS`` of a lesson's steps and those of this module) or a verb of the
catalogue of actions. An act on a thing that somebody owns (a room, a profile, a lesson) is one of ``RIGHTS``.
"""

from collections.abc import Collection, Mapping
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clustersim.faults import ACTIONS, Target
from visualizer.accounts.standing import Standing
from visualizer.rooms.roles import Role

ALONE: Final = "alone"
FOLLOW: Final = "follow"
ROLES: Final = "roles"
NO_LESSON: Final = ""

SEE: Final = "see"
"""What everybody sees: the room as it is now."""
TEACH: Final = "teach"
"""Polls, and who leads."""
LEAD: Final = "lead"
"""Going from step to step."""
OWN: Final = "own"
"""Committing to a cause, or handing a fault over, in a room of one's own."""
EXPLORE: Final = "explore"
"""Taking a copy of the class home."""
DOWNLOAD: Final = "download"
"""The run as a file, with everything that was and will be done in it."""

LOOKING: Final = frozenset({"inspect", "why", "rewind", "console"})
"""Powers that change nothing; a step may withhold them, so that nobody looks up what is being asked."""
REVEALING: Final = frozenset({"inspect", "why", "rewind", "fork", DOWNLOAD, EXPLORE})
"""What shows more of a run than the console of its cluster does."""
ON_WORKSTATION: Final = frozenset({"save-file", "delete-file"})
"""Verbs of the console's own: whoever may type there, and act, may keep files there."""
STEERING: Final = frozenset({"play", "speed", "step", "fork"})
"""Powers over what all in the room see; in a class the teacher's alone."""

MAKE: Final = "make"
"""Rooms, classes, profiles and lessons of one's own; without limit."""
CHANGE: Final = "change"
"""Its name and settings. What happens in a room is decided by the role there: staff are those who may change
it."""
STOP: Final = "stop"
"""A room: nobody can enter it any more; and opening it again."""
LIST: Final = "list"
"""That it is there, whose it is, and whether it runs."""
SHARE: Final = "share"
"""With a colleague; or giving it away."""
DELETE: Final = "delete"
ACCOUNTS: Final = "accounts"
"""Who may sign in, and as what."""

RIGHTS: Final[Mapping[str, frozenset[Standing]]] = {
    MAKE: frozenset({Standing.INSTRUCTOR}),
    CHANGE: frozenset({Standing.OWNER, Standing.COLLEAGUE}),
    STOP: frozenset({Standing.OWNER, Standing.COLLEAGUE, Standing.OPERATOR}),
    LIST: frozenset({Standing.OWNER, Standing.COLLEAGUE, Standing.OPERATOR}),
    SHARE: frozenset({Standing.OWNER, Standing.OPERATOR}),
    DELETE: frozenset({Standing.OWNER, Standing.OPERATOR}),
    ACCOUNTS: frozenset({Standing.OPERATOR}),
}
"""{act: the standings that may}."""

WATCHES_ONLY: Final = _("In this room you can watch, not act.")
PACE_OF_OTHERS: Final = _("In this room you can watch, not set the pace.")
HIDDEN: Final = _("What happens here is hidden for now. Look for it on the console.")
NOT_IN_STEP: Final = _("Not in this step.")
TEACHER_FOR_ALL: Final = _("In a class the teacher does this for all.")
OWN_NODE: Final = _("You can act on your own node only.")


_REFUSED: Final = {
    MAKE: _("Only instructors do this."),
    ACCOUNTS: _("Only operators do this."),
}
NOT_YOURS: Final = _("This belongs to somebody else. Its owner can share it with you.")


def may_on(standings: Collection[Standing], act: str) -> Promise | None:
    """Why somebody of these standings towards a thing may not do that with it; None if it may."""
    return None if RIGHTS[act].intersection(standings) else _REFUSED.get(act, NOT_YOURS)


class Actor(msgspec.Struct, frozen=True):
    """From where somebody asks. mode: of the lesson, NO_LESSON in a room without one. allow: the powers of
    the present step; free: the lesson is over; node: the one that this student owns; joined: is one of the
    class.
    """

    role: Role
    mode: str = NO_LESSON
    allow: Collection[str] = ()
    free: bool = False
    node: str = ""
    joined: bool = False
    blind: bool = False
    """What is wrong in the room is to be found out: whoever asks, nothing shows it."""
    last_step: int | None = None
    """The class lets its students go to this step by themselves, and no further."""
    only_step: str | None = None
    """The only step of the lesson to go to: in a private copy, that of its task."""

    @property
    def leads(self) -> bool:
        """Goes from step to step: the teacher, or whoever learns alone."""
        return self.role is Role.STAFF or (self.mode == ALONE and self.role is Role.ACT)


def may(actor: Actor, act: str, target: str | None = None, *, past: bool = False) -> Promise | None:
    """Why this actor may not do that (to this target; in the past, which makes a branch); None if it may."""
    if actor.blind and (past or act in REVEALING):
        return HIDDEN
    if actor.role is Role.STAFF or act == SEE:
        return None
    if act == TEACH:
        return _("Only the teacher does this.")
    if act == LEAD:
        if actor.only_step not in (None, target):
            return _("This copy is for its task. The class goes on together.")
        if actor.last_step is not None and int(target or 0) > actor.last_step:
            return _("Your teacher has not opened this step yet.")
        return None if actor.leads else _("The teacher goes on for all.")
    if act == OWN:
        return None if actor.leads else _("In a class each does this in a copy of their own.")
    if act == EXPLORE:
        return None if actor.joined else _("Join the class first.")
    if actor.mode == NO_LESSON:
        return _without_lesson(actor, act)
    if act in LOOKING or act in STEERING or act == DOWNLOAD:
        return _power(actor, act)
    return _verb(actor, act, target, past=past)


def _without_lesson(actor: Actor, act: str) -> Promise | None:
    if act in LOOKING or act == DOWNLOAD or actor.role.can_act:
        return None
    return PACE_OF_OTHERS if act in ("play", "speed", "step") else WATCHES_ONLY


def _power(actor: Actor, act: str) -> Promise | None:
    if act in STEERING and actor.mode != ALONE:
        return TEACHER_FOR_ALL
    if act in STEERING and not actor.role.can_act:
        return WATCHES_ONLY
    if actor.free:
        return None
    needed = ("rewind", "why") if act == DOWNLOAD else (act,)
    return None if all(power in actor.allow for power in needed) else NOT_IN_STEP


def _verb(actor: Actor, verb: str, target: str | None, *, past: bool) -> Promise | None:
    if actor.mode == FOLLOW:
        return TEACHER_FOR_ALL
    if not actor.role.can_act:
        return WATCHES_ONLY
    if actor.mode == ROLES and (past or not _on_own_node(actor, verb, target)):
        return OWN_NODE
    if actor.free:
        return None
    power = "console" if verb in ON_WORKSTATION else verb
    allowed = power in actor.allow and (not past or "fork" in actor.allow)
    return None if allowed else NOT_IN_STEP


def _on_own_node(actor: Actor, verb: str, target: str | None) -> bool:
    """Only what is aimed at a node by its name counts: a manifest may be about anything, whatever its target
    is called.
    """
    action = ACTIONS.get(verb)
    return action is not None and action.target is Target.NODE and bool(target) and target == actor.node
