"""The pages around the stage."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from visualizer.joined import file_of
from visualizer.rooms.models import Room


@pytest.fixture
def stopped(room: Room) -> Room:
    room.stopped = timezone.now()
    room.save()
    return room


# --- landing page


def test_a_visitor_is_not_told_of_other_peoples_rooms(client: Client, room: Room) -> None:
    assert room.code not in client.get("/").content.decode()


def test_instructors_see_their_rooms_and_those_shared_with_them(
    client: Client, instructor: User, colleague: User, room: Room
) -> None:
    Room.objects.update(owned_by=colleague)
    client.force_login(instructor)
    assert room.code not in client.get("/").content.decode()
    room.shared_with.add(instructor)
    assert room.code in client.get("/").content.decode()


def test_one_click_makes_a_room_in_which_the_default_cluster_plays(client: Client, db: None) -> None:
    answer = client.post("/try/")
    room = Room.objects.get()
    assert answer.headers["Location"] == room.get_absolute_url()
    assert room.playing
    assert room.release == "v1.7"


def test_a_second_click_leads_back_to_the_same_room(client: Client, db: None) -> None:
    client.post("/try/")
    client.post("/try/")
    assert Room.objects.count() == 1


def test_what_one_visitor_uses_up_is_that_visitors_alone(db: None, settings: Settings) -> None:
    settings.ROOMS_PER_VISITOR = 2
    greedy, other = Client(), Client()
    for lesson in ("kubelet-dies", "watch-compare-act", "dead-pods"):
        greedy.post(f"/lessons/{lesson}/start/")
    assert Room.objects.count() == 2
    assert "You made many rooms" in greedy.post("/try/", follow=True).content.decode()
    other.post("/try/")
    assert Room.objects.count() == 3


def test_visitors_who_forget_who_they_are_are_counted_by_their_address(db: None, settings: Settings) -> None:
    settings.ROOMS_PER_ADDRESS = 3
    for _ in range(5):
        Client().post("/try/", REMOTE_ADDR="192.0.2.1")
    assert Room.objects.count() == 3
    Client().post("/try/", REMOTE_ADDR="192.0.2.2")
    assert Room.objects.count() == 4


def test_instructors_make_as_many_rooms_as_they_like(
    client: Client, instructor: User, settings: Settings
) -> None:
    settings.ROOMS_PER_VISITOR, settings.VISITORS_MAKE_ROOMS = 1, False
    client.force_login(instructor)
    for lesson in ("kubelet-dies", "watch-compare-act"):
        client.post(f"/lessons/{lesson}/start/")
    assert [room.owned_by for room in Room.objects.all()] == [instructor] * 2


def test_visitors_make_no_rooms_where_they_may_not(client: Client, db: None, settings: Settings) -> None:
    settings.VISITORS_MAKE_ROOMS = False
    client.post("/try/")
    assert not Room.objects.exists()


# --- joining


def test_a_code_leads_to_its_room_however_it_is_typed(client: Client, room: Room) -> None:
    typed = f" {room.code[:3].lower()}-{room.code[3:].lower()} "
    assert client.post("/join/", {"code": typed}).headers["Location"] == room.get_absolute_url()


def test_a_wrong_code_is_said_to_be_wrong(client: Client, db: None) -> None:
    answer = client.post("/join/", {"code": "NOROOM"}, follow=True)
    assert "There is no room with this code." in answer.content.decode()


# --- the room


def test_a_room_names_its_socket_and_what_a_visitor_may_do(client: Client, room: Room) -> None:
    answer = client.get(room.get_absolute_url())
    assert answer.context["ws_path"] == f"/ws/rooms/{room.code}/"
    assert answer.context["can_act"] is True


def test_a_visitor_of_a_room_to_watch_cannot_act(client: Client, room: Room) -> None:
    Room.objects.update(may_act=False)
    assert client.get(room.get_absolute_url()).context["can_act"] is False


def test_staff_can_act_in_a_room_to_watch(client: Client, staff: User, room: Room) -> None:
    Room.objects.update(may_act=False)
    client.force_login(staff)
    assert client.get(room.get_absolute_url()).context["can_act"] is True


def test_an_unknown_room_is_not_found(client: Client, db: None) -> None:
    assert client.get("/rooms/NOROOM/").status_code == 404


def test_what_is_not_there_is_said_in_the_language_of_the_page(client: Client, db: None) -> None:
    answer = client.get("/nothing/here/", headers={"accept-language": "zh-CN"})
    assert answer.status_code == 404
    assert "这个地址下什么也没有。" in answer.content.decode()


def test_a_form_that_is_too_large_is_told_how_much_it_may_send(client: Client, db: None) -> None:
    answer = client.post("/join/", {"code": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    assert answer.status_code == 413
    assert "more than a form may send: 1 MB" in answer.content.decode()


def test_a_name_that_is_not_the_servers_is_told_where_it_is_added(client: Client, db: None) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "ALLOWED_HOSTS" in answer.content.decode()


def test_a_stopped_room_sends_its_visitors_back_with_a_word(client: Client, stopped: Room) -> None:
    answer = client.get(stopped.get_absolute_url(), follow=True)
    assert "This room was stopped." in answer.content.decode()


def test_the_snapshot_of_a_room_that_does_not_run_is_not_found(client: Client, room: Room) -> None:
    assert client.get(reverse("snapshot", args=[room.code])).status_code == 404


def test_a_browser_finds_an_icon_on_every_page(client: Client) -> None:
    assert client.get("/favicon.ico").headers["Location"] == "/static/icon.svg"


# --- languages


def test_the_page_follows_the_browsers_language(client: Client, db: None) -> None:
    assert 'lang="zh-Hans"' in client.get("/", headers={"accept-language": "zh-CN"}).content.decode()


def test_the_language_switch_is_remembered(client: Client, db: None) -> None:
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/"})
    assert 'lang="zh-Hans"' in client.get("/").content.decode()


@pytest.mark.django_db
def test_scripts_get_their_sentences_in_the_language_of_the_page(client: Client, room: Room) -> None:
    page = client.get(room.get_absolute_url(), headers={"accept-language": "zh-CN"}).content.decode()
    assert file_of("words.zh-hans.js").address in page


# --- what every page carries


@pytest.mark.parametrize("path", ["/", "/admin/login/"])
def test_no_page_runs_scripts_or_styles_from_elsewhere_or_inline(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    assert "<style" not in answer.content.decode()


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/try/"), ("get", "/join/"), ("post", "/"), ("delete", "/")]
)
def test_pages_answer_only_the_methods_they_are_for(client: Client, db: None, method: str, path: str) -> None:
    assert getattr(client, method)(path).status_code == 405


def test_a_form_without_its_token_is_refused_and_told_what_to_do(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/try/")
    assert answer.status_code == 403
    assert "Go back, reload it" in answer.content.decode()


def test_whoever_is_signed_in_signs_out_from_the_first_page(client: Client, instructor: User) -> None:
    assert "Sign out" not in client.get("/").content.decode()
    client.force_login(instructor)
    assert "Sign out" in client.get("/").content.decode()
    answer = client.post(reverse("admin:logout"), {"next": "/"}, follow=True)
    assert "Sign in" in answer.content.decode()


# --- the server itself


def test_a_healthy_server_says_so(client: Client, db: None) -> None:
    assert client.get("/healthz").json()["status"] == "ok"


def test_a_laptop_shows_its_metrics(client: Client) -> None:
    text = client.get("/metrics").content
    for name in (
        b"clustersim_ticks_total",
        b'rooms{state="standing"}',
        b'queue{lane="opening"}',
        b"over_budget",
    ):
        assert name in text


@pytest.mark.parametrize(
    ("given", "status"), [("", 404), ("Bearer wrong", 404), ("Bearer é", 404), ("Bearer token", 200)]
)
def test_metrics_of_a_public_server_need_the_token(
    client: Client, settings: Settings, given: str, status: int
) -> None:
    settings.PRODUCTION, settings.METRICS_TOKEN = True, "token"
    assert client.get("/metrics", headers={"authorization": given}).status_code == status


def test_metrics_of_a_public_server_without_token_are_closed(client: Client, settings: Settings) -> None:
    settings.PRODUCTION = True
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_cluster_of_ones_own_is_of_the_release_chosen(client: Client, db: None, release: str) -> None:
    client.post("/try/", {"release": release})
    assert Room.objects.get().release == release
