"""What fits where: projector, presenter and phone, and nodes as rich as there is room for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Wire, drawn, wait_for
from tests.browser.views import container, lost, many, node, pod, view

Open = Callable[..., Wire]
PHONE = {"width": 390, "height": 844}
SIZES = {
    3: "full", 4: "full", 5: "medium", 10: "medium", 12: "compact", 30: "small", 60: "tiles", 100: "tiles",
    400: "map",
}  # fmt: skip


def test_the_room_fits_a_projector_without_scrolling(page: Page, stage: Open) -> None:
    stage(view())
    page.get_by_role("button", name="Data plane").click()
    inner, outer = page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert inner <= outer
    for card in page.locator(".node").all():
        inside = card.evaluate("card => card.scrollHeight - card.clientHeight")
        assert inside <= 0


OWNERS = (
    "order-history-frontend",
    "order-history-backend",
    "payment-gateway-frontend",
    "payment-gateway-backend",
)


@pytest.mark.parametrize("screen", [(1280, 720), (1366, 625), (1280, 560), (1093, 500)])
def test_nothing_lies_over_the_nodes_where_long_owners_take_two_rows(
    page: Page, stage: Open, screen: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    shown = view()
    [owner], [service] = shown["workloads"].values(), shown["services"].values()
    shown["workloads"] = {f"rc/default/{name}": owner | {"name": name} for name in OWNERS}
    shown["services"] = {f"default/{name}": service | {"name": name} for name in OWNERS}
    wire = stage(shown)
    whole = page.locator("#nodes").get_attribute("data-size") == "full"
    for pods in (5, 90, 1) if whole else (5, 1):
        many_pods = [pod(f"order-history-frontend-{number}abcd") for number in range(pods)]
        wire.tick({"nodes": {"n1": node("n1", many_pods)}}, t=pods * 1_000_000)
        expect(page.locator('[data-node="n1"] .pod:is(.chip, .dot):not(.empty)')).to_have_count(pods)
        wait_for(page, lambda: page.evaluate(APART))
    for _ in ("without", "with the data plane"):
        wait_for(page, lambda: page.evaluate(APART))
        page.get_by_role("button", name="Data plane").click()


@pytest.mark.parametrize(("count", "size"), SIZES.items())
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


APART = """() => {
  const cards = [...document.querySelectorAll("#nodes [data-node]")];
  const bottom = (one) => one.getBoundingClientRect().bottom;
  const inside = cards.flatMap((card) => [...card.querySelectorAll("button, h3")].map((one) => [one, card]));
  const [stage, kubectl] = [document.getElementById("stage"), document.getElementById("kubectl")];
  const seen = inside.filter(([one]) => !one.closest("[data-over]"));
  return seen.every(([one, card]) => bottom(one) <= bottom(card)) &&
    cards.every((card) => bottom(card) <= kubectl.getBoundingClientRect().top) &&
    bottom(kubectl) <= bottom(stage) + 1;
}"""

WITHIN = """(card, what) => [...card.querySelectorAll(what)].every(one => {
  const [inner, outer] = [one.getBoundingClientRect(), card.getBoundingClientRect()];
  const high = inner.top >= outer.top && inner.bottom <= outer.bottom;
  return !inner.width || high && inner.right <= outer.right + 0.5;
})"""


@pytest.mark.parametrize(("count", "pods"), [(3, 8), (4, 2), (4, 9), (5, 8), (6, 8), (8, 6), (10, 4)])
def test_three_to_ten_nodes_take_the_whole_stage_and_name_their_pods(
    page: Page, stage: Open, count: int, pods: int
) -> None:
    named = [pod(f"web-{number:05}") for number in range(pods)]
    stage(view([node(f"n{number}", named) for number in range(1, count + 1)]))
    for height in (720, 1024):
        page.set_viewport_size({"width": 1280, "height": height})
        drawn(page)
        cards = page.locator("#nodes [data-node]")
        expect(cards).to_have_count(count)
        for card in cards.all():
            shows_all(card, pods)
        bottom = page.locator("#nodes").evaluate(BOTTOM)
        last = cards.last.evaluate(BOTTOM)
        assert abs(last - bottom) <= 1


BOTTOM = "part => part.getBoundingClientRect().bottom"


def shows_all(card: Locator, pods: int) -> None:
    """Every pod by its name, none beyond its chip, its card or its runtime."""
    chips = card.locator(".chip.pod:visible .chip-id")
    expect(chips).to_have_count(pods)
    assert card.evaluate(WITHIN, ".chip")
    assert chips.evaluate_all(
        "all => all.every(one => one.getBoundingClientRect().right"
        " <= one.closest('.chip').getBoundingClientRect().right)"
    )
    assert card.evaluate("card => card.scrollHeight - card.clientHeight") <= 0
    runtime = card.locator(".docker-row")
    if runtime.count():
        lowest = card.locator(".pairs").evaluate(BOTTOM)
        assert runtime.evaluate("row => row.getBoundingClientRect().top") >= lowest - 1


def test_a_node_of_six_says_what_is_wrong_with_it_with_the_data_plane_shown(page: Page, stage: Open) -> None:
    stage(view(many(6, n2=node("n2", unschedulable=True))))
    page.get_by_role("button", name="Data plane").click()
    expect(page.locator("#nodes")).to_have_attribute("data-size", "medium")
    expect(page.locator('[data-node="n2"] .ring-second')).to_have_text("✕ cordoned")
    cards = page.locator("#nodes [data-node]")
    expect(cards).to_have_count(6)
    for card in cards.all():
        assert card.evaluate("card => card.scrollHeight - card.clientHeight") <= 0


def test_more_pods_than_can_be_named_are_glyphs_and_named_again(page: Page, stage: Open) -> None:
    crowd = [pod(f"web-{number:05}") for number in range(12)]
    wire = stage(view(many(8, n1=node("n1", crowd))))
    card = page.locator('[data-node="n1"]')
    expect(card.locator(".dot.pod:visible")).to_have_count(12)
    expect(card.locator(".chip:visible")).to_have_count(0)
    assert card.evaluate(WITHIN, ".dot")
    wire.tick({"nodes": {"n1": node("n1", crowd[:3])}}, t=1_000_000)
    expect(card.locator(".chip.pod:visible")).to_have_count(3)
    expect(card.locator(".dot:visible")).to_have_count(0)


@pytest.mark.parametrize(("count", "pods"), [(8, 110), (12, 80)])
def test_very_many_pods_are_all_in_sight(page: Page, stage: Open, count: int, pods: int) -> None:
    stage(view(many(count, n1=node("n1", [pod(f"web-{number:05}") for number in range(pods)]))))
    card = page.locator('[data-node="n1"]')
    expect(card.locator(".dot.pod:visible")).to_have_count(pods)
    assert card.evaluate(WITHIN, ".dot")


@pytest.mark.parametrize("count", [3, 4, 6, 10])
def test_two_versions_of_a_deployment_are_told_apart(page: Page, stage: Open, count: int) -> None:
    names = ["storefront-6d4cf56db6-xxxxx", "storefront-7b9c8f5d44-yyyyy"]
    stage(view([node(f"n{number}", [pod(name) for name in names]) for number in range(1, count + 1)]))
    for name, end in zip(names, ("6db6", "5d44"), strict=True):
        chip = page.locator(f'#nodes .chip.pod[title*="{name}"]').first
        expect(chip.locator(".chip-end")).to_have_text(end)
        text, room = chip.locator(".chip-end").bounding_box(), chip.bounding_box()
        assert text is not None
        assert room is not None
        assert text["x"] + text["width"] <= room["x"] + room["width"]
        assert chip.locator(".chip-app").text_content() == name[:-6]


def test_of_owners_that_end_alike_pods_show_where_they_part(page: Page, stage: Open) -> None:
    names = [f"payment-{of}-production-x{place}abc" for place in range(2) for of in ("frontend", "backend")]
    pods = [pod(name, owner=f"rc/default/{name[:-6]}") for name in names]
    stage(view(many(3, n1=node("n1", pods), n2=node("n2", pods[:2]))))
    for name, told in zip(names, ("frontend", "backend") * 2, strict=True):
        chip = page.locator(f'[data-node="n1"] .chip.pod[title*="{name}"]')
        expect(chip.locator(".chip-end")).to_have_text(f"{told}-production")
        assert chip.locator(".chip-start").bounding_box() is None
    whole = page.locator(f'[data-node="n2"] .chip.pod[title*="{names[0]}"] .chip-name')
    expect(whole).to_have_text(names[0][:-6])


def test_of_the_name_of_a_host_its_domain_gives_way_first(page: Page, stage: Open) -> None:
    names = [f"ip-10-0-{number}-17.eu-west-1.compute.internal" for number in range(3)]
    stage(view([node(name, [pod("web-1")]) for name in names]))
    for number, name in enumerate(names):
        card = page.locator(f'#nodes [data-node="{name}"]')
        expect(card.locator(".name-end")).to_have_text(f"{number}-17")
        assert card.evaluate(WITHIN, ".name-end, .pill")


def test_on_one_line_the_newer_version_of_a_deployment_is_underlined(page: Page, stage: Open) -> None:
    old, new = ([pod(f"shop-{of}-{place}xxxx") for place in range(5)] for of in ("6d4cf56db6", "5b9c8f5d44"))
    began = [container(one, since=9_000_000) for one in new]
    stage(view(many(4, n1=node("n1", old), n2=node("n2", new, containers=began))))
    for name, underlined in (("n1", 0), ("n2", 10)):
        card = page.locator(f'[data-node="{name}"]')
        expect(card.locator(".belief")).to_have_attribute("data-density", "tight")
        expect(card.locator('.chip[data-version="1"]')).to_have_count(underlined)


def test_the_hash_of_the_only_replica_set_gives_way_to_the_name(page: Page, stage: Open) -> None:
    names = [f"shop-6d4cf56db6-{end}" for end in ("xxxxx", "yyyyy")]
    stage(view(many(4, n1=node("n1", [pod(name) for name in names]))))
    chip = page.locator('[data-node="n1"] button.chip.pod').first
    expect(chip.locator(".chip-name")).to_have_text("shop")
    assert chip.evaluate(WITHIN, ".chip-name")


@pytest.mark.parametrize(("count", "size"), [(3, "full"), (6, "medium"), (12, "compact"), (20, "small")])
def test_of_a_long_name_of_a_node_the_end_is_in_sight_and_its_card_is_as_rich(
    page: Page, stage: Open, count: int, size: str
) -> None:
    names = [f"gke-cluster-1-default-pool-3e7b7a1c-x7{number:02}" for number in range(count)]
    stage(view([node(name, [pod("web-1")], state="Unknown", ready="Unknown") for name in names]))
    expect(page.locator("#nodes")).to_have_attribute("data-size", size)
    cards = page.locator("#nodes [data-node]").all()
    for name, card in zip(names, cards, strict=True):
        expect(card.locator(".name-end")).to_have_text(name[-4:])
        assert card.evaluate(WITHIN, ".name-end, .pill, .tile-counts")


def test_a_node_of_ten_that_differs_says_whole_when_its_last_heartbeat_was(page: Page, stage: Open) -> None:
    differing = {"kind": "ghost", "podUid": "uid-web-1", "container": None, "pod": "web-1"}
    stage(view(many(10, n10=node("n10", [pod("web-1")], differs=[differing]))), t=15_000_000)
    due = page.locator('[data-node="n10"] .ring-second')
    expect(due).to_have_text("15 s ago")
    assert due.evaluate("due => due.scrollWidth - due.clientWidth") <= 0


@pytest.mark.parametrize("count", [3, 4])
def test_a_node_silent_for_long_says_that_its_heartbeat_was_the_last(
    page: Page, stage: Open, count: int
) -> None:
    wire = stage(view(many(count, n1=lost("n1", [pod("web-1")]))))
    wire.tick(t=754_000_000)
    first = page.locator('[data-node="n1"] .ring-first')
    expect(first).to_have_text("last heartbeat 12:34 ago")
    assert first.evaluate("first => first.scrollWidth - first.clientWidth") <= 0


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


def test_nodes_fit_when_the_text_has_grown(page: Page, stage: Open) -> None:
    stage(view(many(60)))
    nodes = page.locator("#nodes")
    expect(nodes).to_have_attribute("data-size", "tiles")
    page.set_viewport_size({"width": 1280, "height": 560})
    page.keyboard.press("p")
    expect(page.locator(":root")).to_have_attribute("data-presenter", "on")
    assert nodes.evaluate("nodes => nodes.scrollHeight - nodes.clientHeight") <= 1
