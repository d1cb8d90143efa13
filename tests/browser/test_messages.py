"""Messages fly on wires; what is told of many nodes together reaches each."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Wire, drawn
from tests.browser.views import SECOND, lost, many, view

Open = Callable[..., Wire]


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


@pytest.mark.parametrize("count", [6, 12])
def test_nodes_in_lower_rows_have_wires_of_their_own(page: Page, stage: Open, count: int) -> None:
    stage(view(many(count, n2=lost("n2", []))))
    wires = page.locator('#wires [data-wire^="node@"]')
    expect(wires).to_have_count(count)
    shapes = wires.evaluate_all("all => all.map(wire => wire.getAttribute('d'))")
    assert len(set(shapes)) == count
    expect(page.locator('#wires [data-wire="node@n2"]')).to_have_attribute("data-state", "away")
    expect(page.locator('#wires [data-wire^="node@"][data-state="up"]')).to_have_count(count - 1)
    cards = page.locator("#nodes").evaluate(
        "nodes => [...nodes.children].map(card => card.getBoundingClientRect())"
        ".map(({left, top}) => [Math.round(left), Math.round(top)])"
    )
    lower = [card for card in cards if card[1] > cards[0][1]]
    assert lower
    ends = page.locator("#wires path:not([data-wire])").evaluate_all(
        "all => all.map(path => path.getBoundingClientRect())"
        ".map(({right, bottom}) => [Math.round(right), Math.round(bottom)])"
    )
    assert len(ends) == len(lower)
    for (x, y), (left, top) in zip(sorted(ends), sorted(lower), strict=True):
        assert abs(x - left) <= 4
        assert 0 < y - top <= 24


@pytest.mark.parametrize("count", [3, 4])
def test_a_whole_card_has_two_wires(page: Page, stage: Open, count: int) -> None:
    stage(view(many(count)))
    expect(page.locator('#wires [data-wire$="@n1"]')).to_have_count(2)
    expect(page.locator("#wires path")).to_have_count(3 + 2 * count)


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


def test_a_message_is_where_the_browser_itself_finds_its_share_of_its_wire(page: Page, stage: Open) -> None:
    stage(view())
    ours, theirs = page.locator('[data-wire="kubelet@n1"]').evaluate(
        """async (path) => {
          const { pointOn } = await import("/static/room/stage/curve.js");
          const length = path.getTotalLength();
          const ours = [], theirs = [];
          for (const share of [0, 0.1, 0.37, 0.5, 0.9, 1]) {
            for (const back of [false, true]) {
              const found = pointOn({ path, back }, share);
              const point = path.getPointAtLength((back ? 1 - share : share) * length);
              ours.push(found.x, found.y);
              theirs.push(point.x, point.y);
            }
          }
          return [ours, theirs];
        }"""
    )
    assert len(ours) == 24
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
