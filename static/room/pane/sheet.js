/**
 * The pane as a sheet, as on a phone: docked it shows its tabs alone, it peeks over the lower part of the
 * stage, or it is full. The bar of its tabs is dragged, or a button changes its height.
 */
import { byId, set } from "../dom.js";

/** From low to high; docked is no attribute at all. */
const HEIGHTS = [null, "peek", "full"];
/** Pixels: less than this is a tap. */
const STILL = 8;

export class Sheet extends EventTarget {
  #pane;
  #drag = null;

  constructor(pane) {
    super();
    this.#pane = pane;
    const bar = pane.querySelector(".tabs");
    bar.addEventListener("pointerdown", (event) => this.#down(event));
    addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => this.#up());
    // The click that ends a drag means no tab.
    bar.addEventListener("click", (event) => {
      if (!this.#drag?.moved) return;
      event.stopPropagation();
      this.#drag = null;
    }, true);
    byId("sheet-height").addEventListener("click", () => this.to(this.height === "full" ? "peek" : "full"));
    byId("sheet-close").addEventListener("click", () => this.to(null));
  }

  /** "peek", "full", or null while it is docked. */
  get height() {
    return this.#pane.dataset.open ?? null;
  }

  /** Opens it so far that something can be read, if it is docked. */
  open() {
    if (!this.height) this.to("peek");
  }

  to(height) {
    set(this.#pane, "data-open", height);
    // The page around it is told, too: a style that asks for what is inside would be asked at every change of it.
    set(document.documentElement, "data-sheet", height);
    byId("sheet-height").setAttribute("aria-expanded", String(height === "full"));
    this.dispatchEvent(new Event("height"));
  }

  #down(event) {
    if (getComputedStyle(this.#pane).position !== "fixed") return;
    this.#drag = { y: event.clientY, height: this.#pane.offsetHeight, moved: false, id: event.pointerId };
  }

  #move(event) {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.id) return;
    if (!drag.moved && Math.abs(event.clientY - drag.y) < STILL) return;
    drag.moved = true;
    this.#pane.setAttribute("data-drag", "");
    const bar = this.#pane.querySelector(".tabs").offsetHeight;
    this.#pane.style.height = `${Math.max(bar, drag.height + drag.y - event.clientY)}px`;
  }

  /** Settles at the nearest of its heights. */
  #up() {
    if (!this.#drag?.moved) {
      this.#drag = null;
      return;
    }
    const share = this.#pane.offsetHeight / innerHeight;
    this.#pane.removeAttribute("data-drag");
    this.#pane.style.height = "";
    this.to(HEIGHTS[share < 0.25 ? 0 : share < 0.6 ? 1 : 2]);
    // A click follows at once, if any does.
    setTimeout(() => this.#drag = null);
  }
}
