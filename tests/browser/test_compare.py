"""Two runs side by side: what differs between them, and when."""

import re

from playwright.sync_api import Page, expect

from tests.browser.accessibility import serious
from tests.conftest import Server


def experiment(page: Page, server: Server) -> str:
    """A room in which n3's kubelet was stopped at the beginning, played past its NotReady; its code."""
    code = server.new_room()
    page.goto(f"{server.url}/rooms/{code}/")
    page.locator('[data-part="n3.kubelet"]').first.click()
    page.locator('[data-do="stop-kubelet"]').click()
    expect(page.locator('[data-do="stop-kubelet"]')).to_be_hidden()
    page.locator("#speed").select_option("600")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => document.getElementById('clock-time').textContent >= '00:01:00'")
    page.get_by_role("button", name="Pause").click()
    return code


def test_what_if_the_act_had_not_been(page: Page, server: Server) -> None:
    experiment(page, server)
    page.locator('[data-part="n3"]').click()
    page.get_by_role("button", name="Why?").first.click()
    page.get_by_text("What if: Stop the kubelet (n3)").click()
    page.get_by_role("button", name="had not been").click()
    page.wait_for_url("**/compare/**")
    row = page.locator("#milestones tbody tr").filter(has_text="n3 is no longer Ready")
    expect(row).to_contain_text("only A")
    expect(page.locator('#side-a [data-node="n3"]')).to_have_attribute("data-unlike", "")
    expect(page.locator('#side-a [data-node="n3"]')).to_contain_text("NotReady")
    name = page.locator('#side-a [data-node="n3"] .name-start')
    assert name.evaluate("name => name.clientWidth > 0 && name.scrollWidth <= name.clientWidth")
    expect(page.locator('#side-b [data-node="n3"]')).not_to_contain_text("NotReady")
    expect(page.locator("#requests")).to_contain_text("lost in all")


def test_both_stages_go_to_the_same_moment(page: Page, server: Server) -> None:
    code = experiment(page, server)
    page.goto(f"{server.url}/compare/?a={code}&b={code}&t=0")
    expect(page.locator("#compare-clock")).to_have_text("00:00:00")
    expect(page.locator('[data-node="n3"]')).to_have_count(2)
    page.locator("#milestones button").first.click()
    expect(page.locator('[data-node="n3"]').nth(0)).to_contain_text("NotReady")
    expect(page.locator('[data-node="n3"]').nth(1)).to_contain_text("NotReady")
    page.locator("#moment").focus()
    page.keyboard.press("Home")
    expect(page.locator('[data-node="n3"]').nth(1)).not_to_contain_text("NotReady")
    page.get_by_role("link", name="Open this moment").first.click()
    expect(page.locator("#past-bar")).to_contain_text("You look at 00:00:00")


def test_axe_finds_nothing_serious_in_a_comparison(page: Page, server: Server) -> None:
    code = experiment(page, server)
    page.goto(f"{server.url}/compare/?a={code}&b={code}")
    expect(page.locator("#milestones tbody tr").first).to_be_visible()
    assert serious(page) == []


def test_a_comparison_fits_a_phone(page: Page, server: Server) -> None:
    code = experiment(page, server)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/compare/?a={code}&b={code}")
    expect(page.locator("#milestones tbody tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_run_goes_out_as_a_file_and_comes_in_again(page: Page, server: Server) -> None:
    experiment(page, server)
    page.keyboard.press("f")
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save this run as a file").click()
    page.get_by_role("link", name="Open a run from a file").click()
    page.locator('input[name="run"]').set_input_files(saving.value.path())
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.locator('[data-node="n3"] .pill')).to_have_text("NotReady")


def test_a_foreign_file_is_refused_with_the_reason(page: Page, server: Server) -> None:
    page.goto(server.url)
    foreign = {"name": "x.json", "mimeType": "application/json", "buffer": b'{"a": 1}'}
    page.locator('input[name="run"]').set_input_files(foreign)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"\w{3}"))
