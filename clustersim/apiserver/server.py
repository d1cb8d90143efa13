"""The API server process: the only one that talks to etcd, and the only one that anybody talks to."""

from typing import Any, ClassVar, Final, cast

import msgspec

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.registry import RESOURCES, key_of, object_key, reference, resource_of, to_builtins
from clustersim.api.selectors import matches_fields, matches_labels
from clustersim.api.status import Reply
from clustersim.api.timestamp import micros, rfc3339
from clustersim.apiserver import strategy
from clustersim.apiserver.addresses import allocate_cluster_ip
from clustersim.apiserver.admission import PLUGINS
from clustersim.apiserver.deletion import plan_deletion
from clustersim.apiserver.request import WRITES, ApiError, Request, already_exists, conflict, not_found
from clustersim.apiserver.watch import Watcher, WatchGroup, WatchTable, selected
from clustersim.engine.engine import Engine
from clustersim.engine.process import Memory, Process
from clustersim.engine.time import SECOND, Micros
from clustersim.etcd import Change, CompactedError, Etcd
from clustersim.flags.apiserver import ApiServerFlags
from clustersim.flags.node import NetworkFlags
from clustersim.network import Network

EVENT_SWEEP: Final[Micros] = 60 * SECOND
"""How often expired Events are looked for; etcd revokes leases about that exactly."""

ETCD_RECONNECT: Final[Micros] = 12 * SECOND
"""From etcd's return to the first write that gets through (recorded: v1.7.5 etcd-away-60s)."""

WRITE_TIMEOUT: Final[Micros] = 30 * SECOND
"""How long a write may wait for etcd before its client is told (apiserver endpoints/handlers/rest.go)."""


class ApiServerMemory(Memory):
    """Open watches, requests that wait for etcd, whether Events are being swept and requests are taken."""

    watches: WatchTable = msgspec.field(default_factory=WatchTable)
    parked: list[tuple[int, Request, str]] = msgspec.field(default_factory=list)
    sweeping: bool = False
    connected: bool = True
    serving: bool = False
    requests: int = 0


