"""The console in a real room: typed with the keyboard alone, seen on the stage."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import serious
from tests.conftest import Server


def open_console(page: Page, server: Server, path: str = "") -> None:
    page.goto(f"{server.url}/rooms/{server.new_room()}/{path}")
    expect(page.locator('[data-node="n1"] .pill')).to_have_text("Ready")
    page.get_by_role("tab", name="Console").click()
    expect(page.locator("#console-input")).to_be_focused()


def type_line(page: Page, line: str) -> None:
    page.keyboard.type(line)
    page.keyboard.press("Enter")


def test_what_is_typed_is_answered_and_seen_on_the_stage(page: Page, server: Server) -> None:
    open_console(page, server)
    type_line(page, "kubectl get pods")
    output = page.locator(".console-output").last
    expect(output).to_contain_text("NAME           READY     STATUS    RESTARTS   AGE")
    type_line(page, "kubectl scale rc tomcat --replicas=5")
    expect(page.locator(".console-output").last).to_have_text('replicationcontroller "tomcat" scaled')
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#workloads")).to_contain_text("wants 5")
    page.get_by_role("tab", name="Events").click()
    expect(page.locator('.event[data-kind="act"]').first).to_contain_text("rc/default/tomcat, replicas=5")


def test_tab_completes_up_brings_back_and_escape_leaves(page: Page, server: Server) -> None:
    open_console(page, server)
    field = page.locator("#console-input")
    page.keyboard.type("kubectl cor")
    page.keyboard.press("Tab")
    expect(field).to_have_value("kubectl cordon ")
    page.keyboard.type("n")
    page.keyboard.press("Tab")
    expect(page.locator(".console-candidates")).to_have_text("n1  n2  n3")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.locator(".console-output").last).to_have_text('node "n1" cordoned')
    expect(field).to_have_value("")
    page.keyboard.press("ArrowUp")
    expect(field).to_have_value("kubectl cordon n1")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tab", name="Console")).to_be_focused()


def test_one_stays_in_a_container_until_one_leaves(page: Page, server: Server) -> None:
    open_console(page, server)
    where = page.locator(".console-form .console-where")
    type_line(page, "kubectl exec -it $(kubectl get pods -o jsonpath={.items[0].metadata.name}) -- bash")
    expect(where).to_contain_text("mysql-")
    line = page.locator("#console-input").bounding_box()
    assert line is not None
    assert line["width"] > 200, "the name of a pod leaves no room beside it"
    type_line(page, "cd /tmp; pwd")
    expect(page.locator(".console-output").last).to_have_text("/tmp")
    type_line(page, "pwd")
    expect(page.locator(".console-output").last).to_have_text("/tmp")
    type_line(page, "exit")
    expect(where).to_have_text("$")


def test_the_prompt_says_where_one_is(page: Page, server: Server) -> None:
    open_console(page, server)
    type_line(page, "ssh n2")
    expect(page.locator(".console-form .console-where")).to_have_text("n2#")
    type_line(page, "curl 127.0.0.1:10248/healthz")
    expect(page.locator(".console-output").last).to_have_text("ok")
    type_line(page, "systemctl stop kubelet")
    expect(page.locator('#stage [data-part="n2.kubelet"]')).to_have_attribute("data-state", "stopped")
    type_line(page, "curl 127.0.0.1:10248/healthz")
    expect(page.locator(".console-output").last).to_contain_text("Connection refused")


def test_a_watch_prints_what_changes_until_escape(page: Page, server: Server) -> None:
    open_console(page, server)
    type_line(page, "kubectl get rc -w")
    watched = page.locator(".console-output").last
    expect(watched).to_contain_text("tomcat")
    expect(page.locator(".console-note").last).to_contain_text("Escape stops it")
    page.keyboard.press("Escape")
    expect(page.locator(".console-note").last).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious_in_the_console(page: Page, server: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(reduced_motion="reduce")  # what fades in has no contrast yet
    open_console(page, server)
    type_line(page, "kubectl get pods -o wide")
    type_line(page, "kubectl get pod nope")
    expect(page.locator(".console-output").last).to_contain_text("NotFound")
    assert serious(page) == []
    if width < 400:
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0


def test_axe_finds_nothing_serious_on_the_page_of_api_versions(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{server.url}/api-versions/")
    assert serious(page) == []
