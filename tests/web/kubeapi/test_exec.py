"""`pods/NAME/exec`: commands and shells in containers, over a WebSocket."""

import gzip
import io
import json
import tarfile
from typing import Any
from urllib.parse import quote

import pytest
from channels.testing import WebsocketCommunicator

from clustersim import Command, seconds
from tests.conftest import PATIENCE
from tests.web.kubeapi.asking import Client
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

PODS = "/api/v1/namespaces/default/pods"
STDOUT, STDERR, STATUS = 1, 2, 3


async def pod_and_node(client: Client) -> tuple[str, str]:
    pod = (await client.get(PODS)).json["items"][0]
    return pod["metadata"]["name"], pod["spec"]["nodeName"]


async def entered(
    client: Client, query: str, name: str = "", way: str = "exec", **headers: str
) -> tuple[Any, bool]:
    """A WebSocket, and whether it was accepted."""
    name = name or (await pod_and_node(client))[0]
    named = [(b"host", b"testserver"), *((key.encode(), value.encode()) for key, value in headers.items())]
    path = f"{client.base}{PODS}/{name}/{way}?{query}"
    socket = WebsocketCommunicator(client.app.socket, path, named, ["v5.channel.k8s.io"])
    accepted, _protocol = await socket.connect(PATIENCE)
    return socket, accepted


async def heard(socket: Any) -> tuple[int, str]:
    """The next channel and what came on it."""
    data: bytes = await socket.receive_from(PATIENCE)
    return data[0], data[1:].decode()


async def test_a_command_prints_and_ends_with_its_code(client: Client) -> None:
    socket, _accepted = await entered(client, "command=cat&command=/none&stdout=true")
    channel, text = await heard(socket)
    assert (channel, "No such file" in text) == (STDERR, True)
    while (told := await heard(socket))[0] != STATUS:
        pass
    assert json.loads(told[1])["details"]["causes"] == [{"reason": "ExitCode", "message": "1"}]


async def ended(socket: Any) -> tuple[str, str, dict[str, Any]]:
    """All that is printed on both outputs until the end, and the status."""
    out, err = "", ""
    while (told := await heard(socket))[0] != STATUS:
        out, err = (out + told[1], err) if told[0] == STDOUT else (out, err + told[1])
    return out, err, json.loads(told[1])


async def test_a_script_ends_with_its_own_code(client: Client) -> None:
    query = "command=sh&command=-c&command=" + quote("for i in 1 2; do echo $i; done; echo no >&2; exit 3")
    out, err, status = await ended((await entered(client, query))[0])
    assert (out, err) == ("1\n2\n", "no\n")
    assert status["details"]["causes"] == [{"reason": "ExitCode", "message": "3"}]


async def test_cat_says_what_it_is_sent_until_there_is_no_more(client: Client) -> None:
    socket, _accepted = await entered(client, "command=cat&stdin=true&stdout=true")
    await socket.send_to(bytes_data=b"\x00one\n")
    assert await heard(socket) == (STDOUT, "one\n")
    await socket.send_to(bytes_data=b"\xff\x00")
    assert (await ended(socket))[2]["status"] == "Success"


async def test_a_program_reads_what_it_is_sent_to_its_end(client: Client) -> None:
    socket, _accepted = await entered(client, "command=sort&stdin=true&stdout=true")
    for line in (b"\x00b\n", b"\x00a\n", b"\xff\x00"):
        await socket.send_to(bytes_data=line)
    assert (await ended(socket))[0] == "a\nb\n"


