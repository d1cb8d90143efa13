"""What a hostile page sends is answered or refused; nothing fails, nothing is logged above info."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from random import Random

import pytest

from tests.conftest import PATIENCE
from tests.hostile.frames import frame, hostile, is_valid
from tests.web.viewers import Viewer
from visualizer import metrics
from visualizer.rooms.flow import Allowance
from visualizer.rooms.frames.stage import MAX_FRAME
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.socket import consumers

pytestmark = pytest.mark.django_db(transaction=True)

FRAMES = 60


@pytest.fixture(autouse=True)
async def generous(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """All that is sent is looked at, however fast it comes."""

    def take(_allowance: Allowance, _now: float) -> bool:
        return True

    monkeypatch.setattr(Allowance, "take", take)
    yield
    await rooms.close_all()


@pytest.fixture(autouse=True)
def quiet(generous: None, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing fails, and neither the servers in front nor asyncio have anything to say."""
    before = metrics.troubles._value.get()
    yield
    assert metrics.troubles._value.get() == before
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


async def listen(viewer: Viewer) -> None:
    """As a page does: acknowledge, and forget."""
    with suppress(Exception):
        while True:
            await viewer.hear("nothing")


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_sent_the_room_goes_on_and_the_log_is_quiet(room: Room, seed: int) -> None:
    random = Random(seed)
    viewer = Viewer(room.code)
    await viewer.join()
    listening = asyncio.create_task(listen(viewer))
    for _ in range(FRAMES):
        text = hostile(random)
        if len(text) <= MAX_FRAME:
            await viewer.socket.send_input({"type": "websocket.receive", "text": text})  # it may be empty
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)
    listening.cancel()
    hub = rooms.running(room.code)
    assert hub is not None
    assert hub.runner.alive
    fresh = Viewer(room.code)
    await fresh.join()


async def test_viewers_that_leave_while_they_are_told_something_leave_no_trace(room: Room) -> None:
    random = Random(1)
    for _ in range(12):
        viewer = Viewer(room.code)
        connected, _ = await viewer.socket.connect(timeout=PATIENCE)
        assert connected
        for _ in range(random.randrange(6)):
            kind = random.choice(("look", "why", "foresee", "inspect", "console", "transport", "command"))
            await viewer.socket.send_to(json.dumps(frame(random, kind)))
        await asyncio.sleep(random.random() / 20)
        with suppress(asyncio.CancelledError):
            await viewer.socket.disconnect()
    await asyncio.sleep(0.5)


def test_the_generator_makes_frames_that_are_taken_and_frames_that_are_not() -> None:
    random = Random(7)
    taken = [is_valid(hostile(random)) for _ in range(400)]
    assert 0.3 < sum(taken) / len(taken) < 0.95


def test_what_nests_too_deep_is_no_frame() -> None:
    assert not is_valid("[" * 3000)
    assert consumers.MAX_FRAME > 3000
