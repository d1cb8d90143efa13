"""Very many nodes are a map: where each is, which are shown beside it as cards, and how one is found."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from clustersim.view.far import ON_IT
from tests.browser.conftest import Wire, wait_for
from tests.browser.views import SECOND, deadline, lost, many, node, pod, view

Open = Callable[..., Wire]


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


def test_the_selected_is_a_whole_card_and_as_many_others_as_fit_are_beside_the_map(
    page: Page, stage: Open
) -> None:
    nodes = many(400)
    nodes[::20] = [lost(one["name"], one["pods"], runtime="containerd") for one in nodes[::20]]
    stage(view(nodes))
    cards = page.locator(".map-cards [data-node]")
    expect(cards).to_have_count(10)
    cards.nth(2).click(position={"x": 20, "y": 14})
    whole = page.locator('.map-cards .node:not(.compact)[data-node="n41"]')
    expect(whole.locator(".chip.pod").first).to_be_in_viewport(ratio=1)
    expect(whole.locator(".docker-row")).to_be_in_viewport(ratio=1)
    assert cards.count() < 10
    expect(page.locator(".map-told")).to_contain_text(f"{400 - cards.count()} nodes only on the map")
    page.get_by_role("button", name="NotReady 20").click()
    expect(page.locator('.map-cards .compact[data-node="n41"] .dot.pod')).to_be_visible()
    expect(page.locator('.map-cards [aria-label="containerd"]')).to_have_text(re.compile("^C"))
    assert cards.count() >= 7
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
    expect(group).to_contain_text("✕1 ≠1")
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


@pytest.mark.parametrize("size", [3, 4, 12])
def test_the_smallest_cell_tells_a_lost_node_from_one_that_nobody_misses_yet(
    page: Page, stage: Open, size: int
) -> None:
    off = node("n1", [pod("tomcat-aaaaa")], containers=[])["machine"] | {"power": "off"}
    differs = [{"kind": "ghost", "podUid": "uid-tomcat-aaaaa", "container": None, "pod": "tomcat-aaaaa"}]
    unseen = node("n1", [pod("tomcat-aaaaa")], machine=off, differs=differs)
    gone = lost("n1", [pod("tomcat-aaaaa")], machine=off, differs=differs)
    stage(view())
    pictures = page.evaluate(
        """async ([nodes, deadline, size]) => {
          const { cellOf, drawChanged } = await import("/static/room/stage/cells.js");
          const { readPalette } = await import("/static/room/stage/canvas.js");
          readPalette();
          const context = document.createElement("canvas").getContext("2d");
          return nodes.map(([node, eviction]) => {
            const cell = cellOf(node, { x: 2, y: 2, size });
            cell.deadlines.eviction = eviction ? deadline : undefined;
            drawChanged(context, cell, 400_000_000, null);
            const top = context.getImageData(2, 2, size, Math.max(1, Math.floor(size / 2) - 1)).data;
            return [...top].join();
          });
        }""",
        [
            [[node("n1"), False], [unseen, False], [gone, False], [gone, True]],
            deadline("eviction", "n1", 0, 300 * SECOND, fired=True),
            size,
        ],
    )
    assert pictures[0] == pictures[1]
    assert len(set(pictures)) == 3
