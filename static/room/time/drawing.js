/**
 * How the rows of the causal timeline are drawn. Every function gets `draw`: the context, the palette's
 * unit, and `x` of a time.
 */
import { colour } from "../stage/canvas.js";
import { deadlinesOf } from "../store.js";
import { dueOf, LATE } from "../rings.js";
import { isLost } from "./record.js";
import { clockText, fill, gettext, pick, span } from "../words.js";

const SECOND = 1_000_000;
const STEPS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600].map((seconds) =>
  seconds * SECOND
);
const SLICES = 300;
/** Drawn over one another in this order: what matters most last. */
const RANK = {
  write: 0,
  "kubernetes-event": 0,
  container: 1,
  process: 2,
  machine: 2,
  network: 2,
  decision: 3,
  act: 4,
};

export const rank = ({ kind }) => RANK[kind] ?? 1;

export function axis({ context, unit, start, end, x, left, width }, height, bottom) {
  const step = STEPS.find((one) => x(one) - x(0) > 76 * unit) ?? STEPS.at(-1);
  context.font = `${12 * unit}px ${colour.mono}`;
  context.fillStyle = colour.muted;
  context.textAlign = "center";
  for (let t = Math.ceil(start / step) * step; t <= end; t += step) {
    if (x(t) < left + 24 * unit || x(t) > width - 20 * unit) continue;
    context.globalAlpha = 0.5;
    context.fillRect(x(t), height, 1, bottom - height);
    context.globalAlpha = 1;
    context.fillText(clockText(t).replace(/^(−?)00:/, "$1"), x(t), height / 2);
  }
  context.textAlign = "left";
}

export function label({ context, unit, left }, { label: text, brief, kind, top, height }) {
  const strong = kind === "node";
  context.font = strong ? `700 ${13 * unit}px ${colour.mono}` : `600 ${12 * unit}px ${colour.font}`;
  context.fillStyle = strong ? colour.ink : colour.muted;
  const words = fit(context, text, left - 20 * unit) || brief || text.slice(0, 8);
  context.fillText(words, 14 * unit, top + height / 2);
}

/** A node's states as bars, the heartbeats on them, and what is due, dashed into the future. */
export function node(draw, lane, record, view, now) {
  const { x, unit, context, left, start, end } = draw;
  const row = record.nodes.get(lane.label);
  const bar = Math.min(18 * unit, lane.height - 4 * unit);
  const y = lane.top + (lane.height - bar) / 2;
  if (!row) return;
  row.spans.forEach(({ since, state }, place) => {
    const from = Math.max(left, x(since));
    const width = Math.min(x(Math.min(row.spans[place + 1]?.since ?? now, now)), draw.width) - from;
    if (width <= 0 || state === "gone") return;
    if (state !== "Ready") lost(draw, from, width, y, bar, state);
    else {
      context.fillStyle = colour.track;
      context.fillRect(from, y, width, bar);
    }
  });
  context.fillStyle = colour.ok;
  for (const run of row.beats) {
    if (run.last >= start && run.first <= Math.min(end, now)) beats(draw, run, now, y, bar);
  }
  if (now <= end) pending(draw, deadlinesOf(view, lane.label), lane.node, now, y, bar);
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

function lost({ context, unit }, from, width, y, bar, state) {
  context.fillStyle = colour.bg;
  context.fillRect(from, y, width, bar);
  context.strokeStyle = colour.notready;
  context.lineWidth = 2 * unit;
  context.strokeRect(from, y + unit, width, bar - 2 * unit);
  context.font = `700 ${Math.min(12 * unit, bar - unit)}px ${colour.font}`;
  context.fillStyle = colour.ink;
  if (width > 80 * unit) {
    context.fillText(`✕ ${state === "Unknown" ? "NotReady" : state}`, from + 8 * unit, y + bar / 2);
  }
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
  context.font = `700 ${Math.min(12 * unit, bar)}px ${colour.font}`;
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
    context.lineWidth = 3 * unit;
    context.strokeStyle = colour.bg;
    context.strokeText(text, from + 6 * unit, y + bar / 2);
    context.fillStyle = colour.ink;
    context.fillText(text, from + 6 * unit, y + bar / 2);
  });
}

