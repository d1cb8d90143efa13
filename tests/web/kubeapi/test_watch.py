"""Watches: what they begin with, what they tell, how they end, and who does not read."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

from clustersim.etcd import Change
from tests.conftest import PATIENCE
from tests.web.kubeapi.asking import MERGE, Client
from visualizer.kubeapi import app
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.running.hub import Hub
from visualizer.rooms.running.watches import MOST_WAITING, Watch, seen_as

pytestmark = pytest.mark.django_db(transaction=True)

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


class Watching:
    """A watch that is being read. `buffered`: bytes that the server would hold for this client."""

    def __init__(
        self, client: Client, query: str, buffered: int = 0, accept: str = "application/json"
    ) -> None:
        self.lines: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.aborted = False
        self._leave = asyncio.Event()
        self._asked = False
        transport = SimpleNamespace(dataBuffer=b"x" * buffered, offset=0, abortConnection=self._abort)
        self.args = (SimpleNamespace(channel=SimpleNamespace(transport=transport)),)
        scope = {
            "type": "http",
            "method": "GET",
            "path": client.base + CONFIGMAPS,
            "query_string": query.encode(),
            "headers": [(b"host", b"testserver"), (b"accept", accept.encode())],
            "scheme": "http",
            "client": ("127.0.0.1", 1),
        }
        self.task = asyncio.create_task(client.app(scope, self._receive, self))

    def _abort(self) -> None:
        self.aborted = True

    async def _receive(self) -> dict[str, Any]:
        if self._asked:
            await self._leave.wait()
            return {"type": "http.disconnect"}
        self._asked = True
        return {"type": "http.request", "body": b""}

    async def __call__(self, message: dict[str, Any]) -> None:
        for line in message.get("body", b"").splitlines():
            self.lines.put_nowait(json.loads(line))

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            return await self.lines.get()

    async def leave(self) -> None:
        self._leave.set()
        await self.task


async def watched(room: Room, watches: int) -> Hub:
    """The hub of the room, once so many watch."""
    hub = await rooms.open(room.code)
    while len(hub.watches) < watches:
        await asyncio.sleep(0.01)
    return hub


async def make(client: Client, name: str, **labels: str) -> str:
    body = {"metadata": {"name": name, "labels": labels}}
    made = await client.send("POST", CONFIGMAPS, body)
    return str(made.json["metadata"]["resourceVersion"])


async def test_a_watch_from_a_version_tells_what_follows_it(client: Client) -> None:
    since = await make(client, "a")
    watching = Watching(client, f"watch=true&resourceVersion={since}&fieldSelector=metadata.name%3Da")
    await make(client, "b")
    await client.send("PATCH", f"{CONFIGMAPS}/a", {"data": {"x": "1"}}, type_=MERGE)
    await client.send("DELETE", f"{CONFIGMAPS}/a")
    heard = [await watching.hear() for _ in range(2)]
    assert [event["type"] for event in heard] == ["MODIFIED", "DELETED"]
    versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in heard]
    assert int(since) < versions[0] < versions[1]
    await watching.leave()


async def test_a_watch_without_a_version_begins_with_what_there_is(client: Client) -> None:
    await make(client, "a")
    watching = Watching(client, "watch=true&fieldSelector=metadata.name%3Da")
    assert (await watching.hear())["type"] == "ADDED"
    await watching.leave()


async def test_initial_events_end_with_a_bookmark_that_says_so(client: Client) -> None:
    await make(client, "a", mine="yes")
    query = "watch=true&sendInitialEvents=true&allowWatchBookmarks=true&labelSelector=mine&resourceVersion=0"
    watching = Watching(client, query + "&resourceVersionMatch=NotOlderThan")
    assert (await watching.hear())["type"] == "ADDED"
    bookmark = await watching.hear()
    assert bookmark["type"] == "BOOKMARK"
    assert bookmark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    await watching.leave()


async def test_an_object_that_no_longer_fits_is_gone_to_its_watcher(client: Client) -> None:
    since = await make(client, "a", mine="yes")
    watching = Watching(client, f"watch=true&resourceVersion={since}&labelSelector=mine%3Dyes")
    await client.send("PATCH", f"{CONFIGMAPS}/a", {"metadata": {"labels": {"mine": "no"}}}, type_=MERGE)
    assert (await watching.hear())["type"] == "DELETED"
    await watching.leave()


async def test_two_watches_of_one_change_each_get_their_form(client: Client, room: Room) -> None:
    since = await make(client, "a")
    plain = Watching(client, f"watch=true&resourceVersion={since}")
    table = Watching(client, f"watch=true&resourceVersion={since}", accept=TABLE)
    full = Watching(client, f"watch=true&resourceVersion={since}&includeObject=Object", accept=TABLE)
    await watched(room, 3)
    await client.send("PATCH", f"{CONFIGMAPS}/a", {"data": {"x": "1"}}, type_=MERGE)
    assert (await plain.hear())["object"]["kind"] == "ConfigMap"
    kinds = [(await one.hear())["object"]["rows"][0]["object"]["kind"] for one in (table, full)]
    assert kinds == ["PartialObjectMetadata", "ConfigMap"]
    for one in (plain, table, full):
        await one.leave()


@pytest.mark.parametrize(("room", "reason"), [("v1.8", "Gone"), ("v1.36", "Expired")], indirect=["room"])
async def test_a_version_of_the_future_is_answered_with_410(client: Client, reason: str) -> None:
    watching = Watching(client, "watch=true&resourceVersion=99999999")
    error = await watching.hear()
    assert (error["type"], error["object"]["code"], error["object"]["reason"]) == ("ERROR", 410, reason)
    await watching.leave()


async def test_a_watch_ends_with_the_api_servers_process(client: Client, room: Room) -> None:
    since = await make(client, "a")
    watching = Watching(client, f"watch=true&resourceVersion={since}")
    hub = await watched(room, 1)
    hub.runner.player.cluster.process("apiserver").kill()
    hub.watches.advance()
    async with asyncio.timeout(PATIENCE):
        await watching.task
    assert watching.lines.empty()


async def test_a_watch_ends_with_its_room(client: Client, room: Room) -> None:
    watching = Watching(client, "watch=true")
    await watched(room, 1)
    await rooms.close(room.code)
    async with asyncio.timeout(PATIENCE):
        await watching.task


async def test_a_client_that_does_not_read_is_let_go(
    client: Client, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "PATIENCE", 0.0)
    monkeypatch.setattr(app, "HEARTBEAT", 0.01)
    stuck = Watching(client, "watch=true", buffered=app.UNREAD + 1)
    async with asyncio.timeout(PATIENCE):
        await stuck.task
    assert stuck.aborted
    assert len((await rooms.open(room.code)).watches) == 0


async def test_no_more_than_so_many_events_wait_for_one_client() -> None:
    watch = Watch("configmaps", 0, lambda obj: True, "object", lambda kind, obj: b"")
    for revision in range(MOST_WAITING + 100):
        watch.offer(b"line", revision)
    assert (len(watch.waiting), watch.ended) == (MOST_WAITING, True)


def test_an_object_that_begins_to_fit_is_new_to_its_watcher() -> None:
    change = Change(2, "configmaps", "a", "MODIFIED", "new", "old")
    assert seen_as(change, lambda obj: obj == "new") == "ADDED"
    assert seen_as(change, lambda obj: obj == "old") == "DELETED"
    assert seen_as(change, lambda obj: True) == "MODIFIED"
    assert seen_as(change, lambda obj: False) is None
