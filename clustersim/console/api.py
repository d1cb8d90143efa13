"""The API server as kubectl reaches it from the workstation: it answers, refuses, or leaves one waiting.

Looking goes straight to the store, so that nothing of the run changes. A write is rehearsed on a copy: its
answer is printed, later commands of the line see what it did, and it is done when the line's commands are.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from clustersim.addons import files_of
from clustersim.api.errors import ApiError
from clustersim.api.registry import object_key, to_builtins
from clustersim.api.request import Request
from clustersim.apiserver.calls import ApiCall, request_of
from clustersim.apiserver.deprecations import deprecation
from clustersim.apiserver.given import with_given
from clustersim.apiserver.pod_security.admission import warnings_of_security
from clustersim.apiserver.registry import Registry
from clustersim.apiserver.rehearsal import Rehearsal, unwritten
from clustersim.apiserver.warnings import warnings_of
from clustersim.bounds import MOST_KEPT_FILES, MOST_OF_KEPT_FILE, MOST_OF_PATH
from clustersim.command import Command
from clustersim.console.answer import Said
from clustersim.console.components import component_statuses
from clustersim.console.pasted import Reading, documents_of
from clustersim.console.refusals import Refused
from clustersim.console.rights import Allowed
from clustersim.engine.process import HUNG
from clustersim.faults.api_request import ApiRequest, command_of
from clustersim.faults.workstation import NO_ROOM
from clustersim.i18n import _
from clustersim.runtime.measuring import Measuring
from clustersim.workstation.files import holds
from clustersim.yaml_documents import Document

if TYPE_CHECKING:
    from clustersim.cluster import Cluster


class Api(Allowed):
    """What kubectl can ask for now. `commands`: what was asked for that changes something. pasted: what was
    read beforehand."""

    def __init__(self, cluster: "Cluster", pasted: Mapping[str, Reading] | None = None) -> None:
        super().__init__(cluster)
        self._pasted = dict(pasted or {})
        self.commands: list[Command] = []
        self.manager = ""
        self.connect: Callable[[], None] = lambda: None
        """How a line goes to its server; raises Said where that is not this cluster's."""
        self.context_namespace = ""
        """The namespace that is meant where a line names none; empty: the usual one."""
        self.manager_named = False
        """What kubectl calls itself in what it writes, as the verb has it or as it is named."""
        self.listening: frozenset[int] | None = None
        """Ports of the workstation at which somebody listens; None: nobody may begin to, by this line."""
        self._asked: dict[int, Command] = {}
        self._saved: dict[str, str | None] = {}

    def documents(self, text: str) -> list[Document]:
        """What a manifest says. Raises ManifestError."""
        return documents_of(text, self._pasted)

    @property
    def measuring(self) -> Measuring:
        """What kubelets tell heapster or metrics-server."""
        return self.cluster.world.measuring

    @property
    def files(self) -> dict[str, str]:
        """Texts by name: add-ons, those of the scenario, what is kept on the workstation, and what this line
        has written and removed."""
        given = {**files_of(self.release), **self.cluster.scenario.files}
        return {name: text for name, text in {**given, **self._kept}.items() if text is not None}

    @property
    def _kept(self) -> dict[str, str | None]:
        return {**self.cluster.kubectl.files.kept, **self._saved}

    def save(self, name: str, text: str | None) -> None:
        """Keep a file on the workstation, or remove it (None). Raises Said where there is no room."""
        self.commands += self.saving(name, text)

    def saving(self, name: str, text: str | None) -> list[Command]:
        """What keeps or removes that file. Raises Said where there is no room."""
        if not holds(self._kept, name, text or ""):
            raise Said(note=NO_ROOM, most=MOST_KEPT_FILES, size=MOST_OF_KEPT_FILE, name=MOST_OF_PATH)
        self._saved[name] = text
        gone, written = Command("delete-file", name), Command("save-file", name, {"text": text or ""})
        return [gone if text is None else written]

    def reach(self) -> None:
        """Raises Said unless the API server answers, and answers out of etcd."""
        self.reach_server()
        if not self.server.etcd.running:
            raise Said(note=_("kubectl waits: the API server has no answer while it cannot reach etcd."))

    def reach_server(self) -> None:
        """Raises Said unless the API server answers of itself."""
        self.connect()
        server = self.server
        if server.status.phase == HUNG:
            raise Said(note=_("kubectl waits: the API server takes the request and does not answer."))
        if not server.listening:
            port = server.flags.secure_port
            raise Said(
                f"The connection to the server localhost:{port} was refused - "
                "did you specify the right host or port?"
            )

    # --- reading ----------------------------------------------------------------------------------

    def objects(self, resource: str, namespace: str | None, *, node: str = "") -> list[Any]:
        """Objects of a resource as a list request gives them; None: of all namespaces. node: the one that a
        field selector names."""
        self.may("list", resource, namespace or "", node=node)
        if resource == "componentstatuses":
            return component_statuses(self.cluster)
        found = self._stored(resource)
        prefix = f"{namespace}/" if namespace and self.resources[resource].namespaced else ""
        return [found[key] for key in sorted(found) if key.startswith(prefix)]

    def known(self, resource: str) -> list[Any]:
        """All objects of a resource, whoever asks: what discovery goes by."""
        return list(self._stored(resource).values())

    def find(self, resource: str, namespace: str, name: str, *, right: str = "get") -> Any:
        """One object, or None. right: what is to be done with it, "create/token" with a part of it. Raises
        Refused where that is not allowed."""
        verb, _slash, part = right.partition("/")
        self.may(verb, resource, namespace, name, part)
        return self._find(resource, namespace, name)

    def _find(self, resource: str, namespace: str, name: str) -> Any:
        if resource == "componentstatuses":
            return next((one for one in component_statuses(self.cluster) if one.metadata.name == name), None)
        key = object_key(namespace if self.resources[resource].namespaced else "", name)
        return self._stored(resource).get(key)

    def _stored(self, resource: str) -> Mapping[str, Any]:
        return with_given(self.etcd, resource, self.release, self.cluster.flags.apiserver)

    def get(self, resource: str, namespace: str, name: str) -> Any:
        """One object. Raises Said where there is none."""
        if (found := self.find(resource, namespace, name)) is None:
            raise Said(self.not_found(resource, name))
        return found

    # --- writing ----------------------------------------------------------------------------------

    def ask(self, request: Request, command: Command | None = None, *, doing: str = "") -> Any:
        """Send a write, and give its answer's body; `command`: what it is among the cluster's acts, else a
        request of its own. Raises Refused; `doing` is told in front of its message, as `kubectl create -f`
        does."""
        self.reach()
        if self._rehearsal is None:
            self._rehearsal = Rehearsal(self.server)
        self.warn_of(request.resource)
        request = self._signed(request)
        asked = command_of(self._call(request))
        if self.manager_named or self.resources[request.resource].definition is not None:
            command = None
        old = self._find(request.resource, request.namespace, request.name) if self.today else None
        scaled = command is not None and command.do == "scale" and self._has_scale(request)
        sent = replace(request, subresource="scale") if scaled else request
        self._check(sent, doing)
        body, warned = _performed(self._rehearsal, sent, doing)
        self._check_grant(request, body, doing)
        if scaled:
            body = self._rehearsal.etcd.get(request.resource, object_key(request.namespace, request.name))
        self._warned(request, body, old, warned)
        self._asked[len(self.commands)] = asked
        self.commands.append(asked if command is None else command)
        return body

    def send(self, call: ApiCall) -> Any:
        """Send a write as a client of the HTTP API does, and give its answer's body. Raises Refused."""
        self.reach()
        if self._rehearsal is None:
            self._rehearsal = Rehearsal(self.server)
        try:
            asked = request_of(call, self.server)
        except ApiError as error:
            raise Refused(error) from None
        self._check(asked.request)
        body, warned = _performed(self._rehearsal, self._signed(asked.request), "")
        self.warnings += [f"Warning: {text}" for text in (*asked.warnings, *warned)]
        command = command_of(call)
        self._asked[len(self.commands)] = command
        self.commands.append(command)
        return body

    def _warned(self, request: Request, body: Any, old: Any, warned: Sequence[str]) -> None:
        """What the API server warns of what was written. warned: by its policies."""
        told, before = list(warned), None if request.verb == "create" else old
        if self.today and not request.subresource and request.verb in ("create", "update", "patch"):
            server = self.server
            told += warnings_of(request.resource, body, before)
            told += warnings_of_security(server.etcd, server.flags, request.resource, body, before)
        self.warnings += [f"Warning: {text}" for text in told]

    def _has_scale(self, request: Request) -> bool:
        """The number of pods has an address of its own, where policies look for it."""
        return self.today and "scale" in self.resources[request.resource].subresources

    def warn_of(self, resource: str) -> None:
        """The API server warns of what is deprecated, and kubectl says so once."""
        added = self.resources[resource].definition
        told = deprecation(self.release, self.api_version(resource), resource, added)
        if told and (warning := f"Warning: {told}") not in self.warnings:
            self.warnings.append(warning)

    def in_order(self, *, at_once: bool = False) -> tuple[Command, ...]:
        """What is to be done, in the order of the line. Acts that take their way over the network would be
        overtaken by requests that are carried out at once, and by what stands behind them in a line that goes
        on at_once: there they are requests, too."""
        if not at_once and not any(command.do == ApiRequest.do for command in self.commands):
            return tuple(self.commands)
        return tuple(self._asked.get(index, command) for index, command in enumerate(self.commands))

    def try_out(self, request: Request, *, doing: str = "") -> Any:
        """The answer's body if the write were sent; it is not. Raises Refused."""
        self.reach()
        self.warn_of(request.resource)
        old = self._find(request.resource, request.namespace, request.name) if request.name else None
        self._check(request, doing)
        body, warned = _performed(Rehearsal(self.server, dry=True), self._signed(request), doing)
        self._check_grant(request, body, doing)
        self._warned(request, body, old, warned)
        return unwritten(body, old)

    def _signed(self, request: Request) -> Request:
        """With who is remembered for the fields that it sets, which v1.7 and v1.8 did not ask."""
        if not self.today or request.manager or request.verb not in ("create", "update", "patch"):
            return request
        return replace(request, manager=self.manager)

    def _call(self, request: Request) -> ApiCall:
        """The request as a client of the HTTP API sends it."""
        verb: Any = request.verb
        body = request.body
        if request.verb in ("create", "update"):
            body = to_builtins(body, request.api_version or self.api_version(request.resource))
        elif request.verb == "delete":
            body = {}
            if request.grace_seconds is not None:
                body["gracePeriodSeconds"] = request.grace_seconds
            if request.propagation:
                body["propagationPolicy"] = request.propagation
        return ApiCall(
            verb,
            request.api_version or self.api_version(request.resource),
            request.resource,
            request.namespace,
            "" if request.verb == "create" else request.name,
            subresource=request.subresource,
            patch_type=request.patch_type,
            body=body,
            manager=request.manager,
            force=request.force,
        )


def _performed(rehearsal: Rehearsal, request: Request, doing: str) -> tuple[Any, tuple[str, ...]]:
    """The body of the answer, and what policies warn of."""
    registry = Registry(rehearsal)
    try:
        return registry.perform(request, "kubectl"), registry.policing.told
    except ApiError as error:
        raise Refused(error, doing) from None
