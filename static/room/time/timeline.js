/**
 * The causal timeline: a row for the control plane, owners, nodes, traffic and events, drawn on a canvas.
 * The event under the pointer, or the one reached by keys, shows its causes and effects as arrows.
 */
import { set } from "../dom.js";
import { colour, fitCanvas, measure, sizeOf } from "../stage/canvas.js";
import { dueOf } from "../rings.js";
import { clockText, fill, gettext, pick } from "../words.js";
import { isTurn, laneIn, layOut } from "./lanes.js";
import * as amounts from "./amounts.js";
import * as bars from "./bars.js";
import * as drawing from "./drawing.js";
import * as marks from "./marks.js";
import { Scale } from "./scale.js";
import { inWords } from "./told.js";

const SECOND = 1_000_000;
const AXIS = 18;
const LABELS = 84;
const NEAR = 9;
/** Causes of causes are followed this far, and no more arrows than this are drawn. */
const DEPTH = 16;
const ARROWS = 60;
/** What is due is looked through so often, and when it has changed no more often than that. */
const DUE_MS = 1000;
const FRESH_MS = 200;

export class Timeline extends EventTarget {
  scale = new Scale();
  /** The event whose causes are shown. */
  event = null;
  #root;
  #canvas;
  #tip;
  #drawn = "";
  #hits = [];
  #lanes = new Map();
  #record = null;
  /** The node that has a row of its own whatever its state. */
  selected = null;
  /** Every node in a row of its own, from the first of these on. */
  expanded = false;
  #first = 0;
  /** @type {{deadlines: any, due: number, at: number}} */
  #last = { deadlines: null, due: -Infinity, at: -Infinity };

  constructor(root, canvas, tip) {
    super();
    this.#root = root;
    this.#canvas = canvas;
    this.#tip = tip;
  }

