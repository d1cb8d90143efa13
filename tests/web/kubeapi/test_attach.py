"""`pods/NAME/attach`: at the input and output of a container's program, over a WebSocket."""

import asyncio
from typing import Any

import pytest

from clustersim import seconds
from clustersim.console.api import Api
from clustersim.console.nodes.held import record_of
from tests.conftest import PATIENCE
from tests.web.kubeapi.asking import Client
from tests.web.kubeapi.sockets import OLDEST, PODS, STDOUT, ended, entered, heard
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

BOX = {"name": "box", "image": "busybox", "stdin": True, "tty": True}
TYPED = "container=box&stdin=true&stdout=true&tty=true"


async def box(client: Client, room: Room, **more: Any) -> Any:
    """A pod that ends with its program, once it runs; and its room's cluster."""
    spec = {"containers": [{**BOX, **more}], "restartPolicy": "Never"}
    await client.send("POST", PODS, {"metadata": {"name": "box"}, "spec": spec})
    hub = await rooms.open(room.code)
    cluster = hub.runner.player.cluster
    cluster.run_until(cluster.now + seconds(20))
    assert (await client.get(f"{PODS}/box")).json["status"]["phase"] == "Running"
    return cluster


async def test_a_shell_that_is_attached_to_is_left_and_its_pod_has_ended(client: Client, room: Room) -> None:
    cluster = await box(client, room)
    socket, _accepted = await entered(client, TYPED, "box", "attach")
    await socket.send_to(bytes_data=b"\x00hostname\r")
    await socket.send_to(bytes_data=b"\x00exit 3\r")
    out, _err, status = await ended(socket)
    assert "\r\nbox\r\n" in out
    assert status["status"] == "Success"
    cluster.run_until(cluster.now + seconds(10))
    told = (await client.get(f"{PODS}/box")).json["status"]
    assert (told["phase"], told["containerStatuses"][0]["state"]["terminated"]["exitCode"]) == ("Failed", 3)


async def test_a_program_that_says_nothing_is_watched_until_it_ends(client: Client, room: Room) -> None:
    cluster = await box(client, room, command=["sleep", "60"])
    socket, accepted = await entered(client, TYPED, "box", "attach")
    assert accepted
    cluster.run_until(cluster.now + seconds(90))
    assert (await ended(socket))[0] == ""
    _socket, accepted = await entered(client, TYPED, "box", "attach")
    assert not accepted, "it has ended"


async def test_what_a_program_writes_is_seen_until_ctrl_c_ends_it(client: Client, room: Room) -> None:
    script = "while true; do echo still here; sleep 1; done"
    cluster = await box(client, room, command=["sh", "-c", script])
    socket, _accepted = await entered(client, TYPED, "box", "attach")
    cluster.run_until(cluster.now + seconds(3))
    channel, text = await heard(socket)
    assert (channel, text[:12]) == (STDOUT, "still here\r\n")
    await socket.send_to(bytes_data=b"\x00\x03")
    pod = cluster.object("pods", "default/box")
    while record_of(Api(cluster), pod, "box") is not None:
        await asyncio.sleep(0.01)
    cluster.run_until(cluster.now + seconds(10))
    await ended(socket)
    told = (await client.get(f"{PODS}/box")).json["status"]
    assert told["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 130


async def test_who_leaves_what_is_attached_leaves_it_running(client: Client, room: Room) -> None:
    await box(client, room, command=["sleep", "600"])
    socket, _accepted = await entered(client, TYPED, "box", "attach")
    await socket.disconnect()
    assert (await client.get(f"{PODS}/box")).json["status"]["phase"] == "Running"


async def test_the_first_protocol_tells_success_by_the_end_alone(client: Client, room: Room) -> None:
    cluster = await box(client, room, command=["sleep", "60"])
    socket, _accepted = await entered(client, TYPED, "box", "attach", OLDEST)
    cluster.run_until(cluster.now + seconds(90))
    assert (await socket.receive_output(PATIENCE))["type"] == "websocket.close"


async def test_a_loop_that_is_typed_asks_until_ctrl_c(client: Client, room: Room) -> None:
    cluster = await box(client, room)
    socket, _accepted = await entered(client, TYPED, "box", "attach")
    await socket.send_to(bytes_data=b"\x00while sleep 1; do wget -q -O- http://nobody; done\r")
    pod = cluster.object("pods", "default/box")
    while (record := record_of(Api(cluster), pod, "box")).program is None:
        await asyncio.sleep(0.01)
    cluster.run_until(cluster.now + seconds(5))
    said = ""
    while "wget: bad address 'nobody'\r\n" not in said:
        said += (await heard(socket))[1]
    await socket.send_to(bytes_data=b"\x00\x03")
    while (record := record_of(Api(cluster), pod, "box")).program.calls is not None:
        await asyncio.sleep(0.01)
    assert record.state == "running", "the shell goes on"
    await socket.send_to(bytes_data=b"\x00exit\r")
    await ended(socket)
