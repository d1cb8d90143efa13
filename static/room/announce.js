/**
 * Speaks what matters to a screen reader, politely: at most one message in two seconds, the newest ones if
 * there are many.
 */
import { setText } from "./dom.js";

const QUIET_MS = 2000;
const WAITING = 3;

export class Announcer {
  #live;
  #waiting = [];
  #last = -QUIET_MS;
  #timer = 0;

  constructor(live) {
    this.#live = live;
  }

  say(text) {
    if (!text || this.#waiting.includes(text)) return;
    this.#waiting.push(text);
    if (this.#waiting.length > WAITING) this.#waiting.shift();
    this.#next();
  }

  #next() {
    if (this.#timer || !this.#waiting.length) return;
    const wait = Math.max(0, this.#last + QUIET_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#last = performance.now();
      setText(this.#live, this.#waiting.shift());
      this.#next();
    }, wait);
  }
}
