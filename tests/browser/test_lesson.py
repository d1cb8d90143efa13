"""Lessons in a real browser: alone on a phone in Chinese, by keyboard only, and while others type."""

from playwright.sync_api import Page, expect

from tests.browser.accessibility import serious
from tests.browser.people import NEXT, PHONE, READY, New, go_on, lock, new_page, sign_in
from tests.conftest import Server

__all__ = ["new_page"]


def start(page: Page, server: Server, lesson: str = "kubelet-dies") -> None:
    page.goto(f"{server.url}/lessons/")
    page.locator(f"#{lesson} form button").first.click()
    expect(page.locator(NEXT)).to_be_visible()


def hurry(page: Page) -> None:
    """At full speed to the end of the step."""
    page.locator("#speed").select_option("600")
    page.locator(READY).wait_for()


def test_a_lesson_alone_on_a_phone_in_chinese(new_page: New, server: Server) -> None:
    page = new_page(**PHONE)
    start(page, server)
    expect(page.locator(".lesson-title")).to_have_text("实验：kubelet 挂掉")
    go_on(page)
    hurry(page)
    go_on(page)
    for seconds in ("5", "40"):
        page.fill("#lesson input[type=number]", seconds)
        lock(page)
        expect(page.locator(".locked")).to_contain_text(f"{seconds} 秒")
    go_on(page)
    page.get_by_role("button", name="显示架构图").click()
    page.locator('#stage [data-part="controller-manager"]').click()
    lock(page)
    expect(page.locator(".verdict")).to_have_text("和你说的一样。")
    go_on(page)
    hurry(page)
    expect(page.locator(".revealed-ask dd").first).to_have_text("40 秒")
    assert serious(page) == []
    go_on(page)
    page.locator("#lesson .option", has_text="1/1  Running").first.click()
    lock(page)
    go_on(page)
    page.fill("#lesson input[type=number]", "2")
    lock(page)
    go_on(page)
    hurry(page)
    go_on(page)
    page.locator("summary").click()
    expect(page.locator("details p").first).to_have_text("kubelet 还没启动。")
    page.locator("#sheet-close").click()
    page.locator('#stage [data-node="n1"] .node-name').click()
    page.locator('#stage [data-part="n1.kubelet"]').click()
    page.locator('[data-do="start-kubelet"]').click()
    page.locator("#tab-lesson").click()
    hurry(page)
    go_on(page)
    page.locator("#lesson textarea").fill("没有人再听到它。")
    expect(page.locator(".why-not-next")).to_contain_text("本课结束了")
    page.reload()
    expect(page.locator("#lesson textarea")).to_have_value("没有人再听到它。")


def test_on_a_phone_a_node_opens_before_one_points_at_a_part_of_it(new_page: New, server: Server) -> None:
    page = new_page(**PHONE | {"locale": "en"})
    start(page, server, "parts-of-the-cluster")
    go_on(page)
    hurry(page)
    for _ in range(3):
        go_on(page)
        page.get_by_role("button", name="Skip").click()
    go_on(page)
    page.get_by_role("button", name="Show the stage").click()
    page.locator('#stage [data-node="n1"] .node-name').click()
    page.locator('#stage [data-part="n1.kubelet"]').click()
    expect(page.locator(".pointed")).to_have_text("kubelet on n1")


def tab_to(page: Page, selector: str) -> None:
    """By Tab alone to this element."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def faster(page: Page) -> None:
    page.locator("#lesson").evaluate("document.activeElement.blur()")
    for _ in range(10):
        page.keyboard.press("+")
    page.locator(READY).wait_for()


def next_by_key(page: Page, step: int) -> None:
    page.locator("#lesson").evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    expect(page.locator("#lesson select")).to_have_value(str(step))


def test_a_lesson_by_keyboard_only(new_page: New, server: Server) -> None:
    page = new_page()
    page.goto(f"{server.url}/lessons/")
    tab_to(page, "#kubelet-dies form button")
    page.keyboard.press("Enter")
    page.locator(NEXT).wait_for()
    tab_to(page, NEXT)
    page.keyboard.press("Enter")
    expect(page.locator("#lesson select")).to_have_value("0")
    faster(page)
    next_by_key(page, 1)
    for seconds in ("5", "40"):
        tab_to(page, "#lesson input[type=number]")
        page.keyboard.type(seconds)
        page.keyboard.press("Enter")
        page.locator(".locked").wait_for()
    page.locator(READY).wait_for()
    next_by_key(page, 2)
    tab_to(page, "#control button")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        if page.evaluate("document.activeElement.dataset.part") == "controller-manager":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".pointed")).to_have_text("controller-manager")
    tab_to(page, "#lesson .question button.primary")
    page.keyboard.press("Enter")
    page.locator(READY).wait_for()
    next_by_key(page, 3)
    faster(page)
    next_by_key(page, 4)
    tab_to(page, "#lesson .option input")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.locator(READY).wait_for()
    next_by_key(page, 5)
    tab_to(page, "#lesson input[type=number]")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.locator(READY).wait_for()
    next_by_key(page, 6)
    faster(page)
    next_by_key(page, 7)
    page.keyboard.press("1")
    page.locator('[data-do="start-kubelet"]').wait_for()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    faster(page)
    next_by_key(page, 8)
    expect(page.locator(".why-not-next")).to_contain_text("The lesson is over")
    expect(page.get_by_role("link", name="All lessons")).to_be_visible()


def test_whoever_types_goes_on_typing_while_others_join_and_answer(new_page: New, server: Server) -> None:
    teacher, ada, bob = new_page(), new_page(), new_page()
    sign_in(teacher, server)
    teacher.click('#kubelet-dies button[value="class"]')
    code = teacher.locator("#code").inner_text()
    ada.goto(f"{server.url}/rooms/{code}/")
    ada.locator(".nickname input").first.click()
    ada.keyboard.type("A")
    bob.goto(f"{server.url}/rooms/{code}/")
    expect(teacher.locator("#count")).to_have_text("2")
    ada.keyboard.type("da")
    expect(ada.locator(".nickname input").first).to_have_value("Ada")
    teacher.locator("#lesson select").select_option("1")
    teacher.locator("[data-poll=open]").click()
    ada.locator("#lesson input[type=number]").click()
    ada.keyboard.type("4")
    bob.fill("#lesson input[type=number]", "40")
    lock(bob)
    expect(ada.locator(".poll-count")).to_contain_text("1")
    ada.keyboard.type("2")
    expect(ada.locator("#lesson input[type=number]")).to_have_value("42")
