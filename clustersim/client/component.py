"""A component: a process with an API client, informers and work queues, whose parts find their way back to
it by name."""

from typing import Any

from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.client.client import Client
from clustersim.client.informer import Informer
from clustersim.client.leaderelection import LeaderElector
from clustersim.client.recorder import EventRecorder
from clustersim.client.workqueue import WorkQueue
from clustersim.engine.actor import Then
from clustersim.engine.engine import Engine
from clustersim.engine.process import Process
from clustersim.network import Network


class Component(Process):
    """Base of controller-manager, scheduler, kubelet and kube-proxy: everything that lives off the API
    server."""

    def __init__(
        self, engine: Engine, network: Network, name: str, machine: str, *, qps: float = 0, burst: int = 0
    ) -> None:
        super().__init__(engine, network, name, machine)
        self.informers: dict[str, Informer] = {}
        self.queues: dict[str, WorkQueue] = {}
        self.clients: dict[str, Client] = {}
        self.recorders: dict[str, EventRecorder] = {}
        self.elector: LeaderElector | None = None
        self.api = Client(self, qps=qps, burst=burst)

    def send_later(self, client: str, request: Request, then: Then) -> None:
        """A request's turn in its client's rate limit has come."""
        self.clients[client].send_now(request, then)

    def watched(self, stream: str, kind: str, obj: Any, revision: int) -> None:
        """A change arrived on one of the open watches."""
        name, _, epoch = stream.rpartition("/")
        self.informers[name].changed(int(epoch), kind, obj, revision)

    def watch_lost(self, stream: str) -> None:
        """A watch's connection broke."""
        name, _, epoch = stream.rpartition("/")
        self.informers[name].lost(int(epoch))

    def informer_listed(self, reply: Reply, name: str, epoch: int) -> None:
        """Answer to an informer's list."""
        self.informers[name].listed(reply, epoch)

    def informer_watching(self, reply: Reply, name: str, epoch: int) -> None:
        """Answer to an informer's watch."""
        self.informers[name].watching(reply, epoch)

    def informer_restart(self, name: str, epoch: int) -> None:
        """An informer's pause is over."""
        self.informers[name].restart(epoch)

    def work(self, queue: str) -> None:
        """A worker of a queue is free and there may be a key for it."""
        self.queues[queue].work()

    def requeue(self, queue: str, key: str) -> None:
        """A key's back-off is over."""
        self.queues[queue].add(key)

    def event_sent(self, reply: Reply, recorder: str, attempt: int) -> None:
        """Answer to an event that was posted."""
        self.recorders[recorder].sent(reply, attempt)

    def event_again(self, recorder: str, attempt: int) -> None:
        """A recorder's pause before another try is over."""
        self.recorders[recorder].again(attempt)

    def election_read(self, reply: Reply, attempt: int) -> None:
        """Answer to the elector's look at its lock."""
        self._elector().read(reply, attempt)

    def election_written(self, reply: Reply, attempt: int, text: str) -> None:
        """Answer to the elector's write of its lock."""
        self._elector().written(reply, attempt, text)

    def election_again(self) -> None:
        """The elector's pause is over."""
        self._elector().try_once()

    def _elector(self) -> LeaderElector:
        if self.elector is None:
            raise LookupError(f"{self.name} elects no leader")
        return self.elector

    def ignore(self, reply: Reply) -> None:
        """For requests whose outcome changes nothing."""
