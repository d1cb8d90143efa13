/**
 * The picture of a map: the groups of nodes and every node as a cell of its group, on a canvas that draws
 * again only what has changed.
 */
import { h, keyed, set, setText } from "../dom.js";
import { nodeWord, troubles } from "../states.js";
import { fill, gettext } from "../words.js";
import { colour, fitCanvas, measure, sizeOf } from "./canvas.js";
import { cellOf, drawBars, drawChanged, LEAST, places } from "./cells.js";
import { layGroups } from "./groups.js";
import { looks, sameSummary } from "./interest.js";

const LABEL = 17;
const GAP = 8;
const TEXT = 12;
/** Bars of a group that are lower cannot be compared. */
const BAR = 20;
const LEAST_WIDE = 85;
/** Cells may be smaller by so much for the sake of whole names. */
const NEARLY = 0.75;
const INSET = 3;
/** Deadlines move on the map this often. */
const AGAIN_MS = 250;

export class MapPicture {
  #canvas = h("canvas", { "aria-hidden": "true" });
  #boxes = h("div", { class: "map-groups" });
  #only;
  #groups = [];
  #shape = "";
  /** How the groups are laid out; null until there is room. */
  #laid = null;
  /** What every node is drawn from, in the order of the groups. */
  #cells = [];
  #cellOf = new Map();
  #deadlines = {};
  #selected = null;
  /** The nodes that are looked for; null for all. */
  #matching = null;
  /** Something may look different, and when that was last checked. */
  #dirty = true;
  #drawn = 0;
  /** Key of a group -> how its bars were drawn; this and the looks of the cells are of one picture. */
  #looks = new Map();
  #picture = "";

