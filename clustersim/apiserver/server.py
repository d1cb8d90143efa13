"""The API server process: the only one that talks to etcd, and the only one that anybody talks to."""

from collections.abc import Iterable
from typing import Any, ClassVar, Final

import msgspec

from clustersim.api.api_resources import RESOURCES
from clustersim.api.errors import ApiError
from clustersim.api.request import WRITES, Request
from clustersim.api.status import Reply
from clustersim.api.usage import POD_METRICS
from clustersim.apiserver import authorization, strategy
from clustersim.apiserver.admission import (
    COUNTING_OF_TODAY,
    PLUGINS,
    PLUGINS_OF_TODAY,
    PLUGINS_OF_V1_8,
    VALIDATING_OF_TODAY,
    Plugin,
)
from clustersim.apiserver.event_expiry import EventExpiry
from clustersim.apiserver.health import checks_of_old, checks_of_today
from clustersim.apiserver.kubernetes_service import KEY, KubernetesService, KubernetesServiceToday
from clustersim.apiserver.listing import Page
from clustersim.apiserver.metrics import pod_metrics
from clustersim.apiserver.pod_index import PodIndex
from clustersim.apiserver.registry import Registry
from clustersim.apiserver.request_counts import counter_of_verb
from clustersim.apiserver.streams import Streams
from clustersim.apiserver.system_objects import SystemObjects, SystemObjectsToday
from clustersim.apiserver.watch import Told, Watcher, WatchTable
from clustersim.engine.engine import Engine
from clustersim.engine.process import RUNNING, STOPPED, Memory, Process
from clustersim.engine.serving import LOOPBACK, Checks, Listener, Serves
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.etcd import Change, Etcd
from clustersim.flags.apiserver import ApiServerFlags
from clustersim.flags.node import NetworkFlags
from clustersim.flags.setting import ALL_INTERFACES
from clustersim.network import Network
from clustersim.runtime.answering import Taken, taken
from clustersim.runtime.measuring import Measuring

WARM_UP: Final[Micros] = 300 * MILLISECOND
"""From when a starting server takes connections until it answers (recorded: v1.8.0
apiserver-away-90s-no-leader-election: what was sent 0.28 s before the first change still got through)."""

READ_TIMEOUT: Final[Micros] = 60 * SECOND
"""How long any other request than a watch may wait for etcd (apiserver server/filters/timeout.go)."""


INSECURE_PORT: Final = 8080
"""--insecure-port of v1.7 and v1.8: no TLS, no question who one is, on the machine alone."""


class ApiServerMemory(Memory):
    """Open watches, requests that wait for etcd, whether connections are taken and requests are answered; and
    those that came in between."""

    watches: WatchTable = msgspec.field(default_factory=WatchTable)
    parked: list[tuple[int, Request, str]] = msgspec.field(default_factory=list)
    connected: bool = True
    accepting: bool = False
    serving: bool = False
    early: list[tuple[int, Request]] = msgspec.field(default_factory=list)
    counts: dict[str, int] = msgspec.field(default_factory=dict)


CERTIFICATE_EXPIRED: Final = "x509: certificate has expired or is not yet valid"


