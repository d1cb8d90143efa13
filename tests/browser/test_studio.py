"""The studio in a real browser: lessons recorded, published, taken; a broken one mended; axe, phone, dark."""

import re
from typing import Literal

from playwright.sync_api import Page, expect

from tests.browser.accessibility import serious
from tests.browser.people import NARROW, PHONE, New, go_on, lock, new_page, sign_in, window_beside
from tests.browser.test_experiment import click_part
from tests.conftest import Server

__all__ = ["new_page"]


def author(new: New, server: Server, **options: object) -> Page:
    """A page of an instructor in the studio, on which nothing may go against the content security policy."""
    page = new(**options)
    sign_in(page, server)
    page.on("console", lambda message: _refuse(message.text))
    page.goto(f"{server.url}/studio/")
    return page


def _refuse(text: str) -> None:
    assert "Content Security Policy" not in text, text


def close_step(page: Page, say: str, question: str = "") -> None:
    """Say what the step shows, and go on with the next one."""
    page.keyboard.press("r")
    page.locator("#recorder [name=say]").fill(say)
    if question:
        page.locator("#recorder [name=question]").select_option(label=question)
    page.get_by_role("button", name="Next step").click()
    expect(page.locator("#close-step")).to_be_focused()


def wait_until(page: Page, second: int) -> None:
    """Let the room play on."""
    page.locator("#speed").select_option("60")
    page.wait_for_function(
        """(second) => document.querySelector("#clock-time").textContent.split(":").map(Number)
             .reduce((sum, part) => sum * 60 + part) >= second""",
        arg=second,
    )
    page.locator("#speed").select_option("1")


def test_a_lesson_is_recorded_published_and_taken(new_page: New, server: Server) -> None:
    page = author(new_page, server)
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator("#recorder")).to_contain_text("Recording step 1")
    expect(page.locator("#clock-time")).not_to_have_text("--:--:--")
    wait_until(page, 3)
    close_step(page, "Three nodes run tomcat.")
    click_part(page, "n1.kubelet", "stop-kubelet")
    wait_until(page, 80)  # with any seed it is NotReady by then
    expect(page.locator('[data-node="n1"] .pill')).to_have_text("NotReady")
    close_step(page, "The kubelet of n1 stops.", "What STATUS will n1 have at the end?")
    page.keyboard.press("r")
    page.locator("#recorder [name=say]").fill("And now?")
    page.get_by_text("This was the last step").click()
    page.locator("#recorder [name=title]").fill("Recorded by hand")
    assert serious(page) == []
    page.get_by_role("button", name="Make the lesson").click()
    page.wait_for_url(re.compile("/studio/[0-9]+/form/$"))
    expect(page.locator("h1")).to_have_text("Recorded by hand")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#results")).to_contain_text("true of the model, with every seed")
    expect(page.locator("#results td").first).to_have_text("NotReady")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("it is in the catalogue")

    take_in_class(new_page, page, server)


def take_in_class(new_page: New, teacher: Page, server: Server) -> None:
    """The recorded lesson with three students, one of them on a phone; one of them is wrong."""
    teacher.goto(f"{server.url}/lessons/")
    teacher.click('#recorded-by-hand button[value="class"]')
    code = teacher.locator("#code").inner_text()
    students = [new_page(), new_page(**{**PHONE, "locale": "en"}), new_page(color_scheme="dark")]
    for student in students:
        student.goto(f"{server.url}/rooms/{code}/")
        expect(student.locator(".lesson-title")).to_be_visible()
    projector = window_beside(teacher, new_page)
    projector.goto(f"{server.url}/rooms/{code}/?present")
    go_on(teacher)
    projector.locator("#speed").select_option("600")
    go_on(teacher)
    teacher.locator("[data-poll=open]").click()
    for student, answer in zip(students, ("NotReady", "NotReady", "Ready"), strict=True):
        student.get_by_label(answer, exact=True).check()
        lock(student)
    teacher.locator("[data-poll=lock]").click()
    expect(teacher.locator(".bars").first).to_be_visible()
    go_on(teacher)
    projector.locator("#speed").select_option("600")
    teacher.locator("[data-poll=reveal]").click()
    for student, right in zip(students, (True, True, False), strict=True):
        outcome = student.locator(".outcome-box").first
        expect(outcome).to_have_attribute("data-right", str(right).lower())
    expect(students[2].locator(".outcome-box")).to_contain_text("It is NotReady.")


