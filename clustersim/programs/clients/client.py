"""Programs in pods that work with the API: they look, and write what is missing.

A program has the token of its pod's ServiceAccount, and may do what the roles of that let it do. It looks at
some objects, all of them each time, and says which requests follow; then it waits for a change among what it
has looked at (as controllers do that are built with client-go), or ends. Who sends the requests is its
runtime (runtime/api_clients.py): here everything follows from what was seen.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from clustersim.api.request import Request
from clustersim.engine.random import RandomStream
from clustersim.engine.time import Micros

ACCOUNT: Final = "system:serviceaccount:"


class ApiClient(msgspec.Struct, frozen=True):
    """A program as its container runs it. program: which it is; user: whose token it has; namespace, pod:
    where it runs; options: its flags and its environment, by name."""

    program: str
    user: str
    namespace: str
    pod: str
    options: Mapping[str, str] = {}

    def option(self, name: str, usual: str = "") -> str:
        """A flag's value, or that of a variable."""
        return self.options.get(name, usual)


class Look(NamedTuple):
    """What it reads: one object by its name, or all of a resource, in its namespace or everywhere."""

    resource: str
    namespace: str = ""
    name: str = ""


Seen = Mapping[Look, Any]
"""What was there: an object, or None; of many a tuple."""


Objects = Callable[[str], Iterable[Any]]
"""All objects of a resource."""


class Means(NamedTuple):
    """What else its next steps follow from."""

    now: Micros
    random: RandomStream


class Acts(NamedTuple):
    """What follows: requests, one after another; what it writes into its log; and its exit code, if it ends
    when they are done."""

    requests: Sequence[Request] = ()
    lines: Sequence[str] = ()
    code: int | None = None


class Reconciler:
    """One kind of program. manager: as which its writes are remembered (a user agent up to its version)."""

    manager: ClassVar[str] = ""
    denies: ClassVar[tuple[int, str]] = (403, "Forbidden")
    """How its webhooks deny: those that are built with controller-runtime so."""
    ends: ClassVar[bool] = False
    """It does its work once; where that fails, it ends with 1."""

    def looks(self, client: ApiClient) -> Sequence[Look]:
        """What it reads first, in this order."""
        return ()

    def acts(self, client: ApiClient, seen: Seen, means: Means) -> Acts:
        """What follows from it."""
        return Acts()

    def objects_to(self, client: ApiClient, hook: str, obj: Any, objects: Objects) -> str:
        """Why its webhook of that name does not let an object in; empty if it does. objects: what it knows
        of the cluster."""
        return ""

    def refused(self, client: ApiClient, request: Request, message: str, now: Micros) -> str:
        """What it writes into its log where a request fails."""
        return f'E failed to {request.verb} {request.resource} "{request.name}": {message}'
