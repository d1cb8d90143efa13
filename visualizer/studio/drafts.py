"""Makes and saves drafts. Nothing that somebody wrote is lost: if two people write at once, both texts are
kept."""

import re
from datetime import timedelta
from typing import Any, Final

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clustersim.bounds import LARGEST_LESSON
from visualizer.studio.models import Draft, Version

SITTING: Final = timedelta(minutes=10)
"""What one author writes without a longer pause is one version."""
MOST_DRAFTS: Final = 300
"""Of one owner."""
MOST_VERSIONS: Final = 200
"""Of one draft; of more, the oldest that were merely written go."""


class NotSaved(Exception):
    """A text that cannot be kept, with a sentence that says why."""


class Saved(msgspec.Struct, frozen=True):
    """What became of a text. theirs: what somebody else wrote in the meantime, and who; then nothing but a
    version was saved: `kept`."""

    revision: int
    theirs: str | None = None
    who: str = ""
    kept: int = 0


def begin(owner: Any, text: str) -> Draft:
    """A new draft of this text. Raises NotSaved."""
    if Draft.objects.filter(owned_by=owner).count() >= MOST_DRAFTS:
        raise NotSaved(_("You have as many drafts as one may have: %(most)s.") % {"most": MOST_DRAFTS})
    text = tidy(text)
    draft = Draft.objects.create(owned_by=owner, text=text, name=name_of(text) or _("Untitled"))
    _keep(draft, owner, text, Version.Kind.BEGUN)
    return draft


@transaction.atomic
def save(pk: int, author: Any, base: int, text: str) -> Saved:
    """Save a text that was written from revision `base`. Raises NotSaved."""
    text = tidy(text)
    draft = Draft.objects.select_for_update().get(pk=pk)
    if text == draft.text:
        return Saved(draft.revision)
    if base != draft.revision:
        kept = _keep(draft, author, text, Version.Kind.CONFLICT)
        last = draft.versions.filter(revision=draft.revision).exclude(kind=Version.Kind.CONFLICT).last()
        who = str(last.author) if last and last.author else ""
        return Saved(draft.revision, draft.text, who, kept.pk)
    return Saved(_write(draft, author, text, Version.Kind.WRITTEN))


@transaction.atomic
def restore(pk: int, author: Any, version: Version) -> None:
    """Make an earlier version the newest."""
    draft = Draft.objects.select_for_update().get(pk=pk)
    _write(draft, author, version.text, Version.Kind.RESTORED)


def mark_published(draft: Draft, author: Any) -> None:
    """Remember which text was published."""
    _keep(draft, author, draft.text, Version.Kind.PUBLISHED)


def tidy(text: str) -> str:
    """A text as it is kept. Raises NotSaved."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").rstrip() + "\n"
    if len(text) > LARGEST_LESSON:
        raise NotSaved(_("A lesson has at most %(most)s characters.") % {"most": LARGEST_LESSON})
    if "\0" in text:
        raise NotSaved(_("This is no text."))
    return text


def _write(draft: Draft, author: Any, text: str, kind: str) -> int:
    draft.text, draft.revision, draft.changed = text, draft.revision + 1, timezone.now()
    draft.name = name_of(text) or draft.name
    draft.save(update_fields=["text", "revision", "changed", "name"])
    _keep(draft, author, text, kind)
    return draft.revision


def _keep(draft: Draft, author: Any, text: str, kind: str) -> Version:
    """Add a version, or bring the newest up to date that the same author is writing."""
    last = draft.versions.last()
    writing = kind in (Version.Kind.WRITTEN, Version.Kind.CONFLICT)
    same = last is not None and writing and last.kind == kind and last.author_id == author.pk
    if last is not None and same and last.written > timezone.now() - SITTING:
        last.text, last.revision, last.written = text, draft.revision, timezone.now()
        last.save()
        return last
    kept: Version = draft.versions.create(text=text, revision=draft.revision, kind=kind, author=author)
    if draft.versions.count() > MOST_VERSIONS:
        oldest = draft.versions.filter(kind=Version.Kind.WRITTEN).first()
        if oldest is not None:
            oldest.delete()
    return kept


_TITLE: Final = re.compile(
    r"^title:[ \t]*(?P<title>\{.*\}|[^\n]*)(?P<block>(?:\n[ \t]+[^\n]*)*)", re.MULTILINE
)


def name_of(text: str) -> str:
    """The title a lesson's text gives, found without reading all of it; "" where there is none."""
    found = _TITLE.search(text)
    if found is None:
        return ""
    inside = found["title"] + found["block"]
    language = (get_language() or "en").partition("-")[0]
    for name in (language, "en", "zh"):
        match = re.search(rf"\b{name}:\s*(?:\"([^\"]*)\"|'([^']*)'|([^,}}\n]*))", inside)
        if match is not None:
            return next((part for part in match.groups() if part), "").strip()[:120]
    return inside.strip().strip("'\"")[:120]
