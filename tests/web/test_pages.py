"""Pages that htmx changes in place: each form works plainly, too, and no page costs a query per row."""

from typing import Final

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clustersim import default_scenario
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Mode, PrivateCopy, Student
from visualizer.lessons.views import open_room
from visualizer.library.models import Publication
from visualizer.profiles.models import Profile
from visualizer.rooms.models import Room
from visualizer.studio.models import Draft

HTMX: Final = {"hx-request": "true"}

BUDGETS: Final = {
    "/": 6,
    "/lessons/": 6,
    "/rooms/": 9,
    "/timeouts/": 7,
    "/compare/": 5,
    "/admin/rooms/room/": 10,
    "/studio/": 6,
}
"""{page: the most queries that an instructor's visit may cost, session and account included}."""

OF_OPERATORS: Final = {"/admin/studio/draft/": 10, "/admin/library/publication/": 10, "/server/": 5}
"""The same for pages of operators, on which everybody's things are."""


@pytest.fixture
def at_work(client: Client, instructor: User) -> Client:
    client.force_login(instructor)
    return client


def furnish(owner: User, colleague: User, count: int) -> None:
    """So many rooms, classes and profiles."""
    for number in range(count):
        room = Room.objects.open_with(default_scenario(), name=f"Class {number}", owned_by=owner)
        room.shared_with.add(colleague)
        open_room(offer("kubelet-dies"), "v1.7", Mode.FOLLOW, owner)
        Profile.objects.create(name=f"Profile {number}", release="v1.7", owned_by=owner)
        name = f"lesson-{count}-{number}"
        publication = Publication.objects.create(lesson=name, text="format: lesson/1\n", owned_by=owner)
        Draft.objects.create(name=name, text="", owned_by=owner, publication=publication)


@pytest.mark.parametrize("path", [*BUDGETS, *OF_OPERATORS])
def test_a_page_costs_the_same_queries_however_much_is_on_it(
    client: Client, instructor: User, colleague: User, operator: User, path: str
) -> None:
    client.force_login(operator if path in OF_OPERATORS else instructor)
    costs = []
    for more in (1, 6):
        furnish(instructor, colleague, more)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        costs.append(len(queries))
        Profile.objects.all().delete()
    assert costs[0] == costs[1]
    assert costs[1] <= {**BUDGETS, **OF_OPERATORS}[path]


def test_an_operator_finds_every_lesson_gives_it_away_and_takes_back_what_is_published(
    client: Client, instructor: User, colleague: User, operator: User
) -> None:
    furnish(instructor, colleague, 1)
    draft, publication = Draft.objects.get(), Publication.objects.get()
    client.force_login(operator)
    assert draft.name in client.get("/admin/studio/draft/?q=lesson-1").content.decode()
    assert draft.name not in client.get("/admin/studio/draft/?q=another").content.decode()
    change = client.get(f"/admin/studio/draft/{draft.pk}/change/")
    assert change.headers["Location"] == f"/sharing/studio.draft/{draft.pk}/"
    assert client.post(f"/admin/studio/draft/{draft.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(f"/admin/library/publication/{publication.pk}/delete/", {"post": "yes"})
    draft.refresh_from_db()
    assert draft.publication is None
    client.force_login(colleague)
    assert client.get("/admin/studio/draft/").status_code == 403


# --- lists


@pytest.mark.parametrize("path", ["/lessons/", "/rooms/", "/timeouts/"])
def test_a_list_is_a_page_to_a_browser_and_a_fragment_to_htmx(at_work: Client, path: str) -> None:
    page, fragment = at_work.get(path), at_work.get(path, headers=HTMX)
    assert "<html" in page.content.decode()
    assert "<html" not in fragment.content.decode()
    assert "HX-Request" in page.headers["Vary"]
    restored = at_work.get(path, headers={**HTMX, "hx-history-restore-request": "true"})
    assert "<html" in restored.content.decode()


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("q=kube-proxy", 'id="kube-proxy"', 'id="api-versions"'),
        ("q=KUBELET+dies", 'id="kubelet-dies"', 'id="kube-proxy"'),
        ("level=advanced", 'id="at-most-one"', 'id="kubelet-dies"'),
        ("release=v1.36", 'id="nine-years-later"', 'id="the-post"'),
        ("q=nothing+fits+this", 'class="lessons"', 'id="kubelet-dies"'),
    ],
)
def test_lessons_are_found_by_words_level_and_release(
    client: Client, db: None, query: str, there: str, not_there: str
) -> None:
    for headers in ({}, HTMX):
        page = client.get(f"/lessons/?{query}", headers=headers).content.decode()
        assert there in page
        assert not_there not in page


def test_lessons_are_found_in_the_language_of_the_page(client: Client, db: None) -> None:
    title = offer("dead-pods").lesson.title.zh
    page = client.get("/lessons/", {"q": title}, headers={"accept-language": "zh-CN"}).content.decode()
    assert page.count('class="lesson"') == 1
    assert 'id="dead-pods"' in page


