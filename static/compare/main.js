/**
 * Two runs side by side at one moment: what each shows, when each reached its milestones, and what each
 * lost.
 */
import { byId, h, setText } from "../room/dom.js";
import { clockText, fill, gettext } from "../room/words.js";
import { readPalette } from "../room/stage/canvas.js";
import { Axis } from "./axis.js";
import { Side } from "./side.js";
import { milestones, requests } from "./tables.js";

const SECOND = 1_000_000;
/** While one drags, the newest moment is asked for this often. */
const PACE_MS = 150;
/** So much of the axis may follow what happened last. */
const QUIET = 1.25;

const href = new URL(byId("compare").dataset.href, location.origin);
const slider = byId("moment");
const sides = { a: new Side(byId("side-a"), "a"), b: new Side(byId("side-b"), "b") };
const axis = new Axis(byId("axis"), (t) => look(t));

let t = Number(href.searchParams.get("t")) || null;
let shown = null;
let turn = 0;
let timer = 0;

function look(when) {
  t = Math.round(when);
  setText(byId("compare-clock"), clockText(t));
  axis.at(t);
  slider.value = String(Math.round(t / SECOND));
  slider.setAttribute("aria-valuetext", clockText(t));
  clearTimeout(timer);
  timer = setTimeout(load, PACE_MS);
}

async function load() {
  const mine = (turn += 1);
  if (t !== null) href.searchParams.set("t", String(t));
  let answer = null;
  try {
    answer = await fetch(href);
  } catch { /* said below */ }
  if (mine !== turn) return;
  byId("compare-notice").hidden = Boolean(answer?.ok);
  if (answer?.ok) show(await answer.json());
  else if (answer) setText(byId("compare-notice"), gettext("One of these runs is no longer there."));
  else setText(byId("compare-notice"), gettext("The server does not answer."));
}

/** How far the axis goes: to the end of the longer run, unless long before it nothing happened any more. */
function reach({ t, a, b, rows }) {
  const moments = rows.flatMap((row) => [row.a ?? 0, row.b ?? 0]);
  const last = Math.max(Math.min(a.head, b.head), ...moments);
  return Math.min(Math.max(a.head, b.head), Math.max(t, last * QUIET));
}

function show(found) {
  shown = found;
  t = found.t;
  const until = reach(found);
  slider.max = Math.floor(until / SECOND);
  slider.value = String(Math.round(t / SECOND));
  slider.setAttribute("aria-valuetext", clockText(t));
  setText(byId("compare-clock"), clockText(t));
  document.title = fill(gettext("%(a)s and %(b)s compared"), {
    a: sides.a.title(found.a),
    b: sides.b.title(found.b),
  });
  for (const name of ["a", "b"]) sides[name].show(found[name], found[name === "a" ? "b" : "a"], found);
  axis.show(found, until);
  milestones(byId("milestones"), found, (when) => look(when));
  requests(byId("requests"), found);
  const query = new URLSearchParams(location.search);
  query.set("t", String(t));
  window.history.replaceState(null, "", `?${query}`);
}

slider.addEventListener("input", () => look(Number(slider.value) * SECOND));
addEventListener("resize", () => {
  if (shown) axis.show(shown, reach(shown));
});

byId("axis").append(h("p", { class: "waiting" }, gettext("Computing both runs …")));
readPalette();
load();