def test_a_broken_lesson_is_mended_by_its_complaints(new_page: New, server: Server) -> None:
    page = author(new_page, server)
    page.get_by_role("button", name="New lesson").click()
    to_text(page)
    replace(page, "goal:", "gaol:")
    expect(page.locator("#findings")).to_contain_text("unknown key gaol; did you mean goal?")
    page.locator("#findings [data-line='6']").click()
    assert page.evaluate("document.querySelector('.django-ace-widget').editor.getCursorPosition().row") == 5
    replace(page, "gaol:", "goal:")
    expect(page.locator("#findings")).to_contain_text("Nothing: it can be read.")
    replace(page, 'done: "n1.ready"', 'done: "not n1.ready"')
    page.get_by_role("button", name="Save and check").click()
    expect(page.locator("#results .complaints")).to_contain_text(
        "the task is done before anybody has done anything"
    )
    replace(page, 'done: "not n1.ready"', 'done: "n1.ready"')
    page.get_by_role("button", name="Save and check").click()
    expect(page.locator("#results")).to_contain_text("true of the model, with every seed")


def to_text(page: Page) -> None:
    """From the form to the text."""
    page.get_by_role("link", name="Text", exact=True).first.click()
    page.locator(".ace_text-input").wait_for(state="attached")


def replace(page: Page, old: str, new: str) -> None:
    """Change the text as typing would."""
    page.evaluate(
        """([old, now]) => {
          const session = document.querySelector(".django-ace-widget").editor.getSession();
          session.setValue(session.getValue().replace(old, now));
        }""",
        [old, new],
    )


def test_axe_finds_nothing_serious_in_the_studio(new_page: New, server: Server) -> None:
    page = author(new_page, server, **NARROW)
    assert serious(page) == []
    page.get_by_role("button", name="New lesson").click()
    to_text(page)
    replace(page, "goal:", "gaol:")
    expect(page.locator("#findings")).to_contain_text("unknown key gaol")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Versions").click()
    assert serious(page) == []


def test_axe_finds_nothing_serious_in_form_preview_and_conflict(new_page: New, server: Server) -> None:
    page = author(new_page, server, **NARROW)
    page.get_by_role("button", name="New lesson").click()
    to_text(page)
    draft = page.url
    page.get_by_role("link", name="Form", exact=True).click()
    field = page.locator("#step-0 textarea").first
    expect(field).to_be_visible()
    assert_usable(page)
    elsewhere = window_beside(page, new_page, **NARROW)
    elsewhere.goto(draft)
    elsewhere.locator(".ace_text-input").wait_for(state="attached")
    replace(elsewhere, "My lesson", "Their lesson")
    expect(elsewhere.locator("#saved")).to_contain_text("Saved")
    field.fill("Mine.")
    field.press("Tab")
    expect(page.locator(".conflict")).to_contain_text("both texts are kept")
    assert_usable(page)
    page.get_by_role("button", name="Go on with mine").click()
    expect(page.locator("#step-0 textarea").first).to_have_value("Mine.")
    expect(page.locator("h1")).to_have_text("Their lesson")
    replace(elsewhere, "Their lesson", "Third lesson")
    expect(elsewhere.locator(".conflict")).to_contain_text("Mine.")
    assert_usable(elsewhere)
    page.locator("#step-1").get_by_role("link", name="Preview").click()
    expect(page.locator(".frame")).to_be_visible()
    assert_usable(page)


def assert_usable(page: Page) -> None:
    """Nothing serious, nothing wider than the page."""
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_recording_on_a_phone_in_chinese(new_page: New, server: Server) -> None:
    page = author(new_page, server, **PHONE, reduced_motion="reduce")
    page.get_by_role("button", name="录制", exact=True).click()
    expect(page.locator("#recorder")).to_contain_text("1")
    expect(page.locator("#clock-time")).not_to_have_text("--:--:--")
    assert_usable(page)
    page.locator("#close-step").click()
    page.locator("#recorder [name=say]").fill("三个节点在运行 tomcat。")
    assert_usable(page)
    page.locator("#recorder summary").click()
    page.locator("#recorder [name=title]").fill("手机上录的课")
    expect(page.locator("#recorder [name=finish]")).to_be_in_viewport()
    page.locator("#recorder [name=finish]").click()
    page.wait_for_url(re.compile("/studio/[0-9]+/form/$"))
    expect(page.locator("h1")).to_have_text("手机上录的课")
    assert_usable(page)


def test_a_lesson_is_changed_checked_and_published_by_keyboard(new_page: New, server: Server) -> None:
    page = author(new_page, server)
    press(page, "New lesson")
    press(page, "Text", "link")
    page.locator(".ace_text-input").wait_for(state="attached")
    page.locator(".ace_text-input").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('.ace_editor')")
    press(page, "Form", "link")
    page.locator("#step-0 textarea").first.focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("By keyboard.")
    page.keyboard.press("Tab")
    expect(page.locator("#saved")).to_contain_text("Saved")
    press(page, "Check", "link")
    expect(page.locator("#results")).to_contain_text("true of the model, with every seed")


def press(page: Page, name: str, role: Literal["button", "link"] = "button") -> None:
    """As who has no mouse does: go there, press Enter."""
    page.get_by_role(role, name=name, exact=True).first.focus()
    page.keyboard.press("Enter")
