/**
 * While one looks back: where one looks, where the room is, the way back to live, and the beginning of a
 * branch.
 */
import { h, setText } from "../dom.js";
import { lookingWords } from "../looking.js";
import { clockText, fill, gettext } from "../words.js";

export class PastBar {
  #root;
  /** What is said while the moment is on its way; "" otherwise. */
  #waiting = "";
  #words = h("p", { class: "past-words" });
  #fork;
  #live;
  #may = true;

  constructor(root, { live, fork }) {
    this.#root = root;
    this.#fork = h("button", { class: "button", onclick: fork }, gettext("Begin a branch here"));
    this.#live = h("button", { class: "button primary", onclick: live, "aria-keyshortcuts": "0" });
    root.append(this.#words, this.#live, this.#fork);
  }

  /** Only who may act may take the room to a branch. */
  allow(may) {
    this.#may = may;
  }

  /** The moment is on its way for so far: a frame of type `looking`. */
  far(frame) {
    this.#waiting = lookingWords(frame);
  }

  update(viewpoint, branches, now) {
    const { past } = viewpoint;
    if (!viewpoint.waiting) this.#waiting = "";
    this.#root.hidden = !past && !this.#waiting;
    this.#fork.hidden = !past || !this.#may;
    setText(this.#live, past ? gettext("Back to live") : gettext("Cancel"));
    document.documentElement.toggleAttribute("data-past", Boolean(past));
    if (this.#waiting) setText(this.#words, this.#waiting);
    if (!past || this.#waiting) return;
    const values = {
      t: clockText(viewpoint.aim?.t ?? past.t),
      live: clockText(now),
      name: branches.name(past.branch),
    };
    const elsewhere = branches.current !== null && past.branch !== branches.current;
    setText(
      this.#words,
      elsewhere
        ? fill(gettext('You look at %(t)s of "%(name)s"; live is %(live)s'), values)
        : fill(gettext("You look at %(t)s; live is %(live)s"), values),
    );
  }
}
