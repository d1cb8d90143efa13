/** Names beside points of a canvas: none lies on another one, on a message, or on what is below the wires. */
import { colour, measure, sizeOf } from "./canvas.js";

/** The sockets of the nodes reach so far into the gutter. */
const SOCKET = 20;
const HEIGHT = 15;
const GAP = 11;
/** Half of a message's own size. */
const DISC = 7;
/** Where a name may stand: to the right or left of its point, and how many lines above or below. */
const SIDES = [[1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1]];

/** The font of names; set only where one is written, since it asks for the style of the whole page. */
export function useFont(context) {
  context.font = `600 ${12 * measure.unit}px ${colour.font}`;
}

export class Labels {
  #context;
  #canvas;
  #taken = [];

  /** `points`: what no name may cover. */
  constructor(context, canvas, points) {
    this.#context = context;
    this.#canvas = canvas;
    for (const { x, y } of points) {
      this.#taken.push({ left: x - DISC, right: x + DISC, top: y - DISC, bottom: y + DISC });
    }
  }

  /**
   * Writes a text beside a point where there is room for it; returns the side it stands on, which is tried
   * first the next time so that a name does not jump. Undefined: there was no room.
   */
  write(text, x, y, before) {
    useFont(this.#context);
    const width = this.#context.measureText(text).width;
    const height = HEIGHT * measure.unit;
    for (const side of before ? [before, ...SIDES] : SIDES) {
      const [across, down] = side;
      const left = across > 0 ? x + GAP : x - GAP - width;
      const middle = y + down * height;
      const box = { left, right: left + width, top: middle - height / 2, bottom: middle + height / 2 };
      if (!this.#fits(box)) continue;
      this.#taken.push(box);
      this.#draw(text, left, middle);
      return side;
    }
  }

  #fits(box) {
    const { width, height } = sizeOf(this.#canvas);
    if (box.left < 0 || box.right > width) return false;
    if (box.top < 0 || box.bottom > height - SOCKET * measure.unit + 6) return false;
    return !this.#taken.some((other) =>
      other.left < box.right && box.left < other.right && other.top < box.bottom && box.top < other.bottom
    );
  }

  #draw(text, left, middle) {
    const context = this.#context;
    context.save();
    context.textBaseline = "middle";
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = colour.bg;
    context.strokeText(text, left, middle);
    context.restore();
    context.textBaseline = "middle";
    context.fillText(text, left, middle);
    context.textBaseline = "alphabetic";
  }
}
