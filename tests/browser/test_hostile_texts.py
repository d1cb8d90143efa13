"""What a person types is shown as they typed it: markup in a name, a title or an answer is never run."""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import calm
from tests.browser.people import sign_in
from tests.conftest import PATIENCE, Server

MARKUP = (
    '<img src=x onerror="document.body.dataset.owned=1"><svg onload="document.body.dataset.owned=2">'
    '<a href="javascript:document.body.dataset.owned=3">x</a>'
    "[x](javascript:document.body.dataset.owned=4)<marquee>owned"
)


@pytest.fixture
def people(browser: Browser) -> Iterator[list[Page]]:
    """Pages with cookies of their own. Nothing that was typed became an element, and nothing was blocked."""
    pages: list[Page] = []
    complaints: list[str] = []
    for _ in range(2):
        context = calm(browser.new_context())
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: complaints.append(said.text) if "Security Policy" in said.text else None
        )
        pages.append(page)
    yield pages
    for page in pages:
        harmless(page)
        page.context.close()
    assert complaints == []


def harmless(page: Page) -> None:
    """No text of the page has become a part of it."""
    made = "img[src=x], [onerror], [onload], [href*='javascript:'], marquee"
    assert page.locator(made).count() == 0
    assert page.evaluate("document.body.dataset.owned") is None


def run_line(page: Page, line: str) -> None:
    """Runs a line and waits for its answer, which may open an editor and take the focus."""
    answers = page.locator(".console-output").count()
    page.locator("#console-input").fill(line)
    page.locator("#console-input").press("Enter")
    expect(page.locator(".console-output")).to_have_count(answers + 1)
    expect(page.locator(".console-entry[aria-busy]")).to_have_count(0)
    harmless(page)


def visit(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("body")).to_contain_text("onerror")
    harmless(page)


def test_a_room_shows_markup_in_titles_branches_and_objects_as_text(
    people: list[Page], server: Server
) -> None:
    page = people[0]
    code = server.new_room(name=MARKUP)
    server.shell(
        "from visualizer.rooms.models import Branch;"
        f"Branch.objects.filter(room__code={code!r}).update(name={MARKUP!r})"
    )
    page.goto(f"{server.url}/rooms/{code}/")
    expect(page.locator('[data-node="n1"] .pill')).to_have_text("Ready")
    page.get_by_role("tab", name="Console").click()
    expect(page.locator("#console-input")).to_be_focused()
    for line in (
        f"kubectl run hostile --image='{MARKUP}'",
        f"kubectl annotate node n1 note='{MARKUP}'",
        f"kubectl get {MARKUP}",
        f"ssh {MARKUP}",
        MARKUP,
    ):
        run_line(page, line)
    run_line(page, "kubectl describe node n1")
    expect(page.locator(".console-output").last).to_contain_text("onerror")
    page.get_by_role("button", name="Play").click()
    for tab in page.get_by_role("tab").all():
        tab.click()
        harmless(page)
    page.get_by_role("tab", name="Events").click()
    expect(page.locator(".event").first).to_be_visible()
    sign_in(page, server)
    visit(page, f"{server.url}/admin/rooms/room/")


def test_a_pasted_manifest_shows_markup_in_its_free_texts_as_text(people: list[Page], server: Server) -> None:
    page = people[0]
    page.goto(f"{server.url}/rooms/{server.new_room()}/")
    expect(page.locator('[data-node="n1"] .pill')).to_have_text("Ready")
    page.get_by_role("tab", name="Console").click()
    container = {"name": "a", "image": "tomcat", "args": [MARKUP], "env": [{"name": "A", "value": MARKUP}]}
    manifests = (
        {"kind": "Pod", "spec": {"containers": [container]}},
        {"kind": "ConfigMap", "data": {"a": MARKUP}},
    )
    for manifest in manifests:
        whole = {"apiVersion": "v1", "metadata": {"name": "hostile", "annotations": {"a": MARKUP}}} | manifest
        run_line(page, f"kubectl create -f -\n{json.dumps(whole)}")
        expect(page.locator(".console-output").last).to_contain_text("created")
        for asked in ("describe {}", "get {} -o yaml"):
            run_line(page, f"kubectl {asked.format(manifest['kind'] + ' hostile')}")
            expect(page.locator(".console-output").last).to_contain_text("onerror")


