/**
 * Very many nodes: a map by zone and rack on which every node keeps its place, what is worst as cards beside
 * it, and a search. Belief over reality down to the single cell.
 */
import { h, keyed, set, setText } from "../dom.js";
import { counted, fill, gettext } from "../words.js";
import { nodeWord, troubles } from "../states.js";
import { colour, fitCanvas, measure, sizeOf } from "./canvas.js";
import { card } from "./card.js";
import { cellOf, drawBars, drawChanged, LEAST, places } from "./cells.js";
import { briefCard, compactCard } from "./compact.js";
import { narrow } from "./levels.js";
import { groupsOf, layGroups } from "./groups.js";
import { FILTERS, looks, named, sameSummary, summary, worstFirst } from "./interest.js";
import { itemOf, sameItem } from "../store.js";

/** So many of the most interesting nodes are cards. */
const CARDS = 10;
/** Rem: the height of a whole card, of such a card, of one that is brief, and the air between two; brief ones in a row. */
const HIGH = { full: 15, compact: 8.25, brief: 3.125, gap: 0.25 };
const ABREAST = 3;
const LABEL = 17;
const GAP = 8;
const TEXT = 12;
/** Bars of a group that are lower cannot be compared. */
const BAR = 20;
const LEAST_WIDE = 85;
const INSET = 3;
/** Deadlines move on the map this often. */
const AGAIN_MS = 250;

