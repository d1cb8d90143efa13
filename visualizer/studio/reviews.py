"""Reads, checks and sweeps a draft in workers, piece by piece. Results are kept under a digest of the
text."""

import hashlib
import time
from typing import Any, Final

import msgspec
from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clustersim.lesson.checking.check import shipped_ids
from clustersim.lesson.checking.review import Complaint, Part, Reading, check_part, read, sweep_part
from clustersim.lesson.checking.sweep import SEEDS
from visualizer import workers
from visualizer.lessons.catalogue import published_needs
from visualizer.library.models import Publication

READING_SECONDS: Final = 10.0
PART_SECONDS: Final = 60.0
"""How long reading a lesson, and one piece of checking it, may take."""
ALL_SECONDS: Final = 120.0
"""How long a page waits for all of it."""
SEEDS_AT_ONCE: Final = 5
KEPT_SECONDS: Final = 24 * 3600
CHECK: Final = "check"
SWEEP: Final = "sweep"


class Piece(msgspec.Struct, frozen=True):
    """A piece of checking. seeds: of a sweep."""

    what: str
    release: str
    seeds: tuple[int, ...] = ()


class Progress(msgspec.Struct):
    """What is known of a text so far."""

    reading: Reading
    pieces: tuple[Piece, ...] = ()
    known: dict[int, Part] = {}
    stopped: str = ""

    @property
    def missing(self) -> list[int]:
        """The places of the pieces that are still to be computed."""
        return [] if self.stopped else [place for place in range(len(self.pieces)) if place not in self.known]

    @property
    def checked(self) -> bool:
        """Every release was played."""
        return self.reading.readable and not any(self.pieces[place].what == CHECK for place in self.missing)

    @property
    def complaints(self) -> list[Complaint]:
        """Everything wrong so far, each once."""
        found = [*self.reading.complaints]
        found += [complaint for place in sorted(self.known) for complaint in self.known[place].complaints]
        found += [Complaint(self.stopped)] if self.stopped else []
        return list(dict.fromkeys(found))

    @property
    def passes(self) -> bool:
        """It was played in every release, and nothing is wrong."""
        return self.checked and not self.complaints


def read_draft(text: str, owner: Any) -> Reading:
    """What reading the text finds."""
    known = published_needs()
    key = _key("read", text, known)
    if (kept := cache.get(key)) is not None:
        return msgspec.json.decode(kept, type=Reading)
    try:
        found = workers.wait(
            read, text, _language(), known, seconds=READING_SECONDS, owner=("studio", owner.pk)
        )
    except workers.NotComputed:
        return Reading(complaints=(Complaint(_("It takes too long to read this text.")),))
    cache.set(key, msgspec.json.encode(found), KEPT_SECONDS)
    return found


def known_of(text: str, owner: Any) -> Progress:
    """What is known of a text without computing more than its reading."""
    progress = Progress(read_draft(text, owner))
    if not progress.reading.readable:
        return progress
    progress.pieces = tuple(_pieces(progress.reading.releases))
    progress.known = {}
    for place, piece in enumerate(progress.pieces):
        if (kept := cache.get(_key(text, piece))) is not None:
            progress.known[place] = msgspec.json.decode(kept, type=Part)
    return progress


def go_on(text: str, owner: Any, *, until_checked: bool = False, all_of_it: bool = False) -> Progress:
    """Compute the next piece that is missing, or those that playing every release takes, or all of them."""
    progress = known_of(text, owner)
    give_up = time.monotonic() + ALL_SECONDS
    while progress.missing:
        place = progress.missing[0]
        if until_checked and progress.checked:
            break
        if time.monotonic() > give_up:
            progress.stopped = _(
                "It takes long to check this lesson. Go on in a moment: what is done is kept."
            )
            break
        try:
            progress.known[place] = _compute(text, progress.pieces[place], owner)
        except workers.Busy:
            progress.stopped = _("The server has much to compute. Try again in a moment.")
        except workers.NotComputed:
            progress.stopped = _("This lesson takes too long, or too much memory, to check.")
        if not (until_checked or all_of_it):
            break
    return progress


def _pieces(releases: tuple[str, ...]) -> list[Piece]:
    seeds = tuple(SEEDS)
    parts = [seeds[at : at + SEEDS_AT_ONCE] for at in range(0, len(seeds), SEEDS_AT_ONCE)]
    found = [Piece(CHECK, release) for release in releases]
    return [*found, *(Piece(SWEEP, release, part) for part in parts for release in releases)]


def _compute(text: str, piece: Piece, owner: Any) -> Part:
    who = ("studio", owner.pk)
    if piece.what == CHECK:
        part = workers.wait(check_part, text, piece.release, _language(), seconds=PART_SECONDS, owner=who)
    else:
        arguments = (text, piece.release, piece.seeds, _language())
        part = workers.wait(sweep_part, *arguments, seconds=PART_SECONDS, owner=who)
    cache.set(_key(text, piece), msgspec.json.encode(part), KEPT_SECONDS)
    return part


def is_taken(lesson: str, own: Publication | None) -> bool:
    """A shipped lesson, or another published one, has this id."""
    others = Publication.objects.filter(lesson=lesson)
    if own is not None:
        others = others.exclude(pk=own.pk)
    return lesson in shipped_ids() or others.exists()


def _language() -> str:
    return get_language() or "en"


def _key(*content: Any) -> str:
    """Where the cache keeps what this content led to, in this language."""
    encoded = msgspec.json.encode((_language(), *content))
    return "studio/" + hashlib.sha256(encoded).hexdigest()
