"""kubectl on the workstation: what is clicked on the page or typed becomes requests of this client, like any
other's."""

from typing import ClassVar

from msgspec.structs import replace

from clustersim.api.meta import ApiObject
from clustersim.api.registry import resource_of
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.client.component import Component
from clustersim.engine.actor import then
from clustersim.engine.engine import Engine
from clustersim.engine.time import Micros
from clustersim.network import Network
from clustersim.workstation.drain import Drain, DrainOptions
from clustersim.workstation.files import WorkstationFiles
from clustersim.workstation.invocation import INTERRUPTED, Invocation, Invocations
from clustersim.workstation.reaper import Reaper
from clustersim.workstation.rolling_updater import RollingUpdater, Wanted


class KubectlClient(Component):
    """Sends people's requests and reports what was refused."""

    kind: ClassVar[str] = "kubectl"

    def __init__(self, engine: Engine, network: Network, name: str, machine: str) -> None:
        super().__init__(engine, network, name, machine)
        self.invocations = Invocations(self)
        self.files = WorkstationFiles(self)
        self.drains = Drain(self, self.api, self.invocations)
        self.reaper = Reaper(self, self.api, self.invocations)
        self.updater = RollingUpdater(self, self.api, self.invocations)

    def ask(self, request: Request) -> None:
        """Send one request."""
        self.api.send(request, then(self.answered, request.verb, f"{request.resource}/{request.name}"))

    def create(self, obj: ApiObject, api_version: str = "", *, manager: str = "") -> None:
        """kubectl create, through that version of the API. manager: who is remembered for it."""
        metadata = obj.metadata
        request = Request("create", resource_of(obj).plural, metadata.namespace, metadata.name, obj)
        self.ask(replace(request, api_version=api_version, manager=manager))

    def update(self, obj: ApiObject, *, manager: str) -> None:
        """kubectl replace: the whole object."""
        metadata = obj.metadata
        request = Request("update", resource_of(obj).plural, metadata.namespace, metadata.name, obj)
        self.ask(replace(request, manager=manager))

    def answered(self, reply: Reply, verb: str, what: str) -> None:
        """The answer: a refusal is for people to see."""
        if not reply.ok:
            self.emit("decision", "refused", what, after=reply.message or reply.reason)
            self.log(f"Error from server ({reply.reason}): {reply.message}", level="E")

    def delete(self, found: ApiObject, *, grace_seconds: int = -1, timeout: Micros = 0) -> None:
        """kubectl delete as it was until v1.9: what has pods is scaled down first."""
        self.reaper.begin(found, grace_seconds, timeout)

    def drain(self, node: str, options: DrainOptions) -> None:
        """kubectl drain: cordon the node, then evict its pods and wait until they are gone."""
        self.drains.begin(node, options)

    def rolling_update(self, wanted: Wanted) -> None:
        """kubectl rolling-update: a ReplicationController takes another's place."""
        self.updater.begin(wanted)

    def interrupt(self, invocation: Invocation) -> None:
        """Ctrl-C: what was asked for already is done; nothing more is."""
        self.invocations.end(invocation.number, INTERRUPTED)
