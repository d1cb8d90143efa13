"""A whole class in real browsers: three students, a teacher, the projector; tasks in copies, roles, late
join, reload.
"""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_lesson import NEXT, PHONE, New, go_on, lock, new_page, serious, sign_in
from tests.conftest import Server

__all__ = ["new_page"]

DARK = {"color_scheme": "dark", "reduced_motion": "reduce"}
STILL = {"reduced_motion": "reduce"}
"""Nothing is half faded in when axe looks at it."""


def open_class(teacher: Page, server: Server, lesson: str) -> str:
    """The code of a class of this lesson, which the teacher has before them."""
    sign_in(teacher, server)
    teacher.click(f'#{lesson} button[value="class"]')
    return teacher.locator("#code").inner_text()


def to_step(teacher: Page, step: int) -> None:
    teacher.locator("#lesson select").select_option(str(step))
    expect(teacher.locator("#lesson select")).to_have_value(str(step))


def enter_copy(student: Page, code: str) -> None:
    """Into a copy of one's own."""
    student.locator("[action$='/copy/'] button").click()
    student.wait_for_url(re.compile(f"/rooms/(?!{code})"))
    expect(student.locator(".owner")).to_be_visible()


def mend(student: Page) -> None:
    """Start n1's kubelet, and wait until that is what the task asked for."""
    student.locator('#stage [data-node="n1"] .node-name').click()
    student.locator('#stage [data-part="n1.kubelet"]').click()
    student.locator('[data-do="start-kubelet"]').click()
    student.locator("#tab-lesson").click()
    expect(student.locator('.task[data-done="true"]')).to_be_visible()


def test_a_teacher_and_three_students_through_a_whole_lesson(new_page: New, server: Server) -> None:
    teacher = new_page(**STILL)
    code = open_class(teacher, server, "kubelet-dies")
    projector = teacher.context.new_page()
    projector.goto(f"{server.url}/rooms/{code}/?present")
    ada, bob, eve = students = [new_page(**options) for options in (STILL, {**PHONE, **STILL}, DARK)]
    for student in students:
        student.goto(f"{server.url}/rooms/{code}/")
        expect(student.locator(".lesson-title")).to_be_visible()
    ada.fill(".nickname input", "Ada")
    ada.click(".nickname button")
    expect(teacher.locator("#students")).to_contain_text("Ada")
    expect(teacher.locator("#students .who")).to_have_count(3)
    names = [text.strip() for text in teacher.locator("#students .who").all_inner_texts()]
    assert len(set(names)) == 3
    assert not any(re.fullmatch("[0-9a-f]{6}", name) for name in names)

    go_on(teacher)
    to_step(teacher, 1)
    teacher.locator("[data-poll=open]").click()
    for student, answer in ((ada, 40), (bob, 400), (eve, 5)):
        student.fill("#lesson input[type=number]", str(answer))
        lock(student)
    teacher.locator("[data-poll=lock]").click()
    expect(teacher.locator("#advice")).to_contain_text("33 in 100")
    expect(projector.locator(".bars").first).to_be_visible()

    to_step(teacher, 7)
    for student in (ada, bob):
        enter_copy(student, code)
    expect(teacher.locator("#task-sum")).to_contain_text("2 at: The kubelet is still down.")
    mend(ada)
    expect(teacher.locator("#task-sum")).to_contain_text("1 of 3 have done it")
    assert serious(teacher) == []
    assert serious(bob) == []
    row = teacher.locator("#students li", has_text="Ada")
    row.locator(".show").click()
    projector.wait_for_url(re.compile(f"/rooms/(?!{code})"))
    expect(projector.locator(".owner")).to_have_text(" A student's work")
    expect(projector.locator("#code")).to_have_text(code)
    assert serious(projector) == []
    teacher.click("#class-again")
    projector.wait_for_url(re.compile(f"/rooms/{code}/"))

    teacher.click("#mode-roles")
    choice = teacher.locator(".node-board li", has_text="Ada").locator("select")
    choice.focus()
    choice.select_option("n3")
    expect(teacher.locator('.node-place[data-node="n3"]')).to_contain_text("Ada")
    teacher.click("#deal-nodes")
    expect(teacher.locator('.node-place[data-node=""] li')).to_have_count(0)
    expect(eve.locator(".owner")).to_contain_text("You own n")
    teacher.locator(".node-board li", has_text="Ada").locator(".who").drag_to(
        teacher.locator('.node-place[data-node="n2"]')
    )
    expect(teacher.locator('.node-place[data-node="n2"]')).to_contain_text("Ada")
    assert serious(teacher) == []

    go_on(teacher)
    expect(ada.locator(".owner")).to_contain_text("The class has gone on.")
    ada.get_by_role("link", name="Back to the class").click()
    expect(ada.locator("#lesson textarea")).to_be_visible()
    eve.locator("#lesson textarea").fill("Nobody heard n1.")
    eve.get_by_role("button", name="Send it to the teacher").click()
    teacher.locator("#reflections button").click()
    expect(ada.locator(".voices")).to_contain_text("Nobody heard n1.")
    late = new_page(**PHONE)
    late.goto(f"{server.url}/rooms/{code}/")
    expect(late.locator(".voices")).to_contain_text("Nobody heard n1.")
    eve.reload()
    expect(eve.locator("#lesson textarea")).to_have_value("Nobody heard n1.")
    assert serious(eve) == []
    teacher.goto(f"{server.url}/rooms/{code}/record/")
    expect(teacher.locator(".grid tbody tr")).to_have_count(4)
    expect(teacher.locator(".grid [data-state=right]")).to_have_count(1)
    assert serious(teacher) == []


def test_a_fault_is_found_with_the_console_alone(new_page: New, server: Server) -> None:
    page = new_page(**STILL)
    page.goto(f"{server.url}/lessons/")
    page.locator("#nothing-rescheduled form button").first.click()
    page.locator(NEXT).click()
    blind = page.locator("#lesson select option", has_text="diagnosis").get_attribute("value")
    to_step(page, int(blind or 0))
    expect(page.locator(".diagnosis form")).to_be_visible()
    expect(page.locator(".stage-cover")).to_be_visible()
    assert page.locator(".node").count() == 0
    assert serious(page) == []
    page.locator("#tab-console").click()
    page.keyboard.type("kubectl get nodes")
    page.keyboard.press("Enter")
    expect(page.locator("#console")).to_contain_text("NAME")
    page.locator("#tab-lesson").click()
    page.locator(".diagnosis .option").first.click()
    page.locator(".diagnosis select").select_option(index=1)
    page.locator(".diagnosis .primary").click()
    expect(page.locator(".outcome-box dd")).to_have_count(2)
    expect(page.locator(".node").first).to_be_visible()
    assert serious(page) == []
