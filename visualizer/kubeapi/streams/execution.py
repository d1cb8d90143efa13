"""`pods/NAME/exec` over a WebSocket, as kubectl and other clients of today ask for it.

Each message is a byte that names its channel, and data (apimachinery pkg/util/remotecommand/constants.go).
What runs is what the console knows inside a container; a shell reads it line by line.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from clustersim import Command
from clustersim.console import LONGEST_LINE, Answer, exec_in
from clustersim.console.api import Api
from clustersim.console.nodes.container_logs import Part, shown, written
from clustersim.console.nodes.container_programs import decoded, encoded
from clustersim.console.nodes.held import record_of, with_id
from clustersim.console.nodes.inside import NOT_EXECUTED, Executed, reads_stdin
from clustersim.engine.calendar import in_force
from clustersim.programs.calling import calls_of, with_values
from clustersim.shell.expanding import Memory
from clustersim.shell.plain import SHELLS
from clustersim.shell.ran import Ran
from clustersim.shell.words import ShellError
from visualizer.kubeapi import rights
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import WireError, status_body
from visualizer.kubeapi.rooms import Place
from visualizer.kubeapi.streams.containers import (
    NotStreamed,
    admit,
    container_named,
    pod_of,
    reach_running,
)
from visualizer.kubeapi.streams.line_discipline import CONTINUES, END_OF_FILE, INTERRUPT, Terminal
from visualizer.lessons.powers import refusal
from visualizer.rooms.frames.stage import Act, Look
from visualizer.rooms.running.console_line import NotDone, carry_out
from visualizer.rooms.running.viewer import Gone
from visualizer.texts import Texts, texts

FIRST: Final = "channel.k8s.io"
PROTOCOLS: Final = ("v5.channel.k8s.io", "v4.channel.k8s.io", FIRST)
"""Real servers know the first of them since v1.30. Here all rooms do: kubectl of today would fall back to
SPDY. In the last, as old as exec, errors are told in plain words and success by the end alone."""
BY_WEBSOCKET: Final = "commands in containers are run over a WebSocket: use kubectl 1.30 or newer"
LOOKS: Final = 0.5
"""Seconds between two looks at what has happened since."""
END_OF_ARCHIVE: Final = bytes(1024)
"""Two blocks of zeros, after which tar reads on no more."""
STDIN, STDOUT, STDERR, ERROR, CLOSE = 0, 1, 2, 3, 255


class Wanted(msgspec.Struct, frozen=True):
    """What is to run where. typed: from lines that are sent to it; sent: it reads what is sent to its end."""

    namespace: str
    pod: str
    container: str
    command: tuple[str, ...]
    typed: bool
    sent: bool
    tty: bool


def wanted(place: Place, caller: Caller, target: Target, request: HttpRequest) -> Wanted:
    """What a request asks for, once one knows that its container is there and its kubelet answers. Raises
    WireError and ApiError."""
    pod = pod_of(place, caller, target)
    if pod.status.phase in ("Succeeded", "Failed"):
        phase = pod.status.phase
        raise WireError(400, f"cannot exec into a container in a completed pod; current phase is {phase}")
    container = container_named(pod, request.text("container"))
    command = tuple(request.query.get("command", ()))
    if not command:
        raise WireError(400, "you must specify at least one command for the container")
    admit(place, pod, "exec", request)
    reach_running(place.cluster, pod, container, "exec", request)
    stdin = request.flag("stdin")
    typed = stdin and command[0] in SHELLS and len(command) == 1
    sent = stdin and not typed and reads_stdin(command)
    return Wanted(target.namespace, target.name, container, command, typed, sent, request.flag("tty"))


def failed(why: str, code: int = 1) -> Executed:
    """A command that was not run."""
    return Executed(Ran(err=f"{why}\n", code=code))


class Ending:
    """What tells how a stream ends, in the way of its protocol."""

    def __init__(self, protocol: str, send: Any) -> None:
        self._protocol = protocol
        self._send = send

    async def close(self, status: dict[str, Any]) -> None:
        """Ends with a Status."""
        told = msgspec.json.encode(status)
        if self._protocol == FIRST:
            told = b"" if status["status"] == "Success" else str(status["message"]).encode()
        if told:
            await self._send({"type": "websocket.send", "bytes": bytes((ERROR,)) + told})
        await self._send({"type": "websocket.close", "code": 1000})


class Refusal(Ending):
    """A stream that tells nothing but why it is none."""

    def __init__(self, why: NotStreamed, protocol: str, send: Any) -> None:
        super().__init__(protocol, send)
        self._why = why

    async def run(self, receive: Any) -> None:
        """Raises Gone."""
        await self.close(status_body(self._why.code, str(self._why), self._why.reason))


class Session(Ending):
    """One command, or one shell, of one client."""

    def __init__(
        self, place: Place, caller: Caller, target: Target, what: Wanted, protocol: str, send: Any
    ) -> None:
        super().__init__(protocol, send)
        self._place = place
        self._caller = caller
        self._target = target
        self._what = what

    async def run(self, receive: Any) -> None:
        """To the status that ends it. Raises Gone."""
        if self._what.typed:
            await self.end(await self._shell(receive))
            return
        stdin = await self._sent(receive) if self._what.sent else ""
        executed = await self._execute(self._what.command, stdin)
        if executed.ran.err.startswith(NOT_EXECUTED):
            await self.close(
                status_body(500, f"Internal error occurred: {executed.ran.err}", "InternalError")
            )
        else:
            await self._print(executed.ran)
            await self.end(executed.ran.code)

    async def _sent(self, receive: Any) -> str:
        """What is sent to a program until its end; a bare `cat` says it again as it comes."""
        echoes = self._what.command in (("cat",), ("sh", "-c", "cat"), ("/bin/sh", "-c", "cat"))
        terminal = Terminal(tty=self._what.tty)
        data = b""
        while len(data) <= LONGEST_LINE:
            try:
                piece = await self._received(receive)
            except Gone:  # Whoever leaves sends no more: the program goes on with what it has.
                break
            if piece is None or (self._what.tty and END_OF_FILE.encode() in piece):
                break
            if echoes:
                await self._tell(STDOUT, terminal.typed(piece)[0] + decoded(piece))
            else:
                data += piece
                if data.endswith(END_OF_ARCHIVE) and self._what.command[0].endswith("tar"):
                    break
        return decoded(data)

    async def _received(self, receive: Any) -> bytes | None:
        """The next that is sent to the program; None: nothing more comes. Raises Gone."""
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                raise Gone
            data = message.get("bytes") or (message.get("text") or "").encode()
            if data[:2] == bytes((CLOSE, STDIN)):
                return None
            if data[:1] == bytes((STDIN,)) and len(data) > 1:
                return bytes(data[1:])

    async def _shell(self, receive: Any) -> int:
        terminal, memory, unfinished = Terminal(tty=self._what.tty), Memory(), ""
        await self._tell(STDOUT, terminal.prompt)
        while not terminal.ended:
            piece = await self._received(receive)
            if piece is None:
                break
            echo, lines = terminal.typed(piece)
            await self._tell(STDOUT, echo)
            for line in lines:
                if not unfinished and calls_of(line, memory.variables) is not None:
                    await self._loop(with_values(line, memory.variables), receive)
                    await self._tell(STDOUT, terminal.prompt)
                    continue
                unfinished = await self._line(f"{unfinished}{line}", memory)
                if memory.ended:
                    return memory.code
                await self._tell(STDOUT, CONTINUES if unfinished and terminal.prompt else terminal.prompt)
        return memory.code

    async def _loop(self, line: str, receive: Any) -> None:
        """A loop that asks others over and over: what it prints is seen until Ctrl-C ends it. Raises Gone."""
        if not await self._run_loop(line):
            return
        seen = self._place.cluster.now
        ended = asyncio.create_task(self._interrupted(receive))
        try:
            while not ended.done():
                await asyncio.wait((ended,), timeout=LOOKS)
                seen = await self._news(seen)
            ended.result()
        finally:
            ended.cancel()
            await self._run_loop("")
        await self._tell(STDOUT, "^C\n")

    async def _interrupted(self, receive: Any) -> None:
        """Until Ctrl-C, or until nothing more is typed. Raises Gone."""
        while (piece := await self._received(receive)) is not None and INTERRUPT.encode() not in piece:
            pass

    async def _run_loop(self, script: str) -> bool:
        """It runs from now on, or, if empty, no more; whether that could be done."""
        what, place = self._what, self._place
        pod = place.cluster.object("pods", f"{what.namespace}/{what.pod}")
        if pod is None or place.hub is None:
            return False
        command = Command("run-loop", pod.metadata.uid, {"container": what.container, "script": script})
        try:
            await carry_out(place.hub, Answer(commands=(command,)), self._caller.name, self._forbids, "exec")
        except NotDone as why:
            await self._print(Ran(err=f"{why}\n"))
            return False
        return True

    async def _news(self, seen: int, number: str = "") -> int:
        """What the container has written since, that of this number or the one that runs; returns up to when
        that is told."""
        what, cluster = self._what, self._place.cluster
        pod, now = cluster.object("pods", f"{what.namespace}/{what.pod}"), cluster.now
        if pod is None or now <= seen:
            return seen
        record = with_id(cluster, pod, number) if number else record_of(Api(cluster), pod, what.container)
        if record is None:
            return seen
        with in_force(cluster.calendar):
            text = shown(written(cluster, pod, record).lines, Part(since=seen + 1))
        await self._tell(STDOUT, text)
        return now

    async def _line(self, line: str, memory: Memory) -> str:
        """Runs a line of a shell; returns it where more lines must come before it can run."""
        if not line.strip():
            return ""
        try:
            executed = await self._execute(("sh", "-c", line), "", memory)
        except ShellError:
            return f"{line}\n" if len(line) < LONGEST_LINE else ""
        await self._print(executed.ran)
        return ""

    async def _print(self, ran: Ran) -> None:
        await self._tell(STDOUT, ran.out)
        await self._tell(STDERR, ran.err)
        if ran.note is not None:
            await self._tell(STDERR, f"{texts(ran.note)['en']}\n")

    async def _execute(self, command: Sequence[str], stdin: str, memory: Memory | None = None) -> Executed:
        """Raises ShellError for what is unfinished where it has a memory."""
        what, place = self._what, self._place
        try:
            rights.check_look(place, self._caller, self._target)
            executed = exec_in(
                place.cluster, what.namespace, what.pod, what.container, command, stdin=stdin, memory=memory
            )
        except WireError as error:
            return failed(str(error))
        except ShellError as error:
            if memory is not None:
                raise
            return failed(str(error), 2)
        if not executed.commands:
            return executed
        if place.hub is None:
            return failed("this is the past: it can only be looked at")
        try:
            answer = Answer(commands=executed.commands)
            await carry_out(place.hub, answer, self._caller.name, self._forbids, "exec")
        except NotDone as why:
            return failed(str(why))
        return executed

    def _forbids(self, frame: Act | Look) -> Texts | None:
        return refusal(self._caller.actor, frame)

    async def _tell(self, channel: int, text: str) -> None:
        if text:
            shown = text.replace("\n", "\r\n") if self._what.tty else text
            await self._send({"type": "websocket.send", "bytes": bytes((channel,)) + encoded(shown)})

    async def end(self, code: int) -> None:
        """The exit code, as a Status, and goodbye."""
        status: dict[str, Any] = {"metadata": {}, "status": "Success"}
        if code:
            message = f"command terminated with non-zero exit code: exit status {code}"
            causes = [{"reason": "ExitCode", "message": str(code)}]
            status = status_body(500, message, "NonZeroExitCode", {"causes": causes})
        await self.close(status)
