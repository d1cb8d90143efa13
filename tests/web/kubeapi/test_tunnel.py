"""`kubectl port-forward`: programs of pods through SPDY within a WebSocket."""

import zlib
from typing import Any

import pytest

from clustersim.bounds import LARGEST_FORWARDED, MOST_FORWARDED_CONNECTIONS
from tests.conftest import PATIENCE
from tests.web.kubeapi.asking import Client
from tests.web.kubeapi.sockets import PODS, opened, pod_named
from visualizer.kubeapi import spdy
from visualizer.kubeapi.spdy import DICTIONARY, Data, Frames, Ping, Reset
from visualizer.kubeapi.streams.tunnel import PROTOCOL

pytestmark = pytest.mark.django_db(transaction=True)

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Kubectl:
    """The other side of a tunnel: it begins streams as client-go does, and reads what comes back."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._pack, self._frames = socket, zlib.compressobj(zdict=DICTIONARY), Frames()

    async def open(self, stream: int, **headers: str) -> None:
        texts = [text.encode() for pair in headers.items() for text in pair]
        block = len(headers).to_bytes(4, "big") + b"".join(len(t).to_bytes(4, "big") + t for t in texts)
        packed = self._pack.compress(block) + self._pack.flush(zlib.Z_SYNC_FLUSH)
        payload = stream.to_bytes(4, "big") + bytes(6) + packed
        await self.send(b"\x80\x03\x00\x01\x00" + len(payload).to_bytes(3, "big") + payload)

    async def pair(self, request: int, port: int) -> tuple[int, int]:
        """The two streams of a connection to a local port: of data, and of errors."""
        error, data = 4 * request + 1, 4 * request + 3
        for stream, kind in ((error, "error"), (data, "data")):
            await self.open(stream, streamtype=kind, port=str(port), requestid=str(request))
            reply = await self._socket.receive_from(PATIENCE)
            assert (reply[:4], reply[8:12]) == (b"\x80\x03\x00\x02", stream.to_bytes(4, "big"))
        return data, error

    async def send(self, frame: bytes) -> None:
        await self._socket.send_to(bytes_data=frame)

    async def told(self) -> Any:
        (frame,) = self._frames.read(await self._socket.receive_from(PATIENCE))
        return frame

    async def closed(self) -> int:
        output = await self._socket.receive_output(PATIENCE)
        assert output["type"] == "websocket.close"
        return int(output["code"])


async def connected(client: Client) -> tuple[Kubectl, str]:
    """A tunnel to a pod, and the pod's name."""
    pod = await pod_named(client, "tomcat")
    socket, accepted = await opened(client, f"{PODS}/{pod}/portforward", PROTOCOL)
    assert accepted
    return Kubectl(socket), pod


async def test_each_connection_is_answered_by_the_program_of_the_pod(client: Client) -> None:
    kubectl, pod = await connected(client)
    first, second = await kubectl.pair(0, 8080), await kubectl.pair(1, 8080)
    await kubectl.send(spdy.data(first[0], GET[:9]))
    await kubectl.send(spdy.data(second[0], GET + GET))
    answers = [await kubectl.told(), await kubectl.told()]
    await kubectl.send(spdy.data(first[0], GET[9:]))
    answers.append(await kubectl.told())
    assert [one.stream for one in answers] == [second[0], second[0], first[0]]
    assert all(one.data.startswith(b"HTTP/1.1 200 OK\r\n") for one in answers)
    assert all(one.data.endswith(f"\r\n\r\n{pod}\n".encode()) for one in answers)


async def test_who_sends_no_more_is_told_that_both_streams_end(client: Client) -> None:
    kubectl, _pod = await connected(client)
    data, error = await kubectl.pair(0, 8080)
    await kubectl.send(spdy.data(error, b"", last=True))
    await kubectl.send(spdy.data(data, b"", last=True))
    assert [await kubectl.told(), await kubectl.told()] == [Data(data, b"", True), Data(error, b"", True)]


