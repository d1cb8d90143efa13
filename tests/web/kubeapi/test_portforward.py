"""`pods/NAME/portforward`: programs of pods over a WebSocket."""

import json
from typing import Any

import pytest

from clustersim.bounds import LARGEST_FORWARDED, MOST_FORWARDED_PORTS
from tests.conftest import PATIENCE
from tests.web.kubeapi.asking import Client
from tests.web.kubeapi.pods import PORTER, after, made, pod
from tests.web.kubeapi.sockets import PODS, opened, pod_named
from visualizer.rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)

PROTOCOL = "v4.channel.k8s.io"


async def forwarded(client: Client, query: str, pod: str, protocol: str = PROTOCOL) -> tuple[Any, bool]:
    """A WebSocket to ports of a pod, and whether it was accepted."""
    return await opened(client, f"{PODS}/{pod}/portforward?{query}", protocol)


async def test_a_request_is_answered_by_the_program_of_the_pod(client: Client) -> None:
    pod = await pod_named(client, "tomcat")
    socket, accepted = await forwarded(client, "ports=8080", pod)
    assert accepted
    assert await socket.receive_from(PATIENCE) == b"\x00" + (8080).to_bytes(2, "little")
    assert await socket.receive_from(PATIENCE) == b"\x01" + (8080).to_bytes(2, "little")
    await socket.send_to(bytes_data=b"\x00GET / HTTP/1.1\r\nHost: loc")
    await socket.send_to(bytes_data=b"\x00alhost\r\n\r\n")
    answer = await socket.receive_from(PATIENCE)
    assert answer.startswith(b"\x00HTTP/1.1 200 OK\r\n")
    assert answer.endswith(f"\r\n\r\n{pod}\n".encode())
    await socket.disconnect()


async def test_where_nobody_listens_the_error_channel_says_so(client: Client) -> None:
    pod = await pod_named(client, "tomcat")
    socket, _accepted = await forwarded(client, "ports=81", pod)
    await socket.receive_from(PATIENCE)
    await socket.receive_from(PATIENCE)
    told = await socket.receive_from(PATIENCE)
    assert told.startswith(f"\x01error forwarding port 81 to pod {pod}, uid ".encode())
    assert b"onnection refused" in told
    assert (await socket.receive_output(PATIENCE))["type"] == "websocket.close"


@pytest.mark.parametrize(
    "query",
    [
        "", "ports=0", "ports=65536", "ports=http", "ports=80,", "ports=-1",
        "&".join(f"ports={port}" for port in range(1, MOST_FORWARDED_PORTS + 2)),
    ],
)  # fmt: skip
async def test_what_is_no_list_of_ports_is_refused(client: Client, query: str) -> None:
    pod = await pod_named(client, "tomcat")
    assert not (await forwarded(client, query, pod))[1]


async def test_spdy_without_a_websocket_is_refused_and_told_what_is_known(client: Client) -> None:
    pod = await pod_named(client, "tomcat")
    assert not (await forwarded(client, "ports=8080", pod, "portforward.k8s.io"))[1]
    answer = await client.send("POST", f"{PODS}/{pod}/portforward?ports=8080")
    assert (answer.code, "as kubectl does it from 1.31 on" in answer.json["message"]) == (400, True)


async def test_a_request_that_wants_it_has_its_connection_closed(client: Client) -> None:
    pod = await pod_named(client, "tomcat")
    socket, _accepted = await forwarded(client, "ports=8080", pod)
    await socket.receive_from(PATIENCE)
    await socket.receive_from(PATIENCE)
    await socket.send_to(bytes_data=b"\x00GET / HTTP/1.0\r\n\r\n")
    assert b"Connection: close\r\n" in await socket.receive_from(PATIENCE)
    assert (await socket.receive_output(PATIENCE))["type"] == "websocket.close"


async def test_a_request_without_an_end_is_given_up(client: Client) -> None:
    pod = await pod_named(client, "tomcat")
    socket, _accepted = await forwarded(client, "ports=8080", pod)
    await socket.receive_from(PATIENCE)
    await socket.receive_from(PATIENCE)
    await socket.send_to(bytes_data=b"\x00" + b"x" * (LARGEST_FORWARDED + 1))
    assert (await socket.receive_from(PATIENCE)).startswith(b"\x01a request may have")
    assert (await socket.receive_output(PATIENCE))["type"] == "websocket.close"


async def test_requests_are_told_apart_by_their_lengths_and_a_head_has_no_body(client: Client) -> None:
    pod = await pod_named(client, "tomcat")
    socket, _accepted = await forwarded(client, "ports=8080", pod)
    await socket.receive_from(PATIENCE)
    await socket.receive_from(PATIENCE)
    await socket.send_to(bytes_data=b"\x00POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n")
    await socket.send_to(bytes_data=b"\x00helloHEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n")
    bodies = [(await socket.receive_from(PATIENCE)).partition(b"\r\n\r\n")[2].decode() for _ in range(3)]
    assert bodies == [f"{pod}\n", "", f"{pod}\n"]
    await socket.disconnect()


async def test_a_pod_that_is_gone_by_the_next_request_is_told_on_the_error_channel(client: Client) -> None:
    pod = await pod_named(client, "tomcat")
    socket, _accepted = await forwarded(client, "ports=8080", pod)
    await socket.receive_from(PATIENCE)
    await socket.receive_from(PATIENCE)
    assert (await client.send("DELETE", f"{PODS}/{pod}?gracePeriodSeconds=0")).code == 200
    await socket.send_to(bytes_data=b"\x00GET / HTTP/1.1\r\n\r\n")
    assert await socket.receive_from(PATIENCE) == f'\x01pods "{pod}" not found'.encode()
    assert (await socket.receive_output(PATIENCE))["type"] == "websocket.close"


async def test_the_program_is_told_how_it_is_asked(client: Client, room: Room) -> None:
    await made(client, "pods", pod("p", PORTER))
    await after(room, 20)
    socket, _accepted = await forwarded(client, "ports=80", "p")
    await socket.receive_from(PATIENCE)
    await socket.receive_from(PATIENCE)
    await socket.send_to(bytes_data=b"\x00PUT / HTTP/1.1\r\n\r\n")
    body = json.loads((await socket.receive_from(PATIENCE)).partition(b"\r\n\r\n")[2])
    assert body == {"Method": "PUT", "Body": "foo"}
    await socket.disconnect()
