"""What a request would lead to: carried out on a copy of the store that nobody keeps.

The copy draws the same random numbers as the real request would, and leaves the streams where they are. So a
rehearsal right before the request tells its very answer, name, UID and version included, and `dryRun=All` is
a rehearsal that nothing follows (apiserver pkg/registry/generic/registry/dryrun.go).
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from clustersim.api.core.pod import Pod
from clustersim.api.errors import ApiError
from clustersim.api.meta import ApiObject
from clustersim.api.registry import object_key
from clustersim.api.request import Request
from clustersim.apiserver.policing import is_policed
from clustersim.apiserver.registry import Registry
from clustersim.apiserver.server import ApiServer
from clustersim.engine.calendar import in_force
from clustersim.engine.engine import Engine
from clustersim.engine.random import RandomStream
from clustersim.engine.time import Micros
from clustersim.etcd import Change, Etcd, Store


class ScratchEtcd(Etcd):
    """A copy of a store, without a process and without anybody who follows it; it knows the time."""

    def __init__(self, store: Store, engine: Engine, *, full: bool) -> None:
        self.engine, self._full = engine, full
        objects = {resource: dict(found) for resource, found in store.objects.items()}
        self.store = Store(revision=store.revision, compacted=store.compacted, objects=objects)
        self.followers = {}

    def check_space(self) -> bool:
        return not self._full

    @property
    def is_full(self) -> bool:
        return self._full

    def _grow(self, size: int) -> None:
        """Nobody hears of it."""


class Rehearsal:
    """An API server's stand-in for one request. dry: nothing will be written."""

    def __init__(self, server: ApiServer, *, dry: bool = False) -> None:
        full = server.etcd.is_full and not dry
        self.etcd: Etcd = ScratchEtcd(server.etcd.store, server.engine, full=full)
        self.flags = server.flags
        self.name = server.name
        self.alphabet = server.alphabet
        self.release: str = server.release
        self.least_grace: int = server.least_grace
        self.plugins: Mapping[str, Any] = server.plugins
        self.validating: Mapping[str, Any] = server.validating
        self.counting: Mapping[str, Any] = server.counting
        self.now: Micros = server.now
        self.pods_on = server.pods_on
        self.dial = server.dial
        self._engine: Engine = server.engine
        self._positions = dict(server.engine.state.positions)

    def random(self, name: str) -> RandomStream:
        return RandomStream(self._engine.seed, f"{self.name}/{name}", self._positions)

    def committed(self, change: Change, client: str, verb: str) -> None:
        """Nobody hears of it."""


class Outcome(msgspec.Struct, frozen=True):
    """Where a request leads. body: of the answer; revision: of the store after it; existed, exists: whether
    the object that the request names was there before and is there afterwards. warnings: of policies.
    """

    body: Any
    revision: int
    existed: bool
    exists: bool
    warnings: tuple[str, ...] = ()


def rehearse(server: ApiServer, request: Request, client: str, *, dry: bool = False) -> Outcome:
    """What a request would lead to; nothing is carried out. dry: nor is anything meant to be. Raises
    ApiError."""
    rehearsal = Rehearsal(server, dry=dry)
    key = object_key(request.namespace, request.name)
    existed = rehearsal.etcd.get(request.resource, key) is not None
    with in_force(server.engine.calendar):
        registry = Registry(rehearsal)
        body = registry.perform(request, client)
    exists = rehearsal.etcd.get(request.resource, key) is not None
    return Outcome(body, rehearsal.etcd.store.revision, existed, exists, registry.policing.told)


def connect(server: ApiServer, pod: Pod, part: str, options: Mapping[str, Any], client: str) -> None:
    """Somebody gets into a pod. part: exec, attach or portforward; options: how, as the API writes it. Raises
    ApiError where a policy or a webhook denies it."""
    if not is_policed(server):
        return
    plain = {"kind": f"Pod{_CONNECTIONS[part]}Options", "apiVersion": "v1", **options}
    metadata = pod.metadata
    request = Request("create", "pods", metadata.namespace, metadata.name, plain, subresource=part)
    with in_force(server.engine.calendar):
        Registry(Rehearsal(server)).policing.connected(request, client)


_CONNECTIONS: Final = {"exec": "Exec", "attach": "Attach", "portforward": "PortForward"}


def unwritten(body: Any, old: Any) -> Any:
    """How a dry run tells of what was made or changed: nothing was stored, so that it has the version of the
    old object, and what would be new none (apiserver pkg/registry/generic/registry/dryrun.go)."""
    if not isinstance(body, ApiObject):
        return body
    version = old.metadata.resource_version if isinstance(old, ApiObject) else ""
    return replace(body, metadata=replace(body.metadata, resource_version=version))


def dry_run(server: ApiServer, request: Request, client: str) -> Outcome:
    """What a request would lead to, as the API server answers it. Raises ApiError."""
    old = server.etcd.get(request.resource, object_key(request.namespace, request.name))
    outcome = rehearse(server, request, client, dry=True)
    return replace(outcome, body=unwritten(outcome.body, old))


def check_reachable(server: ApiServer) -> None:
    """Refuse, as whoever stands before the API server would, while it does not answer. Raises ApiError."""
    if not server.listening:
        port = server.flags.secure_port
        message = (
            f"the connection to the server localhost:{port} was refused: the API server of this cluster is "
            "not running"
        )
        raise ApiError(503, "ServiceUnavailable", message)
    if not server.running:
        message = "the API server of this cluster takes requests and does not answer: its process is stopped"
        raise ApiError(504, "Timeout", message)
    if not (server.etcd.running and server.state.connected):
        raise ApiError(504, "Timeout", "Timeout: request did not complete within requested timeout (etcd)")
