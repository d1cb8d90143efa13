"""A whole class in real browsers: three students, a teacher, the projector, every step of a lesson; tasks in
copies, roles, late join, reload. And a diagnosis in which each student has a fault of their own.
"""

import re

from playwright.sync_api import Page, expect

from tests.browser.accessibility import serious
from tests.browser.people import NEXT, PHONE, READY, New, go_on, lock, new_page, sign_in, window_beside
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


def type_on_console(student: Page, line: str, shows: str) -> None:
    """Type a line, see what it prints, and look at the lesson again."""
    student.locator("#tab-console").click()
    expect(student.locator("#console-input")).to_be_focused()
    student.keyboard.type(line)
    student.keyboard.press("Enter")
    expect(student.locator(".console-output").last).to_contain_text(shows)
    student.locator("#tab-lesson").click()


class Hour:
    """A lesson that a class takes step by step; time is hurried on the projector."""

    def __init__(self, teacher: Page, projector: Page, students: list[Page]) -> None:
        self.teacher = teacher
        self.projector = projector
        self.students = students

    def look(self) -> None:
        """To the next step, and to its end."""
        go_on(self.teacher)
        self.projector.locator("#speed").select_option("600")
        self.teacher.locator(READY).wait_for()

    def vote(self, *answers: str, again: bool = False) -> None:
        """Each student locks an answer to the question that the teacher opens, and closes again."""
        self.teacher.locator(f"[data-poll={'again' if again else 'open'}]").click()
        for student, answer in zip(self.students, answers, strict=True):
            if answer.isdigit():
                student.fill("#lesson input[type=number]", answer)
            else:
                student.locator(f'#lesson .option input[value="{answer}"]').check()
            lock(student)
        expect(self.teacher.locator(".poll-count")).to_have_text("3 answered")
        assert self.projector.locator(".bars").count() == 0
        self.teacher.locator("[data-poll=lock]").click()
        expect(self.projector.locator(".bars")).to_have_count(1 + int(again))

    def ask(self, *answers: str) -> None:
        """The next step, which is a question."""
        go_on(self.teacher)
        self.vote(*answers)

    def reveal(self, *right: bool) -> None:
        """What the run answered; each student is told whether it is what they said."""
        before = self.students[0].locator(".outcome-box").count()
        self.teacher.locator("[data-poll=reveal]").first.click()
        for student, whether in zip(self.students, right, strict=True):
            box = student.locator(".outcome-box").nth(before)
            expect(box).to_have_attribute("data-right", str(whether).lower())
            expect(box.locator(".explain").first).to_be_visible()
        told = self.projector.locator(".outcome-box").nth(before)
        expect(told.locator(".explain").first).to_be_visible()
        expect(told).not_to_contain_text("your answer")


def do_the_task(student: Page) -> None:
    """Stop n2's kubelet, and bring it back within the reprieve."""
    student.locator("#speed").select_option("10")
    student.locator('#stage [data-node="n2"] .node-name').click()
    student.locator('#stage [data-part="n2.kubelet"]').click()
    student.locator('[data-do="stop-kubelet"]').click()
    expect(student.locator('[data-node="n2"] .pill').first).to_have_text("NotReady")
    student.locator('[data-do="start-kubelet"]').click()
    student.locator("#tab-lesson").click()
    expect(student.locator('.task[data-done="true"]')).to_be_visible()


