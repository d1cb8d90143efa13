"""The rows of the timeline, and what a page knows of the past that it has not seen itself."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Wire, drawn
from tests.browser.views import SECOND, lost, many, view

Open = Callable[..., Wire]
MINUTE = 60 * SECOND


def test_three_nodes_are_all_in_a_presenters_timeline(page: Page, stage: Open) -> None:
    stage(view(), t=MINUTE)
    page.keyboard.press("p")
    drawn(page)
    assert rows_of(page) == ["n1", "n2", "n3"]


def test_three_nodes_have_rows_even_in_a_low_timeline(page: Page, stage: Open) -> None:
    stage(view(many(12, n2=lost("n2", []), n9=lost("n9", []))), t=MINUTE)
    drawn(page)
    assert rows_of(page) == ["n1", "n2", "n9", "9 others"]


COLOURS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = data.slice(at, at + 4).join();
    found.set(colour, (found.get(colour) ?? 0) + 1);
  }
  return [...found.values()].filter(pixels => pixels > 100).length;
}"""


def test_where_colours_are_forced_the_timeline_has_bars_and_marks_on_them(page: Page, stage: Open) -> None:
    page.emulate_media(forced_colors="active")
    stage(view(), t=100 * SECOND)
    drawn(page)
    page.wait_for_function(f"({COLOURS})(document.querySelector('.timeline canvas')) >= 3")


def test_what_deviates_has_a_row_and_the_others_are_a_group_that_expands(page: Page, stage: Open) -> None:
    stage(view(many(60, n47=lost("n47", []))), t=MINUTE)
    drawn(page)
    assert "n47" in rows_of(page)
    assert any("others" in row for row in rows_of(page))
    page.keyboard.press("x")
    expect(page.locator("#timeline")).to_have_attribute("data-tall", "")
    drawn(page)
    before = rows_of(page)
    assert before[:2] == ["n1", "n2"]
    page.locator("#timeline-canvas").press("Alt+ArrowDown")
    drawn(page)
    assert rows_of(page)[:2] == ["n2", "n3"]
    page.keyboard.press("x")
    expect(page.locator("#timeline")).not_to_have_attribute("data-tall", "")


def rows_of(page: Page) -> list[str]:
    """What the timeline writes in front of the rows of its nodes, when it is drawn anew."""
    page.evaluate(
        """() => {
          const draw = CanvasRenderingContext2D.prototype.fillText;
          window.words = [];
          CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
            if (this.canvas.id === "timeline-canvas" && x < 20) window.words.push([y, text]);
            return draw.call(this, text, x, y);
          };
        }"""
    )
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"] - 8, "height": size["height"]})
    page.wait_for_function("window.words.length > 3")
    words = page.evaluate("window.words.toSorted(([a], [b]) => a - b).map(([, text]) => text)")
    return [text for text in dict.fromkeys(words) if re.match(r"n\d|.*others", text)]


def test_a_past_that_a_step_withholds_is_asked_for_once_it_is_allowed(page: Page, stage: Open) -> None:
    stage(view())
    asked = page.evaluate(
        """async () => {
          const { Records } = await import("/static/room/time/records.js");
          let [asked, now] = [0, 0];
          performance.now = () => now;
          const records = new Records(async () => { asked += 1; return "withheld"; });
          const counts = [];
          records.allow(false);
          const empty = { nodes: {}, services: {}, workloads: {} };
          records.of(1).begin(empty, 0, []);
          records.of(1).begin(empty, 1, []);
          for (let again = 0; again < 3; again += 1) {
            now += 10_000;
            records.refresh(1);
          }
          counts.push(asked);
          records.allow(true);
          counts.push(asked);
          await new Promise((done) => setTimeout(done));
          records.allow(true);
          counts.push(asked);
          return counts;
        }"""
    )
    assert asked == [0, 1, 2]  # what is refused then is asked for again when more is allowed


BEATS_OF_A_NODE = """async () => {
  const { Records } = await import("/static/room/time/records.js");
  const S = 1_000_000;
  let now = 0;
  performance.now = () => now;
  const told = (until, count) => ({
    until, head: until, events: [], owners: {}, requests: [], milestones: [], nodes: {},
    heartbeats: { n1: [{ first: 0, last: (count - 1) * 10 * S, count }] },
  });
  const answers = [];
  const records = new Records(() => new Promise((answer) => answers.push(answer)), true);
  const answered = async (until, count) => {
    answers.shift()(told(until, count));
    await new Promise((done) => setTimeout(done));
  };
  const node = (at) => ({ name: "n1", registered: true, ready: "True", readySince: 0, lastHeartbeat: at });
  const view = (at) => ({ nodes: { n1: node(at) }, services: {}, workloads: {} });
  const record = records.of(1);
  const tick = (t, at) =>
    record.tick({ t, changes: { nodes: { n1: {} } }, events: [], messages: [] }, view(at));
  const beats = () => record.nodes.get("n1").beats.reduce((sum, { count }) => sum + count, 0);
  const later = () => { now += 10_000; records.refresh(1); };
  record.begin(view(0), 0, []);
  await answered(0, 1);
  %s
}"""


def test_heartbeats_of_ticks_that_a_slow_page_missed_are_filled_in(page: Page, stage: Open) -> None:
    stage(view())
    found = page.evaluate(
        BEATS_OF_A_NODE
        % """
        tick(6 * S, 0);
        record.begin(view(20 * S), 24 * S, []);  // the tick with the heartbeat at 10 s was skipped
        const before = beats();
        later();
        await answered(24 * S, 3);
        return [before, beats(), record.coarse];"""
    )
    assert found == [2, 3, False]


def test_what_was_missed_while_the_server_answered_is_asked_for_again(page: Page, stage: Open) -> None:
    stage(view())
    found = page.evaluate(
        BEATS_OF_A_NODE
        % """
        tick(12 * S, 10 * S);
        later();
        tick(36 * S, 30 * S);  // with that at 20 s, while the answer is on its way
        await answered(12 * S, 2);
        const [before, coarse] = [beats(), record.coarse];
        later();
        await answered(36 * S, 4);
        return [before, coarse, beats(), record.coarse];"""
    )
    assert found == [3, True, 4, False]
