"""Small worlds for tests of the model: a control plane's store and API server, and clients to talk to it."""

from typing import Any

import msgspec

from clustersim.api.status import Reply
from clustersim.apiserver.server import ApiServer, ApiServerV18, ApiServerV136
from clustersim.client.component import Component
from clustersim.engine.actor import then
from clustersim.engine.engine import Engine
from clustersim.engine.process import Memory
from clustersim.engine.time import SECOND, Micros
from clustersim.etcd import Etcd
from clustersim.flags import ApiServerFlags, EtcdFlags, NetworkFlags
from clustersim.network import Network

SERVERS = {"v1.7": ApiServer, "v1.8": ApiServerV18, "v1.36": ApiServerV136}
ALPHABET = "bcdfghjklmnpqrstvwxz0123456789"


class Probe(Component):
    """A client that keeps every answer it gets, and everything its informers tell."""

    kind = "probe"

    def memory(self) -> Memory:
        return ProbeMemory()

    def keep(self, reply: Reply) -> None:
        self.state.replies.append(reply)

    def changed(self, old: Any, new: Any) -> None:
        self.state.changes.append((old.metadata.name if old else None, new.metadata.name if new else None))

    @property
    def last(self) -> Reply:
        return self.state.replies[-1]


class ProbeMemory(Memory):
    replies: list[Reply] = msgspec.field(default_factory=list)
    changes: list[tuple[str | None, str | None]] = msgspec.field(default_factory=list)


class ApiWorld:
    """etcd, an API server, and one probe on another machine, just after everything has started."""

    def __init__(
        self,
        *,
        seed: int = 1,
        flags: ApiServerFlags | None = None,
        multiplexed: bool = False,
        release: str = "v1.7",
    ) -> None:
        self.engine = Engine(seed, 0)
        links = NetworkFlags()
        self.network = Network(self.engine, links, multiplexed=multiplexed)
        self.engine.add(self.network)
        self.etcd = Etcd(self.engine, self.network, "etcd", "master", EtcdFlags())
        server_flags = flags or ApiServerFlags(start_delay=0)
        self.apiserver = SERVERS[release](
            self.engine, self.network, "apiserver", "master", self.etcd, server_flags, links, ALPHABET
        )
        self.probe = Probe(self.engine, self.network, "probe", "n1")
        for process in (self.etcd, self.apiserver, self.probe):
            self.engine.add(process)
            process.start()
        self.run(SECOND)

    def run(self, duration: Micros) -> None:
        self.engine.run_until(self.engine.now + duration)

    def ask(self, method: str, *args: Any, wait: Micros = SECOND // 10, **options: Any) -> Reply:
        """Let the probe ask for something and wait for the answer."""
        self.engine.cause = 0
        getattr(self.probe.api, method)(*args, then=then(self.probe.keep), **options)
        self.run(wait)
        return self.probe.last
