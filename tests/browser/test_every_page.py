"""What axe says of every page of the site, light and dark, in Chinese; whatever has an address is looked at
or named as no page.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import serious
from tests.browser.people import New, new_page, pages_of_people, sign_in
from tests.conftest import Server

__all__ = ["new_page"]

PAGES: Final = {
    "landing": "/",
    "rooms": "/rooms/",
    "room": "/rooms/{room}/",
    "plain": "/rooms/{course}/plain/",
    "class": "/rooms/{course}/class/",
    "record": "/rooms/{course}/record/",
    "paste": "/rooms/{room}/manifest/",
    "kubectl": "/rooms/{room}/kubectl/",
    "sharing": "/sharing/rooms.room/{room_id}/",
    "compare": "/compare/?a={room}&b={course}",
    "lessons": "/lessons/",
    "shared-lesson": "/lessons/shared/{token}/",
    "guide": "/lessons/kubelet-dies/guide/",
    "worksheet": "/lessons/kubelet-dies/worksheet/",
    "poster": "/poster/v1.7/",
    "glossary": "/glossary/",
    "inventory": "/inventory/",
    "timeouts": "/timeouts/",
    "timeouts-new": "/timeouts/new/?release=v1.36",
    "timeouts-edit": "/timeouts/{profile}/",
    "studio": "/studio/",
    "studio-edit": "/studio/{draft}/",
    "studio-form": "/studio/{draft}/form/",
    "studio-check": "/studio/{draft}/check/",
    "studio-preview": "/studio/{draft}/preview/0/",
    "studio-versions": "/studio/{draft}/versions/",
    "api-versions": "/api-versions/",
    "server": "/server/",
}
"""Everything that is read in a browser, by the name of its address."""
FILES: Final = {
    "answers", "compare-data", "favicon", "healthz", "inventory-csv", "lesson-recording",
    "metrics", "past", "qr", "recording", "run-file", "snapshot", "state-hash", "studio-file", "timeline",
}  # fmt: skip
"""Read by programs, or looked at in test_recording.py."""
PARTS: Final = {"compare-choices", "studio-closing", "timeouts-preview", "timeouts-restarts"}
"""Parts of pages, fetched when they are wanted."""
ONLY_DONE: Final = {
    "delete-answers", "desk", "explore", "import-run", "join", "kubectl-withdraw", "own-copy", "set_language",
    "start-lesson", "start-shared", "stop-room", "studio-authors", "studio-change", "studio-close",
    "studio-new", "studio-open", "studio-publish", "studio-put-aside", "studio-record", "studio-restore",
    "studio-save", "studio-unpublish", "timeouts-apply", "timeouts-revert", "try",
}  # fmt: skip
"""Forms are sent there; they lead back to a page."""
ADMIN: Final = (
    "/admin/",
    "/admin/rooms/room/",
    "/admin/rooms/room/{room_id}/change/",
    "/admin/profiles/profile/",
    "/admin/auth/user/",
    "/admin/auth/user/add/",
    "/admin/studio/draft/",
)
VISITED: Final = {
    "/": 200,
    "/rooms/{room}/": 200,
    "/rooms/{course}/": 200,
    "/rooms/{course}/plain/": 200,
    "/server/": 403,
    "/nowhere/": 404,
    "/lessons/?q=nothing+such": 200,
    "/admin/login/": 200,
}
"""What they are answered with there."""
MAKE = """
import json
from django.contrib.auth.models import User
from django.utils import timezone
from clustersim import default_scenario
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Student
from visualizer.lessons.views import open_room
from visualizer.library.models import Publication
from visualizer.profiles.models import Profile
from visualizer.rooms.models import Room
from visualizer.studio import drafts, starts
owner = User.objects.create_superuser("walker")
chosen = offer("kubelet-dies")
course = open_room(chosen, "v1.7", "follow", owner)
room = Room.objects.open_with(default_scenario(), name="A room", owned_by=owner)
profile = Profile.objects.create(name="Mine", release="v1.7", owned_by=owner)
draft = drafts.begin(owner, starts.template())
text = chosen.text.replace("kubelet-dies", "shared-one", 1)
shared = Publication.objects.create(
    lesson="shared-one", text=text, listed=False, digest="", published=timezone.now(), owned_by=owner
)
print(json.dumps({
    "course": course.code, "room": room.code, "room_id": room.pk, "profile": profile.pk, "draft": draft.pk,
    "token": str(shared.token),
}))
"""


@pytest.fixture(scope="module")
def things(server: Server) -> dict[str, Any]:
    """One of everything, all of which belong to walker."""
    found: dict[str, Any] = json.loads(server.shell(MAKE))
    return found


def test_every_address_is_a_page_that_axe_looks_at_or_is_named_as_none() -> None:
    names = set(_names(get_resolver().url_patterns))
    assert names == {*PAGES, *FILES, *PARTS, *ONLY_DONE}


def _names(patterns: Any) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver) and not str(one.pattern).startswith("admin"):
            yield from _names(one.url_patterns)
        elif isinstance(one, URLPattern):
            yield one.name or ""


@pytest.fixture(scope="module")
def reader(browser: Browser, server: Server, things: dict[str, Any]) -> Iterator[Page]:
    """Signed in as walker, who goes from page to page; they are in Chinese."""
    with pages_of_people(browser) as new:
        page = new(locale="zh-CN")
        sign_in(page, server, "walker", "/healthz")
        yield page


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[Page]:
    """Who has not signed in, and goes from page to page."""
    with pages_of_people(browser) as new:
        yield new(locale="zh-CN")


@pytest.mark.parametrize("path", [*PAGES.values(), *ADMIN], ids=[*PAGES, *ADMIN])
def test_axe_finds_nothing_serious(reader: Page, server: Server, things: dict[str, Any], path: str) -> None:
    _look(reader, server, path.format(**things))


@pytest.mark.parametrize(("path", "status"), VISITED.items())
def test_nor_on_what_a_visitor_sees(
    visitor: Page, server: Server, things: dict[str, Any], path: str, status: int
) -> None:
    _look(visitor, server, path.format(**things), status)


def test_nor_when_somebody_has_tried_too_many_passwords(new_page: New, server: Server) -> None:
    page = new_page(locale="zh-CN")
    for _ in range(6):
        page.goto(f"{server.url}/admin/login/")
        page.fill("#id_username", "nobody")
        page.fill("#id_password", "wrong")
        page.click("[type=submit]")
    expect(page.locator("h1")).to_have_text("登录尝试次数过多")
    assert serious(page) == []


def _look(page: Page, server: Server, path: str, status: int = 200) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    answer = page.goto(server.url + path)
    assert answer is not None
    assert answer.status == status
    expect(page.locator("html")).to_have_attribute("lang", re.compile("zh-hans", re.IGNORECASE))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == []
    assert wrong == []
