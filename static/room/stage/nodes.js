/**
 * The nodes of the room, in a stable order, as rich as the room for each allows: full cards, compact ones,
 * small ones, tiles, and a map where even those are too many.
 */
import { byId, keyed, set } from "../dom.js";
import { believed } from "../numbers.js";
import { narrow, reducedMotion } from "../preferences.js";
import { inOrder, itemOf, sameItem } from "../store.js";
import { measure } from "./canvas.js";
import { WHOLE_TALL } from "./card.js";
import { levelFor, MAP } from "./levels.js";
import { FleetMap } from "./map.js";
import { TALL } from "./medium.js";
import { Names } from "./names.js";

/** More pods than these get smaller marks on small cards, whose two rows hold no more: the same on all of them. */
const TWO_ROWS = 10;
/** More than these get still smaller ones on low compact cards. */
const FOUR_ROWS = 36;

const WORDS_MS = 100;

/** Rem: a row of compact cards is low below this. */
const LOW = 8;

/** Rem: cards of these levels are narrow below this, and very narrow. */
const NARROW = { full: [17, 14.5], medium: [12, 0] };
/** Rem: cards of these levels are tall from here on. */
const HIGH = { full: WHOLE_TALL, medium: TALL };

function narrowness(name, { wide }) {
  const [little, very] = NARROW[name];
  return wide < very ? "very" : wide < little;
}

/** Rem: the air between cards. */
const GAPS = { full: 0.75, medium: 0.5 };

/** Rem of the stage that whole cards leave to the wires at least, and the air above the line of kubectl. */
const WIRES = 2;
const AIR = 0.75;
/** Rem of the sockets above a whole card. */
const TOP = 1;
/** Rem by which whole cards are lower while the data plane is shown. */
const LOWER = 1;

/** The size of an element without its padding; asked for only until the first layout has told it. */
function contentOf(element) {
  const style = getComputedStyle(element);
  const across = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  const down = parseFloat(style.paddingTop) + parseFloat(style.paddingBottom);
  return { width: element.clientWidth - across, height: element.clientHeight - down };
}

export class Nodes {
  #root;
  #least;
  #level = null;
  #map = null;
  #view = null;
  #selected = null;
  #names = new Names();
  #worded = -Infinity;
  /** `{wide, high}` of each card in rem, where how much it shows depends on that. */
  #size = null;
  /** `{width, height}` of the root without its padding in pixels, as last laid out. */
  #box = null;
  /** Pixels of height of the stage and of what stands in it beside the wires and the nodes, as last laid out. */
  #heights = new Map();
  /** The stage and those three of it. */
  #around;

