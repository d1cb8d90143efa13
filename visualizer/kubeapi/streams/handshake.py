"""What a WebSocket is opened for: a program in a container, ports of a pod, its logs, or a watch."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, Protocol

from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.lines import Lines
from visualizer.kubeapi.paths import Target, parse_target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import WireError
from visualizer.kubeapi.rooms import Place
from visualizer.kubeapi.service import answer
from visualizer.kubeapi.streams import execution, forwarding, tunnel
from visualizer.kubeapi.streams.attaching import Attachment, attached
from visualizer.kubeapi.streams.containers import NotStreamed
from visualizer.kubeapi.streams.execution import Refusal, Session, wanted
from visualizer.kubeapi.streams.forwarding import Forwarding
from visualizer.kubeapi.streams.socket_streams import SocketStream, protocol_of
from visualizer.kubeapi.streams.tunnel import Tunnel
from visualizer.rooms.running.viewer import Gone

Send = Callable[[Any], Awaitable[None]]


class Stream(Protocol):
    """What goes on over one WebSocket that was accepted."""

    async def run(self, receive: Any) -> None:
        """To its end. Raises Gone."""

    async def close(self, status: dict[str, Any]) -> None:
        """It cannot go on, for the reason in a Status. Raises Gone."""


def _nothing_held() -> None:
    """Most streams hold nothing before they run."""


class Agreed(NamedTuple):
    """A stream, and the protocol that both sides speak, empty for none. give_back: what it holds from now on,
    whether it ever runs or not."""

    stream: Stream
    protocol: str
    give_back: Callable[[], None] = _nothing_held


async def agreed(
    place: Place, caller: Caller, request: HttpRequest, offered: Sequence[str], say: Send
) -> Agreed:
    """What a request for a WebSocket leads to. offered: protocols that its client speaks. Raises WireError
    and ApiError."""
    target = parse_target("GET", request.path, watch=request.flag("watch"))
    if target is None:
        raise _nothing()
    protocol = _spoken(target, offered)
    match target.subresource, protocol:
        case _, None:
            if (protocol := protocol_of(target, offered)) is None:
                raise _nothing()
            found = await answer(place, caller, request)
            held = found.close if isinstance(found, Lines) else _nothing_held
            return Agreed(SocketStream(found, protocol, say), protocol, held)
        case "portforward", tunnel.PROTOCOL:
            return Agreed(Tunnel(place, caller, target, say), protocol)
        case "portforward", _:
            return Agreed(Forwarding(place, caller, target, request, say), protocol)
        case part, _:
            asks, session = (attached, Attachment) if part == "attach" else (wanted, Session)
            try:
                what = asks(place, caller, target, request)
            except NotStreamed as why:
                return Agreed(Refusal(why, protocol, say), protocol)
            return Agreed(session(place, caller, target, what, protocol, say), protocol)


def _spoken(target: Target, offered: Sequence[str]) -> str | None:
    """The first protocol with channels that both sides speak; None: there is none."""
    spoken = {
        "portforward": (forwarding.PROTOCOL, tunnel.PROTOCOL),
        "attach": execution.PROTOCOLS,
        "exec": execution.PROTOCOLS,
    }.get(target.subresource, ())
    return next((one for one in spoken if one in offered), None)


def _nothing() -> WireError:
    return WireError(400, "there is nothing to be had here by a WebSocket")


def or_gone(send: Send) -> Send:
    """Says something to the client; raises Gone where nobody listens any more."""

    async def say(message: Any) -> None:
        try:
            await send(message)
        except Exception as error:  # The server's own, of which each has another.
            raise Gone from error

    return say
