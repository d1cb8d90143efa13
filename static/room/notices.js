/** Short notices at the edge of the page: what was refused and why, and whether the room can be heard. */
import { h } from "./dom.js";
import { gettext } from "./words.js";

const STAYS_MS = 8000;
/** A connection that ends so soon after an error ends because of it. */
const JUST_NOW_MS = 2000;

export class Notices {
  #root;
  #link = null;
  #trouble = null;
  #silence = null;
  /** What was last said to be wrong, and when. */
  #why = { text: "", at: 0 };

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

  /** Something is wrong, mostly with the last frame; where the connection ends with it, this is why. */
  error(text) {
    this.#why = { text, at: performance.now() };
    if (this.#link || this.#trouble?.textContent.startsWith(text)) return;
    this.say(text, "error");
  }

  /** The room is there. */
  joined() {
    this.connection("open");
  }

  /** The state of the connection, shown until the room is there: who tries in vain sees one notice, not one for each try. */
  connection(state) {
    if (state === "connecting") return;
    document.documentElement.dataset.connection = state;
    this.#link?.remove();
    this.#link = null;
    if (state === "open") return;
    this.#link = h("p", { class: "notice", "data-kind": "lost" }, this.#unheard(state === "lost"));
    this.#root.append(this.#link);
  }

  /** Why the room is not heard. */
  #unheard(tries) {
    const why = performance.now() - this.#why.at < JUST_NOW_MS ? this.#why.text : "";
    for (const old of this.#root.querySelectorAll(".notice")) if (old.textContent === why) old.remove();
    if (!tries) return why || gettext("This room has ended.");
    const trying = gettext(
      "There is no connection to the room. Trying again; what you see is as it was last.",
    );
    return why ? `${why} ${trying}` : trying;
  }

  /** Whether nothing comes of a room that plays, although it is connected and no trouble was told. */
  silence(on) {
    if (on && this.#trouble) return;
    if (on === Boolean(this.#silence)) return;
    this.#silence?.remove();
    this.#silence = null;
    document.documentElement.toggleAttribute("data-silent", on);
    if (!on) return;
    const text = gettext("Nothing comes from the server. What you see is as it was last.");
    this.#silence = h("p", { class: "notice", "data-kind": "lost" }, text);
    this.#root.prepend(this.#silence);
  }

  /** What keeps the room from going on, for as long as it does; an empty text: nothing any more. */
  trouble(text, ...more) {
    this.#trouble?.remove();
    this.#trouble = null;
    if (!text) return;
    const hide = h("button", { class: "button plain", onclick: () => this.trouble("") }, gettext("Hide"));
    const buttons = h("span", { class: "notice-buttons" }, ...more, hide);
    this.#trouble = h("p", { class: "notice", "data-kind": "lost" }, text, " ", buttons);
    this.#root.prepend(this.#trouble);
  }
}
