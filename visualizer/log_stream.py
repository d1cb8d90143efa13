"""Where the log goes: standard error, as far as it takes something."""

import sys
from contextlib import suppress
from typing import TextIO, cast


class LogStream:
    """Standard error. A line that cannot be written, because its disk is full or nobody reads it any more, is
    lost: the request that wanted to log it goes on.
    """

    def write(self, text: str) -> None:
        """Write what can be written."""
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Hand over what was written."""
        with suppress(OSError):
            sys.stderr.flush()


def standard_error() -> TextIO:
    """The stream for structlog, which only writes and flushes."""
    return cast(TextIO, LogStream())