def archive(name: str, text: bytes) -> bytes:
    """A tar of one file."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return packed.getvalue()


UNTAR = "command=tar&command=xf&command=-&command=-C&command=/tmp&stdin=true&stdout=true&stderr=true"


async def test_an_archive_ends_where_it_says_so_though_nothing_is_closed(client: Client) -> None:
    socket, _accepted = await entered(client, UNTAR)
    await socket.send_to(bytes_data=b"\x00" + archive("one", b"hello"))
    assert (await ended(socket))[2]["status"] == "Success"
    told = await ended((await entered(client, "command=cat&command=/tmp/one"))[0])
    assert told[0] == "hello"


async def test_who_leaves_has_sent_all_there_is(client: Client) -> None:
    socket, _accepted = await entered(client, UNTAR)
    await socket.send_to(bytes_data=b"\x00" + archive("two", b"hello")[:1024])
    await socket.disconnect()
    told = await ended((await entered(client, "command=cat&command=/tmp/two"))[0])
    assert told[0] == "hello"


async def test_bytes_that_are_no_text_come_as_they_are(client: Client) -> None:
    query = "command=sh&command=-c&command=" + quote('echo -n "This is a text" | gzip')
    socket, _accepted = await entered(client, query)
    data: bytes = await socket.receive_from(PATIENCE)
    assert gzip.decompress(data[1:]) == b"This is a text"


async def test_a_shell_goes_on_with_a_loop_over_several_lines(client: Client) -> None:
    socket, _accepted = await entered(client, "command=sh&stdin=true")
    await socket.send_to(bytes_data=b"\x00x=1\nfor i in $x 2; do\necho $i\ndone\nexit 4\n")
    out, _err, status = await ended(socket)
    assert out == "1\n2\n"
    assert status["details"]["causes"][0]["message"] == "4"


async def test_a_program_that_is_not_there_is_an_error_of_the_runtime(client: Client) -> None:
    _out, err, status = await ended((await entered(client, "command=nosuch"))[0])
    assert 'exec: "nosuch": executable file not found in $PATH' in err + status.get("message", "")


async def test_a_shell_with_a_terminal_echoes_and_prompts(client: Client) -> None:
    socket, _accepted = await entered(client, "command=sh&stdin=true&tty=true")
    assert await heard(socket) == (STDOUT, "/ # ")
    await socket.send_to(bytes_data=b"\x00whoami\r")
    assert [await heard(socket) for _ in range(3)] == [
        (STDOUT, "whoami\r\n"), (STDOUT, "root\r\n"), (STDOUT, "/ # "),
    ]  # fmt: skip
    await socket.send_to(bytes_data=b"\x00\x04")
    assert json.loads((await heard(socket))[1])["status"] == "Success"


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


async def test_who_leaves_what_is_attached_leaves_it_running(client: Client, room: Room) -> None:
    await box(client, room, command=["sleep", "600"])
    socket, _accepted = await entered(client, TYPED, "box", "attach")
    await socket.disconnect()
    assert (await client.get(f"{PODS}/box")).json["status"]["phase"] == "Running"


async def test_who_speaks_no_websocket_is_told_to(client: Client) -> None:
    name, _node = await pod_and_node(client)
    for asked in ("exec?command=hostname", "attach"):
        answer = await client.send("POST", f"{PODS}/{name}/{asked}")
        assert (answer.code, "WebSocket" in answer.json["message"]) == (400, True)


async def test_where_the_kubelet_is_away_nobody_gets_in(client: Client, room: Room) -> None:
    name, node = await pod_and_node(client)
    (await rooms.open(room.code)).runner.player.run.apply(Command("stop-kubelet", node))
    _socket, accepted = await entered(client, "command=hostname", name)
    assert not accepted
    answer = await client.send("POST", f"{PODS}/{name}/exec?command=hostname")
    assert "connection refused" in answer.json["message"]


async def test_a_page_of_another_site_needs_a_token_in_its_address(client: Client, room: Room) -> None:
    visitor, elsewhere = Client(room), "http://elsewhere.test"
    for asking, origin, expected in (
        (visitor, elsewhere, False),
        (visitor, "http://testserver", True),
        (client, elsewhere, True),
    ):
        named = [(b"host", b"testserver"), (b"origin", origin.encode())]
        socket = WebsocketCommunicator(asking.app.socket, f"{asking.base}{PODS}?watch=1", named)
        accepted, _protocol = await socket.connect(PATIENCE)
        assert accepted is expected
        await socket.disconnect()


async def test_a_client_that_leaves_while_it_is_told_something_leaves_no_trace(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    name, _node = await pod_and_node(client)
    messages = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "bytes": b"\x00whoami\r"}])
    scope = {
        "type": "websocket", "path": f"{client.base}{PODS}/{name}/exec",
        "query_string": b"command=sh&stdin=true",
        "headers": [(b"host", b"testserver")], "subprotocols": ["v5.channel.k8s.io"],
    }  # fmt: skip

    async def receive() -> Any:
        return next(messages)

    async def send(message: dict[str, Any]) -> None:
        if message["type"] != "websocket.accept":
            raise ConnectionError

    await client.app.socket(scope, receive, send)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_the_first_protocol_tells_success_by_the_end_alone(client: Client) -> None:
    name = (await pod_and_node(client))[0]
    path = f"{client.base}{PODS}/{name}/exec?command=echo&command=hello&stdout=true"
    socket = WebsocketCommunicator(client.app.socket, path, [(b"host", b"testserver")], ["channel.k8s.io"])
    assert await socket.connect(PATIENCE) == (True, "channel.k8s.io")
    assert await heard(socket) == (STDOUT, "hello\n")
    assert (await socket.receive_output(PATIENCE))["type"] == "websocket.close"


async def test_logs_and_watches_come_over_a_websocket(client: Client) -> None:
    body = {"metadata": {"name": "w"}, "spec": {"containers": [{"name": "c", "image": "hello-world"}]}}
    assert (await client.send("POST", PODS, body)).code == 201
    watched = f"{client.base}/api/v1/namespaces/default/configmaps?watch=true"
    socket = WebsocketCommunicator(client.app.socket, watched, [(b"host", b"testserver")])
    assert (await socket.connect(PATIENCE))[0]
    assert json.loads(await socket.receive_from(PATIENCE))["object"]["metadata"]["name"] == "kube-root-ca.crt"
    await socket.disconnect()
    hub = await rooms.open(client.base.split("/")[2])
    hub.runner.player.run.run_until(hub.runner.player.now + seconds(20))
    path = f"{client.base}{PODS}/w/log"
    socket = WebsocketCommunicator(client.app.socket, path, [(b"host", b"testserver")], ["binary.k8s.io"])
    assert await socket.connect(PATIENCE) == (True, "binary.k8s.io")
    assert b"Hello from Docker" in await socket.receive_from(PATIENCE)