  /** `small`: never the full cards, as where two stages share the screen. */
  constructor(root, small = false) {
    this.#root = root;
    this.#least = small ? "compact" : "full";
    const others = ["workloads", "control", "kubectl"].map(byId);
    this.#around = small ? [] : [root.parentElement, ...others];
    const resized = new ResizeObserver((entries) => {
      for (const { target, contentRect, borderBoxSize } of entries) {
        if (target === root) this.#box = contentRect;
        else this.#heights.set(target, borderBoxSize[0].blockSize);
      }
      if (this.#view) this.#draw();
    });
    for (const one of [root, ...this.#around]) resized.observe(one);
    root.addEventListener("scroll", () => root.dispatchEvent(new Event("laid")));
  }

  /**
   * Rem of height for whole cards and their sockets: they are never lower than they have to be, so their own box
   * would not tell that they lie over what is below it.
   */
  get #left() {
    const [stage, workloads, control, kubectl] = this.#around.map((one) => this.#heights.get(one) ?? 0);
    if (!stage) return Infinity;
    return (stage - workloads - control - kubectl) / (16 * measure.unit) - WIRES - (kubectl ? AIR : 0);
  }

  /**
   * Rem of room for the nodes, null where they are a list that scrolls. Asking the page itself would lay it
   * out at every tick.
   */
  get #room() {
    if (narrow.matches || this.#least !== "full") return null;
    this.#box ??= contentOf(this.#root);
    const rem = 16 * measure.unit;
    const left = this.#left;
    const lower = document.documentElement.hasAttribute("data-traffic") ? LOWER : 0;
    return {
      width: this.#box.width / rem,
      height: Math.max(1, this.#box.height / rem),
      left,
      whole: left + lower,
    };
  }

  /** `selected`: the node that the selected part belongs to. */
  update(view, selected = null) {
    const before = this.#view;
    const same = selected === this.#selected && view.nodes === before?.nodes &&
      view.deadlines === before.deadlines;
    if (view !== before) this.#worded = -Infinity;
    this.#view = view;
    this.#selected = selected;
    if (!same) this.#draw();
  }

  #draw() {
    const [view, selected] = [this.#view, this.#selected];
    const all = inOrder(view.nodes);
    const longest = all.reduce((most, { name }) => Math.max(most, name.length), 1);
    this.#lay(levelFor(all.length, this.#room, longest, this.#least));
    const most = all.reduce((most, node) => Math.max(most, believed(node)), 0);
    set(this.#root, "data-dense", most > FOUR_ROWS ? "very" : most > TWO_ROWS);
    if (this.#map) this.#map.update(view, all, selected);
    else {
      const names = this.#level.named ? this.#names.of(all) : undefined;
      const items = all.map((node) => itemOf(view, node, names));
      keyed(
        this.#root,
        items,
        ({ node }) => node.name,
        (item) => this.#level.create(item, this.#size),
        sameItem,
      );
    }
  }

  #lay({ level, columns, rows }) {
    if (level !== this.#level) {
      this.#level = level;
      this.#map = level === MAP ? new FleetMap() : null;
      this.#root.replaceChildren(...(this.#map ? [this.#map.element] : []));
      set(this.#root, "data-size", level.name);
      set(this.#root, "data-tile", level.tile);
    }
    this.#root.style.setProperty("--columns", columns ?? "");
    this.#root.style.setProperty("--rows", rows ?? "");
    const size = this.#sizeOf(level, columns, rows);
    set(this.#root, "data-low", level.name === "compact" && rows && this.#room.height / rows < LOW);
    set(this.#root, "data-narrow", size && narrowness(level.name, size));
    set(this.#root, "data-tall", size && size.most >= HIGH[level.name]);
    if (["wide", "high", "most"].every((one) => size?.[one] === this.#size?.[one])) return;
    this.#size = size;
    for (const element of this.#root.children) element.fit?.(size);
  }

  /**
   * `{wide, high, most}` of a card in rem, `most`: how high it may become; null where it is one of a list, or shows
   * the same at any size.
   */
  #sizeOf(level, columns, rows) {
    const gap = GAPS[level.name];
    if (gap === undefined || !rows) return null;
    const { width, height, left } = this.#room;
    const high = (height - gap * (rows - 1)) / rows;
    const most = level.name === "full" && left < Infinity ? left - TOP : high;
    return { wide: (width - gap * (columns - 1)) / columns, high, most };
  }

  /** Opens the node that the selected part belongs to, where rows are closed to save room. */
  open(part) {
    const current = part === null ? null : this.#root.querySelector("[aria-current]");
    const card = current?.parentElement.closest("[data-node]");
    const chosen = card?.parentElement === this.#root ? card : null;
    const before = this.#root.querySelector(":scope > .open");
    if (chosen === before) return;
    before?.classList.remove("open");
    chosen?.classList.add("open");
    if (chosen) this.reveal(chosen.dataset.node);
  }

  /** Brings a node into sight: where the cards have to be scrolled, or beside the map as the first card. */
  reveal(name) {
    this.#map?.acted(name);
    const element = this.#root.querySelector(`[data-node="${CSS.escape(name)}"]`);
    element?.scrollIntoView({ block: "nearest", behavior: reducedMotion() ? "auto" : "smooth" });
  }

  /** The nodes beside a map that are drawn with what is on them. */
  get close() {
    return this.#map?.close ?? [];
  }

  /** The columns of the map for the wires; null where every node is drawn for itself. */
  get columns() {
    return this.#map?.columns() ?? null;
  }

  /**
   * Rings move with every frame; words and levels, which are read, ten times a second, and once more after
   * the view has changed.
   */
  frame(now) {
    const time = performance.now();
    const words = time - this.#worded >= WORDS_MS;
    if (words) this.#worded = time;
    if (this.#map) this.#map.frame(now, words);
    else if (words || this.#level?.rings) {
      for (const element of this.#root.children) element.frame?.(now, words);
    }
  }
}
