/**
 * Effects show when their messages arrive: a tick is held back while its messages fly, and never overtakes
 * the one before it. At speeds where nothing travels, and while the page is hidden, ticks pass at once.
 */
export class Arrivals {
  #flights;
  #apply;
  #held = [];
  #last = 0;

  constructor(flights, apply) {
    this.#flights = flights;
    this.#apply = apply;
  }

  tick(frame) {
    const now = performance.now();
    const flight = this.#flights.launch(frame.messages, frame.playing ? frame.speed : 1);
    const due = Math.max(now + (frame.speed <= 2 ? flight : 0), this.#last);
    this.#last = due;
    this.#held.push({ due, frame });
    // A hidden page gets no frames, so nothing is held back in it.
    if (due <= now || document.hidden) this.frame();
  }

  /** A snapshot replaces everything that was on its way. */
  clear() {
    this.#held = [];
    this.#last = 0;
  }

  frame() {
    const now = performance.now();
    while (this.#held.length && (this.#held[0].due <= now || document.hidden)) {
      this.#apply(this.#held.shift().frame);
    }
  }
}
