"""A request of HTTP as somebody at a console makes it."""

from typing import NamedTuple


class Asked(NamedTuple):
    """What curl is to get. named: the host that it says it wants, where that is another; hops: how
    often it was passed on."""

    scheme: str
    host: str
    port: int
    path: str
    verbose: bool
    insecure: bool = False
    query: str = ""
    protocol: str = "tcp"
    named: str = ""
    hops: int = 0

    @property
    def failed(self) -> str:
        return f"curl: (7) Failed to connect to {self.host} port {self.port}: "