/** Record -> what was counted of it, as long as it stays as it is. */
const counts = new WeakMap();

/** `[{since, lost}]`: how many nodes, but for the single ones, are not Ready from each of these moments on. */
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
  context.font = `600 ${Math.min(12 * unit, bar)}px ${colour.font}`;
  context.fillStyle = colour.ink;
  const inside = context.measureText(text).width + 16 * unit < width;
  context.fillText(text, inside ? from + 8 * unit : from + width + 6 * unit, y + bar / 2);
}

/**
 * An owner's numbers: a full bar while as many are ready as wanted, a dashed hollow one with the numbers
 * while not.
 */
export function owner(draw, lane, record, now) {
  const { context, unit, x, left } = draw;
  const items = record.owners.get(lane.key) ?? [];
  const bar = Math.min(12 * unit, lane.height - 4 * unit);
  const y = lane.top + (lane.height - bar) / 2;
  items.forEach(({ since, wants, ready }, place) => {
    const from = Math.max(left, x(since));
    const width = Math.min(x(Math.min(items[place + 1]?.since ?? now, now)), draw.width) - from;
    if (width <= 0) return;
    if (ready >= wants) {
      context.fillStyle = colour.track;
      context.fillRect(from, y, width, bar);
      return;
    }
    context.strokeStyle = colour.pending;
    context.lineWidth = 1.5 * unit;
    context.setLineDash([3 * unit, 3 * unit]);
    context.strokeRect(from, y + unit / 2, width, bar - unit);
    context.setLineDash([]);
    context.fillStyle = colour.pending;
    context.fillRect(from, y + bar * (1 - ready / Math.max(1, wants)), width, 1.5 * unit);
    context.font = `700 ${Math.min(11 * unit, bar + unit)}px ${colour.mono}`;
    context.fillStyle = colour.ink;
    if (width > 30 * unit) context.fillText(`${ready}/${wants}`, from + 5 * unit, y + bar / 2);
  });
}

/**
 * Requests per slice of time: succeeded ones rise from the middle line, refused and hung ones hang below it.
 */
export function traffic({ context, unit, x, start, end, left }, lane, record, now) {
  const width = (end - start) / SLICES;
  const slices = sliced(
    record.requests.filter(({ since, until }) => until >= start && since <= Math.min(end, now)),
    width,
  );
  const most = Math.max(
    1,
    ...[...slices.values()].map(({ succeeded, refused, hung }) => Math.max(succeeded, refused + hung)),
  );
  const half = lane.height / 2 - unit;
  const middle = lane.top + lane.height / 2;
  const bar = (at, y, count, style) => {
    context.fillStyle = style;
    context.fillRect(at, y, Math.max(1, x(width) - x(0) - unit / 2), (half * count) / most);
  };
  for (const [slice, { succeeded, refused, hung }] of slices) {
    const at = x(slice * width);
    if (at < left) continue;
    bar(at, middle - (half * succeeded) / most, succeeded, colour.ok);
    bar(at, middle + unit, refused, colour.notready);
    bar(at, middle + unit + (half * refused) / most, hung, colour.unknown);
  }
}

/**
 * Fixed slices, so that nothing flickers while the strip moves; a long stretch fills several, each with its
 * share.
 */
function sliced(requests, width) {
  const slices = new Map();
  for (const { since, until, ...ended } of requests) {
    const first = Math.floor(since / width);
    const last = Math.min(first + SLICES, Math.max(first, Math.ceil(until / width) - 1));
    for (let slice = first; slice <= last; slice += 1) {
      const share = until > since
        ? (Math.min(until, (slice + 1) * width) - Math.max(since, slice * width)) / (until - since)
        : 1;
      const sum = slices.get(slice) ?? { succeeded: 0, refused: 0, hung: 0 };
      for (const outcome of Object.keys(sum)) sum[outcome] += ended[outcome] * share;
      slices.set(slice, sum);
    }
  }
  return slices;
}

