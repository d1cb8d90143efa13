"""Programs that make large files: what dd and fallocate are told to write. Of such a file only its size is
kept.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

MOST_BYTES: Final = 1 << 50
BYTES_A_SECOND: Final = 500 << 20
"""What dd writes to the disk of a machine: an estimate."""

_SIZE: Final = re.compile(r"(\d{1,15})(?:([kKMGT])(iB|B)?|B)?")
_POWERS: Final = {None: 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4}
_SOURCES: Final = ("/dev/zero", "/dev/urandom", "/dev/random")


class Filled(NamedTuple):
    """A file, how many bytes it has then, and in how many blocks they were written."""

    path: str
    size: int
    blocks: int = 1


def size_of(text: str) -> int | None:
    """Bytes that 10, 10K, 10KiB or 10KB mean; None: it is no size."""
    found = _SIZE.fullmatch(text)
    if found is None:
        return None
    base = 1000 if found[3] == "B" else 1024
    return min(int(found[1]) * int(base ** _POWERS[found[2]]), MOST_BYTES)


def filled(words: Sequence[str]) -> Filled | None:
    """What such a command writes; None where it is another, or is told something else."""
    return _WRITERS[words[0]](words) if words[0] in _WRITERS else None


def _dd(words: Sequence[str]) -> Filled | None:
    given = dict(word.partition("=")[::2] for word in words[1:])
    block, count = size_of(given.get("bs", "512")), size_of(given.get("count", ""))
    path = given.get("of", "")
    if given.get("if") not in _SOURCES or block is None or count is None or path in ("", "/dev/null"):
        return None
    return Filled(path, min(block * count, MOST_BYTES), count)


def _fallocate(words: Sequence[str]) -> Filled | None:
    sizes = [after for word, after in pairwise(words) if word in ("-l", "--length")]
    sizes += [word.removeprefix("--length=") for word in words if word.startswith("--length=")]
    sizes += [word[2:] for word in words if word.startswith("-l") and len(word) > 2]
    paths = [word for word in words[1:] if not word.startswith("-") and word not in sizes]
    size = size_of(sizes[-1]) if sizes else None
    return None if size is None or len(paths) != 1 else Filled(paths[0], size)


_WRITERS: Final = {
    "dd": _dd,
    "fallocate": _fallocate,
}
