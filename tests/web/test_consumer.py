"""One viewer of one room: what it is told, what it may do, and what is refused."""

import asyncio
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from tests.web import viewers
from tests.web.viewers import Frame, Visit, cookie_of
from visualizer.rooms.frames.stage import MAX_FRAME
from visualizer.rooms.models import CommandEntry, Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.running.hub import announce_change, channel_layer, group_of

pytestmark = pytest.mark.django_db(transaction=True)


class Viewer(viewers.Viewer):
    """A browser that says what time it saw when it acts."""

    async def act(self, do: str, target: str | None, seen: int = 0, **more: Any) -> Frame:
        await self.say(type="command", id="mine", seenT=seen, do=do, target=target, **more)
        return await self.hear("accepted", "rejected")


@pytest.fixture
def visit(visit: Visit) -> Visit:
    return partial(visit, of=Viewer)


async def set_room(room: Room, **fields: Any) -> None:
    await Room.objects.filter(pk=room.pk).aupdate(**fields)


# --- entering


async def test_a_viewer_is_told_its_role_and_then_everything(room: Room) -> None:
    viewer = Viewer(room.code)
    await viewer.socket.connect()
    assert await viewer.hear("welcome") == {"type": "welcome", "role": "act", "canAct": True}
    snapshot = await viewer.hear("snapshot")
    assert snapshot["t"] == 0
    assert not snapshot["playing"]
    assert snapshot["view"]["release"] == "v1.7"
    await rooms.close_all()


@pytest.mark.parametrize(
    ("fields", "code"), [({"code": "NOROOM"}, 4404), ({"stopped": timezone.now()}, 4410)]
)
async def test_a_room_that_cannot_be_entered_says_why(room: Room, fields: Frame, code: int) -> None:
    asked = room.code
    await set_room(room, **fields)
    viewer = Viewer(asked)
    await viewer.socket.connect()
    assert (await viewer.hear("error"))["message"].keys() == {"en", "zh"}
    assert await viewer.closed() == code


async def test_a_full_room_lets_nobody_in(room: Room, visit: Visit, settings: Settings) -> None:
    settings.ROOM_MAX_VIEWERS = 1
    await visit(room)
    second = Viewer(room.code)
    await second.socket.connect()
    assert await second.closed() == 4429


async def test_pages_of_other_sites_cannot_enter(room: Room) -> None:
    connected, _ = await Viewer(room.code, origin="http://evil.example").socket.connect()
    assert not connected


async def test_viewers_are_counted(room: Room, visit: Visit) -> None:
    first = await visit(room)
    await visit(room)
    while (await first.hear("presence"))["viewers"] != 2:
        pass


# --- who may do what: every role and every action

ACTS = [
    {"type": "command", "id": "1", "seenT": 0, "do": "stop-kubelet", "target": "n1"},
    {"type": "transport", "action": "play"},
    {"type": "transport", "action": "pause"},
    {"type": "transport", "action": "speed", "speed": 10},
    {"type": "transport", "action": "ease", "on": True},
    {"type": "transport", "action": "next-event"},
]
LOOKS = [{"type": "inspect", "part": "n1.kubelet"}, {"type": "resync"}]


def name_of(frame: Frame) -> str:
    return str(frame.get("action", frame["type"]))


@pytest.mark.parametrize("frame", ACTS, ids=name_of)
@pytest.mark.parametrize("role", ["staff", "act"])
async def test_who_may_act_does(room: Room, visit: Visit, staff: User, role: str, frame: Frame) -> None:
    await set_room(room, may_act=role == "act")
    viewer = await visit(room, await cookie_of(staff) if role == "staff" else "")
    await viewer.act("delete-node", "n2")
    await viewer.hear("tick")
    await viewer.say(**frame)
    assert (await viewer.hear("accepted", "rejected", "tick", "error"))["type"] in ("accepted", "tick")


