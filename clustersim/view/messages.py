"""Messages that travelled lately, from their real sender to their real receiver: what the page lets fly.

They are read off the causal record, the open watches and the callers' newest requests; nothing is kept.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from clustersim.api.api_resources import RESOURCES
from clustersim.api.registry import key_of
from clustersim.api.request import Request as ApiRequest
from clustersim.apiserver.watch import WatchTable, selected
from clustersim.cluster import Cluster
from clustersim.engine.process import Process
from clustersim.engine.record import Event
from clustersim.engine.time import Micros
from clustersim.etcd import Change, ChangeType
from clustersim.traffic import SUCCEEDED, Client, Request
from clustersim.view.structs import FEW, Item

OK: Final = "ok"
MOST: Final = 200
"""So many messages of a tick are told; equal ones are one with a count."""

ANY: Final = "*"
"""Stands for the node in such messages."""

LATE: Final = "hung"
"""Sent, and not received for now: the network is cut, or the receiver hangs."""

_METHODS: Final = {
    "create": "POST",
    "update": "PUT",
    "update-status": "PUT status",
    "patch": "PATCH",
    "patch-status": "PATCH status",
    "delete": "DELETE",
    "bind": "POST binding",
}
LEASES: Final = "leases/kube-node-lease/"
"""How the record names the Leases that kubelets of today renew."""

HEARTBEATS: Final = {"nodes/": "PATCH status Node", LEASES: "PUT Lease"}
"""How the record names what kubelets renew, and how it is asked for."""

_LOCKS: Final = {
    "endpoints/kube-system/kube-scheduler": "scheduler",
    "endpoints/kube-system/kube-controller-manager": "controller-manager",
    "leases/kube-system/kube-scheduler": "scheduler",
    "leases/kube-system/kube-controller-manager": "controller-manager",
}


class MessageItem(Item, frozen=True, kw_only=True, omit_defaults=True, rename={"from_": "from"}):
    """One message, or `count` equal ones of which the last left at `t`.

    kind: heartbeat, request, watch or traffic; outcome: ok, refused or hung; nodes: as many messages as there
    are nodes, with their names for the ``*`` in from, to and label.
    """

    t: Micros
    from_: str
    to: str
    label: str
    kind: str
    outcome: str
    count: int = 1
    nodes: tuple[str, ...] = ()


def messages_since(
    cluster: Cluster, event_id: int, t: Micros, stored: Iterable[str] | None = None
) -> tuple[MessageItem, ...]:
    """What travelled after that event and after that time, in order of time; equal messages are merged.
    stored: the only nodes that can have sent a sign of life since.
    """
    many = len(cluster.machines) > FEW
    merged: dict[tuple[str, str, str, str, str], MessageItem] = {}
    for message in _all(cluster, event_id, t, () if many else _senders(cluster, stored)):
        key = (message.from_, message.to, message.label, message.kind, message.outcome)
        known = merged.pop(key, None)
        count = message.count + (known.count if known else 0)
        merged[key] = MessageItem(
            t=message.t,
            from_=message.from_,
            to=message.to,
            label=message.label,
            kind=message.kind,
            outcome=message.outcome,
            count=count,
        )
    found = list(merged.values())
    if many:
        found = [*_together(found), *_heartbeats_together(cluster, t, _senders(cluster, stored))]
    return tuple(sorted(found, key=lambda message: message.t)[-MOST:])


def _senders(cluster: Cluster, stored: Iterable[str] | None) -> Iterable[str]:
    return cluster.machines if stored is None else stored


def _heartbeats_together(cluster: Cluster, t: Micros, nodes: Iterable[str]) -> Iterator[MessageItem]:
    """The signs of life of those nodes, as one for each kind."""
    runs = cluster.record.state.runs
    for prefix, like in HEARTBEATS.items():
        sent = {
            name: found[-1].last
            for name in nodes
            if (found := runs.get(prefix + name)) and found[-1].last > t
        }
        if len(sent) == 1:
            ((name, last),) = sent.items()
            yield _heartbeat(like, name, last)
        elif sent:
            yield replace(_heartbeat(like, ANY, max(sent.values())), nodes=tuple(sent))


def _heartbeat(like: str, node: str, t: Micros) -> MessageItem:
    return MessageItem(
        t=t, from_=f"kubelet@{node}", to="apiserver", label=f"{like} {node}", kind="heartbeat", outcome=OK
    )


def _together(messages: list[MessageItem]) -> list[MessageItem]:
    """Those that are equal except for the node as one."""
    found: dict[MessageItem, dict[str, MessageItem]] = {}
    for message in messages:
        node = message.from_.partition("@")[2] or message.to.partition("@")[2]
        found.setdefault(_of_any(message, node), {})[node] = message
    return [
        replace(like, t=max(one.t for one in some.values()), nodes=tuple(some))
        if len(some) > 1
        else next(iter(some.values()))
        for like, some in found.items()
    ]


def _of_any(message: MessageItem, node: str) -> MessageItem:
    """The message without its node and its time."""
    if not node:
        return message
    label = message.label
    return replace(
        message,
        t=0,
        from_=message.from_.replace(f"@{node}", f"@{ANY}"),
        to=message.to.replace(f"@{node}", f"@{ANY}"),
        label=label.removesuffix(node) + ANY if label.endswith(f" {node}") else label,
    )


def _all(cluster: Cluster, event_id: int, t: Micros, nodes: Iterable[str]) -> Iterator[MessageItem]:
    """nodes: those whose signs of life are told."""
    for event in cluster.record.since(event_id):
        if event.kind == "write":
            yield from _write(cluster, event)
    yield from _routine(cluster, t, nodes)
    yield from _stalled(cluster, t)
    yield from _traffic(cluster, t)


def _label(verb: str, resource: str, name: str) -> str:
    return f"{_METHODS.get(verb, verb.upper())} {_kind(resource)} {name}".rstrip()


def _kind(resource: str) -> str:
    """Of an added one its plural: who looks at messages knows no definitions."""
    known = RESOURCES.get(resource)
    return known.kind if known is not None else resource.partition(".")[0]


def _write(cluster: Cluster, event: Event) -> Iterator[MessageItem]:
    resource, _, key = event.object.partition("/")
    obj = event.after if event.after is not None else event.before
    name = key.rpartition("/")[2]
    if event.actor != "apiserver":
        label = _label(event.verb, resource, name)
        yield MessageItem(
            t=event.t, from_=event.actor, to="apiserver", label=label, kind="request", outcome=OK
        )
    if resource == "events":
        return
    yield MessageItem(t=event.t, from_="apiserver", to="etcd", label="put", kind="request", outcome=OK)
    kind: ChangeType = "ADDED" if event.before is None else "DELETED" if event.after is None else "MODIFIED"
    change = Change(0, resource, key_of(obj), kind, obj, event.before)
    yield from _watchers(cluster, change, event.t, name)


def _watchers(cluster: Cluster, change: Change, t: Micros, name: str) -> Iterator[MessageItem]:
    table: WatchTable = cluster.world.apiserver.state.watches
    for key in table.concerned(change):
        group = table.groups[key]
        seen = selected(group.fields, group.labels, change)
        if seen is None:
            continue
        label = f"{seen} {_kind(change.resource)} {name}"
        for watcher in group.watchers:
            client = cluster.world.engine.actors[watcher.client]
            if not isinstance(client, Process) or client.incarnation() != watcher.life:
                continue
            cut = client.machine in cluster.network.state.cut
            outcome = LATE if cut or client.is_deaf() else OK
            yield MessageItem(
                t=t, from_="apiserver", to=watcher.client, label=label, kind="watch", outcome=outcome
            )


def _routine(cluster: Cluster, t: Micros, nodes: Iterable[str]) -> Iterator[MessageItem]:
    """Renewals of the leaders' locks, and the signs of life of those nodes."""
    runs = cluster.record.state.runs
    for name, lock in _LOCKS.items():
        found = runs.get(name)
        if found and found[-1].last > t:
            what = "Lease" if name.startswith("leases/") else "Endpoints"
            yield MessageItem(
                t=found[-1].last,
                from_=lock,
                to="apiserver",
                label=f"PUT {what} {name.rpartition('/')[2]}",
                kind="request",
                outcome=OK,
            )
    for node in nodes:
        for prefix, like in HEARTBEATS.items():
            found = runs.get(prefix + node)
            if found and found[-1].last > t:
                yield _heartbeat(like, node, found[-1].last)