async def test_a_request_that_wants_it_has_its_connection_closed(client: Client) -> None:
    kubectl, _pod = await connected(client)
    data, error = await kubectl.pair(0, 8080)
    await kubectl.send(spdy.data(data, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n" + GET))
    assert b"Connection: close\r\n" in (await kubectl.told()).data
    assert [await kubectl.told(), await kubectl.told()] == [Data(data, b"", True), Data(error, b"", True)]


async def test_where_nobody_listens_the_error_stream_says_so_and_the_next_is_answered(client: Client) -> None:
    kubectl, pod = await connected(client)
    await kubectl.pair(0, 81)
    assert (await kubectl.told()).data == b""
    why = await kubectl.told()
    assert why.data.startswith(f"error forwarding port 81 to pod {pod}, uid ".encode())
    assert (b"onnection refused" in why.data, why.last) == (True, True)
    data, _error = await kubectl.pair(1, 8080)
    await kubectl.send(spdy.data(data, GET))
    assert (await kubectl.told()).stream == data


async def test_pings_come_back_and_a_stream_that_is_given_up_ends_its_pair(client: Client) -> None:
    kubectl, _pod = await connected(client)
    await kubectl.send(spdy.ping(7))
    assert await kubectl.told() == Ping(7)
    data, error = await kubectl.pair(0, 8080)
    await kubectl.send(spdy.reset(data, spdy.REFUSED_STREAM))
    assert [await kubectl.told(), await kubectl.told()] == [Data(data, b"", True), Data(error, b"", True)]


@pytest.mark.parametrize(
    "headers",
    [
        {"streamtype": "stdin", "port": "8080", "requestid": "0"},
        {"streamtype": "data", "port": "0", "requestid": "0"},
        {"streamtype": "data", "port": "65536", "requestid": "0"},
        {"streamtype": "data", "port": "http", "requestid": "0"},
        {"streamtype": "data"},
        {},
    ],
)
async def test_streams_that_are_none_of_a_pair_are_refused(client: Client, headers: dict[str, str]) -> None:
    kubectl, _pod = await connected(client)
    await kubectl.open(1, **headers)
    assert await kubectl.told() == Reset(1)


async def test_a_stream_that_is_there_already_is_refused(client: Client) -> None:
    kubectl, _pod = await connected(client)
    await kubectl.pair(0, 8080)
    await kubectl.open(9, streamtype="data", port="8080", requestid="0")
    assert await kubectl.told() == Reset(9)


async def test_so_many_connections_are_open_at_once_and_no_more(client: Client) -> None:
    kubectl, _pod = await connected(client)
    for request in range(MOST_FORWARDED_CONNECTIONS):
        await kubectl.pair(request, 8080)
    await kubectl.open(999, streamtype="error", port="8080", requestid="999")
    assert await kubectl.told() == Reset(999)


async def test_a_request_without_an_end_is_given_up(client: Client) -> None:
    kubectl, _pod = await connected(client)
    data, _error = await kubectl.pair(0, 8080)
    await kubectl.send(spdy.data(data, b"x" * (LARGEST_FORWARDED + 1)))
    assert (await kubectl.told()).data == b""
    assert (await kubectl.told()).data.startswith(b"a request may have")


async def test_a_pod_that_is_gone_by_the_next_request_is_told_on_the_error_stream(client: Client) -> None:
    kubectl, pod = await connected(client)
    data, _error = await kubectl.pair(0, 8080)
    assert (await client.send("DELETE", f"{PODS}/{pod}?gracePeriodSeconds=0")).code == 200
    await kubectl.send(spdy.data(data, GET))
    assert (await kubectl.told()).data == b""
    assert (await kubectl.told()).data == f'pods "{pod}" not found'.encode()


async def test_what_is_no_spdy_ends_the_tunnel(client: Client) -> None:
    kubectl, _pod = await connected(client)
    await kubectl.send(b"GET / HTTP/1.1\r\n\r\n" + b"\xff" * 9)
    assert await kubectl.closed() == 1002
