"""What docker, crictl and ctr print alike: columns, and the ids of images."""

import hashlib
from collections.abc import Sequence
from typing import Final

_MINIMUM_WIDTH: Final = 20
PADDING: Final = 3
"""Blanks between columns, at least."""


def aligned(lines: Sequence[tuple[str, ...]], padding: int = PADDING) -> str:
    """Columns as text/tabwriter makes them; the last of a line ends it."""
    count = max(len(row) for row in lines)
    widths = [
        max(_MINIMUM_WIDTH, *(len(row[i]) + padding for row in lines if len(row) > i + 1), 0)
        for i in range(count - 1)
    ]
    return "\n".join(
        "".join(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)) + row[-1]
        for row in lines
    )


def image_id(image: str) -> str:
    """An id that an image always has; the model keeps none."""
    return hashlib.blake2b(image.encode(), digest_size=7).hexdigest()
