"""What can be carried: an exchange of one client with the API server that ends in storing one object.

```
 begun                                           --way--> stored --write, way--> answered
 begun  --way--> read --read, way--> told        --way--> stored --write, way--> answered
```
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from clustersim.api.meta import ObjectMeta
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.apiserver.request_counts import counter_of
from clustersim.apiserver.server import ApiServer
from clustersim.client.client import Client
from clustersim.engine.actor import Then
from clustersim.engine.process import Process
from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.network import Network

Take = Callable[[Any, Micros], bool]
Land = Callable[[], None]


class Journey(State):
    """Of one client's exchanges, from boarding to landing. number: of all there ever were; begins: when the
    next exchange does; clock_skew: by how much the client's clock is ahead; began, answered: when the last
    one did and is; carried: there was a last one on this journey; cause: what the last one left behind in the
    record."""

    number: int
    begins: Micros
    clock_skew: Micros = 0
    began: Micros = 0
    answered: Micros = 0
    carried: bool = False
    cause: int = 0


class Exchange(ABC):
    """One. resource, key: its object. methods: those of its requests. ahead: from its begin until that is
    stored; back: from then until it is answered."""

    methods: ClassVar[tuple[str, ...]]
    ahead: Micros
    back: Micros

    def __init__(
        self, client: Client, resource: str, key: str, apiserver: ApiServer, network: Network
    ) -> None:
        self.client = client
        self.process: Process = client.process
        self.resource = resource
        self.key = key
        self.apiserver = apiserver
        self.network = network
        links, etcd = apiserver.links, apiserver.etcd.flags
        near = self.process.machine == apiserver.machine
        self.way = links.local_latency if near else links.latency
        self.read = links.request_cost + etcd.read_latency
        self.ahead = self.way
        self.counters = tuple(counter_of(method, resource, 200) for method in self.methods)
        self.back = links.request_cost + etcd.write_latency + self.way

    def stored(self) -> Any:
        """The object as it is stored now."""
        return self.apiserver.etcd.get(self.resource, self.key)

    # --- told by the express --------------------------------------------------------------------------

    @abstractmethod
    def join(self, take: Take, land: Land) -> None:
        """Have the client call `take` when one is answered and the next armed, and `land` before anything
        changes that the next depends on."""

    @abstractmethod
    def repeats(self, obj: Any, begins: Micros) -> bool:
        """The next, which begins then, and all after it will say what this one did, at once."""

    @abstractmethod
    def next_after(self, answered: Micros) -> Micros:
        """When the one after one that was answered then begins."""

    @abstractmethod
    def store(self, journey: Journey) -> None:
        """Store the object, as the last message of the journey's last exchange would."""

    def settle(self, journey: Journey) -> None:
        """The journey is over: what the requests of its last exchange took of the rate limit.

        What those before it took has been given back since (`is_prompt`)."""
        self.client.take_token(journey.began)

    @abstractmethod
    def await_begin(self, begins: Micros) -> None:
        """Arm the next one."""

    @abstractmethod
    def await_answer(self, begun: Micros, answered: Micros, obj: Any) -> None:
        """The object is stored; the answer is on its way."""

    @abstractmethod
    def resume(self, begun: Micros, obj: Any) -> None:
        """Go on with one that began then and is not stored yet, while that object was stored."""

    def clock_skew(self) -> Micros:
        """By how much the clock of the client's machine is ahead, if what it stores tells of that."""
        return 0

    # --- what all have in common ----------------------------------------------------------------------

    def is_prompt(self, requests: int, begins: Micros, every: Micros) -> bool:
        """Neither the rate limit nor the time-out of the client will ever matter."""
        slowest = 2 * self.way + max(self.read, self.back)
        patient = self.client.timeout is None or self.client.timeout > slowest
        return patient and self.client.rests(begins, requests, every)

    def next_version(self, metadata: ObjectMeta) -> ObjectMeta:
        """With the version that the next change will have."""
        version = str(self.apiserver.etcd.store.revision + 1)
        return msgspec.structs.replace(metadata, resource_version=version)

    def count(self, counters: tuple[str, ...]) -> None:
        """Requests were answered: what that leaves behind in the API server and the network."""
        self.apiserver.counted(counters)
        self.network.exchanged(self.process, self.apiserver, len(counters))

    def answer(self, due: Micros, obj: Any, then: Then) -> None:
        """An answer with that object arrives then."""
        reply, process = Reply(200, obj, resource_version=int(obj.metadata.resource_version)), self.process
        args = (reply, *then.args)
        process.engine.post(due, process.address, process.incarnation(), then.method, args)


class ReadFirst(Exchange):
    """The client reads the object before it writes it."""

    def __init__(
        self, client: Client, resource: str, key: str, apiserver: ApiServer, network: Network
    ) -> None:
        super().__init__(client, resource, key, apiserver, network)
        self.told = self.way + self.read + self.way
        self.ahead = self.told + self.way

    def settle(self, journey: Journey) -> None:
        super().settle(journey)
        self.client.take_token(journey.began + self.told)

    def resume(self, begun: Micros, obj: Any) -> None:
        then = self.reads()
        now = self.process.engine.state.now
        if now < begun + self.way:
            namespace, _, name = self.key.rpartition("/")
            self.client.sent(begun, Request("get", self.resource, namespace, name), then)
            return
        self.client.take_token(begun)
        self.count(self.counters[:1])
        told = begun + self.told
        if now < told:
            self.answer(told, obj, then)
        else:
            self.write(told, obj)

    @abstractmethod
    def reads(self) -> Then:
        """It begins to read: how it goes on with what it is told."""

    @abstractmethod
    def write(self, told: Micros, obj: Any) -> None:
        """It was told the object then, and has written it since."""
