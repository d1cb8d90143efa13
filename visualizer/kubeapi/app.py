"""The ASGI application of the wire protocol: HTTP in, the room's API server out.

Django's sessions are neither needed nor accepted here. Every refusal is a Status. A watch is a stream of
lines, and a client that stops reading is disconnected.
"""

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from channels.db import database_sync_to_async
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from clustersim.api.errors import ApiError
from visualizer import trouble, workers
from visualizer.kubeapi.access import LONGEST_WAIT, Caller, caller_of, limits
from visualizer.kubeapi.address import Address, parse_address
from visualizer.kubeapi.backpressure import abort, unread_bytes
from visualizer.kubeapi.impersonation import impersonated
from visualizer.kubeapi.lines import HEARTBEAT, Lines
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import Response, WireError, status_body
from visualizer.kubeapi.rooms import Place, place_of
from visualizer.kubeapi.service import answer
from visualizer.kubeapi.streams.handshake import agreed, or_gone
from visualizer.kubeapi.write import refused
from visualizer.origin import is_same_origin
from visualizer.request_ids import begin, current
from visualizer.rooms.kept.branches import NoSuchBranch
from visualizer.rooms.lookup import NoSuchRoom, Stopped
from visualizer.rooms.running.viewer import Gone

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

LARGEST_BODY: Final = 3 * 1024 * 1024
"""What a real server takes (apiserver pkg/server/config.go)."""
PACKED_FROM: Final = 128 * 1024
"""Bytes from which on an answer is packed for clients that can unpack it."""
UNREAD: Final = 512 * 1024
"""So many bytes may wait for a client that does not read ..."""
PATIENCE: Final = 20.0
"""... for so many seconds."""
LONGEST_WARNING: Final = 1000
"""Characters of a warning."""


