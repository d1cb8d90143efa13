"""Watch streams: who is told of a change, and how it reaches them over the network."""

from typing import Any, cast

from clustersim.api.api_resource import Resource
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.apiserver.listing import check_fields
from clustersim.apiserver.watch import Told, Watcher, WatchGroup, WatchTable, selected
from clustersim.engine.process import DEPUTIES, Process
from clustersim.etcd import Change, CompactedError, Etcd
from clustersim.flags.node import NetworkFlags
from clustersim.network import Network


class Streams:
    """The open watches of an API server. gone: the reason of a 410."""

    def __init__(self, server: Process, network: Network, etcd: Etcd, links: NetworkFlags, gone: str) -> None:
        self.server = server
        self.etcd = etcd
        self.links = links
        self.gone = gone
        self.engine = server.engine
        self.network = network
        self.changes = 0
        """How often a watch was opened or given up here, for who counts them."""
        self._told: dict[str, list[Watcher]] = {}
        """Of each group those that are told; empty where somebody opened or lost a watch, or who did the same
        as others does so no more, or the other way round."""
        self.engine.observe(DEPUTIES, self._told.clear)

    @property
    def table(self) -> WatchTable:
        """The watches, in the server's memory."""
        table: WatchTable = self.server.state.watches
        return table

    def open(self, request: Request, resource: Resource, client: str, life: int) -> Reply:
        """Open a watch; what happened since its version is sent first. 410 if that is not known any more."""
        check_fields(request, resource)
        try:
            missed = self.etcd.changes_since(request.resource_version, request.resource)
        except CompactedError as error:
            return Reply(410, None, self.gone, str(error))
        watcher = Watcher(client, life, request.stream)
        self.changes += 1
        self._told.clear()
        self.table.add(
            request.resource,
            request.field_selector,
            request.label_selector,
            watcher,
            routine=request.routine,
            expressions=request.expressions,
        )
        for change in missed:
            if seen := selected(request.field_selector, request.label_selector, change, request.expressions):
                args = (watcher, seen, change.value, change.revision)
                self._post("deliver_one", args)
        return Reply(200)

    def tell(self, change: Change, *, routine: bool) -> None:
        """Send a change to every group it may matter to; one entry of the queue for all of them."""
        table: WatchTable = self.server.state.watches
        if routine:
            if keys := table.following(change, spared=not self.network.undisturbed):
                self._post("deliver_renewal", (keys, change.value, change.revision))
            return
        told = []
        groups = table.groups
        for key in table.index.concerned(change):
            group = groups[key]
            if group.watchers and (kind := selected(group.fields, group.labels, change, group.expressions)):
                told.append((key, kind))
        if told:
            self._post("deliver", (tuple(told), change.value, change.revision))

    def _post(self, method: str, args: tuple[Any, ...]) -> None:
        server, links, engine = self.server, self.links, self.engine
        due = engine.state.now + links.watch_latency + links.latency
        engine.post(due, server.name, server.status.incarnation, method, args)

    def deliver(self, told: Told, obj: Any, revision: int) -> None:
        """One change reaches all watchers that it matters to."""
        groups: dict[str, WatchGroup] = self.server.state.watches.groups
        for key, kind in told:
            self._deliver(key, groups[key], "watched", (kind, obj, revision))

    def deliver_renewal(self, keys: tuple[str, ...], obj: Any, revision: int) -> None:
        """What was merely renewed reaches those who follow that."""
        groups = self.table.groups
        for key in keys:
            if (group := groups[key]).routine:
                self._deliver(key, group, "renewed", (obj, revision))
            elif not self.network.undisturbed:
                self._start_clocks(self._deputies(key, group), obj, revision)

    def _deputies(self, key: str, group: WatchGroup) -> list[Watcher]:
        """Those of a group that are told: of all that know and do the same, one."""
        found = self._told.get(key)
        if found is None:
            clients = cast("dict[str, Process]", self.engine.actors)
            found = [one for one in group.watchers if clients[one.client].deputy == one.client]
            self._told[key] = found
        return found

    def _deliver(self, key: str, group: WatchGroup, method: str, change: tuple[Any, ...]) -> None:
        cause = self.engine.cause
        dead = False
        engine, push, server = self.engine, self.network.push, self.server
        clients: dict[str, Any] = engine.actors
        for watcher in self._told.get(key) or self._deputies(key, group):
            stream = watcher.stream
            if not push(server, clients[watcher.client], watcher.life, stream, method, (stream, *change)):
                dead = True
            engine.cause = cause
        if dead:
            group.watchers = [watcher for watcher in group.watchers if self._alive(watcher)]
            self._told.clear()

    def _start_clocks(self, watchers: list[Watcher], obj: Any, revision: int) -> None:
        """What nobody of a group looks at is sent where it cannot arrive."""
        for watcher in watchers:
            client = cast(Process, self.engine.actors[watcher.client])
            if self.network.holds_back(self.server, client, watcher.stream):
                self._push(watcher, "MODIFIED", obj, revision)

    def deliver_one(self, watcher: Watcher, kind: str, obj: Any, revision: int) -> None:
        """A change that happened before the watch was opened reaches its watcher."""
        self._push(watcher, kind, obj, revision)

    def forget(self, client: str) -> None:
        """The connection of a client is gone."""
        self.changes += 1
        self._told.clear()
        for group in self.table.groups.values():
            if any(watcher.client == client for watcher in group.watchers):
                group.watchers = [watcher for watcher in group.watchers if watcher.client != client]

    def of(self, client: str) -> tuple[str, ...]:
        """The watches of a client, by name."""
        groups = self.table.groups.values()
        return tuple(one.stream for group in groups for one in group.watchers if one.client == client)

    def count(self) -> int:
        """Watches whose clients still live."""
        groups = self.table.groups.values()
        return sum(self._alive(watcher) for group in groups for watcher in group.watchers)

    def _alive(self, watcher: Watcher) -> bool:
        return self.engine.actors[watcher.client].incarnation() == watcher.life

    def _push(self, watcher: Watcher, kind: str, obj: Any, revision: int) -> bool:
        client = cast(Process, self.engine.actors[watcher.client])
        change = (watcher.stream, kind, obj, revision)
        return self.network.push(self.server, client, watcher.life, watcher.stream, "watched", change)

    def close(self) -> None:
        """Every watch ends."""
        for group in self.table.groups.values():
            for watcher in group.watchers:
                if self._alive(watcher):
                    client = cast(Process, self.engine.actors[watcher.client])
                    self.network.push(
                        self.server,
                        client,
                        watcher.life,
                        watcher.stream,
                        "watch_lost",
                        (watcher.stream,),
                    )