def test_rooms_are_found_by_name_code_and_lesson_and_paged(at_work: Client, instructor: User) -> None:
    taught = open_room(offer("kubelet-dies"), "v1.7", Mode.FOLLOW, instructor)
    for number in range(30):
        Room.objects.open_with(default_scenario(), name=f"Class {number}", owned_by=instructor)
    assert taught.code not in at_work.get("/rooms/").content.decode()
    assert taught.code in at_work.get("/rooms/?page=2").content.decode()
    for query in (taught.code.lower(), "kubelet dies"):
        page = at_work.get("/rooms/", {"q": query}, headers=HTMX).content.decode()
        assert taught.code in page
        assert "Class 7" not in page


def test_the_copies_of_students_do_not_fill_the_list(at_work: Client, instructor: User) -> None:
    taught = open_room(offer("kubelet-dies"), "v1.7", Mode.FOLLOW, instructor)
    copy = Room.objects.open_with(default_scenario(), owned_by=instructor)
    student = Student.objects.create(room=taught, who="w")
    PrivateCopy.objects.create(room=copy, student=student, step="x", branch=taught.branch_id)
    for path in ("/", "/rooms/", "/compare/"):
        page = at_work.get(path).content.decode()
        assert taught.code in page
        assert copy.code not in page


def test_a_room_is_stopped_and_opened_again_in_its_row(at_work: Client, instructor: User, room: Room) -> None:
    Room.objects.update(owned_by=instructor)
    row = at_work.post(f"/rooms/{room.code}/stop/", {"stop": "1"}, headers=HTMX).content.decode()
    assert row.strip().startswith("<tr")
    assert "Open again" in row
    assert at_work.post(f"/rooms/{room.code}/stop/").headers["Location"] == "/rooms/"
    room.refresh_from_db()
    assert room.stopped is None


def test_the_record_of_a_class_is_reached_when_its_room_is_stopped(at_work: Client, instructor: User) -> None:
    taught = open_room(offer("kubelet-dies"), "v1.7", Mode.FOLLOW, instructor)
    row = at_work.post(f"/rooms/{taught.code}/stop/", {"stop": "1"}, headers=HTMX).content.decode()
    assert f'href="/rooms/{taught.code}/record/"' in row


def test_a_stranger_stops_no_room(at_work: Client, colleague: User, room: Room) -> None:
    Room.objects.update(owned_by=colleague)
    assert at_work.post(f"/rooms/{room.code}/stop/", {"stop": "1"}).status_code == 403


# --- forms


def test_joining_leads_on_and_a_wrong_code_is_said_in_place(client: Client, room: Room) -> None:
    right = client.post("/join/", {"code": room.code}, headers=HTMX)
    assert right.headers["HX-Redirect"] == room.get_absolute_url()
    wrong = client.post("/join/", {"code": "NOROOM"}, headers=HTMX)
    assert wrong.status_code == 200
    assert "There is no room with this code." in wrong.content.decode()
    assert 'hx-swap-oob="innerHTML"' in wrong.content.decode()


def test_starting_a_lesson_leads_into_its_room(client: Client, db: None) -> None:
    answer = client.post("/lessons/kubelet-dies/start/", headers=HTMX)
    assert answer.headers["HX-Redirect"] == Room.objects.get().get_absolute_url()


# --- comparing


def test_runs_are_chosen_among_those_one_knows(at_work: Client, instructor: User, room: Room) -> None:
    other = Room.objects.open_with(default_scenario(), name="Someone else's")
    Room.objects.filter(pk=room.pk).update(owned_by=instructor)
    page = at_work.get("/compare/").content.decode()
    assert f"{room.code}:{room.branch_id}" in page
    assert other.code not in page
    typed = at_work.get("/compare/choices/", {"a": other.code}, headers=HTMX).content.decode()
    assert f"{other.code}:{other.branch_id}" in typed
    assert "<html" not in typed


def test_a_run_that_is_not_there_is_said_where_one_chooses(client: Client, room: Room) -> None:
    page = client.get("/compare/", {"a": room.code, "b": "NOROOM"}).content.decode()
    assert "There is no room with this code." in page
    assert f'value="{room.code}"' in page


# --- sharing


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_owner_shares_with_a_colleague_and_no_more(
    at_work: Client, instructor: User, colleague: User, room: Room, headers: dict[str, str]
) -> None:
    Room.objects.update(owned_by=instructor)
    path = f"/sharing/rooms.room/{room.pk}/"
    at_work.post(path, {"with": colleague.username}, headers=headers)
    assert list(room.shared_with.all()) == [colleague]
    assert colleague.username in at_work.get(path).content.decode()
    at_work.post(path, {"end": colleague.pk}, headers=headers)
    assert not room.shared_with.exists()


def test_a_colleague_sees_with_whom_and_shares_no_further(
    at_work: Client, instructor: User, colleague: User, room: Room
) -> None:
    Room.objects.update(owned_by=colleague)
    room.shared_with.add(instructor)
    path = f"/sharing/rooms.room/{room.pk}/"
    assert "<select" not in at_work.get(path).content.decode()
    assert at_work.post(path, {"with": colleague.username}).status_code == 403


@pytest.mark.parametrize("path", ["/sharing/auth.user/1/", "/sharing/nonsense/1/", "/sharing/rooms.room/9/"])
def test_only_what_is_owned_is_shared(at_work: Client, path: str) -> None:
    assert at_work.get(path).status_code == 404