class ApiServer(Process):
    """kube-apiserver, of v1.7. `alphabet`: of generated names in this release (apimachinery pkg/util/rand).

    release: whose kinds and versions it serves.
    """

    kind: ClassVar[str] = "apiserver"
    release: ClassVar[str] = "v1.7"
    least_grace: ClassVar[int] = 0
    network: Network
    plugins: ClassVar[dict[str, Plugin]] = PLUGINS
    validating: ClassVar[dict[str, Plugin]] = {}
    counting: ClassVar[dict[str, Plugin]] = {}
    gone: ClassVar[str] = "Gone"
    """The reason of a 410: the history that is asked for is not known any more."""
    service_keeper: ClassVar[type[KubernetesService]] = KubernetesService
    system_objects_class: ClassVar[type[SystemObjects]] = SystemObjects
    etcd_reconnect: ClassVar[Micros] = 12 * SECOND
    """From etcd's return to the first write that gets through (recorded: v1.7.5 etcd-away-60s)."""
    write_timeout: ClassVar[Micros] = 30 * SECOND
    """How long a write may wait for etcd before its client is told (apiserver endpoints/handlers/rest.go)."""
    not_authenticated: ClassVar[str] = "Unable to authenticate the request due to an error: "
    unauthorized: ClassVar[str] = "the server has asked for the client to provide credentials"
    """What a client makes of the plain text "Unauthorized"."""
    takes_writes_back: ClassVar[bool] = False
    """A write that nobody waits for any more is never made. Not in v1.7 and v1.8: the context of a request
    ended neither with its client nor with its time (endpoints/handlers/rest.go finishRequest)."""

    def __init__(
        self,
        engine: Engine,
        network: Network,
        name: str,
        machine: str,
        etcd: Etcd,
        flags: ApiServerFlags,
        links: NetworkFlags,
        alphabet: str,
    ) -> None:
        super().__init__(engine, network, name, machine)
        self.etcd = etcd
        self.flags = flags
        self.links = links
        self.alphabet = alphabet
        self.registry = Registry(self)
        self.streams = Streams(self, network, etcd, links, self.gone)
        self.kubernetes_service = self.service_keeper(self, self.registry)
        self.system_objects = self.system_objects_class(self, self.registry)
        self.event_expiry = EventExpiry(self, self.registry)
        self.measuring: Measuring | None = None
        """Who measures pods for it, where there are nodes."""
        self._pods: PodIndex | None = None
        engine.observe("etcd", self._etcd_is_back)
        engine.observe("etcd goes on", self._etcd_goes_on)
        etcd.follow(("pods",), self._index_pods)

    def memory(self) -> ApiServerMemory:
        return ApiServerMemory()

    @property
    def listening(self) -> bool:
        """Connections are refused until the server has started."""
        return self.state.accepting and self.status.phase != STOPPED

    def listeners(self) -> tuple[Listener, ...]:
        return (
            Listener(ALL_INTERFACES, self.flags.secure_port, Serves.API, secure=True),
            Listener(LOOPBACK, INSECURE_PORT, Serves.INSECURE_API),
        )

    def health_checks(self, path: str) -> Checks | None:
        return checks_of_old(path, etcd=self.etcd.running)

    def boot(self) -> None:
        """Prepare, take connections, then serve."""
        self.post(max(0, self.flags.start_delay - WARM_UP), self.accept)
        self.post(self.flags.start_delay, self.serve_requests)

    def accept(self) -> None:
        """What comes from now on waits for its answer."""
        self.state.accepting = True

    def serve_requests(self) -> None:
        """Answer requests; what the server makes itself is there from now on."""
        self.state.accepting = self.state.serving = True
        self.emit("process", "serving", self.name)
        self.system_objects.make()
        self.kubernetes_service.start()
        self.event_expiry.start()
        early, self.state.early = self.state.early, []
        for call, request in early:
            if self.network.pending(call) is not None:
                self.serve(call, request)

    # --- etcd --------------------------------------------------------------------------------------

    def _etcd_is_back(self) -> None:
        if self.running and not self.state.connected:
            self.post(self.etcd_reconnect, self.reconnected)

    def _etcd_goes_on(self) -> None:
        if self.running and not self.state.connected:
            self.post(0, self.reconnected)

    def reconnected(self) -> None:
        """The connection to etcd stands again: what waited is served in order, but a write takes two round
        trips, so reads see what was there before (recorded: v1.7.5 etcd-away-60s)."""
        if not self.etcd.running:
            return
        self.state.connected = True
        parked, self.state.parked = self.state.parked, []
        for call, request, client in sorted(parked, key=lambda waiting: waiting[1].verb in WRITES):
            if self.network.pending(call) is not None:
                self.serve(call, request)
            elif request.verb in WRITES and not self.takes_writes_back:
                # Nobody waits for the answer any more, but nobody took the write back either.
                self.handle(request, client)

    # --- requests ----------------------------------------------------------------------------------

    def serve(self, call: int, request: Request) -> None:
        """Handle one request and answer it; without etcd, or before the server is ready, it waits."""
        memory: ApiServerMemory = self.state
        if not memory.serving:
            memory.early.append((call, request))
            return
        if self.etcd.status.phase != RUNNING or not memory.connected:
            self._park(call, request)
            return
        pending = self.network.state.calls.get(call)
        client = pending.client if pending else self.name
        if self.network.multiplexed and not self.network.process(client).is_authentic:
            self.log(f"{self.not_authenticated}{CERTIFICATE_EXPIRED}", "E", "authentication.go")
            self.network.reply(self, call, Reply(401, None, "Unauthorized", self.unauthorized), 0)
            return
        delay = self.links.request_cost + (
            self.etcd.flags.write_latency if request.verb in WRITES else self.etcd.flags.read_latency
        )
        reply = self.handle(request, client, pending.client_life if pending else 0)
        delay += self.registry.policing.waited
        self.network.reply(self, call, reply, delay)

    def _park(self, call: int, request: Request) -> None:
        memory: ApiServerMemory = self.state
        memory.connected = False
        pending = self.network.pending(call)
        memory.parked.append((call, request, pending.client if pending else self.name))
        self.network.stays_unanswered(call)
        if request.verb != "watch":
            wait = self.write_timeout if request.verb in WRITES else READ_TIMEOUT
            self.post(wait, self.give_up, call)

    def give_up(self, call: int) -> None:
        """Tell the client that it took too long; what it wanted to write may still be written."""
        for waiting, request, _client in self.state.parked:
            if waiting == call:
                self.reply(call, self.too_late(request), 0)

    def too_late(self, request: Request) -> Reply:
        """What is answered to a request that waited for too long."""
        if request.verb in WRITES:
            return Reply(504, None, "Timeout", "Timeout: request did not complete within allowed duration")
        what = f"The {request.verb} operation against {request.resource}"
        message = f"{what} could not be completed at this time, please try again."
        return Reply(504, None, "ServerTimeout", message)

    def handle(self, request: Request, client: str, life: int = 0) -> Reply:
        """The reply to a request of that client; writes take effect now."""
        reply = self._handle(request, client, life)
        counts: dict[str, int] = self.state.counts
        counter = counter_of_verb(request.verb, request.resource, reply.status)
        counts[counter] = counts.get(counter, 0) + 1
        return reply

    def counted(self, counters: tuple[str, ...]) -> None:
        """A request was answered for each of these: one more for the metrics."""
        counts: dict[str, int] = self.state.counts
        for counter in counters:
            counts[counter] = counts.get(counter, 0) + 1

    def _handle(self, request: Request, client: str, life: int = 0) -> Reply:
        resource = RESOURCES.get(request.resource)
        if resource is None or resource.on_request:
            resource = self.registry.storage.resource(request.resource)
        if resource is None and request.resource == POD_METRICS:
            return self._measured(request)
        if resource is None:
            return Reply(404, None, "NotFound", "the server could not find the requested resource")
        verb = request.verb
        try:
            if request.user:
                roles = authorization.roles_of(self.etcd, self.release, self.flags)
                authorization.check(roles, request, resource, self.release)
            if verb == "watch":
                return self.streams.open(request, resource, client, life)
            body = self.registry.perform(request, request.user or client)
        except ApiError as error:
            return Reply(
                error.status, None, error.reason, error.message, self.etcd.store.revision, error.details
            )
        revision = self.etcd.store.revision
        if isinstance(body, Page):
            return Reply(200, body.items, resource_version=revision, continue_=body.continue_)
        return Reply(201 if verb == "create" else 200, body, "", "", revision)

    def _measured(self, request: Request) -> Reply:
        """What the add-on answers that measures."""
        today = self.release not in ("v1.7", "v1.8")
        try:
            return Reply(200, pod_metrics(self.measuring, self.etcd.store.objects, request, today=today))
        except ApiError as error:
            return Reply(error.status, None, error.reason, error.message)

    def dial(self, ip: str, port: int) -> Taken | None:
        """A connection to a pod; None where there are no machines."""
        nodes = self.measuring
        return None if nodes is None else taken(nodes.machines, nodes.network, ip, port)

    def pods_on(self, node: str) -> Iterable[str]:
        """Keys of the pods that have that node."""
        if self._pods is None or self._pods.store is not self.etcd.store:
            self._pods = PodIndex(self.etcd.store)
        return self._pods.on(node)

    def _index_pods(self, change: Change) -> None:
        if self._pods is not None and self._pods.store is self.etcd.store:
            self._pods.follow(change)

    # --- changes -----------------------------------------------------------------------------------

    def committed(self, change: Change, client: str, verb: str) -> None:
        """A change is in the store: record it, and tell those who watch."""
        engine = self.engine
        cause = engine.cause
        routine = verb in ("patch-status", "update") and strategy.only_time_changed(
            change.previous, change.value
        )
        if routine:
            engine.cause = engine.record.routine(self.now, f"{change.resource}/{change.key}")
        else:
            engine.emit(
                "write",
                client,
                verb,
                f"{change.resource}/{change.key}",
                before=change.previous,
                after=None if verb == "delete" and change.type == "DELETED" else change.value,
            )
        self.streams.tell(change, routine=routine and strategy.is_renewal(change.previous, change.value))
        if change.resource == "events" and change.type != "DELETED":
            self.event_expiry.written(change.value)
        if change.resource == "namespaces" and change.type == "DELETED":
            self.system_objects.namespace_deleted()
        if change.key == KEY and client != self.name:
            self.kubernetes_service.changed()
        engine.cause = engine.cause or cause

    def renewed(self, resource: str, key: str, obj: Any) -> None:
        """Store an object that says the same as before, at a later time: nothing but routine."""
        change = self.etcd.put(resource, key, obj)
        self.engine.cause = self.engine.record.routine(self.now, f"{resource}/{key}")
        self.streams.tell(change, routine=True)

    # --- watches -----------------------------------------------------------------------------------

    def deliver(self, told: Told, obj: Any, revision: int) -> None:
        """One change reaches all watchers that it matters to."""
        self.streams.deliver(told, obj, revision)

    def deliver_renewal(self, keys: tuple[str, ...], obj: Any, revision: int) -> None:
        """What was merely renewed reaches those who follow that."""
        self.streams.deliver_renewal(keys, obj, revision)

    def deliver_one(self, watcher: Watcher, kind: str, obj: Any, revision: int) -> None:
        """A change that happened before the watch was opened reaches its watcher."""
        self.streams.deliver_one(watcher, kind, obj, revision)

    def forget_client(self, client: str) -> None:
        """Its watches lead nowhere."""
        self.streams.forget(client)

    def open_watches(self) -> int:
        """Watches whose clients still live."""
        return self.streams.count()

    def hang_up(self) -> None:
        """Every watch ends with the process."""
        self.streams.close()


