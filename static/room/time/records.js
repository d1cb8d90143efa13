/**
 * The records of all branches looked at, each loaded once, and again where ticks came too fast to tell
 * everything.
 */
import { RunRecord } from "./record.js";

/** A branch is loaded again at most so often ... */
const AGAIN_MS = 4_000;
/** ... and what takes long seldom: after so many times as long as it took. */
const PATIENCE = 5;

export class Records {
  #ask;
  #known = new Map();
  /** The branches whose past was asked for while the step of a lesson withholds it. */
  #withheld = new Set();
  #may;
  /** When it may be asked again. */
  #again = 0;

  /**
   * `ask(branch)`: what is known of a branch, "withheld", or null. `may`: whether that may be asked before
   * the step of a lesson has said so.
   */
  constructor(ask, may) {
    this.#ask = ask;
    this.#may = may;
  }

  /** Whether this viewer may look back now. */
  get may() {
    return this.#may;
  }

  /** Whether this viewer may look back now; what was withheld until now is loaded. */
  allow(may) {
    this.#may = may;
    if (!may) return;
    const withheld = [...this.#withheld];
    this.#withheld.clear();
    for (const branch of withheld) this.#load(branch, this.of(branch));
  }

  of(branch) {
    let record = this.#known.get(branch);
    if (!record) {
      record = new RunRecord();
      this.#known.set(branch, record);
      this.#load(branch, record);
    }
    return record;
  }

  /** Fills in what the ticks of the branch left out. */
  refresh(branch) {
    const record = this.of(branch);
    if (record.coarse && performance.now() > this.#again) this.#load(branch, record);
  }

  async #load(branch, record) {
    if (!this.#may) {
      this.#withheld.add(branch);
      return;
    }
    const began = performance.now();
    this.#again = Infinity;
    try {
      const known = await this.#ask(branch);
      if (known === "withheld") this.#withheld.add(branch);
      else if (known) record.load(known);
    } catch { /* the ticks go on telling; what was before them is not known then */ }
    const now = performance.now();
    this.#again = now + Math.max(AGAIN_MS, PATIENCE * (now - began));
  }
}
