"""Programs of containers that work with the API, at work: they look, write, and look again when something
has changed (programs/clients).

```
  start -> look -> look -> ... -> what follows -> request -> request -> ... -> ended, or watches
             ^                                                                    |
             +---------------- a change of what it has looked at ----------------+
```
Their requests cross the network from their node, and their roles say what they may do.
"""

from typing import Any, Final

import msgspec

from clustersim.api.request import Request, Verb
from clustersim.api.status import Reply
from clustersim.engine.actor import then
from clustersim.engine.state import State
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.programs.clients import Acts, ApiClient, Look, Means, reconciler
from clustersim.runtime.execution import Execution
from clustersim.runtime.records import Container, Wrote

STARTING: Final[Micros] = 500 * MILLISECOND
"""What such a program takes until its first request: an estimate."""
GATHERS: Final[Micros] = 100 * MILLISECOND
"""So long changes are gathered before it looks again."""
RETRY: Final[Micros] = 5 * SECOND
PATIENCE: Final[Micros] = 10 * SECOND
"""How long it waits for an answer."""
MOST_WRITTEN: Final = 100
"""Lines that are kept of its log."""
MOST_TOLD: Final = 500
"""Events that it remembers to have written, so that it does not write them twice."""
STREAM: Final = "programs/"


def _asked(look: Look) -> Request:
    verb: Verb = "get" if look.name else "list"
    return Request(verb, look.resource, look.namespace, look.name)


class ClientRound(State):
    """What a program is about. number: which time it is; due: when it will look again; seen: the answers so
    far, and versions: up to when they hold; requests: those that are left; code: its exit code after them.
    failed: one of them was refused; told: Events that it has written."""

    number: int = 0
    due: Micros | None = None
    busy: bool = False
    seen: list[Any] = msgspec.field(default_factory=list)
    versions: list[int] = msgspec.field(default_factory=list)
    requests: list[Request] = msgspec.field(default_factory=list)
    code: int | None = None
    failed: bool = False
    told: dict[str, bool] = msgspec.field(default_factory=dict)


