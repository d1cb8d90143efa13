"""Lists and forms in a real browser: changed in place, by keyboard alone, and the same without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import serious
from tests.browser.people import sign_in
from tests.conftest import Server

MAKE = """
from django.contrib.auth.models import Group, User
from clustersim import default_scenario
from visualizer.profiles.presets import make_presets
from visualizer.rooms.models import Room
make_presets()
for name in ("ines", "cora"):
    user, made = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    user.groups.add(Group.objects.get(name="Instructors"))
cora = User.objects.get(username="cora")
cora.set_password("pw")
cora.save()
if not Room.objects.filter(name="Class 1").exists():
    for number in range(30):
        owner = User.objects.get(username="ines")
        Room.objects.open_with(default_scenario(), name=f"Class {number}", owned_by=owner)
"""


@pytest.fixture(scope="module")
def school(server: Server) -> Server:
    """Two instructors; one of them has thirty rooms."""
    server.shell(MAKE)
    return server


@pytest.fixture
def at_work(page: Page, school: Server) -> Page:
    sign_in(page, school, "ines", "/rooms/")
    return page


def test_an_instructor_signs_in_by_keyboard(page: Page, school: Server) -> None:
    page.goto(f"{school.url}/admin/login/?next=/rooms/")
    page.fill("#id_username", "cora")
    page.fill("#id_password", "pw")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Rooms")


def test_lessons_are_found_while_one_types_and_back_leads_back(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/lessons/")
    everything = page.locator(".lesson").count()
    page.get_by_label("Search").press_sequentially("kube-proxy")
    expect(page.locator("#kubelet-dies")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"q=kube-proxy"))
    page.get_by_label("Search").fill("")
    expect(page.locator(".lesson")).to_have_count(everything)
    page.go_back()
    expect(page.locator("#kube-proxy")).to_have_count(1)
    assert serious(page) == []


def test_a_wrong_code_is_said_in_place_and_a_right_one_leads_in(
    page: Page, server: Server, own_room: str
) -> None:
    page.goto(f"{server.url}/")
    page.get_by_label("Room code").fill("NOROOM")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("There is no room with this code.")
    expect(page.locator("#messages li")).to_be_in_viewport()
    expect(page.get_by_label("Room code")).to_have_value("NOROOM")
    page.get_by_label("Room code").fill(own_room)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/rooms/{own_room}/")


@pytest.fixture
def own_room(server: Server) -> str:
    return server.new_room(name="To join")


def test_rooms_are_paged_stopped_and_shared_by_keyboard(at_work: Page) -> None:
    page = at_work
    assert serious(page) == []
    page.get_by_role("link", name="On", exact=True).press("Enter")
    expect(page.locator(".pages")).to_contain_text("Page 2 of 2")
    page.get_by_label("Search").fill("Class 17")
    row = page.locator("tr", has_text="Class 17")
    expect(page.locator("tbody tr")).to_have_count(1)
    row.get_by_role("button", name=re.compile("^Stop")).press("Enter")
    expect(row).to_contain_text("stopped")
    row.get_by_role("button", name=re.compile("^Open again")).press("Enter")
    expect(row).not_to_contain_text("stopped")
    row.get_by_role("link", name=re.compile("^Share")).press("Enter")
    page.get_by_label("Colleague").select_option("cora")
    page.get_by_role("button", name="Share", exact=True).press("Enter")
    expect(page.locator(".people")).to_contain_text("cora")
    assert serious(page) == []


def test_runs_are_offered_while_one_types(at_work: Page, school: Server) -> None:
    page = at_work
    page.goto(f"{school.url}/compare/")
    page.get_by_label("A", exact=True).press_sequentially("Class 17")
    expect(page.locator("#choices option")).to_have_count(1)
    assert serious(page) == []


def test_everything_works_without_javascript(browser: Browser, school: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{school.url}/lessons/")
    page.get_by_label("Search").fill("kube-proxy")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#kubelet-dies")).to_have_count(0)
    page.goto(f"{school.url}/")
    page.get_by_label("Room code").fill("NOROOM")
    page.get_by_role("button", name="Join").click()
    expect(page.locator("#messages")).to_contain_text("There is no room with this code.")
    page.goto(f"{school.url}/admin/login/?next=/rooms/")
    page.fill("#id_username", "cora")
    page.fill("#id_password", "pw")
    page.click("[type=submit]")
    expect(page.locator("h1")).to_have_text("Rooms")
    page.goto(f"{school.url}/timeouts/")
    page.get_by_label("Search").fill("flapping")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".profiles li")).to_have_count(1)
    context.close()


def test_a_slider_that_moves_on_leaves_no_error_behind(at_work: Page, school: Server) -> None:
    page, said = at_work, []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{school.url}/timeouts/")
    page.get_by_role("link", name="v1.7 defaults").click()
    slider = page.get_by_role("slider", name="How long a silent node stays Ready")
    expect(page.locator(".effect:not([data-partial])")).to_be_visible()
    for _ in range(4):
        slider.press("ArrowRight")
        page.wait_for_timeout(120)
    expect(page.locator(".sentences")).to_contain_text("later")
    expect(page.locator(".effect:not([data-partial])")).to_be_visible()
    assert said == []


def test_what_is_saved_right_after_a_slider_moved_is_saved_once(at_work: Page, school: Server) -> None:
    page = at_work
    page.goto(f"{school.url}/timeouts/new/?release=v1.7")
    page.get_by_role("slider", name="How long a silent node stays Ready").press("ArrowLeft")
    page.get_by_label("Name").fill("Once")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Saved.")
    expect(page.locator(".history > ol > li")).to_have_count(1)
    page.get_by_role("slider", name="How long a silent node stays Ready").press("ArrowLeft")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".history > ol > li")).to_have_count(2)
    expect(page.locator(".history")).to_contain_text("30s → 20s")