@pytest.mark.parametrize("frame", ACTS, ids=name_of)
async def test_who_may_only_watch_is_refused(room: Room, visit: Visit, frame: Frame) -> None:
    await set_room(room, may_act=False)
    viewer = await visit(room)
    await viewer.say(**frame)
    assert (await viewer.hear("accepted", "rejected", "tick", "error"))["type"] in ("rejected", "error")
    assert await CommandEntry.objects.acount() == 0


@pytest.mark.parametrize("frame", LOOKS, ids=name_of)
@pytest.mark.parametrize("role", ["staff", "act", "watch"])
async def test_everybody_may_look(room: Room, visit: Visit, staff: User, role: str, frame: Frame) -> None:
    await set_room(room, may_act=role != "watch")
    viewer = await visit(room, await cookie_of(staff) if role == "staff" else "")
    await viewer.say(**frame)
    assert (await viewer.hear("inspect", "snapshot", "error"))["type"] != "error"


async def test_an_account_that_is_not_staff_is_a_visitor(room: Room, visit: Visit) -> None:
    await set_room(room, may_act=False)
    bob = await User.objects.acreate_user("bob", password="not a secret")
    viewer = await visit(room, await cookie_of(bob))
    assert (await viewer.act("stop-kubelet", "n1"))["type"] == "rejected"


