"""`pods/NAME/attach` over a WebSocket, as `kubectl attach` and `kubectl run -it` ask for it.

A shell that reads what is typed gets it, and its container ends with it. Of any other program one sees what
it writes from then on, as far as this model knows it, and how it ends; Ctrl-C at a terminal ends it.
"""

import asyncio
from typing import Any, Final

from clustersim import Command
from clustersim.api.pod_containers import every_container
from clustersim.console import Answer
from clustersim.console.kubectl.making.running import INTERRUPTED
from clustersim.programs import is_shell_image
from clustersim.shell.plain import SHELLS
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import WireError
from visualizer.kubeapi.rooms import Place
from visualizer.kubeapi.streams.containers import admit, container_named, pod_of, reach_running, status_of
from visualizer.kubeapi.streams.execution import LOOKS, STDIN, Session, Wanted
from visualizer.kubeapi.streams.line_discipline import INTERRUPT
from visualizer.rooms.running.console_line import NotDone, carry_out
from visualizer.rooms.running.viewer import Gone

BY_WEBSOCKET: Final = "containers are attached to over a WebSocket: use kubectl 1.31 or newer"


def attached(place: Place, caller: Caller, target: Target, request: HttpRequest) -> Wanted:
    """What is attached to, once one knows that it runs and its kubelet answers. Raises WireError and
    ApiError."""
    pod = pod_of(place, caller, target)
    if (phase := pod.status.phase) in ("Succeeded", "Failed"):
        raise WireError(400, f"cannot attach a container in a completed pod; current phase is {phase}")
    name = container_named(pod, request.text("container"))
    admit(place, pod, "attach", request)
    reach_running(place.cluster, pod, name, "attach", request)
    container = next(one for one in every_container(pod) if one.name == name)
    words = (*container.command, *container.args)
    shell = words[0] in SHELLS if len(words) == 1 else not words and is_shell_image(container.image)
    return Wanted(
        target.namespace,
        target.name,
        name,
        ("sh",),
        typed=shell and container.stdin and request.flag("stdin"),
        sent=False,
        tty=container.tty and request.flag("tty"),
    )


class Attachment(Session):
    """One client at the input and output of a container's program."""

    async def run(self, receive: Any) -> None:
        """To the status that ends it. Raises Gone."""
        if self._what.typed:
            await self._exit(await self._shell(receive))
        else:
            await self._until_its_end(receive)
        await self.end(0)

    async def _exit(self, code: int) -> None:
        """The shell was left: it was the container's program."""
        what, place = self._what, self._place
        if place.hub is None:
            return
        pod = place.cluster.object("pods", f"{what.namespace}/{what.pod}")
        if pod is None:
            return
        command = Command("crash-container", pod.metadata.uid, {"container": what.container, "code": code})
        try:
            answer = Answer(commands=(command,))
            await carry_out(place.hub, answer, self._caller.name, self._forbids, "attach")
        except NotDone:
            return

    async def _until_its_end(self, receive: Any) -> None:
        """Raises Gone when the client leaves first."""
        began, seen = self._running(), self._place.cluster.now
        leaving = asyncio.create_task(self._left(receive))
        try:
            while began is not None and self._running() == began:
                done, _waiting = await asyncio.wait((leaving,), timeout=LOOKS)
                if done:
                    leaving.result()
                    raise Gone
                seen = await self._news(seen, began)
        finally:
            leaving.cancel()
        if began is not None:
            await self._news(seen, began)

    async def _left(self, receive: Any) -> None:
        """Until the client leaves; Ctrl-C on the way ends the program."""
        while (message := await receive())["type"] != "websocket.disconnect":
            data = message.get("bytes") or b""
            if self._what.tty and data[:1] == bytes((STDIN,)) and INTERRUPT.encode() in data:
                await self._exit(INTERRUPTED)

    def _running(self) -> str | None:
        """The container that runs there; None if none does."""
        what = self._what
        pod = self._place.cluster.object("pods", f"{what.namespace}/{what.pod}")
        status = None if pod is None else status_of(pod, what.container)
        return status.container_id if status is not None and status.state.running is not None else None
