"""Everybody can use the room: by keyboard, by ear, without motion, in both languages, in every contrast."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.accessibility import serious
from tests.browser.conftest import Wire, wait_for
from tests.browser.views import SECOND, deadline, lost, node, pod, view

Open = Callable[..., Wire]


def experiment() -> dict[str, object]:
    """In the middle of it: one node lost and its pod evicted, two healthy."""
    orphan = pod("tomcat-aaaaa", status="Unknown", deleting=True, podReady=False, reason="NodeLost")
    differs = [{"kind": "orphan", "podUid": orphan["uid"], "container": "c1", "pod": orphan["name"]}]
    pending = pod(
        "tomcat-bbbbb", phase="Pending", status="ContainerCreating", readyText="0/1", podReady=False
    )
    nodes = [lost("n1", [orphan], differs=differs), node("n2", [pending]), node("n3", [pod("mysql-ccccc")])]
    due = [deadline("grace", name, 0, 40 * SECOND) for name in ("n1", "n2", "n3")]
    return view(nodes, [*due, deadline("eviction", "n1", 0, 300 * SECOND, fired=True, originKind="probe")])


def test_axe_finds_nothing_serious(page: Page, stage: Open) -> None:
    stage(experiment(), t=310 * SECOND)
    page.get_by_role("button", name="Data plane").click()
    page.keyboard.press("l")
    page.emulate_media(reduced_motion="reduce")
    assert serious(page) == []


def test_regions_are_reached_by_tab_and_items_by_arrows(page: Page, stage: Open) -> None:
    stage(view())
    page.locator("#control button").first.focus()
    expect(page.locator("#control button").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-part="apiserver"]')).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[data-region]').id") == "nodes"
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.closest('[data-node]').dataset.node") == "n3"
    page.keyboard.press("Enter")
    expect(page.locator("#inspect")).to_contain_text("n3")


def test_the_skip_link_leads_to_the_nodes_and_nothing_else_moves(page: Page, stage: Open) -> None:
    wire = stage(view())
    unseen = "document.querySelector('#inspect').innerHTML = '<p style=height:2000px></p>' +"
    page.evaluate(f"{unseen} '<span class=visually-hidden>What would happen?</span>'")
    wire.tick(t=SECOND)
    page.locator(".skip-link").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('[data-node]').dataset.node") == "n1"
    assert page.evaluate("document.documentElement.scrollTop") == 0


def test_each_region_has_one_tab_stop(page: Page, stage: Open) -> None:
    stage(view())
    stops = page.eval_on_selector_all(
        "[data-region]",
        "regions => regions.filter(r => r.checkVisibility())"
        ".map(r => r.querySelectorAll('[data-item][tabindex=\"0\"]').length)",
    )
    assert set(stops) == {1}


def test_the_whole_experiment_can_be_asked_for_by_keys(page: Page, stage: Open) -> None:
    wire = stage(view())
    page.keyboard.press("2")
    expect(page.locator("#inspect h2")).to_have_text("n2")
    action = {"do": "stop-kubelet", "target": "n2", "label": {"en": "Stop", "zh": "停"}, "args": {}}
    wire.send("inspect", part="n2", data={"job": {"en": "", "zh": ""}, "actions": [action]})
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    wait_for(page, lambda: [one["do"] for one in wire.heard("command")] == ["stop-kubelet"])
    page.keyboard.press("+")
    page.keyboard.press("n")
    wait_for(page, lambda: [one["action"] for one in wire.heard("transport")] == ["speed", "next-event"])


def test_the_focus_stays_in_the_pane_when_its_button_goes_with_what_was_done(page: Page, stage: Open) -> None:
    wire = stage(view())
    stop = {"do": "stop-kubelet", "target": "n1", "label": {"en": "Stop", "zh": "停"}, "args": {}}
    start = stop | {"do": "start-kubelet", "label": {"en": "Start", "zh": "启动"}}
    job = {"job": {"en": "", "zh": ""}}
    wire.send("inspect", part="n1", data=job | {"actions": [stop]})
    page.get_by_role("button", name="Stop", exact=True).focus()
    wire.send("inspect", part="n1", data=job | {"actions": [stop], "log": ["a line"]})
    expect(page.locator(".log")).to_have_text("a line")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_focused()
    wire.send("inspect", part="n1", data=job | {"actions": [start]})
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    expect(page.locator("#inspect")).to_be_focused()


def test_a_workload_is_called_by_its_kind(page: Page, stage: Open) -> None:
    shown = view()
    [owner] = shown["workloads"].values()
    shown["workloads"] = {"deployment/default/tomcat": owner | {"kind": "Deployment"}}
    stage(shown)
    page.locator("#workloads .workload-name").click()
    expect(page.locator(".inspect-kind")).to_have_text("Deployment")


def test_question_mark_lists_the_keys_and_they_can_be_switched_off(page: Page, stage: Open) -> None:
    wire = stage(view())
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("play or pause")
    page.get_by_label("single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_timeout(200)
    assert wire.heard("transport") == []


def test_a_change_of_state_is_spoken_and_a_countdown_is_not(page: Page, stage: Open) -> None:
    wire = stage(view([node("n1", [])], [deadline("grace", "n1", 0, 40 * SECOND)]))
    live = page.locator("#live")
    wire.tick({"nodes": {"n1": lost("n1", [])}}, t=40 * SECOND)
    expect(live).to_have_text("n1 became NotReady: its last heartbeat is 40 s old")
    wire.tick(t=50 * SECOND)
    page.wait_for_timeout(2500)
    expect(live).to_have_text("n1 became NotReady: its last heartbeat is 40 s old")


def test_a_table_mirrors_the_nodes(page: Page, stage: Open) -> None:
    stage(experiment(), t=310 * SECOND)
    row = page.locator("#mirror tbody tr").first
    expect(row).to_contain_text("NotReady")
    expect(row).to_contain_text("evicted")
    page.keyboard.press("b")
    expect(page.locator("#mirror table")).to_be_in_viewport()


def test_of_many_nodes_the_hidden_table_has_the_worst_and_the_shown_one_all(page: Page, stage: Open) -> None:
    nodes = [node(f"n{number}") for number in range(1, 211)]
    nodes[104] = lost("n105", [])
    stage(view(nodes))
    rows = page.locator("#mirror tbody tr")
    expect(rows).to_have_count(20)
    expect(rows.first).to_contain_text("n105")
    page.keyboard.press("b")
    expect(rows).to_have_count(210)


def test_the_legend_shows_only_what_is_there(page: Page, stage: Open) -> None:
    stage(view())
    page.keyboard.press("l")
    expect(page.locator("#legend")).to_contain_text("ready")
    expect(page.locator("#legend")).not_to_contain_text("unknown")
    expect(page.locator("#legend")).not_to_contain_text("not ready")


def test_the_page_speaks_chinese(page: Page, stage: Open) -> None:
    stage(experiment(), language="zh-hans", t=310 * SECOND)
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    expect(page.locator("#nodes")).to_contain_text("API server 的认知")
    expect(page.get_by_role("tab", name="详情")).to_be_visible()


def test_the_theme_is_kept(page: Page, stage: Open) -> None:
    page.emulate_media(color_scheme="light")
    stage(view())
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 23, 32)"
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 23, 32)"


def test_a_phone_shows_rows_that_open_and_a_sheet(page: Page, stage: Open) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    wire = stage(experiment(), t=310 * SECOND)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    card = page.locator('[data-node="n1"]')
    expect(card).to_contain_text("1 pod believed · 1 container runs · differs: 1")
    expect(card.locator(".part-kubelet")).to_be_hidden()
    card.locator(".node-name").click()
    card.locator(".part-kubelet").click()
    wire.send("inspect", part="n1.kubelet", data={"job": {"en": "Runs pods.", "zh": "运行 pod。"}})
    expect(page.get_by_text("Runs pods.")).to_be_in_viewport()
    heights = page.locator("button:visible, select:visible").evaluate_all(
        "all => all.filter(one => one.closest('.pane, .transport, .node.open, .tools'))"
        ".map(one => [one.id || one.className, one.getBoundingClientRect().height])"
    )
    assert [one for one in heights if one[1] < 43.5] == []
