/**
 * The milestones of both runs on one axis: the upper row is the first run's, the lower the second's;
 * a line joins the same one.
 */
import { s } from "../room/dom.js";
import { clockText, fill, gettext, pick } from "../room/words.js";

const SECOND = 1_000_000;
const STEPS = [10, 30, 60, 120, 300, 600, 1800, 3600].map((seconds) => seconds * SECOND);
const HEIGHT = 92;
const ROWS = { a: 34, b: 74 };
const LEFT = 28;

export class Axis {
  #root;
  #look;
  #head = s("line", { class: "axis-head", y1: 14, y2: HEIGHT });
  #x = (/** @type {number} */ _when) => 0;
  #end = SECOND;

  /** `look(t)` goes to a moment. */
  constructor(root, look) {
    this.#root = root;
    this.#look = look;
    root.addEventListener("pointerdown", (event) => this.#drag(event));
    root.addEventListener("pointermove", (event) => event.buttons === 1 && this.#drag(event));
  }

  show({ t, a, b, rows }, until) {
    const width = this.#root.clientWidth;
    const end = Math.max(until, SECOND);
    this.#end = end;
    this.#x = (when) => LEFT + (Math.max(0, when) / end) * (width - LEFT - 12);
    const svg = s("svg", { class: "axis", viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT });
    const step = STEPS.find((one) => this.#x(one) - this.#x(0) > 80) ?? STEPS.at(-1);
    for (let when = 0; when <= end; when += step) {
      svg.append(
        s("line", { class: "axis-grid", x1: this.#x(when), x2: this.#x(when), y1: 18, y2: HEIGHT }),
        s("text", { class: "axis-time", x: this.#x(when), y: 12 }, clockText(when).replace(/^00:/, "")),
      );
    }
    for (const [side, run] of [["a", a], ["b", b]]) {
      svg.append(
        s("text", { class: "axis-name", x: 4, y: ROWS[side] + 5 }, side.toUpperCase()),
        s("line", {
          class: "axis-run",
          x1: this.#x(0),
          x2: this.#x(run.head),
          y1: ROWS[side],
          y2: ROWS[side],
        }),
      );
    }
    for (const row of rows) svg.append(...this.#row(row));
    svg.append(this.#head);
    this.#root.replaceChildren(svg);
    this.at(t);
  }

  at(t) {
    const x = this.#x(t);
    this.#head.setAttribute("x1", x);
    this.#head.setAttribute("x2", x);
  }

  #row(row) {
    const found = [];
    const state = row.differs ? "differs" : "same";
    if (row.a !== null && row.b !== null) {
      found.push(
        s("line", {
          class: "axis-join",
          "data-state": state,
          x1: this.#x(row.a),
          x2: this.#x(row.b),
          y1: ROWS.a,
          y2: ROWS.b,
        }),
      );
    }
    for (const side of ["a", "b"]) {
      if (row[side] === null) continue;
      const alone = row.a === null || row.b === null;
      const title = fill(gettext("%(t)s %(text)s"), { t: clockText(row[side], true), text: pick(row.text) });
      found.push(
        s("path", {
          class: "axis-mark",
          "data-state": alone ? "alone" : state,
          d: `M${this.#x(row[side])} ${ROWS[side]}m-5 0l5 -6 5 6 -5 6z`,
        }, s("title", {}, title)),
      );
    }
    return found;
  }

  #drag(event) {
    const box = this.#root.getBoundingClientRect();
    const share = (event.clientX - box.left - LEFT) / (box.width - LEFT - 12);
    this.#look(Math.min(1, Math.max(0, share)) * this.#end);
  }
}