def test_a_teacher_and_three_students_through_every_step_of_the_post(new_page: New, server: Server) -> None:
    teacher = new_page(**STILL)
    code = open_class(teacher, server, "the-post")
    projector = window_beside(teacher, new_page, **STILL)
    projector.goto(f"{server.url}/rooms/{code}/?present")
    ada, bob, eve = students = [new_page(**options) for options in (STILL, {**PHONE, **STILL}, DARK)]
    for student in students:
        student.goto(server.url)
        student.fill("input[name=code]", code.lower())
        student.get_by_role("button", name=re.compile("^(Join|加入)$")).click()
        expect(student.locator(".lesson-title")).to_be_visible()
    ada.fill(".nickname input", "Ada")
    ada.click(".nickname button")
    expect(teacher.locator("#students")).to_contain_text("Ada")
    names = [text.strip() for text in teacher.locator("#students .who").all_inner_texts()]
    assert len(set(names)) == 3
    assert not any(re.fullmatch("[0-9a-f]{6}", name) for name in names)

    with teacher.expect_request_finished(lambda request: request.method == "POST"):
        teacher.locator("#plan").select_option("short")
    expect(ada.locator("#lesson select option")).to_have_count(12)
    teacher.locator("#plan").select_option("whole")
    expect(ada.locator("#lesson select option")).to_have_count(13)

    hour = Hour(teacher, projector, students)
    hour.look()
    type_on_console(ada, "kubectl get nodes", "Ready")
    hour.ask("minutes", "minutes", "seconds")
    expect(teacher.locator("#advice")).to_contain_text("33 in 100")
    hour.vote("seconds", "at-once", "seconds", again=True)
    hour.look()
    expect(eve.locator(".show")).to_contain_text("NotReady")
    hour.reveal(True, False, True)
    expect(bob.locator(".outcome-box .reply")).to_be_visible()
    late = new_page(**PHONE)
    late.goto(f"{server.url}/rooms/{code}/")
    expect(late.locator(".bars").first).to_be_visible()
    for page in (teacher, projector, bob):
        assert serious(page) == []
    type_on_console(ada, "kubectl get nodes", "NotReady")

    hour.ask("node", "pods", "log")
    hour.ask("290", "340", "40")
    hour.look()
    hour.reveal(False, True, False)
    hour.reveal(True, False, False)
    expect(projector.locator("#lesson")).to_contain_text("one moment, not two")
    type_on_console(ada, "kubectl get pods", "Unknown")

    hour.ask("running", "nothing", "dead")
    eve.reload()
    expect(eve.locator(".locked")).to_contain_text("the old tomcat, exited")
    hour.look()
    hour.reveal(True, False, False)
    type_on_console(ada, "ssh n1", "")
    type_on_console(ada, "docker ps", "tomcat")

    hour.ask("killed", "returns", "killed")
    hour.look()
    hour.reveal(True, False, True)
    type_on_console(ada, "journalctl -u kubelet", "30 second grace period")
    assert serious(eve) == []

    go_on(teacher)
    for student in (ada, bob):
        enter_copy(student, code)
    expect(teacher.locator("#task-sum")).to_contain_text("2 at: Stop n2's kubelet")
    do_the_task(ada)
    expect(teacher.locator("#task-sum")).to_contain_text("1 of 4 have done it")
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

    go_on(teacher)
    expect(ada.locator(".owner")).to_contain_text("The class has gone on.")
    ada.get_by_role("link", name="Back to the class").click()
    expect(ada.locator("#lesson textarea")).to_be_visible()
    eve.locator("#lesson textarea").fill("Nobody heard n1.")
    eve.get_by_role("button", name="Send it to the teacher").click()
    teacher.locator("#reflections button").click()
    expect(ada.locator(".voices")).to_contain_text("Nobody heard n1.")
    expect(late.locator(".voices")).to_contain_text("Nobody heard n1.")
    eve.reload()
    expect(eve.locator("#lesson textarea")).to_have_value("Nobody heard n1.")
    expect(teacher.locator("#plan-pace")).to_contain_text("Step 12 of 12")
    expect(teacher.locator("#notices")).to_have_css("position", "fixed")
    teacher.goto(f"{server.url}/rooms/{code}/record/")
    expect(teacher.locator(".grid tbody tr")).to_have_count(4)
    expect(teacher.locator(".grid tbody td")).to_have_count(20)
    expect(teacher.locator(".grid [data-state=right]")).to_have_count(7)
    assert serious(teacher) == []


EVIDENCE = {
    "loop": ("kubectl get nodes", "n1"),
    "zone": ("kubectl get pods", "1/1"),
    "driver": ("kubectl describe node n2", "container runtime is down"),
    "nowhere": ("kubectl get events", "FailedScheduling"),
}
"""What tells each cause of the lesson apart, and something that it prints."""


def drawn_for(server: Server, student: Page) -> str:
    """What a student's copy hides: nothing on the page tells it, so the test asks the server's own files."""
    code = re.findall("/rooms/([A-Z0-9]+)/", student.url)[0]
    return server.shell(
        "from visualizer.lessons.models import PrivateCopy;"
        f"print(PrivateCopy.objects.get(room__code={code!r}).cause)"
    )


