/**
 * Shows what a sentence speaks of: a ring around the parts, and a line from the sentence to the first of
 * them.
 */
import { s, set } from "../dom.js";
import { narrow, reducedMotion } from "../preferences.js";

const places = () => [document.getElementById("stage"), document.getElementById("traffic")];
const seen = (part) =>
  places().flatMap((place) => [...place.querySelectorAll(`[data-part="${CSS.escape(part)}"]`)]).filter((
    element,
  ) => element.checkVisibility());
/** What stands for a part: itself, or its node where that is drawn without its parts. */
const find = (part) => {
  const found = seen(part);
  return found.length || !part.includes(".") ? found : seen(part.split(".")[0]);
};
/** The sheet of a phone has its new height after this. */
const SHEET_MS = 250;
/** Pixels left free around a part that was brought into sight. */
const AIR = 10;

/** On a node, its whole card. */
const outlined = (
  element,
) => (element.classList.contains("node-name") ? element.closest(".node") ?? element : element);

export class Spotlight {
  #parts = [];
  #from = null;
  #line = s("path", { class: "leader" });
  #dot = s("circle", { class: "leader-dot", r: "5" });
  #svg = s("svg", { class: "leader-layer", "aria-hidden": "true" }, this.#line, this.#dot);

  constructor() {
    document.body.append(this.#svg);
    addEventListener("resize", () => this.lay());
  }

  /** Speak of these parts; the line begins at what `from` gives, null for no line. */
  on(parts, from) {
    const others = parts.join() !== this.#parts.join();
    this.#parts = parts;
    this.#from = from;
    this.mark();
    if (others) this.bring();
  }

  /** On a phone, scrolls the first of the parts to where the sheet leaves it in sight. */
  bring() {
    const target = this.#target;
    if (!target || !narrow.matches) return;
    const top = document.querySelector(".topbar").getBoundingClientRect().bottom + AIR;
    const bottom = document.getElementById("pane").getBoundingClientRect().top - AIR;
    const box = target.getBoundingClientRect();
    if (bottom - top < AIR || (box.top >= top && box.bottom <= bottom)) return;
    scrollBy({ top: box.top - top, behavior: reducedMotion() ? "auto" : "smooth" });
  }

  /** The same once the sheet has moved to its new height. */
  settle() {
    setTimeout(() => this.bring(), SHEET_MS);
  }

  get #target() {
    return this.#parts.flatMap(find).map(outlined)[0];
  }

  /** Called again after the stage was drawn. */
  mark() {
    const wanted = new Set(this.#parts.flatMap(find).map(outlined));
    for (const element of document.querySelectorAll(".spoken")) {
      if (!wanted.has(element)) element.classList.remove("spoken");
    }
    for (const element of wanted) element.classList.add("spoken");
    this.lay();
  }

  lay() {
    const target = this.#target;
    const source = this.#from?.();
    const draw = Boolean(target && source?.checkVisibility() && !narrow.matches);
    set(this.#svg, "hidden", !draw);
    this.#svg.style.display = draw ? "" : "none";
    if (!draw) return;
    const pane = source.closest(".pane").getBoundingClientRect();
    const from = source.getBoundingClientRect();
    const y = Math.min(Math.max(from.top + Math.min(from.height / 2, 16), pane.top + 8), pane.bottom - 8);
    const points = route(target, pane.left, y);
    set(this.#line, "d", `M${points.map(([px, py]) => `${Math.round(px)} ${Math.round(py)}`).join("L")}`);
    const [x, end] = points.at(-1);
    set(this.#dot, "cx", x);
    set(this.#dot, "cy", end);
  }
}

/** From the pane to a part: through the gutter and between the cards, so that it crosses no words. */
function route(target, left, y) {
  const box = target.getBoundingClientRect();
  const gutter = document.getElementById("gutter").getBoundingClientRect();
  const card = target.closest(".node, .tile")?.getBoundingClientRect();
  const edge = left - 4;
  if (!card) {
    const lane = box.top > gutter.bottom
      ? box.top - 5
      : box.bottom < gutter.top - 40
      ? box.bottom + 3
      : gutter.top + 9;
    const x = box.left + box.width * 0.8;
    return [[left, y], [edge, lane], [x, lane], [x, lane > box.bottom ? box.bottom + 3 : box.top - 3]];
  }
  const lane = Math.min(card.top, box.top) - 9;
  if (box.top < card.top + 4) {
    return [[left, y], [edge, lane], [box.left + box.width * 0.8, lane], [
      box.left + box.width * 0.8,
      box.top - 4,
    ]];
  }
  const gap = card.right + 6;
  const height = box.top + box.height / 2;
  return [[left, y], [edge, lane], [gap, lane], [gap, height], [box.right + 4, height]];
}
