/** The nodes beside a map that are cards: as rich as may be without one of them being out of sight. */
import { h, keyed } from "../dom.js";
import { itemOf, sameItem } from "../store.js";
import { measure } from "./canvas.js";
import { card } from "./card.js";
import { rowsOf } from "./chips.js";
import { briefCard, compactCard } from "./compact.js";
import { narrow } from "../preferences.js";
import { Names } from "./names.js";

/** Rem: the height of a whole card, of each further row of pods on it, of a compact card, of a brief one, of the air between. */
const HIGH = { full: 15, row: 2.75, compact: 8.25, brief: 3.125, gap: 0.25 };
/** Brief ones in a row. */
const ABREAST = 3;

export class Beside {
  element = h("div", { class: "map-cards" });
  /** Pixels of room. */
  #high = 0;
  #names = new Names();
  /** The names of the nodes whose cards have wires of their own, as they are drawn. */
  #wired = "";

  /** `resized`: called when there is more or less room. */
  constructor(resized) {
    new ResizeObserver(([{ contentRect }]) => {
      this.#high = contentRect.height;
      resized();
    }).observe(this.element);
  }

  /**
   * Shows these nodes, and returns which of them have room. The one that is chosen, or alone, comes first and
   * is whole, with fewer others below it where room is short; it is compact where a whole card is too high, or
   * would hide what is `sought`.
   */
  show(view, nodes, chosen, sought) {
    const whole = nodes.length === 1 ? nodes[0] : chosen;
    const high = whole ? HIGH.full + HIGH.row * (rowsOf(whole) - 1) : 0;
    const least = chosen && !sought ? 0 : nodes.length - 1;
    const full = whole && (nodes.length === 1 || this.#fits(least, 0, high));
    const shown = chosen ? nodes.slice(0, this.#beside(nodes.length, full ? high : 0)) : nodes;
    const compact = this.#compact(shown.length, full ? high : 0);
    const names = this.#names.of(shown);
    const items = shown.map((node, place) => ({
      ...itemOf(view, node, names),
      as: full && node === whole ? card : place < compact ? compactCard : briefCard,
    }));
    keyed(
      this.element,
      items,
      ({ node, as }) => `${node.name} ${as.name}`,
      (item) => item.as(item),
      sameItem,
    );
    const wired = items.filter(({ as }) => as !== briefCard).map(({ node, as }) => `${node.name} ${as.name}`)
      .join();
    if (wired !== this.#wired) this.element.dispatchEvent(new Event("laid", { bubbles: true }));
    this.#wired = wired;
    return shown;
  }

  /** Whether so many brief cards, so many compact ones and one of that height are all in sight. */
  #fits(brief, compact, one = 0) {
    const rows = Math.ceil(brief / ABREAST) * (HIGH.brief + HIGH.gap);
    return this.#holds(rows + compact * (HIGH.compact + HIGH.gap) + (one ? one : -HIGH.gap));
  }

  /** Whether so many rem are in sight. A phone's screen is scrolled. */
  #holds(high) {
    return narrow.matches || high <= this.#high / 16 / measure.unit;
  }

  /**
   * How many of so many are in sight, the first whole (`one`: its height) or compact and the others brief; all
   * where even a compact one with another is too much.
   */
  #beside(count, one) {
    let most = count;
    while (most > 1 && !(one ? this.#fits(most - 1, 0, one) : this.#fits(most - 1, 1))) most -= 1;
    return one || most > 1 ? most : count;
  }

  /** How many of so many are compact, none of them out of sight; `one`: the height of the first if it is whole. */
  #compact(count, one) {
    let most = count;
    while (most > 0 && !this.#fits(count - most, one ? most - 1 : most, one)) most -= 1;
    return most;
  }

  frame(now, words) {
    for (const element of this.element.children) element.frame(now, words);
  }
}