class ApiClients(Execution):
    """The part of a runtime that has them work. `state.clients`: what each is about, by its container;
    `state.client_watches`: what is watched, and whether the watch stands."""

    def begin_client(self, container: Container) -> None:
        """Its program starts."""
        self.state.clients[container.id] = ClientRound()
        self.look_again(container.id, STARTING)

    def _client(self, container_id: str) -> ApiClient | None:
        container = self.running_container(container_id)
        if container is None or container.program is None or container.program.client is None:
            self.state.clients.pop(container_id, None)
            return None
        return container.program.client if container_id in self.state.clients else None

    def ended(self, container: Container, code: int) -> None:
        """Nothing more comes of what it was about."""
        super().ended(container, code)
        self.state.clients.pop(container.id, None)

    # --- looking ---------------------------------------------------------------------------------------

    def look_again(self, container_id: str, after: Micros) -> None:
        """After that time, or sooner, but not twice."""
        about: ClientRound = self.state.clients[container_id]
        if about.due is None or self.now + after < about.due:
            about.due = self.now + after
            self.post(after, self.look, container_id)

    def look(self, container_id: str) -> None:
        """It looks at everything anew; what it was about is done first."""
        if self._client(container_id) is None:
            return
        about: ClientRound = self.state.clients[container_id]
        if about.due is None or self.now < about.due:
            return  # it has looked sooner
        about.due = None
        if about.busy:
            self.look_again(container_id, GATHERS)
            return
        about.busy = True
        about.number += 1
        about.seen, about.versions, about.requests, about.code = [], [], [], None
        about.failed = False
        self._next(container_id)

    def _next(self, container_id: str) -> None:
        client = self._client(container_id)
        if client is None:
            return
        about: ClientRound = self.state.clients[container_id]
        looks = reconciler(client.program).looks(client)
        if len(about.seen) == len(looks):
            self._decide(container_id, client, looks)
            return
        look = looks[len(about.seen)]
        request = msgspec.structs.replace(_asked(look), user=client.user)
        answer = then(self.saw, container_id, about.number)
        self.call("apiserver", "serve", request, then=answer, timeout=PATIENCE)

    def saw(self, reply: Reply, container_id: str, number: int) -> None:
        """What is there; nothing of that name, or of that kind, is an answer, too."""
        client = self._client(container_id)
        about: ClientRound | None = self.state.clients.get(container_id)
        if client is None or about is None or about.number != number:
            return
        look = reconciler(client.program).looks(client)[len(about.seen)]
        if not reply.ok and reply.status != 404:
            self._failed(container_id, _asked(look), reply)
            return
        nothing = None if look.name else ()
        about.seen.append(reply.body if reply.ok else nothing)
        about.versions.append(reply.resource_version)
        self._next(container_id)

    # --- writing ---------------------------------------------------------------------------------------

    def _decide(self, container_id: str, client: ApiClient, looks: Any) -> None:
        about: ClientRound = self.state.clients[container_id]
        means = Means(self.clock, self.random("programs"))
        seen = dict(zip(looks, about.seen, strict=True))
        acts: Acts = reconciler(client.program).acts(client, seen, means)
        about.requests = [one for one in acts.requests if self._is_news(about, one)]
        about.code = acts.code
        self._write_log(container_id, *acts.lines)
        self._write(container_id)

    @staticmethod
    def _is_news(about: ClientRound, request: Request) -> bool:
        """Whether it is no Event that it has written already."""
        if request.resource != "events":
            return True
        event = request.body
        key = f"{event.involved_object.uid}/{event.reason}/{event.message}"
        if key in about.told:
            return False
        if len(about.told) >= MOST_TOLD:
            del about.told[next(iter(about.told))]
        about.told[key] = True
        return True

    def _write(self, container_id: str) -> None:
        """The next request that follows; after the last it ends, or watches."""
        client = self._client(container_id)
        if client is None:
            return
        about: ClientRound = self.state.clients[container_id]
        if about.requests:
            manager = reconciler(client.program).manager
            request = msgspec.structs.replace(about.requests[0], user=client.user, manager=manager)
            answer = then(self.wrote, container_id, about.number)
            self.call("apiserver", "serve", request, then=answer, timeout=PATIENCE)
            return
        about.busy = False
        container = self.running_container(container_id)
        if about.code is not None and container is not None:
            self.ended(container, about.code)
            return
        if about.failed:
            self.look_again(container_id, RETRY)
        if not reconciler(client.program).ends:
            for look, version in zip(reconciler(client.program).looks(client), about.versions, strict=True):
                self._watch(client, look, version)

    def wrote(self, reply: Reply, container_id: str, number: int) -> None:
        """It is done, or refused."""
        about: ClientRound | None = self.state.clients.get(container_id)
        if about is None or about.number != number:
            return
        request = about.requests.pop(0)
        if not reply.ok and request.resource != "events":
            client = self._client(container_id)
            if client is None or reconciler(client.program).ends:
                self._failed(container_id, request, reply)
                return
            self._say_refused(container_id, client, request, reply)
            about.failed = True
        self._write(container_id)

    def _failed(self, container_id: str, request: Request, reply: Reply) -> None:
        """It says so, and ends or tries all of it again."""
        client, container = self._client(container_id), self.running_container(container_id)
        if client is None or container is None:
            return
        program, about = reconciler(client.program), self.state.clients[container_id]
        self._say_refused(container_id, client, request, reply)
        about.busy = False
        container = self.running_container(container_id)
        if program.ends and container is not None:
            self.ended(container, 1)
        else:
            self.look_again(container_id, RETRY)

    def _say_refused(self, container_id: str, client: ApiClient, request: Request, reply: Reply) -> None:
        program, message = reconciler(client.program), reply.message or reply.reason
        self._write_log(container_id, program.refused(client, request, message, self.clock))

    def _write_log(self, container_id: str, *lines: str) -> None:
        container = self.running_container(container_id)
        if lines and container is not None:
            wrote = (*container.wrote, *(Wrote(self.now, line) for line in lines))[-MOST_WRITTEN:]
            self.put(msgspec.structs.replace(container, wrote=wrote))

    # --- watching --------------------------------------------------------------------------------------

    def _watch(self, client: ApiClient, look: Look, version: int) -> None:
        """One watch for all that look there with the same rights."""
        stream = f"{STREAM}{client.user}/{look.resource}/{look.namespace}/{look.name}"
        if stream in self.state.client_watches:
            return
        self.state.client_watches[stream] = True
        request = Request(
            "watch",
            look.resource,
            look.namespace,
            look.name,
            resource_version=version,
            stream=stream,
            routine=False,
            user=client.user,
        )
        self.call("apiserver", "serve", request, then=then(self.watches, stream), timeout=PATIENCE)

    def watches(self, reply: Reply, stream: str) -> None:
        """The watch stands. One that it has no right to, or that is of no kind yet, it does without."""
        if not reply.ok and reply.status not in (403, 404):
            self.watch_lost(stream)

    def watched(self, stream: str, kind: str, obj: Any, revision: int) -> None:
        """Something has changed."""
        self._wake(stream, GATHERS)

    def renewed(self, stream: str, obj: Any, revision: int) -> None:
        """What was merely renewed concerns no program."""

    def watch_lost(self, stream: str) -> None:
        """All of it is looked at again, and the watch opened anew."""
        self.state.client_watches.pop(stream, None)
        self._wake(stream, SECOND)

    def _wake(self, stream: str, after: Micros) -> None:
        for container_id in list(self.state.clients):
            client = self._client(container_id)
            if client is not None and stream.startswith(f"{STREAM}{client.user}/"):
                self.look_again(container_id, after)
