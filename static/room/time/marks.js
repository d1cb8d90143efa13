/** Events on the rows: their marks, their sentences, and the arrows from causes to effects. */
import { colour } from "../stage/canvas.js";
import { fit } from "./drawing.js";

/** Drawn over one another in this order: what matters most last. */
const RANK = {
  write: 0,
  "kubernetes-event": 0,
  container: 1,
  process: 2,
  machine: 2,
  network: 2,
  decision: 3,
  act: 4,
};

export const rank = ({ kind }) => RANK[kind] ?? 1;

/** The mark of an event; its shape says what kind it is. */
export function mark({ context, unit }, event, x, y, size = 1) {
  const r = 4 * unit * size;
  const { kind } = event;
  context.beginPath();
  if (kind === "act") {
    context.fillStyle = colour.ink;
    context.rect(x - r, y - r, 2 * r, 2 * r);
    context.fill();
  } else if (kind === "decision") {
    context.fillStyle = colour.notready;
    context.moveTo(x, y - r * 1.2);
    context.lineTo(x + r * 1.2, y + r);
    context.lineTo(x - r * 1.2, y + r);
    context.fill();
  } else if (rank(event) === 0) {
    context.fillStyle = colour.muted;
    context.fillRect(x - unit / 2, y - r, unit * size, 2 * r);
  } else {
    context.fillStyle = colour.bg;
    context.strokeStyle = kind === "container" ? colour.message : colour.ink;
    context.lineWidth = 1.5 * unit;
    context.arc(x, y, r * 0.8, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

/** A sentence beside its mark, where there is room for it before the next one; lines give way to it. */
export function sentence({ context, unit }, text, x, y, limit) {
  context.font = `600 ${12 * unit}px ${colour.font}`;
  const shown = fit(context, text, limit - x - 18 * unit);
  if (!shown) return;
  context.lineWidth = 3 * unit;
  context.lineJoin = "round";
  context.strokeStyle = colour.surface;
  context.strokeText(shown, x + 9 * unit, y);
  context.fillStyle = colour.ink;
  context.fillText(shown, x + 9 * unit, y);
}

/** From a cause to its effect. */
export function arrow({ context, unit }, from, to, dashed) {
  const bend = Math.max(12 * unit, Math.abs(to.x - from.x) * 0.4);
  context.strokeStyle = colour.message;
  context.fillStyle = colour.message;
  context.lineWidth = 2 * unit;
  context.setLineDash(dashed ? [4 * unit, 3 * unit] : []);
  context.beginPath();
  context.moveTo(from.x, from.y);
  const flat = Math.abs(to.y - from.y) < 2;
  const lift = flat ? -14 * unit : 0;
  context.bezierCurveTo(from.x + bend, from.y + lift, to.x - bend, to.y + lift, to.x, to.y);
  context.stroke();
  context.setLineDash([]);
  const slope = Math.atan2(-lift, bend);
  context.beginPath();
  context.moveTo(to.x, to.y);
  for (const turn of [-0.45, 0.45]) {
    context.lineTo(to.x - 9 * unit * Math.cos(slope + turn), to.y - 9 * unit * Math.sin(slope + turn));
  }
  context.fill();
}
