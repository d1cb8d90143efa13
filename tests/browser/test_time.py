"""Looking back: every moment can be revisited, acting there begins a branch, and nothing is lost."""

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from clustersim import Cluster, Command, default_scenario, seconds
from tests.browser.accessibility import serious
from tests.browser.conftest import WIDE, Wire, drawn, wait_for
from tests.browser.test_experiment import SHOWN, expected
from tests.browser.views import SECOND, lost, node, pod, view
from tests.conftest import Server
from visualizer.lessons.all_frames import decode

Open = Callable[..., Wire]
MINUTE = 60 * SECOND


def event(number: int, t: int, actor: str = "visitor", **fields: Any) -> dict[str, Any]:
    """An event of the list and of the timeline."""
    return {
        "id": number, "seq": number, "t": t, "kind": "act", "actor": actor, "object": "nodes/n1",
        "verb": "stop-kubelet", "text": {"en": f"Event {number}", "zh": f"事件 {number}"}, "causes": [],
        "rule": None, "node": "n1",
    } | fields  # fmt: skip


def past(wire: Wire, t: int, **fields: Any) -> None:
    """The answer to look: n1 was lost then."""
    then = view([lost("n1", [pod("tomcat-aaaaa", podReady=False)]), node("n2")])
    frame = {"branch": 1, "head": 5 * MINUTE, "view": then, "events": [], "event": None, "href": None}
    wire.send("past", t=t, **(frame | fields))


def looked(page: Page, wire: Wire, count: int = 1) -> dict[str, Any]:
    """The newest look, after so many."""
    wait_for(page, lambda: len(wire.heard("look")) >= count)
    return wire.heard("look")[-1]


def test_the_past_is_marked_and_live_is_one_key_away(page: Page, stage: Open) -> None:
    wire = stage(view(), t=5 * MINUTE)
    page.get_by_role("button", name="Look at the event before").click()
    assert looked(page, wire) == {"type": "look", "t": 5 * MINUTE, "step": "previous", "branch": 1}
    past(wire, 2 * MINUTE + 3 * SECOND)
    expect(page.locator("#past-bar")).to_contain_text("You look at 00:02:03; live is 00:05:00")
    expect(page.locator("#clock-time")).to_have_text("00:02:03")
    expect(page.locator('[data-node="n1"] .pill')).to_have_text("NotReady")
    page.keyboard.press("0")
    wait_for(page, lambda: len(wire.heard("live")) == 1)
    expect(page.locator("#past-bar")).to_be_hidden()
    expect(page.locator('[data-node="n1"] .pill')).to_have_text("Ready")


def test_a_moment_that_takes_long_says_how_far_it_is_and_need_not_be_waited_for(
    page: Page, stage: Open
) -> None:
    wire = stage(view(), t=5 * MINUTE)
    bar = page.locator("#past-bar")
    page.keyboard.press(",")
    looked(page, wire)
    wire.send("looking", id="", phase="replay", share=0.4, left=None)
    expect(bar).to_contain_text("Looking back … 40 %")
    expect(bar.get_by_role("button", name="Begin a branch here")).to_be_hidden()
    bar.get_by_role("button", name="Cancel").click()
    wait_for(page, lambda: len(wire.heard("live")) == 1)
    expect(bar).to_be_hidden()
    page.keyboard.press(",")
    looked(page, wire, 2)
    wire.send("looking", id="", phase="read", share=0.0, left=None)
    expect(bar).to_contain_text("Looking back …")
    past(wire, 2 * MINUTE)
    expect(bar).to_contain_text("You look at 00:02:00; live is 00:05:00")


def test_what_goes_on_does_not_disturb_the_past(page: Page, stage: Open) -> None:
    wire = stage(view(), t=5 * MINUTE)
    page.keyboard.press(",")
    looked(page, wire)
    past(wire, 2 * MINUTE)
    wire.tick({"nodes": {"n2": lost("n2", [])}}, t=6 * MINUTE)
    expect(page.locator("#past-bar")).to_contain_text("live is 00:06:00")
    expect(page.locator('[data-node="n2"] .pill')).to_have_text("Ready")
    page.get_by_role("button", name="Back to live").click()
    expect(page.locator('[data-node="n2"] .pill')).to_have_text("NotReady")


def test_next_and_previous_step_from_the_moment_shown(page: Page, stage: Open) -> None:
    wire = stage(view(), t=5 * MINUTE)
    page.keyboard.press(",")
    looked(page, wire)
    past(wire, 2 * MINUTE)
    expect(page.locator("#past-bar")).to_be_visible()
    page.keyboard.press("n")
    assert looked(page, wire, 2) == {"type": "look", "t": 2 * MINUTE, "step": "next", "branch": 1}
    assert wire.heard("transport") == []


