"""WebSockets to pods, and what is heard on their channels."""

import json
from typing import Any

from channels.testing import WebsocketCommunicator

from tests.conftest import PATIENCE
from tests.web.kubeapi.asking import Client

PODS = "/api/v1/namespaces/default/pods"
STDOUT, STDERR, STATUS = 1, 2, 3
OLDEST, NEWEST = "channel.k8s.io", "v5.channel.k8s.io"


async def opened(client: Client, path: str, *protocols: str, **headers: str) -> tuple[Any, bool]:
    """A WebSocket, and whether it was accepted, in the first of the protocols."""
    named = [(b"host", b"testserver"), *((key.encode(), value.encode()) for key, value in headers.items())]
    socket = WebsocketCommunicator(client.app.socket, client.base + path, named, list(protocols))
    accepted, protocol = await socket.connect(PATIENCE)
    assert not accepted or protocol == (protocols[0] if protocols else None)
    return socket, accepted


async def pod_and_node(client: Client) -> tuple[str, str]:
    pod = (await client.get(PODS)).json["items"][0]
    return pod["metadata"]["name"], pod["spec"]["nodeName"]


async def pod_named(client: Client, prefix: str) -> str:
    """The first pod whose name begins so."""
    items = (await client.get(PODS)).json["items"]
    return str(next(one["metadata"]["name"] for one in items if one["metadata"]["name"].startswith(prefix)))


async def entered(
    client: Client, query: str, name: str = "", way: str = "exec", protocol: str = NEWEST
) -> tuple[Any, bool]:
    """A WebSocket into a container, and whether it was accepted."""
    name = name or (await pod_and_node(client))[0]
    return await opened(client, f"{PODS}/{name}/{way}?{query}", protocol)


async def heard(socket: Any) -> tuple[int, str]:
    """The next channel and what came on it."""
    data: bytes = await socket.receive_from(PATIENCE)
    return data[0], data[1:].decode()


async def ended(socket: Any) -> tuple[str, str, dict[str, Any]]:
    """All that is printed on both outputs until the end, and the status."""
    out, err = "", ""
    while (told := await heard(socket))[0] != STATUS:
        out, err = (out + told[1], err) if told[0] == STDOUT else (out, err + told[1])
    return out, err, json.loads(told[1])
