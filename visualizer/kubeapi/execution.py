"""`pods/NAME/exec` over a WebSocket, as kubectl and other clients of today ask for it.

Each message is a byte that names its channel, and data (apimachinery pkg/util/remotecommand/constants.go).
What runs is what the console knows inside a container; a shell reads it line by line.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.registry import RESOURCES
from clustersim.apiserver.calls import NOT_SERVED
from clustersim.apiserver.rehearsal import check_reachable
from clustersim.console import Answer, exec_in
from clustersim.console.nodes.inside import SHELLS
from visualizer.kubeapi import rights
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.containers import container_named, reach, status_of
from visualizer.kubeapi.line_discipline import Terminal
from visualizer.kubeapi.look import stored
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import WireError, status_body
from visualizer.kubeapi.rooms import Place
from visualizer.lessons.powers import forbidden
from visualizer.rooms.console_line import NotDone, carry_out
from visualizer.rooms.frames import Act, Look
from visualizer.rooms.viewer import Gone
from visualizer.texts import Texts, texts

PROTOCOLS: Final = ("v5.channel.k8s.io", "v4.channel.k8s.io")
"""Real servers know the first since v1.30. Here all rooms do: kubectl of today would fall back to SPDY."""
BY_WEBSOCKET: Final = "commands in containers are run over a WebSocket: use kubectl 1.30 or newer"
STDIN, STDOUT, STDERR, ERROR, CLOSE = 0, 1, 2, 3, 255


class Wanted(msgspec.Struct, frozen=True):
    """What is to run where. typed: from lines that are sent to it."""

    namespace: str
    pod: str
    container: str
    command: tuple[str, ...]
    typed: bool
    tty: bool


def wanted(place: Place, caller: Caller, target: Target, request: HttpRequest) -> Wanted:
    """What a request asks for, once one knows that its container is there and its kubelet answers. Raises
    WireError and ApiError."""
    if (target.api_version, target.resource) != ("v1", "pods") or target.verb not in ("get", "create"):
        raise WireError(404, NOT_SERVED)
    rights.check_look(place, caller, target)
    check_reachable(place.cluster.world.apiserver)
    pod = stored(place.cluster, target, RESOURCES["pods"])
    assert isinstance(pod, Pod)
    if pod.status.phase in ("Succeeded", "Failed"):
        phase = pod.status.phase
        raise WireError(400, f"cannot exec into a container in a completed pod; current phase is {phase}")
    container = container_named(pod, request.text("container"))
    command = tuple(request.query.get("command", ()))
    if not command:
        raise WireError(400, "you must specify at least one command for the container")
    if not pod.spec.node_name:
        raise WireError(400, f"pod {pod.metadata.name} does not have a host assigned")
    reach(place.cluster, pod, container, "exec")
    status = status_of(pod, container)
    if status is None or status.state.running is None:
        raise WireError(500, f'unable to upgrade connection: container not found ("{container}")')
    typed = request.flag("stdin") and command[0] in SHELLS and len(command) == 1
    return Wanted(target.namespace, target.name, container, command, typed, request.flag("tty"))


class Session:
    """One command, or one shell, of one client."""

    def __init__(self, place: Place, caller: Caller, target: Target, what: Wanted, send: Any) -> None:
        self._place = place
        self._caller = caller
        self._target = target
        self._what = what
        self._send = send

    async def run(self, receive: Any, protocol: str) -> None:
        """From the handshake to the status that ends it. Raises Gone."""
        await self._say({"type": "websocket.accept", "subprotocol": protocol})
        code = await (self._shell(receive) if self._what.typed else self._once(self._what.command))
        await self.end(code)

    async def _shell(self, receive: Any) -> int:
        terminal = Terminal(tty=self._what.tty)
        await self._tell(STDOUT, terminal.prompt)
        code = 0
        while not terminal.ended:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                raise Gone
            data = message.get("bytes") or (message.get("text") or "").encode()
            if data[:2] == bytes((CLOSE, STDIN)):
                terminal.end()
            if data[:1] != bytes((STDIN,)):
                continue
            echo, lines = terminal.typed(data[1:])
            await self._tell(STDOUT, echo)
            for line in lines:
                if line.strip():
                    code = await self._once(("sh", "-c", line))
                await self._tell(STDOUT, terminal.prompt)
        return code

    async def _once(self, command: Sequence[str]) -> int:
        """The exit code of a command, when all it printed was sent."""
        answer = await self._answer(command)
        channel = STDOUT if answer.ok else STDERR
        await self._tell(channel, answer.text)
        if answer.note is not None:
            await self._tell(STDERR, texts(answer.note)["en"])
        return 0 if answer.ok else 1

    async def _answer(self, command: Sequence[str]) -> Answer:
        what, place = self._what, self._place
        try:
            rights.check_look(place, self._caller, self._target)
        except WireError as error:
            return Answer(text=str(error), ok=False)
        answer = exec_in(place.cluster, what.namespace, what.pod, what.container, command)
        if not answer.commands:
            return answer
        if place.hub is None:
            return Answer(text="this is the past: it can only be looked at", ok=False)
        try:
            return await carry_out(place.hub, answer, self._caller.name, self._forbids, "exec")
        except NotDone as why:
            return Answer(text=str(why), ok=False)

    def _forbids(self, frame: Act | Look) -> Texts | None:
        reason = forbidden(self._caller.actor, frame)
        return None if reason is None else texts(reason)

    async def _tell(self, channel: int, text: str) -> None:
        if not text:
            return
        if not text.endswith(("\n", " ")):
            text += "\n"
        if self._what.tty:
            text = text.replace("\n", "\r\n")
        await self._say({"type": "websocket.send", "bytes": bytes((channel,)) + text.encode()})

    async def _say(self, message: dict[str, Any]) -> None:
        """Raises Gone where nobody listens any more."""
        try:
            await self._send(message)
        except Exception as error:  # The server's own, of which each has another.
            raise Gone from error

    async def end(self, code: int) -> None:
        """The exit code, as a Status, and goodbye."""
        status: dict[str, Any] = {"metadata": {}, "status": "Success"}
        if code:
            message = f"command terminated with non-zero exit code: exit status {code}"
            causes = [{"reason": "ExitCode", "message": str(code)}]
            status = status_body(500, message, "NonZeroExitCode", {"causes": causes})
        await self.close(status)

    async def close(self, status: dict[str, Any]) -> None:
        """Ends with a Status."""
        await self._say({"type": "websocket.send", "bytes": bytes((ERROR,)) + msgspec.json.encode(status)})
        await self._say({"type": "websocket.close", "code": 1000})