def test_the_timeline_scrubs_by_mouse(page: Page, stage: Open) -> None:
    wire = stage(view(), t=5 * MINUTE)
    box = page.locator("#timeline-canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 400, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 60, steps=4)
    page.mouse.up()
    page.wait_for_timeout(300)
    found = looked(page, wire)
    assert 0 < found["t"] < 5 * MINUTE
    page.mouse.click(box["x"] + 1100, box["y"] + 60)
    wait_for(page, lambda: len(wire.heard("live")) == 1)


def test_the_timeline_scrubs_by_keys(page: Page, stage: Open) -> None:
    wire = stage(view(), t=5 * MINUTE)
    page.keyboard.press("h")
    expect(page.locator("#timeline-canvas")).to_be_focused()
    for number, (key, t) in enumerate(
        [("ArrowLeft", 299), ("PageUp", 239), ("Home", 0), ("ArrowRight", 1), ("PageDown", 61)], 1
    ):
        page.keyboard.press(key)
        assert looked(page, wire, number)["t"] == t * SECOND
    page.keyboard.press("End")
    wait_for(page, lambda: len(wire.heard("live")) == 1)


def test_acting_in_the_past_says_that_it_begins_a_branch(page: Page, stage: Open) -> None:
    wire = stage(view(), t=5 * MINUTE)
    tree = [
        {"id": 1, "parent": None, "forkedAt": None, "name": "main", "end": 5 * MINUTE, "differs": {"en": ""},
         "otherEngine": False}
    ]  # fmt: skip
    wire.send("branches", current=1, branches=tree)
    page.keyboard.press(",")
    looked(page, wire)
    past(wire, 2 * MINUTE)
    expect(page.locator("#past-bar")).to_be_visible()
    action = {"do": "cordon", "target": "n1", "label": {"en": "Cordon", "zh": "禁止调度"}, "args": {}}
    wire.send("inspect", part="n1", data={"job": {"en": ""}, "actions": [action]}, t=2 * MINUTE)
    page.get_by_role("button", name="Cordon").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Cordon, at 00:02:00?")
    expect(dialog).to_contain_text('"main" is kept as it was, up to 00:05:00.')
    page.get_by_role("button", name="Leave everything as it is").click()
    assert wire.heard("command") == []
    page.get_by_role("button", name="Cordon").click()
    page.get_by_role("button", name="Begin the branch").click()
    wait_for(page, lambda: len(wire.heard("command")) == 1)
    [command] = wire.heard("command")
    assert (command["at"], command["branch"], command["do"]) == (2 * MINUTE, 1, "cordon")
    wire.send("accepted", id=command["id"], t=2 * MINUTE, branch=2)
    expect(page.locator("#past-bar")).to_be_hidden()


def test_branches_are_a_tree_that_can_be_named_and_gone_to(page: Page, stage: Open) -> None:
    wire = stage(view(), t=5 * MINUTE)
    trunk = {"id": 1, "parent": None, "forkedAt": None, "name": "main", "end": 5 * MINUTE,
             "differs": {"en": "the beginning"}, "otherEngine": False}  # fmt: skip
    fork = trunk | {
        "id": 2,
        "parent": 1,
        "forkedAt": 2 * MINUTE,
        "end": 3 * MINUTE,  # as it was kept; the room is there and has gone on
        "name": "",
        "differs": {"en": "+ cordon n1"},
    }
    wire.send("branches", current=2, branches=[trunk, fork])
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("ul ul")).to_contain_text("forked at 00:02:00 · played to 00:05:00")
    expect(dialog.locator("ul ul")).to_contain_text("+ cordon n1")
    href = dialog.locator("ul ul").get_by_role("link").get_attribute("href")
    assert href == f"/compare/?a=ABC234:1&b=ABC234:2&t={5 * MINUTE}"
    dialog.locator("ul ul").get_by_role("button", name="Rename").click()
    page.get_by_label("name of the branch").fill("cordoned")
    page.keyboard.press("Enter")
    wait_for(page, lambda: [one["name"] for one in wire.heard("rename")] == ["cordoned"])
    page.get_by_role("button", name="Take the room there").click()
    wait_for(page, lambda: [one["branch"] for one in wire.heard("switch")] == [1])


def test_a_table_holds_the_same_as_the_timeline(page: Page, stage: Open) -> None:
    events = [event(1, 10 * SECOND), event(2, 40 * SECOND, "controller-manager", causes=[1])]
    wire = stage(view(), t=MINUTE, events=events)
    page.keyboard.press("v")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("00:00:10 Event 1")
    dialog.get_by_role("button", name="00:00:40.0").click()
    assert looked(page, wire)["t"] == 40 * SECOND


