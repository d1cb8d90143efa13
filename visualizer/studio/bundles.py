"""Lessons as files: a single one, or several in a bundle with the hash of each.

Everything that comes in is data: file names are checked and never used as paths, and nothing is unpacked to
a disk.
"""

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from typing import Final

import msgspec
from django.utils.translation import gettext as _

from clustersim.bounds import LARGEST_LESSON
from visualizer.studio.drafts import NotSaved

FORMAT: Final = "lesson-bundle/1"
CONTENTS: Final = "bundle.json"
MOST_LESSONS: Final = 50
LARGEST_BUNDLE: Final = 4 * 1024 * 1024
"""Bytes of a bundle."""
_MOST_BYTES: Final = 4 * LARGEST_LESSON
"""Bytes of a lesson file: characters may take several."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,79}\.yaml")
_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The same lessons are the same bundle, to the byte, whenever it is made."""


class Contents(msgspec.Struct):
    """What a bundle says of itself: {name of the file: its SHA-256}."""

    format: str
    lessons: dict[str, str]


def digest(text: str) -> str:
    """The SHA-256 of a lesson's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def write(lessons: Iterable[tuple[str, str]]) -> bytes:
    """A bundle of lessons: (id, text) each; a second one of the same id gets a number."""
    named: dict[str, str] = {}
    for lesson, text in lessons:
        name, number = lesson, 2
        while f"{name}.yaml" in named:
            name, number = f"{lesson}-{number}", number + 1
        named[f"{name}.yaml"] = text
    contents = Contents(FORMAT, {name: digest(text) for name, text in named.items()})
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in ((CONTENTS, msgspec.json.encode(contents).decode()), *named.items()):
            archive.writestr(zipfile.ZipInfo(name, _DATE), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def read(content: bytes) -> list[str]:
    """The texts of the lessons in a file: a bundle, or a lesson alone. Raises NotSaved."""
    if len(content) > LARGEST_BUNDLE:
        raise NotSaved(_("The file is too large."))
    if not content.startswith(b"PK"):
        return [_text(content)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _lessons(archive)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        zlib.error,
    ):
        raise NotSaved(_("This bundle cannot be read.")) from None


def _lessons(archive: zipfile.ZipFile) -> list[str]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_LESSONS + 1 or len(names) != len(dict.fromkeys(names)):
        raise NotSaved(_("This bundle holds too many files, or one of them twice."))
    for entry in entries:
        if entry.filename != CONTENTS and not _NAME.fullmatch(entry.filename):
            raise NotSaved(
                _("This bundle holds a file that is no lesson: %(name)s") % {"name": entry.filename[:80]}
            )
        if entry.file_size > _MOST_BYTES:
            raise NotSaved(_("A lesson in this bundle is too large."))
    if CONTENTS not in names:
        raise NotSaved(_("This bundle does not say what it contains."))
    try:
        contents = msgspec.json.decode(_bytes(archive, CONTENTS), type=Contents)
    except msgspec.DecodeError:
        raise NotSaved(_("This bundle does not say what it contains.")) from None
    if contents.format != FORMAT or sorted(contents.lessons) != sorted(
        name for name in names if name != CONTENTS
    ):
        raise NotSaved(_("This bundle does not say what it contains."))
    texts = {name: _text(_bytes(archive, name)) for name in contents.lessons}
    for name, text in texts.items():
        if digest(text) != contents.lessons[name]:
            raise NotSaved(_("%(name)s was changed after the bundle was made.") % {"name": name})
    return list(texts.values())


def _bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    """What is in a file, however large it claims to be."""
    with archive.open(name) as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise NotSaved(_("A lesson in this bundle is too large."))
    return content


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotSaved(_("The file is not UTF-8.")) from None
