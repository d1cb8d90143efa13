"""A request of HTTP as somebody at a console makes it."""

from typing import NamedTuple


class Asked(NamedTuple):
    """What curl is to get."""

    scheme: str
    host: str
    port: int
    path: str
    verbose: bool
    insecure: bool = False
    query: str = ""
    protocol: str = "tcp"

    @property
    def failed(self) -> str:
        return f"curl: (7) Failed to connect to {self.host} port {self.port}: "
