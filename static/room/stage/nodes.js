/** The nodes of the room, in a stable order: full cards, compact ones, small ones, then tiles. */
import { h, keyed, set, setText } from "../dom.js";
import { counted } from "../words.js";
import { reducedMotion } from "../preferences.js";
import { inOrder } from "../store.js";
import { card } from "./card.js";
import { compactCard, smallCard, tile } from "./compact.js";

/** Up to so many nodes, what is drawn of each. */
/** @type {[number, string, (node: any) => any][]} */
const SIZES = [
  [3, "full", card],
  [12, "compact", compactCard],
  [40, "small", smallCard],
  [Infinity, "tiles", tile],
];
/**
 * More tiles than this are not readable on one screen: the rest is counted, the most interesting nodes stay
 * drawn.
 */
const TILES = 800;
/** Pixels: a row of compact cards is low below this. */
const LOW = 130;
/**
 * Tiles from large to small, with the pixels each takes: all of it, its state and name, its state alone.
 * @type {[string, number, number][]}
 */
const TILE_SIZES = [["whole", 80, 40], ["named", 54, 28], ["bare", 17, 17]];

const interest = (node) =>
  (node.ready === "True" ? 0 : 4) + (node.differs.length ? 2 : 0) + (node.unschedulable ? 1 : 0);

export class Nodes {
  #root;
  #rest = h("p", { class: "not-drawn", hidden: true });
  #size = null;
  #small;

  /** `small`: never the full cards, as where two stages share the screen. */
  constructor(root, small = false) {
    this.#root = root;
    this.#small = small;
    new ResizeObserver(() => this.#measure()).observe(root);
    this.#root.after(this.#rest);
  }

  /** What the room there is leaves of each node: low rows of compact cards, smaller tiles. */
  #measure() {
    const { clientWidth: width, clientHeight: height, childElementCount: count } = this.#root;
    const columns = getComputedStyle(this.#root).gridTemplateColumns.split(" ").length;
    const rows = Math.max(1, Math.ceil(count / columns));
    set(this.#root, "data-low", this.#size === "compact" && height / rows < LOW);
    const fits = ([, wide, high]) => Math.floor(width / wide) * Math.floor(height / high) >= count;
    set(
      this.#root,
      "data-tile",
      this.#size === "tiles" ? (TILE_SIZES.find(fits) ?? TILE_SIZES.at(-1))[0] : null,
    );
  }

  update(view) {
    const all = inOrder(view.nodes);
    const [, size, create] = SIZES.find(([most, name]) =>
      all.length <= most && !(this.#small && name === "full")
    );
    if (size !== this.#size) {
      this.#root.replaceChildren();
      this.#size = size;
      set(this.#root, "data-size", size);
    }
    const nodes = all.length > TILES ? this.#chosen(all) : all;
    this.#rest.hidden = nodes.length === all.length;
    if (!this.#rest.hidden) {
      const drawn = new Set(nodes);
      const rest = all.filter((node) => !drawn.has(node));
      const lost = rest.filter((node) => node.ready !== "True").length;
      setText(
        this.#rest,
        counted(
          "%(n)s node not drawn singly, not ready: %(lost)s",
          "%(n)s nodes not drawn singly, not ready: %(lost)s",
          { n: rest.length, lost },
        ),
      );
    }
    this.#root.style.setProperty("--nodes", all.length);
    const drawn = this.#root.childElementCount;
    keyed(this.#root, nodes.map((node) => ({ node, view })), ({ node }) => node.name, create);
    if (this.#root.childElementCount !== drawn) this.#measure();
  }

  /** The nodes that are drawn of very many: every odd one first, in the order of their names. */
  #chosen(all) {
    const ranked = all.map((node, place) => ({ node, place })).sort((a, b) =>
      interest(b.node) - interest(a.node) || a.place - b.place
    );
    return ranked.slice(0, TILES).sort((a, b) => a.place - b.place).map(({ node }) => node);
  }

  /** Opens the node that the selected part belongs to, where rows are closed to save room. */
  open(part) {
    for (const element of this.#root.children) {
      const on = part !== null && element.querySelector("[aria-current]") !== null;
      const opened = on && !element.classList.contains("open");
      element.classList.toggle("open", on);
      if (opened) this.reveal(element.dataset.node);
    }
  }

  /** Brings a node into sight where the cards have to be scrolled. */
  reveal(name) {
    const element = this.#root.querySelector(`[data-node="${CSS.escape(name)}"]`);
    element?.scrollIntoView({ block: "nearest", behavior: reducedMotion() ? "auto" : "smooth" });
  }

  frame(now) {
    for (const element of this.#root.children) element.frame(now);
  }
}