class ApiServer(Process):
    """kube-apiserver. `alphabet`: of generated names in this release (apimachinery pkg/util/rand)."""

    kind: ClassVar[str] = "apiserver"

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
        engine.observe("etcd", self._etcd_is_back)

    def memory(self) -> ApiServerMemory:
        return ApiServerMemory()

    @property
    def listening(self) -> bool:
        """Requests are refused until the server has started."""
        return self.state.serving and super().listening

    def boot(self) -> None:
        """Prepare, then serve."""
        self.post(self.flags.start_delay, self.serve_requests)

    def serve_requests(self) -> None:
        """Take requests; the system namespaces are there from now on (pkg/master/controller.go)."""
        self.state.serving = True
        self.emit("process", "serving", self.name)
        for namespace in ("default", "kube-system", "kube-public"):
            if self.etcd.get("namespaces", namespace) is None:
                self._store_new("namespaces", v1.Namespace(metadata=ObjectMeta(name=namespace)))
        self._sweep_later()

    # --- etcd --------------------------------------------------------------------------------------

    def _etcd_is_back(self) -> None:
        if self.running and not self.state.connected:
            self.post(ETCD_RECONNECT, self.reconnected)

    def reconnected(self) -> None:
        """The connection to etcd stands again: what waited is served in order."""
        if not self.etcd.running:
            return
        self.state.connected = True
        parked, self.state.parked = self.state.parked, []
        for call, request, client in parked:
            if self.network.pending(call) is not None:
                self.serve(call, request)
            elif request.verb in WRITES:
                # Nobody waits for the answer any more, but nobody took the write back either.
                self.handle(request, client)

    # --- requests ----------------------------------------------------------------------------------

    def serve(self, call: int, request: Request) -> None:
        """Handle one request and answer it; without etcd it waits."""
        memory: ApiServerMemory = self.state
        memory.requests += 1
        if not self.etcd.running or not memory.connected:
            self._park(call, request)
            return
        pending = self.network.pending(call)
        client = pending.client if pending else self.name
        delay = self.links.request_cost + (
            self.etcd.flags.write_latency if request.verb in WRITES else self.etcd.flags.read_latency
        )
        self.reply(call, self.handle(request, client, pending.client_life if pending else 0), delay)

    def _park(self, call: int, request: Request) -> None:
        memory: ApiServerMemory = self.state
        memory.connected = False
        pending = self.network.pending(call)
        memory.parked.append((call, request, pending.client if pending else self.name))
        self.network.stays_unanswered(call)
        if request.verb in WRITES:
            self.post(WRITE_TIMEOUT, self.give_up, call)

    def give_up(self, call: int) -> None:
        """Tell the client of a write that it took too long; the write itself may still be done."""
        if any(waiting == call for waiting, _request, _client in self.state.parked):
            message = "Timeout: request did not complete within allowed duration"
            self.reply(call, Reply(504, None, "Timeout", message), 0)

    def handle(self, request: Request, client: str, life: int = 0) -> Reply:
        """The reply to a request of that client; writes take effect now."""
        if request.resource not in RESOURCES:
            return Reply(404, None, "NotFound", "the server could not find the requested resource")
        try:
            if request.verb == "watch":
                return self._watch(request, client, life)
            body = getattr(self, "_" + request.verb.replace("-", "_"))(request, client)
        except ApiError as error:
            return Reply(error.status, None, error.reason, error.message, self.etcd.store.revision)
        return Reply(201 if request.verb == "create" else 200, body, "", "", self.etcd.store.revision)

    def _get(self, request: Request, client: str) -> Any:
        return self._current(request)

    def _list(self, request: Request, client: str) -> tuple[Any, ...]:
        objects = self.etcd.range(request.resource)
        prefix = f"{request.namespace}/" if request.namespace else ""
        fields, labels = request.field_selector, request.label_selector
        try:
            return tuple(
                objects[key]
                for key in sorted(objects)
                if key.startswith(prefix)
                and (not fields or matches_fields(fields, objects[key]))
                and (not labels or matches_labels(labels, objects[key].metadata.labels))
            )
        except ValueError as error:
            raise ApiError(400, "BadRequest", str(error)) from error

    def _create(self, request: Request, client: str) -> Any:
        obj = request.body
        resource = resource_of(obj)
        metadata = obj.metadata
        if not metadata.name and metadata.generate_name:
            suffix = self.random("names").text(self.alphabet, 5)
            metadata = replace(metadata, name=metadata.generate_name + suffix)
        strategy.check_name(resource.plural, metadata.name)
        if resource.namespaced and not metadata.namespace:
            metadata = replace(metadata, namespace=request.namespace or "default")
        obj = strategy.prepare_create(resource.plural, replace(obj, metadata=metadata), request.api_version)
        for plugin in self.flags.admission_control:
            obj = PLUGINS[plugin](self.etcd, resource.plural, obj)
        if self.etcd.get(resource.plural, key_of(obj)) is not None:
            raise already_exists(resource.plural, metadata.name)
        if isinstance(obj, v1.Service):
            obj = allocate_cluster_ip(
                obj,
                self.etcd.range("services"),
                self.random("cluster-ip"),
                self.flags.service_cluster_ip_range,
            )
        return self._store_new(resource.plural, obj, client)

    def _update(self, request: Request, client: str) -> Any:
        old = self._current(request)
        self._check_version(request, old)
        new = strategy.prepare_update(
            request.resource, old, replace(request.body, metadata=_keep_identity(old, request.body))
        )
        return self._store(request, old, new, client)

    def _update_status(self, request: Request, client: str) -> Any:
        old = self._current(request)
        self._check_version(request, old)
        return self._store(request, old, strategy.prepare_status_update(old, request.body), client)

    def _patch_status(self, request: Request, client: str) -> Any:
        old = self._current(request)
        status = request.body
        merged = strategy.merge_conditions(old.status.conditions, status.conditions)
        return self._store(request, old, replace(old, status=replace(status, conditions=merged)), client)

    def _patch(self, request: Request, client: str) -> Any:
        old = self._current(request)
        plain = _merge(to_builtins(old), request.body)
        try:
            new = msgspec.convert(plain, type=type(old))
        except msgspec.ValidationError as error:
            raise ApiError(422, "Invalid", str(error)) from error
        new = strategy.prepare_update(request.resource, old, replace(new, metadata=_keep_identity(old, new)))
        return self._store(request, old, new, client)

    def _bind(self, request: Request, client: str) -> Any:
        pod = self._current(request)
        if pod.metadata.deletion_timestamp:
            raise conflict(
                "pods/binding",
                request.name,
                f"pod {request.name} is being deleted, cannot be assigned to a host",
            )
        if pod.spec.node_name:
            raise conflict(
                "pods/binding",
                request.name,
                f"pod {request.name} is already assigned to node {pod.spec.node_name}",
            )
        scheduled = v1.PodCondition(
            type="PodScheduled", status="True", last_transition_time=rfc3339(self.now)
        )
        conditions = strategy.merge_conditions(pod.status.conditions, (scheduled,))
        bound = replace(
            pod,
            spec=replace(pod.spec, node_name=request.body),
            status=replace(pod.status, conditions=conditions),
        )
        return self._store(request, pod, bound, client)

    def _delete(self, request: Request, client: str) -> Any:
        old = self._current(request)
        if request.uid and request.uid != old.metadata.uid:
            raise conflict(
                request.resource,
                request.name,
                f"Precondition failed: UID in precondition: {request.uid}, "
                f"UID in object meta: {old.metadata.uid}",
            )
        plan = plan_deletion(old, request.grace_seconds, self.now)
        if plan.unchanged:
            return old
        if plan.remaining is not None:
            return self._store(request, old, plan.remaining, client)
        last = self._stamp(old)
        change = self.etcd.delete(request.resource, key_of(old), last)
        self._committed(change, client, "delete")
        return last

    # --- storing -----------------------------------------------------------------------------------

    def _current(self, request: Request) -> Any:
        found = self.etcd.get(request.resource, object_key(request.namespace, request.name))
        if found is None:
            raise not_found(request.resource, request.name)
        return found

    def _check_version(self, request: Request, old: Any) -> None:
        version = request.body.metadata.resource_version
        if version and version != old.metadata.resource_version:
            raise conflict(request.resource, request.name)
        if request.body.metadata.uid and request.body.metadata.uid != old.metadata.uid:
            raise conflict(
                request.resource, request.name, "Precondition failed: UID in precondition does not match"
            )

    def _stamp(self, obj: Any) -> Any:
        return replace(obj, metadata=replace(obj.metadata, resource_version=str(self.etcd.next_revision)))

    def _store_new(self, resource: str, obj: Any, client: str = "apiserver") -> Any:
        stream = self.random("uids")
        digits = f"{stream.below(1 << 64):016x}{stream.below(1 << 64):016x}"
        uid = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        created = rfc3339(self.now)
        metadata = replace(
            obj.metadata, uid=uid, creation_timestamp=created, resource_version=str(self.etcd.next_revision)
        )
        stored = strategy.identified(replace(obj, metadata=metadata), uid)
        self._committed(self.etcd.put(resource, key_of(stored), stored), client, "create")
        return stored

    def _store(self, request: Request, old: Any, new: Any, client: str) -> Any:
        if new == old:
            return old
        stored = self._stamp(new)
        self._committed(self.etcd.put(request.resource, key_of(stored), stored), client, request.verb)
        return stored

    def _committed(self, change: Change, client: str, verb: str) -> None:
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
                reference(change.value),
                before=change.previous,
                after=None if verb == "delete" and change.type == "DELETED" else change.value,
            )
        table: WatchTable = self.state.watches
        for key in table.concerned(change):
            group = table.groups[key]
            if group.watchers and (kind := selected(group.fields, group.labels, change)):
                due = self.now + self.links.watch_latency + self.links.latency
                args = (key, kind, change.value, change.revision, routine)
                engine.post(due, self.name, self.incarnation(), "deliver", args)
        if change.resource == "events" and change.type == "ADDED":
            self._sweep_later()
        engine.cause = engine.cause or cause

    # --- watches -----------------------------------------------------------------------------------

    def _watch(self, request: Request, client: str, life: int) -> Reply:
        try:
            missed = self.etcd.changes_since(request.resource_version, request.resource)
        except CompactedError as error:
            return Reply(410, None, "Gone", str(error))
        watcher = Watcher(client, life, request.stream)
        self.state.watches.add(
            request.resource,
            request.field_selector,
            request.label_selector,
            watcher,
            routine=request.routine,
        )
        for change in missed:
            if kind := selected(request.field_selector, request.label_selector, change):
                due = self.now + self.links.watch_latency + self.links.latency
                args = (watcher, kind, change.value, change.revision)
                self.engine.post(due, self.name, self.incarnation(), "deliver_one", args)
        return Reply(200)

    def deliver(self, key: str, kind: str, obj: Any, revision: int, routine: bool) -> None:
        """One change reaches all watchers of a group that it matters to."""
        cause = self.engine.cause
        group = self.state.watches.groups[key]
        if routine and not group.routine:
            self._start_clocks(group, kind, obj, revision)
            return
        dead = False
        for watcher in group.watchers:
            dead = not self._push(watcher, kind, obj, revision) or dead
            self.engine.cause = cause
        if dead:
            group.watchers = [watcher for watcher in group.watchers if self._alive(watcher)]

    def _start_clocks(self, group: WatchGroup, kind: str, obj: Any, revision: int) -> None:
        """What nobody of the group looks at is sent where it cannot arrive."""
        if self.network.undisturbed:
            return
        for watcher in group.watchers:
            client = cast(Process, self.engine.actors[watcher.client])
            if self.network.holds_back(self, client, f"watch/{watcher.stream}"):
                self._push(watcher, kind, obj, revision)

    def deliver_one(self, watcher: Watcher, kind: str, obj: Any, revision: int) -> None:
        """A change that happened before the watch was opened reaches its watcher."""
        self._push(watcher, kind, obj, revision)

    def open_watches(self) -> int:
        """Watches whose clients still live."""
        groups = self.state.watches.groups.values()
        return sum(self._alive(watcher) for group in groups for watcher in group.watchers)

    def _alive(self, watcher: Watcher) -> bool:
        return self.engine.actors[watcher.client].incarnation() == watcher.life

    def _push(self, watcher: Watcher, kind: str, obj: Any, revision: int) -> bool:
        if not self._alive(watcher):
            return False
        client = cast(Process, self.engine.actors[watcher.client])
        self.network.push(
            self,
            client,
            watcher.life,
            f"watch/{watcher.stream}",
            "watched",
            (watcher.stream, kind, obj, revision),
        )
        return True

    def hang_up(self) -> None:
        """Every watch ends with the process."""
        for group in self.state.watches.groups.values():
            for watcher in group.watchers:
                if self._alive(watcher):
                    client = cast(Process, self.engine.actors[watcher.client])
                    self.network.push(
                        self, client, watcher.life, f"watch/{watcher.stream}", "watch_lost", (watcher.stream,)
                    )

    # --- Events expire -----------------------------------------------------------------------------

    def _sweep_later(self) -> None:
        if not self.state.sweeping and self.etcd.range("events"):
            self.state.sweeping = True
            self.post(EVENT_SWEEP, self.sweep_events)

    def sweep_events(self) -> None:
        """Remove Events whose TTL is over (--event-ttl)."""
        self.state.sweeping = False
        if self.etcd.running:
            limit = self.now - self.flags.event_ttl
            events = self.etcd.range("events")
            for key in [
                key
                for key, event in events.items()
                if micros(event.last_timestamp or event.metadata.creation_timestamp) <= limit
            ]:
                last = self._stamp(events[key])
                self._committed(self.etcd.delete("events", key, last), self.name, "delete")
        self._sweep_later()


def _keep_identity(old: Any, new: Any) -> Any:
    """Metadata of an update: what a client may not change stays."""
    kept = old.metadata
    return replace(
        new.metadata,
        name=kept.name,
        namespace=kept.namespace,
        uid=kept.uid,
        creation_timestamp=kept.creation_timestamp,
        deletion_timestamp=kept.deletion_timestamp,
        deletion_grace_period_seconds=kept.deletion_grace_period_seconds,
        generation=kept.generation,
        resource_version=kept.resource_version,
    )


def _merge(old: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), value)
    return merged
