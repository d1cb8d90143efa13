/** Time in the reader's hands: play, pause, next event, the speed asked for and the rate achieved. */
import { byId, h, setIcon, setText } from "./dom.js";
import { fill, gettext } from "./words.js";

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600];

const written = (rate) => (rate >= 100 ? Math.round(rate) : Number(rate.toPrecision(2)));

export class Transport {
  #socket;
  #store;
  #play = byId("play");
  #select = byId("speed");
  #achieved = byId("achieved");
  #ease = byId("ease");

  #viewpoint;
  #step;

  /** `step(direction)` goes to another event while one looks at the past. */
  constructor(socket, store, viewpoint, step) {
    this.#viewpoint = viewpoint;
    this.#step = step;
    this.#socket = socket;
    this.#store = store;
    this.#select.append(...SPEEDS.map((speed) => h("option", { value: speed }, `${speed}×`)));
    this.#select.addEventListener("change", () => this.#speed(Number(this.#select.value)));
    this.#play.addEventListener("click", () => this.toggle());
    this.#ease.addEventListener("click", () => this.ease());
    byId("next-event").addEventListener("click", () => this.next());
  }

  toggle() {
    this.#say(this.#store.playing ? "pause" : "play");
  }

  next() {
    if (this.#viewpoint.looking) this.#step("next");
    else this.#say("next-event");
  }

  /** Whether time eases to 1x near a deadline. */
  ease() {
    this.#say("ease", { on: !this.#store.ease });
  }

  /**
   * Whether this viewer may set the pace; `powers`: which of its controls a lesson's step leaves, null for
   * all.
   */
  allow(may, powers = null) {
    const has = (power) => may && (!powers || powers.has(power));
    this.#play.disabled = !has("play");
    this.#select.disabled = this.#ease.disabled = !has("speed");
    byId("next-event").disabled = !has("step");
  }

  /** One step along the list of speeds. */
  step(by) {
    const { speed } = this.#store;
    const place = SPEEDS.findIndex((one) => one >= speed);
    const next =
      SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (place < 0 ? SPEEDS.length - 1 : place) + by))];
    if (next !== speed) this.#speed(next);
  }

  #speed(speed) {
    this.#say("speed", { speed });
  }

  #say(action, more = {}) {
    this.#socket.tell("transport", { action, ...more });
  }

  update() {
    const { playing, speed, rate, ease } = this.#store;
    const label = playing ? gettext("Pause") : gettext("Play");
    setIcon(this.#play, playing ? "pause" : "play");
    setText(this.#play.querySelector("span"), label);
    this.#play.title = label;
    this.#select.querySelector("[data-own]")?.remove();
    if (!SPEEDS.includes(speed)) {
      this.#select.append(h("option", { value: speed, "data-own": true }, `${speed}×`));
    }
    this.#select.value = String(speed);
    this.#ease.setAttribute("aria-pressed", String(Boolean(ease)));
    setText(this.#achieved, this.#pace());
    this.#achieved.toggleAttribute("data-slow", playing && rate < speed * 0.8);
  }

  #pace() {
    const { playing, rate, eased } = this.#store;
    if (eased) return gettext("1×: a deadline is near");
    if (playing) return fill(gettext("runs at %(rate)s×"), { rate: written(rate) });
    return rate ? gettext("to the next event") : gettext("paused");
  }
}
