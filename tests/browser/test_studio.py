"""The studio in a real browser: lessons recorded, published, taken; a broken one mended; axe, phone, dark."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_experiment import click_part
from tests.browser.test_lesson import NEXT, SLOW, New, go_on, lock, new_page, serious, sign_in
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
    expect(page.locator("#close-step")).to_be_visible(timeout=SLOW)


def wait_until(page: Page, second: int) -> None:
    """Let the room play on."""
    page.locator("#speed").select_option("60")
    page.wait_for_function(
        """(second) => document.querySelector("#clock-time").textContent.split(":").map(Number)
             .reduce((sum, part) => sum * 60 + part) >= second""",
        arg=second,
        timeout=SLOW,
    )
    page.locator("#speed").select_option("1")


def test_a_lesson_is_recorded_published_and_taken(new_page: New, server: Server) -> None:
    page = author(new_page, server)
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator("#recorder")).to_contain_text("Recording step 1")
    expect(page.locator("#clock-time")).not_to_have_text("--:--:--", timeout=SLOW)
    wait_until(page, 3)
    close_step(page, "Three nodes run tomcat.")
    click_part(page, "n1.kubelet", "stop-kubelet")
    wait_until(page, 75)
    close_step(page, "The kubelet of n1 stops.", "What STATUS will n1 have at the end?")
    wait_until(page, 80)
    page.keyboard.press("r")
    page.locator("#recorder [name=say]").fill("And now?")
    page.get_by_text("This was the last step").click()
    page.locator("#recorder [name=title]").fill("Recorded by hand")
    assert serious(page) == []
    page.get_by_role("button", name="Make the lesson").click()
    page.wait_for_url(re.compile("/studio/[0-9]+/$"))
    expect(page.locator("h1")).to_have_text("Recorded by hand")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#results")).to_contain_text("true of the model, with every seed", timeout=SLOW)
    expect(page.locator("#results td").first).to_have_text("NotReady")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("it is in the catalogue", timeout=SLOW)

    student = new_page()
    student.goto(f"{server.url}/lessons/")
    student.locator("#recorded-by-hand form button").first.click()
    expect(student.locator(NEXT)).to_be_visible(timeout=SLOW)
    go_on(student)
    student.locator("#speed").select_option("600")
    go_on(student)
    student.get_by_label("NotReady", exact=True).check()
    lock(student)
    go_on(student)
    student.locator("#speed").select_option("600")
    expect(student.locator("#lesson")).to_contain_text("It is NotReady.", timeout=SLOW)


def test_a_broken_lesson_is_mended_by_its_complaints(new_page: New, server: Server) -> None:
    page = author(new_page, server)
    page.get_by_role("button", name="New lesson").click()
    page.locator(".ace_text-input").wait_for(state="attached")
    replace(page, "goal:", "gaol:")
    expect(page.locator("#findings")).to_contain_text("unknown key gaol; did you mean goal?")
    page.locator("#findings [data-line='6']").click()
    assert page.evaluate("document.querySelector('.django-ace-widget').editor.getCursorPosition().row") == 5
    replace(page, "gaol:", "goal:")
    expect(page.locator("#findings")).to_contain_text("It can be read.")
    replace(page, 'done: "n1.ready"', 'done: "not n1.ready"')
    page.get_by_role("button", name="Save and check").click()
    expect(page.locator("#results .complaints")).to_contain_text(
        "the task is done before anybody has done anything", timeout=SLOW
    )
    replace(page, 'done: "not n1.ready"', 'done: "n1.ready"')
    page.get_by_role("button", name="Save and check").click()
    expect(page.locator("#results")).to_contain_text("true of the model, with every seed", timeout=SLOW)


def replace(page: Page, old: str, new: str) -> None:
    """Change the text as typing would."""
    page.evaluate(
        """([old, now]) => {
          const session = document.querySelector(".django-ace-widget").editor.getSession();
          session.setValue(session.getValue().replace(old, now));
        }""",
        [old, new],
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious_in_the_studio(
    new_page: New, server: Server, width: int, scheme: str
) -> None:
    page = author(new_page, server, viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert serious(page) == []
    page.get_by_role("button", name="New lesson").click()
    page.locator(".ace_text-input").wait_for(state="attached")
    replace(page, "goal:", "gaol:")
    expect(page.locator("#findings")).to_contain_text("unknown key gaol")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Versions").click()
    assert serious(page) == []
