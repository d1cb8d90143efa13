"""Staff make, list, open and stop rooms."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.conftest import ROOT
from visualizer.rooms.models import Room

LIST = "/admin/rooms/room/"


@pytest.fixture
def admin(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


def do(admin: Client, action: str, *rooms: Room) -> str:
    """Where a list action on these rooms leads."""
    answer = admin.post(LIST, {"action": action, "_selected_action": [room.pk for room in rooms]})
    return answer.headers["Location"]


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_a_new_room_has_the_default_cluster_of_its_release(admin: Client, release: str) -> None:
    admin.post(LIST + "add/", {"name": "Class 7b", "release": release})
    room = Room.objects.get()
    assert (room.name, room.release, room.may_act) == ("Class 7b", release, False)
    assert room.scenario["release"] == release
    assert len(room.scenario["nodes"]) == 3


def test_a_room_can_begin_with_the_cluster_of_a_scenario_file(admin: Client) -> None:
    file = SimpleUploadedFile("recorded.yaml", (ROOT / "examples" / "as-recorded.yaml").read_bytes())
    admin.post(LIST + "add/", {"name": "", "release": "v1.8", "file": file})
    room = Room.objects.get()
    assert room.release == "v1.7"
    assert room.scenario["name"] == "as-recorded"
    assert [action["do"] for action in room.scenario["actions"]] == ["stop-kubelet", "start-kubelet"]


def test_a_wrong_scenario_file_is_refused_with_line_column_and_the_nearest_name(admin: Client) -> None:
    file = SimpleUploadedFile("wrong.yaml", b"format: scenario/1\nname: x\nnods: 3\n")
    answer = admin.post(LIST + "add/", {"name": "", "release": "v1.7", "file": file})
    assert not Room.objects.exists()
    assert "wrong.yaml:3:1" in answer.content.decode()
    assert "nodes" in answer.content.decode()


def test_rooms_are_listed_with_a_way_in(admin: Client, room: Room) -> None:
    assert f'href="{room.get_absolute_url()}"' in admin.get(LIST).content.decode()


def test_what_visitors_may_do_can_be_changed_and_the_scenario_cannot(admin: Client, room: Room) -> None:
    admin.post(f"{LIST}{room.pk}/change/", {"name": "new", "release": "v1.8"})
    room.refresh_from_db()
    assert (room.name, room.may_act, room.release) == ("new", False, "v1.7")


def test_stopping_and_opening_rooms(admin: Client, room: Room) -> None:
    assert do(admin, "stop_rooms", room) == LIST
    room.refresh_from_db()
    assert room.stopped is not None
    assert do(admin, "open_rooms", room) == room.get_absolute_url()
    room.refresh_from_db()
    assert room.stopped is None


def test_several_rooms_are_opened_without_entering_one(admin: Client, room: Room) -> None:
    other = Room.objects.create(scenario={}, release="v1.7", stopped=timezone.now())
    assert do(admin, "open_rooms", room, other) == LIST
    other.refresh_from_db()
    assert other.stopped is None


def test_visitors_do_not_reach_the_list(client: Client, room: Room) -> None:
    assert client.get(LIST).headers["Location"].startswith("/admin/login/")


def test_saving_a_room_leaves_alone_what_its_runner_wrote_meanwhile(admin: Client, room: Room) -> None:
    with CaptureQueriesContext(connection) as queries:
        admin.post(f"{LIST}{room.pk}/change/", {"name": "new", "may_act": "on"})
    [update] = [q["sql"] for q in queries if q["sql"].startswith('UPDATE "rooms_room"')]
    written = update.partition("WHERE")[0]
    assert [
        column for column in ("playing", "speed", "epoch", "owner", "lease_until") if column in written
    ] == []
