/** The time that the teacher gave, counted down. */
import { set, setText } from "../dom.js";
import { fill, gettext } from "../words.js";

export class Timer {
  #element;
  #ends = null;

  constructor(element) {
    this.#element = element;
    setInterval(() => this.#draw(), 500);
  }

  /** Seconds that are left as of now; null: no time is counted. */
  hear(seconds) {
    this.#ends = seconds === null || seconds === undefined ? null : Date.now() + seconds * 1000;
    this.#draw();
  }

  #draw() {
    set(this.#element, "hidden", this.#ends === null);
    if (this.#ends === null) return;
    const left = Math.max(0, Math.round((this.#ends - Date.now()) / 1000));
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    setText(this.#element, left ? fill(gettext("%(clock)s left"), { clock }) : gettext("Time is up"));
    set(this.#element, "data-over", left ? null : "");
  }
}