async def test_what_viewers_may_do_changes_while_they_watch(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    await set_room(room, may_act=False)
    await sync_to_async(announce_change)(room)
    assert await viewer.hear("welcome") == {"type": "welcome", "role": "watch", "canAct": False}
    assert (await viewer.act("stop-kubelet", "n1"))["type"] == "rejected"


# --- commands


async def test_a_command_is_in_the_log_when_it_is_accepted(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    accepted = await viewer.act("stop-kubelet", "n1")
    entry = await CommandEntry.objects.aget()
    assert accepted == {"type": "accepted", "id": "mine", "t": entry.t, "branch": entry.branch_id}
    assert entry.command["do"] == "stop-kubelet"
    assert entry.actor == "visitor"


async def test_the_log_names_who_is_logged_in(room: Room, visit: Visit, staff: User) -> None:
    viewer = await visit(room, await cookie_of(staff))
    await viewer.act("stop-kubelet", "n1")
    assert (await CommandEntry.objects.aget()).actor == "alice"


async def test_everybody_sees_what_one_viewer_did(room: Room, visit: Visit) -> None:
    first, second = await visit(room), await visit(room)
    await first.act("stop-kubelet", "n1")
    mine, other = await first.hear("tick"), await second.hear("tick")
    assert mine == other
    assert mine["changes"]["nodes"]["n1"]["parts"]["kubelet"]["state"] == "stopped"


async def test_what_the_model_refuses_is_refused_with_its_reason(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    refused = await viewer.act("stop-kubelet", "n9")
    assert refused["type"] == "rejected"
    assert "n9" in refused["reason"]["en"]


async def test_a_click_on_a_picture_long_gone_is_offered_again(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    await viewer.say(type="transport", action="speed", speed=600)
    await viewer.say(type="transport", action="play")
    while (await viewer.hear("tick"))["t"] < 300_000_000:
        pass
    refused = await viewer.act("stop-kubelet", "n1", seen=0)
    assert (refused["type"], refused["offer"]) == ("rejected", "now")
    assert await CommandEntry.objects.acount() == 0
    assert (await viewer.act("stop-kubelet", "n1", seen=0, now=True))["type"] == "accepted"


# --- the pace


async def test_a_playing_room_ticks_and_a_paused_one_is_silent(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    await viewer.say(type="transport", action="play")
    times = [(await viewer.hear("tick"))["t"] for _ in range(3)]
    assert times == sorted(times)
    assert times[-1] > 0
    await viewer.say(type="transport", action="pause")
    while (await viewer.hear("tick", "snapshot"))["playing"]:
        pass
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await viewer.hear("tick")


async def test_next_event_goes_there_and_pauses(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    await viewer.act("stop-kubelet", "n1")
    await viewer.say(type="transport", action="next-event")
    tick = await viewer.hear("tick")
    while not tick["events"] or tick["t"] == 0:
        tick = await viewer.hear("tick")
    assert not tick["playing"]


# --- bounds


@pytest.mark.parametrize("text", ["{", "[]", '{"type":"rewind"}', '{"type":"ack","seq":"1"}'])
async def test_what_is_no_frame_is_answered_with_an_error(room: Room, visit: Visit, text: str) -> None:
    viewer = await visit(room)
    await viewer.socket.send_to(text)
    assert (await viewer.hear("error"))["message"]["en"]


async def test_a_frame_too_large_ends_the_connection(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    await viewer.socket.send_to("x" * (MAX_FRAME + 1))
    assert await viewer.closed() == 4413


async def test_a_binary_frame_ends_the_connection(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    await viewer.socket.send_to(bytes_data=b"{}")
    assert await viewer.closed() == 4413


async def test_a_flood_of_frames_ends_the_connection(room: Room, visit: Visit, no_refill: None) -> None:
    viewer = await visit(room)
    for _ in range(100):
        await viewer.say(type="ack", seq=0)
    assert await viewer.closed() == 4429


# --- staff, and nobody


async def test_stopping_a_room_sends_its_viewers_away(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    await set_room(room, stopped=timezone.now())
    await sync_to_async(announce_change)(room)
    assert await viewer.closed() == 4410
    assert rooms.running(room.code) is None


async def test_a_room_nobody_watches_is_paused_and_forgotten(
    room: Room, visit: Visit, settings: Settings
) -> None:
    settings.ROOM_IDLE_SECONDS = 0.1
    viewer = await visit(room)
    await viewer.say(type="transport", action="play")
    await viewer.hear("tick")
    await viewer.socket.disconnect()
    while rooms.running(room.code) is not None:
        await asyncio.sleep(0.05)
    await rooms.close(room.code)
    await room.arefresh_from_db()
    assert not room.playing


async def test_a_room_that_was_forgotten_goes_on_where_it_was_left(room: Room, visit: Visit) -> None:
    viewer = await visit(room)
    await viewer.say(type="transport", action="play")
    await viewer.act("stop-kubelet", "n1", now=True)
    while (await viewer.hear("tick"))["t"] < 500_000:
        pass
    hub = rooms.running(room.code)
    assert hub is not None
    await rooms.close(room.code)
    left = hub.runner.player.cluster
    again = Viewer(room.code)
    assert (await again.join())["t"] == left.now
    reopened = rooms.running(room.code)
    assert reopened is not None
    assert reopened.runner.player.cluster.state_hash() == left.state_hash()


@pytest.mark.parametrize("do", ["stop-kubelet", "make-coffee"])
async def test_what_is_refused_is_not_written_down(room: Room, visit: Visit, do: str) -> None:
    viewer = await visit(room)
    assert (await viewer.act(do, "n9"))["type"] == "rejected"
    assert await CommandEntry.objects.acount() == 0


@pytest.mark.parametrize(
    "part", ["n1.", "n9", "n1.machine.x", "pod:", "rc/", "svc/x", "kubelet@n1", "kubectl", "."]
)
async def test_a_part_that_does_not_exist_is_answered_with_nothing(
    room: Room, visit: Visit, part: str
) -> None:
    viewer = await visit(room)
    await viewer.say(type="inspect", part=part)
    assert (await viewer.hear("inspect", "error"))["type"] == "inspect"


async def test_a_room_opened_again_is_heard_once(room: Room, visit: Visit) -> None:
    await visit(room)
    await rooms.close(room.code)
    viewer = await visit(room)
    await viewer.say(type="transport", action="speed", speed=2)
    assert (await viewer.hear("tick"))["speed"] == 2
    layer: Any = channel_layer()
    assert len(layer.groups[group_of(room.code)]) == 1