export class FleetMap {
  #canvas = h("canvas", { "aria-hidden": "true" });
  #groups = h("div", { class: "map-groups" });
  #cards = h("div", { class: "map-cards" });
  #told = h("p", { class: "map-told" });
  #search = h("input", {
    class: "field",
    id: "node-search",
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: gettext("node, zone or rack"),
    "aria-label": gettext("Search the nodes"),
  });
  #filters = new Map();
  #filter = "all";
  /** The group that alone is looked at. */
  #within = null;
  #view = null;
  #laid = null;
  /** What every node is drawn from, in the order of the groups. */
  #cells = [];
  #cellOf = new Map();
  /** Something may look otherwise, and when that was last looked at. */
  #dirty = true;
  #drawn = 0;
  /** Key of a group -> how its bars were drawn; this and the looks of the cells are of one picture. */
  #looks = new Map();
  #picture = "";
  #selected = null;
  #acted = null;
  /** The names of the nodes that are cards. */
  close = [];
  /** Pixels of room for the cards. */
  #high = 0;

  constructor() {
    const picture = h("div", { class: "map-picture" }, this.#canvas, this.#groups);
    const buttons = FILTERS.map(([name, label]) => this.#filterButton(name, label()));
    this.element = h(
      "div",
      { class: "map" },
      h(
        "div",
        { class: "map-head" },
        this.#search,
        h("div", { class: "map-filters" }, ...buttons),
      ),
      picture,
      this.#told,
      this.#cards,
    );
    this.#search.addEventListener("input", () => this.#show());
    new ResizeObserver(() => this.#relay()).observe(picture);
    new ResizeObserver(([{ contentRect }]) => {
      this.#high = contentRect.height;
      if (this.#view) this.#show();
    }).observe(this.#cards);
  }

  #filterButton(name, label) {
    const number = h("b", {}, "");
    const button = h(
      "button",
      {
        class: "map-filter",
        type: "button",
        "data-item": true,
        "aria-pressed": String(name === "all"),
        onclick: () => {
          this.#filter = name;
          for (const [other, { button: one }] of this.#filters) {
            one.setAttribute("aria-pressed", String(other === name));
          }
          this.#show();
        },
      },
      `${label} `,
      number,
    );
    this.#filters.set(name, { button, number });
    return button;
  }

  update(view, all, selected) {
    const before = this.#view;
    if (selected !== this.#selected) this.#acted = null;
    else if (all === this.#laid?.all && view.deadlines === before?.deadlines) {
      this.#view = view;
      return;
    }
    [this.#view, this.#selected] = [view, selected];
    if (all !== this.#laid?.all) this.#regroup(all);
    this.#renew();
    this.#show();
  }

  /** The nodes are others, or other than they were. */
  #regroup(all) {
    const groups = groupsOf(all);
    const shape = groups.map(({ key, nodes }) => `${key} ${nodes.length}`).join();
    const others = shape !== this.#laid?.shape;
    this.#laid = { ...this.#laid, groups, shape, all };
    if (others) this.#relay();
    const summaries = groups.map(summary);
    keyed(this.#groups, summaries, ({ key }) => key, (group) => this.#group(group), sameSummary);
    for (const [name] of FILTERS) {
      const { button, number } = this.#filters.get(name);
      const n = name === "all" ? all.length : summaries.reduce((sum, group) => sum + group[name], 0);
      setText(number, n);
      set(button, "hidden", !n && this.#filter !== name);
    }
  }

  /** Every cell has the node and the deadlines of the view. */
  #renew() {
    const { deadlines } = this.#view;
    let place = 0;
    for (const { nodes } of this.#laid.groups) {
      for (const node of nodes) {
        const cell = this.#cells[place];
        place += 1;
        if (!cell) return;
        cell.node = node;
        cell.deadlines.grace = deadlines[cell.grace];
        cell.deadlines.eviction = deadlines[cell.eviction];
      }
    }
  }

  /** Something was done to a node: its card is the first, until something else is done or selected. */
  acted(name) {
    this.#acted = name;
    this.#show();
  }

  get #matches() {
    const text = this.#search.value.trim().toLowerCase();
    const [, , fits] = FILTERS.find(([name]) => name === this.#filter);
    const group = this.#laid.groups.find(({ key }) => key === this.#within);
    const narrowed = Boolean(text || group) || this.#filter !== "all";
    if (!narrowed) return { all: this.#laid.all, narrowed };
    const some = group?.nodes ?? this.#laid.all;
    return { all: some.filter((node) => fits(node) && named(node, text)), narrowed };
  }

  /** The cards beside the map, and what is said of the nodes that are none. */
  #show() {
    if (!this.#laid?.all) return;
    const { all, narrowed } = this.#matches;
    this.#laid.matching = narrowed ? new Set(all) : null;
    const chosen = this.#view.nodes[this.#selected] ?? this.#view.nodes[this.#acted];
    const worst = worstFirst(all);
    const wanted = new Set([...(chosen ? [chosen] : []), ...worst, ...(narrowed ? all : [])]);
    const some = new Set([...wanted].slice(0, CARDS));
    if (!some.size) some.add(this.#laid.all[0]);
    this.close = [...some].map(({ name }) => name);
    const full = Boolean(chosen) && this.#fits(some.size - 1, 0, HIGH.full);
    const compact = this.#compact(some.size, full);
    const items = [...some].map((node, place) => ({
      ...itemOf(this.#view, node),
      as: full && node === chosen ? card : place < compact ? compactCard : briefCard,
    }));
    keyed(this.#cards, items, ({ node, as }) => `${node.name} ${as.name}`, (item) => item.as(item), sameItem);
    setText(this.#told, this.#tell(all, narrowed, some.size, worst.length));
    set(this.#told, "title", this.#told.textContent);
    this.#dirty = true;
  }

  /** Whether so many brief cards, so many compact ones and one of that height are all in sight. */
  #fits(brief, compact, one = 0) {
    if (narrow.matches || !brief && !compact) return true;
    const room = this.#high / 16 / measure.unit + HIGH.gap;
    const rows = Math.ceil(brief / ABREAST) * (HIGH.brief + HIGH.gap);
    return rows + compact * (HIGH.compact + HIGH.gap) + (one ? one + HIGH.gap : 0) <= room;
  }

  /** How many of so many cards are as large as they can be without one being out of sight; `full`: one is whole. */
  #compact(count, full) {
    let most = count;
    while (most > 0 && !this.#fits(count - most, full ? most - 1 : most, full ? HIGH.full : 0)) most -= 1;
    return most;
  }

  #tell(all, narrowed, cards, worst) {
    const { all: everyone, cell } = this.#laid;
    const rest = everyone.length - cards;
    const parts = [];
    if (narrowed) parts.push(counted("%(n)s node found", "%(n)s nodes found", { n: all.length }));
    else if (!worst) parts.push(gettext("All are Ready and agree with what runs."));
    parts.push(
      cell >= LEAST
        ? counted("%(n)s node only on the map", "%(n)s nodes only on the map", { n: rest })
        : counted("%(n)s node not drawn singly", "%(n)s nodes not drawn singly", { n: rest }),
    );
    return parts.join(" · ");
  }

  /** A group: its name and what is wrong in it; a click on a cell of it means the node. */
  #group({ key }) {
    const first = h("span", {});
    const last = h("span", {});
    const label = h("span", { class: "map-label" }, first, last);
    const bad = h("b", { class: "map-bad" });
    const element = h(
      "button",
      { class: "map-group", type: "button", "data-item": true, "data-group": key, "aria-pressed": "false" },
      label,
      bad,
    );
    element.addEventListener("pointermove", (event) => {
      const node = this.#nodeAt(event);
      element.title = node ? [node.name, nodeWord(node), ...troubles(node)].join(" · ") : "";
    });
    element.addEventListener("click", (event) => {
      const node = event.detail ? this.#nodeAt(event) : null;
      if (node) element.dispatchEvent(new CustomEvent("node", { bubbles: true, detail: node.name }));
      else this.#only(key);
    });
    element.update = ({ label: name, n, lost, differs: differ }) => {
      const [from, to = ""] = name.split(/(?=–| \/ )/);
      setText(first, from);
      setText(last, to);
      set(label, "data-rack", to.startsWith(" / "));
      setText(bad, [lost && `✕${lost}`, differ && `≠${differ}`].filter(Boolean).join(""));
      set(element, "data-state", lost ? "notready" : null);
      const words = fill(gettext("%(name)s: %(n)s nodes, not ready: %(lost)s, differ: %(differ)s"), {
        name,
        n,
        lost,
        differ,
      });
      set(element, "aria-label", words);
    };
    return element;
  }

  /** Only the nodes of one group, or of all again. */
  #only(key) {
    this.#within = this.#within === key ? null : key;
    for (const element of this.#groups.children) {
      set(element, "aria-pressed", String(element.dataset.group === this.#within));
    }
    this.#show();
  }

  #nodeAt({ currentTarget, offsetX, offsetY }) {
    const x = currentTarget.offsetLeft + offsetX;
    const y = currentTarget.offsetTop + offsetY;
    const group = this.#laid.groups.find(({ key }) => key === currentTarget.dataset.group);
    return group?.nodes.find((node) => {
      const place = this.#cellOf.get(node.name)?.place;
      return place && x >= place.x && x <= place.x + place.size && y >= place.y && y <= place.y + place.size;
    });
  }

  /** Gives every group and every node its place. */
  #relay() {
    const { clientWidth: width, clientHeight: height } = this.#groups;
    const { groups } = this.#laid ?? {};
    if (!groups || !width || !height) return;
    const [label, gap] = [LABEL * measure.unit, GAP * measure.unit];
    const largest = Math.max(...groups.map(({ nodes }) => nodes.length));
    const lay = (least) =>
      layGroups(groups.length, largest, width, height, { label, gap, inset: INSET, least });
    // Nodes that are told apart, or bars that are seen, are worth more than names that are whole.
    const ways = [`✕${largest}≠${largest}`, `✕${largest}`, null].map((told) =>
      lay(this.#leastOf(groups, told))
    );
    const laid = ways.find(({ cell }) => cell >= LEAST) ??
      ways.find(({ high }) => high - label >= BAR * measure.unit) ?? ways.at(-1);
    Object.assign(this.#laid, laid);
    this.#groups.style.gridTemplateColumns = `repeat(${laid.columns}, minmax(0, 1fr))`;
    this.#groups.style.gridTemplateRows = `repeat(${laid.rows}, minmax(0, 1fr))`;
    this.#groups.style.gap = `${gap}px`;
    this.#cells = [];
    this.#laid.boxes = new Map();
    groups.forEach(({ key, nodes }, place) => {
      const box = {
        left: (place % laid.columns) * (laid.wide + gap) + INSET,
        top: Math.floor(place / laid.columns) * (laid.high + gap) + label,
        wide: laid.wide - 2 * INSET,
      };
      this.#laid.boxes.set(key, box);
      if (laid.cell < LEAST) return;
      places(nodes.length, box, laid.cell).forEach((at, one) => this.#cells.push(cellOf(nodes[one], at)));
    });
    this.#cellOf = new Map(this.#cells.map((cell) => [cell.node.name, cell]));
    this.#picture = "";
    if (this.#view) this.#renew();
    this.#dirty = true;
    this.element.dispatchEvent(new Event("laid", { bubbles: true }));
  }

  /** Pixels: how wide a group is in which its name and what is told of it have room; null: as narrow as may be. */
  #leastOf(groups, told) {
    if (told === null) return LEAST_WIDE * measure.unit;
    const context = this.#canvas.getContext("2d");
    context.font = `700 ${TEXT * measure.unit}px ${colour.font}`;
    const widths = groups.map(({ label }) => context.measureText(`${label} ${told}`).width);
    return Math.max(LEAST_WIDE * measure.unit, ...widths) + 2 * INSET + TEXT;
  }

  /** Where the columns of groups are, for the wires: `[{x, names}]`, from left to right, in pixels. */
  columns() {
    const { groups, columns, boxes } = this.#laid ?? {};
    if (!boxes) return [];
    const found = Array.from({ length: Math.min(columns, groups.length) }, () => ({ x: 0, names: [] }));
    groups.forEach(({ key, nodes }, place) => {
      const column = found[place % columns];
      const box = boxes.get(key);
      if (box) column.x = box.left + box.wide / 2;
      column.names.push(...nodes.map(({ name }) => name));
    });
    return found;
  }

  frame(now, words) {
    for (const element of this.#cards.children) element.frame(now, words);
    const time = performance.now();
    if (!this.#dirty && time - this.#drawn < AGAIN_MS) return;
    this.#dirty = false;
    this.#drawn = time;
    this.#draw(now);
  }

  /** Draws what looks otherwise than before; everything on another picture. */
  #draw(now) {
    const context = fitCanvas(this.#canvas);
    const { groups, boxes, cell, high, matching } = this.#laid ?? {};
    if (!context || !boxes) return;
    const { width, height } = sizeOf(this.#canvas);
    const picture = [width, height, devicePixelRatio, cell, colour.bg, colour.pale, this.#selected].join();
    if (picture !== this.#picture) {
      this.#picture = picture;
      this.#looks.clear();
      for (const one of this.#cells) one.look = -1;
      context.clearRect(0, 0, width, height);
    }
    if (cell < LEAST) {
      const bars = high - LABEL * measure.unit - INSET;
      for (const { key, nodes } of groups) {
        this.#drawGroup(context, key, nodes, { ...boxes.get(key), high: bars });
      }
    }
    for (const one of this.#cells) drawChanged(context, one, now, matching);
    const chosen = this.#cellOf.get(this.#selected)?.place;
    if (!chosen) return;
    context.strokeStyle = colour.message;
    context.lineWidth = 2.5;
    context.strokeRect(chosen.x - 2, chosen.y - 2, chosen.size + 4, chosen.size + 4);
  }

  #drawGroup(context, key, nodes, box) {
    const [lost, broken] = ["lost", "broken"].map((what) => nodes.filter((node) => looks(node)[what]).length);
    const look = `${nodes.length} ${lost} ${broken}`;
    if (this.#looks.get(key) === look) return;
    this.#looks.set(key, look);
    drawBars(context, lost / nodes.length, broken / nodes.length, box);
  }
}
