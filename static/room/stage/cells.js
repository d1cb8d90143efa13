/**
 * A node as one cell of the map. Its upper half is what the API server believes, and there the rings of the
 * card become a level that rises: the age of the heartbeat, then the time to eviction. Its lower half is what
 * is really there.
 */
import { deadlinesOf } from "../store.js";
import { levelOf } from "../rings.js";
import { isLost, works } from "./interest.js";
import { colour } from "./canvas.js";

/** Pixels: smaller cells have no glyphs, still smaller ones are no cells. */
const GLYPH = 9;
export const LEAST = 4;

/** `{x, y, size}` of each cell of a group, in the order of its nodes. */
export function places(count, { left, top, wide }, cell) {
  const columns = Math.max(1, Math.floor(wide / cell));
  return Array.from({ length: count }, (_, place) => ({
    x: left + (place % columns) * cell,
    y: top + Math.floor(place / columns) * cell,
    size: cell - 1,
  }));
}

/** Draws one node. */
export function drawCell(context, node, view, now, { x, y, size }) {
  const half = Math.floor(size / 2);
  context.fillStyle = node.registered ? (isLost(node) ? colour.notready : colour.pale) : colour.bg;
  context.fillRect(x, y, size, half);
  const due = levelOf(node, deadlinesOf(view, node.name), now);
  if (due) {
    const high = Math.max(1, Math.round(half * due.share));
    context.fillStyle = due.kind === "grace" ? colour.notready : colour.unknown;
    context.fillRect(x, y + half - high, size, high);
  }
  const well = works(node);
  context.fillStyle = well ? colour.pale : colour.off;
  if (well) context.fillRect(x, y + half + 1, size, size - half - 1);
  else context.fillRect(x + size * 0.2, y + half + 1, size * 0.6, size - half - 1);
  if (node.differs.length) {
    context.fillStyle = colour.ink;
    context.fillRect(x, y + half - 0.5, size, 2);
  }
  if (isLost(node) && size >= GLYPH) cross(context, x + size / 2, y + half / 2, Math.min(3, half / 3));
}

function cross(context, x, y, r) {
  context.strokeStyle = colour.bg;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x - r, y - r);
  context.lineTo(x + r, y + r);
  context.moveTo(x + r, y - r);
  context.lineTo(x - r, y + r);
  context.stroke();
}

/** A group whose nodes are too many for cells: belief over reality as two bars, the lost part from the left. */
export function drawBars(context, nodes, { left, top, wide }, high) {
  const half = Math.max(3, Math.floor(high / 2) - 1);
  const lost = nodes.filter(isLost).length / nodes.length;
  const broken = nodes.filter((node) => !works(node)).length / nodes.length;
  for (const [share, y, style] of [[lost, top, colour.notready], [broken, top + half + 1, colour.off]]) {
    context.fillStyle = colour.pale;
    context.fillRect(left, y, wide, half);
    context.fillStyle = style;
    context.fillRect(left, y, wide * share, half);
  }
}
