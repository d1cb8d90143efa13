/**
 * A node on less room than a whole card takes, with pods that have names: what is due beside the ring, its
 * parts as small handles, and as much of each pod as there is room for.
 */
import { h, keyed, set, setText } from "../dom.js";
import { differing } from "../numbers.js";
import { fill, gettext, span } from "../words.js";
import { dueWords, Rings, ringWords } from "../rings.js";
import { countsOf, nodeState, troubles } from "../states.js";
import { arrange, BeliefReality, columns } from "./chips.js";
import { square } from "./compact.js";
import { minis, nameHandle, statePill } from "./parts.js";

/** Rem: a card that is higher has its parts, with their names, above the pods instead of beside them. */
export const TALL = 13;

/** Rem: on a narrower card the mark "differs" takes the room of a word. */
const BRIEF = 12;

/** Rem that are taken by other things than the pods: edge, ring and words, and the parts. */
const TAKEN = {
  low: { wide: 1.1875 + 1.625, high: 0.6875 + 3.125 },
  tall: { wide: 1.1875, high: 0.6875 + 5 + 3.625 },
};
/** Where nodes are a list, a card is as high as it has to be. */
const LISTED = { wide: 15, high: 7.25, bound: false };

/** How pods with names are drawn, the richest first; measures as in chips.js. */
const NAMED = [
  { name: "roomy", wide: 5.125, high: 4.84 },
  { name: "snug", wide: 3.875, high: 4.84 },
  { name: "tight", wide: 3.6875, high: 3.25 },
  { name: "thin", wide: 3.6875, high: 2.375 },
];

/**
 * Glyphs, from large to small: `[size, wide, high]`, rem of one pod with the air beside and below it.
 * @type {[string, number, number][]}
 */
const SIZES = [
  ["large", 1.5625, 2.6875],
  ["middle", 1.125, 1.9375],
  ["small", 0.875, 1.6875],
  ["tiny", 0.875, 1.0625],
  ["dust", 0.5, 0.75],
];

/** The room for pods on a card of that size: `{wide, high}`, all in rem. */
function roomOf(size) {
  if (!size) return LISTED;
  const taken = size.high < TALL ? TAKEN.low : TAKEN.tall;
  return { wide: size.wide - taken.wide, high: size.high - taken.high, bound: false };
}

const sizeOf = (count, room) =>
  SIZES.find(([, wide, high]) => Math.ceil(count / Math.floor(room.wide / wide)) * high <= room.high) ??
    SIZES.at(-1);

class MediumCard {
  #size;
  #item = null;
  #rings = new Rings();
  #pill = statePill();
  #heartbeat = h("p", { class: "ring-first" });
  #due = h("p", { class: "ring-second" });
  #words = h("p", { class: "in-words" });
  #mark = h("span", { class: "differs-mark", role: "img" });
  #belief = new BeliefReality();
  #squares = h("div", { class: "dots" });
  #parts;

  /** `size`: `{wide, high}` of the card in rem, null where it is one of a list. */
  constructor(node, size) {
    const { name } = node;
    this.#size = size;
    this.#parts = minis(node);
    this.element = h(
      "article",
      {
        class: "node medium",
        "data-node": name,
        "data-endpoint": `node@${name}`,
        "aria-label": fill(gettext("node %(name)s"), { name }),
      },
      h(
        "div",
        { class: "vital" },
        this.#rings.element,
        h(
          "div",
          { class: "vital-text" },
          h(
            "header",
            { class: "node-head" },
            nameHandle(name),
            this.#pill,
          ),
          this.#heartbeat,
          h("div", { class: "due-line" }, this.#due, this.#mark),
          this.#words,
        ),
      ),
      h("div", { class: "on-node" }, this.#parts, this.#belief.element, this.#squares),
    );
    this.element.update = (item) => this.#update(item);
    this.element.frame = (now, words) => this.#frame(now, words);
    this.element.fit = (size) => this.#fit(size);
  }

  /** The card is of another size. */
  #fit(size) {
    this.#size = size;
    if (this.#item) this.#drawPods(this.#item);
  }

  #update(item) {
    const { node, deadlines } = item;
    this.#item = item;
    set(this.element, "data-state", nodeState(node));
    set(this.element, "data-power", node.machine.power);
    set(this.element, "title", troubles(node).join(" · "));
    this.#pill.update(node);
    this.#parts.update(node);
    this.#rings.update(node, deadlines);
    const n = differing(node);
    const differs = n ? fill(gettext("differs: %(n)s"), { n }) : "";
    setText(this.#mark, n ? `≠ ${n}` : "");
    set(this.#mark, "aria-label", differs || null);
    setText(this.#words, [countsOf(node), differs].filter(Boolean).join(" · "));
    this.#drawPods(item);
  }

  #drawPods(item) {
    const items = columns(item.node);
    const room = roomOf(this.#size);
    const named = arrange(items.length, room, NAMED).fits;
    set(this.#belief.element, "hidden", !named);
    set(this.#squares, "hidden", named);
    if (named) this.#belief.update(item, room, NAMED);
    else {
      set(this.#squares, "data-glyphs", sizeOf(items.length, room)[0]);
      keyed(this.#squares, items, ({ uid }) => uid, square);
    }
  }

  #frame(now, words) {
    if (!this.#item) return;
    this.#rings.frame(now);
    if (!words) return;
    const { node, deadlines } = this.#item;
    const [heartbeat, due] = ringWords(node, deadlines, now);
    const high = this.#size?.high >= TALL;
    const brief = differing(node) > 0 && this.#size?.wide < BRIEF;
    const wrong = troubles(node, brief);
    if (node.unschedulable) wrong.push(gettext("cordoned"));
    const beat = brief ? heard(deadlines, now) : heartbeat;
    const calm = wrong.length ? `✕ ${wrong.join(" · ")}` : high ? due : beat;
    setText(this.#heartbeat, high ? heartbeat : "");
    setText(this.#due, dueWords(node, deadlines, now) || calm);
    set(this.#due, "title", `${heartbeat} · ${due}`);
  }
}

/** When the last heartbeat was, where the mark "differs" takes the room of more words. */
const heard = ({ grace }, now) =>
  grace ? fill(gettext("%(age)s ago"), { age: span(now - grace.origin) }) : "";

/** `size`: `{wide, high}` of the card in rem, null where it is one of a list. */
export function mediumCard(item, size = null) {
  return new MediumCard(item.node, size).element;
}