def looks_covered(student: Page) -> None:
    """Neither stage, timeline, events nor Why tell anything."""
    expect(student.locator(".stage-cover")).to_be_visible()
    assert student.locator(".node").count() == 0
    assert student.request.get(f"{student.url}timeline.json").status == 403
    student.locator("#tab-events").click()
    assert student.locator(".event").count() == 0
    student.keyboard.press("w")
    assert student.locator("#why .link, #why li").count() == 0
    student.locator("#tab-lesson").click()


def commit(student: Page, cause: str, line: str) -> None:
    student.locator(f'.diagnosis .option input[value="{cause}"]').check()
    student.locator(".diagnosis select").select_option(label=f"$ {line}")
    student.locator(".diagnosis .primary").click()
    expect(student.locator(".outcome-box dd")).to_have_count(2)
    expect(student.locator(".node").first).to_be_visible()


def test_each_student_of_a_class_finds_a_fault_of_their_own_and_makes_one_for_a_neighbour(
    new_page: New, server: Server
) -> None:
    teacher = new_page(**STILL)
    code = open_class(teacher, server, "nothing-rescheduled")
    projector = window_beside(teacher, new_page, **STILL)
    projector.goto(f"{server.url}/rooms/{code}/?present")
    ada, bob, eve = students = [new_page(**STILL) for _ in range(3)]
    for student in students:
        student.goto(f"{server.url}/rooms/{code}/")
        expect(student.locator(".lesson-title")).to_be_visible()
    hour = Hour(teacher, projector, students)
    to_step(teacher, 3)
    expect(ada.locator(".say")).to_contain_text("A diagnosis, step by step")
    to_step(teacher, 9)
    hour.vote("log", "pods", "scheduler")
    hour.reveal(False, True, False)

    to_step(teacher, 13)
    for student in students:
        enter_copy(student, code)
        expect(student.locator(".diagnosis form")).to_be_visible()
        looks_covered(student)
        expect(student.locator(".diagnosis .primary")).to_be_disabled()
    causes = [drawn_for(server, student) for student in students]
    assert all(cause in EVIDENCE for cause in causes)
    for student, cause in zip((ada, bob), causes, strict=False):
        type_on_console(student, *EVIDENCE[cause])
    wrong = next(cause for cause in EVIDENCE if cause != causes[1])
    commit(ada, causes[0], EVIDENCE[causes[0]][0])
    expect(ada.locator(".verdict")).to_contain_text("Right, and your evidence shows it.")
    commit(bob, wrong, EVIDENCE[causes[1]][0])
    expect(bob.locator(".verdict")).to_contain_text("It was something else.")
    expect(bob.locator(".reply")).to_be_visible()
    bob.locator("#tab-events").click()
    expect(bob.locator(".event:visible").first).to_be_visible()
    assert serious(ada) == []
    expect(eve.locator(".stage-cover")).to_be_visible()
    expect(teacher.locator("#students li .cause")).to_have_count(3)
    expect(teacher.locator('#students li .cause[data-right="true"]')).to_have_count(1)
    expect(teacher.locator('#students li .cause[data-right="false"]')).to_have_count(1)
    assert serious(teacher) == []

    go_on(teacher)
    ada.get_by_role("link", name="Back to the class").click()
    enter_copy(ada, code)
    ada.locator('#stage [data-node="n1"] .node-name').click()
    ada.locator('#stage [data-part="n1.kubelet"]').click()
    ada.locator('[data-do="stop-kubelet"]').click()
    ada.locator("#tab-lesson").click()
    ada.locator(".task textarea").fill("I stopped n1's kubelet.")
    ada.get_by_role("button", name="Hand it over").click()
    handed = ada.locator(".task code").inner_text()
    bob.goto(f"{server.url}/rooms/{handed}/")
    expect(bob.locator(".stage-cover")).to_be_visible()
    expect(bob.locator("body")).not_to_contain_text("I stopped")
    type_on_console(bob, "ssh n1", "")
    type_on_console(bob, "systemctl status kubelet", "inactive")
    bob.locator(".diagnosis textarea").fill("The kubelet of n1 is down.")
    bob.locator(".diagnosis select").select_option(index=1)
    bob.locator(".diagnosis .primary").click()
    expect(bob.locator(".outcome-box")).to_contain_text("I stopped n1's kubelet.")
    expect(bob.locator(".node").first).to_be_visible()


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