/** The mark of an event; its shape says what kind it is. */
export function mark({ context, unit }, event, x, y, size = 1) {
  const r = 4 * unit * size;
  const { kind } = event;
  context.beginPath();
  if (kind === "act") {
    context.fillStyle = colour.ink;
    context.rect(x - r, y - r, 2 * r, 2 * r);
    context.fill();
  } else if (kind === "decision") {
    context.fillStyle = colour.notready;
    context.moveTo(x, y - r * 1.2);
    context.lineTo(x + r * 1.2, y + r);
    context.lineTo(x - r * 1.2, y + r);
    context.fill();
  } else if (rank(event) === 0) {
    context.fillStyle = colour.muted;
    context.fillRect(x - unit / 2, y - r, unit * size, 2 * r);
  } else {
    context.fillStyle = colour.bg;
    context.strokeStyle = kind === "container" ? colour.message : colour.ink;
    context.lineWidth = 1.5 * unit;
    context.arc(x, y, r * 0.8, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

/** A sentence beside its mark, where there is room for it before the next one. */
export function sentence({ context, unit }, text, x, y, limit) {
  context.font = `600 ${12 * unit}px ${colour.font}`;
  context.fillStyle = colour.ink;
  const shown = fit(context, text, limit - x - 18 * unit);
  if (shown) context.fillText(shown, x + 9 * unit, y);
}

/** From a cause to its effect. */
export function arrow({ context, unit }, from, to, dashed) {
  const bend = Math.max(12 * unit, Math.abs(to.x - from.x) * 0.4);
  context.strokeStyle = colour.message;
  context.fillStyle = colour.message;
  context.lineWidth = 2 * unit;
  context.setLineDash(dashed ? [4 * unit, 3 * unit] : []);
  context.beginPath();
  context.moveTo(from.x, from.y);
  const flat = Math.abs(to.y - from.y) < 2;
  const lift = flat ? -14 * unit : 0;
  context.bezierCurveTo(from.x + bend, from.y + lift, to.x - bend, to.y + lift, to.x, to.y);
  context.stroke();
  context.setLineDash([]);
  const slope = Math.atan2(-lift, bend);
  context.beginPath();
  context.moveTo(to.x, to.y);
  for (const turn of [-0.45, 0.45]) {
    context.lineTo(to.x - 9 * unit * Math.cos(slope + turn), to.y - 9 * unit * Math.sin(slope + turn));
  }
  context.fill();
}

export function playhead({ context, unit, x, left, height, width }, t, past) {
  const at = x(t);
  if (at < left || at > width) return;
  context.fillStyle = past ? colour.pending : colour.ink;
  context.fillRect(at - (past ? 1.5 : 1) * unit, 4 * unit, (past ? 3 : 2) * unit, height - 8 * unit);
  if (!past) return;
  context.beginPath();
  context.moveTo(at - 7 * unit, 2 * unit);
  context.lineTo(at + 7 * unit, 2 * unit);
  context.lineTo(at, 12 * unit);
  context.fill();
}

/** What lies after the moment looked at: hatched, since it is not on the stage. */
export function veil({ context, unit, x, left, width, height }, from, to) {
  const [begin, end] = [Math.max(left, x(from)), Math.min(width, x(to))];
  if (end <= begin) return;
  context.save();
  context.beginPath();
  context.rect(begin, 18 * unit, end - begin, height);
  context.clip();
  context.globalAlpha = 0.55;
  context.fillStyle = colour.surface;
  context.fillRect(begin, 18 * unit, end - begin, height);
  context.globalAlpha = 0.5;
  context.strokeStyle = colour.line;
  context.lineWidth = unit;
  context.beginPath();
  for (let at = begin - height; at < end; at += 9 * unit) {
    context.moveTo(at, height);
    context.lineTo(at + height, 0);
  }
  context.stroke();
  context.restore();
}

/** As much of a text as fits, with an ellipsis; nothing when even a word would not. */
export function fit(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let length = Math.floor((room / context.measureText(text).width) * text.length) - 1;
  while (length > 8 && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return length > 8 ? `${text.slice(0, length)}…` : "";
}
