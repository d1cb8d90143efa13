/** Time in the reader's hands: play, pause, next event, the speed asked for and the rate achieved. */
import { byId, h, set, setIcon, setText } from "./dom.js";
import { fill, gettext } from "./words.js";

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600];

/** Below this share of the speed asked for, the server does not keep up ... */
const SLOW = 0.8;
/** ... and after so long of it, that is said in a sentence. */
const SLOW_MS = 4000;

const written = (rate) => (rate >= 100 ? Math.round(rate) : Number(rate.toPrecision(2)));

export class Transport {
  #socket;
  #store;
  #play = byId("play");
  #select = byId("speed");
  #achieved = byId("achieved");
  #ease = byId("ease");
  #slowSince = null;
  #notices;

  #viewpoint;
  #step;

  /** `step(direction)` goes to another event while one looks at the past. */
  constructor(socket, store, viewpoint, notices, step) {
    this.#notices = notices;
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
    set(this.#play, "title", label);
    this.#select.querySelector("[data-own]")?.remove();
    if (!SPEEDS.includes(speed)) {
      this.#select.append(h("option", { value: speed, "data-own": true }, `${speed}×`));
    }
    this.#select.value = String(speed);
    set(this.#ease, "aria-pressed", String(Boolean(ease)));
    setText(this.#achieved, this.#pace());
    this.#achieved.toggleAttribute("data-slow", this.#slow);
    this.#tellSlow(speed, rate);
  }

  get #slow() {
    const { playing, rate, speed, eased } = this.#store;
    return playing && !eased && rate > 0 && rate < speed * SLOW;
  }

  /** Says in a sentence, once for each speed asked for, that the server cannot keep up. */
  #tellSlow(speed, rate) {
    if (!this.#slow) this.#slowSince = null;
    else if (this.#slowSince?.speed !== speed) {
      this.#slowSince = { speed, at: performance.now(), told: false };
    } else if (!this.#slowSince.told && performance.now() - this.#slowSince.at > SLOW_MS) {
      this.#slowSince.told = true;
      const values = { speed, rate: written(rate) };
      this.#notices.say(
        fill(
          gettext("The server computes this cluster at %(rate)s×, not at the %(speed)s× asked for."),
          values,
        ),
      );
    }
  }

  #pace() {
    const { playing, rate, speed, eased } = this.#store;
    if (this.#slow) {
      return fill(gettext("only %(rate)s× of %(speed)s×"), { rate: written(rate), speed });
    }
    if (eased) return gettext("1×: a deadline is near");
    if (playing && !rate) return "";
    if (playing) return fill(gettext("runs at %(rate)s×"), { rate: written(rate) });
    return rate ? gettext("to the next event") : gettext("paused");
  }
}
