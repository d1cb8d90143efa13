"""What pods use, as heapster and metrics-server tell it to the API server's clients."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from clustersim.engine.time import Micros

POD_METRICS: Final = "podmetrics"
"""What a list request asks for that wants measurements."""


class Usage(NamedTuple):
    """What something takes: thousandths of a CPU, and bytes."""

    cpu: int
    memory: int

    @classmethod
    def total(cls, several: Iterable["Usage"]) -> "Usage":
        """All together."""
        every = list(several)
        return cls(sum(one.cpu for one in every), sum(one.memory for one in every))

    def cells(self) -> tuple[str, str]:
        """As kubectl prints it."""
        return f"{self.cpu}m", f"{self.memory >> 20}Mi"


class PodUsage(NamedTuple):
    """What was measured of a pod's containers, and when."""

    name: str
    at: Micros
    containers: tuple[tuple[str, Usage], ...]