class KubeApi:
    """Serves `/k8s/`."""

    def __init__(self) -> None:
        self._limits = limits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begin()
        try:
            outcome = await self._outcome(scope, receive)
        except WireError as error:
            outcome = error.response()
        except ApiError as error:
            outcome = refused(error)
        except Exception:
            reference = trouble.report("request of an API client", path=scope["path"])
            text = f"The server could not answer. Its log says why, under {reference}."
            outcome = WireError(500, text).response()
        if isinstance(outcome, Response):
            await _send_response(
                send,
                outcome,
                head=scope["method"] == "HEAD",
                accepted=dict(scope["headers"]).get(b"accept-encoding", b"").decode("latin1"),
            )
        else:
            await _send_stream(receive, send, outcome)

    async def _outcome(self, scope: Scope, receive: Receive) -> Response | Lines:
        place, caller, request = await self._asked(scope, scope["method"])
        return await answer(place, caller, msgspec.structs.replace(request, body=await _body(receive)))

    async def _asked(self, scope: Scope, method: str) -> tuple[Place, Caller, HttpRequest]:
        """Where and by whom something is asked for, and what, except for the body."""
        headers = dict(scope["headers"])
        _check_host(headers)
        address = parse_address(scope["path"], headers)
        if address is None:
            raise WireError(404, "the server could not find the requested resource")
        place, caller = await self._enter(address, scope)
        caller = msgspec.structs.replace(caller, acting=impersonated(scope["headers"]))
        request = HttpRequest(
            method=method,
            path=address.path + ("/" if scope["path"].endswith("/proxy/") else ""),
            base=address.base,
            query=parse_qs(
                scope["query_string"].decode("latin1"), keep_blank_values=True, max_num_fields=100
            ),
            headers=headers,
            scheme=_scheme(scope, headers),
            secret=address.secret,
        )
        return place, caller, request

    async def socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket, to exec into a container, to attach to it, to forward ports of a pod, to read its logs
        or watch; any other is refused at the handshake. kubectl then asks again without one, and is told
        why."""
        await receive()
        say = or_gone(send)
        try:
            place, caller, request = await self._asked(scope, "GET")
            origin = request.header("origin")
            if origin and not request.secret and not is_same_origin(dict(scope["headers"])):
                raise WireError(403, "a page of another site asks")
            stream, protocol, give_back = await agreed(
                place, caller, request, scope.get("subprotocols", ()), say
            )
        except (WireError, ApiError):
            await send({"type": "websocket.close"})
            return
        with suppress(Gone):  # a client that leaves while it is being answered is normal life
            try:
                await say({"type": "websocket.accept", "subprotocol": protocol or None})
                await stream.run(receive)
            except Gone:
                raise
            except Exception:
                reference = trouble.report("stream of a pod", path=scope["path"])
                text = f"The server could not answer. Its log says why, under {reference}."
                await stream.close(status_body(500, text))
            finally:
                give_back()

    async def _enter(self, address: Address, scope: Scope) -> tuple[Place, Caller]:
        client = (scope.get("client") or ("", 0))[0]
        try:
            place = await place_of(address)
        except (NoSuchRoom, Stopped):
            raise WireError(404, "there is no room with this code, or it was stopped") from None
        except NoSuchBranch:
            raise WireError(404, "the room has no such branch") from None
        except workers.NotComputed:
            raise WireError(503, "the server is busy; try again in a moment") from None
        caller = await database_sync_to_async(caller_of)(place.room, address.secret, client)
        if caller is None:
            raise WireError(401, "this token is not known here, was withdrawn, or is too old")
        await self._in_turn(caller)
        return place, caller

    async def _in_turn(self, caller: Caller) -> None:
        """Waits until the caller may send one more. Raises WireError."""
        wait = self._limits.wait(caller.key, LONGEST_WAIT)
        if wait is None:
            raise WireError(
                429,
                "too many requests from this client; try again in a second",
                details={"retryAfterSeconds": 1},
            )
        if wait:
            await asyncio.sleep(wait)


def _scheme(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """http or https, as the client sees it: a proxy says so in the header that the operator trusts."""
    trusted = settings.SECURE_PROXY_SSL_HEADER
    if trusted is not None:
        name = trusted[0].removeprefix("HTTP_").replace("_", "-").lower().encode()
        if headers.get(name, b"").decode("latin1") == trusted[1]:
            return "https"
    return str(scope.get("scheme", "http"))


def _check_host(headers: dict[bytes, bytes]) -> None:
    domain, _port = split_domain_port(headers.get(b"host", b"").decode("latin1").lower())
    if not (domain and validate_host(domain, settings.ALLOWED_HOSTS)):
        raise WireError(400, "this server does not answer to that host name")


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise WireError(400, "the request ended too early")
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            raise WireError(413, f"the request is larger than {LARGEST_BODY} bytes")
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _packed(response: Response, accepted: str) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The body, and the header that says so if it is packed: what is long is, for those who can unpack it
    (apiserver pkg/endpoints/handlers/responsewriters/writers.go)."""
    body = response.encoded()
    names = [name.partition(";")[0].strip() for name in accepted.split(",")]
    if len(body) < PACKED_FROM or response.code != 200 or "gzip" not in names:
        return body, []
    return await asyncio.to_thread(gzip.compress, body, 1), [(b"content-encoding", b"gzip")]


async def _send_response(send: Send, response: Response, *, head: bool, accepted: str = "") -> None:
    body, packed = await _packed(response, accepted)
    headers = [
        *packed,
        (b"content-type", response.content_type.encode("latin1")),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-cache, private"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-request-id", current().encode()),
        *response.headers,
    ]
    for warning in response.warnings:
        text = " ".join(warning[:LONGEST_WARNING].split()).replace("\\", "\\\\").replace('"', '\\"')
        headers.append((b"warning", b'299 - "' + text.encode("ascii", "replace") + b'"'))
    await send({"type": "http.response.start", "status": response.code, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})


async def _send_stream(receive: Receive, send: Send, stream: Lines) -> None:
    """The lines of a stream as they come, until it ends, its client leaves, or no longer reads."""
    headers = [(b"content-type", stream.content_type.encode()), (b"cache-control", b"no-cache, private")]
    stuck: float | None = None
    try:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        async with stream.until_gone(receive):
            async for lines in stream.lines(HEARTBEAT):
                if unread_bytes(send) > UNREAD:
                    stuck = stuck or time.monotonic()
                    if time.monotonic() - stuck > PATIENCE:
                        abort(send)
                        return
                else:
                    stuck = None
                if lines:
                    await send({"type": "http.response.body", "body": b"".join(lines), "more_body": True})
            await send({"type": "http.response.body", "body": b""})
    finally:
        stream.close()
