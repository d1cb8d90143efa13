"""Whatever text a person types stands on every page as it was typed: markup in it is never markup."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from clustersim import default_scenario
from tests.conftest import ROOT
from visualizer.kubeapi.models import Token
from visualizer.lessons.models import Answer, Course, Reflection, Student
from visualizer.profiles.models import Profile
from visualizer.rooms.models import Branch, Room
from visualizer.rooms.roles import Role
from visualizer.studio import drafts, starts
from visualizer.studio.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)

MARKUP = "</script><img src=x onerror=alert(1)>"
"""At most as long as a nickname may be."""


@pytest.fixture
def teacher(instructor: User) -> Client:
    client = Client()
    client.force_login(instructor)
    return client


@pytest.fixture
def draft(instructor: User) -> Draft:
    """A lesson all of whose texts are markup."""
    return drafts.begin(instructor, re.sub(r'\b(en|zh): "[^"]*"', rf'\1: "{MARKUP}"', starts.template()))


@pytest.fixture
def course(teacher: Client, draft: Draft) -> Room:
    """A class that is taught this lesson, with what a student wrote in it."""
    teacher.post(f"{draft.get_absolute_url()}publish/", {"where": "listed"})
    draft.refresh_from_db()
    assert draft.publication is not None
    teacher.post(f"/lessons/{draft.publication.lesson}/start/", {"for": "class"})
    room = Course.objects.get(lesson=draft.publication.lesson).room
    student = Student.enrol(room.pk, "ada")
    Student.objects.update(nickname=MARKUP, code=MARKUP, may_be_named=True)
    Reflection.objects.create(student=student, step="think", text=MARKUP, shown=True)
    Answer.objects.create(room=room, ask="q-status", round=1, who="ada", answer=MARKUP)
    return room


def shown(client: Client, path: str) -> int:
    """How often a page shows it; nowhere as what it is not."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    body = answer.content.decode()
    assert MARKUP not in body, path
    return len(re.findall(r"&lt;img src=x|\\u003Cimg src=x", body))


def test_texts_of_a_lesson_and_of_who_takes_it(teacher: Client, draft: Draft, course: Room) -> None:
    own, lesson = draft.get_absolute_url(), course.course.lesson
    for path in (
        "/studio/", own, f"{own}form/", f"{own}preview/0/", f"{own}preview/1/", f"{own}versions/",
        "/lessons/", f"/lessons/{lesson}/guide/", f"/lessons/{lesson}/worksheet/",
        f"/rooms/{course.code}/class/", f"/rooms/{course.code}/record/", "/rooms/", course.get_absolute_url(),
    ):  # fmt: skip
        assert shown(teacher, path), path
    for path in ("/", "/inventory/", "/compare/", "/glossary/", f"/rooms/{course.code}/recording.html"):
        shown(teacher, path)
    assert shown(Client(), course.get_absolute_url())


def test_names_of_rooms_branches_profiles_and_tokens(
    teacher: Client, instructor: User, owned: Callable[..., Room]
) -> None:
    room = owned(instructor, name=MARKUP)
    Branch.objects.update(name=MARKUP)
    Token.objects.issue(room, Role.ACT, name=MARKUP)
    profile = Profile.objects.create(name=MARKUP, notes=MARKUP, release="v1.7", owned_by=instructor)
    profile._change_reason = MARKUP
    profile.save()
    for path in (
        "/rooms/", room.get_absolute_url(), f"/rooms/{room.code}/manifest/",
        f"/sharing/rooms.room/{room.pk}/", f"/rooms/{room.code}/kubectl/", "/timeouts/",
        f"/timeouts/{profile.pk}/",
        f"/sharing/profiles.profile/{profile.pk}/", f"/compare/choices/?a={room.code}",
    ):  # fmt: skip
        assert shown(teacher, path), path


def test_what_is_searched_for_and_pasted(
    teacher: Client, instructor: User, owned: Callable[..., Room]
) -> None:
    room = owned(instructor)
    assert shown(teacher, f"/rooms/?q={MARKUP}")
    answer = teacher.post(f"/rooms/{room.code}/manifest/", {"verb": "apply", "manifest": f"kind: {MARKUP}"})
    assert MARKUP not in answer.content.decode()
    assert MARKUP not in teacher.post("/join/", {"code": MARKUP}, follow=True).content.decode()


@pytest.fixture
def owned() -> Callable[..., Room]:
    def owned(account: User, **fields: object) -> Room:
        return Room.objects.open_with(default_scenario(), owned_by=account, **fields)

    return owned


def test_no_script_makes_elements_of_texts() -> None:
    ways = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc")
    scripts = list((ROOT / "static").rglob("*.js"))
    assert scripts
    assert [path.name for path in scripts if ways.search(path.read_text())] == []
