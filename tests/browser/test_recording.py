"""A lesson and a run as files, opened from disk with the network off."""

from pathlib import Path

import pytest
from django.utils import translation
from playwright.sync_api import BrowserContext, Page, expect

from clustersim import Command, default_scenario
from clustersim.run import Given, Inputs
from tests.browser.accessibility import serious
from visualizer.lessons.catalogue import offer
from visualizer.recordings.page import packed, page
from visualizer.recordings.played import played
from visualizer.recordings.recorder import record

SECOND = 1_000_000


@pytest.fixture
def opened(context: BrowserContext, tmp_path: Path) -> Page:
    """A page that fails on any error, and on any request that is not for the file itself."""
    context.set_offline(True)
    sheet = context.new_page()
    wrong: list[str] = []
    sheet.on("pageerror", lambda error: wrong.append(str(error)))
    sheet.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    sheet.on(
        "request",
        lambda request: wrong.append(request.url) if not request.url.startswith(("data:", "file:")) else None,
    )
    sheet.wrong = wrong  # type: ignore[attr-defined]
    return sheet


def write(path: Path, html: str) -> str:
    path.write_text(html, "utf-8")
    return path.as_uri()


def test_a_lesson_plays_from_disk_with_the_network_off(opened: Page, tmp_path: Path) -> None:
    lesson = offer("kubelet-dies").lesson
    found = played(lesson, "v1.7")
    data = packed(record(found.inputs, found.until, lesson, found.stands))
    opened.goto(write(tmp_path / "lesson.html", page({"en": "A lesson"}, data, lesson=True)))
    go_on = opened.locator(".next")
    expect(go_on).to_have_text("Begin")
    go_on.click()
    opened.locator("#speed").select_option("30")
    expect(opened.locator("#clock-time")).to_have_text("00:00:20")
    go_on.click()
    question = opened.locator(".question")
    question.locator("input").fill("40")
    question.locator("button.primary").click()
    question.locator("input").fill("41")
    question.locator("button.primary").click()
    expect(opened.locator('[data-node="n1"]')).not_to_contain_text("kubelet stopped")
    steps = opened.locator(".step-select")
    steps.select_option(str(lesson.step_index("kill")))
    opened.locator("#speed").select_option("60")
    expect(opened.locator('[data-node="n1"]')).to_contain_text("kubelet stopped")
    expect(opened.locator('[data-node="n1"] .pill').first).to_have_text("NotReady")
    expect(opened.locator(".outcome-box").first).to_contain_text("your answer")
    opened.get_by_role("button", name="Why did it happen?").click()
    expect(opened.locator("#why")).to_contain_text("From the cause to the effect")
    expect(opened.locator("#why")).to_contain_text("Stop the kubelet")
    assert opened.wrong == []  # type: ignore[attr-defined]


def test_a_diagnosis_in_a_file_asks_what_is_wrong_and_tells_it(opened: Page, tmp_path: Path) -> None:
    lesson = offer("nothing-rescheduled").lesson
    found = played(lesson, "v1.7")
    data = packed(record(found.inputs, found.until, lesson, found.stands))
    opened.goto(write(tmp_path / "blind.html", page({"en": "A lesson"}, data, lesson=True)))
    opened.locator(".next").click()
    steps = opened.locator(".step-select")
    steps.select_option(str(lesson.step_index("blind")))
    expect(opened.locator(".step-body .say").first).to_contain_text("Watch the fault at work")
    opened.locator(".option input[value=zone]").check()
    opened.locator(".question button.primary").click()
    expect(opened.locator(".outcome-box")).to_contain_text("the replacements get no node", timeout=30_000)
    expect(opened.locator(".outcome-box .reply")).to_be_visible()
    expect(opened.locator(".show")).to_contain_text("FailedScheduling")
    opened.locator(".next").click()
    expect(opened.locator("#lesson")).to_contain_text("hand it to your neighbour")
    assert serious(opened) == []
    assert opened.wrong == []  # type: ignore[attr-defined]


def test_a_run_plays_by_itself_and_can_be_looked_back_at(opened: Page, tmp_path: Path) -> None:
    inputs = Inputs(default_scenario(), (Given(2 * SECOND, Command("stop-kubelet", "n1")),))
    with translation.override("zh-hans"):
        html = page({"en": "Run", "zh": "一次运行"}, packed(record(inputs, 60 * SECOND)), lesson=False)
    opened.goto(write(tmp_path / "run.html", html))
    expect(opened.locator("#title")).to_have_text("一次运行")
    opened.locator("#speed").select_option("30")
    node = opened.locator('[data-node="n1"] .pill').first
    expect(node).to_have_text("NotReady")
    opened.locator("#timeline-canvas").focus()
    opened.keyboard.press("Home")
    expect(node).to_have_text("Ready")
    opened.keyboard.press("End")
    expect(node).to_have_text("NotReady")
    opened.keyboard.press("w")
    expect(opened.locator("#why")).to_contain_text("kubelet")
    opened.keyboard.press("i")
    expect(opened.locator("#inspect .actions button")).to_have_count(0)
    assert opened.wrong == []  # type: ignore[attr-defined]
