"""Where a lesson stands, in the database: written with the commands that led there, in one transaction."""

from django.db import transaction

from clustersim.run import Given
from visualizer.lessons.models import Standing
from visualizer.lessons.room_lesson import Stand
from visualizer.rooms.kept import log
from visualizer.rooms.models import Branch


def keep(lease: log.Lease, given: list[Given], standing: Standing, *, moving: bool) -> None:
    """Log what the lesson did, and where it stands now. Raises log.LeaseLost."""
    with transaction.atomic():
        log.hold(lease, moving=moving)
        for one in given:
            log.append(lease, one.t, one.actor, one.command, moving=moving)
        standing.branch_id = lease.branch
        standing.save()


def newest(branch: Branch, t: int | None = None) -> Standing | None:
    """The standing that holds at a time of a branch (None: at its end)."""
    own = branch.standings.all() if t is None else branch.standings.filter(t__lte=t)
    found = own.order_by("-pk").first()
    if found is not None or branch.parent is None:
        return found
    return newest(branch.parent, _until(branch, t))


def history(branch: Branch, t: int | None = None) -> list[Stand]:
    """Every standing on the way to the end of a branch, the oldest first."""
    earlier = [] if branch.parent is None else history(branch.parent, _until(branch, t))
    own = branch.standings.all() if t is None else branch.standings.filter(t__lte=t)
    return earlier + [Stand(one.t, one.commands, one.progress) for one in own.order_by("pk")]


def before(branch: Branch, step: int, t: int | None = None) -> Stand:
    """Where a step of this branch began, as it stood before that: at the end of the one before it."""
    if step == 0:
        return Stand(0, 0)
    ended = branch.standings.filter(step=step - 1, over=True)
    found = (ended if t is None else ended.filter(t__lte=t)).order_by("-pk").first()
    if found is not None:
        return Stand(found.t, found.commands, found.progress)
    if branch.parent is None:
        return Stand(0, 0)
    return before(branch.parent, step, _until(branch, t))


def _until(branch: Branch, t: int | None) -> int | None:
    forked = branch.forked_at
    return forked if t is None or forked is None else min(t, forked)
