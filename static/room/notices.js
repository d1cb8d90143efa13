/** Short notices at the edge of the page: what was refused and why, and whether the room can be heard. */
import { h } from "./dom.js";
import { gettext } from "./words.js";

const STAYS_MS = 8000;

export class Notices {
  #root;
  #link = null;

  constructor(root) {
    this.#root = root;
    for (const notice of root.querySelectorAll(".notice")) setTimeout(() => notice.remove(), STAYS_MS);
  }

  say(text, kind = "info", ...more) {
    for (const old of this.#root.querySelectorAll(".notice")) if (old.textContent === text) old.remove();
    const notice = h("p", { class: "notice", "data-kind": kind }, text, ...more);
    this.#root.append(notice);
    setTimeout(() => notice.remove(), STAYS_MS);
    return notice;
  }

  /** The state of the connection, shown as long as it is not open. */
  connection(state) {
    this.#link?.remove();
    this.#link = null;
    document.documentElement.dataset.connection = state;
    if (state !== "lost" && state !== "ended") return;
    const text = state === "lost"
      ? gettext("The room cannot be heard. Trying again; what you see is the last that was heard.")
      : gettext("This room has ended.");
    this.#link = h("p", { class: "notice", "data-kind": "lost" }, text);
    this.#root.append(this.#link);
  }
}