def _stalled(cluster: Cluster, t: Micros) -> Iterator[MessageItem]:
    """Requests that went out into a cut and have not arrived yet."""
    network = cluster.network.state
    for stalled in network.stalled.values():
        if stalled.first <= t:
            continue
        for _target, _life, method, args, _cause in stalled.messages:
            call = network.calls.get(args[0]) if method == "arrive" else None
            if call is None or not isinstance(call.args[0], ApiRequest):
                continue
            asked = call.args[0]
            heartbeat = asked.resource == "nodes" and call.client.startswith("kubelet@")
            yield MessageItem(
                t=stalled.first,
                from_=call.client,
                to=call.server,
                label=_label(asked.verb, asked.resource, asked.name),
                kind="heartbeat" if heartbeat else "request",
                outcome=LATE,
            )


def _traffic(cluster: Cluster, t: Micros) -> Iterator[MessageItem]:
    for process in cluster.world.clients:
        if isinstance(process, Client):
            for request in process.state.recent:
                if request.t > t:
                    yield _request(cluster, process, request)


def _request(cluster: Cluster, client: Client, request: Request) -> MessageItem:
    pod = cluster.object("pods", f"{client.spec.namespace}/{request.pod}") if request.pod else None
    to = f"pod:{pod.metadata.uid}" if pod is not None else f"kube-proxy@{request.node}"
    outcome = OK if request.outcome == SUCCEEDED else request.outcome
    label = f"GET {client.spec.service}"
    return MessageItem(t=request.t, from_="client", to=to, label=label, kind="traffic", outcome=outcome)