def test_keys_walk_along_the_causes(page: Page, stage: Open) -> None:
    events = [event(1, 10 * SECOND), event(2, 40 * SECOND, "controller-manager", causes=[1])]
    wire = stage(view(), t=MINUTE, events=events)
    page.keyboard.press("h")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#timeline-tip")).to_contain_text("Event 2")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#timeline-tip")).to_contain_text("Event 1")
    page.keyboard.press("Enter")
    wait_for(page, lambda: [one["event"] for one in wire.heard("why")] == [1])


def test_thousands_of_events_are_drawn_as_one_mark_a_pixel(page: Page, stage: Open) -> None:
    events = [event(n, n * SECOND // 20, kind="write", causes=[n - 1]) for n in range(1, 6001)]
    stage(view(), t=5 * MINUTE, events=events)
    page.evaluate(
        """() => {
          const begin = CanvasRenderingContext2D.prototype.beginPath;
          window.marks = 0;
          CanvasRenderingContext2D.prototype.beginPath = function () {
            if (this.canvas.id === "timeline-canvas") window.marks += 1;
            return begin.call(this);
          };
          const canvas = document.getElementById("timeline-canvas");
          canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: 40, cancelable: true }));
        }"""
    )
    drawn(page)
    assert 0 < page.evaluate("window.marks") < WIDE["width"]


def test_every_frame_the_page_sends_is_one_the_room_understands(page: Page, stage: Open) -> None:
    wire = stage(view(), t=5 * MINUTE)
    page.keyboard.press(",")
    looked(page, wire)
    past(wire, 2 * MINUTE)
    expect(page.locator("#past-bar")).to_be_visible()
    page.keyboard.press("w")
    page.get_by_role("button", name="Begin a branch here").click()
    page.get_by_role("button", name="Begin the branch").click()
    wait_for(page, lambda: len(wire.heard("fork")) == 1)
    page.keyboard.press("0")
    for frame in wire.said:
        decode(json.dumps(frame))


def test_axe_finds_nothing_serious_in_the_past(page: Page, stage: Open) -> None:
    page.emulate_media(reduced_motion="reduce")
    wire = stage(view(), t=5 * MINUTE)
    page.keyboard.press(",")
    looked(page, wire)
    past(wire, 2 * MINUTE)
    expect(page.locator("#past-bar")).to_be_visible()
    assert serious(page) == []


def test_a_phone_scrubs_with_a_finger(page: Page, stage: Open) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    wire = stage(view(), t=5 * MINUTE)
    canvas = page.locator("#timeline-canvas")
    canvas.scroll_into_view_if_needed()
    canvas.evaluate(
        """canvas => {
          const send = (type, offsetX) => {
            const box = canvas.getBoundingClientRect();
            canvas.dispatchEvent(new PointerEvent(type, { pointerId: 7, pointerType: "touch", bubbles: true,
              clientX: box.left + offsetX, clientY: box.top + 60 }));
          };
          canvas.setPointerCapture = () => {};
          send("pointerdown", 180); send("pointermove", 160); send("pointermove", 150);
          send("pointerup", 150);
        }"""
    )
    assert looked(page, wire)["t"] < 5 * MINUTE
    past(wire, 2 * MINUTE)
    expect(page.get_by_role("button", name="Back to live")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_link_opens_exactly_its_moment(page: Page, server: Server) -> None:
    code = server.new_room()
    model = Cluster(default_scenario())
    page.goto(f"{server.url}/rooms/{code}/")
    page.locator('[data-part="n3.kubelet"]').first.click()
    page.locator('[data-do="stop-kubelet"]').click()
    expect(page.locator('[data-do="stop-kubelet"]')).to_be_hidden()
    model.apply(Command("stop-kubelet", "n3"))
    page.locator("#speed").select_option("600")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => document.getElementById('clock-time').textContent > '00:01:30'")
    page.get_by_role("button", name="Pause").click()

    page.goto(f"{server.url}/rooms/{code}/?t={60 * SECOND}&select=n3")
    expect(page.locator("#past-bar")).to_contain_text("You look at 00:01:00; live is ")
    model.run_until(seconds(60))
    assert page.evaluate(SHOWN) == expected(model)
    expect(page.locator("#inspect h2")).to_have_text("n3")
    page.get_by_role("button", name="Look at the event before").click()
    expect(page.locator("#past-bar")).to_contain_text(re.compile(r"You look at 00:00:(3|4)"))