  get left() {
    return (this.#root.hasAttribute("data-tall") ? 1.6 : 1) * LABELS * measure.unit;
  }

  get width() {
    return sizeOf(this.#canvas).width - 12 * measure.unit;
  }

  /** The moment under a pixel of the canvas. */
  timeAt(x) {
    return this.scale.start + ((x - this.left) / (this.width - this.left)) * this.scale.length;
  }

  /** The event at a pixel, or null. */
  eventAt(x, y) {
    let best = null;
    let least = NEAR * measure.unit;
    for (const hit of this.#hits) {
      const distance = Math.hypot(hit.x - x, (hit.y - y) * 0.8) - marks.rank(hit.event) * 0.5;
      if (distance < least) [best, least] = [hit.event, distance];
    }
    return best;
  }

  /** The row at a height of the canvas, or undefined. */
  laneAt(y) {
    return [...this.#lanes.values()].find(({ top, height }) => y >= top && y < top + height);
  }

  /** Every node in a row of its own, or what deviates alone and the others as a group. */
  expand(on = !this.expanded) {
    this.expanded = on;
    this.#first = 0;
    this.#drawn = "";
  }

  /** Goes up or down by so many of the rows of nodes. */
  scrollRows(by) {
    if (!this.expanded) return;
    this.#first = Math.max(0, this.#first + by);
    this.#drawn = "";
  }

  /** Shows the causes of an event, or of none. */
  focus(event) {
    if (event === this.event) return;
    this.event = event;
    this.#drawn = "";
  }

  /** The strongest cause of the event in focus, or its first effect. */
  related(direction) {
    const ids = direction < 0 ? this.event?.causes : this.#record?.effects.get(this.event?.id);
    const known = (ids ?? []).map((id) => this.#record.byId.get(id)).filter(Boolean);
    return direction < 0 ? known.at(-1) : known[0];
  }

  get record() {
    return this.#record;
  }

  /** The same in words, for those who do not see the picture. */
  describe(view, now, looking) {
    const { nodes, head } = this.#record ?? { nodes: new Map(), head: 0 };
    set(this.#root, "aria-label", inWords(view, now));
    const moment = looking
      ? fill(gettext("%(t)s, in the past"), { t: clockText(now) })
      : fill(gettext("%(t)s, live"), { t: clockText(now) });
    const event = this.event && `${clockText(this.event.t)} ${pick(this.event.text)}`;
    const first = nodes.values().next().value?.spans[0]?.since ?? 0;
    const values = { text: event || moment, now, min: first, max: Math.max(now, head) };
    for (const [name, value] of Object.entries(values)) {
      set(this.#canvas, `aria-value${name}`, name === "text" ? value : Math.round(value / SECOND));
    }
  }

  /** `moment`: what is on the stage; `head`: how far the branch goes. */
  frame(view, record, moment, head, looking) {
    const context = fitCanvas(this.#canvas);
    if (!context) return;
    this.#record = record;
    const { width: clientWidth, height } = sizeOf(this.#canvas);
    if (!looking) this.scale.follow(head, Math.max(0, this.#lastDue(view.deadlines) - head));
    // What moves by less than a pixel of the screen is not drawn again.
    const grain = Math.max(20_000, this.scale.length / clientWidth / (devicePixelRatio || 1));
    const drawn = [
      Math.round(moment / grain),
      Math.round(head / grain),
      Math.round(this.scale.start / grain),
      this.scale.length,
      clientWidth,
      height,
      colour.bg,
      record.version,
      this.event?.id,
      looking,
      this.selected,
      document.documentElement.hasAttribute("data-traffic"),
    ].join();
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#draw(context, view, record, moment, head, looking, height);
  }

  /**
   * When the last of the deadlines is due; looked for when they have changed, and now and then since signs of
   * life move them, not for every frame.
   */
  #lastDue(deadlines) {
    const at = performance.now();
    if (
      at - this.#last.at > DUE_MS || (deadlines !== this.#last.deadlines && at - this.#last.at > FRESH_MS)
    ) {
      let due = -Infinity;
      for (const key of Object.keys(deadlines)) {
        if (!deadlines[key].fired) due = Math.max(due, dueOf(deadlines[key]));
      }
      this.#last = { deadlines, due, at };
    }
    return this.#last.due;
  }

  #draw(context, view, record, moment, head, looking, height) {
    const { unit } = measure;
    const { start, end } = this.scale;
    const [width, from] = [this.width, this.left];
    const draw = {
      context,
      unit,
      width,
      height,
      start,
      end,
      left: from,
      x: (t) => from + ((t - start) / (end - start)) * (width - from),
    };
    const tall = this.#root.hasAttribute("data-tall");
    const traffic = document.documentElement.hasAttribute("data-traffic");
    const { lanes, bottom, first } = layOut(view, {
      top: AXIS * unit,
      height: height - AXIS * unit,
      unit,
      tall,
      traffic,
      selected: this.selected,
      expanded: this.expanded,
      first: this.#first,
    });
    this.#first = first;
    context.clearRect(0, 0, sizeOf(this.#canvas).width, height);
    context.textBaseline = "middle";
    drawing.axis(draw, AXIS * unit, bottom);
    if (this.expanded) this.#tellRows(draw, lanes, Object.keys(view.nodes).length);
    this.#lanes = new Map(lanes.map((lane) => [lane.key, lane]));
    for (const lane of lanes) {
      drawing.label(draw, lane);
      if (lane.kind === "node") {
        bars.node(draw, lane, record, view, looking ? Math.max(moment, head) : moment);
      } else if (lane.kind === "group") bars.group(draw, lane, record, head);
      else if (lane.kind === "owner") amounts.owner(draw, lane, record, head);
      else if (lane.kind === "traffic") amounts.traffic(draw, lane, record, head);
    }
    if (!looking) drawing.playhead(draw, head, false);
    this.#events(draw, record.between(start, Math.min(end, head)));
    if (looking) drawing.veil(draw, moment, head);
    if (this.event) this.#arrows(draw);
    if (looking) {
      drawing.playhead(draw, head, false);
      drawing.playhead(draw, moment, true);
    }
    this.#showTip(draw);
  }

  /** Which of the nodes have their rows in sight. */
  #tellRows({ context, unit }, lanes, all) {
    const rows = lanes.filter(({ kind }) => kind === "node").length;
    if (rows === all) return;
    const values = { from: this.#first + 1, to: this.#first + rows, all };
    context.fillText(fill(gettext("%(from)s–%(to)s of %(all)s"), values), 14 * unit, (AXIS * unit) / 2);
  }

  /**
   * One mark a pixel and row, that of what matters most; sentences from right to left in the row of events.
   */
  #events(draw, events) {
    const taken = new Map();
    for (const event of events) {
      const at = this.#place(draw, event);
      if (!at || at.x < draw.left) continue;
      const key = `${at.lane.key} ${Math.round(at.x / (2 * draw.unit))}`;
      const other = taken.get(key);
      if (!other || marks.rank(other.event) <= marks.rank(event)) taken.set(key, { ...at, event });
    }
    this.#hits = [...taken.values()].sort((a, b) => marks.rank(a.event) - marks.rank(b.event));
    for (const { x, y, event } of this.#hits) marks.mark(draw, event, x, y);
    const row = this.#lanes.get("events");
    let limit = draw.width;
    for (const event of events.filter(isTurn).reverse()) {
      const [x, y] = [draw.x(event.t), row.top + row.height / 2];
      if (x < draw.left) continue;
      if (event.kind !== "act") {
        marks.mark(draw, event, x, y);
        this.#hits.push({ x, y, event });
      }
      marks.sentence(draw, pick(event.text), x, y, limit);
      limit = x - 6 * draw.unit;
    }
  }

  #place(draw, event) {
    const lane = laneIn(this.#lanes, event);
    return lane ? { lane, x: draw.x(event.t), y: lane.top + lane.height / 2 } : null;
  }

  /** Causes back to where they began, and the effects of the event itself. */
  #arrows(draw) {
    const drawn = new Set();
    let next = [this.event];
    for (let depth = 0; depth < DEPTH && next.length && drawn.size < ARROWS; depth += 1) {
      const before = [];
      for (const effect of next) {
        for (const id of effect.causes) {
          const cause = this.#record.byId.get(id);
          if (!cause || drawn.has(`${id} ${effect.id}`) || drawn.size >= ARROWS) continue;
          drawn.add(`${id} ${effect.id}`);
          this.#join(draw, cause, effect, false);
          before.push(cause);
        }
      }
      next = before;
    }
    for (const id of (this.#record.effects.get(this.event.id) ?? []).slice(0, ARROWS)) {
      const effect = this.#record.byId.get(id);
      if (effect) this.#join(draw, this.event, effect, true);
    }
    const at = this.#place(draw, this.event);
    if (at) marks.mark(draw, this.event, at.x, at.y, 1.6);
  }

  #join(draw, cause, effect, dashed) {
    const [from, to] = [this.#place(draw, cause), this.#place(draw, effect)];
    if (!from || !to || to.x < draw.left) return;
    const start = { x: Math.max(draw.left, from.x), y: from.y };
    marks.arrow(draw, start, to, dashed);
    for (const [event, at] of [[cause, from], [effect, to]]) {
      if (at.x >= draw.left) marks.mark(draw, event, at.x, at.y, 1.3);
    }
  }

  #showTip(draw) {
    const at = this.event && this.#place(draw, this.event);
    set(this.#tip, "hidden", !at || at.x < draw.left || at.x > draw.width);
    if (this.#tip.hidden) return;
    this.#tip.firstElementChild.textContent = clockText(this.event.t, true);
    this.#tip.lastElementChild.textContent = pick(this.event.text);
    const box = this.#canvas.getBoundingClientRect();
    const wide = this.#tip.offsetWidth;
    this.#tip.style.left = `${Math.min(box.width - wide - 8, Math.max(draw.left, at.x - wide / 2))}px`;
    this.#tip.style.bottom = `${box.height - at.y + 14 * draw.unit}px`;
  }
}