class ApiServerV18(ApiServer):
    """Of v1.8."""

    release = "v1.8"
    plugins = PLUGINS_OF_V1_8


class ApiServerV136(ApiServer):
    """Of v1.36."""

    release = "v1.36"
    plugins = PLUGINS_OF_TODAY
    validating = VALIDATING_OF_TODAY
    counting = COUNTING_OF_TODAY
    gone = "Expired"
    least_grace = 1
    service_keeper = KubernetesServiceToday
    system_objects_class = SystemObjectsToday
    etcd_reconnect = 7 * SECOND
    """Recorded: v1.36.2 etcd-away-60s."""
    write_timeout = 34 * SECOND
    not_authenticated = '"Unable to authenticate the request" err='
    unauthorized = "Unauthorized"
    takes_writes_back = True
    """With the context of a request its call to etcd ends, too: endpoints/handlers/update.go, create.go,
    patch.go (context.WithTimeout), net/http for a client that has gone."""

    def listeners(self) -> tuple[Listener, ...]:
        return super().listeners()[:1]

    def too_late(self, request: Request) -> Reply:
        what = "requested timeout - context deadline exceeded"
        allowed = what if request.verb in WRITES else "the allotted timeout"
        return Reply(504, None, "Timeout", f"Timeout: request did not complete within {allowed}")

    def health_checks(self, path: str) -> Checks | None:
        return checks_of_today(path, etcd=self.etcd.running)
