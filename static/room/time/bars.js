/** Rows of nodes: their states as bars, heartbeats on them, and what is due. */
import { colour } from "../stage/canvas.js";
import { deadlinesOf } from "../store.js";
import { dueOf, LATE } from "../rings.js";
import { wordsFont, written } from "./drawing.js";
import { isLost } from "./record.js";
import { fill, gettext, pick, span } from "../words.js";

/**
 * A node's states as bars, the heartbeats on them, and what is due, dashed into the future. Bars with words
 * on them are as high as the row allows.
 */
export function node(draw, lane, record, view, now) {
  const { x, unit, context, left, start, end } = draw;
  const row = record.nodes.get(lane.label);
  const [bar, words] = [4, 1].map((air) => Math.min(18 * unit, lane.height - air * unit));
  const [y, top] = [bar, words].map((high) => lane.top + (lane.height - high) / 2);
  if (!row) return;
  const named = [];
  row.spans.forEach(({ since, state }, place) => {
    const from = Math.max(left, x(since));
    const width = Math.min(x(Math.min(row.spans[place + 1]?.since ?? now, now)), draw.width) - from;
    if (width <= 0 || state === "gone") return;
    if (state !== "Ready") {
      lost(draw, from, width, top, words);
      named.push({ from, width, state });
    } else {
      context.fillStyle = colour.track;
      context.fillRect(from, y, width, bar);
    }
  });
  context.fillStyle = colour.ok;
  for (const run of row.beats) {
    if (run.last >= start && run.first <= Math.min(end, now)) beats(draw, run, now, y, bar);
  }
  for (const span of named) name(draw, span, top, words);
  if (now <= end) pending(draw, deadlinesOf(view, lane.label), lane.node, now, top, words);
}

/**
 * Heartbeats as ticks; where they are too many to be told apart, as a line between the first and the last.
 */
function beats({ context, unit, x, left, start, end }, { first, last, count }, now, y, bar) {
  const gap = count > 1 ? (last - first) / (count - 1) : 0;
  if (gap && x(first + gap) - x(first) < 4 * unit) {
    const from = Math.max(left, x(first));
    context.fillRect(from, y + bar / 2 - unit, x(Math.min(last, now)) - from, 2 * unit);
    return;
  }
  const furthest = Math.min(end, now);
  for (let place = gap ? Math.max(0, Math.ceil((start - first) / gap)) : 0; place < count; place += 1) {
    const t = first + place * gap;
    if (t > furthest) break;
    if (x(t) >= left) context.fillRect(x(t) - unit, y + 3 * unit, 2 * unit, bar - 6 * unit);
  }
}

function lost({ context, unit }, from, width, y, bar) {
  context.fillStyle = colour.bg;
  context.fillRect(from, y, width, bar);
  context.strokeStyle = colour.notready;
  context.lineWidth = 2 * unit;
  context.strokeRect(from, y + unit, width, bar - 2 * unit);
}

/** What the state is called, on ground of its own: a kubelet without its runtime goes on with its heartbeats. */
function name({ context, unit }, { from, width, state }, y, bar) {
  if (width <= 80 * unit) return;
  const text = `✕ ${state === "Unknown" ? "NotReady" : state}`;
  context.font = wordsFont(unit, bar);
  context.fillStyle = colour.bg;
  context.fillRect(from + 4 * unit, y + 2 * unit, context.measureText(text).width + 8 * unit, bar - 4 * unit);
  written({ context, unit }, text, from + 8 * unit, y, bar, colour.bg);
}

/**
 * Many nodes as one row: how many of them are not Ready rises in it over time, with their number where it
 * changes.
 */
export function group({ context, unit, x, left, width, start }, lane, record, now) {
  const bar = lane.height - 4 * unit;
  const y = lane.top + 2 * unit;
  const turns = lostOver(record, lane);
  const size = lane.all.length - lane.singles.length;
  const begin = Math.max(left, x(Math.min(record.first, turns[0]?.since ?? start)));
  context.fillStyle = colour.track;
  context.fillRect(begin, y, Math.max(0, Math.min(width, x(now)) - begin), bar);
  context.font = wordsFont(unit, bar);
  let free = left;
  turns.forEach(({ since, lost }, place) => {
    const from = Math.max(left, x(since));
    const to = Math.min(x(Math.min(turns[place + 1]?.since ?? now, now)), width);
    if (to <= left || to < from) return;
    const high = lost ? Math.max(3 * unit, (bar * lost) / size) : 0;
    context.fillStyle = colour.notready;
    context.fillRect(from, y + bar - high, Math.max(unit / 2, to - from), high);
    const text = lost ? `✕ ${lost}` : "";
    if (!text || from < free || to - from < context.measureText(text).width + 12 * unit) return;
    free = from + context.measureText(text).width + 12 * unit;
    written({ context, unit }, text, from + 6 * unit, y, bar, colour.bg);
  });
}

/** Record -> what was counted of it, as long as it stays as it is. */
const counts = new WeakMap();

/** `[{since, lost}]`: how many nodes, except for the single ones, are not Ready from each of these moments on. */
function lostOver(record, { singles }) {
  const known = counts.get(record);
  const key = [record.turns, ...singles.map(({ name }) => name)].join();
  if (known?.key === key) return known.turns;
  const changes = new Map(record.losses);
  for (const { name } of singles) {
    let before = 0;
    for (const { since, state } of record.nodes.get(name)?.spans ?? []) {
      const lost = isLost(state);
      if (lost !== before) changes.set(since, (changes.get(since) ?? 0) - lost + before);
      before = lost;
    }
  }
  let lost = 0;
  const turns = [...changes].sort(([a], [b]) => a - b).map(([since, by]) => ({ since, lost: lost += by }));
  counts.set(record, { key, turns });
  return turns;
}

function pending(draw, { grace, eviction }, item, now, y, bar) {
  const late = grace && item.ready === "True" && now - grace.origin > LATE;
  if (late) {
    deadline(
      draw,
      grace,
      fill(gettext("NotReady due %(length)s"), { length: span(grace.length) }),
      colour.notready,
      now,
      y,
      bar,
    );
  }
  if (!eviction || eviction.fired) return;
  const text = eviction.frozen
    ? pick(eviction.frozen)
    : fill(gettext("eviction due %(length)s"), { length: span(eviction.length) });
  deadline(draw, eviction, text, colour.unknown, now, y, bar);
}

function deadline({ context, unit, x, left }, item, text, style, now, y, bar) {
  const from = Math.max(left, x(now));
  const width = x(dueOf(item)) - from;
  if (width <= 0) return;
  context.strokeStyle = style;
  context.lineWidth = 1.5 * unit;
  context.setLineDash(item.frozen ? [unit, 3 * unit] : [4 * unit, 4 * unit]);
  context.strokeRect(from, y + unit, width, bar - 2 * unit);
  context.setLineDash([]);
  context.font = wordsFont(unit, bar);
  const inside = context.measureText(text).width + 16 * unit < width;
  written(
    { context, unit },
    text,
    inside ? from + 8 * unit : from + width + 6 * unit,
    y,
    bar,
    colour.surface,
  );
}
