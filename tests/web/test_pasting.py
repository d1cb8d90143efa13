"""Manifests that come by HTTP: what is done with them, their bounds, and the same rights as on the socket."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client

from clustersim.console import LONGEST_LINE
from tests.web.pupils import Pupil
from tests.web.viewers import Viewer
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Mode
from visualizer.lessons.views import open_room
from visualizer.rooms.flow import Allowances
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

MANIFEST: Final = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n"


@pytest.fixture(autouse=True)
async def closed(transactional_db: None) -> AsyncIterator[None]:
    yield
    await rooms.close_all()


@pytest.fixture
async def teacher(staff: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(staff)
    return client


def page_of(room: Room) -> str:
    return f"/rooms/{room.code}/manifest/"


async def send(client: AsyncClient, room: Room, sent: dict[str, Any], **more: Any) -> Any:
    """As the server does it: each request in a thread of its own, so that the room can write meanwhile."""
    async with ThreadSensitiveContext():
        return await client.post(page_of(room), sent, **more)


def made(room: Room) -> list[str]:
    hub = rooms.running(room.code)
    assert hub is not None
    return list(hub.runner.player.cluster.objects("configmaps"))


async def test_a_pasted_manifest_is_applied_without_javascript(room: Room, teacher: AsyncClient) -> None:
    form = (await teacher.get(page_of(room))).content.decode()
    assert 'method="post"' in form
    answer = await send(teacher, room, {"verb": "apply", "manifest": MANIFEST})
    assert "configmap &quot;c&quot; created" in answer.content.decode()
    assert "default/c" in made(room)


async def test_htmx_gets_the_answer_alone(room: Room, teacher: AsyncClient) -> None:
    sent = {"verb": "create", "manifest": MANIFEST}
    answer = await send(teacher, room, sent, headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith("<h2>")


async def test_a_file_is_taken_as_well(room: Room, teacher: AsyncClient) -> None:
    file = SimpleUploadedFile("c.yaml", b"\xef\xbb\xbf" + MANIFEST.encode())
    await send(teacher, room, {"verb": "apply", "manifest": "", "file": file})
    assert "default/c" in made(room)


async def test_what_is_too_long_is_refused_before_anything_is_done(room: Room, teacher: AsyncClient) -> None:
    long = MANIFEST + "#" * LONGEST_LINE
    assert (await send(teacher, room, {"manifest": long})).status_code == 413
    file = SimpleUploadedFile("c.yaml", long.encode())
    assert (await send(teacher, room, {"file": file})).status_code == 413
    assert rooms.running(room.code) is None


async def test_a_long_manifest_within_the_bound_is_taken_whole(room: Room, teacher: AsyncClient) -> None:
    several = "".join(
        f"---\n{MANIFEST.replace('name: c', f'name: c{n}')}# {'x' * 2000}\n" for n in range(100)
    )
    assert LONGEST_LINE > len(several) > 200_000
    await send(teacher, room, {"verb": "apply", "manifest": several})
    assert len([key for key in made(room) if key.startswith("default/c")]) == 100


@pytest.mark.parametrize("sent", [{}, {"manifest": " "}, {"verb": "exec", "manifest": MANIFEST}])
async def test_what_makes_no_sense_is_refused(room: Room, teacher: AsyncClient, sent: dict[str, str]) -> None:
    assert (await send(teacher, room, sent)).status_code == 400


async def test_there_is_a_page_for_rooms_only() -> None:
    assert (await AsyncClient().get("/rooms/NOSUCH/manifest/")).status_code == 404


async def test_who_sends_too_many_is_asked_to_wait(
    room: Room, teacher: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualizer.rooms.pages.pasting.pastes", Allowances(0.0, 1, most=10))
    sent = {"verb": "apply", "manifest": MANIFEST}
    assert (await send(teacher, room, sent)).status_code == 200
    assert (await send(teacher, room, sent)).status_code == 429


async def socket_says(room: Room) -> str:
    """Why the socket refuses the same to the same visitor; empty where it does not."""
    pupil = await Pupil(room, Client()).join()
    await pupil.say("console", id="1", line=f"kubectl apply -f -\n{MANIFEST}")
    answer = await pupil.hear("console-output")
    await pupil.leave()
    return "" if answer["ok"] else str(answer["note"]["en"])


@pytest.mark.parametrize("mode", Mode.values)
@pytest.mark.parametrize("lesson", ["kubelet-dies", "is-it-alive"])
async def test_by_http_one_may_what_one_may_on_the_socket(lesson: str, mode: str) -> None:
    room = await sync_to_async(open_room)(offer(lesson), "v1.7", mode)
    refused = await socket_says(room)
    answer = await send(AsyncClient(), room, {"verb": "apply", "manifest": MANIFEST})
    assert refused
    assert refused in answer.content.decode()
    assert "default/c" not in made(room)


async def test_visitors_who_only_watch_change_nothing(room: Room) -> None:
    await Room.objects.filter(pk=room.pk).aupdate(may_act=False)
    viewer = Viewer(room.code)
    await viewer.join()
    await viewer.say(type="console", id="1", line=f"kubectl apply -f -\n{MANIFEST}")
    refused = (await viewer.hear("console-output"))["note"]["en"]
    assert refused == "In this room you can watch, not act."
    answer = await send(AsyncClient(), room, {"verb": "apply", "manifest": MANIFEST})
    assert refused in answer.content.decode()
    assert "default/c" not in made(room)
