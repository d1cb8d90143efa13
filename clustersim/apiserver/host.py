"""What the parts of the API server need of it: time, chance, settings, and somebody to tell of changes."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from clustersim.engine.random import RandomStream
from clustersim.engine.time import Micros
from clustersim.etcd import Change, Etcd
from clustersim.flags.apiserver import ApiServerFlags
from clustersim.runtime.answering import Taken


class Host(Protocol):
    """The API server as its registry sees it.

    release: whose kinds and versions it serves; alphabet: of generated names; plugins: what
    `--admission-control` may name; validating: those that look at an object again once it is valid;
    counting: those that do so after the policies; least_grace: what a negative grace of a deletion counts
    as, in seconds.
    """

    etcd: Etcd
    flags: ApiServerFlags
    name: str
    alphabet: str

    @property
    def release(self) -> str: ...

    @property
    def least_grace(self) -> int: ...

    @property
    def now(self) -> Micros: ...

    @property
    def plugins(self) -> Mapping[str, Any]: ...

    @property
    def validating(self) -> Mapping[str, Any]: ...

    @property
    def counting(self) -> Mapping[str, Any]: ...

    def pods_on(self, node: str) -> Iterable[str]: ...

    def random(self, name: str) -> RandomStream: ...

    def dial(self, ip: str, port: int) -> Taken | None: ...

    def committed(self, change: Change, client: str, verb: str) -> None: ...