  /** `only(key)`: called when the nodes of one group alone are wanted. */
  constructor(only) {
    this.#only = only;
    this.element = h("div", { class: "map-picture" }, this.#canvas, this.#boxes);
    new ResizeObserver(() => this.#relay()).observe(this.element);
  }

  /** The nodes, or their states, have changed. */
  regroup(groups, summaries) {
    const shape = groups.map(({ key, nodes }) => `${key} ${nodes.length}`).join();
    const others = shape !== this.#shape;
    [this.#groups, this.#shape] = [groups, shape];
    if (others) this.#relay();
    keyed(this.#boxes, summaries, ({ key }) => key, (group) => this.#group(group), sameSummary);
  }

  /** What the cells show of the nodes as they are now. */
  renew(deadlines, selected) {
    [this.#deadlines, this.#selected] = [deadlines, selected];
    let place = 0;
    for (const { nodes } of this.#groups) {
      for (const node of nodes) {
        const cell = this.#cells[place];
        place += 1;
        if (!cell) return;
        cell.node = node;
        cell.deadlines.grace = deadlines[cell.grace];
        cell.deadlines.eviction = deadlines[cell.eviction];
      }
    }
    this.#dirty = true;
  }

  /** Which nodes are looked for, null for all, and the group they are of. */
  match(nodes, within) {
    this.#matching = nodes;
    for (const element of this.#boxes.children) {
      set(element, "aria-pressed", String(element.dataset.group === within));
    }
    this.#dirty = true;
  }

  /** Whether every node is a cell of its own. */
  get single() {
    return (this.#laid?.cell ?? 0) >= LEAST;
  }

  /** A group: its name and what is wrong in it; a click on a cell of it means the node. */
  #group({ key, ends, rack }) {
    const label = h("span", { class: "map-label" }, ...ends.map((end) => h("span", {}, end)));
    const bad = h("b", { class: "map-bad" });
    const element = h(
      "button",
      { class: "map-group", type: "button", "data-item": true, "data-group": key, "aria-pressed": "false" },
      label,
      bad,
    );
    set(label, "data-rack", rack);
    element.addEventListener("pointermove", (event) => {
      const node = this.#nodeAt(event);
      element.title = node ? [node.name, nodeWord(node), ...troubles(node)].join(" · ") : "";
    });
    element.addEventListener("click", (event) => {
      const node = event.detail ? this.#nodeAt(event) : null;
      if (node) element.dispatchEvent(new CustomEvent("node", { bubbles: true, detail: node.name }));
      else this.#only(key);
    });
    element.update = ({ n, lost, differs }) => {
      setText(bad, [lost && `✕${lost}`, differs && `≠${differs}`].filter(Boolean).join(" "));
      set(element, "data-state", lost ? "notready" : null);
      const told = gettext("%(name)s: %(n)s nodes, not ready: %(lost)s, differ: %(differ)s");
      set(element, "aria-label", fill(told, { name: key, n, lost, differ: differs }));
    };
    return element;
  }

  #nodeAt({ currentTarget, offsetX, offsetY }) {
    const x = currentTarget.offsetLeft + offsetX;
    const y = currentTarget.offsetTop + offsetY;
    const group = this.#groups.find(({ key }) => key === currentTarget.dataset.group);
    return group?.nodes.find((node) => {
      const place = this.#cellOf.get(node.name)?.place;
      return place && x >= place.x && x <= place.x + place.size && y >= place.y && y <= place.y + place.size;
    });
  }

  /** Gives every group and every node its place. */
  #relay() {
    const { clientWidth: width, clientHeight: height } = this.#boxes;
    const groups = this.#groups;
    if (!groups.length || !width || !height) return;
    const [label, gap] = [LABEL * measure.unit, GAP * measure.unit];
    const laid = this.#ways(width, height, { label, gap, inset: INSET });
    this.#boxes.style.gridTemplateColumns = `repeat(${laid.columns}, minmax(0, 1fr))`;
    this.#boxes.style.gridTemplateRows = `repeat(${laid.rows}, minmax(0, 1fr))`;
    this.#boxes.style.gap = `${gap}px`;
    this.#cells = [];
    const boxes = new Map();
    groups.forEach(({ key, nodes }, place) => {
      const box = {
        left: (place % laid.columns) * (laid.wide + gap) + INSET,
        top: Math.floor(place / laid.columns) * (laid.high + gap) + label,
        wide: laid.wide - 2 * INSET,
      };
      boxes.set(key, box);
      if (laid.cell < LEAST) return;
      places(nodes.length, box, laid.cell).forEach((at, one) => this.#cells.push(cellOf(nodes[one], at)));
    });
    this.#laid = { ...laid, boxes };
    this.#cellOf = new Map(this.#cells.map((cell) => [cell.node.name, cell]));
    this.#picture = "";
    this.renew(this.#deadlines, this.#selected);
    this.#dirty = true;
    this.element.dispatchEvent(new Event("laid", { bubbles: true }));
  }

  /** Nodes that are told apart, or bars that are seen, are worth more than names that are whole. */
  #ways(width, height, measures) {
    const largest = Math.max(...this.#groups.map(({ nodes }) => nodes.length));
    const ways = [`✕${largest} ≠${largest}`, `✕${largest}`, null].map((told) =>
      layGroups(this.#groups.length, largest, width, height, { ...measures, least: this.#leastOf(told) })
    );
    const best = Math.max(...ways.map(({ cell }) => cell));
    return ways.find(({ cell }) => cell >= LEAST && cell >= NEARLY * best) ??
      ways.find(({ high }) => high - measures.label >= BAR * measure.unit) ?? ways.at(-1);
  }

  /** Pixels: how wide a group is in which its name and what is told of it have room; null: as narrow as may be. */
  #leastOf(told) {
    if (told === null) return LEAST_WIDE * measure.unit;
    const context = this.#canvas.getContext("2d");
    context.font = `700 ${TEXT * measure.unit}px ${colour.font}`;
    const widths = this.#groups.map(({ key }) => context.measureText(`${key} ${told}`).width);
    return Math.max(LEAST_WIDE * measure.unit, ...widths) + 2 * INSET + TEXT;
  }

  /** Where the columns of groups are, for the wires: `[{x, names}]`, from left to right, in pixels. */
  columns() {
    if (!this.#laid) return [];
    const { columns, boxes } = this.#laid;
    const found = Array.from({ length: Math.min(columns, boxes.size) }, () => ({ x: 0, names: [] }));
    this.#groups.forEach(({ key, nodes }, place) => {
      const column = found[place % columns];
      const box = boxes.get(key);
      if (box) column.x = box.left + box.wide / 2;
      column.names.push(...nodes.map(({ name }) => name));
    });
    return found;
  }

  frame(now) {
    const time = performance.now();
    if (!this.#dirty && time - this.#drawn < AGAIN_MS) return;
    this.#dirty = false;
    this.#drawn = time;
    this.#draw(now);
  }

  /** Draws what looks different from before; everything on another picture. */
  #draw(now) {
    const context = fitCanvas(this.#canvas);
    if (!context || !this.#laid) return;
    this.#clear(context);
    if (!this.single) this.#drawGroups(context);
    for (const one of this.#cells) drawChanged(context, one, now, this.#matching);
    const chosen = this.#cellOf.get(this.#selected)?.place;
    if (!chosen) return;
    context.strokeStyle = colour.message;
    context.lineWidth = 2.5;
    context.strokeRect(chosen.x - 1, chosen.y - 1, chosen.size + 2, chosen.size + 2);
  }

  /** Begins anew where the picture is another: of another size, in other colours, with another node selected. */
  #clear(context) {
    const { width, height } = sizeOf(this.#canvas);
    const { cell } = this.#laid;
    const picture = [width, height, devicePixelRatio, cell, colour.bg, colour.pale, this.#selected].join();
    if (picture === this.#picture) return;
    this.#picture = picture;
    this.#looks.clear();
    for (const one of this.#cells) one.look = -1;
    context.clearRect(0, 0, width, height);
  }

  #drawGroups(context) {
    const { boxes, high: whole } = this.#laid;
    const high = whole - LABEL * measure.unit - INSET;
    for (const { key, nodes } of this.#groups) {
      const [lost, broken] = ["lost", "broken"].map((what) =>
        nodes.filter((node) => looks(node)[what]).length
      );
      const look = `${nodes.length} ${lost} ${broken}`;
      if (this.#looks.get(key) === look) continue;
      this.#looks.set(key, look);
      drawBars(context, lost / nodes.length, broken / nodes.length, { ...boxes.get(key), high });
    }
  }
}
