"""What a process has logged, kept as it was said and put into words when somebody reads it: hardly one line
of a large cluster is ever read."""

import msgspec

from clustersim.engine.time import Micros


class Phrase(msgspec.Struct, frozen=True, gc=False):
    """What `str()` puts into words. Lines that are logged often extend it with what they speak of."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """Logged at `t`. head: the level, and the source file where glog names one."""

    t: Micros
    head: str
    said: str | Phrase

    @property
    def text(self) -> str:
        """The whole line without its time."""
        return f"{self.head} {self.said}"
