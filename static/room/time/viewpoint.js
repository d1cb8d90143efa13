/**
 * Where this viewer looks: at the live room, or back at a moment of a branch. Speaks through `change`
 * whenever that moves. While one scrubs, only the newest moment is asked for, a few times a second.
 */
import { unfolded } from "../numbers.js";

const PACE_MS = 100;

export class Viewpoint extends EventTarget {
  /** The frame of the past that is looked at; null: live. */
  past = null;
  /** The moment that was asked for last, shown at once while its frame is on the way. */
  aim = null;
  #socket;
  #store;
  #asking = false;
  /** What was asked for last is not there yet. */
  #pending = false;
  #timer = 0;
  #sent = -PACE_MS;

  constructor(socket, store) {
    super();
    this.#socket = socket;
    this.#store = store;
  }

  get looking() {
    return this.past !== null;
  }

  get view() {
    return this.past?.view ?? this.#store.view;
  }

  /**
   * Something of what is shown is known better, without being another moment.
   * @param {object} better
   */
  know(better) {
    const known = this.past ?? this.#store;
    known.view = { ...known.view, ...better };
  }

  get branch() {
    return this.past?.branch ?? this.#store.branch;
  }

  /** What frames that may ask about the past say of it: nothing while live. */
  when() {
    return this.past ? { t: this.past.t, branch: this.past.branch } : {};
  }

  /** Looks at `t` of the branch that is looked at, or of another. */
  look(t, branch = this.branch) {
    this.#asking = this.#pending = true;
    this.aim = { t: Math.round(t), branch };
    if (!this.#timer) {
      this.#timer = setTimeout(() => this.#ask(), Math.max(0, this.#sent + PACE_MS - performance.now()));
    }
    this.#say();
  }

  /** To the event before or after the moment shown. */
  step(direction, now) {
    this.#asking = this.#pending = true;
    this.#socket.tell("look", {
      t: Math.round(this.past?.t ?? now),
      step: direction,
      branch: this.branch ?? null,
    });
  }

  /** Whether a moment was asked for that is not there yet. */
  get waiting() {
    return this.#asking && this.#pending;
  }

  live() {
    clearTimeout(this.#timer);
    Object.assign(this, { past: null, aim: null });
    this.#timer = 0;
    if (this.#asking) this.#socket.tell("live");
    this.#asking = this.#pending = false;
    this.#say();
  }

  /** The moment that was asked for cannot be had. */
  refused() {
    if (!this.#pending) return;
    this.#pending = false;
    this.aim = null;
    this.#say();
  }

  received(frame) {
    if (!this.#asking) return;
    this.#pending = false;
    this.past = { ...frame, view: unfolded(frame.view) };
    if (!this.#timer) this.aim = null;
    this.#say();
  }

  /** The room is heard again after a break: ask for the same moment. */
  again() {
    if (this.past) this.look(this.past.t, this.past.branch);
  }

  #ask() {
    this.#timer = 0;
    this.#sent = performance.now();
    if (this.aim) this.#socket.tell("look", this.aim);
  }

  #say() {
    this.dispatchEvent(new Event("change"));
  }
}
