/**
 * The timeline strip: a row per node with the heartbeats the controller saw as ticks, states solid, pending deadlines dashed
 * into the future, then a row of events, and the playhead over all.
 */
import { inOrder, deadlinesOf } from "./store.js";
import { clockText, fill, gettext, left, pick, span } from "./words.js";
import { colour, fitCanvas, measure } from "./stage/canvas.js";
import { LATE, dueOf } from "./rings.js";

const MINUTE = 60_000_000;
const PAST = 0.4;
const SHORTEST = 9 * MINUTE;
const SLICES = 300;
const STEPS = [MINUTE / 6, MINUTE / 2, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE];

export class Timeline {
  #canvas;
  #root;
  #history;
  #drawn = "";
  #length = SHORTEST;

  constructor(root, canvas, history) {
    this.#root = root;
    this.#canvas = canvas;
    this.#history = history;
  }

  /** The same in words, for those who do not see the picture. */
  describe(view, now) {
    const parts = inOrder(view.nodes).map((node) => {
      const { grace, eviction } = deadlinesOf(view, node.name);
      const beat = grace ? fill(gettext("last heartbeat %(age)s ago"), { age: span(now - grace.origin) }) : gettext("no heartbeat seen");
      const due = eviction && !eviction.fired ? `, ${fill(gettext("evict in %(left)s of %(length)s"), { left: left(dueOf(eviction) - now), length: span(eviction.length) })}` : "";
      return `${node.name}: ${beat}${due}`;
    });
    this.#root.setAttribute("aria-label", `${gettext("Timeline")}. ${parts.join("; ")}`);
  }

