"""`pods/NAME/exec`: commands and shells in containers, over a WebSocket."""

import gzip
import io
import json
import tarfile
from typing import Any
from urllib.parse import quote

import pytest

from clustersim import Command
from tests.conftest import PATIENCE
from tests.web.kubeapi.asking import Client
from tests.web.kubeapi.sockets import (
    NEWEST,
    OLDEST,
    PODS,
    STATUS,
    STDERR,
    STDOUT,
    ended,
    entered,
    heard,
    pod_and_node,
)
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_command_prints_and_ends_with_its_code(client: Client) -> None:
    socket, _accepted = await entered(client, "command=cat&command=/none&stdout=true")
    channel, text = await heard(socket)
    assert (channel, "No such file" in text) == (STDERR, True)
    while (told := await heard(socket))[0] != STATUS:
        pass
    assert json.loads(told[1])["details"]["causes"] == [{"reason": "ExitCode", "message": "1"}]


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


async def test_who_speaks_no_websocket_is_told_to(client: Client) -> None:
    name, _node = await pod_and_node(client)
    for asked in ("exec?command=hostname", "attach"):
        answer = await client.send("POST", f"{PODS}/{name}/{asked}")
        assert (answer.code, "WebSocket" in answer.json["message"]) == (400, True)


async def test_where_the_kubelet_is_away_nobody_gets_in(client: Client, room: Room) -> None:
    name, node = await pod_and_node(client)
    (await rooms.open(room.code)).runner.player.run.apply(Command("stop-kubelet", node))
    socket, accepted = await entered(client, "command=hostname", name)
    assert accepted == (room.release == "v1.36")
    if accepted:
        told = (await ended(socket))[2]["message"]
        assert told.startswith("Internal error occurred: error sending request: Post ")
        assert f"/exec/default/{name}/mysql?command=hostname&error=1&output=1" in told
    answer = await client.send("POST", f"{PODS}/{name}/exec?command=hostname")
    assert "connection refused" in answer.json["message"]


async def test_a_client_that_leaves_while_it_is_told_something_leaves_no_trace(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    name, _node = await pod_and_node(client)
    messages = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "bytes": b"\x00whoami\r"}])
    scope = {
        "type": "websocket", "path": f"{client.base}{PODS}/{name}/exec",
        "query_string": b"command=sh&stdin=true",
        "headers": [(b"host", b"testserver")], "subprotocols": [NEWEST],
    }  # fmt: skip

    async def receive() -> Any:
        return next(messages)

    async def send(message: dict[str, Any]) -> None:
        if message["type"] != "websocket.accept":
            raise ConnectionError

    await client.app.socket(scope, receive, send)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_the_first_protocol_tells_success_by_the_end_alone(client: Client) -> None:
    query = "command=echo&command=hello&stdout=true"
    socket, _accepted = await entered(client, query, protocol=OLDEST)
    assert await heard(socket) == (STDOUT, "hello\n")
    assert (await socket.receive_output(PATIENCE))["type"] == "websocket.close"
