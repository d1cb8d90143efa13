"""What the stage shows of a view: belief beside reality, the rings, the words."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clustersim.kubectl.ages import human_duration, short_human_duration
from clustersim.view.far import ON_IT
from tests.browser.conftest import Wire, drawn, wait_for
from tests.browser.views import SECOND, container, deadline, lost, node, pod, view

Open = Callable[..., Wire]


def test_the_room_fits_a_projector_without_scrolling(page: Page, stage: Open) -> None:
    stage(view())
    page.get_by_role("button", name="Data plane").click()
    inner, outer = page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert inner <= outer
    for card in page.locator(".node").all():
        inside = card.evaluate("card => card.scrollHeight - card.clientHeight")
        assert inside <= 0


def test_ages_are_written_as_kubectl_of_each_release_writes_them(page: Page, stage: Open) -> None:
    spans = [limit * factor + more for limit in (1, 60, 3600, 86_400, 31_536_000) for factor in range(13)
             for more in (-2, -1, 0, 1, 61, 3_601)]  # fmt: skip
    ways = {"short": short_human_duration, "human": human_duration}
    lines = [f"{{{way}:{-span}}}" for way in ways for span in spans]
    stage(view([node("n1", printed="   ".join(lines))]))
    expect(page.locator(".kubectl-output")).to_contain_text(
        "   ".join(written(span * SECOND) for written in ways.values() for span in spans)
    )


def test_a_lost_node_says_when_its_pods_are_evicted(page: Page, stage: Open) -> None:
    pods = [pod("tomcat-aaaaa", podReady=False)]
    due = [
        deadline("grace", "n1", 0, 40 * SECOND, fired=True),
        deadline("eviction", "n1", 0, 300 * SECOND, originKind="probe"),
    ]
    stage(view([lost("n1", pods)], due), t=205 * SECOND)
    card = page.locator('[data-node="n1"]')
    expect(card.locator(".pill")).to_have_text("NotReady")
    expect(card).to_contain_text("last heartbeat 3:25 ago")
    expect(card).to_contain_text("evict in 1:35 of 5:00")
    expect(card).to_contain_text("kubelet stopped")


def test_a_pod_that_prints_running_but_is_not_ready_has_a_glyph_of_its_own(page: Page, stage: Open) -> None:
    stage(view([lost("n1", [pod("tomcat-aaaaa", podReady=False)])]))
    chip = page.locator("#nodes .chip.pod").first
    assert chip.get_attribute("data-state") == "unready"
    assert chip.locator("use").get_attribute("href") == "#i-unready"


def test_orphans_and_ghosts_are_counted_and_joined(page: Page, stage: Open) -> None:
    terminating = pod("tomcat-aaaaa", status="Unknown", deleting=True, podReady=False)
    ghost = pod("tomcat-bbbbb")
    differs = [
        {"kind": "orphan", "podUid": terminating["uid"], "container": "c1", "pod": terminating["name"]},
        {"kind": "ghost", "podUid": ghost["uid"], "container": None, "pod": ghost["name"]},
    ]
    stage(view([node("n1", [terminating, ghost], containers=[container(terminating)], differs=differs)]))
    expect(page.locator(".differs-mark").first).to_have_text("differs: 2")
    expect(page.locator(".pair[data-differs]")).to_have_count(2)
    expect(page.locator('.pair[data-differs="ghost"] .container.empty')).to_be_visible()


def test_a_container_without_a_pod_stands_under_an_empty_place(page: Page, stage: Open) -> None:
    gone = pod("tomcat-aaaaa")
    differs = [{"kind": "orphan", "podUid": gone["uid"], "container": "c1", "pod": gone["name"]}]
    stage(view([node("n1", [], containers=[container(gone)], differs=differs)]))
    pair = page.locator('.pair[data-differs="orphan"]')
    expect(pair.locator(".pod.empty")).to_have_text("gone")
    expect(pair.locator(".container:not(.empty)")).to_contain_text("aaaaa")


def test_what_kubectl_prints_follows_the_selection(page: Page, stage: Open) -> None:
    stage(view())
    expect(page.locator(".kubectl")).to_contain_text("kubectl get node n1")
    page.locator("#nodes button.chip.pod").nth(1).click()
    expect(page.locator(".kubectl")).to_contain_text("kubectl get pod tomcat-n2abc -o wide")
    expect(page.locator(".kubectl-output")).to_contain_text("1/1")


def test_a_pod_that_is_gone_is_not_printed_and_the_next_of_its_name_is(page: Page, stage: Open) -> None:
    wire = stage(view([node("n1", [pod("db-1", printed="db-1   1/1   Unknown   0   9m")])]))
    page.locator("#nodes button.chip.pod").click()
    expect(page.locator(".kubectl-output")).to_contain_text("Unknown")
    wire.tick({"nodes": {"n1": node("n1")}})
    expect(page.locator(".kubectl-output")).to_have_text(
        'Error from server (NotFound): pods "db-1" not found'
    )
    wire.tick(
        {"nodes": {"n1": node("n1", [pod("db-1", uid="second", printed="db-1   1/1   Running   0   1s")])}}
    )
    expect(page.locator(".kubectl-output")).to_contain_text("Running")


def test_cards_are_whole_below_two_rows_of_owners(page: Page, stage: Open) -> None:
    known = view(
        [node(name, [pod(f"web-{name}{of}", app="web") for of in "abc"]) for name in ("n1", "n2", "n3")]
    )
    [(key, owner)] = known["workloads"].items()
    for name in ("agent", "ledger"):
        known["workloads"][key.replace("tomcat", name)] = owner | {"name": name, "app": name}
    stage(known)
    names = page.locator(".workload-name")
    expect(names).to_have_count(3)
    assert len({names.nth(place).bounding_box()["y"] for place in range(3)}) == 2
    for card in page.locator(".node").all():
        assert card.evaluate("card => card.scrollHeight - card.clientHeight") <= 0
    for name in names.all():
        expect(name).to_be_in_viewport(ratio=1)


def test_an_event_links_to_its_cause(page: Page, stage: Open) -> None:
    wire = stage(view())
    act = {"id": 1, "seq": 1, "t": 0, "kind": "act", "actor": "user", "object": "nodes/n1", "verb": "stop"}
    decision = {**act, "id": 2, "seq": 2, "t": 43 * SECOND, "kind": "decision", "verb": "not-ready"}
    texts = [
        {"en": "you stopped it", "zh": "你停了它"},
        {"en": "n1 became NotReady", "zh": "n1 变为 NotReady"},
    ]
    more = {"rule": None, "node": "n1"}
    wire.tick(
        t=44 * SECOND,
        events=[
            {**act, **more, "causes": [], "text": texts[0]},
            {**decision, **more, "causes": [1], "text": texts[1]},
        ],
    )
    page.get_by_role("tab", name="Events").click()
    page.get_by_role("button", name="because: you stopped it").click()
    expect(page.locator('.event[data-id="1"]')).to_be_focused()


def test_the_clock_does_not_run_on_when_nothing_is_heard(page: Page, stage: Open) -> None:
    stage(view(), t=10 * SECOND, playing=True, rate=1.0)
    page.wait_for_timeout(1500)
    expect(page.locator("#clock-time")).to_have_text("00:00:10")


def many(count: int, **others: dict[str, Any]) -> list[dict[str, Any]]:
    """So many nodes, some of them given."""
    names = (f"n{number}" for number in range(1, count + 1))
    return [others.get(name) or node(name, [pod(f"tomcat-{name}abc")]) for name in names]


@pytest.mark.parametrize(
    ("count", "size"),
    [(3, "full"), (12, "compact"), (30, "small"), (60, "tiles"), (100, "tiles"), (400, "map")],
)
@pytest.mark.parametrize("screen", [(1280, 720), (1920, 1080)])
def test_nodes_are_drawn_as_rich_as_there_is_room(
    page: Page, stage: Open, count: int, size: str, screen: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    wire = stage(view(many(count)))
    nodes = page.locator("#nodes")
    expect(nodes).to_have_attribute("data-size", size)
    assert nodes.evaluate("nodes => nodes.scrollHeight - nodes.clientHeight") <= 1
    if count == 12:
        expect(page.locator(".ring-second").last).to_be_in_viewport(ratio=1)
        wire.snapshot(view(many(count, n12=node("n12", [pod(f"tomcat-{number}") for number in range(28)]))))
        expect(page.locator('[data-node="n12"] .dot.container').last).to_be_in_viewport(ratio=1)
    if count == 100:
        expect(page.locator(".tile-counts").last).to_have_text("1/1")
        expect(page.locator(".tile-counts").last).to_be_in_viewport(ratio=1)
    if size != "map":
        expect(page.locator("#nodes [data-node]")).to_have_count(count)
        last = page.locator("#nodes [data-node]").last
        assert last.evaluate("node => node.getBoundingClientRect().bottom") <= nodes.evaluate(
            "nodes => nodes.getBoundingClientRect().bottom"
        )


def test_a_map_keeps_places_and_shows_the_worst_and_the_selected_as_cards(page: Page, stage: Open) -> None:
    zoned = [one | {"zone": "ab"[place % 2], "rack": "r1"} for place, one in enumerate(many(400))]
    zoned[46] = lost("n47", []) | {"zone": "a", "rack": "r1"}
    wire = stage(view(zoned))
    labels = page.locator(".map-label")
    expect(labels).to_have_text(["a / r1", "b / r1"])
    expect(page.locator(".map-cards [data-node]").first).to_have_attribute("data-node", "n47")
    expect(page.locator('.map-group[data-state="notready"]')).to_have_attribute(
        "aria-label", "a / r1: 200 nodes, not ready: 1, differ: 0"
    )
    page.locator(".map-cards .node-name").first.click()
    expect(page.locator('.map-cards .node:not(.compact)[data-node="n47"]')).to_be_visible()
    page.get_by_label("Search the nodes").fill("n399")
    expect(page.locator(".map-told")).to_contain_text("1 node found")
    expect(page.locator('.map-cards [data-node="n399"]')).to_be_visible()
    wire.tick({"nodes": {"n399": lost("n399", []) | {"zone": "a", "rack": "r1"}}})
    page.get_by_label("Search the nodes").fill("")
    page.get_by_role("button", name="NotReady 2").click()
    expect(page.locator(".map-cards [data-node]")).to_have_count(2)
    expect(page.locator(".map-told")).to_contain_text("398 nodes only on the map")


def test_very_many_nodes_are_told_from_afar_and_closer_when_they_are_looked_at(
    page: Page, stage: Open
) -> None:
    whole = view(many(400))
    usual = {name: value for name, value in whole["nodes"]["n1"].items() if name not in ("name", *ON_IT)}
    usual |= {"believed": 1, "running": 1, "differing": 0}
    grace = {"kind": "grace", "origin": 0, "due": 40 * SECOND, "length": 40 * SECOND}
    nodes = {name: {"printed": one["printed"]} for name, one in whole["nodes"].items()}
    deadlines = {f"grace/{name}": {} for name in nodes}
    broken = {"parts": lost("n47", [])["parts"], "differing": 1}
    nodes["n47"] |= broken
    folded = {"usual": {"node": usual, "grace": grace}, "nodes": nodes, "deadlines": deadlines}
    wire = stage(whole | folded)
    wait_for(page, lambda: bool(wire.heard("closer")))
    assert wire.heard("closer")[-1]["nodes"] == ["n47"]
    expect(page.locator(".map-filter").nth(2)).to_have_text("differs 1")
    one = pod("tomcat-close")
    wire.send("closer", nodes={"n47": {name: node("n47", [one])[name] for name in ON_IT}}, app=None, rows=[],
              t=None, branch=None)  # fmt: skip
    chip = page.locator('.map-cards [data-node="n47"] .pod:not(.empty)')
    expect(chip).to_have_attribute("data-state", "ok")
    wire.tick({"nodes": {"n47": {"pods": [{"uid": one["uid"], "deleting": True}]}}})
    expect(chip).to_have_attribute("data-state", "terminating")
    wire.tick({"nodes": {"n50": {"parts": broken["parts"], "running": 0, "differing": 1}}})
    wait_for(page, lambda: "n50" in wire.heard("closer")[-1]["nodes"])
    assert wire.heard("closer")[-1]["known"] == ["n47"]
    page.locator('[data-part="rc/default/tomcat"]').first.click()
    wait_for(page, lambda: wire.heard("closer")[-1]["app"] == "tomcat")
    wire.send("closer", nodes={}, app="tomcat", rows=[one["printed"]], t=None, branch=None)
    expect(page.locator("#kubectl")).to_contain_text(one["name"])


def test_where_a_group_is_narrow_its_rack_is_seen(page: Page, stage: Open) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    racks = [{"zone": f"zone-{'abc'[place // 134]}", "rack": f"r{place // 14}"} for place in range(400)]
    nodes = [one | rack for one, rack in zip(many(400), racks, strict=True)]
    for place in range(14):
        nodes[place] = lost(f"n{place + 1}", [], differs=[{}]) | racks[place]
    wire = stage(view(nodes))
    group = page.locator(".map-group").first
    seen = group.locator(".map-label span").last
    expect(seen).to_have_text("r0")
    label = group.locator(".map-label")
    seen_at, label_at = (one.evaluate("one => one.getBoundingClientRect().top") for one in (seen, label))
    assert abs(seen_at - label_at) < 5
    page.evaluate("""() => {
        window.widths = [];
        const { fillRect } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.fillRect = function (x, y, width, height) {
            if (this.canvas.parentElement.className === "map-picture") window.widths.push(width);
            fillRect.call(this, x, y, width, height);
        };
    }""")
    racks = [{"zone": f"zone-{'abc'[place * 3 // 1000]}", "rack": f"r{place * 30 // 1000 + 1}"}
             for place in range(1000)]  # fmt: skip
    wire.snapshot(view([one | rack for one, rack in zip(many(1000), racks, strict=True)]))
    expect(page.locator(".map-group")).to_have_count(30)
    page.wait_for_function("widths.length >= 200")
    assert min(page.evaluate("widths.slice(-200)")) >= 7


def test_with_one_selected_its_pods_and_as_many_others_as_fit_are_beside_the_map(
    page: Page, stage: Open
) -> None:
    nodes = many(400)
    nodes[::20] = [lost(one["name"], one["pods"], runtime="containerd") for one in nodes[::20]]
    stage(view(nodes))
    cards = page.locator(".map-cards [data-node]")
    expect(cards).to_have_count(10)
    cards.nth(2).click(position={"x": 20, "y": 14})
    expect(page.locator(".map-cards .compact .node-name")).to_have_text("n41")
    expect(page.locator(".map-cards .compact .dot.pod")).to_be_visible()
    expect(page.locator('.map-cards [aria-label="containerd"]')).to_have_text(re.compile("^C"))
    assert cards.count() >= 7
    expect(page.locator(".map-told")).to_contain_text(f"{400 - cards.count()} nodes only on the map")
    for card in cards.all():
        expect(card).to_be_in_viewport(ratio=1)


def test_the_ten_worst_nodes_beside_a_map_are_all_in_sight(page: Page, stage: Open) -> None:
    nodes = many(400)
    nodes[:360:40] = [lost(one["name"], []) for one in nodes[:360:40]]
    nodes[1]["parts"]["kubelet"]["state"] = "stopped"
    going = pod("tomcat-going", deleting=True)
    nodes[40] = lost("n41", [going])
    due = [
        deadline("eviction", "n1", 0, 300 * SECOND, originKind="probe"),
        deadline("grace", "n2", 170 * SECOND, 40 * SECOND),
    ]
    wire = stage(view(many(400)))
    expect(page.locator('#wires [data-wire="kubelet@n1"]')).to_be_attached()
    wire.snapshot(view(many(400, n1=lost("n1", []), n2=lost("n2", []))))
    expect(page.locator('#wires [data-wire="node@n1"]')).to_be_attached()
    wire.snapshot(view(nodes, due), t=205 * SECOND)
    cards = page.locator(".map-cards [data-node]")
    expect(cards).to_have_count(10)
    for card in cards.all():
        expect(card).to_be_in_viewport(ratio=1)
    assert [card.get_attribute("data-node") for card in cards.all()][:3] == ["n1", "n2", "n41"]
    expect(page.locator('#wires [data-wire$="@n1"]')).not_to_be_attached()
    for name, due_words in (("n1", "evict in 1:35"), ("n2", "5 s of grace"), ("n41", "pods deleted")):
        words = page.locator(f'.map-cards [data-node="{name}"] .brief-due')
        expect(words).to_have_text(due_words)
        assert words.evaluate("words => words.scrollWidth - words.clientWidth") <= 0


def test_a_click_on_a_cell_of_the_map_selects_its_node(page: Page, stage: Open) -> None:
    whole = view(many(400, n21=node("n21", [pod(f"tomcat-{number}") for number in range(10)])))
    [tomcat] = whole["workloads"].values()
    whole["workloads"] = {f"rc/default/t{one}": tomcat | {"name": f"tomcat-{one}"} for one in range(9)}
    stage(whole)
    group = page.locator(".map-group").nth(1)
    box = group.bounding_box()
    assert box is not None
    group.click(position={"x": 8, "y": 26})
    expect(page.locator(".inspect-name")).to_have_text("n21")
    card = page.locator('.map-cards .node:not(.compact)[data-node="n21"]')
    for what in (".chip.container >> nth=9", ".docker-row"):
        expect(card.locator(what)).to_be_in_viewport(ratio=1)
        inside = card.locator(what).bounding_box()
        beside = page.locator(".map-cards").bounding_box()
        assert inside is not None
        assert beside is not None
        assert inside["y"] + inside["height"] <= beside["y"] + beside["height"]
    first, rest = (
        page.locator(".workload").first.bounding_box(),
        page.locator(".workload-rest").bounding_box(),
    )
    assert first is not None
    assert rest is not None
    assert rest["y"] < first["y"] + first["height"]


@pytest.mark.parametrize(("count", "place"), [(60, 59), (400, 399)])
def test_messages_of_nodes_without_a_wire_of_their_own_fly_on_that_of_their_column(
    page: Page, stage: Open, count: int, place: int
) -> None:
    wire = stage(view(many(count)))
    bundles = page.locator('#wires [data-wire^="bundle/"]')
    expect(bundles.first).to_be_attached()
    assert bundles.count() <= 12
    page.evaluate("window.paths = []; CanvasRenderingContext2D.prototype.arc = (x) => window.paths.push(x)")
    message = {"from": f"kubelet@n{place}", "to": "apiserver", "kind": "heartbeat", "outcome": "ok", "t": 1}
    wire.tick(messages=[message | {"label": f"PATCH status Node n{place}"}], playing=True)
    page.wait_for_function("window.paths.length > 0")


def test_messages_told_together_fly_each_for_itself(page: Page, stage: Open) -> None:
    wire = stage(view(many(3)))
    page.evaluate(
        "window.said = []; CanvasRenderingContext2D.prototype.fillText = (t) => window.said.push(t)"
    )
    message = {"from": "kubelet@*", "to": "apiserver", "kind": "heartbeat", "outcome": "ok", "t": 1}
    wire.tick(messages=[message | {"label": "PATCH status Node *", "nodes": ["n1", "n3"]}], playing=True)
    page.wait_for_function("['n1', 'n3'].every(n => window.said.includes(`PATCH status Node ${n}`))")


def test_signs_of_life_told_together_reach_what_shows_them(page: Page, stage: Open) -> None:
    wire = stage(view(many(400)), t=20 * SECOND)
    card = page.locator('.map-cards [data-node="n1"]')
    expect(card).to_contain_text("last heartbeat 20 s ago")
    seen = {"origin": 18 * SECOND, "due": 60 * SECOND, "nodes": ["n1", "n2"]}
    wire.tick({"heard": {"n1": 17 * SECOND, "n2": 17 * SECOND}, "seen": [seen]}, t=21 * SECOND)
    expect(card).to_contain_text("heartbeat 3 s ago")


def test_the_limiter_of_evictions_shows_its_queue(page: Page, stage: Open) -> None:
    crowded = view()
    crowded["control"]["controller-manager"]["zones"] = [
        {"zone": "west", "waiting": 30, "first": 8 * SECOND},
        {"zone": "east", "waiting": 4, "first": None},
    ]
    stage(crowded)
    limiter = page.locator(".limiter")
    expect(limiter).to_have_text("west30east4next in 8 s")
    expect(limiter).to_have_attribute("title", "34 nodes wait for the rate limiter · west: 30 · east: 4")
    box = page.locator(".box-controller-manager")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth + 1")


@pytest.mark.parametrize(("t", "share"), [(190, 0.5), (400, 1.0)])
def test_a_tile_fills_as_its_eviction_comes_near(page: Page, stage: Open, t: int, share: float) -> None:
    due = [
        deadline("grace", "n7", 0, 40 * SECOND, fired=True),
        deadline("eviction", "n7", 40 * SECOND, 300 * SECOND),
    ]
    stage(view(many(100, n7=lost("n7", [])), due), t=t * SECOND)
    tile = page.locator('[data-node="n7"]')
    expect(tile).to_have_attribute("data-due", "eviction")
    drawn = float(tile.evaluate("tile => tile.style.getPropertyValue('--due')"))
    assert abs(drawn - share) < 0.1


def test_endpoints_of_an_owner_without_a_service_are_not_told(page: Page, stage: Open) -> None:
    served = view()
    served["workloads"]["rc/default/web"] = served["workloads"]["rc/default/tomcat"] | {
        "name": "web",
        "endpoints": None,
    }
    stage(served)
    endpoints = page.locator('.count[data-count="endpoints"]:visible')
    expect(endpoints).to_have_count(1)
    expect(page.locator(".count[data-short]")).to_have_count(0)


def test_a_replacement_appears_at_its_node_and_leaves_the_others_alone(page: Page, stage: Open) -> None:
    first = pod("tomcat-aaaaa")
    wire = stage(view([node("n1", [first])]))
    page.locator("#nodes button.chip.pod").evaluate("chip => chip.dataset.same = 'yes'")
    wire.tick({"nodes": {"n1": node("n1", [first, pod("tomcat-bbbbb")])}}, t=SECOND)
    expect(page.locator("#nodes button.chip.pod:visible")).to_have_count(2)
    expect(page.locator("#nodes button.chip.pod[data-same]")).to_contain_text("aaaaa")


PHONE = {"width": 390, "height": 844}


def test_the_pane_of_a_presenter_stands_beside_the_third_node(page: Page, stage: Open) -> None:
    stage(view())
    page.keyboard.press("p")
    page.locator('[data-node="n3"] .node-name').click()
    pane, third = page.locator("#pane").bounding_box(), page.locator('[data-node="n3"]').bounding_box()
    assert pane is not None
    assert third is not None
    assert third["x"] + third["width"] <= pane["x"]
    for card in page.locator(".node").all():
        assert card.evaluate("card => card.scrollWidth - card.clientWidth") <= 0


def test_the_sheet_of_a_phone_peeks_and_is_made_tall_and_docked(page: Page, stage: Open) -> None:
    page.set_viewport_size(PHONE)
    pods = [pod(f"tomcat-{number:05}") for number in range(10)]
    stage(view([node(f"n{number}", pods) for number in range(1, 31)]))
    for what in (".tile-counts", ".timeline-tools .button"):
        tops = page.locator(what).evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
        assert tops[0] == tops[1] == tops[2] if what == ".tile-counts" else len(set(tops)) == 1
    small = page.locator(".tile.small").last
    assert small.evaluate("one => one.scrollHeight - one.clientHeight") <= 0
    name, counts = (small.locator(part).bounding_box() for part in (".tile-name", ".tile-counts"))
    assert name is not None
    assert counts is not None
    assert counts["y"] < name["y"] + name["height"]
    pane = page.locator("#pane")
    page.get_by_role("tab", name="Console").click()
    expect(pane).to_have_attribute("data-open", "peek")
    page.get_by_role("button", name="Taller or lower").click()
    expect(pane).to_have_attribute("data-open", "full")
    page.get_by_role("button", name="Close").click()
    expect(pane).not_to_have_attribute("data-open", "full")
    expect(pane.locator("#console")).not_to_be_visible()


def test_the_sheet_of_a_phone_is_dragged_to_its_heights(page: Page, stage: Open) -> None:
    page.set_viewport_size(PHONE)
    stage(view())
    tab = page.get_by_role("tab", name="Events").bounding_box()
    assert tab is not None
    x, y = tab["x"] + 20, tab["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 100)
    page.mouse.move(x, y - 300)
    page.mouse.up()
    expect(page.locator("#pane")).to_have_attribute("data-open", "peek")
    assert page.get_by_role("tab", name="Events").get_attribute("aria-selected") == "false"


def test_a_speed_that_is_not_reached_is_said_plainly(page: Page, stage: Open) -> None:
    stage(view(), playing=True, speed=30.0, rate=0.95)
    expect(page.locator("#achieved")).to_have_text("only 0.95× of 30×")


def test_the_table_of_a_pod_is_not_cut_off(page: Page, stage: Open) -> None:
    wide = "  ".join(["tomcat-n1abc", "1/1", "Running", "0", "5m", "172.17.1.2", "n1", "<none>", "<none>"])
    pods = [pod("tomcat-n1abc", printed=wide)]
    header = "  ".join(
        ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED NODE", "READINESS GATES"]
    )
    stage(view([node("n1", pods)]) | {"podHeader": header})
    page.locator("#nodes button.chip.pod").click()
    output = page.locator(".kubectl-output")
    expect(output).to_contain_text("READINESS GATES")
    assert output.evaluate("pre => pre.scrollWidth - pre.clientWidth") <= 0


@pytest.mark.parametrize("share", [0, 0.1, 0.37, 0.5, 0.9, 1])
@pytest.mark.parametrize("back", [False, True])
def test_a_message_is_where_the_browser_itself_finds_that_share_of_its_wire(
    page: Page, stage: Open, share: float, back: bool
) -> None:
    stage(view())
    ours, theirs = page.locator('[data-wire="kubelet@n1"]').evaluate(
        """async (path, [share, back]) => {
          const { pointOn } = await import("/static/room/stage/curve.js");
          const found = pointOn({ path, back }, share);
          const length = path.getTotalLength();
          const point = path.getPointAtLength((back ? 1 - share : share) * length);
          return [[found.x, found.y], [point.x, point.y]];
        }""",
        [share, back],
    )
    assert ours == pytest.approx(theirs, abs=1)


def test_a_message_follows_its_wire_when_the_wire_was_laid_anew(page: Page, stage: Open) -> None:
    stage(view())
    first, second = page.locator('[data-wire="kubelet@n1"]').evaluate(
        """async (path) => {
          const { pointOn } = await import("/static/room/stage/curve.js");
          const end = () => pointOn({ path, back: false }, 1);
          const first = end();
          path.setAttribute("d", "M0 0C0 10 30 10 30 40");
          return [first, end()];
        }"""
    )
    assert (second["x"], second["y"]) == pytest.approx((30, 40))
    assert first != second


def test_a_tick_asks_neither_for_the_style_nor_for_the_layout_of_the_page(page: Page, stage: Open) -> None:
    wire = stage(view(many(30)))
    drawn(page)
    page.evaluate(
        """() => {
          window.asked = 0;
          const ask = window.getComputedStyle;
          window.getComputedStyle = (...of) => { window.asked += 1; return ask(...of); };
          for (const name of ["clientWidth", "clientHeight", "scrollTop"]) {
            const known = Object.getOwnPropertyDescriptor(Element.prototype, name);
            const get = function () { window.asked += 1; return known.get.call(this); };
            Object.defineProperty(Element.prototype, name, { ...known, get });
          }
        }"""
    )
    wire.tick({"nodes": {"n2": lost("n2", [])}}, t=SECOND)
    expect(page.locator('[data-node="n2"]')).to_have_attribute("data-state", "notready")
    assert page.evaluate("window.asked") == 0


def test_nodes_fit_when_the_text_has_grown(page: Page, stage: Open) -> None:
    stage(view(many(60)))
    nodes = page.locator("#nodes")
    expect(nodes).to_have_attribute("data-size", "tiles")
    page.set_viewport_size({"width": 1280, "height": 560})
    page.keyboard.press("p")
    expect(page.locator(":root")).to_have_attribute("data-presenter", "on")
    assert nodes.evaluate("nodes => nodes.scrollHeight - nodes.clientHeight") <= 1


@pytest.mark.parametrize("screen", [(1280, 720), (1920, 1080), (390, 844)])
def test_the_nodes_on_a_map_keep_their_places_while_one_searches(
    page: Page, stage: Open, screen: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    broken = {f"n{place}": lost(f"n{place}", [pod(f"tomcat-n{place}abc")]) for place in range(1, 1001, 10)}
    for one in broken.values():
        one["differs"] = [{"kind": "ghost", "podUid": "gone", "container": None, "pod": "gone"}]
        one["unschedulable"] = True
    wire = stage(view(many(1000)))
    picture = page.locator(".map-picture")
    calm = picture.bounding_box()
    wire.tick({"nodes": broken})
    expect(page.locator(".map-filter").nth(1)).to_have_text("NotReady 100")
    assert picture.bounding_box() == calm
    page.get_by_label("Search the nodes").fill("n11")
    expect(page.locator(".map-told")).to_contain_text("11 nodes found")
    assert picture.bounding_box() == calm


def test_groups_of_a_map_say_once_what_their_names_begin_with(page: Page, stage: Open) -> None:
    stage(view(many(400)))
    expect(page.locator(".map-label").nth(1)).to_have_text("n21–40")


def test_a_group_of_a_map_on_a_phone_is_named_by_its_first_node(page: Page, stage: Open) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    nodes = many(1000, n101=lost("n101", []))
    nodes[101]["differs"] = [{"kind": "ghost", "podUid": "gone", "container": None, "pod": "gone"}]
    stage(view(nodes))
    group = page.locator(".map-group").nth(2)
    expect(group).to_contain_text("✕1≠1")
    first = group.locator(".map-label span").first
    expect(first).to_have_text("n101")
    assert first.evaluate("span => span.scrollWidth <= span.clientWidth")


def test_five_thousand_nodes_are_bars_inside_their_map(page: Page, stage: Open) -> None:
    stage(view(many(5000, n1=lost("n1", []))))
    expect(page.locator(".map-told")).to_contain_text("4999 nodes not drawn singly")
    picture = page.locator(".map-picture").bounding_box()
    last = page.locator(".map-group").last.bounding_box()
    assert picture
    assert last
    assert last["y"] + last["height"] <= picture["y"] + picture["height"] + 1
    label = page.locator(".map-label").last.bounding_box()
    assert label
    assert label["height"] < last["height"] - 6