  frame(view, now) {
    const context = fitCanvas(this.#canvas);
    if (!context) return;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const drawn = `${Math.round(now / 50_000)} ${width} ${height} ${colour.bg} ${this.#history.marks.length} ${document.documentElement.hasAttribute("data-traffic")}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const { unit } = measure;
    const nodes = this.#rows(view, height, unit);
    const furthest = Math.max(0, ...Object.values(view.deadlines).filter(({ fired }) => !fired).map((deadline) => dueOf(deadline) - now));
    this.#length = Math.max(SHORTEST, (furthest * 1.15) / (1 - PAST));
    const leftEdge = 84 * unit;
    const scale = (width - leftEdge - 12 * unit) / this.#length;
    const start = now - this.#length * PAST;
    const frame = { context, unit, width, height, now, start, end: start + this.#length, leftEdge, x: (t) => leftEdge + (t - start) * scale };
    context.clearRect(0, 0, width, height);
    context.textBaseline = "middle";
    const axis = 18 * unit;
    const events = 22 * unit;
    const traffic = document.documentElement.hasAttribute("data-traffic") ? 20 * unit : 0;
    const rowHeight = Math.min(30 * unit, (height - axis - events - traffic) / Math.max(1, nodes.length));
    this.#axis(frame, axis, rowHeight * nodes.length + traffic);
    const missing = Object.keys(view.nodes).length - nodes.length;
    if (missing > 0) context.fillText(fill(gettext("+%(n)s nodes"), { n: missing }), 14 * unit, axis / 2);
    nodes.forEach((node, place) => this.#row(frame, view, node, axis + rowHeight * place, rowHeight));
    if (traffic) this.#requests(frame, axis + rowHeight * nodes.length, traffic);
    this.#events(frame, axis + rowHeight * nodes.length + traffic, events);
    this.#playhead(frame);
  }

  /** As many rows as fit; nodes in trouble are never left out before healthy ones. */
  #rows(view, height, unit) {
    const all = inOrder(view.nodes);
    const room = Math.max(1, Math.floor((height - 42 * unit) / (14 * unit)));
    if (all.length <= room) return all;
    const odd = all.filter((node) => node.ready !== "True");
    const chosen = new Set([...odd, ...all].slice(0, room));
    return all.filter((node) => chosen.has(node));
  }

  #axis(frame, height, rows) {
    const { context, unit, start, end, x, leftEdge } = frame;
    const step = STEPS.find((one) => (x(one) - x(0)) > 76 * unit) ?? STEPS.at(-1);
    context.font = `${12 * unit}px ${colour.mono}`;
    context.fillStyle = colour.muted;
    context.textAlign = "center";
    for (let t = Math.ceil(start / step) * step; t <= end; t += step) {
      if (x(t) < leftEdge + 24 * unit) continue;
      context.globalAlpha = 0.5;
      context.fillRect(x(t), height, 1, rows);
      context.globalAlpha = 1;
      context.fillText(clockText(t).replace(/^(−?)00:/, "$1"), x(t), height / 2);
    }
    context.textAlign = "left";
  }

  #row(frame, view, node, top, height) {
    const { context, unit, x, now, leftEdge, start } = frame;
    const bar = Math.min(18 * unit, height - 4 * unit);
    const y = top + (height - bar) / 2;
    const row = this.#history.nodes.get(node.name);
    context.font = `700 ${13 * unit}px ${colour.mono}`;
    context.fillStyle = colour.ink;
    context.fillText(node.name, 14 * unit, top + height / 2);
    if (!row) return;
    row.spans.forEach(({ from, state }, place) => {
      const begin = Math.max(leftEdge, x(from));
      const width = x(row.spans[place + 1]?.from ?? now) - begin;
      if (width <= 0 || state === "gone") return;
      if (state === "NotReady") this.#lost(frame, begin, width, y, bar);
      else {
        context.fillStyle = colour.track;
        context.fillRect(begin, y, width, bar);
      }
    });
    this.#beats(frame, row.beats.filter(({ t }) => t >= start && t <= now), y, bar);
    this.#pending(frame, deadlinesOf(view, node.name), node, y, bar);
  }

  /** Heartbeats as ticks; where they were too fast to be told singly, a line between the ones that were. */
  #beats({ context, unit, x }, beats, y, bar) {
    context.fillStyle = colour.ok;
    beats.forEach(({ t, coarse }, place) => {
      context.fillRect(x(t) - unit, y + 3 * unit, 2 * unit, bar - 6 * unit);
      if (coarse && place > 0) context.fillRect(x(beats[place - 1].t), y + bar / 2 - unit, x(t) - x(beats[place - 1].t), 2 * unit);
    });
  }

  #lost({ context, unit }, from, width, y, bar) {
    context.fillStyle = colour.bg;
    context.fillRect(from, y, width, bar);
    context.strokeStyle = colour.notready;
    context.lineWidth = 2 * unit;
    context.strokeRect(from, y + unit, width, bar - 2 * unit);
    context.font = `700 ${12 * unit}px ${colour.font}`;
    context.fillStyle = colour.ink;
    if (width > 80 * unit) context.fillText(`✕ ${gettext("NotReady")}`, from + 8 * unit, y + bar / 2);
  }

  #pending(frame, { grace, eviction }, node, y, bar) {
    const { now } = frame;
    const late = grace && node.ready === "True" && now - grace.origin > LATE;
    if (late) this.#deadline(frame, grace, fill(gettext("NotReady due %(length)s"), { length: span(grace.length) }), colour.notready, y, bar);
    if (!eviction || eviction.fired) return;
    const text = eviction.frozen ? pick(eviction.frozen) : fill(gettext("eviction due %(length)s"), { length: span(eviction.length) });
    this.#deadline(frame, eviction, text, colour.unknown, y, bar);
  }

  #deadline({ context, unit, x, now }, deadline, text, style, y, bar) {
    const from = x(now);
    const width = x(dueOf(deadline)) - from;
    if (width <= 0) return;
    context.strokeStyle = style;
    context.lineWidth = 1.5 * unit;
    context.setLineDash(deadline.frozen ? [unit, 3 * unit] : [4 * unit, 4 * unit]);
    context.strokeRect(from, y + unit, width, bar - 2 * unit);
    context.setLineDash([]);
    context.font = `600 ${12 * unit}px ${colour.font}`;
    context.fillStyle = colour.ink;
    const inside = context.measureText(text).width + 16 * unit < width;
    context.fillText(text, inside ? from + 8 * unit : from + Math.max(0, width) + 6 * unit, y + bar / 2);
  }

  /** Requests per slice of time: succeeded ones rise from the middle line, refused and hung ones hang below it. */
  #requests({ context, unit, x, start, now, leftEdge }, top, height) {
    context.font = `600 ${12 * unit}px ${colour.font}`;
    context.fillStyle = colour.muted;
    context.fillText(gettext("requests"), 14 * unit, top + height / 2);
    const width = this.#length / SLICES;
    const slices = sliced(this.#history.requests.filter(({ t }) => t >= start && t <= now), width);
    const most = Math.max(1, ...[...slices.values()].map(({ succeeded, refused, hung }) => Math.max(succeeded, refused + hung)));
    const half = height / 2 - unit;
    const middle = top + height / 2;
    const bar = (at, y, count, style) => {
      context.fillStyle = style;
      context.fillRect(at, y, x(width) - x(0) - unit / 2, (half * count) / most);
    };
    for (const [slice, { succeeded, refused, hung }] of slices) {
      const at = x(slice * width);
      if (at < leftEdge) continue;
      bar(at, middle - (half * succeeded) / most, succeeded, colour.ok);
      bar(at, middle + unit, refused, colour.notready);
      bar(at, middle + unit + (half * refused) / most, hung, colour.unknown);
    }
  }

  #events(frame, top, height) {
    const { context, unit, x, start, now, width } = frame;
    const y = top + height / 2;
    context.font = `600 ${12 * unit}px ${colour.font}`;
    context.fillStyle = colour.muted;
    context.fillText(gettext("events"), 14 * unit, y);
    const marks = this.#history.marks.filter((mark) => mark.t >= start && mark.t <= now);
    // From right to left: a sentence is written where there is room for it before the next mark.
    let limit = width;
    for (const mark of [...marks].reverse()) {
      const at = x(mark.t);
      context.fillStyle = mark.kind === "act" ? colour.ink : colour.notready;
      context.beginPath();
      if (mark.kind === "act") context.rect(at - 4 * unit, y - 4 * unit, 8 * unit, 8 * unit);
      else {
        context.moveTo(at, y - 5 * unit);
        context.lineTo(at + 5 * unit, y + 4 * unit);
        context.lineTo(at - 5 * unit, y + 4 * unit);
      }
      context.fill();
      const text = pick(mark.text);
      context.fillStyle = colour.ink;
      const room = limit - at - 18 * unit;
      const shown = fit(context, text, room);
      if (shown) context.fillText(shown, at + 9 * unit, y);
      limit = at - 6 * unit;
    }
  }

  #playhead({ context, unit, x, now, height }) {
    context.fillStyle = colour.ink;
    context.fillRect(x(now) - unit, 4 * unit, 2 * unit, height - 8 * unit);
  }
}

/** Requests by slice of simulated time: fixed slices, so that nothing flickers while the strip moves; a long tick fills several. */
function sliced(requests, width) {
  const slices = new Map();
  for (const { from, t, ...ended } of requests) {
    const first = Math.floor(from / width);
    const last = Math.max(first, Math.ceil(t / width) - 1);
    for (let slice = first; slice <= last; slice += 1) {
      const share = t > from ? (Math.min(t, (slice + 1) * width) - Math.max(from, slice * width)) / (t - from) : 1;
      const sum = slices.get(slice) ?? { succeeded: 0, refused: 0, hung: 0 };
      for (const outcome of Object.keys(sum)) sum[outcome] += ended[outcome] * share;
      slices.set(slice, sum);
    }
  }
  return slices;
}

/** As much of a text as fits, with an ellipsis; nothing when even a word would not. */
function fit(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let length = Math.floor((room / context.measureText(text).width) * text.length) - 1;
  while (length > 8 && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return length > 8 ? `${text.slice(0, length)}…` : "";
}
