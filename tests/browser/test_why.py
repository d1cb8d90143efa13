"""Why, why not yet, what if, and before doing it: the pane of causes, and its path on the stage."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import serious
from tests.browser.conftest import Wire, wait_for
from tests.browser.views import SECOND, view
from tests.conftest import Server
from visualizer.lessons.all_frames import decode

Open = Callable[..., Wire]
GRACE = {
    "component": "controller-manager",
    "flag": "node-monitor-grace-period",
    "value": "40s",
    "default": True,
}
RULE = {
    "id": "grace",
    "component": "node-controller",
    "source": "nodecontroller.go:678",
    "text": {"en": "40.006 s ago > 40 s", "zh": "40.006 秒前 > 40 秒"},
    "values": {},
    "settings": [GRACE],
}
STOP = {
    "kind": "command", "index": 0, "component": None, "flag": None, "t": 0,
    "text": {"en": "stop-kubelet n1", "zh": "stop-kubelet n1"}, "values": {"t": 0},
}  # fmt: skip
SETTING = {
    "kind": "setting", "index": None, "component": "controller-manager",
    "flag": "node-monitor-grace-period", "t": None, "values": {"value": "40s"},
    "text": {"en": "--node-monitor-grace-period=40s", "zh": ""},
}  # fmt: skip


def link(number: int, role: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": number, "t": number * SECOND, "role": role, "kind": role, "actor": "visitor",
        "object": "nodes/n1",
        "part": "n1", "by": None, "node": "n1", "text": {"en": f"Link {number}", "zh": f"环节 {number}"},
        "rule": None, "folded": False, "inputs": [], "derived": None,
    } | fields  # fmt: skip


CHAIN = [
    link(1, "act", inputs=[STOP]),
    link(2, "fault", part="n1.kubelet", by="n1.kubelet", derived={"en": "Cannot be taken away.", "zh": ""}),
    link(3, "effect", folded=True),
    link(4, "effect", folded=True),
    link(5, "rule", by="controller-manager", actor="controller-manager", rule=RULE, inputs=[SETTING]),
]
ARMED = {
    "object": "nodes/n1",
    "rule": RULE,
    "terms": [
        {"text": {"en": "the node is known", "zh": ""}, "met": True, "left": None},
        {"text": {"en": "no heartbeat for 40 s", "zh": ""}, "met": False, "left": 20 * SECOND},
    ],
    "due": 60 * SECOND,
    "predicted": 61 * SECOND,
    "left": 21 * SECOND,
    "frozen": None,
    "funnel": None,
}


def ask(
    page: Page, wire: Wire, links: list[dict[str, Any]], armed: list[dict[str, Any]] | None = None
) -> None:
    """Asks about the selected thing, and answers."""
    page.keyboard.press("w")
    wait_for(page, lambda: len(wire.heard("why")) == 1 and len(wire.heard("why-not")) == 1)
    wire.send("why", id=wire.heard("why")[0]["id"], t=40 * SECOND, branch=1, links=links)
    answer = {"t": 40 * SECOND, "branch": 1, "object": "n1", "armed": armed or []}
    wire.send("why-not", id=wire.heard("why-not")[0]["id"], **answer)


def test_a_chain_names_rule_component_setting_numbers_and_source(page: Page, stage: Open) -> None:
    wire = stage(view(), t=40 * SECOND)
    ask(page, wire, CHAIN)
    assert wire.heard("why")[0]["object"] == "n1"
    last = page.locator(".chain .link").last
    for text in ("Link 5", "40.006 s ago > 40 s", "controller-manager", "--node-monitor-grace-period=40s"):
        expect(last).to_contain_text(text)
    expect(last).to_contain_text("nodecontroller.go:678")
    expect(last).to_contain_text("the default")


def test_folded_links_open_in_place(page: Page, stage: Open) -> None:
    wire = stage(view(), t=40 * SECOND)
    ask(page, wire, CHAIN)
    expect(page.locator(".chain .link")).to_have_count(3)
    page.get_by_role("button", name="2 more steps").click()
    expect(page.locator(".chain .link")).to_have_count(5)
    expect(page.locator(".chain .link-number").nth(3)).to_have_text("4")


def test_the_path_is_lit_while_its_chain_is_shown(page: Page, stage: Open) -> None:
    wire = stage(view(), t=40 * SECOND)
    ask(page, wire, CHAIN)
    expect(page.locator('#stage [data-part="controller-manager"]')).to_have_attribute("data-lit", "5")
    expect(page.locator('#stage [data-part="n1.kubelet"]')).to_have_attribute("data-lit", "2")
    assert float(page.locator("#control .box-etcd").evaluate("e => getComputedStyle(e).opacity")) < 1
    page.get_by_role("tab", name="Inspect").click()
    expect(page.locator("#stage [data-lit]")).to_have_count(0)
    assert page.locator("#control .box-etcd").evaluate("e => getComputedStyle(e).opacity") == "1"


def test_an_event_leads_to_its_chain_and_a_link_to_its_moment(page: Page, stage: Open) -> None:
    happened = {
        "id": 9, "seq": 9, "t": SECOND, "kind": "act", "actor": "visitor", "object": "nodes/n1", "verb": "x",
        "text": {"en": "It was stopped", "zh": ""}, "causes": [], "rule": None, "node": "n1",
    }  # fmt: skip
    wire = stage(view(), t=40 * SECOND, events=[happened])
    page.keyboard.press("e")
    page.locator(".event").get_by_role("button", name="Why?").click()
    wait_for(page, lambda: [one["event"] for one in wire.heard("why")] == [9])
    wire.send("why", id=wire.heard("why")[0]["id"], t=SECOND, branch=1, links=CHAIN)
    page.locator(".chain .link-time").last.click()
    wait_for(page, lambda: [one["t"] for one in wire.heard("look")] == [5 * SECOND])


def test_what_is_armed_counts_down_without_asking_again(page: Page, stage: Open) -> None:
    wire = stage(view(), t=40 * SECOND)
    ask(page, wire, CHAIN, [ARMED])
    armed = page.locator(".armed")
    expect(armed).to_contain_text("in 21 s")
    expect(armed).to_contain_text("20 s left")
    wire.tick(t=50 * SECOND)
    expect(armed).to_contain_text("in 11 s")
    expect(armed).to_contain_text("10 s left")
    assert len(wire.heard("why-not")) == 1


def test_a_pending_pod_shows_where_each_node_fell(page: Page, stage: Open) -> None:
    nodes = [
        {"node": "n1", "failed": ["Insufficient cpu"], "points": None},
        {"node": "n2", "failed": [], "points": {"total": 17, "SelectorSpreadPriority": 10}},
    ]
    funnel = {"t": 30 * SECOND, "tried": 3, "text": {"en": "1 of 2 fits", "zh": ""}, "nodes": nodes}
    wire = stage(view(), t=40 * SECOND)
    ask(page, wire, CHAIN, [ARMED | {"funnel": funnel | {"retryAt": 45 * SECOND}}])
    expect(page.locator(".funnel tbody tr").nth(0)).to_contain_text("Insufficient cpu")
    expect(page.locator(".funnel tbody tr").nth(1)).to_contain_text("17")
    expect(page.locator(".funnel")).to_contain_text("tried again in 5 s")


def test_what_has_no_answer_says_so(page: Page, stage: Open) -> None:
    wire = stage(view(), t=40 * SECOND)
    page.keyboard.press("w")
    wait_for(page, lambda: len(wire.heard("why")) == 1)
    wire.send("failed", id=wire.heard("why")[0]["id"], reason={"en": "Nothing has happened to it.", "zh": ""})
    expect(page.locator("#why")).to_contain_text("Nothing has happened to it.")


def test_who_waits_for_an_answer_sees_how_far_it_is_and_may_give_up(page: Page, stage: Open) -> None:
    wire = stage(view(), t=40 * SECOND)
    page.keyboard.press("w")
    wait_for(page, lambda: len(wire.heard("why")) == 1)
    number = wire.heard("why")[0]["id"]
    wire.send("looking", id=number, phase="replay", share=0.4, left=12.0)
    because = page.locator(".why-because")
    expect(because).to_contain_text("Looking back … 40 % · about 12 s left")
    because.get_by_role("button", name="Cancel").click()
    wait_for(page, lambda: wire.heard("give-up") == [{"type": "give-up", "id": number}])
    expect(because).to_contain_text("You did not wait for the answer.")


@pytest.mark.parametrize(("button", "instead"), [("had not been", None), ("had been so", {"t": 5 * SECOND})])
def test_what_if_opens_the_comparison(
    page: Page, stage: Open, button: str, instead: dict[str, Any] | None
) -> None:
    wire = stage(view(), t=40 * SECOND)
    ask(page, wire, CHAIN)
    page.get_by_text("What if: stop-kubelet n1").click()
    if instead:
        page.get_by_label("second").fill("5")
    page.locator(".what-if[open]").get_by_role("button", name=button).click()
    wait_for(page, lambda: len(wire.heard("what-if")) == 1)
    [asked] = wire.heard("what-if")
    assert asked["input"] == {"kind": "command", "index": 0, "component": None, "flag": None}
    assert asked["instead"] == instead
    for frame in wire.said:
        decode(json.dumps(frame))
    wire.send("made", id=asked["id"], branch=2, compare="/compare/?a=ABC234:1&b=ABC234:2")
    page.wait_for_url("**/compare/?a=ABC234:1&b=ABC234:2")


def test_before_doing_it_bands_say_what_would_happen(page: Page, stage: Open) -> None:
    wire = stage(view(), t=40 * SECOND)
    action = {"do": "stop-kubelet", "target": "n1", "label": {"en": "Stop kubelet", "zh": "停"}, "args": {}}
    wire.send("inspect", part="n1", data={"job": {"en": ""}, "actions": [action]})
    page.get_by_role("button", name="What would happen?").click()
    wait_for(page, lambda: len(wire.heard("foresee")) == 1)
    [asked] = wire.heard("foresee")
    decode(json.dumps(asked))
    assert asked["commands"] == [{"do": "stop-kubelet", "target": "n1", "args": {}}]
    band = {"name": "node-not-ready", "of": "n1", "text": {"en": "n1 is no longer Ready", "zh": ""}}
    times = {"earliest": 30 * SECOND, "median": 38 * SECOND, "latest": 45 * SECOND, "seeds": 20}
    wire.send("foresee", id=asked["id"], t=40 * SECOND, seeds=20, bands=[band | times])
    expect(page.locator(".band")).to_contain_text("30 s to 45 s")
    assert wire.heard("command") == []
    page.locator("#why").get_by_role("button", name="Stop kubelet").click()
    wait_for(page, lambda: [one["do"] for one in wire.heard("command")] == ["stop-kubelet"])


def test_who_may_only_watch_is_offered_no_what_if(page: Page, stage: Open) -> None:
    wire = stage(view(), t=40 * SECOND)
    wire.send("welcome", role="visitor", canAct=False)
    ask(page, wire, CHAIN)
    expect(page.locator(".chain .link").first).to_be_visible()
    expect(page.locator(".what-if")).to_have_count(0)


def test_axe_finds_nothing_serious_in_the_pane_of_causes(page: Page, stage: Open) -> None:
    page.emulate_media(reduced_motion="reduce")
    wire = stage(view(), t=40 * SECOND)
    ask(page, wire, CHAIN, [ARMED])
    expect(page.locator(".armed")).to_be_visible()
    assert serious(page, "#pane") == []


def test_in_a_real_room_the_chain_begins_with_the_act(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/rooms/{server.new_room()}/")
    page.locator('[data-part="n3.kubelet"]').first.click()
    page.locator('[data-do="stop-kubelet"]').click()
    expect(page.locator('[data-do="stop-kubelet"]')).to_be_hidden()
    page.locator("#speed").select_option("10")
    page.get_by_role("button", name="Play").click()
    expect(page.locator('[data-node="n3"] .pill')).to_have_text("NotReady")
    page.get_by_role("button", name="Pause").click()  # long before its pods are deleted
    page.locator('[data-part="n3"]').click()
    page.get_by_role("button", name="Why?").first.click()
    expect(page.locator(".chain .link").first).to_contain_text("Stop the kubelet (n3)")
    expect(page.locator(".chain")).to_contain_text("--node-monitor-grace-period=40s")
    expect(page.locator(".armed")).to_contain_text("pod-eviction-timeout")
