/** Which stretch of time is drawn: it follows the room until somebody zooms or pans, and then stays put. */

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
/** The share of the width that shows the past while following. */
const PAST = 0.4;
const SHORTEST = 2 * SECOND;
const LONGEST = 24 * 60 * MINUTE;
const FOLLOWED = 9 * MINUTE;

export class Scale {
  start = -4 * MINUTE;
  length = FOLLOWED;
  following = true;

  get end() {
    return this.start + this.length;
  }

  /** While following: the moment stays in its place, and what is due next is in sight. */
  follow(now, furthest) {
    if (!this.following) return;
    this.length = Math.max(FOLLOWED, (furthest * 1.15) / (1 - PAST));
    this.start = now - this.length * PAST;
  }

  /** Larger or smaller around a moment, which stays where it is. */
  zoom(factor, around) {
    const length = Math.min(LONGEST, Math.max(SHORTEST, this.length * factor));
    this.start = around - (around - this.start) * (length / this.length);
    this.length = length;
    this.following = false;
  }

  pan(by) {
    this.start += by;
    this.following = false;
  }

  /** Brings a moment into sight. */
  reveal(t) {
    if (t >= this.start && t <= this.end) return;
    this.start = t - this.length / 2;
    this.following = false;
  }

  /** Everything between two moments. */
  fit(start, end) {
    this.length = Math.max(SHORTEST, (end - start) * 1.05);
    this.start = start - (this.length - (end - start)) / 2;
    this.following = false;
  }
}
