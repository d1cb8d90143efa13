/**
 * While one looks back: where one looks, where the room is, the way back to live, and the beginning of a
 * branch.
 */
import { h, setText } from "../dom.js";
import { clockText, fill, gettext } from "../words.js";

export class PastBar {
  #root;
  #words = h("p", { class: "past-words" });
  #fork;

  constructor(root, { live, fork }) {
    this.#root = root;
    this.#fork = h("button", { class: "button", onclick: fork }, gettext("Begin a branch here"));
    root.append(
      this.#words,
      h(
        "button",
        { class: "button primary", onclick: live, "aria-keyshortcuts": "0" },
        gettext("Back to live"),
      ),
      this.#fork,
    );
  }

  /** Only who may act may take the room to a branch. */
  allow(may) {
    this.#fork.hidden = !may;
  }

  update(viewpoint, branches, now) {
    const { past } = viewpoint;
    this.#root.hidden = !past;
    document.documentElement.toggleAttribute("data-past", Boolean(past));
    if (!past) return;
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
