/**
 * Answering by pointing: while a question waits for it, a click on a part of the stage is the answer. A node
 * whose parts are not in sight, as on a phone, opens first.
 */
import { narrow } from "../preferences.js";

/** Whether this is a node that shows none of its parts yet. */
function closed(part) {
  const node = part.dataset.part ?? part.dataset.node;
  const card = part.closest("[data-node]");
  if (!narrow.matches || card?.dataset.node !== node) return false;
  const own = [...card.querySelectorAll(`[data-part^="${CSS.escape(node)}."]`)];
  return !own.some((element) => element.checkVisibility());
}

export class Pointing {
  #tabs;
  #chosen = null;
  #on = false;

  constructor(tabs) {
    this.#tabs = tabs;
    document.addEventListener("click", (event) => this.#clicked(event), true);
  }

  /** From now on `chosen(part)` hears what is pointed at. */
  begin(chosen) {
    this.#chosen = chosen;
    this.again(true);
  }

  again(on) {
    this.#on = on;
    document.body.toggleAttribute("data-pointing", on);
  }

  end() {
    this.again(false);
    for (const part of document.querySelectorAll(".pointed-at")) part.classList.remove("pointed-at");
  }

  /** On a phone the stage is behind the sheet. */
  look() {
    this.#tabs?.close();
  }

  #clicked(event) {
    if (!this.#on) return;
    const part = event.target.closest("#stage [data-part], #stage [data-node], #traffic [data-part]");
    if (!part || closed(part)) return;
    event.preventDefault();
    event.stopPropagation();
    for (const other of document.querySelectorAll(".pointed-at")) other.classList.remove("pointed-at");
    part.classList.add("pointed-at");
    this.#chosen(part.dataset.part ?? part.dataset.node);
    this.#tabs?.show("lesson");
  }
}
