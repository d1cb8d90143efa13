"""A component: a process that lives off the API server."""

from typing import Any, ClassVar

from clustersim.api.status import Reply
from clustersim.client.client import Client
from clustersim.client.informer import INFORMER, Informer, ReflectorBackoff
from clustersim.engine.engine import Engine
from clustersim.engine.process import Process
from clustersim.network import Network


class Component(Process):
    """Base of controller-manager, scheduler, kubelet and kube-proxy.

    `api`: its client, with the rate limit of the process (qps, burst; 0: none). `reflector_backoff`: how its
    informers pause; None: for a second each time.
    """

    reflector_backoff: ClassVar[ReflectorBackoff | None] = None

    def __init__(
        self, engine: Engine, network: Network, name: str, machine: str, *, qps: float = 0, burst: int = 0
    ) -> None:
        super().__init__(engine, network, name, machine)
        self.api = Client(self, qps=qps, burst=burst)
        self._streams: dict[str, tuple[Informer, int]] = {}

    def watched(self, stream: str, kind: str, obj: Any, revision: int) -> None:
        """A change arrived on one of the open watches."""
        if (found := self._streams.get(stream)) is None:
            name, _, epoch = stream.rpartition("/")
            found = self._streams[stream] = (self._informer(name), int(epoch))
        informer, of_epoch = found
        informer.changed(of_epoch, kind, obj, revision)

    def renewed(self, stream: str, obj: Any, revision: int) -> None:
        """What one of the open watches shows was merely renewed."""
        if (found := self._streams.get(stream)) is None:
            self.watched(stream, "MODIFIED", obj, revision)
        else:
            informer, of_epoch = found
            informer.renewed(of_epoch, obj, revision)

    def watch_lost(self, stream: str) -> None:
        """A watch's connection broke."""
        name, _, epoch = stream.rpartition("/")
        self._informer(name).lost(int(epoch))

    def connection_lost(self) -> None:
        """All watches are broken; lists and watches under way fail by themselves."""
        for part in list(self.parts.values()):
            if isinstance(part, Informer) and part.state.phase == "watching":
                part.lost(part.state.epoch)

    def _informer(self, name: str) -> Informer:
        found: Informer = self.parts[INFORMER + name]
        return found

    def ignore(self, reply: Reply) -> None:
        """For requests whose outcome changes nothing."""
