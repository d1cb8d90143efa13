"""A process in which this is on the path has a clock that is wrong by as many seconds as a file says, now."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone

_right = time.time
_file = Path(os.environ["CLOCK_IS_WRONG_BY"])


def _wrong() -> float:
    return _right() + float(_file.read_text())


time.time = _wrong
timezone.now = lambda: datetime.fromtimestamp(_wrong(), UTC)
