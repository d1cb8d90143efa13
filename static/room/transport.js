/** Time in the reader's hands: play, pause, next event, the speed asked for and the rate achieved. */
import { h, setIcon, setText } from "./dom.js";
import { fill, gettext } from "./words.js";

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600];

const written = (rate) => (rate >= 100 ? Math.round(rate) : Number(rate.toPrecision(2)));

export class Transport {
  #socket;
  #store;
  #play = document.getElementById("play");
  #select = document.getElementById("speed");
  #achieved = document.getElementById("achieved");

  constructor(socket, store) {
    this.#socket = socket;
    this.#store = store;
    this.#select.append(...SPEEDS.map((speed) => h("option", { value: speed }, `${speed}×`)));
    this.#select.addEventListener("change", () => this.#speed(Number(this.#select.value)));
    this.#play.addEventListener("click", () => this.toggle());
    document.getElementById("next-event").addEventListener("click", () => this.next());
  }

  toggle() {
    this.#socket.transport(this.#store.playing ? "pause" : "play");
  }

  next() {
    this.#socket.transport("next-event");
  }

  /** One step along the list of speeds. */
  step(by) {
    const { speed } = this.#store;
    const place = SPEEDS.findIndex((one) => one >= speed);
    const next = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (place < 0 ? SPEEDS.length - 1 : place) + by))];
    if (next !== speed) this.#speed(next);
  }

  #speed(speed) {
    this.#socket.transport("speed", { speed });
  }

  update() {
    const { playing, speed, rate } = this.#store;
    const label = playing ? gettext("Pause") : gettext("Play");
    setIcon(this.#play, playing ? "pause" : "play");
    setText(this.#play.querySelector("span"), label);
    this.#play.title = label;
    if (document.activeElement !== this.#select || SPEEDS.includes(speed)) this.#select.value = String(speed);
    setText(this.#achieved, playing ? fill(gettext("runs at %(rate)s×"), { rate: written(rate) }) : gettext("paused"));
    this.#achieved.toggleAttribute("data-slow", playing && rate < speed * 0.8);
  }
}
