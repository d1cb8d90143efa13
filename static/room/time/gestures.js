/**
 * Moving through time with the hands. Mouse: drag to scrub, drag the axis to pan, wheel to zoom, a click on
 * a mark for its why, on the label of a row to select or expand it. Touch: one finger scrubs, two zoom and
 * pan. Keys: arrows, Page keys, Home and End scrub; up and down walk along the causes.
 */
import { measure } from "../stage/canvas.js";

const SECOND = 1_000_000;
const AXIS = 18;
const STILL = 4;
/** Pixels that the labels are dragged for a row. */
const ROW = 16;

/** With Alt, these keys go through the rows of the nodes. */
const ROWS = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 };

export class Gestures {
  #timeline;
  #canvas;
  #time;
  #pointers = new Map();
  #drag = null;

  /** `time`: `{now(), head(), first(), look(t), live(), why(event), row(lane)}` of whoever is steered. */
  constructor(timeline, canvas, time) {
    this.#timeline = timeline;
    this.#canvas = canvas;
    this.#time = time;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => this.#up(event));
    }
    canvas.addEventListener("pointerleave", () => {
      if (!this.#drag) this.#timeline.focus(null);
    });
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => this.#timeline.focus(null));
  }

  #down(event) {
    if (event.button !== 0) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, event.offsetX);
    const pan = event.offsetY < AXIS * measure.unit || event.shiftKey;
    const rows = !pan && event.offsetX < this.#timeline.left;
    this.#drag = this.#pointers.size > 1
      ? { kind: "pinch" }
      : { kind: rows ? "rows" : pan ? "pan" : "scrub", from: event.offsetX, y: event.offsetY, moved: false };
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) {
      const found = this.#timeline.eventAt(event.offsetX, event.offsetY);
      this.#timeline.focus(found);
      this.#canvas.style.cursor = found
        ? "pointer"
        : event.offsetX < this.#timeline.left
        ? "pointer"
        : event.offsetY < AXIS * measure.unit
        ? "grab"
        : "ew-resize";
      return;
    }
    if (!this.#drag) return;
    if (this.#drag.kind === "pinch") this.#pinch(event);
    else if (this.#drag.kind === "rows") this.#rows(event);
    else if (this.#drag.moved || Math.abs(event.offsetX - this.#drag.from) > STILL) {
      this.#drag.moved = true;
      if (this.#drag.kind === "pan") {
        this.#timeline.scale.pan(this.#timeline.timeAt(before) - this.#timeline.timeAt(event.offsetX));
      } else this.#scrub(event.offsetX);
    }
    this.#pointers.set(event.pointerId, event.offsetX);
  }

  #up(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    const drag = this.#drag;
    if (this.#pointers.size) return;
    this.#drag = null;
    if (event.type === "pointercancel" || !drag || drag.moved) return;
    if (drag.kind === "rows") this.#time.row(this.#timeline.laneAt(event.offsetY));
    if (drag.kind !== "scrub") return;
    const found = this.#timeline.eventAt(event.offsetX, event.offsetY);
    if (found) this.#time.why(found);
    else if (event.offsetX > this.#timeline.left) this.#scrub(event.offsetX);
  }

  /** The labels are dragged to see other rows. */
  #rows({ offsetY }) {
    const by = Math.trunc((this.#drag.y - offsetY) / (ROW * measure.unit));
    if (!by) return;
    this.#drag.moved = true;
    this.#drag.y -= by * ROW * measure.unit;
    this.#timeline.scrollRows(by);
  }

  #scrub(x) {
    this.#timeline.focus(null);
    this.#to(this.#timeline.timeAt(Math.max(this.#timeline.left, x)));
  }

  /** To a moment of the past; past the end of it, live. */
  #to(t) {
    if (t >= this.#time.head()) this.#time.live();
    else {
      this.#timeline.scale.following = false;
      this.#time.look(Math.max(this.#time.first(), t));
    }
  }

  #pinch(event) {
    const [a, b] = [...this.#pointers.entries()];
    if (!b) return;
    const [before, other] = event.pointerId === a[0] ? [a[1], b[1]] : [b[1], a[1]];
    const gap = Math.max(12, Math.abs(event.offsetX - other));
    const old = Math.max(12, Math.abs(before - other));
    const middle = (before + other) / 2;
    this.#timeline.scale.zoom(old / gap, this.#timeline.timeAt(middle));
    this.#timeline.scale.pan(
      this.#timeline.timeAt(middle) - this.#timeline.timeAt((event.offsetX + other) / 2),
    );
  }

  #wheel(event) {
    event.preventDefault();
    const { scale } = this.#timeline;
    if (this.#timeline.expanded && event.offsetX < this.#timeline.left) {
      this.#timeline.scrollRows(Math.sign(event.deltaY) * 3);
      return;
    }
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const size = event.deltaMode ? 30 : 1;
    if (sideways) scale.pan(((event.deltaX || event.deltaY) * size * scale.length) / this.#timeline.width);
    else scale.zoom(Math.exp(event.deltaY * size * 0.002), this.#timeline.timeAt(event.offsetX));
  }

  #key(event) {
    if (event.altKey && ROWS[event.key]) {
      event.preventDefault();
      this.#timeline.scrollRows(ROWS[event.key]);
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = this.#time.now();
    const step = event.shiftKey ? 10 * SECOND : SECOND;
    const keys = {
      ArrowLeft: () => this.#to(now - step),
      ArrowRight: () => this.#to(now + step),
      PageUp: () => this.#to(now - 60 * SECOND),
      PageDown: () => this.#to(now + 60 * SECOND),
      Home: () => this.#to(this.#time.first()),
      End: () => this.#time.live(),
      ArrowUp: () => this.#walk(-1),
      ArrowDown: () => this.#walk(1),
      Enter: () => this.#timeline.event && this.#time.why(this.#timeline.event),
      "+": () => this.#timeline.scale.zoom(0.6, now),
      "=": () => this.#timeline.scale.zoom(0.6, now),
      "-": () => this.#timeline.scale.zoom(1 / 0.6, now),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
    if (event.key.startsWith("Page") || event.key.startsWith("Arrow") || event.key === "Home") {
      this.#timeline.scale.reveal(this.#time.now());
    }
  }

  /**
   * Along the arrows: to the cause of the event in focus, or to its effect; from none, to the newest before
   * the moment shown.
   */
  #walk(direction) {
    const { record, event } = this.#timeline;
    const next = event
      ? this.#timeline.related(direction)
      : record?.between(-Infinity, this.#time.now()).at(-1);
    if (!next) return;
    this.#timeline.focus(next);
    this.#timeline.scale.reveal(next.t);
  }
}
