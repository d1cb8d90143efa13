/**
 * A node as one cell of the map. Its upper half is what the API server believes, and there the rings of the
 * card become a level that rises: the age of the heartbeat, then the time to eviction. Its lower half is what
 * is really there.
 */
import { levelOf } from "../rings.js";
import { looks } from "./interest.js";
import { colour } from "./canvas.js";

/** Pixels: smaller cells have no glyphs, still smaller ones are no cells. */
const GLYPH = 9;
export const LEAST = 4;
/** Pixels: on smaller cells nothing lies between the halves, or over them: each would be hardly seen. */
const HALVES = 6;

/** How high the upper half of a cell is. */
const upperOf = (size) => size < HALVES ? Math.ceil(size / 2) : Math.floor(size / 2);

/** `{x, y, size}` of each cell of a group, in the order of its nodes. */
export function places(count, { left, top, wide }, cell) {
  const columns = Math.max(1, Math.floor(wide / cell));
  // On whole pixels: what is cleared between two would leave an edge of what was there.
  const [x0, y0] = [Math.ceil(left), Math.round(top)];
  return Array.from({ length: count }, (_, place) => ({
    x: x0 + (place % columns) * cell,
    y: y0 + Math.floor(place / columns) * cell,
    size: cell - 1,
  }));
}

/** How high the level of a deadline stands in the upper half of a cell: `{high, kind}`, or null. */
function levelIn(half, { node, deadlines }, now) {
  const due = levelOf(node, deadlines, now);
  return due && { kind: due.kind, high: Math.max(1, Math.round(half * due.share)) };
}

/** What a cell shows of a node, as a number: it is drawn again when the number changes. */
function lookOf(item, now, size) {
  const { node } = item;
  const { lost, differs, broken } = looks(node);
  const level = levelIn(upperOf(size), item, now);
  return (node.registered ? 1 : 0) + (lost ? 2 : 0) + (differs ? 4 : 0) + (broken ? 8 : 0) +
    (level?.kind === "grace" ? 16 : 0) + (level?.high ?? 0) * 32;
}

/** Draws one node with its deadlines. */
function drawCell(context, item, now, { x, y, size }) {
  const { registered } = item.node;
  const { lost, differs, broken } = looks(item.node);
  const half = upperOf(size);
  const air = size < HALVES ? 0 : 1;
  context.fillStyle = registered ? (lost ? colour.notready : colour.pale) : colour.bg;
  context.fillRect(x, y, size, half);
  const level = levelIn(half, item, now);
  if (level) {
    context.fillStyle = level.kind === "grace" ? colour.notready : colour.unknown;
    context.fillRect(x, y + half - level.high, size, level.high);
  }
  context.fillStyle = broken ? colour.off : colour.pale;
  const aside = broken ? size * 0.2 * air : 0;
  context.fillRect(x + aside, y + half + air, size - 2 * aside, size - half - air);
  if (differs && air) {
    context.fillStyle = colour.ink;
    context.fillRect(x, y + half - 0.5, size, 2);
  }
  if (lost && size >= GLYPH) cross(context, x + size / 2, y + half / 2, Math.min(3, half / 3));
}

/** A node in its place: what it is drawn from, under which keys its deadlines are, and how it was drawn. */
export const cellOf = (node, place) => ({
  node,
  place,
  deadlines: { grace: undefined, eviction: undefined },
  grace: `grace/${node.name}`,
  eviction: `eviction/${node.name}`,
  look: -1,
});

/** Draws a node if it looks different from before. */
export function drawChanged(context, cell, now, matching) {
  const { node, place } = cell;
  const dim = matching !== null && !matching.has(node);
  const look = lookOf(cell, now, place.size) * 2 + (dim ? 1 : 0);
  if (cell.look === look) return;
  cell.look = look;
  context.clearRect(place.x, place.y, place.size, place.size);
  context.globalAlpha = dim ? 0.2 : 1;
  drawCell(context, cell, now, place);
  context.globalAlpha = 1;
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
export function drawBars(context, lost, broken, { left, top, wide, high }) {
  const half = Math.max(3, Math.floor(high / 2) - 1);
  for (const [share, y, style] of [[lost, top, colour.notready], [broken, top + half + 1, colour.off]]) {
    context.fillStyle = colour.pale;
    context.fillRect(left, y, wide, half);
    context.fillStyle = style;
    context.fillRect(left, y, wide * share, half);
  }
}
