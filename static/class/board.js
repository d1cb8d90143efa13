/** The parts of the class screen that the server draws: fetched anew when they changed, and nodes dragged. */
import { byId } from "../room/dom.js";

/** Changes that come close together are fetched at once. */
const TOGETHER = 200;

export class Board {
  #dragged = 0;
  #due = 0;
  #missed = false;

  /** `assign(student, node)`: a student was dropped on a node. */
  constructor(root, assign) {
    root.addEventListener("dragstart", (event) => {
      this.#dragged = Number(event.target.dataset.student);
      event.dataTransfer.setData("text/plain", event.target.textContent.trim());
    });
    root.addEventListener("dragover", (event) => {
      if (event.target.closest("[data-node]")) event.preventDefault();
    });
    root.addEventListener("drop", (event) => {
      const place = event.target.closest("[data-node]");
      if (!place || !this.#dragged) return;
      event.preventDefault();
      assign(this.#dragged, place.dataset.node);
    });
    root.addEventListener("dragend", () => {
      this.#dragged = 0;
      if (this.#missed) this.refresh();
    });
  }

  /** Something changed. While a student is dragged the board stays as it is. */
  refresh() {
    this.#missed = this.#dragged > 0;
    if (this.#missed || this.#due) return;
    this.#due = setTimeout(() => {
      this.#due = 0;
      byId("class-parts").dispatchEvent(new Event("class-changed"));
    }, TOGETHER);
  }
}
