"""Many viewers, slow ones, and those who do not belong here."""

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any

import pytest
import websockets

from tests.conftest import PATIENCE, Server
from tests.wire.client import Browser, Viewer, watching
from visualizer.rooms.flow import WINDOW


async def playing(viewer: Viewer, speed: float = 1) -> None:
    await viewer.say(type="transport", action="speed", speed=speed)
    await viewer.say(type="transport", action="play")


async def test_all_viewers_get_the_very_same_frames(server: Server) -> None:
    code = server.new_room()
    async with watching(server, code) as first, watching(server, code) as second:
        await first.hear("snapshot")
        await second.hear("snapshot")
        await playing(first, 60)
        heard: tuple[dict[int, Any], dict[int, Any]] = ({}, {})
        while len(both := heard[0].keys() & heard[1].keys()) < 5:  # whoever is slow misses some
            for viewer, ticks in zip((first, second), heard, strict=True):
                tick = await viewer.hear("tick")
                ticks[tick["seq"]] = tick
        assert all(heard[0][seq] == heard[1][seq] for seq in both)


async def test_a_viewer_that_stops_reading_is_sent_no_more_than_its_window(server: Server) -> None:
    code = server.new_room()
    async with watching(server, code) as good, watching(server, code) as stalled:
        await good.hear("snapshot")
        await playing(good)
        unread = [(await stalled.stare())["seq"] for _ in range(WINDOW)]
        while (await good.hear("tick"))["seq"] < unread[-1] + 3:
            pass
        await stalled.say(type="ack", seq=unread[-1])
        snapshot = await stalled.hear("tick", "snapshot")
        assert snapshot["type"] == "snapshot"
        assert snapshot["seq"] > unread[-1] + 1
        assert (await stalled.hear("tick"))["seq"] == snapshot["seq"] + 1


@pytest.mark.parametrize("origin", ["http://evil.example", None])
async def test_sockets_are_only_for_pages_of_this_site(server: Server, origin: str | None) -> None:
    code = server.new_room()
    with pytest.raises(websockets.exceptions.InvalidStatus):
        async with websockets.connect(f"ws://127.0.0.1:{server.port}/ws/rooms/{code}/", origin=origin):
            pass


async def test_staff_stop_a_running_room_from_the_admin(server: Server) -> None:
    code = server.new_room()
    browser = await asyncio.to_thread(Browser, server)
    key = server.shell(f"from visualizer.rooms.models import Room; print(Room.objects.get(code={code!r}).pk)")
    async with watching(server, code) as viewer:
        await viewer.hear("snapshot")
        await asyncio.to_thread(browser.post, "/admin/rooms/room/", action="stop_rooms", _selected_action=key)
        with pytest.raises(websockets.exceptions.ConnectionClosedError) as closed:
            await viewer.hear("tick")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4410


async def test_a_snapshot_is_fetched_compressed_and_only_when_it_is_new(server: Server) -> None:
    code = server.new_room()
    address = f"{server.url}/rooms/{code}/snapshot.json"

    def fetch(**headers: str) -> tuple[int, dict[str, str], bytes]:
        request = urllib.request.Request(
            address, headers={name.replace("_", "-"): v for name, v in headers.items()}
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), b""

    async with watching(server, code) as viewer:
        told = await viewer.hear("snapshot")
        status, headers, body = await asyncio.to_thread(fetch)
        assert (status, json.loads(body)) == (200, told)
        _, compressed, _ = await asyncio.to_thread(fetch, Accept_Encoding="gzip")
        assert compressed["Content-Encoding"] == "gzip"
        status, _, _ = await asyncio.to_thread(fetch, If_None_Match=headers["ETag"])
        assert status == 304
