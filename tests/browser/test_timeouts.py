"""Timeouts in a real browser: a slider moved, its band seen to move, applied to a running room, reverted."""

import re

from playwright.sync_api import Page, expect

from tests.browser.accessibility import serious
from tests.browser.people import NARROW, New, new_page, sign_in
from tests.conftest import Server

__all__ = ["new_page"]

GRACE = "How long a silent node stays Ready"
MAKE = """
from django.contrib.auth.models import User
from clustersim import default_scenario
from visualizer.profiles.presets import make_presets
from visualizer.rooms.models import Room
make_presets()
tess = User.objects.get(username="tess")
print(Room.objects.open_with(default_scenario(), name="Running", owned_by=tess, playing=True).code)
"""


def whole(page: Page) -> None:
    """Every phase has been tried."""
    expect(page.locator(".effect:not([data-partial])")).to_be_visible()


def left_edge(page: Page, row: str) -> float:
    """Where the band of the new settings begins, in percent of the axis."""
    band = page.locator(".effect tr", has_text=row).locator("rect.new")
    return float((band.get_attribute("x") or "").rstrip("%"))


def runs_with_grace(page: Page, server: Server, code: str, seconds: int) -> None:
    """The controller-manager of the room has started anew with this grace period."""
    page.goto(f"{server.url}/rooms/{code}/")
    page.locator('#stage [data-part="controller-manager"]').click()
    expect(page.locator("#inspect")).to_contain_text(re.compile(rf"node-monitor-grace-period\D*{seconds}"))


def test_a_slider_moves_its_band_and_the_profile_is_applied_and_taken_back(
    new_page: New, server: Server
) -> None:
    page = new_page()
    sign_in(page, server)
    code = server.shell(MAKE)
    page.goto(f"{server.url}/timeouts/new/?release=v1.7")
    page.get_by_label("Name").fill("Moved")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Saved.")
    whole(page)
    before = left_edge(page, "n1 is NotReady")
    for _ in range(3):
        page.get_by_role("slider", name=GRACE).press("ArrowLeft")
    expect(page.locator(".sentences")).to_contain_text("sooner")
    whole(page)
    assert left_edge(page, "n1 is NotReady") < before
    assert serious(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".history")).to_contain_text("default → 15s")

    page.get_by_role("button", name="What restarts?").last.click()
    expect(page.locator(".restarts").last).to_contain_text("controller-manager")
    page.locator(f'input[value="{code}"]').check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#messages")).to_contain_text("restarted with new flags: controller-manager")
    runs_with_grace(page, server, code, 15)

    page.go_back()
    page.get_by_role("button", name="Back to this").first.click()
    expect(page.locator("#messages")).to_contain_text("It is as it was then.")
    page.locator(f'input[value="{code}"]').check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#messages")).to_contain_text("restarted with new flags: controller-manager")
    runs_with_grace(page, server, code, 40)


def test_axe_finds_nothing_serious_in_timeouts(new_page: New, server: Server) -> None:
    page = new_page(**NARROW)
    sign_in(page, server)
    page.goto(f"{server.url}/timeouts/new/?release=v1.8")
    whole(page)
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
