/** The right pane: one tab at a time; on a phone it is a sheet over the stage. */
import { Sheet } from "./sheet.js";

export class Tabs extends EventTarget {
  sheet;
  #tabs;
  #shown = "inspect";

  constructor(pane) {
    super();
    this.sheet = new Sheet(pane);
    this.#tabs = [...pane.querySelectorAll('[role="tab"]')];
    for (const tab of this.#tabs) {
      tab.addEventListener("click", () => this.show(tab.getAttribute("aria-controls")));
    }
  }

  /** Shows a tab; `closed` leaves the sheet of a phone or presenter as it is. */
  show(name, closed = false) {
    for (const tab of this.#tabs) {
      const on = tab.getAttribute("aria-controls") === name;
      tab.setAttribute("aria-selected", on);
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
    }
    if (!closed) this.sheet.open();
    if (name !== this.#shown) this.dispatchEvent(new CustomEvent("shown", { detail: name }));
    this.#shown = name;
  }

  close() {
    this.sheet.to(null);
  }
}