COLUMNS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "notes.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "notes", "singular": "note", "kind": "Note"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
                },
                "additionalPrinterColumns": [{"name": "Text", "type": "string", "jsonPath": ".text"}],
            }
        ],
    },
}
NOTE = {"apiVersion": "example.com/v1", "kind": "Note", "metadata": {"name": "hostile"}, "text": MARKUP}


def test_what_programs_print_and_files_hold_is_text(people: list[Page], server: Server) -> None:
    page = people[0]
    page.goto(f"{server.url}/rooms/{server.new_room('v1.36')}/")
    expect(page.locator('[data-node="n1"] .pill')).to_have_text("Ready")
    page.get_by_role("tab", name="Console").click()
    for line in (
        f"kubectl create -f -\n{json.dumps(COLUMNS)}",
        f"kubectl create -f -\n{json.dumps(NOTE)}",
        "kubectl get notes",
        f"echo '{MARKUP}' > '{MARKUP[:40]}'; ls",
        f"cat '{MARKUP[:40]}'",
        f"vi a\n{MARKUP}",
        "vi a",
        f"kubectl exec rc/tomcat -- echo '{MARKUP}'",
        f"on n1: ls '{MARKUP}'",
    ):
        run_line(page, line)


LESSON = r"""
import re
from django.contrib.auth.models import User
from visualizer.studio import drafts, starts
teacher = User.objects.get(username="tess")
markup = "<img src=x onerror=a()>。<svg onload=a()>。[x](javascript:a())。"
text = re.sub(r'\b(en|zh): "[^"]*"', rf'\1: "{markup}"', starts.template())
print(drafts.begin(teacher, text).get_absolute_url())
"""
"""Makes a lesson all of whose texts are markup."""


TITLE_AND_MORE = re.compile("onerror.*onerror", re.DOTALL)
"""What a step says, or, where it is over, what has become of it."""


def test_every_text_of_a_lesson_is_text(people: list[Page], server: Server) -> None:
    teacher, student = people
    sign_in(teacher, server)
    lesson = server.shell(LESSON)
    visit(teacher, f"{server.url}{lesson}")
    visit(teacher, f"{server.url}{lesson}form/")
    visit(teacher, f"{server.url}{lesson}preview/0/")
    teacher.goto(f"{server.url}{lesson}form/")
    teacher.get_by_role("button", name="Publish", exact=True).click()
    expect(teacher.locator(".messages")).to_contain_text("it is in the catalogue")
    for sheet in ("guide", "worksheet"):
        visit(teacher, f"{server.url}/lessons/my-lesson/{sheet}/")
    visit(teacher, f"{server.url}/lessons/")
    student.goto(f"{server.url}/lessons/")
    student.locator(".lesson", has_text="onerror").locator("form button").first.click()
    expect(student.locator(".lesson-title")).to_contain_text("onerror")
    open_steps = student.locator("#lesson select option:enabled")
    for number in range(open_steps.count()):
        student.locator("#lesson select").select_option(open_steps.nth(number).get_attribute("value"))
        expect(student.locator("#lesson")).to_contain_text(TITLE_AND_MORE)
        harmless(student)


def test_a_class_shows_markup_in_nicknames_as_text(people: list[Page], server: Server) -> None:
    teacher, student = people
    sign_in(teacher, server)
    teacher.locator("#kubelet-dies button[value=class]").click()
    teacher.wait_for_url("**/class/")
    room = teacher.url.removesuffix("class/")
    student.goto(room)
    student.get_by_role("textbox", name="Nickname").fill("<img src=x onerror=nickname()>")
    student.get_by_role("textbox", name="Nickname").press("Enter")
    visit(teacher, f"{room}class/")
    harmless(student)


def test_pages_show_markup_in_what_is_asked_of_them_as_text(people: list[Page], server: Server) -> None:
    page = people[0]
    page.goto(server.url)
    page.locator("input[name=code]").evaluate("field => field.removeAttribute('pattern')")
    page.locator("input[name=code]").fill(MARKUP)
    page.locator("input[name=code]").press("Enter")
    page.wait_for_load_state()
    harmless(page)
    page.goto(f"{server.url}/poster/{quote(MARKUP, safe='')}/")
    harmless(page)
    sign_in(page, server)
    server.shell(
        "from visualizer.profiles.models import Profile;"
        f"Profile.objects.create(name={MARKUP!r}, notes={MARKUP!r}, release='v1.7')"
    )
    visit(page, f"{server.url}/timeouts/")
    visit(page, f"{server.url}/admin/profiles/profile/")
