"""Logs and watches over a WebSocket, and who may open one."""

import json

import pytest

from clustersim import seconds
from tests.conftest import PATIENCE
from tests.web.kubeapi.asking import Client
from tests.web.kubeapi.sockets import PODS, opened
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_page_of_another_site_needs_a_token_in_its_address(client: Client, room: Room) -> None:
    visitor, elsewhere = Client(room), "http://elsewhere.test"
    for asking, origin, expected in (
        (visitor, elsewhere, False),
        (visitor, "http://testserver", True),
        (client, elsewhere, True),
    ):
        socket, accepted = await opened(asking, f"{PODS}?watch=1", origin=origin)
        assert accepted is expected
        await socket.disconnect()


async def test_a_watch_comes_over_a_websocket(client: Client) -> None:
    socket, _accepted = await opened(client, "/api/v1/namespaces/default/configmaps?watch=true")
    assert json.loads(await socket.receive_from(PATIENCE))["object"]["metadata"]["name"] == "kube-root-ca.crt"
    await socket.disconnect()


async def test_logs_come_over_a_websocket(client: Client, room: Room) -> None:
    body = {"metadata": {"name": "w"}, "spec": {"containers": [{"name": "c", "image": "hello-world"}]}}
    assert (await client.send("POST", PODS, body)).code == 201
    hub = await rooms.open(room.code)
    hub.runner.player.run.run_until(hub.runner.player.now + seconds(20))
    socket, _accepted = await opened(client, f"{PODS}/w/log", "binary.k8s.io")
    assert b"Hello from Docker" in await socket.receive_from(PATIENCE)


async def test_a_client_that_leaves_before_it_is_accepted_leaves_no_watch(client: Client, room: Room) -> None:
    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        raise ConnectionError("the client has gone")

    path = f"{client.base}/api/v1/namespaces/default/configmaps"
    scope = {"type": "websocket", "path": path, "query_string": b"watch=1", "subprotocols": []}
    await client.app.socket({**scope, "headers": [(b"host", b"testserver")]}, receive, send)
    assert len((await rooms.open(room.code)).watches) == 0
