/**
 * Simulated time between two ticks: extrapolated at the achieved rate, but never far past what was received.
 */

const SLACK_MS = 150;
/** Faster than this a guess would be seconds off, so the clock shows only what was received. */
const FASTEST_GUESS = 20;

export class Clock {
  #t = 0;
  #rate = 0;
  #at = 0;
  #shown = -Infinity;

  /** A frame said: it is `t`, and time passes at `rate` simulated seconds a second (0 when it stands). */
  received(t, rate, jump = false) {
    if (jump || rate === 0 || t < this.#t) this.#shown = -Infinity;
    this.#t = t;
    this.#rate = rate > FASTEST_GUESS ? 0 : rate;
    this.#at = performance.now();
  }

  now() {
    const elapsed = Math.min(performance.now() - this.#at, SLACK_MS);
    this.#shown = Math.max(this.#shown, this.#t + elapsed * this.#rate * 1000);
    return this.#shown;
  }
}
